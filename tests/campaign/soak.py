# SPDX-License-Identifier: EUPL-1.2
"""A nation's lines through two years of nights, compared with what `simulate` says of the same histories.

The file is imported and the campaign planned as by an operator; every subscriber has an invented life. Each night has a nightly run, a
dry run, a batch that is prepared, approved by two and run; the network gets its commands and is read back while batches still run; what
the law no longer allows to keep is erased. Separate from the test, which expects no difference.
"""

import csv
import datetime as dt
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import copy_context
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from django.db import OperationalError, connection

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.campaign import batch_execution, batch_planning, court_stays, nightly
from rollkeeper.campaign.errors import DAY_CLOSED
from rollkeeper.imports.files import scan_file
from rollkeeper.imports.mapping import make_map
from rollkeeper.imports.services import import_lines
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import progress
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.choices import Engine
from rollkeeper.law.packs import load_pack
from rollkeeper.law.simulation import simulate
from rollkeeper.provisioning.choices import Answer, ReadBack
from rollkeeper.provisioning.gateways.base import NOTHING_LEFT, Order, Wanted
from rollkeeper.provisioning.services import push_due
from rollkeeper.retention.services import erase_due
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.lines import mark_registered, terminate_line
from tests.campaign.population import PACK, approved_batches, day, plan
from tests.memory import Peaks
from tests.refusals import is_refused_by

FIRST, LAST = day("2011-12-12"), day("2013-12-11")
STAY = (day("2012-03-19"), day("2012-03-23"))
OUTAGES = ((day("2012-03-05"), day("2012-03-07")), (day("2013-04-01"), day("2013-04-09")))
MAP = {
    "number": {"column": "number"}, "service": {"constant": "mobile"}, "activated_on": {"column": "since"},
    "region": {"prefixes": {"+861380": "0891", "+86138": "0892"}}, "reference": {"column": "id"},
}  # fmt: skip

# Each line's random life. A tenth is never notified; some register, some end, some cannot come.
LIVES = """
    CREATE TABLE soak_life AS
    SELECT line_id, activated_on, {notified_on} AS notified_on, {registered_on} AS registered_on,
           CASE WHEN ends < 0.01 THEN date '2012-01-05' + floor(140 * ends / 0.01)::integer END AS ended_on,
           CASE WHEN waits < 0.15 THEN daterange(date '2012-01-10' + floor(110 * waits / 0.15)::integer,
                date '2012-01-10' + floor(110 * waits / 0.15)::integer + 1 + floor(35 * waits_long)::integer) END AS pause,
           CASE WHEN held < 0.01 THEN daterange('2013-02-01', '2013-02-02') + daterange(date '2013-02-02',
                date '2013-02-02' + floor(120 * held / 0.01)::integer + 1) END AS hold
      FROM (SELECT line_id, activated_on, (row_number() OVER (ORDER BY line_id) - 1) / (count(*) OVER ())::float AS place,
                   random() AS notified, random() AS comes, random() AS ends, random() AS waits,
                   random() AS waits_long, random() AS held{more} FROM lines_line ORDER BY line_id) drawn
"""
WORST = {
    "more": "",
    "notified_on": "CASE WHEN notified < 0.9 THEN date '2011-12-13' + floor(65 * notified / 0.9)::integer END",
    "registered_on": "CASE WHEN comes < 0.55 THEN date '2012-01-02' + floor(150 * comes / 0.55)::integer END",
}
"""Notified in random order, and nearly half come to no counter: two thirds are barred."""
_NOTIFIED_USUALLY = "date '2011-12-13' + floor(65 * place)::integer + CASE WHEN late < 0.05 THEN floor(30 * late / 0.05)::integer ELSE 0 END"
USUAL = {
    "more": ", random() AS late",
    "notified_on": f"CASE WHEN notified < 0.9 THEN {_NOTIFIED_USUALLY} END",
    "registered_on": f"CASE WHEN comes < 0.45 THEN {_NOTIFIED_USUALLY} + 1 + floor(10 * comes / 0.45)::integer"
    f" WHEN comes < 0.85 THEN {_NOTIFIED_USUALLY} + floor(105 * (comes - 0.45) / 0.4)::integer END",
}
"""Notified in the order of the register, like real notices, one in twenty late; 85 of a hundred register, half of them soon."""
FATES = """
    COPY (
        SELECT l.line_id AS line, s.begun_on AS suspended_on, s.restored_on AS restored_on, l.terminated_on AS ended_on, l.terminated_by AS ended_by,
               l.erased_on
          FROM soak_life JOIN lines_line l USING (line_id)
          LEFT JOIN lines_suspension s ON s.line_id = l.line_id AND s.reason = 'registration'
         WHERE {of}
    ) TO STDOUT (FORMAT CSV)
"""
HISTORIES = """
    COPY (
        WITH life AS NOT MATERIALIZED (SELECT * FROM soak_life WHERE {of})
        SELECT line_id AS line, activated_on AS date, 'activated' AS event, NULL::date AS until FROM life
        UNION ALL SELECT line_id, notified_on, 'notice_delivered', NULL FROM life WHERE notified_on IS NOT NULL
        UNION ALL SELECT line_id, registered_on, 'registered', NULL FROM life WHERE registered_on IS NOT NULL
        UNION ALL SELECT line_id, ended_on, 'ended', NULL FROM life WHERE ended_on IS NOT NULL
        UNION ALL SELECT line_id, lower(pause), 'pause', upper(pause) - 1 FROM life WHERE pause IS NOT NULL
        UNION ALL SELECT line_id, lower(hold), 'hold', upper(hold) - 1 FROM life WHERE hold IS NOT NULL
    ) TO STDOUT (FORMAT CSV)
"""
COMPARED_AT_ONCE = 1_000_000
"""As many lines as fit into the memory of a small machine with all of their two years."""


