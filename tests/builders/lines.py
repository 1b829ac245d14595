# SPDX-License-Identifier: EUPL-1.2
"""Lines in the state that a test begins with, and what belongs to a line: a number, a subscriber, a legal hold, a pause."""

import datetime as dt
import os
import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any
from uuid import UUID

from django.db.models import F, Func, Q, Value
from psycopg.sql import SQL, Identifier, Placeholder

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Bars, Service
from rollkeeper.kernel.database import action, prepared_run
from rollkeeper.kernel.ids import BatchId, EntryId, LineId, PersonId, TenureId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.models import LegalHold, Line, Number, Pause, Suspension, Tenure
from rollkeeper.lines.writes import NewLine, NewTenure, begin_tenures, create_lines, terminate_line_state
from rollkeeper.subscribers.models import Subscriber
from rollkeeper.vault.blind_index import blind_numbers
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values

ACTIVATED_ON = dt.date(2010, 5, 1)

type Day = dt.date | str


def activate_line(number: str, *, service: Service, on: dt.date, language: str | None = None) -> LineId:
    """Make one line under a normalised number that no line has."""
    line = NewLine(LineId(new_uuid()), number, blind_numbers([number])[0], service, language)
    assert create_lines([line], on=on)(), "the number is taken"
    return line.line_id


def make_line(*, activated_on: Day = ACTIVATED_ON, number: str | None = None, **fields: Any) -> LineId:
    """Make a line with this number, or with an index of no real number; nothing is sealed."""
    line_id = LineId(new_uuid())
    index = blind_numbers([number])[0] if number else os.urandom(32)
    values = {
        "line_id": line_id, "number_index": index, "activated_on": activated_on, "service": "mobile", "state": "active",
        "language": "en", "version": 1, "is_registered": False, "is_disputed": False, "is_essential": False,
    } | fields  # fmt: skip
    prepared_run(_with_number(tuple(values)), values)
    return line_id


@cache
def _with_number(columns: tuple[str, ...]) -> str:
    """Return the statement that makes a line with these columns and its number, kept: hundreds of tests make dozens of lines."""
    insert = SQL(
        "WITH number AS (INSERT INTO lines_number (number_index, line_id) VALUES (%(number_index)s, %(line_id)s))"
        " INSERT INTO lines_line ({}) VALUES ({})"
    )
    return insert.format(
        SQL(", ").join(map(Identifier, columns)), SQL(", ").join(map(Placeholder, columns))
    ).as_string(None)


def make_sealed_line(
    number: str = "+8613900001234", contact: str | None = "tashi@mail.example", **fields: Any
) -> UUID:
    """Make a line that notices can reach: number and contact sealed as by an import, but the number not in the index."""
    line_id = uuid.uuid4()
    values = [
        ("number_sealed", LineField.NUMBER, number),
        ("contact_sealed", LineField.CONTACT, contact),
    ]
    sealed = {
        column: seal_line_values(field, [(LineId(line_id), value)])[0]
        for column, field, value in values
        if value
    }
    Line.objects.create(
        line_id=line_id,
        activated_on=ACTIVATED_ON,
        **{"service": "mobile", "state": "active"} | sealed | fields,
    )
    return line_id


def give_number(line_id: UUID, number: str) -> bytes:
    """Replace a line's number by one that can be typed; return the number's index."""
    (index,) = blind_numbers([number])
    Number.objects.filter(Q(line_id=line_id) | Q(number_index=index)).delete()
    Number.objects.create(number_index=index, line_id=line_id)
    change_line(line_id, number_index=index)
    return index


def change_line(line_id: UUID, **fields: Any) -> None:
    """Change a line without a service: its version does not grow, and there is no ledger entry."""
    Line.objects.filter(line_id=line_id).update(**fields)


def mark_terminated(line_id: UUID, on: Day, *, by: str = "campaign", **fields: Any) -> None:
    """Mark a line as terminated, without its entry, commands and notices."""
    change_line(line_id, state="terminated", terminated_on=on, terminated_by=by, **fields)


def enter(line_id: UUID, verb: Verb = Verb.LINE_TERMINATED, *, on: dt.date | None = None) -> EntryId:
    """Append the ledger entry that a line was terminated, and change nothing else; return the entry."""
    return append_entry(
        console_authority(), verb=verb, role="console", on=on or clock.today(), line_id=LineId(line_id), pack="00" * 32
    )  # fmt: skip


