"""Two engines, one law: the rules, the statements and a naive reading answer every history alike."""

import datetime as dt
import os
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rollkeeper.kernel.console import progress
from rollkeeper.law import engine_rules
from rollkeeper.law.engine_rules import run_rules, span_of
from rollkeeper.law.engine_sql import run_sql
from rollkeeper.law.events import Events, read_events
from rollkeeper.law.packs import load_pack
from tests.bench.bench_simulate import lines_of
from tests.builders.packs import REFERENCE, write_pack
from tests.builders.stages import BARS, FIVE, Months, MonthsToLast, asking_again, in_months, staged
from tests.law.day_by_day import TWO, Again, Row, Term, outcomes
from tests.law.populations import counted_rows, days, populations, registered_rows, served_rows, write_rows

D = dt.date
CASES = Path(__file__).parents[1] / "cases" / "simulation"
START, LAST = D(2012, 1, 1), D(2013, 12, 31)
SILENT = [("L", D(2010, 5, 1), "activated", None), ("L", D(2011, 12, 20), "notice_delivered", None)]


def quiet(examples: int) -> settings:
    """Examples in files that each example rewrites; `make soak` tries sixty times as many. Few of many lines: an engine takes no longer for them."""
    examples *= int(os.environ.get("ROLLKEEPER_EXAMPLES", "1"))
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
    return settings(max_examples=examples, deadline=None, database=None, suppress_health_check=checks)


def events_of(tmp_path: Path, rows: list[Row]) -> Events:
    return read_events(write_rows(tmp_path / "events.csv", rows))


def by_rules(events: Events, first: dt.date, last: dt.date, pack: str = "cn-xz-2011") -> list[tuple]:
    with progress("rules") as bar:
        found = run_rules(load_pack(pack), events, span_of(events, first, last), bar)
    return [(name, *outcome) for name, outcome in zip(events.names, found.iter_rows(), strict=True)]


def by_sql(events: Events, first: dt.date, last: dt.date, pack: str = "cn-xz-2011") -> list[tuple]:
    with progress("sql") as bar:
        found = run_sql(load_pack(pack), events, span_of(events, first, last), bar)
    return [(name, *outcome) for name, outcome in zip(events.names, found.iter_rows(), strict=True)]


def expected() -> list[tuple]:
    lines = (CASES / "worked-expected.csv").read_text("utf-8").splitlines()[1:]
    return [
        (line, *(D.fromisoformat(v) if v[:1] == "2" else v or None for v in values))
        for line, *values in (row.split(",") for row in lines)
    ]


def rows_of_file(file: Path) -> list[Row]:
    split = [row.split(",") for row in file.read_text("utf-8").splitlines()[1:]]
    return [(n, D.fromisoformat(d), e, D.fromisoformat(u) if u else None) for n, d, e, u in split]


def test_the_naive_reading_gives_the_worked_cases():
    rows = rows_of_file(CASES / "worked.csv")

    assert outcomes(rows, D(2012, 1, 1), D(2014, 12, 31)) == expected()


def test_the_rules_give_the_worked_cases():
    events = read_events(CASES / "worked.csv")

    assert by_rules(events, D(2012, 1, 1), D(2014, 12, 31)) == expected()


def test_the_statements_give_the_worked_cases(register):
    events = read_events(CASES / "worked.csv")

    assert by_sql(events, D(2012, 1, 1), D(2014, 12, 31)) == expected()


@quiet(20)
@given(rows=populations(most=24), first=days(40, 300), length=st.integers(0, 760))
@example(
    rows=[
        ("L0", D(2010, 5, 1), "activated", None),
        ("L0", D(2011, 12, 1), "notice_delivered", None),
        ("*", D(2012, 2, 1), "outage", D(2012, 5, 31)),
    ],
    first=D(2012, 1, 1),
    length=400,
)
def test_the_rules_read_every_history_as_the_naive_reading_does(tmp_path, rows, first, length):
    last = first + dt.timedelta(days=length)

    found = by_rules(events_of(tmp_path, rows), first, last)

    assert found == outcomes(rows, first, last)


@quiet(6)
@given(rows=populations(most=28), first=days(40, 300), length=st.integers(0, 760))
def test_the_statements_read_every_history_as_the_rules_and_the_naive_reading_do(
    register, tmp_path, rows, first, length
):
    last = first + dt.timedelta(days=length)
    events = events_of(tmp_path, rows)

    found = by_sql(events, first, last)

    assert found == by_rules(events, first, last)
    assert found == outcomes(rows, first, last)


