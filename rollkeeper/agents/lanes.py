# SPDX-License-Identifier: EUPL-1.2
"""What this room does by itself: see what came of the records to be confirmed, and look for pictures that came to nothing."""

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.lanes import Lane

_EVERY_S = 3600.0


def follow() -> int:
    """Follow every recheck and every account; return how much came of it. Nothing is cut off."""
    from rollkeeper.agents.holding import forget_likenesses, look_for_abandoned
    from rollkeeper.agents.rechecking import follow_rechecks

    done = follow_rechecks(sweep_authority(), on=clock.today())
    forget_likenesses(sweep_authority(), on=clock.today())
    return sum(done.values()) + look_for_abandoned(sweep_authority(), on=clock.today())


LANES = (Lane("follow-agents", follow, every_s=lambda: _EVERY_S, opens=lambda: False),)
