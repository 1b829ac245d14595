# SPDX-License-Identifier: EUPL-1.2
"""The writing half of a registration, after everything was read and decided. Inside the act's transaction."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.documents.assurance import Assurance, assurance_of, weakest
from rollkeeper.documents.reasons import Verdict
from rollkeeper.enrolment.deciding import Giving
from rollkeeper.enrolment.receipts import Raced, keep_receipts
from rollkeeper.enrolment.route_marks import RouteTook, mark_routes
from rollkeeper.enrolment.rules import AskedOf, ReadParts
from rollkeeper.enrolment.submissions import TAKES_A_LINE, Deed, Receipt, Submission
from rollkeeper.enrolment.telling import tell_registered
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import kept_later, sql, together
from rollkeeper.kernel.ids import EntryId, HoldingId, LineId, PersonId, new_uuids
from rollkeeper.law.pack import LimitRule, Pack
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.changes import (
    NewHolding,
    NewLine,
    Recorded,
    begin_holdings,
    end_holdings,
    make_lines,
    new_line_ids,
    pass_number_on,
    record_registrations,
)
from rollkeeper.lines.queries import LineView
from rollkeeper.lines.states import Service
from rollkeeper.network.acts import ask
from rollkeeper.network.kinds import CommandKind
from rollkeeper.subscribers.acts import (
    Shown,
    add_document,
    let_go_document,
    refer_to,
    replace_document,
    restore_document,
)
from rollkeeper.subscribers.kinds import Part, pack_kind
from rollkeeper.vault.acts import PersonRecord, one_epoch, seal_persons
from rollkeeper.vault.fields import Field


@dataclass(frozen=True, slots=True)
class Frame:
    """Who does what, under which pack, on which day."""

    authority: Authority
    role: str
    pack: Pack
    asked: AskedOf
    deed: Deed
    on: dt.date

    @property
    def limits(self) -> tuple[LimitRule, ...]:
        """Return the limits that this deed can meet: only who takes a line meets any."""
        return self.pack.limits if self.deed in TAKES_A_LINE else ()


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A registration that may be written."""

    place: int
    submission: Submission
    number: str
    number_index: bytes
    service: Service
    line: LineView | None
    parts: ReadParts
    on: dt.date
    renewed_by: PersonId | None = None
    """The person known by the former document, to whom the one shown is added."""
    former: tuple[str, str] | None = None
    """The document recorded so far, as it is looked up, and whose it is."""
    former_of: PersonId | None = None
    passed: tuple[str, ...] = ()
    """Articles of the limits that a supervisor let it pass."""
    giver: Giving | None = None
    """Who gave the line up that is transferred."""
    known: PersonId | None = None
    """Who is known by the document of the holder."""

    @property
    def until(self) -> dt.date | None:
        """Return the last day for which it is accepted that no document is shown. None: the holder is registered."""
        return self.parts.route.last_day(self.on) if self.parts.route else None

    @property
    def language(self) -> str | None:
        """Return the language in which the holder wants to be told, None where nobody named any."""
        return self.submission.language or (self.line.language if self.line else None)


@dataclass(frozen=True, slots=True, repr=False)
class Written:
    """A draft with the references that it got."""

    draft: Draft
    line_id: LineId
    is_new_line: bool
    holding_id: HoldingId
    persons: dict[Part, PersonId]
    commitments: dict[Part, str]


def write(frame: Frame, drafts: Sequence[Draft]) -> list[Receipt]:
    """Write all of it and return the receipts, in order. Raises Raced where somebody else came first."""
    if not drafts:
        return []
    at = clock.now()
    with one_epoch():
        line_ids = _lines(frame, drafts)
        written = _sealed(drafts, line_ids, _persons(frame, drafts))
    end_holdings([w.line_id for w in written if not w.is_new_line], at=at)
    begin_holdings([_holding(w) for w in written], at=at)
    recorded = record_registrations(
        [w.line_id for w in written], languages=[w.draft.language for w in written], on=frame.on,
        registered=[w.draft.until is None for w in written],
    )  # fmt: skip
    with together():
        _tell(frame, written, {r.line_id: r for r in recorded}, at=at)
        entered = _entered(frame, written, at=at)
    entries = {
        LineId(r.line_id): EntryId(r.entry_id) for r in entered() if r.verb != Verb.LINE_ACTIVATED.value
    }
    _mark_copies(frame, written)
    _mark_passed(frame, written)
    _mark_given_up(frame, written)
    mark_routes(frame.authority, [_route_taken(frame, w) for w in written if w.draft.parts.route])
    receipts = [
        Receipt(
            w.draft.submission.submission_key, _verb(frame, w).value, w.line_id, frame.on, entries[w.line_id]
        )
        for w in written
    ]
    keep_receipts(receipts)
    return receipts