@dataclass
class Lived:
    """The result for a nation, with its differences from `simulate`."""

    seconds: dict[str, float]
    peaks: Peaks
    counts: dict[str, int]
    different: pl.DataFrame
    longest_chunk: float
    """The longest time that a stay waits."""
    slowest_quiet_night: float
    """Among the nights on which the nightly run found nothing to do."""
    dry_runs_kept: bool
    """Whether each night did what its dry run had said."""


class Network:
    """A network that does what it is commanded, in as little memory as ten million lines allow."""

    needs_number = False
    _STATES = tuple(ReadBack)

    def __init__(self) -> None:
        self._held: dict[int, int] = {}

    def push(self, orders: Sequence[Order]) -> list[Answer]:
        return [self._one(order) for order in orders]

    def _one(self, order: Order) -> Answer:
        if self._held.get(order.line_id.int, 0) >> 3 > order.sequence:
            return Answer.REFUSED
        self._held[order.line_id.int] = order.sequence << 3 | self._STATES.index(order.kind.proof)
        return Answer.ACCEPTED

    def read_back(self, lines: Sequence[LineId], *, bars: Wanted = NOTHING_LEFT) -> list[ReadBack]:
        open_line = self._STATES.index(ReadBack.OPEN)
        return [self._STATES[self._held.get(line.int, open_line) & 7] for line in lines]


