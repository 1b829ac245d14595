# SPDX-License-Identifier: EUPL-1.2
"""The writing half of a registration, after everything was read and decided. Inside the act's transaction."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.documents.assurance import Assurance, assurance_of, weakest
from rollkeeper.documents.verdicts import Verdict
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.database import pipeline, prepared_later, sql
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, TenureId, new_uuids
from rollkeeper.law.limit_rules import LimitRule
from rollkeeper.law.pack import Pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import LineView, lines_in_force_later, lines_in_force_of
from rollkeeper.lines.writes import (
    NewLine,
    NewTenure,
    RegistrationEffect,
    create_lines,
    new_line_ids,
    note_payments,
    reassign_number,
    register_tenures,
)
from rollkeeper.notices.rules import REACHED_BY_NUMBER
from rollkeeper.provisioning.choices import CommandKind, CommandReason
from rollkeeper.provisioning.services import queue_command
from rollkeeper.registration.decisions import PriorSubscriber
from rollkeeper.registration.payments import noted_payment
from rollkeeper.registration.receipts import ConcurrentChange, save_receipts, write_last
from rollkeeper.registration.rules import AskedOf, ReadParts
from rollkeeper.registration.side_effects import notify_registered
from rollkeeper.registration.submissions import NEW_TENURE_KINDS, Receipt, RegistrationKind, Submission
from rollkeeper.registration.undocumented_effects import UndocumentedRegistration, apply_undocumented_effects
from rollkeeper.subscribers.choices import PartyRole, pack_kind
from rollkeeper.subscribers.services import (
    PresentedPerson,
    add_document,
    find_or_create_persons,
    replace_document,
    restore_document,
    unlink_document,
)
from rollkeeper.vault.errors import EpochEnded
from rollkeeper.vault.fields import Field
from rollkeeper.vault.services import PersonRecord, committed_meanwhile, seal_persons


@dataclass(frozen=True, slots=True)
class Context:
    """The actor, the pack and the day."""

    authority: Authority
    role: str
    pack: Pack
    asked: AskedOf
    action_kind: RegistrationKind
    on: dt.date

    @property
    def limits(self) -> tuple[LimitRule, ...]:
        """Return the limits that this action can meet. To take a line can meet any; to change its payment, limits that ask for the payment; to
        verify it again, limits to which people must reduce their lines.
        """
        return tuple(one for one in self.pack.limits if self.takes_under(one) or one.reduces)

    def takes_under(self, rule: LimitRule) -> bool:
        """Tell whether this action can give a person one more line that counts for a limit."""
        return self.action_kind in NEW_TENURE_KINDS or rule.asks_payment


@dataclass(frozen=True, slots=True, repr=False)
class Draft:
    """A registration that may be written."""

    position: int
    submission: Submission
    number: str
    number_index: bytes
    service: Service
    line: LineView | None
    parts: ReadParts
    on: dt.date
    renewed_by: PersonId | None = None
    """The person known by the former document, to whom the new one is added."""
    former: tuple[str, str] | None = None
    """The former document's index, and its person."""
    former_of: PersonId | None = None
    passed: tuple[str, ...] = ()
    """Articles of the limits that a supervisor waived."""
    transferor: PriorSubscriber | None = None
    """The subscriber who gives up the transferred line."""
    known: PersonId | None = None
    """The person known by the subscriber's document."""
    region: str | None = None
    """The region of the line, or the region that a new line gets."""

    @property
    def until(self) -> dt.date | None:
        """Return the last day for which the missing document is accepted. None: the subscriber is registered."""
        return self.parts.route.last_day(self.on) if self.parts.route else None

    @property
    def mailbox(self) -> str | None:
        """Return the subscriber's e-mail address, given because the law asks it or for notices only; None if the line itself receives notices."""
        asked = self.parts.parts[PartyRole.SUBSCRIBER].values.get(Field.EMAIL.value)
        return None if self.service in REACHED_BY_NUMBER else asked or self.submission.contact_email

    @property
    def language(self) -> str | None:
        """Return the language in which the subscriber wants to be notified, None if none was named."""
        return self.submission.language or (self.line.language if self.line else None)


