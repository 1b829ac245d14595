# SPDX-License-Identifier: EUPL-1.2
"""Finds out whether this machine's clock was set forwards while the machine ran: then actions may only seem to be due.

No one can change how long the machine has run. The clock's time less this running time stays the same until someone sets the clock. The
data directory keeps the smallest difference since the machine started. When the clock is set back, the kept difference changes at once,
since nothing becomes due too early. When it is set forwards, the kept difference changes only when a person confirms the date.

    run/clock.json    {"boot": the kernel's id of this start of the machine, "start": the instant of that start by the clock, in seconds}

A machine that starts with a wrong clock is not noticed here; a gap of more than a week is (`kernel/clock.py`).
"""

import datetime as dt
import json
import time
from pathlib import Path
from typing import Final

from rollkeeper.kernel.errors import CLOCK_SET_FORWARDS
from rollkeeper.kernel.files import write_atomically
from rollkeeper.kernel.instance import InstanceKind, instance
from rollkeeper.kernel.settings import data_dir

TOLERANCE: Final = dt.timedelta(hours=1)
"""A clock may be corrected by this much without a question."""
_NOISE_S: Final = 1.0
_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")


def set_forwards_by() -> dt.timedelta:
    """Return how far the clock was set forwards since the machine started; zero if it was not, or only by the tolerance."""
    boot, start = _BOOT.read_text("ascii").strip(), _start()
    kept = _kept(boot)
    if kept is None or start < kept - _NOISE_S:
        _keep(boot, start)
        return dt.timedelta(0)
    ahead = dt.timedelta(seconds=round(start - kept))
    return ahead if ahead > TOLERANCE else dt.timedelta(0)


def require_true_clock(*, is_confirmed: bool = False) -> None:
    """Require, before work that cannot be undone, that the clock was not set forwards, or that a person confirmed the date.

    A demo instance works on the days that it is given. Refuses: CLOCK_SET_FORWARDS.
    """
    if instance().kind is not InstanceKind.PRODUCTION:
        return
    if is_confirmed:
        _keep(_BOOT.read_text("ascii").strip(), _start())
    elif ahead := set_forwards_by():
        raise CLOCK_SET_FORWARDS(hours=round(ahead / dt.timedelta(hours=1)))


def _start() -> float:
    return time.time() - time.clock_gettime(time.CLOCK_BOOTTIME)


def _file() -> Path:
    return data_dir() / "run" / "clock.json"


def _kept(boot: str) -> float | None:
    try:
        found = json.loads(_file().read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return float(found["start"]) if found["boot"] == boot else None


def _keep(boot: str, start: float) -> None:
    _file().parent.mkdir(parents=True, exist_ok=True)
    write_atomically(_file(), json.dumps({"boot": boot, "start": start}).encode(), mode=0o644)
