# SPDX-License-Identifier: EUPL-1.2
"""Members of staff with roles."""

import datetime as dt
import os
import time

from django.test import Client

from rollkeeper.access.authority import Authority
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import authority_of
from rollkeeper.kernel.ids import new_uuid


def employ(
    *roles: StaffRole,
    username: str | None = None,
    password: str = "!",  # noqa: S107 - what no typed word becomes
    since: dt.date = dt.date(2000, 1, 1),
) -> Authority:
    """Employ a person with these roles; with the usual password, which is none, they cannot sign in by typing."""
    staff = Staff.objects.create(
        username=username or f"u{new_uuid().hex}", password=password, salt=os.urandom(32)
    )
    for role in roles:
        RoleGrant.objects.create(staff=staff, role=role.value, since=since)
    return authority_of(staff)


def employ_approvers() -> tuple[Authority, Authority]:
    """Employ a campaign manager and a supervisor, the two who may approve a batch."""
    return employ(StaffRole.CAMPAIGN_MANAGER), employ(StaffRole.SUPERVISOR)


def sign_in(role: StaffRole, username: str | None = None) -> Client:
    """Employ a person with a role; return a browser in which they are signed in."""
    who = employ(role, username=username)
    client = Client(SERVER_NAME="localhost")
    enter(client, Staff.objects.get(staff_id=who.staff_id).username)
    return client


def enter(client: Client, username: str, *, minutes_ago: int = 0) -> None:
    """Sign in to a browser, as by a password that was typed some minutes ago."""
    staff = Staff.objects.get(username=username)
    client.force_login(staff)
    session = client.session
    session["account_authentication_methods"] = [
        {"method": "password", "at": time.time() - minutes_ago * 60, "username": username}
    ]
    session["account_authentication_methods_user"] = str(staff.staff_id)
    session.save()
