# SPDX-License-Identifier: EUPL-1.2
"""Writes to the tables of lines for services of higher packages, inside their transaction.

None of these checks who acts or writes to the ledger: the calling service does, since only it knows everything that happened.
They take many lines for bulk services; one line is a list of one.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.utils import DataError, IntegrityError

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import action, prepared_rows, prepared_run, rows, run, sql
from rollkeeper.kernel.ids import LineId, PersonId, TenureId, new_uuid, new_uuids
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


@dataclass(frozen=True, slots=True)
class RegistrationEffect:
    """A line after a registration: whether want of registration was lifted, and what stays open."""

    line_id: LineId
    is_suspended: bool
    was_restored: bool


def lock_line(line_id: LineId, *, version: int | None = None, in_force: bool = False) -> LineView:
    """Lock one line to the end of the transaction and show it as it then is.

    Refuses: LineNotFound; LINE_CHANGED, where a version was decided on and the line has moved on; LINE_TERMINATED.
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
    """Lock the lines that have these numbers and show them, in the order given.

    `by_same_statements`: a number that no line has is looked for in the same tables as one that a line has.
    """
    there = prepared_rows(sql("lines", "lock_numbers"), [list(number_indexes)])
    return find_lines(number_indexes) if there or by_same_statements else [None] * len(number_indexes)


def create_lines(lines: Sequence[NewLine], *, on: dt.date) -> list[NewLine]:
    """Make lines whose numbers no line has; return those that were made. A concurrent second writer gets nothing."""
    taken = prepared_rows(sql("lines", "claim_numbers"), {
        "number_indexes": [line.number_index for line in lines], "line_ids": [line.line_id for line in lines],
    })  # fmt: skip
    won = {bytes(row.number_index) for row in taken}
    made = [line for line in lines if line.number_index in won]
    _insert_lines(made, on=on)
    return made


def reassign_number(line: NewLine, *, old: LineId, on: dt.date) -> None:
    """Make a new line under the number of an ended one. Precondition: `old` is locked and may give it."""
    run(sql("lines", "reassign_number"), {"old": old, "new": line.line_id, "number_index": line.number_index})
    _insert_lines([line], on=on)


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
    """Lift one reason and leave the others; the view returned says which. Refuses: NOT_SUSPENDED, LINE_TERMINATED."""
    line = lock_line(line_id, in_force=True)
    if reason not in line.reasons:
        raise NOT_SUSPENDED(line=line_id, reason=reason.value)
    run(
        "UPDATE lines_suspension SET restored_on = %s, restored_at = %s"
        " WHERE line_id = %s AND reason = %s AND restored_on IS NULL",
        [on, clock.now(), line_id, reason.value],
    )
    return _with_current_state(line_id)


def mark_suspension_wrongful(line_id: LineId, *, lifted_since: dt.date) -> None:
    """Say of a line's last suspension for want of registration that it was wrong, unless it was lifted before a day."""
    run(
        "UPDATE lines_suspension s SET was_wrongful = true FROM (SELECT suspension_id FROM lines_suspension"
        " WHERE line_id = %(line_id)s AND reason = 'registration' ORDER BY begun_at DESC LIMIT 1) last"
        " WHERE s.line_id = %(line_id)s AND s.suspension_id = last.suspension_id"
        " AND (s.restored_on IS NULL OR s.restored_on >= %(since)s)",
        {"line_id": line_id, "since": lifted_since},
    )


def begin_legal_hold(
    line_id: LineId, *, case_reference: str, first: dt.date, last: dt.date, review_on: dt.date
) -> None:
    """Keep a line's record from being erased through a day, both days included. Precondition: the line is locked."""
    run(
        "INSERT INTO lines_legalhold (line_id, legal_hold_id, days, case_reference, review_on)"
        " VALUES (%s, %s, daterange(%s, %s, '[]'), %s, %s)",
        [line_id, new_uuid(), first, last, case_reference, review_on],
    )


def end_tenures(line_ids: Sequence[LineId], *, at: dt.datetime) -> None:
    """End the present tenures of many lines. Refuses: TENURE_OVERLAP."""
    if line_ids:
        with _undoable(line_ids[0], at):
            run(sql("lines", "end_tenures"), {"line_ids": list(line_ids), "at": at})


