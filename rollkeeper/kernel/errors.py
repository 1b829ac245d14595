# SPDX-License-Identifier: EUPL-1.2
"""Refusals and failures that a person can act on.

One class for all of them, so that one place in ``site`` can turn them into a web page, a problem document (RFC 9457)
or an exit code. Each package lists its refusals in its ``errors.py``: `NO_CAMPAIGN = Refusal("no_campaign", …)`, raised
as `raise NO_CAMPAIGN()`. A refusal that code catches by its type is a subclass of `RollkeeperError` instead. Facts are
ids, dates, counts and names of columns: never personal data.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

_ARTICLE = re.compile(r"[0-9]+( ¶[0-9]+)?")


class Kind(StrEnum):
    """What kind of refusal or failure it is; decides the HTTP status and the exit code."""

    MALFORMED = "malformed"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REFUSED = "refused"
    INTERNAL = "internal"

    @property
    def exit_code(self) -> int:
        """Return 2 where the call was wrong, 1 where the answer is no."""
        return 2 if self in {Kind.MALFORMED, Kind.INTERNAL} else 1


class Phrase(str):
    """A fact of a refusal that is a sentence with its own facts: it is translated too."""

    __slots__ = ("facts", "template")
    template: str
    facts: dict[str, object]

    def __new__(cls, template: str, /, **facts: object) -> Self:
        """Make the English text, and keep the template and the facts."""
        made = super().__new__(cls, template.format(**facts))
        made.template, made.facts = template, facts
        return made


class RollkeeperError(Exception):
    """Something was refused or failed, with a stable code, one sentence and what to do next."""

    code: str
    kind: Kind
    sentence: str
    remedy: str

    def __init__(self, refusal: "Refusal | None" = None, /, **facts: object) -> None:
        if refusal is not None:
            self.code, self.kind = refusal.code, refusal.kind
            self.sentence, self.remedy = refusal.sentence, refusal.remedy
        self.facts = facts
        super().__init__(self.sentence.format(**_cited(facts)))

    @property
    def advice(self) -> str:
        """Say what to do next, with the facts filled in."""
        return self.remedy.format(**_cited(self.facts))

    @property
    def faults(self) -> Sequence["RollkeeperError"]:
        """The faults one by one: itself, where it is a single one."""
        return (self,)

    def with_facts(self, **facts: object) -> "RollkeeperError":
        """Return the same refusal with these facts replaced."""
        return RollkeeperError(
            Refusal(self.code, self.kind, self.sentence, self.remedy), **self.facts | facts
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """One row of a package's table of refusals. Called with the facts, it makes the error that is raised."""

    code: str
    kind: Kind
    sentence: str
    remedy: str

    def __call__(self, **facts: object) -> RollkeeperError:
        """Return the error with these facts."""
        return RollkeeperError(self, **facts)


class Faults(RollkeeperError):
    """Several faults found in one go: all of them are reported, not only the first."""

    code = "faults"
    kind = Kind.MALFORMED
    sentence = "{count} faults were found."
    remedy = "Each of them has a remedy."

    def __init__(self, faults: Sequence[RollkeeperError]) -> None:
        super().__init__(count=len(faults))
        self._faults = tuple(faults)
        kinds = {fault.kind for fault in faults}
        if not kinds & {Kind.MALFORMED, Kind.INTERNAL}:
            # Nothing was wrong with the call: the answer is no, for more than one reason.
            self.kind = faults[0].kind

    def __str__(self) -> str:
        """Join the sentences, one a line."""
        return "\n".join(str(fault) for fault in self.faults)

    @property
    def faults(self) -> Sequence[RollkeeperError]:
        """The faults that were found."""
        return self._faults

    @property
    def advice(self) -> str:
        """Join the remedies, each once, in the order of the faults."""
        return "\n".join(dict.fromkeys(fault.advice for fault in self.faults))