@quiet(6)
@given(rows=populations(most=28, of=served_rows), first=days(40, 300), length=st.integers(0, 760))
def test_both_engines_keep_records_as_long_as_their_service_has_it(register, tmp_path, rows, first, length):
    last = first + dt.timedelta(days=length)
    events = events_of(tmp_path, rows)

    assert by_sql(events, first, last) == by_rules(events, first, last)


@pytest.mark.parametrize(
    ("service", "erased_on"),
    [("mobile", D(2013, 4, 6)), ("domain", D(2012, 4, 6)), ("internet_access", D(2012, 4, 6)), (None, D(2013, 4, 6))],
)  # fmt: skip
def test_a_record_is_kept_for_a_year_only_of_a_telephone_user(register, tmp_path, service, erased_on):
    rows = [("L0", D(2010, 5, 1), "activated", None), ("L0", D(2012, 4, 5), "ended", None)]
    events = events_of(tmp_path, rows + ([("L0", D(2010, 5, 1), service, None)] if service else []))

    for found in (by_rules, by_sql):
        ((*_, erased),) = found(events, D(2012, 1, 1), D(2014, 12, 31))
        assert erased == erased_on


@quiet(5)
@given(rows=populations(most=18), first=days(40, 300))
def test_both_engines_read_a_law_without_a_duty_alike(register, tmp_path, rows, first):
    events = events_of(tmp_path, rows)

    found = by_sql(events, first, LAST, "none")

    assert found == by_rules(events, first, LAST, "none")
    assert all(suspended is None for _, suspended, *_ in found)


@pytest.mark.parametrize("ends", [True, False])
@quiet(5)
@given(
    rows=populations(most=24),
    first=days(40, 300),
    length=st.integers(0, 760),
    between=st.lists(st.integers(1, 40), min_size=1, max_size=3),
)
def test_both_engines_read_any_number_of_stages_as_the_naive_reading_does(
    register, tmp_path, ends, rows, first, length, between
):
    last = first + dt.timedelta(days=length)
    events, pack = events_of(tmp_path, rows), str(write_pack(staged(*between, ends=ends)))

    found = by_rules(events, first, last, pack)

    assert found == outcomes(rows, first, last, tuple(between) if ends else (*between, None))
    assert found == by_sql(events, first, last, pack)


def can_be_said(between):
    """Tell whether days come before months, or months before days, and no more."""
    kinds = [isinstance(one, Months) for one in between]
    return sum(one != other for one, other in pairwise(kinds)) <= 1


FIRST_OF_NEXT, LAST_OF_MONTH = (
    st.lists(st.one_of(st.integers(1, 3).map(kind), st.integers(1, 40)), min_size=1, max_size=3).filter(
        can_be_said
    )
    for kind in (Months, MonthsToLast)
)


@pytest.mark.parametrize("ends", [True, False])
@quiet(7)
@given(
    rows=populations(most=28),
    first=days(40, 300),
    length=st.integers(0, 760),
    between=st.one_of(FIRST_OF_NEXT, LAST_OF_MONTH),
)
def test_both_engines_read_stages_that_months_lie_between_as_the_naive_reading_does(
    register, tmp_path, ends, rows, first, length, between
):
    last = first + dt.timedelta(days=length)
    pack = str(write_pack(in_months(staged(*between, ends=ends), *between)))
    events = events_of(tmp_path, rows)

    found = by_rules(events, first, last, pack)

    assert found == outcomes(rows, first, last, tuple(between) if ends else (*between, None))
    assert found == by_sql(events, first, last, pack)


@pytest.mark.parametrize("months", [Months(1), Months(2), Months(5)])
@quiet(5)
@given(rows=populations(most=28), first=days(40, 300), length=st.integers(0, 760))
def test_both_engines_read_a_time_to_register_in_months_as_the_naive_reading_does(
    register, tmp_path, months, rows, first, length
):
    last = first + dt.timedelta(days=length)
    text = REFERENCE[: REFERENCE.index("\ntests:")] + REFERENCE[REFERENCE.index("\nopen_questions:") :]
    pack = str(
        write_pack(text.replace("after: {n: 60, unit: day}", f"after: {{n: {int(months)}, unit: month}}"))
    )
    events = events_of(tmp_path, rows)

    found = by_rules(events, first, last, pack)

    assert found == outcomes(rows, first, last, term=Term(grace=months))
    assert found == by_sql(events, first, last, pack)


