# SPDX-License-Identifier: EUPL-1.2
"""A small invented population in the real tables, and the night played out on it as an operator would."""

import datetime as dt
import os
from uuid import UUID

from rollkeeper.access.acts import commitment_of
from rollkeeper.access.authority import Authority, console_authority, sweep_authority
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import acts
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import BatchId, LineId, StaffId, new_uuid
from rollkeeper.lines.changes import end_line_state, lock_line, record_registrations
from rollkeeper.lines.states import PauseReason

PACK = "cn-xz-2011"


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def make_line(
    *,
    activated_on: str | dt.date = "2010-05-01",
    state: str = "active",
    registered: bool = False,
    **more: object,
) -> LineId:
    """Make a line with an invented number index; nothing is sealed."""
    line_id, index = LineId(new_uuid()), os.urandom(32)
    values = {"language": "en", "region": None, "is_disputed": False, "is_protected": False} | more
    run(
        "INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_protected,"
        " activated_on, language, region, number_index) VALUES (%s, 'mobile', %s, 1, %s, %s, %s, %s, %s, %s, %s)",
        [
            line_id, state, registered, values["is_disputed"], values["is_protected"], activated_on,
            values["language"], values["region"], index,
        ],
    )  # fmt: skip
    run("INSERT INTO lines_number (number_index, line_id) VALUES (%s, %s)", [index, line_id])
    return line_id


def tell(line_id: LineId, on: dt.date, *, channel: str = "sms") -> None:
    """Let the proof arrive that the first notice reached its holder."""
    run(
        "UPDATE notices_notice SET state = 'delivered', delivered_on = %s, channel = %s"
        " WHERE line_id = %s AND kind = 'register_by'",
        [on, channel, line_id],
    )


def bounce(line_id: LineId) -> None:
    run("UPDATE notices_notice SET state = 'bounced' WHERE line_id = %s AND kind = 'register_by'", [line_id])


def register(line_id: LineId, on: dt.date) -> None:
    """Do to the line what a registration does."""
    from rollkeeper.kernel.database import act

    with act():
        line = lock_line(line_id)
        if line.is_over:
            return
        record_registrations([line_id], languages=[None], on=on)


def end(line_id: LineId, on: dt.date) -> None:
    from rollkeeper.kernel.database import act

    with act():
        if not lock_line(line_id).is_over:
            end_line_state(line_id, by="subscriber", quarantined_until=on + dt.timedelta(days=90), on=on)


def pause(line_id: LineId, first: dt.date, last: dt.date | None, on: dt.date) -> None:
    from rollkeeper.lines.acts import pause_clock

    pause_clock(console_authority(), line_id, first, last, PauseReason.HOSPITAL, on)


def person(role: StaffRole = StaffRole.CAMPAIGN_MANAGER) -> Authority:
    """Employ somebody with a role; no password, since nobody signs in here."""
    staff = Staff.objects.create(username=f"u{new_uuid().hex}", password="!", salt=os.urandom(32))
    RoleGrant.objects.create(staff=staff, role=role.value, since=day("2000-01-01"))
    return Authority(frozenset({role}), StaffId(staff.staff_id), commitment_of(StaffId(staff.staff_id)))


def plan(on: dt.date) -> acts.Planned:
    clock.give_day(on)
    return acts.plan_campaign(console_authority(), pack_id=PACK, on=on)


def approved_batches(on: dt.date, people: tuple[Authority, Authority]) -> list[BatchId]:
    """Draw up what is due on a day and have two people approve it."""
    from rollkeeper.campaign.errors import DayClosed

    clock.give_day(on)
    try:
        drawn = acts.draw_up_batches(console_authority(), due_on=on, on=on)
    except DayClosed:
        return []
    batch_ids = [due.batch_id for due in drawn if due.batch_id is not None]
    for batch_id in batch_ids:
        for one in people:
            acts.approve_batch(one, batch_id, on=on)
    return batch_ids


def night(on: dt.date, people: tuple[Authority, Authority]) -> list[acts.Ran]:
    """Play one night: sweep, draw up, approve, run."""
    clock.give_day(on)
    acts.advance(sweep_authority(), on=on)
    approved_batches(on, people)
    return [acts.run_batch(sweep_authority(), one, on=on) for one in acts.batches_to_run(on=on)]


def nights(first: str | dt.date, last: str | dt.date, people: tuple[Authority, Authority]) -> None:
    first, last = (day(d) if isinstance(d, str) else d for d in (first, last))
    for ahead in range((last - first).days + 1):
        night(first + dt.timedelta(days=ahead), people)


def fate(line_id: LineId) -> tuple[object, ...]:
    """Return (suspended_on, restored_on, ended_on, ended_by, erased_on) as the tables have it."""
    (found,) = rows(
        "SELECT s.begun_on, s.lifted_on, l.ended_on, l.ended_by, l.erased_on FROM lines_line l"
        " LEFT JOIN lines_suspension s ON s.line_id = l.line_id AND s.reason = 'registration'"
        " WHERE l.line_id = %s",
        [line_id],
    )
    return tuple(found)


def member(line_id: UUID) -> object:
    (found,) = rows("SELECT * FROM campaign_member WHERE line_id = %s", [line_id])
    return found


def state(line_id: UUID) -> str:
    return str(rows("SELECT state FROM lines_line WHERE line_id = %s", [line_id])[0].state)
