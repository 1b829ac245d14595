# SPDX-License-Identifier: EUPL-1.2
"""The texts that subscribers get, out of one file a language, checked when they are read.

Texts are data so that a native reader can improve them without reading code. A text with a missing or unknown placeholder, and
anything that looks like a link, does not load. A text contains no number of the law: the notice supplies the promised day, the
pack the days of suspension.
"""

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import Any, Final

from rollkeeper.kernel.errors import raise_all
from rollkeeper.kernel.instance import instance
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.errors import LINK_IN_NOTICE, TEXT_FAULT
from rollkeeper.notices.settings import settings

_LINK: Final = re.compile(
    r"\bhttps?\b|\bwww\b|://|[/\\@#]|\b[\w-]+\.[a-z]{2,}\b|\b\d{1,3}(\.\d{1,3}){3}\b", re.IGNORECASE
)
_EVERYWHERE: Final = frozenset({"operator", "care", "code"})
_ALONE: Final = {
    "receipt_short": frozenset({"receipt"}),
    "receipt_text": frozenset({"receipt"}),
    "voice_text": frozenset({"key"}),
    "code_text": _EVERYWHERE | {"minutes"},
    "slip_text": frozenset({"operator"}),
    "cover_text": frozenset({"count"}),
    "again_text": frozenset({"count"}),
}
"""Texts that are not notices, each with its required placeholders."""


@dataclass(frozen=True, slots=True)
class Text:
    """One kind of notice in one language."""

    subject: str
    short: str
    text: str


@dataclass(frozen=True, slots=True)
class Language:
    """All texts of one language, and how it writes a day."""

    language: str
    awaiting_native_reader: bool
    day: str
    months: tuple[str, ...]
    texts: dict[NoticeKind, Text]
    receipt_short: str
    """What a short text adds if the notice is about something with a receipt."""
    receipt_text: str
    voice_text: str
    """The request at the end of a call."""
    code_text: str
    """The text with a one-time code to a line."""
    slip_text: str
    """The text on the slip that is torn off a letter."""
    cover_text: str
    again_text: str
    """The text on the cover sheet of letters, and about those that may have been printed before."""

    def write_day(self, day: dt.date) -> str:
        """Write a day as this language does."""
        return self.day.format(d=day.day, month=self.months[day.month - 1], year=day.year)


@dataclass(frozen=True, slots=True)
class RenderedText:
    """A text to be sent, in one language."""

    language: str
    subject: str
    text: str


def write_notice(
    kind: NoticeKind,
    *,
    language: str,
    brief: bool,
    promised_on: dt.date | None,
    suspension_days: int | None,
    code: str,
    operator: str,
    care: str,
    receipt: str | None = None,
    key: str | None = None,
) -> RenderedText:
    """Write a notice, with the code of its receipt where it has one and the `key` that a call asks for.

    `brief`: in a sentence or two, as it goes to a telephone. Refuses: LINK_IN_NOTICE, where the operator's name or number would make a
    link of it.
    """
    chosen = read_language(language)
    facts = {
        "operator": operator,
        "care": care,
        "code": code,
        "day": chosen.write_day(promised_on) if promised_on else "",
        "days": suspension_days,
    }
    text = chosen.texts[kind]
    body = (text.short if brief else text.text).strip().format(**facts)
    if receipt is not None:
        body += (
            chosen.receipt_short.format(receipt=receipt)
            if brief
            else f"\n\n{chosen.receipt_text.format(receipt=receipt)}"
        )
    if key is not None:
        body += chosen.voice_text.format(key=key)
    written = RenderedText(language, text.subject.format(**facts), body)
    if looks_like_link(written.subject) or looks_like_link(written.text):
        raise LINK_IN_NOTICE(text=kind.value)
    return written


def write_code(code: str, *, language: str, minutes: int, operator: str, care: str) -> str:
    """Write the message that carries a one-time code. Refuses: LINK_IN_NOTICE."""
    written = read_language(language).code_text.format(
        code=code, minutes=minutes, operator=operator, care=care
    )
    if looks_like_link(written):
        raise LINK_IN_NOTICE(text="code_text")
    return written


def write_slip(language: str, *, operator: str) -> str:
    """Write what the slip of a letter says."""
    return read_language(language).slip_text.format(operator=operator)


