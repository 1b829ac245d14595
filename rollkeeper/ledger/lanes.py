# SPDX-License-Identifier: EUPL-1.2
"""What this room does by itself: integrate what was appended, and publish it."""

from rollkeeper.kernel.lanes import Lane
from rollkeeper.kernel.settings import settings


def publish() -> int:
    """Publish into the folder of the settings; return how many entries are new there."""
    from rollkeeper.ledger.publishing import publish as put_out

    return put_out().added


LANES = (
    Lane(
        "publish-ledger",
        publish,
        every_s=lambda: settings().publish_every_minutes * 60.0,
        opens=lambda: False,
    ),
)
