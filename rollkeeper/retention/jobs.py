# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: erase what may no longer be kept."""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.retention.settings import settings


def erase() -> int:
    """Erase everything that is due, in chunks, each completely; return how much that was."""
    from rollkeeper.retention.services import erase_due

    erased = erase_due(worker_authority(), on=clock.today())
    return erased.lines + erased.tenures + erased.copies + erased.abandoned + erased.finished


JOBS = (PeriodicJob("erase-due", erase, interval_s=lambda: settings().erase_every_hours * 3600.0),)
