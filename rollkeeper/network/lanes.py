# SPDX-License-Identifier: EUPL-1.2
"""What this room does by itself: tell the network what is due, so that who registers is restored within seconds."""

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.lanes import Lane
from rollkeeper.network.gateways import has_network

_MOST = 500


def push() -> int:
    """Carry out a bounded part of the commands that are due."""
    from rollkeeper.network.acts import push_due

    return push_due(sweep_authority(), on=clock.today(), limit=_MOST).total


def opens() -> bool:
    """Tell whether an element of this home is told numbers; one that knows lines by their reference needs no key."""
    from rollkeeper.network.gateways import network_gateway

    try:
        return network_gateway().needs_number
    except RollkeeperError:
        return False


LANES = (Lane("push-network", push, every_s=lambda: 1.0, opens=opens, is_wanted=has_network, full_at=_MOST),)
