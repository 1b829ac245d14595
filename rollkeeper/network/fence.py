# SPDX-License-Identifier: EUPL-1.2
"""A memory for elements that have none: what each line was last told, and under which name the element knows it.

A file in the home (`network/<element>.sqlite`), locked for as long as orders are being handed over: a process that was
stopped in the middle and wakes up again cannot hand over an old order behind a newer one, since either it still holds
the lock or what is newer stands in the file. The names are the element's own row numbers: nothing personal.

    told(line TEXT PRIMARY KEY, sequence INTEGER, place TEXT)     place '' : the element does not know the line
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rollkeeper.kernel.ids import LineId

_PATIENCE_S: Final = 30


@dataclass(frozen=True, slots=True)
class Told:
    """What one line was last told, and where it stands in the element."""

    sequence: int
    place: str


class Fence:
    """The memory of one element."""

    def __init__(self, file: Path) -> None:
        self._file = file

    @contextmanager
    def held(self) -> Iterator["HeldFence"]:
        """Hold the fence alone. A process that dies in the block leaves it as it was: its orders are tried again."""
        with closing(self._open()) as file:
            file.execute("BEGIN IMMEDIATE")
            try:
                yield HeldFence(file)
            finally:
                file.commit()

    def told(self, lines: Sequence[LineId]) -> list[Told | None]:
        """Return what is known of each line, in order."""
        with closing(self._open()) as file:
            return [_told(file, line) for line in lines]

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        file = sqlite3.connect(self._file, timeout=_PATIENCE_S, isolation_level=None)
        file.execute(
            "CREATE TABLE IF NOT EXISTS told (line TEXT PRIMARY KEY, sequence INTEGER NOT NULL, place TEXT NOT NULL)"
        )
        return file


class HeldFence:
    """The fence while it is held."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def told(self, line: LineId) -> Told | None:
        """Return what is known of a line."""
        return _told(self._file, line)

    def keep(self, line: LineId, told: Told) -> None:
        """Write down what a line is told."""
        self._file.execute(
            "INSERT OR REPLACE INTO told VALUES (?, ?, ?)", (str(line), told.sequence, told.place)
        )


def _told(file: sqlite3.Connection, line: LineId) -> Told | None:
    row = file.execute("SELECT sequence, place FROM told WHERE line = ?", (str(line),)).fetchone()
    return Told(*row) if row else None
