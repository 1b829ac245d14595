# SPDX-License-Identifier: EUPL-1.2
"""What a short message centre was given and what it reported back, kept on disk before it is answered.

A long message goes in parts, each with an id of the centre's; it is delivered once every part is. A report may come
before the answer that names its id, more than once, or never. A centre may give an id again when its numbers have gone
round, or after it was set up anew: a report is of the message that had it last. `outbox/smpp.sqlite` in the home holds references and the
centre's ids, and neither numbers nor texts.

A centre that answers with 1A and reports of 26 also answers with 26: then a report of 26 would prove that somebody was told whom
nobody reached. So figures alone are not believed of a centre whose answers have letters, until a report has one as well.

    part(reference, part, parts, message_id, outcome, at, is_told)     early(message_id, outcome, at)     alike(one)
"""

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.notices.kinds import Outcome
from rollkeeper.notices.receipts import Receipt

_EARLY: Final = dt.timedelta(hours=1)
"""How long a report that nobody knows waits for the answer that names its message."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS part (
    reference TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, message_id TEXT NOT NULL,
    outcome TEXT, at TEXT, is_told INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (reference, part)
);
CREATE INDEX IF NOT EXISTS part_by_message_id ON part (message_id);
CREATE INDEX IF NOT EXISTS part_to_tell ON part (reference) WHERE is_told = 0 AND outcome IS NOT NULL;
CREATE TABLE IF NOT EXISTS early (message_id TEXT PRIMARY KEY, outcome TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS alike (one INTEGER PRIMARY KEY);
"""
_UNLIKE: Final = """
SELECT NOT EXISTS (SELECT 1 FROM alike)
   AND EXISTS (SELECT 1 FROM (SELECT message_id FROM part ORDER BY rowid DESC LIMIT 100) WHERE message_id GLOB '*[A-Za-z]*')
"""
_SETTLED: Final = """
SELECT reference, CASE WHEN max(outcome = 'bounced') THEN 'bounced' ELSE 'delivered' END, max(at)
FROM part
WHERE reference IN (SELECT reference FROM part WHERE is_told = 0 AND outcome IS NOT NULL)
GROUP BY reference
HAVING max(outcome = 'bounced') = 1 OR (count(*) = max(parts) AND count(*) = count(outcome))
"""


class Spool:
    """The memory of one centre. `is_told`: somebody said how its reports write an id, so that figures are believed."""

    def __init__(self, file: Path, *, is_told: bool = False) -> None:
        self._file, self._is_told = file, is_told

    def keep_part(self, reference: UUID, *, part: int, parts: int, message_id: str) -> None:
        """Note the centre's id for a part; a report that was quicker than the id is put where it belongs."""
        with self._open() as file:
            file.execute(
                "INSERT OR REPLACE INTO part (reference, part, parts, message_id) VALUES (?, ?, ?, ?)",
                (str(reference), part, parts, message_id),
            )
            oldest = clock.now() - _EARLY
            file.execute("DELETE FROM early WHERE at < ?", (oldest.isoformat(),))
            if self._is_doubtful(file, message_id):
                return
            found = file.execute(
                "UPDATE part SET outcome = e.outcome, at = e.at FROM early e"
                " WHERE part.reference = ? AND part.part = ? AND e.message_id = part.message_id",
                (str(reference), part),
            )
            file.execute("DELETE FROM early WHERE message_id = ?", (message_id,))
            if found.rowcount and not message_id.isdecimal():
                _now_alike(file)

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
        said = (outcome.value, at.isoformat())
        with self._open() as file:
            (row,) = file.execute(
                "SELECT max(rowid) FROM part WHERE message_id = ?", (message_id,)
            ).fetchone()
            if row is not None and not self._is_doubtful(file, message_id):
                file.execute(
                    "UPDATE part SET outcome = ?, at = ? WHERE rowid = ? AND outcome IS NULL", (*said, row)
                )
                if not message_id.isdecimal():
                    _now_alike(file)
            else:
                file.execute(
                    "INSERT OR REPLACE INTO early (outcome, at, message_id) VALUES (?, ?, ?)",
                    (*said, message_id),
                )

    def is_unlike(self) -> bool:
        """Tell whether reports have come that name messages by figures alone, though answers have letters."""
        with self._open() as file:
            waiting = file.execute(
                "SELECT message_id FROM early WHERE message_id NOT GLOB '*[^0-9]*' LIMIT 1"
            )
            return any(self._is_doubtful(file, message_id) for (message_id,) in waiting.fetchall())

    def _is_doubtful(self, file: sqlite3.Connection, message_id: str) -> bool:
        return not self._is_told and message_id.isdecimal() and bool(file.execute(_UNLIKE).fetchone()[0])

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
        with closing(sqlite3.connect(self._file, timeout=30, isolation_level=None)) as file:
            file.executescript(_TABLES)
            # The lock before the first look: who hears reports and who sends are two processes, and a report that looked in
            # vain while its message was being noted would wait for a message that is there already.
            file.execute("BEGIN IMMEDIATE")
            with file:
                yield file


def _now_alike(file: sqlite3.Connection) -> None:
    """Note that reports have letters too, and believe those of figures that waited for it."""
    if file.execute("INSERT OR IGNORE INTO alike VALUES (1)").rowcount:
        file.execute(
            "UPDATE part SET outcome = e.outcome, at = e.at FROM early e"
            " WHERE e.message_id = part.message_id AND part.outcome IS NULL AND part.rowid ="
            " (SELECT max(l.rowid) FROM part l WHERE l.message_id = e.message_id)"
        )
        file.execute("DELETE FROM early WHERE message_id IN (SELECT message_id FROM part)")
