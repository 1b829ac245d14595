# SPDX-License-Identifier: EUPL-1.2
"""What this package does by itself: process what counters recorded offline, and keep the keys for it."""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.offline import PROCESSING

_MOST = 50


def process() -> int:
    """Process a bounded part of what waits, and what clerks saw the documents of; return how much that was."""
    from rollkeeper.offline.processor import process_all
    from rollkeeper.offline.remote_applications import settle_applications

    return process_all(worker_authority(), limit=_MOST) + settle_applications(worker_authority())


def maintain() -> int:
    """Renew keys, give up what was held too long, and forget; return how much was given up."""
    from rollkeeper.offline.processor import housekeeping

    return housekeeping(worker_authority())


JOBS = (
    PeriodicJob(
        PROCESSING, process, interval_s=lambda: 1.0, batch_size=_MOST, for_apps=True, needs_keys=lambda: False
    ),
    PeriodicJob("offline-housekeeping", maintain, interval_s=lambda: 3600.0, for_apps=True),
)
