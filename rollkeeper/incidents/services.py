# SPDX-License-Identifier: EUPL-1.2
"""Open an incident, find out who was affected, notify them, report to the authority, close it. Every step is in the ledger.

A drill takes the same steps: its list is found, its notices are drafted, its report is written; no one is notified, nothing is
suspended, and every entry says that it was a drill.
"""

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.incidents.choices import About, Severity, Step, StepState, Table
from rollkeeper.incidents.errors import (
    DUTIES_OPEN,
    INCIDENT_CLOSED,
    INCIDENT_NOT_FOUND,
    INCIDENT_NOT_SCOPED,
    INCIDENT_SUBJECT_MISSING,
    REPORT_NOTED,
)
from rollkeeper.incidents.models import Duty, Incident, StepRequest
from rollkeeper.incidents.rules import duties, is_in_time
from rollkeeper.incidents.scope import Figures, list_affected, list_mark, require_epoch
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql, without_timeout
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.calendars import is_closed
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NO_LANGUAGE, NoticeKind

AUTHORITIES = ("regulator", "police")
"""The recipients of duties that a report meets."""
_NEEDED = {
    About.ACCOUNT: "--account",
    About.AGENT: "--agent, or the accounts of its staff (--account, often)",
    About.DEVICE: "the accounts that worked at it (--account, often)",
    About.KEY_EPOCH: "--epoch",
    About.TABLE: "--table",
    About.WINDOW: "--since",
}


def open_incident(
    authority: Authority,
    *,
    about: About,
    severity: Severity,
    noticed_at: dt.datetime,
    on: dt.date,
    accounts: Sequence[StaffId] = (),
    epoch_id: int | None = None,
    table: Table | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    is_drill: bool = False,
) -> UUID:
    """Open an incident and start the clock of every duty that the pack lays down for it.

    Ledger: incidents:incident:opened. Refuses: NOT_ALLOWED, INCIDENT_SUBJECT_MISSING, EPOCH_NOT_FOUND.
    """
    role = require(authority, Permission.MANAGE_INCIDENT)
    _require_subject(about, accounts=accounts, epoch_id=epoch_id, table=table, since=since)
    pack, incident_id = load_pack(instance().pack), new_uuid()
    with action():
        Incident.objects.create(
            incident_id=incident_id, about=about.value, severity=severity.value, is_drill=is_drill,
            accounts=list(accounts), epoch_id=epoch_id, table_of=table.value if table else None, since=since,
            until=until or clock.now(), noticed_at=noticed_at, opened_at=clock.now(), opened_by=authority.staff_id,
        )  # fmt: skip
        clocks = duties(
            pack.file.breach, severity=severity, noticed_at=noticed_at, zone=clock.zone(),
            is_closed=lambda day: is_closed(pack, day), at_once=pack.file.at_once.counts if pack.file.at_once else None,
        )  # fmt: skip
        for one in clocks:
            exempt = one.exempt_if_encrypted and about is About.TABLE
            Duty.objects.create(
                incident_id=incident_id, to=one.to, article=one.article, within=one.within, is_second=one.is_second,
                due_at=one.due_at, in_time_until=one.in_time_until, exempt_because="encrypted" if exempt else None,
            )  # fmt: skip
        append_entry(
            authority, verb=Verb.INCIDENT_OPENED, role=role.value, on=on, pack=pack.hash,
            facts={"about": about.value, "drill": is_drill, "incident": str(incident_id), "severity": severity.value},
        )  # fmt: skip
    return incident_id


