# SPDX-License-Identifier: EUPL-1.2
"""What a short message centre was given and what it reported back, kept on disk before it is answered.

A long message goes in parts, each with an id of the centre's; it is delivered once every part is. A report may come
before the answer that names its id, more than once, or never. A centre may give an id again when its numbers have gone
round, or after it was set up anew: a report is of the message that had it last, and of none that is weeks old.
`outbox/smpp.sqlite` in the home holds references and the centre's ids, and neither numbers nor texts.

    part(reference, part, parts, given, message_id, kept_at, outcome, at, is_told)
    early(given, answered, message_id, outcome, at)     reports of nothing that is known: ids as the report and as the answer has them
    known(centre, report_ids)                           of which centre this is, and how it writes ids (`smpp_ids`); empty: nobody said

`given` is what the centre wrote, `message_id` the one spelling by which answers and reports are compared.
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
from rollkeeper.notices.smpp_ids import ReportIds, of_answer, of_report

_EARLY: Final = dt.timedelta(hours=1)
"""How long a report that nobody knows waits for the answer that names its message."""
_OLDEST: Final = dt.timedelta(days=14)
"""How long a message may be on its way: centres give up within a week or less, and then report so."""
_LOOKED_AT: Final = 1000
"""Reports from which somebody may see how ids are written."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS part (
    reference TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, given TEXT NOT NULL, message_id TEXT,
    kept_at TEXT NOT NULL, outcome TEXT, at TEXT, is_told INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (reference, part)
);
CREATE INDEX IF NOT EXISTS part_by_message_id ON part (message_id);
CREATE INDEX IF NOT EXISTS part_by_kept_at ON part (kept_at);
CREATE INDEX IF NOT EXISTS part_to_tell ON part (reference) WHERE is_told = 0 AND outcome IS NOT NULL;
CREATE TABLE IF NOT EXISTS early (
    given TEXT NOT NULL, answered TEXT NOT NULL, message_id TEXT, outcome TEXT NOT NULL, at TEXT NOT NULL,
    PRIMARY KEY (given, answered, outcome, at)
);
CREATE INDEX IF NOT EXISTS early_by_message_id ON early (message_id);
CREATE INDEX IF NOT EXISTS early_by_at ON early (at);
CREATE TABLE IF NOT EXISTS known (one INTEGER PRIMARY KEY CHECK (one = 1), centre TEXT NOT NULL, report_ids TEXT);
"""
_FROM_OLD_TABLES: Final = (
    "ALTER TABLE part RENAME TO part_before",
    "ALTER TABLE early RENAME TO early_before",
    "DROP INDEX IF EXISTS part_by_message_id",
    "DROP INDEX IF EXISTS part_to_tell",
    *_TABLES.split(";")[:-1],
    "INSERT INTO part SELECT reference, part, parts, message_id, NULL, :now, outcome, at, is_told FROM part_before",
    "INSERT INTO early SELECT message_id, '', NULL, outcome, at FROM early_before",
    "DROP TABLE part_before",
    "DROP TABLE early_before",
)
_SETTLED: Final = """
SELECT reference, CASE WHEN max(outcome = 'bounced') THEN 'bounced' ELSE 'delivered' END, max(at)
FROM part
WHERE reference IN (SELECT reference FROM part WHERE is_told = 0 AND outcome IS NOT NULL)
GROUP BY reference
HAVING max(outcome = 'bounced') = 1 OR (count(*) = max(parts) AND (count(*) = count(outcome) OR :one_is_enough))
"""
# The message that had the id last, before the report; of its parts, where all have one id, the first that is open.
_LAST: Final = """
SELECT reference FROM part
WHERE message_id = :message_id AND kept_at BETWEEN :oldest AND :latest ORDER BY rowid DESC LIMIT 1
"""
_OPEN_PART: Final = """
SELECT rowid FROM part WHERE reference = :reference AND message_id = :message_id AND outcome IS NULL ORDER BY part LIMIT 1
"""


class Spool:
    """The memory of one centre.

    `report_ids`: how its reports write ids, None where nobody said so and none is believed. `one_is_enough`: it reports once
    of a message, however many parts that has.
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
        self._how, self._one_is_enough = report_ids, one_is_enough

    def keep_part(self, reference: UUID, *, part: int, parts: int, message_id: str) -> None:
        """Note the centre's id for a part; a report that was quicker than the id is put where it belongs."""
        spelled = self._how and of_answer(message_id, self._how)
        with self._open() as file:
            file.execute(
                "INSERT OR REPLACE INTO part (reference, part, parts, given, message_id, kept_at) VALUES (?, ?, ?, ?, ?, ?)",
                (str(reference), part, parts, message_id, spelled, _now()),
            )
            file.execute("DELETE FROM early WHERE at < ?", (self._no_earlier(),))
            self._believe_early(file, spelled)

    def is_whole(self, reference: UUID) -> bool:
        """Tell whether the centre has taken every part of this message before."""
        with self._open() as file:
            (whole,) = file.execute(
                "SELECT count(*) > 0 AND count(*) = max(parts) FROM part WHERE reference = ?",
                (str(reference),),
            ).fetchone()
        return bool(whole)

    def keep_report(self, message_id: str, *, outcome: Outcome, at: dt.datetime, answered: str = "") -> None:
        """Note a final report. The first one stands; one about nothing we know waits for its message.

        `message_id` as the report writes it, `answered` as it repeats the answer's; one of them may be empty. Where both
        are there and are not one message, neither is believed.
        """
        spelled = self._how and _one_message(message_id, answered, self._how)
        said = (message_id, answered, spelled, outcome.value, at.isoformat())
        with self._open() as file:
            file.execute("DELETE FROM early WHERE at < ?", (self._no_earlier(),))
            if not _believe(file, *said[2:]):
                file.execute("INSERT OR IGNORE INTO early VALUES (?, ?, ?, ?, ?)", said)

    def waiting(self) -> dict[ReportIds, int] | None:
        """Return, where nobody said how ids are written, how many of the reports that wait fit a message in each way."""
        with self._open() as file:
            reports = file.execute(
                "SELECT given, answered FROM early ORDER BY at DESC LIMIT ?", (_LOOKED_AT,)
            ).fetchall()
            if self._how is not None or not reports:
                return None
            latest = "SELECT given FROM part ORDER BY rowid DESC LIMIT ?"
            answers = [given for (given,) in file.execute(latest, (100 * _LOOKED_AT,))]
        known = {how: {of_answer(one, how) for one in answers} - {None} for how in ReportIds}
        return {
            how: sum(_one_message(given, answered, how) in known[how] for given, answered in reports)
            for how in ReportIds
        }

    def settled(self) -> list[Receipt]:
        """Return what is known for certain of whole messages and was not told yet."""
        with self._open() as file:
            return [
                Receipt(reference, Outcome(outcome), dt.datetime.fromisoformat(at))
                for reference, outcome, at in file.execute(_SETTLED, {"one_is_enough": self._one_is_enough})
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
            _make_tables(file)
            # The lock before the first look: who hears reports and who sends are two processes, and a report that looked in
            # vain while its message was being noted would wait for a message that is there already.
            file.execute("BEGIN IMMEDIATE")
            with file:
                known = file.execute("SELECT centre, report_ids FROM known").fetchone()
                if known != (self._centre, self._how):
                    self._begin_anew(file, is_another=known is not None and known[0] != self._centre)
                yield file

    def _begin_anew(self, file: sqlite3.Connection, *, is_another: bool) -> None:
        """Write ids in the way that is said now. Of another centre nothing more is heard, whose ids may be anybody's here."""
        file.execute("INSERT OR REPLACE INTO known VALUES (1, ?, ?)", (self._centre, self._how))
        if is_another:
            file.execute("DELETE FROM early")
            file.execute("UPDATE part SET given = '', message_id = NULL WHERE kept_at >= ?", (_oldest(),))
            return
        how = self._how
        file.create_function("answer", 1, lambda given: how and of_answer(given, how), deterministic=True)
        file.create_function("report", 2, lambda given, answered: how and _one_message(given, answered, how))
        file.execute("UPDATE part SET message_id = answer(given) WHERE kept_at >= ?", (_oldest(),))
        file.execute("UPDATE early SET message_id = report(given, answered)")
        waits = file.execute("SELECT DISTINCT message_id FROM early WHERE message_id IS NOT NULL").fetchall()
        for (message_id,) in waits:
            self._believe_early(file, message_id)

    def _believe_early(self, file: sqlite3.Connection, message_id: str | None) -> None:
        """Put reports of an id that waited where they belong, the first first."""
        waits = file.execute(
            "SELECT rowid, message_id, outcome, at FROM early WHERE message_id = ? ORDER BY at", (message_id,)
        ).fetchall()
        for row, *said in waits:
            if _believe(file, *said):
                file.execute("DELETE FROM early WHERE rowid = ?", (row,))

    def _no_earlier(self) -> str:
        """Return since when reports of nothing that is known are kept: longer where nobody said how to know any."""
        return _oldest() if self._how is None else (clock.now() - _EARLY).isoformat()


def _believe(file: sqlite3.Connection, message_id: str | None, outcome: str, at: str) -> bool:
    """Write down what became of a part; tell whether any is known by this id. What was said first stands."""
    latest = (dt.datetime.fromisoformat(at) + _EARLY).isoformat()
    values = {"message_id": message_id, "oldest": _oldest(), "latest": latest}
    row = file.execute(_LAST, values).fetchone() if message_id else None
    if row is None:
        return False
    part = file.execute(_OPEN_PART, {"message_id": message_id, "reference": row[0]}).fetchone()
    if part is not None:
        file.execute("UPDATE part SET outcome = ?, at = ? WHERE rowid = ?", (outcome, at, *part))
    return True


def _one_message(reported: str, answered: str, how: ReportIds) -> str | None:
    """Return the message of which a report is, by the id that it writes, the answer's that it repeats, or both."""
    spelled = of_report(reported, how)
    if not reported:
        return of_answer(answered, how)
    if not answered or spelled in {of_answer(answered, how), of_report(answered, how)}:
        return spelled
    return None


def _make_tables(file: sqlite3.Connection) -> None:
    if _is_old(file):
        file.execute("BEGIN IMMEDIATE")
        with file:
            for statement in _FROM_OLD_TABLES if _is_old(file) else ():
                file.execute(statement, {"now": _now()} if ":now" in statement else {})
    file.executescript(_TABLES)


def _is_old(file: sqlite3.Connection) -> bool:
    columns = {name for _, name, *_ in file.execute("PRAGMA table_info(part)").fetchall()}
    return bool(columns) and "given" not in columns


def _oldest() -> str:
    return (clock.now() - _OLDEST).isoformat()


def _now() -> str:
    return clock.now().isoformat()
