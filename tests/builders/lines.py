"""Lines in a state that a test starts from: in service, suspended for any reason, or held by a person."""

import datetime as dt

from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import run, sql
from rollkeeper.kernel.ids import BatchId, LineId, new_uuid
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.writes import NewLine, NewTenure, begin_tenures, create_lines, end_tenures
from rollkeeper.vault.blind_index import blind_numbers


def activate_line(number: str, *, service: Service, on: dt.date, language: str | None = None) -> LineId:
    """Make one line under a normalised number that no line has."""
    line = NewLine(LineId(new_uuid()), number, blind_numbers([number])[0], service, language)
    assert create_lines([line], on=on), "the number is taken"
    return line.line_id


def suspend_line(
    line_id: LineId, *, reason: SuspensionReason, on: dt.date, batch_id: BatchId | None = None
) -> None:
    """Add one reason to those for which a line in force is suspended."""
    run(
        "INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at, batch_id)"
        " VALUES (%s, %s, %s, %s, %s, %s)",
        [line_id, new_uuid(), reason.value, on, clock.now(), batch_id],
    )
    run(sql("lines", "settle_state"), [line_id])


def begin_tenure(tenure: NewTenure, *, at: dt.datetime) -> None:
    """Begin a tenure of a line that no person holds."""
    begin_tenures([tenure], at=at)


def transfer_tenure(tenure: NewTenure, *, at: dt.datetime) -> None:
    """End the current tenure of a line and begin the new one at the same instant."""
    end_tenures([tenure.line_id], at=at)
    begin_tenures([tenure], at=at)