def terminate_line(
    line_id: LineId, *, by: str = "subscriber", quarantined_until: dt.date, on: dt.date
) -> None:
    """Terminate a line and its tenure, with the ledger's entry, as its subscriber or a campaign does."""
    with action():
        terminate_line_state(line_id, entry_id=enter(line_id, on=on), quarantined_until=quarantined_until)
        change_line(line_id, terminated_by=by)


def mark_registered(line_ids: Sequence[LineId], *, on: dt.date) -> None:
    """Mark lines as registered and in service, as after a registration, but without a tenure."""
    open_ones = Suspension.objects.filter(line_id__in=line_ids, restored_on=None)
    open_ones.filter(reason=SuspensionReason.REGISTRATION.value).update(
        restored_on=on, restored_at=clock.now()
    )
    suspended = list(open_ones.values_list("line_id", flat=True))
    which = Line.objects.filter(line_id__in=line_ids)
    which.update(is_registered=True, must_reverify=False, version=F("version") + 1)
    which.exclude(line_id__in=suspended).exclude(state="active").update(state="active")


def suspend_line(
    line_id: LineId, *, reason: SuspensionReason, on: dt.date, batch_id: BatchId | None = None
) -> None:
    """Suspend a living line for one more reason."""
    mark_suspended(line_id, reason.value, on, batch_id=batch_id)
    in_force = Line.objects.filter(line_id=line_id, state__in=["active", "suspended"])
    in_force.update(state="suspended", version=F("version") + 1)


def mark_suspended(
    line_id: UUID,
    reason: str,
    on: Day,
    *,
    at: dt.datetime | None = None,
    batch_id: UUID | None = None,
    bars: Bars = Bars.ALL,
) -> None:
    """Insert a reason of suspension, and change nothing else."""
    Suspension.objects.create(
        line_id=line_id,
        suspension_id=new_uuid(),
        reason=reason,
        begun_on=on,
        begun_at=at or clock.now(),
        batch_id=batch_id,
        bars=bars,
    )


def hold_line(
    line_id: UUID, first: Day, after: Day, *, case: str = "c", review_on: Day | None = None
) -> UUID:
    """Put a legal hold on a line, from a day until before another; return its id."""
    hold = LegalHold.objects.create(
        line_id=line_id,
        legal_hold_id=new_uuid(),
        days=(first, after),
        case_reference=case,
        review_on=review_on or after,
    )
    return hold.legal_hold_id


def pause_line(
    line_id: UUID, first: Day, after: Day, *, reason: str = "hospital", recorded_at: dt.datetime | None = None
) -> None:
    """Pause a line's clock, from a day until before another."""
    Pause.objects.create(
        line_id=line_id,
        pause_id=new_uuid(),
        days=(first, after),
        reason=reason,
        recorded_at=recorded_at or clock.now(),
    )


def make_subscriber(
    person_id: UUID | None = None, *, language: str = "en", made_on: Day = dt.date(2012, 1, 1)
) -> PersonId:
    """Make a subscriber without sealed values."""
    return PersonId(
        Subscriber.objects.create(
            person_id=person_id or new_uuid(),
            kind="individual",
            language=language,
            is_protected=False,
            made_on=made_on,
        ).person_id
    )


def make_tenure(
    line_id: UUID,
    since: dt.datetime,
    until: dt.datetime | None = None,
    *,
    person_id: UUID | None = None,
    tenure_id: UUID | None = None,
    **fields: Any,
) -> tuple[PersonId, TenureId]:
    """Make a person's tenure of a line, from an instant until before another; its end has a ledger entry."""
    person_id, tenure_id = person_id or new_uuid(), tenure_id or new_uuid()
    if until is not None:
        fields = {"ended_by_entry": enter(line_id)} | fields
    Tenure.objects.create(
        line_id=line_id,
        held=(since, until),
        tenure_id=tenure_id,
        person_id=person_id,
        **{"party_kind": "individual", "assurance": "sighted"} | fields,
    )
    return PersonId(person_id), TenureId(tenure_id)


def begin_tenure(tenure: NewTenure, *, at: dt.datetime) -> None:
    """Begin a tenure of a line that has no current one."""
    begin_tenures([tenure], at=at)


def transfer_tenure(tenure: NewTenure, *, at: dt.datetime) -> None:
    """End the current tenure of a line and begin the new one at the same instant."""
    Tenure.objects.filter(line_id=tenure.line_id, held__upper_inf=True).update(
        held=Func(Func("held", function="lower"), Value(at), function="tstzrange"),
        ended_by_entry=enter(tenure.line_id),
    )
    begin_tenures([tenure], at=at)