def begin_tenures(tenures: Sequence[NewTenure], *, at: dt.datetime) -> None:
    """Begin many tenures at once. Refuses: TENURE_OVERLAP, after which the act around it can only be undone."""
    if not tenures:
        return
    with _translating_overlap(tenures[0].line_id, at):
        prepared_run(sql("lines", "begin_tenures"), {
            "at": at,
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
        })  # fmt: skip


def contest_tenure(line_id: LineId, *, person_id: PersonId, on: dt.date) -> TenureId:
    """Record that the subscriber of a line says that it is not theirs: from now on it does not count towards their limit.

    Precondition: the line is locked. Refuses: LineNotFound, where this person does not hold it now.
    """
    found = rows(
        "UPDATE lines_tenure SET contested_on = coalesce(contested_on, %s)"
        " WHERE line_id = %s AND person_id = %s AND upper_inf(held) RETURNING tenure_id",
        [on, line_id, person_id],
    )
    if not found:
        raise LineNotFound
    return TenureId(found[0].tenure_id)


def unlink_line(line_id: LineId, *, tenure_id: TenureId, for_good: bool, at: dt.datetime) -> None:
    """End a contested tenure, so that the line has no subscriber; or, if the claim was wrong, mark it uncontested.

    Precondition: the line is locked. A correction in between makes a new tenure of the same person and does not evade a decision;
    a line with another subscriber by now is not changed.
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
    end_tenures([line_id], at=at)
    run("UPDATE lines_line SET is_registered = false, version = version + 1 WHERE line_id = %s", [line_id])


def record_registrations(
    line_ids: Sequence[LineId],
    *,
    languages: Sequence[str | None],
    on: dt.date,
    registered: Sequence[bool] | None = None,
) -> list[RegistrationEffect]:
    """Mark lines as registered, lift want of registration alone, and say what became of each.

    A subscriber accepted for a time without a document also gets service back; `registered` says which lines are registered
    (None: all). Precondition: the lines are locked and living.
    """
    found = prepared_rows(
        sql("lines", "record_registration"),
        {"line_ids": list(line_ids), "languages": list(languages), "on": on, "at": clock.now(),
         "registered": list(registered) if registered is not None else [True] * len(line_ids)},
    )  # fmt: skip
    return [RegistrationEffect(LineId(r.line_id), r.state == "suspended", r.was_restored) for r in found]


def terminate_line_state(line_id: LineId, *, by: str, quarantined_until: dt.date, on: dt.date) -> None:
    """End a line and the tenure of it; its number waits. Refuses: LINE_TERMINATED, COUNTER_TERMINATION_LIMIT_REACHED."""
    values = {"line_id": line_id, "on": on, "by": by, "until": quarantined_until}
    try:
        with action():
            ended = rows(sql("lines", "terminate_line"), values)
    except IntegrityError as fault:
        if "lines_counter_termination_limit_reached" not in str(fault):
            raise
        raise COUNTER_TERMINATION_LIMIT_REACHED() from None
    if not ended:
        raise LINE_TERMINATED(line=line_id, terminated_on=None)
    end_tenures([line_id], at=clock.now())


def new_line_ids(count: int) -> list[LineId]:
    """Make references for lines."""
    return [LineId(value) for value in new_uuids(count)]


@contextmanager
def _undoable(line_id: LineId, at: dt.datetime) -> Iterator[None]:
    """Undo what the database refuses and say why in this package's words; the act around it may go on."""
    with _translating_overlap(line_id, at), action():
        yield


@contextmanager
def _translating_overlap(line_id: LineId, at: dt.datetime) -> Iterator[None]:
    """Turn the database's refusal of overlapping or reversed periods into this package's own."""
    try:
        yield
    except (DataError, IntegrityError):
        raise TENURE_OVERLAP(line=line_id, at=at) from None


def _with_current_state(line_id: LineId) -> LineView:
    run(sql("lines", "settle_state"), [line_id])
    return lock_line(line_id)


def _insert_lines(lines: Sequence[NewLine], *, on: dt.date) -> None:
    if lines:
        prepared_run(sql("lines", "create_lines"), {
            "on": on,
            "line_ids": [line.line_id for line in lines],
            "services": [line.service.value for line in lines],
            "languages": [line.language for line in lines],
            "number_indexes": [line.number_index for line in lines],
            "sealed": seal_line_values(LineField.NUMBER, [(line.line_id, line.number) for line in lines]),
        })  # fmt: skip
