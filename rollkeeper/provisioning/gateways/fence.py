# SPDX-License-Identifier: EUPL-1.2
"""A memory for elements that have none: the last order for each line, and under which name the element knows it.

A file in the instance (`network/<element>.sqlite`), locked while orders are delivered: a process that was suspended in the middle
and wakes up cannot deliver an old order after a newer one, since either it still holds the lock or the newer order is in the
file. The names are the element's own row numbers: nothing personal.

    last_order(line TEXT PRIMARY KEY, sequence INTEGER, place TEXT)     place '' : the element does not know the line
    card(line TEXT PRIMARY KEY, mark TEXT, digits INTEGER)        whether the place is still the line's; how long its number is there
    own(line TEXT PRIMARY KEY, grants TEXT, is_withdrawn INTEGER)     what the element granted before we took any of it

A line's own grants are written before the order that removes them, in a separate transaction: if the process dies in between, the
next try finds the original grants and not the reduced ones.
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
class LastOrder:
    """The last order for a line, and its position in the element."""

    sequence: int
    place: str
    mark: str = ""
    """The mark by which a place is recognised, since an element may give it to another line; '' if none was noted."""
    digits: int = 0
    """How many digits of the line's number the element writes; 0 for all of them."""


@dataclass(frozen=True, slots=True)
class OwnGrants:
    """What the element itself granted a line, in the element's own terms, and whether some of it is removed now."""

    grants: str
    is_withdrawn: bool


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

    def last_order(self, lines: Sequence[LineId]) -> list[LastOrder | None]:
        """Return what is known of each line, in order."""
        with closing(self._open()) as file:
            return [_last_order(file, line) for line in lines]

    def own(self, lines: Sequence[LineId]) -> list[OwnGrants | None]:
        """Return each line's own grants, in order; None if nothing was ever removed."""
        with closing(self._open()) as file:
            return [_own(file, line) for line in lines]

    def save_own_grants(self, grants: Mapping[LineId, str]) -> None:
        """Save, durably and at once, the own grants of lines that are about to lose some of them."""
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
            "CREATE TABLE IF NOT EXISTS last_order (line TEXT PRIMARY KEY, sequence INTEGER NOT NULL, place TEXT NOT NULL)"
        )
        file.execute(
            "CREATE TABLE IF NOT EXISTS card (line TEXT PRIMARY KEY, mark TEXT NOT NULL, digits INTEGER NOT NULL)"
        )
        file.execute(
            "CREATE TABLE IF NOT EXISTS own (line TEXT PRIMARY KEY, grants TEXT NOT NULL, is_withdrawn INTEGER NOT NULL)"
        )
        return file


class HeldFence:
    """The fence while it is held."""

    def __init__(self, file: sqlite3.Connection) -> None:
        self._file = file

    def last_order(self, line: LineId) -> LastOrder | None:
        """Return what is known of a line."""
        return _last_order(self._file, line)

    def keep(self, line: LineId, last_order: LastOrder) -> None:
        """Write down the last order for a line."""
        self._file.execute(
            "INSERT OR REPLACE INTO last_order VALUES (?, ?, ?)",
            (str(line), last_order.sequence, last_order.place),
        )
        self._file.execute(
            "INSERT OR REPLACE INTO card VALUES (?, ?, ?)", (str(line), last_order.mark, last_order.digits)
        )

    def own(self, line: LineId) -> OwnGrants | None:
        """Return a line's own grants; None if nothing was ever removed."""
        return _own(self._file, line)

    def record_own_grants(self, line: LineId, grants: str) -> None:
        """Write down the own grants of a line that keeps them."""
        self._file.execute("INSERT OR IGNORE INTO own VALUES (?, ?, 0)", (str(line), grants))

    def mark_restored(self, line: LineId) -> None:
        """Record that a line has its own grants again."""
        self._file.execute("UPDATE own SET is_withdrawn = 0 WHERE line = ?", (str(line),))


def _last_order(file: sqlite3.Connection, line: LineId) -> LastOrder | None:
    row = file.execute(
        "SELECT sequence, place, coalesce(mark, ''), coalesce(digits, 0) FROM last_order LEFT JOIN card USING (line)"
        " WHERE line = ?",
        (str(line),),
    ).fetchone()
    return LastOrder(*row) if row else None


def _own(file: sqlite3.Connection, line: LineId) -> OwnGrants | None:
    row = file.execute("SELECT grants, is_withdrawn FROM own WHERE line = ?", (str(line),)).fetchone()
    return OwnGrants(row[0], bool(row[1])) if row else None
