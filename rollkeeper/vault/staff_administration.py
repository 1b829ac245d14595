# SPDX-License-Identifier: EUPL-1.2
"""What the vault service does for an administrator about accounts: invite, give and end roles, open again.

The service opens no value here. It does this because it checks passwords and codes itself: no page can make an account or give a role,
even if an attacker controls the page. Each operation takes one password and one code (`hooks.USED_UP_BY`), and a factor that was not
changed lately (`access.invitations`).
"""

from rollkeeper.access.errors import NO_MAIL
from rollkeeper.access.invitations import invite_again, invite_staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.second_factor import require_settled_factors
from rollkeeper.access.services import end_role, grant_role, reinstate_staff
from rollkeeper.kernel import clock
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import current_content
from rollkeeper.vault.errors import VAULT_REQUEST_REFUSED
from rollkeeper.vault.service import StaffRequest, read_as


def invite_staff_for(request: StaffRequest) -> str:
    """Make an account and invite its owner; return the code that was not mailed. Refuses: as `invite_staff`."""
    roles = request.values.get("roles")
    if not isinstance(roles, list):
        raise VAULT_REQUEST_REFUSED()
    return invite_staff(
        request.authority, username=request.text("username"), roles=[read_as(StaffRole, one) for one in roles],
        address=_address(request), on=clock.today(),
    )  # fmt: skip


def invite_again_for(request: StaffRequest) -> str:
    """Invite the owner of an account again; return the code that was not mailed. Refuses: as `invite_again`."""
    return invite_again(
        request.authority, username=request.text("username"), address=_address(request), on=clock.today()
    )  # fmt: skip


def grant_role_for(request: StaffRequest) -> bool:
    """Give an account a role. Refuses: as `grant_role`, and FACTOR_CHANGED_LATELY."""
    require_settled_factors(request.authority.staff_id)
    role = read_as(StaffRole, request.values.get("role"))
    grant_role(request.authority, username=request.text("username"), role=role, on=clock.today())
    return True


def end_role_for(request: StaffRequest) -> bool:
    """End a role of an account. Refuses: as `end_role`."""
    role = read_as(StaffRole, request.values.get("role"))
    end_role(request.authority, username=request.text("username"), role=role, on=clock.today())
    return True


def reinstate_staff_for(request: StaffRequest) -> bool:
    """Open a closed account again. Refuses: as `reinstate_staff`, and FACTOR_CHANGED_LATELY."""
    require_settled_factors(request.authority.staff_id)
    reinstate_staff(request.authority, username=request.text("username"), on=clock.today())
    return True


def _address(request: StaffRequest) -> str:
    """Return where to mail the code; this process reads the settings of mail, and pages do not. Refuses: NO_MAIL."""
    address = request.text("address")
    can_mail = (
        instance().kind is InstanceKind.DEMO
        or current_content().get("notices", {}).get("smtp_url") is not None
    )
    if address and not can_mail:
        raise NO_MAIL()
    return address
