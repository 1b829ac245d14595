# SPDX-License-Identifier: EUPL-1.2
"""Reads of this package."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.db.models.functions import Now

from rollkeeper.access.authority import approving_roles, rule_for
from rollkeeper.access.models import FactorChange, RoleGrant, Staff
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel.database import prepared_rows
from rollkeeper.kernel.ids import StaffId

_ROLES = (
    "SELECT role FROM access_rolegrant"
    " WHERE staff_id = %(staff)s AND since <= %(day)s AND (until IS NULL OR until >= %(day)s)"
)
ACCOUNT = (
    "secret.password, s.staff_id, s.username, s.is_active, secret.salt, ARRAY(SELECT role FROM access_rolegrant g"
    " WHERE g.staff_id = s.staff_id AND since <= %(day)s AND (until IS NULL OR until >= %(day)s)) AS roles"
)
"""The columns of an account `s` that `account_of` reads, with the roles of a day."""
WITH_SECRETS = " LEFT JOIN LATERAL access_secrets_of(s.staff_id) AS secret ON true"
"""A join to an account `s`, needed to read the columns `ACCOUNT`."""
_ACCOUNT = "SELECT " + ACCOUNT + " FROM access_staff s" + WITH_SECRETS + " WHERE staff_id = %(staff)s"  # noqa: S608 - our own words
_ACCOUNT_COLUMNS = ("password", "staff_id", "username", "is_active", "salt")


@dataclass(frozen=True, slots=True)
class StaffView:
    """One account: its user name and the roles it has on a day."""

    staff_id: StaffId
    username: str
    is_active: bool
    roles: tuple[StaffRole, ...]


def staff_of(staff_id: UUID, *, on: dt.date) -> Staff | None:
    """Return one account with the roles that it has on a day, as every request asks."""
    found = prepared_rows(_ACCOUNT, {"staff": staff_id, "day": on})
    return account_of(found[0], on=on) if found else None


def is_closed(staff_id: StaffId) -> bool:
    """Tell whether an account is closed now."""
    return Staff.objects.filter(staff_id=staff_id, is_active=False).exists()


def account_of(row: Any, *, on: dt.date) -> Staff:
    """Return the account in a row with the columns `ACCOUNT`, with the roles that it has on that day."""
    staff = Staff.from_db("default", _ACCOUNT_COLUMNS, [getattr(row, name) for name in _ACCOUNT_COLUMNS])
    staff.known_roles = on, frozenset(map(StaffRole, row.roles))
    return staff


def roles_on(day: dt.date, *, staff_id: UUID) -> frozenset[StaffRole]:
    """Return the roles of a member of staff on a day."""
    return frozenset(StaffRole(row.role) for row in prepared_rows(_ROLES, {"staff": staff_id, "day": day}))


def grants_on(day: dt.date) -> QuerySet[RoleGrant]:
    """Return the grants of roles that count on a day."""
    return RoleGrant.objects.filter(Q(until__isnull=True) | Q(until__gte=day), since__lte=day)


def staff_list(on: dt.date) -> list[StaffView]:
    """Return all accounts by user name, with the roles that they have on that day."""
    held = grants_on(on).order_by("role")
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


@dataclass(frozen=True, slots=True)
class NewApprover:
    """A role used for approvals with others, and when it was granted."""

    grant_id: UUID
    username: str
    role: StaffRole
    granted_at: dt.datetime
    is_notified: bool


def count_people_for(permission: Permission, *, on: dt.date) -> int:
    """Return how many people with open accounts have a permission on a day, including those who got it lately."""
    roles = [role.value for role in rule_for(permission).roles]
    held = grants_on(on).filter(staff__is_active=True, role__in=roles)
    return held.values("staff_id").distinct().count()


def count_without_second_factor() -> int:
    """Return how many open accounts have neither an authenticator app nor a passkey."""
    kinds = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
    factors = Authenticator.objects.filter(user_id=OuterRef("staff_id"), type__in=kinds)
    return Staff.objects.filter(is_active=True).exclude(Exists(factors)).count()


def new_approvers(*, within_days: int = 7) -> list[NewApprover]:
    """Return who lately got a role that approves with others, the newest first, by the clock of the database."""
    grants = RoleGrant.objects.filter(
        role__in=[role.value for role in approving_roles()],
        granted_at__gte=Now() - dt.timedelta(days=within_days),
    ).select_related("staff")
    return [
        NewApprover(
            one.grant_id, one.staff.username, StaffRole(one.role), one.granted_at, one.notified_at is not None
        )
        for one in grants.order_by("-granted_at")
    ]


def unnotified_factor_changes() -> list[tuple[UUID, str]]:
    """Return the accounts whose password or second factor an app changed since the last mail about it, with their names."""
    changed = FactorChange.objects.filter(notified_at=None).values_list("staff_id", flat=True)
    return list(
        Staff.objects.filter(staff_id__in=list(changed))
        .order_by("username")
        .values_list("staff_id", "username")
    )


def mark_factor_changes_notified(staff_ids: Collection[UUID]) -> None:
    """Note that a mail about these changes was delivered."""
    FactorChange.objects.filter(staff_id__in=staff_ids).update(notified_at=Now())


def mark_approvers_notified(grant_ids: Collection[UUID]) -> None:
    """Note that a mail about these grants was delivered."""
    RoleGrant.objects.filter(grant_id__in=grant_ids).update(notified_at=Now())
