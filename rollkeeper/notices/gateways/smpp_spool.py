# SPDX-License-Identifier: EUPL-1.2
"""What was sent to a short message centre and what it reported back, saved on disk before it is acknowledged.

A long message goes in parts, each with the centre's own id; it is delivered when every part is. A report may come before the
answer that names its id, more than once, or never. A centre may reuse an id when its numbers wrap around, or after it was set up
again: if two waiting messages of a week have the same id, a report proves nothing for either. `outbox/smpp.sqlite` in the
instance contains references and the centre's ids, and neither numbers nor texts.

    part(reference, part, parts, centre, given, message_id, kept_at, outcome, at, heard, is_notified)
    early(centre, given, answered, message_id, outcome, at, heard)  reports of no known message: ids as in the report and in the answer
    known(centre, report_ids)                           how each centre writes ids (`smpp_report_ids`); empty: not configured

`given` is the id that the centre wrote, empty if it has not answered yet; `message_id` is the one spelling by which answers and reports
are compared; `heard` is the hash of the report that was believed. Nothing of one centre is compared with anything of another.
"""

import datetime as dt
import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.gateways.base import GatewayBroken
from rollkeeper.notices.gateways.smpp_report_ids import LONGEST_ID, ReportIds, of_answer, of_report

_EARLY: Final = dt.timedelta(hours=1)
"""How long a report without a known message waits for the answer that names its message."""
_OLDEST: Final = dt.timedelta(days=14)
"""How long a message may be on its way: centres give up within a week or less, and then report so."""
_GIVEN_UP: Final = _OLDEST / 2
"""How long a message without a report keeps its id: if a later message got the id sooner, a late report would count for that message."""
_KEPT: Final = 2 * _OLDEST
"""How long a message is remembered: twice as long as its reports are believed, so that they are recorded before it is dropped."""
_DROPPED_AT_ONCE: Final = 1000
_LOOKED_AT: Final = 1000
"""Reports that are kept so that a person can see the id format."""
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS part (
    reference TEXT NOT NULL, part INTEGER NOT NULL, parts INTEGER NOT NULL, centre TEXT NOT NULL, given TEXT, message_id TEXT,
    kept_at TEXT NOT NULL, outcome TEXT, at TEXT, heard TEXT, is_notified INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (reference, part)
);
CREATE INDEX IF NOT EXISTS part_by_message_id ON part (message_id);
CREATE INDEX IF NOT EXISTS part_by_kept_at ON part (kept_at);
CREATE INDEX IF NOT EXISTS part_to_tell ON part (reference) WHERE is_notified = 0 AND outcome IS NOT NULL;
CREATE TABLE IF NOT EXISTS early (
    centre TEXT NOT NULL, given TEXT NOT NULL, answered TEXT NOT NULL, message_id TEXT, outcome TEXT NOT NULL, at TEXT NOT NULL,
    heard TEXT, PRIMARY KEY (centre, given, answered, outcome, heard)
);
CREATE INDEX IF NOT EXISTS early_by_message_id ON early (message_id);
CREATE INDEX IF NOT EXISTS early_by_at ON early (at);
CREATE TABLE IF NOT EXISTS known (centre TEXT PRIMARY KEY, report_ids TEXT);
"""
_FROM_THE_FIRST_TABLES: Final = (
    "ALTER TABLE part RENAME COLUMN message_id TO given",
    "ALTER TABLE part ADD COLUMN kept_at TEXT",
    "UPDATE part SET kept_at = :now",
    "ALTER TABLE early RENAME COLUMN message_id TO given",
    "ALTER TABLE early ADD COLUMN answered TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE known (one INTEGER, centre TEXT, report_ids TEXT)",
)
_FROM_TABLES_OF_ONE_CENTRE: Final = (
    *(f"ALTER TABLE {name} RENAME TO {name}_before" for name in ("part", "early", "known")),
    *(f"DROP INDEX IF EXISTS {name}" for name in (
        "part_by_message_id", "part_by_kept_at", "part_to_tell", "early_by_message_id", "early_by_at",
    )),
    *_TABLES.split(";")[:-1],
    "INSERT INTO known_before (one, centre) SELECT 1, :centre WHERE NOT EXISTS (SELECT 1 FROM known_before)",
    """INSERT INTO part SELECT reference, part, parts, centre, given, NULL, kept_at, outcome, at, NULL, is_notified
    FROM part_before, known_before WHERE kept_at >= :since ORDER BY part_before.rowid""",
    "INSERT INTO early SELECT centre, given, answered, NULL, outcome, at, NULL FROM early_before, known_before",
    *(f"DROP TABLE {name}_before" for name in ("part", "early", "known")),
)  # fmt: skip
_SETTLED: Final = """
SELECT reference, CASE WHEN max(outcome = 'bounced') THEN 'bounced' ELSE 'delivered' END, max(at)
FROM part
WHERE reference IN (SELECT reference FROM part WHERE is_notified = 0 AND outcome IS NOT NULL)
GROUP BY reference
HAVING max(outcome = 'bounced') = 1 OR (count(given) = max(parts) AND (count(given) = count(outcome) OR :one_is_enough))
"""
_HEARD: Final = "SELECT 1 FROM part WHERE centre = :centre AND message_id = :message_id AND heard = :heard"
# The latest message with the id comes first; of its parts, if all have one id, the first.
_NAMED: Final = """
SELECT rowid, reference, kept_at, outcome IS NULL FROM part
WHERE centre = :centre AND message_id = :message_id AND kept_at BETWEEN :oldest AND :latest
ORDER BY max(rowid) OVER (PARTITION BY reference) DESC, part
"""


class Spool:
    """The memory of one centre.

    `report_ids`: the id format of its reports, None if not configured: then no report is believed. `one_is_enough`: the centre reports
    once for a message of any number of parts.
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

    def take_over(self) -> None:
        """Convert former tables to the present ones before talking to a centre, which would not wait meanwhile."""
        with self._open():
            pass

    def intend(self, parts_of: Mapping[UUID, int]) -> None:
        """Note how many parts messages have before any is sent: if that fails, none may be sent, since it would be sent again for ever.

        Writes each time, also for a message that is sent again: a full disk must show here.
        """
        long_ago = (clock.now() - _KEPT).isoformat()
        with self._open() as file:
            file.execute(
                "DELETE FROM part WHERE rowid IN (SELECT rowid FROM part WHERE kept_at < ? LIMIT ?)",
                (long_ago, _DROPPED_AT_ONCE),
            )
            for reference, parts in parts_of.items():
                file.execute("DELETE FROM part WHERE reference = ? AND parts <> ?", (str(reference), parts))
                file.executemany(
                    "INSERT INTO part (reference, part, parts, centre, kept_at) VALUES (?, ?, ?, ?, ?)"
                    " ON CONFLICT (reference, part) DO UPDATE SET kept_at = excluded.kept_at",
                    [(str(reference), one, parts, self._centre, _now()) for one in range(1, parts + 1)],
                )

    def keep_part(self, reference: UUID, *, part: int, parts: int, message_id: str) -> None:
        """Note the centre's id for a part; a report that came before the id is given to its part."""
        given = message_id if len(message_id) <= LONGEST_ID else ""
        spelled = self._how and of_answer(given, self._how)
        with self._open() as file:
            file.execute(
                "INSERT OR REPLACE INTO part (reference, part, parts, centre, given, message_id, kept_at)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                (str(reference), part, parts, self._centre, given, spelled, _now()),
            )
            self._drop_early(file)
            self._believe_early(file, spelled)

    def is_whole(self, reference: UUID) -> bool:
        """Tell whether the centre has taken every part of this message before."""
        with self._open() as file:
            (whole,) = file.execute(
                "SELECT count(given) > 0 AND count(given) = max(parts) FROM part WHERE reference = ?",
                (str(reference),),
            ).fetchone()
        return bool(whole)

    def keep_report(
        self,
        message_id: str,
        *,
        outcome: Outcome,
        at: dt.datetime,
        answered: str = "",
        said: str | None = None,
    ) -> None:
        """Record a final report. The first one counts; one about an unknown message waits for its message.

        `message_id`: the id as the report writes it; `answered`: the answer's id, as the report repeats it; one of them may be empty. If
        both are given and name different messages, neither is believed. `said`: the whole report. A centre that got no acknowledgement
        repeats it sign by sign, and that is no report of a second part. An id with more signs than SMPP allows is ignored.
        """
        if max(len(message_id), len(answered)) > LONGEST_ID:
            return
        spelled = self._how and _one_message(message_id, answered, self._how)
        heard = said and hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()
        known = (spelled, outcome.value, at.isoformat(), heard)
        with self._open() as file:
            self._drop_early(file)
            if not self._believe(file, *known):
                waits = (self._centre, message_id, answered, *known)
                file.execute("INSERT OR IGNORE INTO early VALUES (?, ?, ?, ?, ?, ?, ?)", waits)

    def waiting(self) -> dict[ReportIds, int] | None:
        """Return, if the id format is not configured, how many waiting reports match a message in each format."""
        with self._open() as file:
            reports = file.execute(
                "SELECT given, answered FROM early WHERE centre = ? ORDER BY at DESC LIMIT ?",
                (self._centre, _LOOKED_AT),
            ).fetchall()
            if self._how is not None or not reports:
                return None
            latest = "SELECT given FROM part WHERE centre = ? AND given <> '' ORDER BY rowid DESC LIMIT ?"
            answers = [given for (given,) in file.execute(latest, (self._centre, 100 * _LOOKED_AT))]
        known = {how: {of_answer(one, how) for one in answers} - {None} for how in ReportIds}
        return {
            how: sum(_one_message(given, answered, how) in known[how] for given, answered in reports)
            for how in ReportIds
        }

    def settled(self) -> list[DeliveryReport]:
        """Return the certain outcomes of whole messages that are not in the register yet."""
        with self._open() as file:
            return [
                DeliveryReport(reference, Outcome(outcome), dt.datetime.fromisoformat(at))
                for reference, outcome, at in file.execute(_SETTLED, {"one_is_enough": self._one_is_enough})
            ]

    def forget(self, reports: Iterable[DeliveryReport]) -> None:
        """Note that these are in the register."""
        with self._open() as file:
            file.executemany(
                "UPDATE part SET is_notified = 1 WHERE reference = ?", [(one.reference,) for one in reports]
            )

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._opened() as file:
                yield file
        except (OSError, sqlite3.Error) as fault:
            raise GatewayBroken from fault

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        self._file.touch(mode=0o600)
        with closing(sqlite3.connect(self._file, timeout=30, isolation_level=None)) as file:
            _make_tables(file, self._centre)
            # Lock before the first look: one process hears reports and another sends. A report that finds no message, because the
            # message is just being noted, would wait for a message that is there already.
            file.execute("BEGIN IMMEDIATE")
            with file:
                known = "SELECT report_ids FROM known WHERE centre = ?"
                if file.execute(known, (self._centre,)).fetchone() != (self._how,):
                    self._write_ids_again(file)
                yield file

    def _write_ids_again(self, file: sqlite3.Connection) -> None:
        """Write the stored ids again, in the form that the settings have now."""
        how, centre = self._how, self._centre
        file.execute("INSERT OR REPLACE INTO known VALUES (?, ?)", (centre, how))
        file.create_function("answer", 1, lambda given: how and of_answer(given, how), deterministic=True)
        file.create_function("report", 2, lambda given, answered: how and _one_message(given, answered, how))
        file.execute(
            "UPDATE part SET message_id = answer(given) WHERE centre = ? AND kept_at >= ?",
            (centre, _oldest()),
        )
        file.execute("UPDATE early SET message_id = report(given, answered) WHERE centre = ?", (centre,))
        waits = "SELECT DISTINCT message_id FROM early WHERE centre = ? AND message_id IS NOT NULL"
        for (message_id,) in file.execute(waits, (centre,)).fetchall():
            self._believe_early(file, message_id)

    def _believe_early(self, file: sqlite3.Connection, message_id: str | None) -> None:
        """Give the waiting reports of an id to the parts that they are about, the oldest report first."""
        waits = file.execute(
            "SELECT rowid, message_id, outcome, at, heard FROM early WHERE centre = ? AND message_id = ? ORDER BY at",
            (self._centre, message_id),
        ).fetchall()
        for row, *known in waits:
            if self._believe(file, *known):
                file.execute("DELETE FROM early WHERE rowid = ?", (row,))

    def _believe(
        self, file: sqlite3.Connection, message_id: str | None, outcome: str, at: str, heard: str | None
    ) -> bool:
        """Record the outcome of a part; tell whether the id is known. The first report counts."""
        values = {
            "centre": self._centre, "message_id": message_id, "heard": heard, "oldest": _oldest(),
            "latest": (dt.datetime.fromisoformat(at) + _EARLY).isoformat(),
        }  # fmt: skip
        if file.execute(_HEARD, values).fetchone():
            return True
        named = file.execute(_NAMED, values).fetchall()
        given_up = (dt.datetime.fromisoformat(at) - _GIVEN_UP).isoformat()
        waiting = [
            (row, reference)
            for row, reference, kept_at, is_open in named
            if is_open and (kept_at >= given_up or reference == named[0][1])
        ]
        if waiting and {reference for _, reference in waiting} == {named[0][1]}:
            row, _ = waiting[0]
            file.execute(
                "UPDATE part SET outcome = ?, at = ?, heard = ? WHERE rowid = ?", (outcome, at, heard, row)
            )
        return bool(named)

    def _drop_early(self, file: sqlite3.Connection) -> None:
        """Drop this centre's unmatched reports after an hour: later if the id format is not configured."""
        none_before = _oldest() if self._how is None else (clock.now() - _EARLY).isoformat()
        file.execute(
            "DELETE FROM early WHERE at < ? OR at < ? AND centre = ?", (_oldest(), none_before, self._centre)
        )