@dataclass(frozen=True, slots=True, repr=False)
class NumberedDraft:
    """A draft with the references of its line and persons."""

    draft: Draft
    line_id: LineId
    is_new_line: bool
    tenure_id: TenureId
    persons: dict[PartyRole, PersonId]
    commitments: dict[PartyRole, str]


def write(context: Context, drafts: Sequence[Draft]) -> list[Receipt]:
    """Write all drafts and return the receipts, in their order. Raises ConcurrentChange if a concurrent writer came first."""
    if not drafts:
        return []
    at = clock.now()
    receipts: list[Receipt] = []
    sent: list[Callable[[], Any]] = []

    def also() -> None:
        receipts.extend(_receipt(context, w, entries[w.line_id]) for w in written)
        sent.append(save_receipts(receipts))
        sent.extend(lines_in_force_later(w.persons[PartyRole.SUBSCRIBER]) for w in written[:1])

    try:
        with committed_meanwhile():
            with counted_lookups(), pipeline() if _is_plain(drafts) else nullcontext():
                line_ids, all_made = _lines(context, drafts)
                if not _is_plain(drafts):
                    all_made()
                written = _sealed(drafts, line_ids, _persons(context, drafts))
                _unlink_wrong_documents(context, written)
                entered = _enter(context, written, at=at)
            if _is_plain(drafts):
                all_made()
            entries = entered()
            recorded = register_tenures(
                [_tenure(w) for w in written], entries=[entries[w.line_id] for w in written],
                languages=[w.draft.language for w in written], at=at,
                registered=[w.draft.until is None for w in written], mailboxes=[w.draft.mailbox for w in written],
                also=also,
            )  # fmt: skip
    except EpochEnded:  # The epoch ended after it was read and before the keys were made.
        raise ConcurrentChange from None
    are_kept, lines_in_force = sent
    are_kept()
    note_payments([entries[w.line_id] for w in written if _payment(context, w)])
    _record_copies(context, written)
    _record_overrides(context, written)
    _record_relinquished(context, written)
    apply_undocumented_effects(
        context.authority, [_route_taken(context, w) for w in written if w.draft.parts.route]
    )
    effects = {r.line_id: r for r in recorded}
    write_last(partial(_tell, context, written, effects, lines_in_force=lines_in_force, at=at))
    return receipts


def _receipt(context: Context, written: NumberedDraft, entry_id: EntryId) -> Receipt:
    key, verb = written.draft.submission.submission_key, _verb(context, written).value
    return Receipt(key, verb, written.line_id, context.on, entry_id)


def _is_plain(drafts: Sequence[Draft]) -> bool:
    """Tell whether the first statements may be sent together: one draft, without copies, and no number or document was used before."""
    if len(drafts) != 1:
        return False
    (one,) = drafts
    has_past = (one.line is not None and one.line.is_over) or one.renewed_by or one.former_of
    return not has_past and not one.submission.copies


def _lines(context: Context, drafts: Sequence[Draft]) -> tuple[list[tuple[LineId, bool]], Callable[[], None]]:
    """Create the new lines; return them with a function that raises ConcurrentChange if another process took a number meanwhile."""
    fresh = [
        NewLine(line_id, draft.number, draft.number_index, draft.service, draft.language, draft.region)
        for line_id, draft in zip(new_line_ids(len(drafts)), drafts, strict=True)
    ]
    unknown = [line for line, draft in zip(fresh, drafts, strict=True) if draft.line is None]
    made = create_lines(unknown, on=context.on)

    def all_made() -> None:
        if len(made()) != len(unknown):
            raise ConcurrentChange

    for line, draft in zip(fresh, drafts, strict=True):
        if draft.line is not None and draft.line.is_over:
            reassign_number(line, old=draft.line.line_id, on=context.on)
    line_ids = [
        (draft.line.line_id, False)
        if draft.line is not None and not draft.line.is_over
        else (line.line_id, True)
        for line, draft in zip(fresh, drafts, strict=True)
    ]
    return line_ids, all_made