class Watch:
    """Adds up the time of each kind of work, and measures memory in between."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.peaks = Peaks()
        self.longest_chunk = self.slowest_quiet_night = 0.0
        self.dry_runs_kept = True
        self._chunk_begun = 0.0

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - begin
        self.peaks.look()

    def say(self) -> str:
        """Return the current figures in one line."""
        kept = "" if self.dry_runs_kept else "; NOT EVERY DRY RUN WAS KEPT"
        return (
            f"{ {what: round(seconds) for what, seconds in self.seconds.items()} }; longest chunk {self.longest_chunk:.2f} s,"
            f" slowest quiet night {self.slowest_quiet_night:.2f} s; {self.peaks.say()}{kept}"
        )

    def chunk(self, _: int) -> None:
        now = time.perf_counter()
        self.longest_chunk, self._chunk_begun = max(self.longest_chunk, now - self._chunk_begun), now

    def batch(self) -> None:
        self._chunk_begun = time.perf_counter()


def live_two_years(size: int, folder: Path, people: tuple[Authority, Authority]) -> Lived:
    """Play so many lines from the import to the last erasure, and compare each with its outcome by the law."""
    watch = Watch()
    file = write_lines(folder, size)
    with watch.of("import"):
        take_in(file)
    begin_lives()
    with watch.of("plan, and owe each a notice"):
        plan(FIRST)
    live(people, watch)
    return compared(folder, watch)


def compared(folder: Path, watch: Watch) -> Lived:
    """Compare the outcome of each line with `simulate` on the same history, some lines at a time."""
    parts = max(1, -(-rows("SELECT count(*) AS lines FROM soak_life")[0].lines // COMPARED_AT_ONCE))
    of_parts = [f"get_byte(uuid_send(soak_life.line_id), 15) % {parts} = {part}" for part in range(parts)]
    counts, different = zip(*(_compared(folder, watch, of) for of in of_parts), strict=True)
    return Lived(
        watch.seconds, watch.peaks, {what: sum(one[what] for one in counts) for what in counts[0]},
        pl.concat(different).head(5), watch.longest_chunk, watch.slowest_quiet_night, watch.dry_runs_kept,
    )  # fmt: skip


def _compared(folder: Path, watch: Watch, of: str) -> tuple[dict[str, int], pl.DataFrame]:
    found, wanted = read_fates(folder, of), by_simulation(folder, watch, of)
    alike = found.join(wanted, on=wanted.columns, nulls_equal=True)
    counts = {
        "lines": found.height, "compared": wanted.height, "different": found.height - alike.height,
        "suspended": found["suspended_on"].is_not_null().sum(), "restored": found["restored_on"].is_not_null().sum(),
        "ended": found["ended_on"].is_not_null().sum(), "erased": found["erased_on"].is_not_null().sum(),
    }  # fmt: skip
    return counts, found.join(wanted, on=wanted.columns, nulls_equal=True, how="anti").head(5)


def forget() -> None:
    """Drop the table of lives."""
    run("DROP TABLE IF EXISTS soak_life")


def write_lines(folder: Path, size: int) -> Path:
    """Write an operator's file of lines."""
    file, dice = folder / "lines.csv", random.Random(11)  # noqa: S311
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["number", "since", "id"])
        for n in range(size):
            since = dt.date(2009, 1, 1) + dt.timedelta(days=dice.randrange(1070))
            writer.writerow([f"138{n:08d}", since.isoformat(), f"A{n}"])
    return file


def take_in(file: Path) -> None:
    """Import it."""
    begin_first_epoch()
    clock.set_demo_date(day("2011-12-10"))
    seen = scan_file(file)
    made = make_map(MAP, named="soak", header=seen.header)
    refused = file.with_suffix(".refused")
    import_lines(console_authority(), seen, made, refused_file=refused, on=day("2011-12-10"))


def begin_lives(lives: Mapping[str, str] = WORST) -> None:
    """Draw a random life for each line."""
    run("SET statement_timeout = 0")
    run("SELECT setseed(0.25)")
    run(LIVES.format(**lives))
    for column in ("notified_on", "registered_on", "ended_on"):
        run(f"CREATE INDEX ON soak_life ({column})")
    run("CREATE INDEX ON soak_life (lower(pause))")
    run("ANALYZE")
    run(
        "INSERT INTO lines_legalhold (line_id, legal_hold_id, days, case_reference, review_on)"
        " SELECT line_id, gen_random_uuid(), hold, 'c', upper(hold) FROM soak_life WHERE hold IS NOT NULL"
    )


def live(
    people: tuple[Authority, Authority],
    watch: Watch,
    *,
    first: dt.date = FIRST,
    has_happened: bool = False,
    done: Callable[[dt.date, str], None] = lambda _on, _what: None,
) -> None:
    """Play each day: first its events, then its nightly run, except on days of outage.

    Can continue from the day on which an earlier run broke off. `done` is called after each half of a day; for the first half, in the
    transaction of its events.
    """
    on, network = first, Network()
    while on <= LAST:
        clock.set_demo_date(on)
        if not has_happened:
            with watch.of("what people do"):
                hear(on)
                with action():
                    happen(on)
                    done(on, "happened")
        has_happened = False
        if not any(first <= on <= last for first, last in OUTAGES):
            _night(on, people, network, watch)
            with watch.of("tell the network of what is left"):
                push_due(worker_authority(), on=on, gateway=network)
            with watch.of("erase and free numbers"):
                erase_due(worker_authority(), on=on)
        done(on, "night")
        if on.day == 1:
            print(on, watch.say(), flush=True)
        on += dt.timedelta(days=1)


