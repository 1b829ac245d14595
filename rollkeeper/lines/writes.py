# SPDX-License-Identifier: EUPL-1.2
"""Writes to the tables of lines for services of higher packages, inside their transaction.

These functions neither check who acts nor write to the ledger: the calling service does both, since only it knows everything that
happened. They take many lines for bulk services; for one line, pass a list of one.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db.utils import DataError, IntegrityError

from rollkeeper.access.lookups import counted_lookups
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.database import (
    action,
    pipeline,
    prepared_later,
    prepared_run,
    rows,
    run,
    sql,
)
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, TenureId, new_uuid, new_uuids
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.errors import (
    COUNTER_TERMINATION_LIMIT_REACHED,
    LINE_CHANGED,
    LINE_TERMINATED,
    NOT_SUSPENDED,
    TENURE_OVERLAP,
    LineNotFound,
)
from rollkeeper.lines.queries import LineView, find_lines, view_line
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line to be made: its normalised number, the number's blind index and the service."""

    line_id: LineId
    number: str
    number_index: bytes
    service: Service
    language: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class NewTenure:
    """A tenure to be begun; references only."""

    line_id: LineId
    tenure_id: TenureId
    party_kind: str
    person_id: PersonId
    assurance: str
    commitment: str | None
    user_person_id: PersonId | None = None
    bearer_person_id: PersonId | None = None
    guardian_person_id: PersonId | None = None
    route: str | None = None
    accepted_through: dt.date | None = None
    good_through: dt.date | None = None


@dataclass(frozen=True, slots=True)
class RegistrationEffect:
    """A line after a registration: whether its suspension for want of it was lifted, and whether it is suspended for another reason."""

    line_id: LineId
    is_suspended: bool
    was_restored: bool


def lock_line(line_id: LineId, *, version: int | None = None, in_force: bool = False) -> LineView:
    """Lock one line until the end of the transaction and return it as it is then.

    Refuses: LineNotFound; LINE_CHANGED, if the line no longer has the version that was decided on; LINE_TERMINATED.
    """
    rows("SELECT lines_lock_lines(%s)", [[line_id]])
    line = view_line(line_id)
    if line is None:
        raise LineNotFound
    if version is not None and line.version != version:
        raise LINE_CHANGED(line=line_id, version=version, found=line.version)
    if in_force and line.is_over:
        raise LINE_TERMINATED(line=line_id, terminated_on=line.terminated_on)
    return line


def lock_disputed(line_id: LineId, *, on: dt.date) -> LineView:
    """Lock a disputed line: it is current, or can still be restored. Refuses: LineNotFound, LINE_TERMINATED."""
    line = lock_line(line_id)
    if line.is_over and not line.may_be_restored(on=on):
        raise LINE_TERMINATED(line=line_id, terminated_on=line.terminated_on)
    return line


def lock_numbers(
    number_indexes: Sequence[bytes], *, by_same_statements: bool = False
) -> list[LineView | None]:
    """Lock the lines that have these numbers and return them, in the order given.

    `by_same_statements`: look for an unknown number in the same tables as for a known number.
    """
    with counted_lookups():
        return lock_numbers_later(number_indexes, by_same_statements=by_same_statements)()


def lock_numbers_later(
    number_indexes: Sequence[bytes], *, by_same_statements: bool = False
) -> Callable[[], list[LineView | None]]:
    """Lock as `lock_numbers` does; return a function that gives the lines, to be called after the block of `pipeline`.

    That block is also one of `counted_lookups`.
    """
    locked = prepared_later("SELECT lines_lock_numbers(%s) AS lines", [list(number_indexes)])

    def lines() -> list[LineView | None]:
        (found,) = locked()
        return (
            find_lines(number_indexes) if found.lines or by_same_statements else [None] * len(number_indexes)
        )

    return lines


