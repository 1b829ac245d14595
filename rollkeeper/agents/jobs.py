# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: check which records were confirmed, and find accounts with many document images and few
registrations.
"""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob

_INTERVAL_S = 3600.0


def follow() -> int:
    """Update reverifications, delete old marks, open cases for accounts; return how many changes that made. No line is suspended."""
    from rollkeeper.agents.reverification import update_reverifications
    from rollkeeper.agents.review_cases import delete_fingerprints, open_abandoned_cases

    done = update_reverifications(worker_authority(), on=clock.today())
    delete_fingerprints(worker_authority(), on=clock.today())
    return sum(done.values()) + open_abandoned_cases(worker_authority(), on=clock.today())


JOBS = (PeriodicJob("follow-agents", follow, interval_s=lambda: _INTERVAL_S, needs_keys=lambda: False),)
