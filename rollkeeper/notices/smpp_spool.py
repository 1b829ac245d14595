# SPDX-License-Identifier: EUPL-1.2
"""What a short message centre was given and what it reported back, kept on disk before it is answered.

A long message goes in parts, each with an id of the centre's; it is delivered once every part is. A report may come
before the answer that names its id, more than once, or never. A centre may give an id again when its numbers have gone
round, or after it was set up anew: a report is of the message that had it last, and of none that is weeks old.
`outbox/smpp.sqlite` in the home holds references and the centre's ids, and neither numbers nor texts.

    part(reference, part, parts, given, message_id, kept_at, outcome, at, is_told)
    early(given, message_id, outcome, at)            reports of nothing that is known
    known(centre, report_ids)                        how this centre writes ids (`smpp_ids`); empty: not yet found out

`given` is what the centre wrote, `message_id` the one spelling by which answers and reports are compared. Until it is known how
they are written nothing is compared, and reports wait in `early`.
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
from rollkeeper.notices.smpp_ids import ReportIds, are_unlike, found_out, of_answer, of_report

_EARLY: Final = dt.timedelta(hours=1)
"""How long a report that nobody knows waits for the answer that names its message."""
_OLDEST: Final = dt.timedelta(days=14)
"""How long a message may be on its way: centres give up within a week or less, and then report so."""
_LATEST: Final = 200
"""Answers by which it is told whether a centre's ids have letters."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS part (
    reference TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, given TEXT NOT NULL, message_id TEXT,
    kept_at TEXT NOT NULL, outcome TEXT, at TEXT, is_told INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (reference, part)
);
CREATE INDEX IF NOT EXISTS part_by_message_id ON part (message_id);
CREATE INDEX IF NOT EXISTS part_to_tell ON part (reference) WHERE is_told = 0 AND outcome IS NOT NULL;
CREATE TABLE IF NOT EXISTS early (given TEXT PRIMARY KEY, message_id TEXT, outcome TEXT NOT NULL, at TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS known (one INTEGER PRIMARY KEY CHECK (one = 1), centre TEXT NOT NULL, report_ids TEXT);
"""
_FROM_OLD_TABLES: Final = (
    "ALTER TABLE part RENAME TO part_before",
    "DROP INDEX IF EXISTS part_by_message_id",
    "DROP INDEX IF EXISTS part_to_tell",
    "DROP TABLE early",
    *_TABLES.split(";")[:-1],
    "INSERT INTO part SELECT reference, part, parts, message_id, NULL, datetime('now'), outcome, at, is_told FROM part_before",
    "DROP TABLE part_before",
)
_SETTLED: Final = """
SELECT reference, CASE WHEN max(outcome = 'bounced') THEN 'bounced' ELSE 'delivered' END, max(at)
FROM part
WHERE reference IN (SELECT reference FROM part WHERE is_told = 0 AND outcome IS NOT NULL)
GROUP BY reference
HAVING max(outcome = 'bounced') = 1 OR (count(*) = max(parts) AND (count(*) = count(outcome) OR :one_is_enough))
"""
# The message that had the id last; of its parts, where the centre gave them all the same id, the first that is open.
_PART: Final = """
SELECT rowid FROM part
WHERE message_id = :message_id AND outcome IS NULL AND kept_at >= :oldest
  AND reference = (SELECT reference FROM part WHERE message_id = :message_id ORDER BY rowid DESC LIMIT 1)
ORDER BY rowid LIMIT 1
"""


class Spool:
    """The memory of one centre.

    `report_ids`: how its reports write ids, None where that is to be found out. `one_is_enough`: it reports once of a message,
    however many parts that has.
    """

    def __init__(
        self,
        file: Path,
        *,
        centre: str = "",
        report_ids: ReportIds | None = ReportIds.SAME,
        one_is_enough: bool = False,
    ) -> None:
        self._file, self._centre = file, centre
        self._report_ids, self._one_is_enough = report_ids, one_is_enough

    def keep_part(self, reference: UUID, *, part: int, parts: int, message_id: str) -> None:
        """Note the centre's id for a part; a report that was quicker than the id is put where it belongs."""
        with self._open() as (file, how):
            file.execute(
                "INSERT OR REPLACE INTO part (reference, part, parts, given, message_id, kept_at) VALUES (?, ?, ?, ?, ?, ?)",
                (str(reference), part, parts, message_id, how and of_answer(message_id, how), _now()),
            )
            if how is None:
                self._find_out(file)
                return
            file.execute("DELETE FROM early WHERE at < ?", ((clock.now() - _EARLY).isoformat(),))
            waits = file.execute(
                "SELECT given, message_id, outcome, at FROM early WHERE message_id = ?",
                (of_answer(message_id, how),),
            ).fetchall()
            for given, spelled, outcome, at in waits:
                _believe(file, spelled, outcome, at)
                file.execute("DELETE FROM early WHERE given = ?", (given,))

    def is_whole(self, reference: UUID) -> bool:
        """Tell whether the centre has taken every part of this message before."""
        with self._open() as (file, _):
            (whole,) = file.execute(
                "SELECT count(*) > 0 AND count(*) = max(parts) FROM part WHERE reference = ?",
                (str(reference),),
            ).fetchone()
        return bool(whole)

    def keep_report(
        self, message_id: str, *, outcome: Outcome, at: dt.datetime, answered: str | None = None
    ) -> None:
        """Note a final report. The first one stands; one about nothing we know waits for its message.

        `message_id` as the report writes it, `answered` as it repeats the answer's; one of them may be empty. Where both
        are there and are not one message, neither is believed.
        """
        with self._open() as (file, how):
            spelled = how and _one_message(message_id, answered, how)
            if spelled is not None and _believe(file, spelled, outcome.value, at.isoformat()):
                return
            file.execute(
                "INSERT OR REPLACE INTO early (given, message_id, outcome, at) VALUES (?, ?, ?, ?)",
                (message_id or answered, spelled, outcome.value, at.isoformat()),
            )
            if how is None:
                self._find_out(file)

    def is_unlike(self) -> bool:
        """Tell whether reports contradict what is known, or may be known, of how the centre writes ids."""
        with self._open() as (file, how):
            if how is None:
                return are_unlike(*_ids(file))
            found = file.execute("SELECT given FROM early WHERE message_id IS NULL").fetchall()
        return bool(found)

    def settled(self) -> list[Receipt]:
        """Return what is known for certain of whole messages and was not told yet."""
        with self._open() as (file, _):
            return [
                Receipt(reference, Outcome(outcome), dt.datetime.fromisoformat(at))
                for reference, outcome, at in file.execute(_SETTLED, {"one_is_enough": self._one_is_enough})
            ]

    def forget(self, receipts: Iterable[Receipt]) -> None:
        """Note that these were taken in."""
        with self._open() as (file, _):
            file.executemany(
                "UPDATE part SET is_told = 1 WHERE reference = ?", [(one.reference,) for one in receipts]
            )

    @contextmanager
    def _open(self) -> Iterator[tuple[sqlite3.Connection, ReportIds | None]]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        with closing(sqlite3.connect(self._file, timeout=30, isolation_level=None)) as file:
            _make_tables(file)
            # The lock before the first look: who hears reports and who sends are two processes, and a report that looked in
            # vain while its message was being noted would wait for a message that is there already.
            file.execute("BEGIN IMMEDIATE")
            with file:
                yield file, self._how(file)

    def _how(self, file: sqlite3.Connection) -> ReportIds | None:
        """Return how ids are written, and write all of them so where that is another way than before."""
        known = file.execute("SELECT centre, report_ids FROM known").fetchone()
        before = known[1] if known and known[0] == self._centre else None
        how = self._report_ids or (ReportIds(before) if before else None)
        if known is None or known != (self._centre, how):
            self._note(file, how)
        return how

    def _note(self, file: sqlite3.Connection, how: ReportIds | None) -> None:
        file.execute("INSERT OR REPLACE INTO known VALUES (1, ?, ?)", (self._centre, how))
        if how is None:
            file.execute("UPDATE part SET message_id = NULL WHERE outcome IS NULL")
            return
        file.create_function("answer", 1, lambda given: of_answer(given, how), deterministic=True)
        file.create_function("report", 1, lambda given: of_report(given, how), deterministic=True)
        file.execute("UPDATE part SET message_id = answer(given) WHERE outcome IS NULL")
        file.execute("UPDATE early SET message_id = report(given)")
        for given, spelled, outcome, at in file.execute("SELECT * FROM early").fetchall():
            if spelled is not None and _believe(file, spelled, outcome, at):
                file.execute("DELETE FROM early WHERE given = ?", (given,))

    def _find_out(self, file: sqlite3.Connection) -> None:
        if how := found_out(*_ids(file)):
            self._note(file, how)


def _ids(file: sqlite3.Connection) -> tuple[list[str], list[str]]:
    """Return the latest ids of answers, and those of reports that wait, as the centre wrote them."""
    answers = file.execute("SELECT given FROM part ORDER BY rowid DESC LIMIT ?", (_LATEST,))
    reports = file.execute("SELECT given FROM early LIMIT ?", (_LATEST,))
    return [given for (given,) in answers.fetchall()], [given for (given,) in reports.fetchall()]


def _one_message(reported: str, answered: str | None, how: ReportIds) -> str | None:
    if not answered:
        return of_report(reported, how)
    if not reported:
        return of_answer(answered, how)
    spelled = of_report(reported, how)
    return spelled if spelled in {of_answer(answered, how), of_report(answered, how)} else None


def _believe(file: sqlite3.Connection, message_id: str, outcome: str, at: str) -> bool:
    """Write down what became of a part; tell whether any is known by this id. What was said first stands."""
    oldest = (clock.now() - _OLDEST).isoformat()
    row = file.execute(_PART, {"message_id": message_id, "oldest": oldest}).fetchone()
    if row is not None:
        file.execute("UPDATE part SET outcome = ?, at = ? WHERE rowid = ?", (outcome, at, *row))
    return (
        row is not None
        or file.execute(
            "SELECT 1 FROM part WHERE message_id = ? AND kept_at >= ?", (message_id, oldest)
        ).fetchone()
        is not None
    )


def _make_tables(file: sqlite3.Connection) -> None:
    if _is_old(file):
        file.execute("BEGIN IMMEDIATE")
        with file:
            for statement in _FROM_OLD_TABLES if _is_old(file) else ():
                file.execute(statement)
    file.executescript(_TABLES)


def _is_old(file: sqlite3.Connection) -> bool:
    columns = {name for _, name, *_ in file.execute("PRAGMA table_info(part)").fetchall()}
    return bool(columns) and "given" not in columns


def _now() -> str:
    return clock.now().isoformat()
