# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: erase what was kept of disclosure requests, once it is due."""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob


def run_due() -> int:
    """Notify, expire and erase what is due; return how much that was."""
    from rollkeeper.disclosures.due_actions import run_due_disclosures

    done = run_due_disclosures(worker_authority(), on=clock.today())
    return done.notified + done.expired + done.erased


JOBS = (PeriodicJob("run-disclosures", run_due, interval_s=lambda: 3600.0),)
