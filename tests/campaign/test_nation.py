# SPDX-License-Identifier: EUPL-1.2
"""A nation's lines through two years of nights, held against `simulate` line by line: not one may differ.

The file is imported as an operator would, the campaign planned, everybody lives an invented life, each night is swept,
approved by two and carried out, and what the law no longer allows to keep is erased. Then the very same histories go
through `rollkeeper simulate` with both engines, and every line's fate must be the same to the day.

    ROLLKEEPER_SOAK_LINES=1000000 ROLLKEEPER_SOAK_REPORT=report.txt python -m pytest -m soak tests/campaign/test_nation.py
"""

import csv
import datetime as dt
import os
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from django.db import connection

from rollkeeper.access.authority import Authority, console_authority, sweep_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import acts
from rollkeeper.campaign.importing.acts import import_lines
from rollkeeper.campaign.importing.files import look
from rollkeeper.campaign.importing.maps import make_map
from rollkeeper.kernel import clock, opening
from rollkeeper.kernel.console import progress
from rollkeeper.kernel.database import act, rows, run
from rollkeeper.law.engines import Engine
from rollkeeper.law.packs import load_pack
from rollkeeper.law.simulation import simulate
from rollkeeper.lines.changes import end_line_state, record_registrations
from rollkeeper.network.acts import push_due
from rollkeeper.retention.acts import erase_due
from rollkeeper.vault.acts import begin_first_epoch
from tests.campaign.population import PACK, day, night, person, plan
from tests.memory import Peaks
from tests.network.fakes import Element

FIRST, LAST = day("2011-12-12"), day("2013-12-11")
STAY = (day("2012-03-19"), day("2012-03-23"))
OUTAGES = ((day("2012-03-05"), day("2012-03-07")), (day("2013-04-01"), day("2013-04-09")))
MAP = {
    "number": {"column": "number"}, "service": {"constant": "mobile"}, "activated_on": {"column": "since"},
    "region": {"prefixes": {"+861380": "0891", "+86138": "0892"}}, "reference": {"column": "id"},
}  # fmt: skip

# Each line's life, drawn by lot. A tenth is never told; of those told some register, some end, some cannot come.
LIVES = """
    CREATE TABLE soak_life AS
    SELECT line_id, activated_on,
           CASE WHEN told < 0.9 THEN date '2011-12-13' + floor(65 * told / 0.9)::integer END AS told_on,
           CASE WHEN comes < 0.55 THEN date '2012-01-02' + floor(150 * comes / 0.55)::integer END AS registered_on,
           CASE WHEN ends < 0.03 THEN date '2012-01-05' + floor(140 * ends / 0.03)::integer END AS ended_on,
           CASE WHEN waits < 0.15 THEN daterange(date '2012-01-10' + floor(110 * waits / 0.15)::integer,
                date '2012-01-10' + floor(110 * waits / 0.15)::integer + 1 + floor(35 * waits_long)::integer) END AS pause,
           CASE WHEN held < 0.01 THEN daterange('2013-02-01', '2013-02-02') + daterange(date '2013-02-02',
                date '2013-02-02' + floor(120 * held / 0.01)::integer + 1) END AS hold
      FROM (SELECT line_id, activated_on, random() AS told, random() AS comes, random() AS ends, random() AS waits,
                   random() AS waits_long, random() AS held FROM lines_line ORDER BY line_id) drawn
"""
FATES = """
    SELECT l.line_id::text AS line, s.begun_on AS suspended_on, s.lifted_on AS restored_on, l.ended_on, l.ended_by,
           l.erased_on
      FROM soak_life JOIN lines_line l USING (line_id)
      LEFT JOIN lines_suspension s ON s.line_id = l.line_id AND s.reason = 'registration'
     ORDER BY 1
"""
HISTORIES = """
    COPY (
        SELECT line_id AS line, activated_on AS date, 'activated' AS event, NULL::date AS until FROM soak_life
        UNION ALL SELECT line_id, told_on, 'notice_delivered', NULL FROM soak_life WHERE told_on IS NOT NULL
        UNION ALL SELECT line_id, registered_on, 'registered', NULL FROM soak_life WHERE registered_on IS NOT NULL
        UNION ALL SELECT line_id, ended_on, 'ended', NULL FROM soak_life WHERE ended_on IS NOT NULL
        UNION ALL SELECT line_id, lower(pause), 'pause', upper(pause) - 1 FROM soak_life WHERE pause IS NOT NULL
        UNION ALL SELECT line_id, lower(hold), 'hold', upper(hold) - 1 FROM soak_life WHERE hold IS NOT NULL
    ) TO STDOUT (FORMAT CSV)
"""


class Report:
    """What took how long, and how much memory: printed, and written where the environment says."""

    def __init__(self, size: int) -> None:
        self.seconds: dict[str, float] = {}
        self.size = size
        self.peaks = Peaks()

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.seconds[what] = self.seconds.get(what, 0.0) + time.perf_counter() - begin
        self.peaks.look()

    def write(self, *more: str) -> None:
        said = [f"{self.size:,} lines, {FIRST} to {LAST}; load {os.getloadavg()[1]:.1f}", self.peaks.say()]
        said += [f"{what}: {seconds:,.1f} s" for what, seconds in self.seconds.items()]
        text = "\n".join([*said, *more]) + "\n"
        print(text)
        if place := os.environ.get("ROLLKEEPER_SOAK_REPORT"):
            Path(place).write_text(text, "utf-8")


@pytest.fixture
def nation(committed: None, no_brakes: None) -> Iterator[Callable[[], None]]:
    """A register with real commits, and the table of lives taken away behind it."""
    opening.open_home_with(lambda: None)  # the home is open: what simulates need not open it
    yield lambda: None
    run("DROP TABLE IF EXISTS soak_life")


