# SPDX-License-Identifier: EUPL-1.2
"""What this room does by itself: what enough people asked for on the page of an incident."""

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.lanes import Lane


def carry() -> int:
    """Do what was asked for; return how many steps that were."""
    from rollkeeper.incidents.asking import carry_steps

    return carry_steps(sweep_authority(), on=clock.today())


LANES = (Lane("incident-steps", carry, every_s=lambda: 5.0),)
