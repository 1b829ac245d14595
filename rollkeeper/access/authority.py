# SPDX-License-Identifier: EUPL-1.2
"""The Authority: proof of who acts, which every action requires before it reads anything.

It is made in four places only: for a signed-in member of staff, for the console, for the worker, and for a subscriber who proved
to have a line in hand. Actions take it as their first argument and call `require`.
"""

import hashlib
import hmac
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rollkeeper.access.errors import NOT_ALLOWED, ROLE_BEGINS_LATER, ReauthenticationNeeded
from rollkeeper.access.roles import STAFF_ROLES, Permission, StaffRole
from rollkeeper.access.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import StaffId


@dataclass(frozen=True, slots=True)
class Authority:
    """Who acts: their roles, their reference, and the commitment that represents them in the ledger."""

    roles: frozenset[StaffRole]
    staff_id: StaffId | None
    commitment: str
    is_recent: bool = True
    """Whether the person gave password, passkey or code lately (`access.reauthentication`); a command asks each time."""
    is_of_agent: bool | None = None
    """Whether the account is an agent's; None: ask `agents.queries.is_agent_account`."""

    def role_for(self, permission: Permission) -> StaffRole | None:
        """Return the role that gives this permission, None if no role does."""
        return next((role for role in rule_for(permission).roles if role in self.roles), None)

    @property
    def permissions(self) -> frozenset[str]:
        """Return the names of all permissions of these roles, so that menus link only to pages that are allowed."""
        return frozenset(permission.value for permission in Permission if self.role_for(permission))


@dataclass(frozen=True, slots=True)
class PermissionRule:
    """The roles that have a permission, how many different people must use it, and whether each must first confirm their identity."""

    roles: tuple[StaffRole, ...]
    people: int = 1
    reauthenticate: bool = False


def require(authority: Authority, permission: Permission) -> StaffRole:
    """Return the role under which the act is done. Refuses: NOT_ALLOWED, ROLE_BEGINS_LATER, ReauthenticationNeeded."""
    role, rule = authority.role_for(permission), rule_for(permission)
    if role is None:
        raise _refusal(authority, permission, rule)
    if rule.reauthenticate:
        require_recent(authority)
    return role


def _refusal(authority: Authority, permission: Permission, rule: PermissionRule) -> RollkeeperError:
    from rollkeeper.access.models import RoleGrant  # needs Django's registry

    # A person who signed in to an app can ask only people, so roles of commands and workers are not named.
    people = [one for one in rule.roles if one in STAFF_ROLES]
    needed = ", ".join(one.value for one in (authority.staff_id and people) or rule.roles)
    if authority.staff_id is None:
        return NOT_ALLOWED(permission=permission.value, needed=needed)
    grants = RoleGrant.objects.filter(staff_id=authority.staff_id, role__in=rule.roles)
    if later := grants.filter(since__gt=clock.today()).order_by("since").first():
        return ROLE_BEGINS_LATER(permission=permission.value, role=later.role, day=later.since, needed=needed)
    return NOT_ALLOWED(permission=permission.value, needed=needed)


def require_recent(authority: Authority) -> None:
    """Refuse a person whose last password, passkey or code was too long ago. Refuses: ReauthenticationNeeded."""
    if not authority.is_recent:
        raise ReauthenticationNeeded(minutes=settings().reauthenticate_minutes)


def rule_for(permission: Permission) -> PermissionRule:
    """Return the rule of a permission. A permission missing in `permissions.toml` belongs to no role."""
    return _rules().get(permission, PermissionRule(roles=()))


def approving_roles() -> frozenset[StaffRole]:
    """Return the roles with a permission that several people must use."""
    return frozenset(role for rule in _rules().values() if rule.people > 1 for role in rule.roles)


def console_authority() -> Authority:
    """Return the Authority of the user who types commands on the machine itself."""
    return Authority(frozenset({StaffRole.CONSOLE}), None, "console")


def worker_authority() -> Authority:
    """Return the Authority of the register when it carries out what people approved."""
    return Authority(frozenset({StaffRole.WORKER}), None, "worker")


def subscriber_authority(session: str) -> Authority:
    """Return the Authority of a subscriber during one session; `session` identifies only this session in the ledger.

    The caller has checked that the session is valid and for which line it was opened.
    """
    return Authority(frozenset({StaffRole.SUBSCRIBER}), None, session)


def staff_commitment(salt: bytes, staff_id: StaffId) -> str:
    """Return the mark of a member of staff in the ledger: HMAC-SHA-256 of the reference under a per-person salt."""
    return hmac.new(salt, b"staff\x00" + staff_id.bytes, hashlib.sha256).hexdigest()


@cache
def _rules() -> dict[Permission, PermissionRule]:
    raw = tomllib.loads((files("rollkeeper") / "access" / "permissions.toml").read_text("utf-8"))
    return {
        Permission(name): PermissionRule(
            tuple(map(StaffRole, rule["roles"])), rule.get("people", 1), rule.get("reauthenticate", False)
        )
        for name, rule in raw.items()
    }
