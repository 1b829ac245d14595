# SPDX-License-Identifier: EUPL-1.2
"""The Authority: proof of who acts, demanded by every act before it looks at anything.

Made in four places only: for a signed-in member of staff, for the console, for the sweep, and for a subscriber who showed
that a line is in their hand. Acts take it as their first argument and call `demand`.
"""

import hashlib
import hmac
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from rollkeeper.access.errors import NotAllowed
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.kernel.ids import StaffId


@dataclass(frozen=True, slots=True)
class Authority:
    """Who acts: their roles, their reference, and the commitment that stands for them in the ledger."""

    roles: frozenset[StaffRole]
    staff_id: StaffId | None
    commitment: str

    def role_for(self, power: Power) -> StaffRole | None:
        """Return the role that gives this power, None where none does."""
        return next((role for role in rule_for(power).roles if role in self.roles), None)

    @property
    def powers(self) -> frozenset[str]:
        """Return the names of all that these roles may do, for menus: nobody is led to a page that refuses them."""
        return frozenset(power.value for power in Power if self.role_for(power))


@dataclass(frozen=True, slots=True)
class PowerRule:
    """Who has a power, and how many different people must use it."""

    roles: tuple[StaffRole, ...]
    people: int = 1


def demand(authority: Authority, power: Power) -> StaffRole:
    """Return the role under which the act is done. Refuses: NotAllowed."""
    role = authority.role_for(power)
    if role is None:
        raise NotAllowed(power=power.value, needed=", ".join(r.value for r in rule_for(power).roles))
    return role


def rule_for(power: Power) -> PowerRule:
    """Return who has a power. A power that `powers.toml` does not name belongs to nobody."""
    return _rules().get(power, PowerRule(roles=()))


def deciding_roles() -> frozenset[StaffRole]:
    """Return the roles with a power that several people must use."""
    return frozenset(role for rule in _rules().values() if rule.people > 1 for role in rule.roles)


def console_authority() -> Authority:
    """Return the Authority of whoever types commands on the machine itself."""
    return Authority(frozenset({StaffRole.CONSOLE}), None, "console")


def sweep_authority() -> Authority:
    """Return the Authority of the house acting by itself on what people approved."""
    return Authority(frozenset({StaffRole.SWEEP}), None, "sweep")


def subscriber_authority(visit: str) -> Authority:
    """Return the Authority of a subscriber during one visit; `visit` stands for it in the ledger and for no other visit.

    Whoever makes one has checked that the visit is alive and says for which line it was begun.
    """
    return Authority(frozenset({StaffRole.SUBSCRIBER}), None, visit)


def staff_commitment(salt: bytes, staff_id: StaffId) -> str:
    """Return what stands for a member of staff in the ledger: HMAC-SHA-256 of the reference under a salt of their own."""
    return hmac.new(salt, b"staff\x00" + staff_id.bytes, hashlib.sha256).hexdigest()


@cache
def _rules() -> dict[Power, PowerRule]:
    raw = tomllib.loads((files("rollkeeper") / "access" / "powers.toml").read_text("utf-8"))
    return {
        Power(name): PowerRule(tuple(map(StaffRole, rule["roles"])), rule.get("people", 1))
        for name, rule in raw.items()
    }
