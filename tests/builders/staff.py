# SPDX-License-Identifier: EUPL-1.2
"""Members of staff with roles."""

import datetime as dt
import os
import time

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from django.test import Client

from rollkeeper.access.authority import Authority, staff_commitment
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import authority_of
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import prepared_run, run
from rollkeeper.kernel.ids import StaffId, new_uuid


def employ(
    *roles: StaffRole,
    username: str | None = None,
    password: str = "!",  # noqa: S107 - what no typed word becomes
    since: dt.date = dt.date(2000, 1, 1),
) -> Authority:
    """Employ a person with these roles; the default is no password, so that they cannot sign in by typing one."""
    staff = Staff(username=username or f"u{new_uuid().hex}", password=password, salt=os.urandom(32))
    mark = staff_commitment(bytes(staff.salt), StaffId(staff.staff_id))
    prepared_run(
        "WITH staff AS (INSERT INTO access_staff (staff_id, username, password, salt, mark, is_active)"
        " VALUES (%s, %s, %s, %s, %s, true) RETURNING staff_id)"
        " INSERT INTO access_rolegrant (grant_id, staff_id, role, since)"
        " SELECT gen_random_uuid(), staff_id, role, %s FROM staff, unnest(%s::text[]) AS role",
        [staff.staff_id, staff.username, password, staff.salt, mark, since, [role.value for role in roles]],
    )
    if since <= (today := clock.today()):
        staff.known_roles = today, frozenset(roles)
    return authority_of(staff)


def employ_approvers() -> tuple[Authority, Authority]:
    """Employ a campaign manager and a supervisor, the two who may approve a batch."""
    return employ(StaffRole.CAMPAIGN_MANAGER), employ(StaffRole.SUPERVISOR)


def sign_in(role: StaffRole, username: str | None = None) -> Client:
    """Employ a person with a role; return a browser in which they are signed in."""
    username = username or f"u{new_uuid().hex}"
    employ(role, username=username)
    client = Client(SERVER_NAME="localhost")
    enter(client, username)
    return client


def enter(client: Client, username: str, *, minutes_ago: int = 0) -> None:
    """Sign in a browser, as if a password was typed some minutes ago; Django's `force_login` would write the session three times."""
    staff = Staff.objects.get(username=username)
    session = client.session
    assert session.get(SESSION_KEY) in {None, str(staff.staff_id)}, "someone else is signed in"
    session.update(
        {
            SESSION_KEY: str(staff.staff_id),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: staff.get_session_auth_hash(),
            "account_authentication_methods": [
                {"method": "password", "at": time.time() - minutes_ago * 60, "username": username}
            ],
            "account_authentication_methods_user": str(staff.staff_id),
        }
    )
    session.save()


def serve_as(client: Client, role: str) -> None:
    """Answer a browser's requests in the database role of an app: the owner of the tables has more rights than any app."""
    answer = client.handler

    def answer_in_role(environ):
        # Not by a cursor of Django's: tests count what a page asks.
        connection.connection.execute(f"SET ROLE {role}")
        try:
            answered = answer(environ)
            if connection.in_atomic_block and not connection.needs_rollback:
                # Check what the database checks when a page's transaction commits: here it is part of the test's transaction, which does not.
                connection.connection.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
            return answered
        finally:
            connection.connection.execute("RESET ROLE")

    run("UPDATE django_session SET begun_by = %s WHERE begun_by = CURRENT_USER", [role])
    client.handler = answer_in_role