def write_cover(language: str, *, count: int, again: int) -> list[str]:
    """Write the cover sheet of so many letters, of which some may have been printed before."""
    chosen = read_language(best_language(language, offered=[]))
    said = [chosen.cover_text.format(count=count)]
    return [*said, chosen.again_text.format(count=again)] if again else said


def looks_like_link(text: str) -> bool:
    """Tell whether something in a text could be taken for an address to go to."""
    return _LINK.search(text) is not None


@cache
def languages() -> tuple[str, ...]:
    """Return the languages for which there are texts."""
    names = (entry.name for entry in (files("rollkeeper") / "notices" / "texts").iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


def best_language(wanted: str, *, offered: Sequence[str]) -> str:
    """Return the language to write in: the subscriber's, else the first of the instance's that there are texts for."""
    known = languages()
    return next((one for one in (wanted, *offered, "en") if one in known), known[0])


def languages_to_write_in(wanted: str, *, offered: Sequence[str]) -> list[str]:
    """Return the subscriber's language alone; where none was named, or there are no texts for it, each of those offered."""
    known = languages()
    return (
        [wanted]
        if wanted in known
        else [one for one in offered if one in known] or [best_language(wanted, offered=offered)]
    )


def languages_of(notice_in: str) -> list[str]:
    """Return in which languages this instance writes a notice that is kept with this one."""
    return languages_to_write_in(notice_in, offered=settings().languages or instance().languages)


@cache
def read_language(language: str) -> Language:
    """Read and check one file. Refuses: TEXT_FAULT, all faults at once."""
    raw = (files("rollkeeper") / "notices" / "texts" / f"{language}.toml").read_text("utf-8")
    return parse_language(raw, file=f"{language}.toml")


def parse_language(raw: str, *, file: str) -> Language:
    """Read and check the text of one file. Refuses: TEXT_FAULT, all faults at once."""
    try:
        table = tomllib.loads(raw)
    except tomllib.TOMLDecodeError as fault:
        raise TEXT_FAULT(file=file, text="(the whole file)", why=f"it is not TOML: {fault}") from fault
    faults = [
        TEXT_FAULT(file=file, text=f"{kind}.{part}", why=why)
        for kind in NoticeKind
        for part, allowed, needed in _parts(kind)
        if (why := _fault_of(table.get(kind.value, {}).get(part), allowed=allowed, needed=needed))
    ]
    faults += [
        TEXT_FAULT(file=file, text=part, why=why)
        for part, needed in _ALONE.items()
        if (why := _fault_of(table.get(part), allowed=needed, needed=needed))
    ]
    if len(table.get("months", ())) != 12:
        faults.append(TEXT_FAULT(file=file, text="months", why="there are twelve"))
    if _placeholders(str(table.get("day"))) != {"d", "month", "year"}:
        faults.append(TEXT_FAULT(file=file, text="day", why="it needs {d}, {month} and {year}"))
    raise_all(faults)
    return _language(table)


def _parts(kind: NoticeKind) -> tuple[tuple[str, frozenset[str], frozenset[str]], ...]:
    """Give the parts of a text, each with the placeholders that it may and those that it must have."""
    whole = (
        _EVERYWHERE | ({"day"} if kind.promises_date else set()) | ({"days"} if kind.is_statutory else set())
    )
    subject = whole - {"code", "care", "days"}
    return (("subject", subject, frozenset()), ("short", whole, whole), ("text", whole, whole))


def _fault_of(text: object, *, allowed: frozenset[str], needed: frozenset[str]) -> str | None:
    if not isinstance(text, str) or not text.strip():
        return "it is missing"
    found = _placeholders(text)
    if found is None:
        return "its braces do not match"
    if found - allowed:
        return f"nothing is put in for {{{min(found - allowed)}}}"
    if needed - found:
        return f"it lacks {{{min(needed - found)}}}"
    return "it carries something that looks like a link" if looks_like_link(text) else None


def _placeholders(text: str) -> set[str] | None:
    try:
        return {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    except ValueError:
        return None


def _language(table: dict[str, Any]) -> Language:
    return Language(
        language=table["language"],
        awaiting_native_reader=table["awaiting_native_reader"],
        day=table["day"],
        months=tuple(table["months"]),
        texts={kind: Text(**table[kind.value]) for kind in NoticeKind},
        receipt_short=table["receipt_short"],
        receipt_text=table["receipt_text"],
        voice_text=table["voice_text"],
        code_text=table["code_text"],
        slip_text=table["slip_text"],
        cover_text=table["cover_text"],
        again_text=table["again_text"],
    )
