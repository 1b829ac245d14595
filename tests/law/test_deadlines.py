# SPDX-License-Identifier: EUPL-1.2
"""Deadlines by the law's own date with a floor after the notice, terms in months and working days, and the end of a calendar year."""

import datetime as dt

import pytest

from rollkeeper.law.calendars import add_months
from rollkeeper.law.explain import LineHistory, explain_history
from rollkeeper.law.packs import read_pack
from rollkeeper.law.rules import History, Span, keeps_until, run_history
from tests.builders.packs import REFERENCE, confirmed
from tests.builders.stages import phased
from tests.law.test_engines import by_sql, events_of

D = dt.date
AFTER = "after: {n: 60, unit: day}"
FLOOR = f"{AFTER}\n      floor: {{n: 10, unit: day}}"


def pack_with(old: str, new: str):
    text = REFERENCE[: REFERENCE.index("\ntests:")] + REFERENCE[REFERENCE.index("\nopen_questions:") :]
    assert old in text
    return read_pack(confirmed(text.replace(old, new, 1)).encode(), file="pack.yaml")


def suspended(pack, notified_on, **more):
    history = History(activated_on=D(2010, 5, 1), notified_on=notified_on, **more)
    return run_history(pack, history, Span(D(2012, 1, 1), D(2013, 12, 31))).suspended_on


@pytest.mark.parametrize(
    ("notified_on", "suspended_on"),
    [
        (D(2011, 12, 20), D(2012, 3, 2)),
        (D(2012, 1, 15), D(2012, 3, 2)),  # in time: 10 days and more remain
        (D(2012, 2, 20), D(2012, 3, 2)),  # exactly 10 days remain
        (D(2012, 2, 21), D(2012, 3, 5)),  # told a day later: 2 March is the last, and the weekend is closed
        (D(2012, 6, 1), D(2012, 6, 12)),  # told after it: 10 days from the notice
    ],
)
def test_whoever_is_told_late_has_the_floor_and_everybody_else_the_date(notified_on, suspended_on):
    assert suspended(pack_with(AFTER, FLOOR), notified_on) == suspended_on


def test_without_a_floor_whoever_is_told_late_has_the_whole_time():
    assert suspended(pack_with(AFTER, AFTER), D(2012, 6, 1)) == D(2012, 8, 1)


def test_a_pause_after_a_late_notice_leaves_the_days_of_the_floor():
    pack = pack_with(AFTER, FLOOR)

    assert suspended(pack, D(2012, 6, 1), pauses=[(D(2012, 6, 4), D(2012, 6, 13))]) == D(2012, 6, 25)


def test_the_statements_know_the_floor(register, tmp_path, monkeypatch):
    pack = pack_with(AFTER, FLOOR)
    monkeypatch.setattr("tests.law.test_engines.load_pack", lambda _: pack)
    rows = [("L", D(2010, 5, 1), "activated", None), ("L", D(2012, 6, 1), "notice_delivered", None)]

    ((_, suspended_on, *_),) = by_sql(events_of(tmp_path, rows), D(2012, 1, 1), D(2013, 12, 31))

    assert suspended_on == D(2012, 6, 12)


def test_a_floor_longer_than_the_whole_time_is_not_supported():
    pack = pack_with(AFTER, f"{AFTER}\n      floor: {{n: 61, unit: day}}")

    assert any("floor" in one for one in pack.unsupported_fields)


def test_a_late_notice_is_explained_by_its_floor():
    history = LineHistory(service="mobile", activated_on=D(2010, 5, 1), notices_delivered=(D(2012, 6, 1),))

    said = [one.text for one in explain_history(pack_with(AFTER, FLOOR), history, D(2012, 6, 5))]

    assert any("at least 10 days" in one for one in said)


@pytest.mark.parametrize(
    ("term", "days"),
    [
        ("{n: 2, unit: month}", 60),
        ("{n: 1, unit: year}", 366),
        ("{n: 3, unit: working_day}\n      floor: {n: 5, unit: day}", 5),
    ],
)
def test_a_term_in_other_units_is_counted_from_the_laws_own_day(term, days):
    assert pack_with(AFTER, f"after: {term}").campaign.grace_days == days


