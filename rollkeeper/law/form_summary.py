# SPDX-License-Identifier: EUPL-1.2
"""What a law asks of each kind of party, on one line each: for the writer of a pack, as if all of it were confirmed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rollkeeper.kernel.choices import IdentityCheck
from rollkeeper.kernel.side_by_side import text_in
from rollkeeper.law.limit_rules import LimitRule, limit_rules
from rollkeeper.law.pack import Pack
from rollkeeper.law.schema_people import DocumentRule, LastDay, Verification


@dataclass(frozen=True, slots=True)
class FormSummary:
    """The form of one kind of party."""

    kind: str
    kind_of: str | None
    asked: tuple[str, ...]
    """Each attribute; one that may be left out has a question mark."""
    documents: tuple[str, ...]
    """Any one of these; empty: any document."""
    without_document: tuple[str, ...]
    last_day: str | None
    payment: str | None = None
    """How registered lines are paid; None: in any way."""
    identity_check: tuple[str, ...] = ()
    """The checks that verify the identity, any one of which will do; empty: the document is seen."""

    authority_proof: str | None = None
    """What the bearer, a person who acts for the party, must show."""

    lines_elsewhere: int | None = None
    """The limit for which subscribers are asked how many lines they have with other operators; None: they are not asked."""

    @property
    def sentence(self) -> str:
        """Say it on one line."""
        of = f" (of {self.kind_of})" if self.kind_of else ""
        parts = [", ".join(self.asked) or "nothing"]
        parts += [f"by {' or '.join(self.documents)}"] if self.documents else []
        parts += (
            [f"without a document by {' or '.join(self.without_document)}"] if self.without_document else []
        )
        parts += [f"checked by {' or '.join(self.identity_check)}"] if self.identity_check else []
        parts += [f"who acts for it shows {self.authority_proof}"] if self.authority_proof else []
        parts += [f"good through {self.last_day}"] if self.last_day else []
        if self.lines_elsewhere:
            parts += [f"how many lines with other operators, for a limit of {self.lines_elsewhere}"]
        parts += [f"of {self.payment} lines alone"] if self.payment else []
        return f"{self.kind}{of}: {'; '.join(parts)}"


def line_summary(pack: Pack) -> str:
    """Say on one line what a law has asked of a line with its subscriber, and of which lines; empty where it asks nothing."""
    said = []
    for one in pack.file.line_attributes:
        if one.required != "forbidden":
            only = [*one.services, *one.party_kinds, *([one.payment] if one.payment else [])]
            said.append(one.name + "?" * (one.required != "yes") + (f" of {', '.join(only)}" if only else ""))
    return f"line: {'; '.join(said)}" if said else ""


def form_summaries(pack: Pack) -> tuple[FormSummary, ...]:
    """Return the form of each kind that a pack names, in its order."""
    return tuple(_summaries(pack))


def _summaries(pack: Pack) -> Iterator[FormSummary]:
    paid = {one.payment for one in pack.file.scope.services}
    payment = next(iter(paid)) if len(paid) == 1 else None
    national = _national_limits(pack)
    for kind in pack.file.party_kinds:
        asked = [one for one in pack.said_of(kind.id, "attributes") if one.required != "forbidden"]
        last, acts = (pack.said_of(kind.id, chapter) for chapter in ("last_day", "representative"))
        yield FormSummary(
            kind=kind.id,
            kind_of=kind.kind_of,
            asked=tuple(one.name + ("" if one.required == "yes" else "?") for one in asked),
            documents=tuple(_document(one) for one in pack.said_of(kind.id, "documents")),
            without_document=tuple(
                way for route in pack.said_of(kind.id, "no_document_route") for way in route.by
            ),
            last_day=_day(last) if last else None,
            payment=payment,
            identity_check=tuple(_checks(pack.said_of(kind.id, "verification"))),
            authority_proof=text_in("en", acts.proof)[0] if acts and acts.proof else None,
            lines_elsewhere=next((one.n for one in national if kind.id in one.concerned), None),
        )


def _national_limits(pack: Pack) -> list[LimitRule]:
    """Return the limits across operators; none if nothing here supports the pack's limits."""
    if any(one.startswith("'limits") for one in pack.unsupported_fields):
        return []
    rules = limit_rules(
        pack.file, added_kinds=pack.added_kinds, cited=lambda one: one.article, only_confirmed=False
    )
    return [one for one in rules if one.is_national]


def _document(rule: DocumentRule) -> str:
    looked_at = ["not expired"] if rule.expired_ok is False else []
    looked_at += [f"with {rule.shown_with['en']}"] if "en" in rule.shown_with else []
    return " ".join([rule.type, *looked_at])


def _checks(rules: Sequence[Verification]) -> Iterator[str]:
    if any(one.method != IdentityCheck.SIGHT for one in rules):
        yield from (one.method + (f" of {one.payment} lines" if one.payment else "") for one in rules)


def _day(rule: LastDay) -> str:
    time = f"{rule.after.n} {rule.after.unit}{'s' * (rule.after.n != 1)} after " if rule.after else ""
    if rule.at_majority:
        return f"the end of the month {time or 'of '}coming of age"
    return f"{time}it" if time else "the day on the document or permit"
