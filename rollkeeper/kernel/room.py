# SPDX-License-Identifier: EUPL-1.2
"""Room on the instance's disk: when the operator is warned, what a backup must leave free, and when nothing can be recorded any more."""

import shutil
from pathlib import Path
from typing import Final

from rollkeeper.kernel.settings import data_dir

LOW_BYTES: Final = 2 * 1024**3
"""Below this, the doctor warns and a mail goes to the alarm contacts."""
RESERVE_BYTES: Final = 512 * 1024**2
"""A backup leaves this much to the servers."""
NO_ROOM_BYTES: Final = 64 * 1024**2
"""Less counts as no room: the servers need some segments of their logs, of 16 MiB each, and other files next to them."""


def free_bytes(place: Path | None = None) -> int:
    """Return how much room is left on the disk of a place, by default the instance's."""
    return shutil.disk_usage(place or data_dir()).free


def is_low() -> bool:
    """Tell whether the instance's disk is nearly full."""
    return free_bytes() < LOW_BYTES


def is_out() -> bool:
    """Tell whether nothing more can be recorded."""
    return free_bytes() < NO_ROOM_BYTES
