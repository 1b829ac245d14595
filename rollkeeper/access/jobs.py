# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: do what staff ask for on pages; end transactions of apps that outlast every timeout."""

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.jobs import PeriodicJob

_MOST = 50


def end_long_transactions() -> int:
    """End the sessions of apps whose transaction blocks others; return how many there were.

    A session can remove its own timeouts, so this is needed. On the operator's own server the function may be missing
    (`operations/sql/server_rights.sql`).
    """
    (found,) = rows("SELECT to_regprocedure('kernel_end_long_transactions()') IS NOT NULL AS there")
    return int(rows("SELECT kernel_end_long_transactions() AS ended")[0].ended) if found.there else 0


def do_requests() -> int:
    """Carry out what staff asked for on pages; return how many there were."""
    from rollkeeper.access.staff_requests import do_staff_requests

    return do_staff_requests(limit=_MOST)


def forget_requests() -> int:
    """Delete requests that are over their time; return how many there were."""
    from rollkeeper.access.staff_requests import forget_staff_requests

    return forget_staff_requests()


JOBS = (
    PeriodicJob(
        "staff-requests",
        do_requests,
        interval_s=lambda: 5.0,
        batch_size=_MOST,
        wakes_on="staff_requests",
        needs_keys=lambda: False,
        for_apps=True,
    ),
    PeriodicJob(
        "forget-staff-requests",
        forget_requests,
        interval_s=lambda: 3600.0,
        needs_keys=lambda: False,
        for_apps=True,
    ),
    PeriodicJob(
        "end-long-transactions",
        end_long_transactions,
        interval_s=lambda: 30.0,
        needs_keys=lambda: False,
        for_apps=True,
    ),
)