ASKED = {
    "before a day": (asking_again(), Again(D(2011, 6, 30))),
    "by assurance": (
        asking_again(before="", assurances="declared, sighted"),
        Again(assurances=frozenset({"declared", "sighted"})),
    ),
    "by both": (asking_again(assurances="declared"), Again(D(2011, 6, 30), frozenset({"declared"}))),
    "by their last day": (asking_again(before="", last_day=True), Again(last_day=True)),
    "who came of age": (
        asking_again(before="", last_day=True, kinds="minor"),
        Again(last_day=True, kinds=frozenset({"minor"})),
    ),
    "by their kind": (
        asking_again(kinds="company, minor"),
        Again(D(2011, 6, 30), kinds=frozenset({"company", "minor"})),
    ),
    "by all": (
        asking_again(assurances="declared", last_day=True, kinds="individual"),
        Again(D(2011, 6, 30), frozenset({"declared"}), last_day=True, kinds=frozenset({"individual"})),
    ),
}


@pytest.mark.parametrize("cohort", ASKED)
@quiet(7)
@given(rows=populations(most=28, of=registered_rows), first=days(40, 300), length=st.integers(0, 760))
def test_both_engines_ask_registered_subscribers_again_as_the_naive_reading_does(
    register, tmp_path, cohort, rows, first, length
):
    text, again = ASKED[cohort]
    last = first + dt.timedelta(days=length)
    events, pack = events_of(tmp_path, rows), str(write_pack(text))

    found = by_rules(events, first, last, pack)

    assert found == outcomes(rows, first, last, TWO, again)
    assert found == by_sql(events, first, last, pack)


OVER = {
    "by their number": (asking_again(before="", lines_over=2), Again(lines_over=2)),
    "by their number and a day": (asking_again(lines_over=2), Again(D(2011, 6, 30), lines_over=2)),
    "by their number and all else": (
        asking_again(assurances="declared", last_day=True, kinds="individual", lines_over=2),
        Again(D(2011, 6, 30), frozenset({"declared"}), last_day=True, lines_over=2, kinds=frozenset({"individual"})),
    ),
}  # fmt: skip


@pytest.mark.parametrize("cohort", OVER)
@quiet(10)
@given(rows=populations(most=28, of=counted_rows), first=days(40, 300), length=st.integers(0, 760))
def test_both_engines_count_the_lines_of_a_subscriber_as_the_naive_reading_does(
    register, tmp_path, cohort, rows, first, length
):
    text, again = OVER[cohort]
    last = first + dt.timedelta(days=length)
    events, pack = events_of(tmp_path, rows), str(write_pack(text))

    found = by_rules(events, first, last, pack)

    assert found == outcomes(rows, first, last, TWO, again)
    assert found == by_sql(events, first, last, pack)


D_OVER, D_TOLD = D(2011, 6, 29), D(2011, 12, 20)


@pytest.mark.parametrize(
    ("said", "suspended", "restored"),
    [
        ([(D_OVER, 2)], None, None),
        ([(D_OVER, 3)], D(2012, 3, 2), None),
        ([], None, None),
        ([(D_TOLD, 3)], D(2012, 3, 2), None),
        ([(D_TOLD + dt.timedelta(days=1), 3)], None, None),
        ([(D_OVER, 3), (D_TOLD, 2)], None, None),
        ([(D_OVER, 3), (D(2012, 3, 2), 2)], None, None),
        ([(D_OVER, 3), (D(2012, 3, 3), 2)], D(2012, 3, 2), D(2012, 3, 3)),
        ([(D_OVER, 9), (D(2012, 3, 1), 3)], D(2012, 3, 2), None),
    ],
)
def test_who_has_no_more_lines_than_the_law_lets_one_have_loses_none(
    register, tmp_path, said, suspended, restored
):
    rows = [*ASKED_AGAIN, *(("L", on, f"lines:{n}", None) for on, n in said)]
    events, pack = events_of(tmp_path, rows), str(write_pack(asking_again(before="", lines_over=2)))

    found = by_rules(events, START, D(2012, 4, 1), pack)

    assert found[0][1:3] == (suspended, restored)
    assert found == by_sql(events, START, D(2012, 4, 1), pack)


