"""`rollkeeper simulate`: what would happen to each line, before anyone is touched."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings

from rollkeeper.kernel.error_messages import translated
from rollkeeper.kernel.files import write_atomically
from rollkeeper.law.chart import _glyphs, svg_chart
from rollkeeper.law.choices import Engine
from rollkeeper.law.engine_rules import by_campaign, moments, run_rules, span_of
from rollkeeper.law.errors import ENGINES_DISAGREE, EVENT_FAULT, INVALID_SPAN, UNSUPPORTED_PACK_FIELD
from rollkeeper.law.events import read_events
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import History, LineOutcome, stage_of
from rollkeeper.law.simulation import refuse_difference, simulate
from rollkeeper.law.stages import stage_counts, stage_names
from tests.builders.packs import write_pack
from tests.builders.stages import FIVE, staged
from tests.command_server import CommandServer
from tests.law.day_by_day import Row
from tests.law.populations import populations, write_rows
from tests.refusals import refusing

D = dt.date
CASES = Path(__file__).parents[1] / "cases"
WORKED = CASES / "simulation" / "worked.csv"
EXPECTED = (CASES / "simulation" / "worked-expected.csv").read_bytes()


@pytest.fixture(scope="module")
def run() -> Iterator[Callable[..., subprocess.CompletedProcess[str]]]:
    """Run the command, without waiting for its start each time."""
    command_server = CommandServer(os.environ)
    yield lambda *arguments: command_server.run("simulate", *map(str, arguments))
    command_server.go()


def days(first: str = "2012-01-01", last: str = "2014-12-31") -> list[str]:
    return ["--from", first, "--to", last]


@contextmanager
def no_progress(what: str):
    class Quiet:
        def advance(self, steps: int = 1) -> None: ...
        def set_total(self, total: int) -> None: ...

    yield Quiet()


@pytest.mark.parametrize("engine", ["rules", "sql", "both"])
def test_each_engine_writes_the_worked_cases(run, data_dir, tmp_path, engine):
    done = run("cn-xz-2011", WORKED, *days(), "--out", tmp_path / "r.csv", "--engine", engine)

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "r.csv").read_bytes() == EXPECTED


def test_no_name_of_a_line_is_a_formula_in_the_result(run, tmp_path):
    (tmp_path / "e.csv").write_text(
        "line,date,event,until\n=HYPERLINK(A1),2012-01-03,activated,\n+8613900001234,2012-01-03,activated,\n"
    )

    done = run("cn-xz-2011", tmp_path / "e.csv", *days(), "--out", tmp_path / "r.csv", "--engine", "rules")

    assert done.returncode == 0, done.stderr
    assert [row.split(",")[0] for row in (tmp_path / "r.csv").read_text().splitlines()[1:]] == [
        "+8613900001234",
        "'=HYPERLINK(A1)",
    ]


def test_both_engines_run_unless_one_is_named(run, data_dir, tmp_path):
    done = run("cn-xz-2011", WORKED, *days(), "--out", tmp_path / "r.csv", "--plot", tmp_path / "p.svg")

    assert done.returncode == 0, done.stderr
    assert "still to be reached" in done.stdout
    assert ET.parse(tmp_path / "p.svg").getroot().tag.endswith("svg")  # noqa: S314


def test_the_rules_need_no_instance(tmp_path, monkeypatch):
    monkeypatch.setenv("ROLLKEEPER_HOME", str(tmp_path / "nowhere"))

    # As a stranger would: the program itself, with nothing imported before.
    command = [Path(sys.executable).with_name("rollkeeper"), "simulate", "cn-xz-2011", WORKED, *days()]
    command += ["--out", tmp_path / "r.csv", "--engine", "rules", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert json.loads(done.stdout)["stages"]["erased"] == 4
    assert not (tmp_path / "nowhere").exists()


def test_a_faulty_file_writes_nothing_and_names_every_row(run, tmp_path):
    faulty = tmp_path / "faulty.csv"
    faulty.write_text("line,date,event,until\na,2012-02-30,activated,\na,2012-01-01,born,\n", "utf-8")

    done = run("cn-xz-2011", faulty, *days(), "--out", tmp_path / "r.csv", "--plot", tmp_path / "p.svg")

    assert done.returncode == 2
    assert f"{faulty}, row 2, column date: " in done.stderr
    assert f"{faulty}, row 3, column event: " in done.stderr
    assert list(tmp_path.iterdir()) == [faulty]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["atlantis", WORKED, *days()], "There is no rule pack 'atlantis'"),
        (["cn-xz-2011", "nowhere.csv", *days()], "nowhere.csv: No such file"),
        (
            ["cn-xz-2011", WORKED, *days("2012-01-02", "2012-01-01")],
            "--from 2012-01-02 is after --to 2012-01-01",
        ),
        (["cn-xz-2011", WORKED, *days("2012-13-01")], "'2012-13-01' is not a date"),
    ],
)
def test_a_wrong_call_is_answered_in_a_sentence(run, tmp_path, arguments, words):
    done = run(*arguments, "--out", tmp_path / "r.csv", "--engine", "rules")

    assert done.returncode == 2
    assert words in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_refused_before_the_work(run, tmp_path):
    done = run("cn-xz-2011", WORKED, *days(), "--out", tmp_path / "no" / "r.csv", "--engine", "rules")

    assert done.returncode == 2
    assert "no such folder" in done.stderr


@pytest.mark.parametrize(("name", "is_said"), [("registration_2012", False), ("registraton_2012", True)])
def test_a_stay_of_a_campaign_that_the_law_does_not_have_is_said(run, tmp_path, name, is_said):
    file = tmp_path / "e.csv"
    file.write_text(f"{WORKED.read_text('utf-8')}*,2012-02-01,stay:{name},2012-02-09\n", "utf-8")

    done = run("cn-xz-2011", file, *days(), "--out", tmp_path / "r.csv", "--engine", "rules")

    assert done.returncode == 0
    assert ("1 stay names a campaign that this law does not have" in " ".join(done.stderr.split())) is is_said


def test_the_result_never_overwrites_the_histories(run, tmp_path):
    own = tmp_path / "events.csv"
    own.write_bytes(WORKED.read_bytes())

    done = run("cn-xz-2011", own, *days(), "--out", own, "--engine", "rules")

    assert done.returncode == 2
    assert own.read_bytes() == WORKED.read_bytes()


def test_a_pack_that_is_not_fully_supported_is_refused(run, tmp_path):
    done = run(
        CASES / "packs" / "ghana.yaml", WORKED, *days(), "--out", tmp_path / "r.csv", "--engine", "rules"
    )

    assert done.returncode == 1
    assert "'campaigns[0].notices' (none has to be delivered)" in done.stderr
    with refusing(UNSUPPORTED_PACK_FIELD):
        simulate(
            load_pack(CASES / "packs" / "ghana.yaml"),
            WORKED,
            first=D(2012, 1, 1),
            last=D(2012, 1, 1),
            engine=Engine.RULES,
            progress=no_progress,
        )


def test_engines_that_disagree_name_the_lines_and_write_nothing(tmp_path, data_dir, monkeypatch, capsys):
    from rollkeeper.law import engine_sql

    def wrong(pack, events, span, bar):
        found = run_rules(pack, events, span, bar)
        return found.with_columns(pl.col("suspended_on") + pl.duration(days=1))

    monkeypatch.setattr(engine_sql, "run_sql", wrong)
    monkeypatch.setattr("rollkeeper.kernel.instance.open_instance", lambda: None)

    with refusing(ENGINES_DISAGREE) as raised:
        simulate(
            load_pack("cn-xz-2011"),
            WORKED,
            first=D(2012, 1, 1),
            last=D(2014, 12, 31),
            engine=Engine.BOTH,
            progress=no_progress,
        )

    assert str(raised.value) == "The engines disagree about 4 lines: paused, reg-late, silent, told-late."
    assert raised.value.kind.exit_code == 1


def test_one_field_is_enough_to_disagree():
    one = pl.DataFrame({"ended_by": ["campaign", None, None]})
    other = pl.DataFrame({"ended_by": ["campaign", None, "subscriber"]})

    with refusing(ENGINES_DISAGREE, match="about 1 lines: c"):
        refuse_difference(pl.Series(["a", "b", "c"]), one, other)


def test_a_first_day_after_the_last_is_refused():
    with refusing(INVALID_SPAN):
        simulate(
            load_pack("none"),
            WORKED,
            first=D(2012, 1, 2),
            last=D(2012, 1, 1),
            engine=Engine.RULES,
            progress=no_progress,
        )


def test_an_empty_population_has_an_empty_result(run, data_dir, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.write_text("line,date,event,until\n", "utf-8")

    done = run("cn-xz-2011", empty, *days(), "--out", tmp_path / "r.csv", "--plot", tmp_path / "p.svg")

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "r.csv").read_bytes() == EXPECTED.splitlines(keepends=True)[0]


def test_a_line_of_which_only_later_things_are_known_stands_in_the_result(run, data_dir, tmp_path):
    events = write_rows(
        tmp_path / "e.csv", [("a", D(2020, 1, 1), "ended", None), ("*", D(2020, 1, 1), "hold", D(2020, 1, 2))]
    )

    run("cn-xz-2011", events, *days(), "--out", tmp_path / "r.csv")

    assert (tmp_path / "r.csv").read_text("utf-8").splitlines()[1:] == ["a,,,,,"]


def counts_of(
    tmp_path: Path, rows: list[Row], last: dt.date
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    events = read_events(write_rows(tmp_path / "e.csv", rows))
    pack, first = load_pack("cn-xz-2011"), D(2012, 1, 1)
    with no_progress("") as bar:
        outcomes = run_rules(pack, events, span_of(events, first, last), bar)
    known = moments(events, pack=pack, through=last)
    return stage_counts(pack, events, outcomes, first=first, last=last), known, outcomes


@settings(
    max_examples=25, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=populations())
def test_the_stages_of_a_day_are_those_of_its_lines(tmp_path, rows):
    last = D(2013, 6, 30)

    counts, known, outcomes = counts_of(tmp_path, rows, last)

    pack = load_pack("cn-xz-2011")
    for row in counts.gather_every(37).iter_rows(named=True):
        stages = [
            stage_of(
                pack,
                History(
                    known_row["activated_on"],
                    known_row["notified_on"],
                    _counts(known_row, outcome),
                    known_row["ended_on"],
                ),
                LineOutcome(*outcome.values()),
                on=row["day"],
            )
            for known_row, outcome in zip(
                known.iter_rows(named=True), outcomes.iter_rows(named=True), strict=True
            )
        ]
        names = stage_names(pack)
        assert {stage: row[stage] for stage in names} == {stage: stages.count(stage) for stage in names}


def _counts(known: dict, outcome: dict) -> dt.date | None:
    """A registration after the end is a new contract."""
    registered, ended = known["registered_on"], outcome["ended_on"]
    return None if registered and ended and registered > ended else registered


def test_the_drawing_can_be_heard_and_loads_nothing(tmp_path):
    counts, _, _ = counts_of(
        tmp_path,
        [("a", D(2010, 1, 1), "activated", None), ("a", D(2011, 12, 1), "notice_delivered", None)],
        D(2012, 6, 30),
    )

    text = svg_chart(counts, pack="cn-xz-2011 & <co>")

    drawing = ET.fromstring(text)  # noqa: S314
    space = "{http://www.w3.org/2000/svg}"
    assert drawing.get("role") == "img"
    assert drawing.get("aria-labelledby").split() == [
        drawing.find(f"{space}{tag}").get("id") for tag in ("title", "desc")
    ]
    assert "terminated: 1" in drawing.find(f"{space}desc").text
    assert "href" not in text
    assert "url(" not in text


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path):
    out = tmp_path / "device"
    out.symlink_to("/dev/null")

    write_atomically(out, b"line\n")

    assert out.is_symlink()
    assert sorted(tmp_path.iterdir()) == [out]


def test_the_chart_does_not_overwrite_the_result(run, data_dir, tmp_path):
    done = run("cn-xz-2011", WORKED, *days(), "--out", tmp_path / "r", "--plot", tmp_path / "." / "r")

    assert done.returncode == 2
    assert list(tmp_path.iterdir()) == []


def test_a_chart_tells_the_bars_of_a_law_apart(tmp_path):
    pack = load_pack(str(write_pack(staged(*FIVE))))
    events = write_rows(tmp_path / "events.csv", [("L", D(2003, 1, 1), "activated", None)])
    counts = simulate(
        pack, events, first=D(2012, 1, 1), last=D(2012, 2, 1), engine=Engine.RULES, progress=no_progress
    ).counts

    drawn = svg_chart(counts, pack="five")

    fills = [
        re.search(rf'fill="(#\w+)" stroke="#767676"/>\s*<text[^>]*>{name}<', drawn)[1]
        for name in ("no calls out", "no calls", "no calls still", "no service")
    ]
    assert len(set(fills)) == len(fills)
    assert len({glyph for bar, (glyph, _) in _glyphs(counts).items() if bar.startswith("no_")}) == len(fills)


def test_a_file_with_other_separators_is_refused_by_what_to_do(tmp_path):
    file = tmp_path / "events.csv"
    file.write_text("line;date;event;until\n1;2022-01-01;activated;\n", "utf-8")

    with refusing(EVENT_FAULT, match="separated by commas"):
        read_events(file)


def test_the_events_that_there_are_are_named_as_they_are_typed_in_chinese_too(tmp_path):
    file = tmp_path / "events.csv"
    file.write_text("line,date,event,until\n1,2022-01-01,activated on,\n", "utf-8")

    with refusing(EVENT_FAULT) as refusal:
        read_events(file)
    with override("zh-hans"):
        (said,) = translated(refusal.value)

    assert "没有这种事件" in said.sentence
    assert "last_day, ended, mobile, data_card" in said.sentence
    assert "12 个字符：字母、空格" in said.sentence


def test_a_line_that_no_campaign_concerns_has_the_name_of_none():
    outcomes = pl.DataFrame({"suspended_on": [None, dt.date(2012, 3, 1)]})

    found = by_campaign(
        [("early", outcomes, pl.Series([False, True])), ("late", outcomes, pl.Series([False, True]))]
    )

    assert found["campaign"].to_list() == [None, "early"]


@pytest.mark.parametrize(
    ("law", "rows", "said"),
    [
        ("es-25-2007", "", "'prepaid or postpaid', and of 2 lines no row says it"),
        ("es-25-2007", "a,2006-01-01,prepaid,\n", "'prepaid or postpaid', and of 1 line no row says it"),
        ("es-25-2007", "*,2006-01-01,prepaid,\n", None),
        ("cn-xz-2011", "", None),
        ("in-dot-2021", "*,2006-01-01,region:Assam,\n*,2006-01-01,individual,\n", "'lines:NUMBER', and of 2 lines"),
    ],
)  # fmt: skip
def test_what_a_campaign_asks_and_the_file_does_not_say_is_named(run, tmp_path, law, rows, said):
    events = tmp_path / "events.csv"
    events.write_text(
        f"line,date,event,until\na,2006-01-01,activated,\nb,2006-01-01,activated,\n{rows}", "utf-8"
    )

    done = run(law, events, *days(), "--out", tmp_path / "result.csv", "--engine", "rules")

    assert done.returncode == 0
    assert said in done.stderr if said else "no row says it" not in done.stderr