def scope_incident(authority: Authority, incident_id: UUID, *, on: dt.date) -> Figures:
    """Make the exact list of the people affected by an incident, rebuilt each time, and return how many they are.

    If the list changed, the approvals to notify the people of the former list are withdrawn.
    Ledger: incidents:incident:scoped, incidents:step:withdrawn. Refuses: NOT_ALLOWED, INCIDENT_NOT_FOUND, INCIDENT_CLOSED, EPOCH_NOT_FOUND, SEAL_ONLY_PROCESS.
    """
    role = require(authority, Permission.MANAGE_INCIDENT)
    with action(), without_timeout():
        incident = locked_incident(incident_id)
        before = list_mark(incident_id), incident.sealed_people
        found = list_affected(incident)
        if before != (list_mark(incident_id), found.sealed_people):
            _withdraw_notification(authority, incident_id, role=role, on=on)
        incident.scoped_at = clock.now()
        incident.people, incident.unregistered_lines = found.people, found.unregistered_lines
        incident.openings, incident.sealed_people = found.openings, found.sealed_people
        incident.save()
        append_entry(
            authority, verb=Verb.INCIDENT_SCOPED, role=role.value, on=on,
            facts={"incident": str(incident_id), "openings": found.openings, "people": found.people,
                   "unregistered_lines": found.unregistered_lines},
        )  # fmt: skip
    return found


def notify_affected(authority: Authority, incident_id: UUID, *, on: dt.date) -> tuple[int, int]:
    """Enqueue a notice to each affected person, once; return how many, and how many are unreachable. A drill enqueues none.

    Ledger: incidents:people:notified, and incidents:duty:met. Refuses: NOT_ALLOWED, INCIDENT_NOT_FOUND, INCIDENT_CLOSED,
    INCIDENT_NOT_SCOPED.
    """
    role, pack = require(authority, Permission.MANAGE_INCIDENT), load_pack(instance().pack)
    with action(), without_timeout():
        incident = locked_incident(incident_id)
        if incident.scoped_at is None:
            raise INCIDENT_NOT_SCOPED()
        if incident.notified_at is not None:
            return incident.notices or 0, incident.unreachable or 0
        reach, unreachable = draft_notices(incident_id)
        if not incident.is_drill:
            run(
                sql("incidents", "enqueue_notices"),
                {"kind": NoticeKind.DATA_EXPOSED.value, "on": on, "pack": pack.hash, "incident": incident_id},
            )
        incident.notified_at, incident.notices, incident.unreachable = (
            clock.now(),
            sum(reach.values()),
            unreachable,
        )
        incident.save()
        append_entry(
            authority, verb=Verb.PEOPLE_NOTIFIED, role=role.value, on=on,
            facts={"incident": str(incident_id), "notices": 0 if incident.is_drill else sum(reach.values()),
                   "unreachable": unreachable},
        )  # fmt: skip
        meet_duties(authority, incident, to="person", on=on)
    return sum(reach.values()), unreachable


def draft_notices(incident_id: UUID) -> tuple[dict[str, int], int]:
    """Return how many people would be notified in which language, and how many are unreachable. Runs inside an action; queues
    nothing.
    """
    run("DROP TABLE IF EXISTS pg_temp.incident_draft")
    # The planner does not know the size of a list made a moment ago, and may compare every person with every tenure.
    run("SET LOCAL enable_nestloop = off")
    run(sql("incidents", "draft_notices"), {"incident": incident_id, "language": NO_LANGUAGE})
    run("SET LOCAL enable_nestloop = on")
    found = rows(
        "SELECT language, line_id IS NOT NULL AS reached, count(*) AS n FROM incident_draft GROUP BY 1, 2"
    )
    reach = {row.language: row.n for row in found if row.reached}
    return reach, sum(row.n for row in found if not row.reached)


def note_report_sent(
    authority: Authority, incident_id: UUID, *, on: dt.date, left: int | None = None
) -> None:
    """Note that a report went to the authorities: one clock towards each of them stops.

    `left`: how many reports were owed on the page that the person read, so that a second click does not note the full report too.
    Ledger: incidents:duty:met. Refuses: NOT_ALLOWED, INCIDENT_NOT_FOUND, INCIDENT_CLOSED, INCIDENT_NOT_SCOPED, REPORT_NOTED.
    """
    require(authority, Permission.MANAGE_INCIDENT)
    with action():
        incident = locked_incident(incident_id)
        if incident.scoped_at is None:
            raise INCIDENT_NOT_SCOPED()
        if left is not None and left != sum(one.to in AUTHORITIES for one in _open_duties(incident_id)):
            raise REPORT_NOTED()
        for to in AUTHORITIES:
            meet_duties(authority, incident, to=to, on=on, most=1)


