# SPDX-License-Identifier: EUPL-1.2
"""A memory for elements that have none: what each line was last told, and under which name the element knows it.

A file in the home (`network/<element>.sqlite`), locked for as long as orders are being handed over: a process that was
stopped in the middle and wakes up again cannot hand over an old order behind a newer one, since either it still holds
the lock or what is newer stands in the file. The names are the element's own row numbers: nothing personal.

    told(line TEXT PRIMARY KEY, sequence INTEGER, place TEXT)     place '' : the element does not know the line
    card(line TEXT PRIMARY KEY, mark TEXT, digits INTEGER)        whether the place is still the line's; how long its number is there
    own(line TEXT PRIMARY KEY, grants TEXT, is_taken INTEGER)     what the element granted before we took any of it

What a line had by itself is written before the order that takes it, in a transaction of its own: a process that dies
between the two finds on the next try what the line had, and not what it left of it.
"""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
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
    mark: str = ""
    """By what a place is known again that an element may give to another; '' where nothing was noted."""
    digits: int = 0
    """In how many digits the element writes the line's number; 0 in all of them."""


@dataclass(frozen=True, slots=True)
class Own:
    """What the element granted a line by itself, in the element's own words, and whether some of it is taken now."""

    grants: str
    is_taken: bool


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

    def own(self, lines: Sequence[LineId]) -> list[Own | None]:
        """Return what each line had by itself, in order; None where nothing was ever taken."""
        with closing(self._open()) as file:
            return [_own(file, line) for line in lines]

    def keep_own(self, grants: Mapping[LineId, str]) -> None:
        """Write down, for good and at once, what lines have by themselves and are about to lose some of."""
        with closing(self._open()) as file:
            file.executemany(
                "INSERT OR REPLACE INTO own VALUES (?, ?, 1)",
                [(str(line), said) for line, said in grants.items()],
            )

    def _open(self) -> sqlite3.Connection:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        file = sqlite3.connect(self._file, timeout=_PATIENCE_S, isolation_level=None)
        file.execute(
            "CREATE TABLE IF NOT EXISTS told (line TEXT PRIMARY KEY, sequence INTEGER NOT NULL, place TEXT NOT NULL)"
        )
        file.execute(
            "CREATE TABLE IF NOT EXISTS card (line TEXT PRIMARY KEY, mark TEXT NOT NULL, digits INTEGER NOT NULL)"
        )
        file.execute(
            "CREATE TABLE IF NOT EXISTS own (line TEXT PRIMARY KEY, grants TEXT NOT NULL, is_taken INTEGER NOT NULL)"
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
        self._file.execute(
            "INSERT OR REPLACE INTO card VALUES (?, ?, ?)", (str(line), told.mark, told.digits)
        )

    def own(self, line: LineId) -> Own | None:
        """Return what a line had by itself; None where nothing was ever taken."""
        return _own(self._file, line)

    def note_own(self, line: LineId, grants: str) -> None:
        """Write down what a line has by itself and keeps."""
        self._file.execute("INSERT OR IGNORE INTO own VALUES (?, ?, 0)", (str(line), grants))

    def give_back(self, line: LineId) -> None:
        """Write down that a line has again what it had."""
        self._file.execute("UPDATE own SET is_taken = 0 WHERE line = ?", (str(line),))


def _told(file: sqlite3.Connection, line: LineId) -> Told | None:
    row = file.execute(
        "SELECT sequence, place, coalesce(mark, ''), coalesce(digits, 0) FROM told LEFT JOIN card USING (line)"
        " WHERE line = ?",
        (str(line),),
    ).fetchone()
    return Told(*row) if row else None


def _own(file: sqlite3.Connection, line: LineId) -> Own | None:
    row = file.execute("SELECT grants, is_taken FROM own WHERE line = ?", (str(line),)).fetchone()
    return Own(row[0], bool(row[1])) if row else None