def _lines(frame: Frame, drafts: Sequence[Draft]) -> list[tuple[LineId, bool]]:
    fresh = [
        NewLine(line_id, draft.number, draft.number_index, draft.service, draft.language)
        for line_id, draft in zip(new_line_ids(len(drafts)), drafts, strict=True)
    ]
    unknown = [line for line, draft in zip(fresh, drafts, strict=True) if draft.line is None]
    if unknown and len(make_lines(unknown, on=frame.on)) != len(unknown):
        raise Raced
    for line, draft in zip(fresh, drafts, strict=True):
        if draft.line is not None and draft.line.is_over:
            pass_number_on(line, old=draft.line.line_id, on=frame.on)
    return [
        (draft.line.line_id, False)
        if draft.line is not None and not draft.line.is_over
        else (line.line_id, True)
        for line, draft in zip(fresh, drafts, strict=True)
    ]


def _persons(frame: Frame, drafts: Sequence[Draft]) -> list[dict[Part, PersonId]]:
    for draft in drafts:
        document = draft.parts.parts[Part.HOLDER].document
        if draft.renewed_by and document:
            add_document(draft.renewed_by, document=document, on=frame.on)
        _put_aside_former(draft, on=frame.on)
    shown = [
        Shown(
            pack_kind(draft.submission.kind, part),
            draft.language,
            read.document,
            known=draft.known if part is Part.HOLDER else None,
        )
        for draft in drafts
        for part, read in draft.parts.parts.items()
    ]
    referred = iter(refer_to(shown, on=frame.on))
    return [
        dict(zip(draft.parts.parts, islice(referred, len(draft.parts.parts)), strict=True))
        for draft in drafts
    ]


def _put_aside_former(draft: Draft, *, on: dt.date) -> None:
    """Note of the former document that a newer one took its place; where it never was theirs, that it leads to nobody."""
    former, document = draft.former, draft.parts.parts[Part.HOLDER].document
    if not draft.former_of or not former or not document or former == document:
        return
    if draft.submission.former_was_wrong:
        restore_document(draft.former_of, document=document)
        let_go_document(draft.former_of, document=former)
    else:
        replace_document(draft.former_of, former=former, on=on)


def _sealed(
    drafts: Sequence[Draft], line_ids: Sequence[tuple[LineId, bool]], persons: Sequence[dict[Part, PersonId]]
) -> list[Written]:
    holdings = [HoldingId(value) for value in new_uuids(len(drafts))]
    values: dict[tuple[PersonId, HoldingId], Mapping[str, str]] = {}
    copies: dict[tuple[PersonId, HoldingId], tuple[bytes, ...]] = {}
    for draft, holding_id, referred in zip(drafts, holdings, persons, strict=True):
        for part, person_id in referred.items():
            # Who uses the line and who brings the papers may be one person: sealed once, with what either was asked.
            mine = draft.parts.parts[part].values
            values[person_id, holding_id] = {**mine, **values.get((person_id, holding_id), {})}
            if not copies.get((person_id, holding_id)):
                copies[person_id, holding_id] = draft.submission.copies.get(part, ())
    sealed = seal_persons([_record(*whose, mine, copies=copies[whose]) for whose, mine in values.items()])
    commitments = dict(zip(values, sealed, strict=True))
    return [
        Written(
            draft, line_id, is_new, holding_id, referred,
            {part: commitments[person_id, holding_id] for part, person_id in referred.items()},
        )
        for draft, (line_id, is_new), holding_id, referred in zip(drafts, line_ids, holdings, persons, strict=True)
    ]  # fmt: skip


def _record(
    person_id: PersonId, holding_id: HoldingId, values: Mapping[str, str], *, copies: tuple[bytes, ...]
) -> PersonRecord:
    return PersonRecord(person_id, holding_id, {Field(name): value for name, value in values.items()}, copies)


def _holding(written: Written) -> NewHolding:
    persons, submission = written.persons, written.draft.submission
    return NewHolding(
        line_id=written.line_id,
        holding_id=written.holding_id,
        party_kind=submission.kind.value,
        person_id=persons[Part.HOLDER],
        assurance=_assurance(written.draft),
        commitment=written.commitments[Part.HOLDER],
        user_person_id=persons.get(Part.USER),
        bearer_person_id=persons.get(Part.BEARER),
        guardian_person_id=persons.get(Part.GUARDIAN),
        route=written.draft.parts.route.way if written.draft.parts.route else None,
        accepted_through=written.draft.until,
    )


def _verb(frame: Frame, written: Written) -> Verb:
    """Return what the ledger says: who is accepted for a time is not said to be registered."""
    return frame.deed.verb if written.draft.until is None else Verb.HOLDING_ACCEPTED


def _route_taken(frame: Frame, written: Written) -> RouteTook:
    assert written.draft.parts.route is not None  # noqa: S101 - the caller looked
    return RouteTook(
        line_id=written.line_id, person_id=written.persons[Part.HOLDER], commitment=written.commitments[Part.HOLDER],
        rule=written.draft.parts.route, until=written.draft.until, language=written.draft.language, role=frame.role,
        pack_hash=frame.pack.hash, on=frame.on,
    )  # fmt: skip