def _night(on: dt.date, people: tuple[Authority, Authority], network: Network, watch: Watch) -> None:
    begin = time.perf_counter()
    with watch.of("worker"):
        night = nightly.run_nightly(worker_authority(), on=on)
    took = time.perf_counter() - begin
    with watch.of("dry run"):
        due = _dry_run(on)
    with watch.of("prepare and approve"):
        approved_batches(on, people)
    done, batch_ids = 0, batch_execution.batches_to_run(on=on)
    with watch.of("suspend and end, and tell the network meanwhile"):
        if batch_ids:
            with _telling(network, on):
                for batch_id in batch_ids:
                    watch.batch()
                    done += batch_execution.run_batch(
                        worker_authority(), batch_id, on=on, moved=watch.chunk
                    ).done
    watch.dry_runs_kept &= due == done
    if night == nightly.NightlyResult() and not due:
        watch.slowest_quiet_night = max(watch.slowest_quiet_night, took)


@contextmanager
def _telling(network: Network, on: dt.date) -> Iterator[None]:
    """Send network commands in parallel, as a job of a running instance does."""
    over = threading.Event()

    def job() -> None:
        try:
            while not over.wait(0.1):
                # A round that waits too long for the disk is broken off, and its job begins another.
                with suppress(OperationalError):
                    push_due(worker_authority(), on=on, gateway=network)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as default_path:
        telling = default_path.submit(copy_context().run, job)
        try:
            yield
        finally:
            over.set()
    telling.result()


def _dry_run(on: dt.date) -> int:
    try:
        return sum(one.count for one in batch_planning.check_day(console_authority(), due_on=on, on=on))
    except RollkeeperError as refused:
        if is_refused_by(refused, DAY_CLOSED):
            return 0
        raise


def hear(on: dt.date) -> None:
    """Notify the people of the campaign, in two halves at the same time; a second call changes nothing."""

    def half(which: int) -> None:
        try:
            run("SET statement_timeout = 0")
            run(
                "UPDATE notices_notice n SET state = 'delivered', delivered_on = %s, channel = 'sms' FROM soak_life s"
                " WHERE s.notified_on = %s AND n.line_id = s.line_id AND n.kind = 'register_by'"
                " AND get_byte(uuid_send(s.line_id), 15) %% 2 = %s",
                [on, on, which],
            )
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as default_path:
        list(default_path.map(half, range(2)))


def happen(on: dt.date) -> None:
    """Apply a day's events: a court's stay, pauses, registrations and terminations."""
    if on == STAY[0]:
        court_stays.enter_stay(console_authority(), first=STAY[0], last=STAY[1], reason="court", on=on)
    run(
        "INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at)"
        " SELECT s.line_id, gen_random_uuid(), s.pause, 'hospital', %s FROM soak_life s JOIN lines_line l USING (line_id)"
        " WHERE lower(s.pause) = %s AND l.terminated_on IS NULL",
        [clock.now(), on],
    )
    living = "SELECT s.line_id FROM soak_life s JOIN lines_line l USING (line_id) WHERE {} = %s AND l.terminated_on IS NULL"
    with action():
        coming = [row.line_id for row in rows(living.format("s.registered_on"), [on])]
        if coming:
            mark_registered(coming, on=on)
    for row in rows(living.format("s.ended_on"), [on]):
        with action():
            terminate_line(row.line_id, by="subscriber", quarantined_until=on + dt.timedelta(days=90), on=on)


def by_simulation(folder: Path, watch: Watch, of: str) -> pl.DataFrame:
    """Return the result of `simulate` for the same histories; both engines must agree."""
    file = folder / "events.csv"
    with file.open("wb") as opened, connection.cursor() as cursor:
        opened.write(b"line,date,event,until\n")
        for name, stretches in (("stay", (STAY,)), ("outage", OUTAGES)):
            for first, last in stretches:
                opened.write(f"*,{first},{name},{last}\n".encode())
        with cursor.copy(HISTORIES.format(of=of)) as copy:
            for piece in copy:
                opened.write(piece)
    with watch.of("simulate, both engines"):
        result = simulate(
            load_pack(PACK),
            file,
            first=FIRST,
            last=LAST,
            engine=Engine.BOTH,
            progress=progress,
        )
    return result.outcomes


def read_fates(folder: Path, of: str) -> pl.DataFrame:
    """Return the outcome of these lines from the tables."""
    file = folder / "fates.csv"
    with file.open("wb") as opened, connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        with cursor.copy(FATES.format(of=of)) as copy:
            for piece in copy:
                opened.write(piece)
    columns = {"line": pl.String, "suspended_on": pl.Date, "restored_on": pl.Date, "ended_on": pl.Date, "ended_by": pl.String, "erased_on": pl.Date}  # fmt: skip
    return pl.read_csv(file, has_header=False, schema=columns)
