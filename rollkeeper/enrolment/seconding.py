# SPDX-License-Identifier: EUPL-1.2
"""Acts at a counter that a second person has to confirm: where the pack says so, and where a check digit does not fit.

None of them is done without. What subscribers do themselves, with the line in their hand, is no act of the counter.
"""

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.enrolment.errors import SecondPersonNeeded
from rollkeeper.kernel.ids import StaffId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack


def second_person_for(act: str) -> str | None:
    """Return the article by which somebody else confirms an act; None: nobody has to."""
    pack = load_pack(settings().pack)
    return pack.second_person(act) if pack.duty else None


def may_look_as_supervisor(authority: Authority, *, seconded_by: StaffId | None) -> bool:
    """Tell whether a supervisor is who acts, or confirmed it; whoever registers from afar has nobody beside them."""
    confirmed = seconded_by is not None and seconded_by != authority.staff_id
    own = StaffRole.SUBSCRIBER in authority.roles or authority.role_for(Power.CONFIRM_ACT) is not None
    return confirmed or own


def demand_second(authority: Authority, act: str, *, seconded_by: StaffId | None) -> None:
    """Refuse an act that nobody else confirmed, where the pack has somebody do so. Refuses: SecondPersonNeeded."""
    article = None if StaffRole.SUBSCRIBER in authority.roles else second_person_for(act)
    if article and (seconded_by is None or seconded_by == authority.staff_id):
        raise SecondPersonNeeded(act=act, article=article)