def _persons(context: Context, drafts: Sequence[Draft]) -> list[dict[PartyRole, PersonId]]:
    for draft in drafts:
        document = draft.parts.parts[PartyRole.SUBSCRIBER].document
        if draft.renewed_by and document:
            add_document(draft.renewed_by, document=document, on=context.on)
        _retire_former_document(draft, on=context.on)
    shown = [
        PresentedPerson(
            pack_kind(draft.submission.kind, part),
            draft.language,
            read.document,
            known=draft.known if part is PartyRole.SUBSCRIBER else None,
        )
        for draft in drafts
        for part, read in draft.parts.parts.items()
    ]
    referred = iter(find_or_create_persons(shown, on=context.on))
    return [
        dict(zip(draft.parts.parts, islice(referred, len(draft.parts.parts)), strict=True))
        for draft in drafts
    ]


def _former_document(draft: Draft) -> tuple[PersonId, tuple[str, str], tuple[str, str]] | None:
    """Return the person, the former document, and the document that replaces it; None if none is replaced."""
    former, document = draft.former, draft.parts.parts[PartyRole.SUBSCRIBER].document
    if not draft.former_of or not former or not document or former == document:
        return None
    return draft.former_of, former, document


def _retire_former_document(draft: Draft, *, on: dt.date) -> None:
    """Mark the former document as replaced; if it was recorded wrongly, mark the other document as valid instead."""
    if found := _former_document(draft):
        person_id, former, document = found
        if draft.submission.former_was_wrong:
            restore_document(person_id, document=document)
        else:
            replace_document(person_id, former=former, on=on)


def _unlink_wrong_documents(context: Context, written: Sequence[NumberedDraft]) -> None:
    """Remove documents that were recorded wrongly, each with its ledger entry: without it, the database refuses the removal to a counter."""
    for one in written:
        found = _former_document(one.draft) if one.draft.submission.former_was_wrong else None
        if found:
            append_entry(
                context.authority, verb=Verb.DOCUMENT_UNLINKED, role=context.role, on=context.on, line_id=one.line_id,
                person_id=one.persons[PartyRole.SUBSCRIBER], commitment=one.commitments[PartyRole.SUBSCRIBER],
            )  # fmt: skip
            person_id, former, _ = found
            unlink_document(person_id, document=former)


def _sealed(
    drafts: Sequence[Draft],
    line_ids: Sequence[tuple[LineId, bool]],
    persons: Sequence[dict[PartyRole, PersonId]],
) -> list[NumberedDraft]:
    tenures = [TenureId(value) for value in new_uuids(len(drafts))]
    values: dict[tuple[PersonId, TenureId], Mapping[str, str]] = {}
    copies: dict[tuple[PersonId, TenureId], tuple[bytes, ...]] = {}
    for draft, tenure_id, referred in zip(drafts, tenures, persons, strict=True):
        for part, person_id in referred.items():
            # The user and the bearer of the documents may be one person, who is sealed once, with the attributes of both parts.
            mine = draft.parts.parts[part].values
            values[person_id, tenure_id] = {**mine, **values.get((person_id, tenure_id), {})}
            if not copies.get((person_id, tenure_id)):
                copies[person_id, tenure_id] = draft.submission.copies.get(part, ())
    sealed = seal_persons([_record(*whose, mine, copies=copies[whose]) for whose, mine in values.items()])
    commitments = dict(zip(values, sealed, strict=True))
    return [
        NumberedDraft(
            draft, line_id, is_new, tenure_id, referred,
            {part: commitments[person_id, tenure_id] for part, person_id in referred.items()},
        )
        for draft, (line_id, is_new), tenure_id, referred in zip(drafts, line_ids, tenures, persons, strict=True)
    ]  # fmt: skip


def _record(
    person_id: PersonId, tenure_id: TenureId, values: Mapping[str, str], *, copies: tuple[bytes, ...]
) -> PersonRecord:
    return PersonRecord(person_id, tenure_id, {Field(name): value for name, value in values.items()}, copies)


