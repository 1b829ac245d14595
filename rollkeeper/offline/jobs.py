# SPDX-License-Identifier: EUPL-1.2
"""The jobs of this package: process what counters recorded offline, and renew the keys for it."""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.offline import PROCESSING

_MOST = 50


def process() -> int:
    """Process some of the waiting registrations, and the applications whose documents clerks have seen; return how many."""
    from rollkeeper.offline.processor import process_all
    from rollkeeper.offline.remote_applications import settle_applications

    return process_all(worker_authority(), limit=_MOST) + settle_applications(worker_authority())


def maintain() -> int:
    """Renew keys, erase registrations that were held too long, and delete old rows; return how many were erased."""
    from rollkeeper.offline.processor import housekeeping

    return housekeeping(worker_authority())


JOBS = (
    PeriodicJob(
        PROCESSING, process, interval_s=lambda: 1.0, batch_size=_MOST, for_apps=True, needs_keys=lambda: False
    ),
    PeriodicJob("offline-housekeeping", maintain, interval_s=lambda: 3600.0, for_apps=True),
)
