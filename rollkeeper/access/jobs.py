# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: end transactions of apps that outlast every timeout."""

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.jobs import PeriodicJob


def end_long_transactions() -> int:
    """End the sessions of apps whose transaction holds others up; return how many that were.

    A session can take its own timeouts off. On a server of one's own the function may be missing (`operations/sql/server_rights.sql`).
    """
    (found,) = rows("SELECT to_regprocedure('kernel_end_long_transactions()') IS NOT NULL AS there")
    return int(rows("SELECT kernel_end_long_transactions() AS ended")[0].ended) if found.there else 0


JOBS = (
    PeriodicJob(
        "end-long-transactions",
        end_long_transactions,
        interval_s=lambda: 30.0,
        needs_keys=lambda: False,
        for_apps=True,
    ),
)