def _tenure(written: NumberedDraft) -> NewTenure:
    persons, submission = written.persons, written.draft.submission
    return NewTenure(
        line_id=written.line_id,
        tenure_id=written.tenure_id,
        party_kind=submission.kind.value,
        person_id=persons[PartyRole.SUBSCRIBER],
        assurance=_assurance(written.draft),
        commitment=written.commitments[PartyRole.SUBSCRIBER],
        user_person_id=persons.get(PartyRole.USER),
        bearer_person_id=persons.get(PartyRole.BEARER),
        guardian_person_id=persons.get(PartyRole.GUARDIAN),
        route=written.draft.parts.route.way if written.draft.parts.route else None,
        accepted_through=written.draft.until,
        good_through=written.draft.parts.good_through if written.draft.until is None else None,
    )


def _verb(context: Context, written: NumberedDraft) -> Verb:
    """Return the ledger's verb: for a subscriber who is only accepted for a time, it does not say "registered"."""
    return context.action_kind.verb if written.draft.until is None else Verb.TENURE_ACCEPTED


def _route_taken(context: Context, written: NumberedDraft) -> UndocumentedRegistration:
    assert written.draft.parts.route is not None  # noqa: S101 - the caller looked
    return UndocumentedRegistration(
        line_id=written.line_id, person_id=written.persons[PartyRole.SUBSCRIBER], commitment=written.commitments[PartyRole.SUBSCRIBER],
        rule=written.draft.parts.route, until=written.draft.until, language=written.draft.language, role=context.role,
        pack_hash=context.pack.hash, on=context.on,
    )  # fmt: skip


def _assurance(draft: Draft) -> str:
    """Return the assurance that is proved; for several people the lowest one.

    For a subscriber without a document it is only their statement, even if others show documents.
    """
    if draft.parts.route:
        return Assurance.DECLARED.value
    document_seen, machine_read = draft.submission.document_seen, draft.submission.machine_read
    levels = [
        assurance_of(document_seen=document_seen, verdict=read.verdict, machine_read=part in machine_read)
        for part, read in draft.parts.parts.items()
        if read.document
    ]
    # A person without a document was seen, but nothing about them was checked.
    return weakest(*(levels or [assurance_of(document_seen=document_seen, verdict=Verdict.DOUBTFUL)])).value


def _tell(
    context: Context,
    written: Sequence[NumberedDraft],
    recorded: dict[LineId, RegistrationEffect],
    *,
    lines_in_force: Callable[[], dict[LineId, str | None]],
    at: dt.datetime,
) -> None:
    for one in written:
        outcome, person = recorded[one.line_id], one.persons[PartyRole.SUBSCRIBER]
        notify_registered(
            one.line_id, action_kind=context.action_kind, was_restored=outcome.was_restored, is_suspended=outcome.is_suspended,
            language=one.draft.language, pack_hash=context.pack.hash, on=context.on, document_seen=one.draft.submission.document_seen,
            self_declared=one.draft.submission.self_declared, at=at,
            lines_in_force=lines_in_force if one is written[0] else partial(lines_in_force_of, person),
        )  # fmt: skip
        if one.is_new_line and (one.draft.submission.document_seen or one.draft.line is not None):
            # Network elements may still know the number from a line that has ended. New lines from a file are already in service, except
            # those that take over such a number.
            queue_command(one.line_id, kind=CommandKind.RESTORE, reason=CommandReason.NEW_LINE.value, at=at)


