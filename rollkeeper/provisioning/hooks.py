# SPDX-License-Identifier: EUPL-1.2
"""What the network asks of higher packages."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final

from rollkeeper.kernel.hooks import Hook
from rollkeeper.kernel.ids import BatchId

RESTING_BATCHES: Final[Hook[Callable[[dt.date], Sequence[BatchId] | None]]] = Hook(
    "provisioning: batches of which nothing is carried out on a day"
)
"""Returns the batches that rest on a day because a stay pauses only their campaign; None if there is no such stay. `campaign` registers it."""