def _assurance(draft: Draft) -> str:
    """Say what it was and no more; of a registration of several people what it was for the least sure of them.

    Of a holder without a document there is a word alone, whoever else shows what.
    """
    if draft.parts.route:
        return Assurance.DECLARED.value
    in_sight, was_read = draft.submission.in_sight, draft.submission.was_read
    levels = [
        assurance_of(in_sight=in_sight, verdict=read.verdict, was_read=part in was_read)
        for part, read in draft.parts.parts.items()
        if read.document
    ]
    # Who shows no document is seen, and nothing about them is checked.
    return weakest(*(levels or [assurance_of(in_sight=in_sight, verdict=Verdict.DOUBTFUL)])).value


def _tell(
    frame: Frame, written: Sequence[Written], recorded: dict[LineId, Recorded], *, at: dt.datetime
) -> None:
    for one in written:
        outcome = recorded[one.line_id]
        tell_registered(
            one.line_id, deed=frame.deed, was_lifted=outcome.was_lifted, is_suspended=outcome.is_suspended,
            person_id=one.persons[Part.HOLDER], language=one.draft.language, pack_hash=frame.pack.hash, on=frame.on,
            in_sight=one.draft.submission.in_sight, by_holder=one.draft.submission.by_holder, at=at,
        )  # fmt: skip
        if one.is_new_line and (one.draft.submission.in_sight or one.draft.line is not None):
            # Elements of the network may still know the number as that of a line that has ended. A file's new lines are
            # in service already, but for those that take over such a number.
            ask(one.line_id, kind=CommandKind.RESTORE, reason="new_line", at=at)


def _entered(frame: Frame, written: Sequence[Written], *, at: dt.datetime) -> Callable[[], list[Any]]:
    lines = [(Verb.LINE_ACTIVATED, w, {"service": w.draft.service.value}) for w in written if w.is_new_line]
    marks = lines + [(_verb(frame, w), w, _facts(w)) for w in written]
    return kept_later(sql("enrolment", "append_entries"), {
        "at": at, "day": frame.on, "staff_id": frame.authority.staff_id, "role": frame.role,
        "actor": frame.authority.commitment, "pack": frame.pack.hash,
        "article": frame.pack.act_article(frame.deed.value),
        "verbs": [verb.value for verb, _, _ in marks], "line_ids": [w.line_id for _, w, _ in marks],
        "person_ids": [w.persons[Part.HOLDER] for _, w, _ in marks],
        "commitments": [w.commitments[Part.HOLDER] for _, w, _ in marks],
        "facts": [json.dumps(facts) for _, _, facts in marks],
    })  # fmt: skip


def _mark_copies(frame: Frame, written: Sequence[Written]) -> None:
    """Enter which records have a copy of the document: who reviews sees which still lack one."""
    law = frame.pack.document_copy
    for one in written:
        count = sum(map(len, one.draft.submission.copies.values()))
        if count and law:
            append_entry(
                frame.authority, verb=Verb.COPY_KEPT, role=frame.role, on=frame.on, line_id=one.line_id,
                person_id=one.persons[Part.HOLDER], commitment=one.commitments[Part.HOLDER], pack=frame.pack.hash,
                article=law.article, facts={"copies": count, "holding": str(one.holding_id)},
            )  # fmt: skip


def _mark_passed(frame: Frame, written: Sequence[Written]) -> None:
    """Enter who let somebody have a line more than the law lets pass without a second look."""
    for one in written:
        for article in one.draft.passed:
            append_entry(
                frame.authority, verb=Verb.LIMIT_PASSED, role=demand(frame.authority, Power.PASS_LIMIT).value, on=frame.on,
                line_id=one.line_id, person_id=one.persons[Part.HOLDER], commitment=one.commitments[Part.HOLDER],
                pack=frame.pack.hash, article=article,
            )  # fmt: skip


def _mark_given_up(frame: Frame, written: Sequence[Written]) -> None:
    """Enter who stood there for each side of a transfer, and how sure it is that who gave the line up was its holder."""
    for one in written if frame.deed is Deed.TRANSFER else ():
        append_entry(
            frame.authority, verb=Verb.HOLDING_GIVEN_UP, role=frame.role, on=frame.on, line_id=one.line_id,
            pack=frame.pack.hash, article=frame.pack.act_article(frame.deed.value), facts=_sides(one.draft),
        )  # fmt: skip


def _facts(written: Written) -> dict[str, str]:
    others = {
        part.key: commitment for part, commitment in written.commitments.items() if part is not Part.HOLDER
    }
    return {
        "assurance": _assurance(written.draft),
        "document_check": written.draft.parts.verdict.value,
        "holding": str(written.holding_id),
        "party_kind": written.draft.submission.kind.value,
    } | others


def _sides(draft: Draft) -> dict[str, str]:
    """Say who stood there for each side of a transfer, and how sure it is that who gave the line up was its holder."""
    sides = {"taken_by": draft.submission.taker_presence.value}
    if draft.giver and draft.submission.giver and draft.line and draft.line.is_registered:
        return sides | {
            "given_as": draft.giver.assurance.value, "given_by": draft.submission.giver.presence.value,
        }  # fmt: skip
    return sides