def _cited(facts: dict[str, object]) -> dict[str, object]:
    """Cite an article as `phrasing.cite` does in English. The rules cannot import `phrasing`."""
    article = facts.get("article")
    if isinstance(article, str) and _ARTICLE.fullmatch(article):
        return facts | {"article": f"art. {article}"}
    return facts


def as_one(faults: Sequence[RollkeeperError]) -> RollkeeperError:
    """Return one fault as itself, several as `Faults`; faults with the same text count once."""
    told = list({str(one): one for fault in faults for one in fault.faults}.values())
    return told[0] if len(told) == 1 else Faults(told)


def raise_all(faults: Sequence[RollkeeperError]) -> None:
    """Raise the faults as one; do nothing where there is none."""
    if faults:
        raise as_one(faults)


DATE_REFUSED = Refusal(
    "date_refused",
    Kind.REFUSED,
    "A production instance runs on the true date and was given {day}.",
    "Leave out --on, or try it in a demo instance (set ROLLKEEPER_HOME to a new folder).",
)
CLOCK_SET_FORWARDS = Refusal(
    "clock_set_forwards",
    Kind.REFUSED,
    "This machine's clock was set forwards by {hours} hours while it ran: nothing is suspended, terminated or erased by it.",
    "If the date is wrong, correct it; work then continues automatically. If it is right, confirm it once: 'rollkeeper campaign run --after-gap'.",
)
EXTRA_MISSING = Refusal(
    "extra_missing",
    Kind.REFUSED,
    "This needs the extra '{extra}' of Rollkeeper, which is not installed.",
    "Install it: pip install 'rollkeeper[{extra}]' (docs/install.md lists the extras).",
)
INVALID_DATE = Refusal(
    "invalid_date",
    Kind.MALFORMED,
    "{given} is not a date.",
    "Write it as YYYY-MM-DD, for example 2012-03-02.",
)
DATE_OUT_OF_RANGE = Refusal(
    "date_out_of_range",
    Kind.MALFORMED,
    "{day} is outside the years {first} to {last}, in which Rollkeeper counts days.",
    "Check the year.",
)
INVALID_INSTANT = Refusal(
    "invalid_instant",
    Kind.MALFORMED,
    "That is not a date and time.",
    "Write it as 2012-03-02T09:30, in the zone of the law, or with an explicit offset.",
)
SETTING_FAULT = Refusal(
    "setting_fault",
    Kind.MALFORMED,
    "{source}: the setting '{setting}' in the table [{table}] is not valid: {why}.",
    "Correct it; docs/settings.md lists every table, its settings and their defaults.",
)
SETTINGS_FILE_FAULT = Refusal(
    "settings_file_fault",
    Kind.MALFORMED,
    "{source}: {why}.",
    SETTING_FAULT.remedy,
)
SETUP_OUTDATED = Refusal(
    "setup_outdated",
    Kind.CONFLICT,
    "The tables and rights of this instance are those of version {found}, this program is version {version}.",
    "Run 'rollkeeper setup' with the newer of the two, and use it alone (docs/upgrading.md). Until then nothing is done in this instance.",
)
INSTANCE_FORMAT_MISMATCH = Refusal(
    "instance_format_mismatch",
    Kind.MALFORMED,
    "The data directory {data_dir} has format {found}; this version reads format {wanted}.",
    "Use the version that made it, or set ROLLKEEPER_HOME to another folder.",
)
WEB_KEY_LOST = Refusal(
    "web_key_lost",
    Kind.INTERNAL,
    "{file} is missing: no app starts, since the second factors of staff are sealed with it.",
    "Copy it from where your secrets are kept. If it is lost for good, run 'rollkeeper setup', which makes another; then no code of an authenticator app is accepted any more.",
)
DATA_DIR_NOT_A_DIRECTORY = Refusal(
    "data_dir_not_a_directory",
    Kind.MALFORMED,
    "{data_dir} is not a directory.",
    "Set ROLLKEEPER_HOME to an empty or new directory, or to a data directory of Rollkeeper.",
)