def _enter(
    context: Context, written: Sequence[NumberedDraft], *, at: dt.datetime
) -> Callable[[], dict[LineId, EntryId]]:
    """Append the entries before the rows that they describe are written; return a function that gives the entry of each line."""
    lines = [(Verb.LINE_ACTIVATED, w, {"service": w.draft.service.value}) for w in written if w.is_new_line]
    marks = lines + [(_verb(context, w), w, _facts(context, w)) for w in written]
    found = prepared_later(sql("registration", "append_entries"), {
        "at": at, "day": context.on, "staff_id": context.authority.staff_id, "role": context.role,
        "actor": context.authority.commitment, "pack": context.pack.hash,
        "article": context.pack.act_article(context.action_kind.value),
        "verbs": [verb.value for verb, _, _ in marks], "line_ids": [w.line_id for _, w, _ in marks],
        "person_ids": [w.persons[PartyRole.SUBSCRIBER] for _, w, _ in marks],
        "commitments": [w.commitments[PartyRole.SUBSCRIBER] for _, w, _ in marks],
        "facts": [json.dumps(facts) for _, _, facts in marks],
    })  # fmt: skip
    return lambda: {
        w.line_id: EntryId(row.entry_id)
        for row, (verb, w, _) in zip(found(), marks, strict=True)
        if verb is not Verb.LINE_ACTIVATED
    }


def _record_copies(context: Context, written: Sequence[NumberedDraft]) -> None:
    """Enter which records have a document copy, so that a reviewer sees which still lack one."""
    law = context.pack.document_copy
    for one in written:
        count = sum(map(len, one.draft.submission.copies.values()))
        if count and law:
            append_entry(
                context.authority, verb=Verb.COPY_KEPT, role=context.role, on=context.on, line_id=one.line_id,
                person_id=one.persons[PartyRole.SUBSCRIBER], commitment=one.commitments[PartyRole.SUBSCRIBER], pack=context.pack.hash,
                article=law.article, facts={"copies": count, "tenure": str(one.tenure_id)},
            )  # fmt: skip


def _record_overrides(context: Context, written: Sequence[NumberedDraft]) -> None:
    """Record in the ledger who allowed a line beyond the limit that needs a second check."""
    for one in written:
        for article in one.draft.passed:
            append_entry(
                context.authority, verb=Verb.LIMIT_OVERRIDDEN, role=require(context.authority, Permission.OVERRIDE_LIMIT).value, on=context.on,
                line_id=one.line_id, person_id=one.persons[PartyRole.SUBSCRIBER], commitment=one.commitments[PartyRole.SUBSCRIBER],
                pack=context.pack.hash, article=article,
            )  # fmt: skip


def _record_relinquished(context: Context, written: Sequence[NumberedDraft]) -> None:
    """Record in the ledger who was present for each side of a transfer, and how certain the transferor's identity is."""
    for one in written if context.action_kind is RegistrationKind.TRANSFER else ():
        append_entry(
            context.authority, verb=Verb.TENURE_RELINQUISHED, role=context.role, on=context.on, line_id=one.line_id,
            pack=context.pack.hash, article=context.pack.act_article(context.action_kind.value), facts=_sides(one.draft),
        )  # fmt: skip


def _facts(context: Context, written: NumberedDraft) -> dict[str, str | bool]:
    others = {
        part.key: commitment
        for part, commitment in written.commitments.items()
        if part is not PartyRole.SUBSCRIBER
    }
    return (
        {
            "assurance": _assurance(written.draft),
            "document_check": written.draft.parts.verdict.value,
            "tenure": str(written.tenure_id),
            "party_kind": written.draft.submission.kind.value,
        }
        | others
        | ({"identity_check": check} if (check := written.draft.parts.identity_check) else {})
        | ({"authority_shown": True} if written.draft.parts.authority_shown else {})
        | ({"payment": paid.value} if (paid := _payment(context, written)) else {})
        | ({"act": RegistrationKind.PORT_IN.value} if context.action_kind is RegistrationKind.PORT_IN else {})
    )


def _payment(context: Context, written: NumberedDraft) -> Payment | None:
    return noted_payment(context.pack, written.draft.submission, written.draft.line)


def _sides(draft: Draft) -> dict[str, str]:
    """Return who was present for each side of a transfer, and how certain the transferor's identity is."""
    sides = {"transferee_presence": draft.submission.transferee_presence.value}
    if draft.transferor and draft.submission.transferor and draft.line and draft.line.is_registered:
        return sides | {
            "transferor_assurance": draft.transferor.assurance.value, "transferor_presence": draft.submission.transferor.presence.value,
        }  # fmt: skip
    return sides
