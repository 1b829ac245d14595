# SPDX-License-Identifier: EUPL-1.2
"""What this room does by itself: erase what may not be kept any longer."""

from rollkeeper.access.authority import sweep_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.lanes import Lane
from rollkeeper.kernel.settings import settings


def erase() -> int:
    """Erase all that is due, in batches, each whole; return how much that was."""
    from rollkeeper.retention.acts import erase_due

    erased = erase_due(sweep_authority(), on=clock.today())
    return erased.lines + erased.holdings + erased.abandoned + erased.finished


LANES = (Lane("erase-due", erase, every_s=lambda: settings().erase_every_hours * 3600.0),)
