# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: integrate appended entries, and publish them."""

from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.ledger.settings import settings


def publish() -> int:
    """Publish into the folder of the settings; return how many entries are new there."""
    from rollkeeper.ledger.publication import publish as publish_ledger

    return publish_ledger().added


JOBS = (
    PeriodicJob(
        "publish-ledger",
        publish,
        interval_s=lambda: settings().publish_every_minutes * 60.0,
        needs_keys=lambda: False,
    ),
)
