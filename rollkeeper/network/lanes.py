# SPDX-License-Identifier: EUPL-1.2
"""What this room does by itself: tell the network what is due, so that who registers is restored within seconds, and
look whether the barred still have their emergency calls.
"""

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.lanes import Lane
from rollkeeper.network.gateways.registry import has_network

_MOST = 500
_PAGES = 5

_asked_up_to: LineId | None = None


def push() -> int:
    """Carry out a bounded part of the commands that are due."""
    from rollkeeper.network.acts import push_due

    return push_due(sweep_authority(), on=clock.today(), limit=_MOST).total


def watch() -> int:
    """Ask about some of the barred lines, another part each time; return on how many emergency calls were missing."""
    global _asked_up_to  # where the round stands: a process that begins anew begins a round
    from rollkeeper.network.comparing import watch_floor

    restored = 0
    for _ in range(_PAGES):
        watched = watch_floor(sweep_authority(), after=_asked_up_to)
        restored, _asked_up_to = restored + watched.restored, watched.last
        if _asked_up_to is None:
            break
    return restored


def opens() -> bool:
    """Tell whether an element of this home is told numbers; one that knows lines by their reference needs no key."""
    from rollkeeper.network.gateways.registry import network_gateway

    try:
        return network_gateway().needs_number
    except RollkeeperError:
        return False


LANES = (
    Lane("push-network", push, every_s=lambda: 1.0, opens=opens, is_wanted=has_network, full_at=_MOST),
    Lane("watch-floor", watch, every_s=lambda: 60.0, opens=lambda: False, is_wanted=has_network, full_at=1),
)