def create_lines(lines: Sequence[NewLine], *, on: dt.date) -> Callable[[], list[NewLine]]:
    """Make lines whose numbers no line has; a concurrent second writer gets nothing.

    Return a function that gives the lines that were made, to be called after the block of `pipeline`, which is also one of `counted_lookups`.
    """
    if not lines:
        return list
    taken = prepared_later(
        "SELECT lines_create(%(line_ids)s, %(services)s, %(languages)s, %(regions)s, %(number_indexes)s, %(sealed)s, %(on)s) AS number_index",
        {
            "on": on,
            "line_ids": [line.line_id for line in lines],
            "services": [line.service.value for line in lines],
            "languages": [line.language for line in lines],
            "regions": [line.region for line in lines],
            "number_indexes": [line.number_index for line in lines],
            "sealed": seal_line_values(LineField.NUMBER, [(line.line_id, line.number) for line in lines]),
        },
    )

    def made() -> list[NewLine]:
        won = {bytes(row.number_index) for row in taken()}
        return [line for line in lines if line.number_index in won]

    return made


def reassign_number(line: NewLine, *, old: LineId, on: dt.date) -> None:
    """Make a new line under the number of an ended one. Precondition: `old` is locked and may give it."""
    (sealed,) = seal_line_values(LineField.NUMBER, [(line.line_id, line.number)])
    with counted_lookups():
        rows(
            "SELECT lines_reassign_number(%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                old,
                line.line_id,
                line.service.value,
                line.language,
                line.region,
                line.number_index,
                sealed,
                on,
            ],
        )


def bar_imported(reasons: Mapping[LineId, SuspensionReason], *, on: dt.date) -> None:
    """Note why lines came in barred. Precondition: they were made suspended in this transaction."""
    if reasons:
        run(sql("lines", "bar_imported"), {
            "line_ids": list(reasons), "reasons": [reason.value for reason in reasons.values()], "on": on, "at": clock.now(),
        })  # fmt: skip


def mark_declared(line_ids: Sequence[LineId]) -> None:
    """Mark lines as registered by an operator's file. Precondition: they are locked, and their tenures begin in this transaction."""
    if line_ids:
        run(sql("lines", "mark_declared"), {"line_ids": list(line_ids)})


def add_references(references: Mapping[LineId, bytes]) -> None:
    """Add the operator's own references to lines that have none."""
    if references:
        run(
            sql("lines", "add_references"),
            {"line_ids": list(references), "indexes": list(references.values())},
        )


def restore_from_suspension(line_id: LineId, *, reason: SuspensionReason, on: dt.date) -> LineView:
    """Lift one reason for a suspension and leave the others, which the returned view shows. Refuses: NOT_SUSPENDED, LINE_TERMINATED."""
    line = lock_line(line_id, in_force=True)
    if reason not in line.reasons:
        raise NOT_SUSPENDED(line=line_id, reason=reason.value)
    rows("SELECT lines_restore(%s, %s, %s, %s)", [line_id, reason.value, on, clock.now()])
    return lock_line(line_id)


def mark_suspension_wrongful(
    line_id: LineId, *, lifted_since: dt.date, until: dt.datetime | None = None
) -> None:
    """Mark a line's last suspension for a missing registration as wrongful, unless it was lifted before a day.

    `until`: mark the last one that began before this moment, when the person concerned gave the line away.
    """
    rows("SELECT lines_mark_wrongful(%s, %s, %s)", [line_id, lifted_since, until])


def begin_legal_hold(
    line_id: LineId, *, case_reference: str, first: dt.date, last: dt.date, review_on: dt.date
) -> None:
    """Keep a line's record from being erased through a day, both days included. Precondition: the line is locked."""
    run(
        "INSERT INTO lines_legalhold (line_id, legal_hold_id, days, case_reference, review_on)"
        " VALUES (%s, %s, daterange(%s, %s, '[]'), %s, %s)",
        [line_id, new_uuid(), first, last, case_reference, review_on],
    )


def begin_tenures(tenures: Sequence[NewTenure], *, at: dt.datetime) -> None:
    """Begin many tenures of an import, which has one entry for all of them.

    Refuses: TENURE_OVERLAP, after which the surrounding action can only be undone.
    """
    if not tenures:
        return
    with _translating_overlap(tenures[0].line_id, at):
        prepared_run(sql("lines", "begin_tenures"), _columns(tenures) | {"at": at})


