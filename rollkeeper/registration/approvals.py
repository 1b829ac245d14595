# SPDX-License-Identifier: EUPL-1.2
"""Acts at a counter that an approver must confirm: if the pack says so, and if a check digit does not match.

Without approval, no such act is done. Acts of subscribers who have the line in their own hands are not acts of the counter.
"""

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel.ids import StaffId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.registration.errors import APPROVAL_NEEDED


def approval_article(action_kind: str) -> str | None:
    """Return the article that requires a second person to confirm an act; None if not required."""
    pack = load_pack(instance().pack)
    return pack.dual_control_article(action_kind) if pack.duty else None


def is_supervisor_check(authority: Authority, *, approved_by: StaffId | None) -> bool:
    """Tell whether a supervisor acts or confirmed it; in a remote registration there is no supervisor."""
    confirmed = approved_by is not None and approved_by != authority.staff_id
    own = StaffRole.SUBSCRIBER in authority.roles or authority.role_for(Permission.APPROVE_ACTION) is not None
    return confirmed or own


def require_approval(authority: Authority, action_kind: str, *, approved_by: StaffId | None) -> None:
    """Refuse an act without a second person's confirmation, if the pack requires one. Refuses: APPROVAL_NEEDED."""
    article = None if StaffRole.SUBSCRIBER in authority.roles else approval_article(action_kind)
    if article and (approved_by is None or approved_by == authority.staff_id):
        raise APPROVAL_NEEDED(action_kind=action_kind, article=article)
