# SPDX-License-Identifier: EUPL-1.2
"""The histories of the register's own lines, for a simulation: a higher package, which knows lines, writes them."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rollkeeper.kernel.hooks import Hook

if TYPE_CHECKING:
    from rollkeeper.law.pack import Pack  # every process imports this file, and many never read a law


@dataclass(frozen=True, slots=True)
class WrittenHistories:
    """How many lines were written, and how many were left out since no day of the law concerns them."""

    lines: int
    other_service: int
    essential: int


REGISTER_HISTORIES: Final["Hook[Callable[[Path, Sequence[Pack], dt.date], WrittenHistories]]"] = Hook(
    "law: write the histories of the register's lines"
)
"""Hook that writes a file of events: every line that one of these laws may concern, as it is now, with every fact that one of the laws
asks, and each subscriber notified on one day. `campaign` registers it.
"""