def _columns(tenures: Sequence[NewTenure]) -> dict[str, Any]:
    return {
        "line_ids": [h.line_id for h in tenures],
        "tenure_ids": [h.tenure_id for h in tenures],
        "party_kinds": [h.party_kind for h in tenures],
        "person_ids": [h.person_id for h in tenures],
        "users": [h.user_person_id for h in tenures],
        "bearers": [h.bearer_person_id for h in tenures],
        "guardians": [h.guardian_person_id for h in tenures],
        "assurances": [h.assurance for h in tenures],
        "commitments": [h.commitment for h in tenures],
        "routes": [h.route for h in tenures],
        "accepted": [h.accepted_through for h in tenures],
    }


def contest_tenure(line_id: LineId, *, person_id: PersonId, on: dt.date) -> TenureId:
    """Record that the subscriber of a line says that it is not theirs: from now on it does not count towards their limit.

    Precondition: the line is locked. Refuses: LineNotFound, if this person does not have the line now.
    """
    found = rows(
        "UPDATE lines_tenure SET contested_on = coalesce(contested_on, %s)"
        " WHERE line_id = %s AND person_id = %s AND upper_inf(held) RETURNING tenure_id",
        [on, line_id, person_id],
    )
    if not found:
        raise LineNotFound
    return TenureId(found[0].tenure_id)


def unlink_line(
    line_id: LineId, *, tenure_id: TenureId, for_good: bool, at: dt.datetime, entry_id: EntryId
) -> None:
    """End a contested tenure, so that the line has no subscriber; or, if the claim was wrong, mark it uncontested.

    Precondition: the line is locked, and the entry `entry_id` of the same transaction records this decision. A correction in between makes a
    new tenure of the same person, to which the decision applies too; a line that has another subscriber by now is not changed. Refuses: COUNTER_TERMINATION_LIMIT_REACHED.
    """
    present = rows(
        "SELECT now.tenure_id FROM lines_tenure contested"
        " CROSS JOIN LATERAL subscribers_references_of(contested.person_id) AS one (person_id)"
        " JOIN lines_tenure now ON now.line_id = contested.line_id AND now.person_id = one.person_id AND upper_inf(now.held)"
        " WHERE contested.line_id = %s AND contested.tenure_id = %s",
        [line_id, tenure_id],
    )
    if not present:
        return
    tenure_id = TenureId(present[0].tenure_id)
    if not for_good:
        run(
            "UPDATE lines_tenure SET contested_on = NULL WHERE line_id = %s AND tenure_id = %s",
            [line_id, tenure_id],
        )
        return
    with _translating_overlap(line_id, at):
        run(
            "UPDATE lines_tenure SET held = tstzrange(lower(held), %s), ended_by_entry = %s WHERE line_id = %s AND upper_inf(held)",
            [at, entry_id, line_id],
        )
    run(
        "UPDATE lines_line SET is_registered = false, must_reverify = false, version = version + 1 WHERE line_id = %s",
        [line_id],
    )


def register_tenures(
    tenures: Sequence[NewTenure],
    *,
    entries: Sequence[EntryId],
    languages: Sequence[str | None],
    at: dt.datetime,
    registered: Sequence[bool] | None = None,
    mailboxes: Sequence[str | None] = (),
    also: Callable[[], None] = lambda: None,
) -> list[RegistrationEffect]:
    """End the open tenures of lines, begin these, mark the lines as registered, lift suspensions for a missing registration.

    Returns the effect on each line. A subscriber accepted for a time without a document also gets service back; `registered` says which
    lines are registered (None: all). `entries` are the ledger entries of this transaction that record it, one for each line; they give the
    instant. `mailboxes` are the e-mail addresses that subscribers gave, one for each line, for lines that are no telephones; without one
    the contact stays, unless another person had the line before. `also` sends further statements together with this one, and reads
    nothing. Precondition: the lines are locked and living. Refuses: TENURE_OVERLAP, COUNTER_TERMINATION_LIMIT_REACHED, after which the surrounding action can only be undone.
    """
    if not tenures:
        return []
    contacts = _sealed_mailboxes(tenures, mailboxes)
    with _translating_overlap(tenures[0].line_id, at), pipeline():
        found = prepared_later(_REGISTER, _columns(tenures) | {
            "entries": list(entries), "languages": list(languages),
            "registered": list(registered) if registered is not None else [True] * len(tenures),
            "contacts": contacts, "last_days": [h.good_through for h in tenures],
        })  # fmt: skip
        also()
    return [RegistrationEffect(LineId(r.line_id), r.state == "suspended", r.was_restored) for r in found()]