def sizes() -> list[object]:
    asked = int(os.environ.get("ROLLKEEPER_SOAK_LINES", "100000"))
    return [max(asked, 2000)]


@pytest.mark.soak
@pytest.mark.parametrize("size", sizes())
def test_a_nations_lines_live_two_years_without_one_difference(
    nation: Callable[[], None], tmp_path: Path, size: int
) -> None:
    people = (person(StaffRole.CAMPAIGN_MANAGER), person(StaffRole.SUPERVISOR))
    report = Report(size)
    with report.of("import"):
        take_in(tmp_path, size)
    begin_lives()
    with report.of("plan, and owe each a notice"):
        plan(FIRST)
    live(people, report)
    wanted = by_simulation(tmp_path, report)

    found = read_fates()

    cut, ended, erased = (
        found[name].is_not_null().sum() for name in ("suspended_on", "ended_on", "erased_on")
    )
    different = found.height - found.join(wanted, on=wanted.columns, nulls_equal=True).height
    report.write(
        f"suspended {cut:,}, ended {ended:,}, erased {erased:,}, compared {wanted.height:,}, different {different:,}"
    )
    assert (found.height, wanted.height) == (size, size)
    assert min(cut, ended, erased) > size // 50
    assert different == 0, found.join(wanted, on=wanted.columns, nulls_equal=True, how="anti").head(5)


def take_in(folder: Path, size: int) -> None:
    begin_first_epoch()
    clock.give_day(day("2011-12-10"))
    file, dice = folder / "lines.csv", random.Random(11)  # noqa: S311
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["number", "since", "id"])
        for n in range(size):
            since = dt.date(2009, 1, 1) + dt.timedelta(days=dice.randrange(1070))
            writer.writerow([f"138{n:08d}", since.isoformat(), f"A{n}"])
    seen = look(file)
    made = make_map(MAP, named="soak", header=seen.header)
    import_lines(console_authority(), seen, made, refused_file=folder / "refused.csv", on=day("2011-12-10"))


def begin_lives() -> None:
    run("SELECT setseed(0.25)")
    run(LIVES)
    for column in ("told_on", "registered_on", "ended_on"):
        run(f"CREATE INDEX ON soak_life ({column})")
    run("CREATE INDEX ON soak_life (lower(pause))")
    run(
        "INSERT INTO lines_hold (line_id, hold_id, days, case_reference, review_on)"
        " SELECT line_id, gen_random_uuid(), hold, 'c', upper(hold) FROM soak_life WHERE hold IS NOT NULL"
    )
    run("ANALYZE")


def live(people: tuple[Authority, Authority], report: Report) -> None:
    """Let each day's events happen before its night; on days of outage nobody plays the night."""
    on, element = FIRST, Element()
    while on <= LAST:
        clock.give_day(on)
        with report.of("what people do"):
            happen(on)
        if not any(first <= on <= last for first, last in OUTAGES):
            if on < day("2012-12-01"):
                with report.of("nights: sweep, draw up, approve, suspend, end"):
                    night(on, people)
                with report.of("tell the network"):
                    push_due(sweep_authority(), on=on, gateway=element)
            with report.of("erase and free numbers"):
                erase_due(sweep_authority(), on=on)
        on += dt.timedelta(days=1)


def happen(on: dt.date) -> None:
    if on == STAY[0]:
        acts.enter_stay(console_authority(), first=STAY[0], last=STAY[1], reason="court", on=on)
    run(
        "UPDATE notices_notice n SET state = 'delivered', delivered_on = %s, channel = 'sms' FROM soak_life s"
        " WHERE s.told_on = %s AND n.line_id = s.line_id AND n.kind = 'register_by'",
        [on, on],
    )
    run(
        "INSERT INTO lines_pause (line_id, pause_id, days, reason, recorded_at)"
        " SELECT s.line_id, gen_random_uuid(), s.pause, 'hospital', %s FROM soak_life s JOIN lines_line l USING (line_id)"
        " WHERE lower(s.pause) = %s AND l.ended_on IS NULL",
        [clock.now(), on],
    )
    living = "SELECT s.line_id FROM soak_life s JOIN lines_line l USING (line_id) WHERE {} = %s AND l.ended_on IS NULL"
    with act():
        coming = [row.line_id for row in rows(living.format("s.registered_on"), [on])]
        if coming:
            record_registrations(coming, languages=[None] * len(coming), on=on)
    for row in rows(living.format("s.ended_on"), [on]):
        with act():
            end_line_state(row.line_id, by="subscriber", quarantined_until=on + dt.timedelta(days=90), on=on)


def by_simulation(folder: Path, report: Report) -> pl.DataFrame:
    """Return what `simulate` says of the same histories, both engines agreeing."""
    file = folder / "events.csv"
    with file.open("wb") as opened, connection.cursor() as cursor:
        opened.write(b"line,date,event,until\n")
        for name, stretches in (("stay", (STAY,)), ("outage", OUTAGES)):
            for first, last in stretches:
                opened.write(f"*,{first},{name},{last}\n".encode())
        with cursor.copy(HISTORIES) as copy:
            for piece in copy:
                opened.write(piece)
    with report.of("simulate, both engines"):
        outcome = simulate(
            load_pack(PACK),
            file,
            first=FIRST,
            last=LAST,
            engine=Engine.BOTH,
            progress=progress,
        )
    return outcome.fates


def read_fates() -> pl.DataFrame:
    found = [tuple(row) for row in rows(FATES)]
    columns = {"line": pl.String, "suspended_on": pl.Date, "restored_on": pl.Date, "ended_on": pl.Date, "ended_by": pl.String, "erased_on": pl.Date}  # fmt: skip
    return pl.DataFrame(found, schema=columns, orient="row")