ASKED_AGAIN = [*SILENT, ("L", D(2011, 6, 29), "declared", None)]


def asked_again(tmp_path: Path, *rows: Row) -> tuple:
    (found,) = by_rules(
        events_of(tmp_path, [*rows]), START, LAST, str(write_pack(asking_again(assurances="declared")))
    )
    return found[1:]


@pytest.mark.parametrize(
    ("recorded", "how", "suspended"),
    [
        (D(2011, 6, 29), "declared", D(2012, 3, 2)),
        (D(2011, 6, 30), "declared", None),
        (D(2011, 7, 1), "declared", None),
        (D(2011, 6, 29), "sighted", None),
        (D(2011, 6, 29), "registered", None),
    ],
)
def test_only_registrations_of_the_cohort_are_to_be_verified_again(tmp_path, recorded, how, suspended):
    assert asked_again(tmp_path, *SILENT, ("L", recorded, how, None))[0] == suspended


@pytest.mark.parametrize(
    ("last_day", "suspended"),
    [(D(2011, 12, 19), D(2012, 3, 2)), (D(2011, 12, 20), None), (D(2011, 12, 21), None), (None, None)],
)
def test_only_who_was_notified_after_the_last_day_is_to_verify_again(tmp_path, last_day, suspended):
    rows = [*ASKED_AGAIN, *([("L", last_day, "last_day", None)] if last_day else [])]
    pack = str(write_pack(asking_again(before="", last_day=True)))
    found = by_rules(events_of(tmp_path, rows), START, LAST, pack)

    assert found[0][1] == suspended


@pytest.mark.parametrize(
    ("said", "suspended"),
    [(["company"], D(2012, 3, 2)), (["individual"], None), (["minor"], None), ([], None)],
)
def test_only_subscribers_of_the_kinds_that_a_law_names_are_to_verify_again(
    register, tmp_path, said, suspended
):
    events = events_of(tmp_path, [*ASKED_AGAIN, *(("L", D(2011, 6, 29), kind, None) for kind in said)])
    pack = str(write_pack(asking_again(kinds="company")))

    found = by_rules(events, START, LAST, pack)

    assert found[0][1] == suspended
    assert found == by_sql(events, START, LAST, pack)


@pytest.mark.parametrize(
    ("verified", "suspended", "restored"),
    [
        (D(2012, 3, 1), None, None),
        (D(2012, 3, 2), None, None),
        (D(2012, 3, 3), D(2012, 3, 2), D(2012, 3, 3)),
    ],
)
def test_a_verification_ends_what_a_campaign_asks_again(tmp_path, verified, suspended, restored):
    found = asked_again(tmp_path, *ASKED_AGAIN, ("L", verified, "verified", None))

    assert found[:3] == (suspended, restored, None)


def test_an_unregistered_line_is_not_asked_to_verify(tmp_path):
    assert asked_again(tmp_path, *SILENT)[0] is None


@pytest.mark.parametrize("ends", [True, False])
def test_both_engines_agree_on_hundreds_of_lines_under_five_stages(register, tmp_path, ends):
    bars = BARS if ends else (*BARS, ("no_service_still", "{}"))
    file, pack = tmp_path / "events.csv", str(write_pack(staged(*FIVE, ends=ends, bars=bars)))
    file.write_text("line,date,event,until\n" + "".join(lines_of(400)), "utf-8")
    events = read_events(file)

    found = by_rules(events, START, LAST, pack)

    assert found == by_sql(events, START, LAST, pack)
    further = list(zip(*found, strict=True))[6:]
    assert len(further) == (3 if ends else 4)
    assert all(any(days) for days in further)
    assert ("campaign" in {one[4] for one in found}) is ends


def test_many_lines_on_several_processes_come_back_in_order(tmp_path, monkeypatch):
    rows = [
        row
        for n in range(500)
        for row in [
            (f"L{n:03}", D(2010, 5, 1), "activated", None),
            (f"L{n:03}", D(2012, 1, 1) + dt.timedelta(days=n % 200), "notice_delivered", None),
        ]
    ]
    events = events_of(tmp_path, rows)
    alone = by_rules(events, D(2012, 1, 1), LAST)
    monkeypatch.setattr(engine_rules, "_FEW_LINES", 0)
    monkeypatch.setattr(engine_rules, "_LINES_AT_ONCE", 70)

    together = by_rules(events, D(2012, 1, 1), LAST)

    assert together == alone