def note_payments(entries: Sequence[EntryId]) -> None:
    """Note how lines are paid, as these entries of their registrations say. Precondition: they are of this transaction."""
    if entries:
        rows("SELECT lines_note_payments(%s)", [list(entries)])


def complete_payments(payments: Mapping[LineId, Payment]) -> None:
    """Note how lines are paid, for lines of which this is not known. Precondition: they are locked."""
    if payments:
        run(sql("lines", "complete_payments"), {
            "line_ids": list(payments), "payments": [one.value for one in payments.values()],
        })  # fmt: skip


def mark_as_entered(line_id: LineId, entry_id: EntryId) -> None:
    """Mark a line as essential or not, as an entry of this transaction says. Precondition: it is locked.

    Refuses: COUNTER_TERMINATION_LIMIT_REACHED.
    """
    with _translating_overlap(line_id, clock.now()):
        rows("SELECT lines_mark(%s, %s)", [line_id, entry_id])


_REGISTER = (
    "SELECT * FROM lines_register(%(line_ids)s, %(tenure_ids)s, %(party_kinds)s, %(person_ids)s, %(users)s, %(bearers)s,"
    " %(guardians)s, %(assurances)s, %(commitments)s, %(routes)s, %(accepted)s, %(entries)s, %(languages)s, %(registered)s,"
    " %(contacts)s::bytea[], %(last_days)s::date[])"
)


def _sealed_mailboxes(tenures: Sequence[NewTenure], mailboxes: Sequence[str | None]) -> list[bytes | None]:
    given = {one.line_id: mailbox for one, mailbox in zip(tenures, mailboxes, strict=False) if mailbox}
    if not given:
        return [None] * len(tenures)
    sealed = dict(zip(given, seal_line_values(LineField.CONTACT, list(given.items())), strict=True))
    return [sealed.get(one.line_id) for one in tenures]


def terminate_line_state(line_id: LineId, *, entry_id: EntryId, quarantined_until: dt.date) -> None:
    """End a line and its tenure because its subscriber asks; its number goes into quarantine.

    The entry `entry_id` of the same transaction records this and gives the instant. Refuses: LINE_TERMINATED, COUNTER_TERMINATION_LIMIT_REACHED.
    """
    with action(), _translating_overlap(line_id, clock.now()):
        (done,) = rows("SELECT lines_terminate(%s, %s, %s) AS ended", [line_id, entry_id, quarantined_until])
    if not done.ended:
        raise LINE_TERMINATED(line=line_id, terminated_on=None)


def new_line_ids(count: int) -> list[LineId]:
    """Make references for lines."""
    return [LineId(value) for value in new_uuids(count)]


@contextmanager
def _translating_overlap(line_id: LineId, at: dt.datetime) -> Iterator[None]:
    """Turn the database's refusal of overlapping or reversed periods, or of too many ends, into this package's own."""
    try:
        yield
    except (DataError, IntegrityError) as fault:
        if "lines_counter_termination_limit_reached" in str(fault):
            raise COUNTER_TERMINATION_LIMIT_REACHED() from None
        if "lines_tenure_checked_in_unknown_way" in str(fault):
            raise
        raise TENURE_OVERLAP(line=line_id, at=at) from None
