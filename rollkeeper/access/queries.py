# SPDX-License-Identifier: EUPL-1.2
"""Reads of this room."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Prefetch, Q

from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.ids import StaffId


@dataclass(frozen=True, slots=True)
class StaffView:
    """One account: its user name and the roles it has on a day."""

    staff_id: StaffId
    username: str
    is_active: bool
    roles: tuple[StaffRole, ...]


def staff_list(on: dt.date) -> list[StaffView]:
    """Return all accounts by user name, with the roles that they have on that day."""
    held = RoleGrant.objects.filter(Q(until__isnull=True) | Q(until__gte=on), since__lte=on).order_by("role")
    accounts = Staff.objects.order_by("username").prefetch_related(
        Prefetch("grants", queryset=held, to_attr="held")
    )
    return [
        StaffView(
            StaffId(staff.staff_id),
            staff.username,
            staff.is_active,
            tuple(StaffRole(grant.role) for grant in staff.held),
        )
        for staff in accounts
    ]