def close_incident(authority: Authority, incident_id: UUID, *, on: dt.date) -> None:
    """Close an incident whose every duty is met. Ledger: incidents:incident:closed.

    Refuses: NOT_ALLOWED, INCIDENT_NOT_FOUND, INCIDENT_CLOSED, INCIDENT_NOT_SCOPED, DUTIES_OPEN.
    """
    role = require(authority, Permission.MANAGE_INCIDENT)
    with action():
        incident = locked_incident(incident_id)
        if incident.scoped_at is None:
            raise INCIDENT_NOT_SCOPED()
        left = _open_duties(incident_id)
        if left:
            raise DUTIES_OPEN(count=len(left))
        rows("SELECT incidents_close(%s, %s)", [incident_id, clock.now()])
        append_entry(
            authority, verb=Verb.INCIDENT_CLOSED, role=role.value, on=on,
            facts={"drill": incident.is_drill, "incident": str(incident_id)},
        )  # fmt: skip


def locked_incident(incident_id: UUID) -> Incident:
    """Return an open incident, locked until the act ends. Refuses: INCIDENT_NOT_FOUND, INCIDENT_CLOSED."""
    rows("SELECT incidents_lock(%s)", [incident_id])
    found = Incident.objects.filter(incident_id=incident_id).first()
    if found is None:
        raise INCIDENT_NOT_FOUND()
    if found.closed_at is not None:
        raise INCIDENT_CLOSED(on=clock.local_day(found.closed_at))
    return found


def meet_duties(
    authority: Authority, incident: Incident, *, to: str, on: dt.date, most: int | None = None
) -> None:
    """Stop the clocks of the open duties towards one recipient; of the `most` that are due first, if given."""
    role, pack, now = require(authority, Permission.MANAGE_INCIDENT), load_pack(instance().pack), clock.now()
    for duty in [d for d in _open_duties(incident.incident_id) if d.to == to][:most]:
        rows("SELECT incidents_meet_duty(%s, %s, %s)", [incident.incident_id, duty.duty_id, now])
        append_entry(
            authority, verb=Verb.DUTY_MET, role=role.value, on=on, pack=pack.hash, article=duty.article,
            facts={"drill": incident.is_drill, "in_time": is_in_time(duty.in_time_until, met_at=now),
                   "incident": str(incident.incident_id), "to": duty.to},
        )  # fmt: skip


def _withdraw_notification(authority: Authority, incident_id: UUID, *, role: StaffRole, on: dt.date) -> None:
    step = Step.NOTIFY_PEOPLE.value
    waiting = StepRequest.objects.filter(incident_id=incident_id, step=step, ended_at__isnull=True)
    if waiting.update(state=StepState.WITHDRAWN.value, ended_at=clock.now()):
        facts = {"incident": str(incident_id), "step": step}
        append_entry(authority, verb=Verb.STEP_WITHDRAWN, role=role.value, on=on, facts=facts)


def _open_duties(incident_id: UUID) -> list[Duty]:
    return list(
        Duty.objects.filter(
            incident_id=incident_id, met_at__isnull=True, exempt_because__isnull=True
        ).order_by("due_at", "duty_id")
    )


def _require_subject(
    about: About,
    *,
    accounts: Sequence[StaffId],
    epoch_id: int | None,
    table: Table | None,
    since: dt.datetime | None,
) -> None:
    given = {
        "accounts": bool(accounts), "epoch": epoch_id is not None, "table": table is not None,
    }  # fmt: skip
    wanted = {
        "accounts": about.is_by_account, "epoch": about is About.KEY_EPOCH, "table": about is About.TABLE,
    }  # fmt: skip
    if given != wanted or (about is About.WINDOW and since is None):
        raise INCIDENT_SUBJECT_MISSING(about=about.value, needed=_NEEDED[about])
    if epoch_id is not None:
        require_epoch(epoch_id)