def _one_message(reported: str, answered: str, how: ReportIds) -> str | None:
    """Return the id of a report's message: by the id that the report writes, by the answer's id that it repeats, or by both."""
    spelled = of_report(reported, how)
    if not reported:
        return of_answer(answered, how)
    if not answered or spelled in {of_answer(answered, how), of_report(answered, how)}:
        return spelled
    return None


def _make_tables(file: sqlite3.Connection, centre: str) -> None:
    if _steps(file):
        file.execute("BEGIN IMMEDIATE")
        with file:
            for statement in _steps(file):
                named = {"now": _now(), "centre": centre, "since": (clock.now() - _KEPT).isoformat()}
                file.execute(statement, {one: named[one] for one in named if f":{one}" in statement})
    file.executescript(_TABLES)


def _steps(file: sqlite3.Connection) -> tuple[str, ...]:
    """Return the statements that convert existing tables to the present ones."""
    columns = {name for _, name, *_ in file.execute("PRAGMA table_info(part)").fetchall()}
    if not columns or "centre" in columns:
        return ()
    return (*(() if "given" in columns else _FROM_THE_FIRST_TABLES), *_FROM_TABLES_OF_ONE_CENTRE)


def _oldest() -> str:
    return (clock.now() - _OLDEST).isoformat()


def _now() -> str:
    return clock.now().isoformat()