@pytest.mark.parametrize(
    ("notified_on", "suspended_on"),
    [
        (D(2011, 12, 20), D(2012, 3, 2)),  # from 1 January: 60 days, which end on 1 March
        (D(2012, 6, 29), D(2012, 8, 30)),  # 61 days, which end on 29 August
        (D(2012, 7, 1), D(2012, 9, 4)),  # 62 days, which end on Saturday 1 September
        (D(2012, 12, 31), D(2013, 3, 4)),  # to 28 February and the first of the next month, a Friday
    ],
)
def test_who_is_told_late_has_whole_months_and_not_the_days_of_the_first(notified_on, suspended_on):
    assert suspended(pack_with(AFTER, "after: {n: 2, unit: month}"), notified_on) == suspended_on


def test_a_year_from_a_late_notice_is_as_long_as_that_year():
    pack = pack_with("base: 2012-01-01\n      not_before_notice: true\n      " + AFTER,
                     "base: 2010-01-01\n      not_before_notice: true\n      after: {n: 1, unit: year}")  # fmt: skip

    assert pack.campaign.grace_days == 365
    assert pack.campaign.grace_after(D(2011, 12, 20)) == 366
    assert suspended(pack, D(2011, 12, 20)) == D(2012, 12, 21)


def test_working_days_without_a_floor_are_refused_since_holidays_would_shorten_them():
    pack = pack_with(AFTER, "after: {n: 10, unit: working_day}")

    assert [one for one in pack.unsupported_fields if "working_day" in one and "floor" in one]


@pytest.mark.parametrize(
    ("other", "fits"),
    [
        ("base: 2012-02-01, not_before_notice: true, after: {n: 1, unit: month}", True),
        ("base: 2012-04-01, not_before_notice: true, after: {n: 28, unit: day}", False),
        ("base: 2012-01-01, not_before_notice: true, after: {n: 28, unit: day}", True),
        ("base: 2012-01-01, not_before_notice: true, after: {n: 29, unit: day}", False),
        ("base: 2012-01-01, not_before_notice: true, after: {n: 2, unit: month}", True),
    ],
)
def test_months_and_days_share_lines_only_where_one_is_never_shorter(other, fits):
    late = f'id: late, cohort: {{services: [mobile]}}, deadline: {{{other}, because: {{article: "3"}}}}'
    law = phased(
        "id: early, cohort: {services: [mobile]}",
        late,
        text=REFERENCE.replace(AFTER, "after: {n: 1, unit: month}", 1),
    )

    pack = read_pack(confirmed(law).encode(), file="pack.yaml")

    assert (pack.unsupported_fields == ()) is fits


@pytest.mark.parametrize(
    ("day", "months", "is_next", "found"),
    [
        (D(2011, 12, 31), 2, True, D(2012, 3, 1)),
        (D(2011, 12, 31), 2, False, D(2012, 2, 29)),
        (D(2012, 2, 29), 12, True, D(2013, 3, 1)),
        (D(2012, 1, 31), 3, False, D(2012, 4, 30)),
    ],
)
def test_a_month_without_that_day_ends_as_the_pack_says(day, months, is_next, found):
    assert add_months(day, months, overflows_to_next_month=is_next) == found


@pytest.mark.parametrize("ended", [D(2012, 1, 1), D(2012, 12, 31)])
def test_the_end_of_the_next_calendar_year_is_one_day_for_all(register, tmp_path, monkeypatch, ended):
    pack = pack_with("keep: {n: 1, unit: year}", "keep: {n: 1, unit: end_of_next_calendar_year}")
    monkeypatch.setattr("tests.law.test_engines.load_pack", lambda _: pack)
    rows = [("L", D(2010, 5, 1), "activated", None), ("L", ended, "ended", None)]

    (found,) = by_sql(events_of(tmp_path, rows), D(2012, 1, 1), D(2014, 12, 31))

    assert keeps_until(pack, ended) == D(2013, 12, 31)
    assert found[-1] == D(2014, 1, 1)
