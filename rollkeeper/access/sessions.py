# SPDX-License-Identifier: EUPL-1.2
"""The open sessions of staff: listed for their owner, ended by the owner or by an administrator.

The database shows a counter only the sessions of counters, and the back office those of both apps (`sql/rows_of_a_role.sql`). A session
is named by a reference with which no one can use it.
"""

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, require, staff_commitment
from rollkeeper.access.errors import STAFF_UNKNOWN
from rollkeeper.access.models import Staff
from rollkeeper.access.passwords import canonical_username
from rollkeeper.access.queries import roles_on
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb


@dataclass(frozen=True, slots=True)
class SessionView:
    """One open session: the app, since when, until when without a request, and whether it came from a given source."""

    reference: UUID
    app: str
    begun_at: dt.datetime
    expires_at: dt.datetime
    is_same_source: bool


def sessions_of(staff_id: StaffId, *, source_mark: bytes) -> list[SessionView]:
    """Return the open sessions of an account that this role may see, the newest first."""
    found = rows(
        "SELECT reference, begun_by, begun_at, expire_date, source_mark FROM django_session"
        " WHERE staff_id = %s AND expire_date > %s ORDER BY begun_at DESC",
        [staff_id, clock.true_now()],
    )
    return [
        SessionView(
            row.reference,
            row.begun_by,
            row.begun_at,
            row.expire_date,
            bytes(row.source_mark or b"") == source_mark,
        )
        for row in found
    ]


def open_session_counts() -> list[tuple[str, int]]:
    """Return the user names of the accounts with open sessions, and how many each has."""
    found = rows(
        "SELECT username, count(*) AS sessions FROM django_session JOIN access_staff USING (staff_id)"
        " WHERE expire_date > %s GROUP BY username ORDER BY username",
        [clock.true_now()],
    )
    return [(row.username, row.sessions) for row in found]


def end_own_sessions(authority: Authority, references: list[UUID], *, on: dt.date) -> int:
    """End these sessions of the person who asks; return how many were open. Ledger: access:session:ended."""
    if authority.staff_id is None:
        return 0
    staff = Staff.objects.get(staff_id=authority.staff_id)
    roles = sorted(roles_on(on, staff_id=authority.staff_id))
    with action():
        ended = run(
            "DELETE FROM django_session WHERE staff_id = %s AND reference = ANY (%s)",
            [authority.staff_id, references],
        )
        _record(authority, staff, ended, role=roles[0] if roles else StaffRole.VISITOR, on=on)
    return ended


def end_sessions(authority: Authority, *, username: str, on: dt.date) -> int:
    """End all sessions of an account, which stays open; return how many there were.

    Ledger: access:session:ended. Refuses: NOT_ALLOWED, STAFF_UNKNOWN.
    """
    role = require(authority, Permission.MANAGE_STAFF)
    staff = Staff.objects.filter(username=canonical_username(username)).first()
    if staff is None:
        raise STAFF_UNKNOWN()
    with action():
        ended = run("DELETE FROM django_session WHERE staff_id = %s", [staff.staff_id])
        _record(authority, staff, ended, role=role, on=on)
    return ended


def _record(authority: Authority, staff: Staff, ended: int, *, role: str, on: dt.date) -> None:
    if ended:
        facts: dict[str, str | int] = {
            "sessions": ended,
            "staff": staff_commitment(bytes(staff.salt), StaffId(staff.staff_id)),
        }
        append_entry(authority, verb=Verb.SESSIONS_ENDED, role=role, on=on, facts=facts)