def outcome(tmp_path: Path, rows: list[Row], first: dt.date = START, last: dt.date = LAST) -> tuple:
    """Ask the rules, and hold the naive reading against them."""
    (found,) = by_rules(events_of(tmp_path, rows), first, last)
    assert [found] == outcomes(rows, first, last)
    return found[1:]


@pytest.mark.parametrize(
    ("registered", "suspended", "restored"),
    [
        (D(2012, 3, 1), None, None),
        (D(2012, 3, 2), None, None),
        (D(2012, 3, 3), D(2012, 3, 2), D(2012, 3, 3)),
    ],
)
def test_registering_around_the_day_of_suspension(tmp_path, registered, suspended, restored):
    found = outcome(tmp_path, [*SILENT, ("L", registered, "registered", None)])

    assert found == (suspended, restored, None, None, None)


@pytest.mark.parametrize(
    ("transferred", "ended_on", "restored"),
    [
        (D(2012, 4, 4), None, D(2012, 4, 4)),
        (D(2012, 4, 5), None, D(2012, 4, 5)),
        (D(2012, 4, 6), D(2012, 4, 5), None),
    ],
)
def test_a_transfer_around_the_day_of_the_end(tmp_path, transferred, ended_on, restored):
    found = outcome(tmp_path, [*SILENT, ("L", transferred, "transferred", None)])

    assert found[:3] == (D(2012, 3, 2), restored, ended_on)


@pytest.mark.parametrize(
    ("last", "suspended"),
    [(D(2012, 3, 1), None), (D(2012, 3, 2), D(2012, 3, 2)), (D(2012, 3, 3), D(2012, 3, 2))],
)
def test_what_lies_after_the_last_simulated_day_does_not_happen(tmp_path, last, suspended):
    assert outcome(tmp_path, SILENT, last=last)[0] == suspended


@pytest.mark.parametrize(
    ("last_of_hold", "erased"),
    [(D(2013, 4, 5), D(2013, 4, 6)), (D(2013, 4, 6), D(2013, 4, 7)), (D(2013, 4, 7), D(2013, 4, 8))],
)
def test_a_legal_hold_around_the_day_of_erasure(tmp_path, last_of_hold, erased):
    found = outcome(tmp_path, [*SILENT, ("L", D(2012, 6, 1), "hold", last_of_hold)])

    assert found[4] == erased


def test_closed_days_pauses_and_stays_do_not_delay_erasure(tmp_path):
    ended = [("L", D(2010, 5, 1), "activated", None), ("L", D(2012, 4, 5), "ended", None)]

    found = outcome(
        tmp_path,
        [*ended, ("L", D(2013, 1, 1), "pause", D(2013, 12, 1)), ("*", D(2013, 1, 1), "stay", D(2013, 12, 1))],
    )

    assert found[4] == D(2013, 4, 6)
    assert D(2013, 4, 6).strftime("%a") == "Sat"


def test_an_outage_delays_erasure(tmp_path):
    rows = [("L", D(2012, 4, 5), "ended", None), ("*", D(2013, 4, 1), "outage", D(2013, 5, 1))]

    assert outcome(tmp_path, rows)[4] == D(2013, 5, 2)


def test_after_an_outage_each_stage_counts_from_what_really_happened(tmp_path):
    rows = [*SILENT, ("*", D(2012, 2, 1), "outage", D(2012, 5, 31))]

    suspended, _, ended, by, _ = outcome(tmp_path, rows)

    assert (suspended, ended, by) == (D(2012, 6, 1), D(2012, 7, 3), "campaign")


def test_what_was_due_before_the_first_day_is_caught_up_one_step_a_day(tmp_path):
    suspended, _, ended, _, _ = outcome(tmp_path, SILENT, first=D(2012, 9, 3))

    assert suspended == D(2012, 9, 3)
    assert ended > D(2012, 10, 3)


def test_overlapping_pauses_count_once(tmp_path):
    one = outcome(tmp_path, [*SILENT, ("L", D(2012, 2, 1), "pause", D(2012, 2, 20))])
    many = outcome(
        tmp_path,
        [
            *SILENT,
            ("L", D(2012, 2, 1), "pause", D(2012, 2, 15)),
            ("L", D(2012, 2, 10), "pause", D(2012, 2, 20)),
            ("L", D(2012, 2, 16), "pause", D(2012, 2, 16)),
        ],
    )

    assert many == one


