# SPDX-License-Identifier: EUPL-1.2
"""What a short message centre was given and what it reported back, kept on disk before it is answered.

A long message goes in parts, each with an id of the centre's; it is delivered once every part is. A report may come
before the answer that names its id, more than once, or never. `outbox/smpp.sqlite` in the home holds references and the
centre's ids, and neither numbers nor texts.

    part(reference, part, parts, message_id, outcome, at, is_told)     early(message_id, outcome, at)
"""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from rollkeeper.notices.kinds import Outcome
from rollkeeper.notices.receipts import Receipt

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS part (
    reference TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, message_id TEXT NOT NULL,
    outcome TEXT, at TEXT, is_told INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (reference, part)
);
CREATE INDEX IF NOT EXISTS part_by_message_id ON part (message_id);
CREATE INDEX IF NOT EXISTS part_to_tell ON part (reference) WHERE is_told = 0 AND outcome IS NOT NULL;
CREATE TABLE IF NOT EXISTS early (message_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at TEXT NOT NULL);
"""
_SETTLED: Final = """
SELECT reference, CASE WHEN max(outcome = 'bounced') THEN 'bounced' ELSE 'delivered' END, max(at)
FROM part
WHERE reference IN (SELECT reference FROM part WHERE is_told = 0 AND outcome IS NOT NULL)
GROUP BY reference
HAVING max(outcome = 'bounced') = 1 OR (count(*) = max(parts) AND count(*) = count(outcome))
"""


class Spool:
    """The memory of one centre."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def keep_part(self, reference: UUID, *, part: int, parts: int, message_id: str) -> None:
        """Note the centre's id for a part; a report that was quicker than the id is put where it belongs."""
        with self._open() as file:
            file.execute(
                "INSERT OR REPLACE INTO part (reference, part, parts, message_id) VALUES (?, ?, ?, ?)",
                (str(reference), part, parts, message_id),
            )
            file.execute(
                "UPDATE part SET outcome = e.outcome, at = e.at FROM early e"
                " WHERE part.message_id = ? AND e.message_id = part.message_id",
                (message_id,),
            )
            file.execute("DELETE FROM early WHERE message_id = ?", (message_id,))

    def is_whole(self, reference: UUID) -> bool:
        """Tell whether the centre has taken every part of this message before."""
        with self._open() as file:
            (whole,) = file.execute(
                "SELECT count(*) > 0 AND count(*) = max(parts) FROM part WHERE reference = ?",
                (str(reference),),
            ).fetchone()
        return bool(whole)

    def keep_report(self, message_id: str, *, outcome: Outcome, at: dt.datetime) -> None:
        """Note a final report. The first one stands; one about nothing we know waits for its message."""
        values = (outcome.value, at.isoformat(), message_id)
        with self._open() as file:
            known = file.execute("SELECT 1 FROM part WHERE message_id = ?", (message_id,)).fetchone()
            if known:
                file.execute(
                    "UPDATE part SET outcome = ?, at = ? WHERE message_id = ? AND outcome IS NULL", values
                )
            else:
                file.execute("INSERT OR IGNORE INTO early (outcome, at, message_id) VALUES (?, ?, ?)", values)

    def settled(self) -> list[Receipt]:
        """Return what is known for certain of whole messages and was not told yet."""
        with self._open() as file:
            return [
                Receipt(reference, Outcome(outcome), dt.datetime.fromisoformat(at))
                for reference, outcome, at in file.execute(_SETTLED)
            ]

    def forget(self, receipts: Iterable[Receipt]) -> None:
        """Note that these were taken in."""
        with self._open() as file:
            file.executemany(
                "UPDATE part SET is_told = 1 WHERE reference = ?", [(one.reference,) for one in receipts]
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        with closing(sqlite3.connect(self._file, timeout=30)) as file:
            file.executescript(_TABLES)
            with file:
                yield file