def test_a_stay_is_a_pause_for_every_line(tmp_path):
    paused = outcome(tmp_path, [*SILENT, ("L", D(2012, 2, 20), "pause", D(2012, 3, 10))])
    stayed = outcome(tmp_path, [*SILENT, ("*", D(2012, 2, 20), "stay", D(2012, 3, 10))])
    paused_all = outcome(tmp_path, [*SILENT, ("*", D(2012, 2, 20), "pause", D(2012, 3, 10))])

    assert stayed == paused == paused_all


def test_a_pause_that_begins_on_the_day_of_suspension_prevents_it(tmp_path):
    assert outcome(tmp_path, [*SILENT, ("L", D(2012, 3, 2), "pause", D(2012, 3, 8))])[0] == D(2012, 3, 9)


def test_registering_and_ending_on_one_day_restores_and_then_ends(tmp_path):
    rows = [*SILENT, ("L", D(2012, 3, 20), "ended", None), ("L", D(2012, 3, 20), "registered", None)]

    assert outcome(tmp_path, rows)[:4] == (D(2012, 3, 2), D(2012, 3, 20), D(2012, 3, 20), "subscriber")


def test_a_termination_by_the_subscriber_wins_on_the_day_of_the_campaign(tmp_path):
    assert outcome(tmp_path, [*SILENT, ("L", D(2012, 4, 5), "ended", None)])[2:4] == (
        D(2012, 4, 5),
        "subscriber",
    )


def test_a_registration_after_the_end_changes_nothing(tmp_path):
    assert outcome(tmp_path, [*SILENT, ("L", D(2012, 4, 6), "registered", None)]) == outcome(tmp_path, SILENT)


def test_a_row_for_every_line_concerns_every_line(tmp_path):
    rows = [
        ("A", D(2010, 5, 1), "activated", None),
        ("B", D(2011, 5, 1), "activated", None),
        ("*", D(2011, 12, 20), "notice_delivered", None),
    ]

    found = by_rules(events_of(tmp_path, rows), D(2012, 1, 1), LAST)

    assert [suspended for _, suspended, *_ in found] == [D(2012, 3, 2), D(2012, 3, 2)]


def test_a_line_that_never_was_activated_is_left_alone(tmp_path):
    assert outcome(tmp_path, [("L", D(2011, 12, 20), "notice_delivered", None)]) == (None,) * 5


def five_stages(tmp_path: Path, *more: Row) -> tuple:
    (found,) = by_rules(events_of(tmp_path, [*SILENT, *more]), START, LAST, str(write_pack(staged(*FIVE))))
    assert [found] == outcomes([*SILENT, *more], START, LAST, FIVE)
    return found[1:]


@pytest.mark.parametrize(
    ("day", "barred"),
    [
        (D(2012, 3, 1), []),
        (D(2012, 3, 2), []),
        (D(2012, 3, 3), [D(2012, 3, 2)]),
        (D(2012, 3, 24), [D(2012, 3, 2), D(2012, 3, 23)]),
        (D(2012, 5, 22), [D(2012, 3, 2), D(2012, 3, 23), D(2012, 4, 10), D(2012, 4, 23)]),
    ],
)
def test_a_registration_restores_under_whichever_bar_is_in_place(tmp_path, day, barred):
    suspended, restored, ended, _, _, *further = five_stages(tmp_path, ("L", day, "registered", None))

    assert [one for one in (suspended, *further) if one] == barred
    assert (restored, ended) == (day if barred else None, None)


def test_after_an_outage_no_two_of_five_stages_follow_faster_than_the_law_has_them(tmp_path):
    suspended, _, ended, by, _, *further = five_stages(
        tmp_path, ("*", D(2012, 2, 1), "outage", D(2012, 5, 31))
    )
    came = [suspended, *further, ended]

    assert all(
        (later - earlier).days > days for earlier, later, days in zip(came, came[1:], FIVE, strict=False)
    )
    assert by == "campaign"


def test_without_an_end_the_last_bar_stays_and_nothing_is_erased(tmp_path):
    events = events_of(tmp_path, SILENT)

    ((_, suspended, restored, ended, by, erased, further),) = by_rules(
        events, START, LAST, str(write_pack(staged(30, ends=False)))
    )

    assert (suspended, further) == (D(2012, 3, 2), D(2012, 4, 5))
    assert (restored, ended, by, erased) == (None,) * 4
