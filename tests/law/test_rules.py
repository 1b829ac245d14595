"""How days are counted: every limit with the day before, the day and the day after."""

import datetime as dt

import pytest

from rollkeeper.law.calendar_cache import merge
from rollkeeper.law.calendars import is_closed
from rollkeeper.law.errors import ANCHOR_TOO_LATE
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import History, count_clock, current_stage, keeps_until
from tests.refusals import refusing

D = dt.date
PACK = load_pack("cn-xz-2011")
FAR = D(2013, 12, 31)


def count(anchor: dt.date, days: int = 60, **more):
    return count_clock(PACK, anchor_on=anchor, days=days, **{"through": FAR} | more)


@pytest.mark.parametrize(
    ("day", "closed"),
    [
        (D(2012, 3, 30), False),
        (D(2012, 3, 31), False),  # a Saturday that was worked
        (D(2012, 4, 1), False),  # a Sunday that was worked
        (D(2012, 4, 2), True),
        (D(2012, 4, 4), True),
        (D(2012, 4, 5), False),
        (D(2012, 4, 7), True),  # an ordinary Saturday
    ],
)
def test_make_up_working_days_are_open_and_the_days_they_make_up_for_are_not(day, closed):
    assert is_closed(PACK, day) is closed


def test_the_anchor_is_not_counted():
    found = count(D(2012, 1, 1), 1)

    assert found.reached_on == D(2012, 1, 2)


def test_sixty_days_cross_the_leap_day():
    found = count(D(2012, 1, 1))

    assert (found.reached_on, found.last_day_on, found.earliest_on) == (
        D(2012, 3, 1),
        D(2012, 3, 1),
        D(2012, 3, 2),
    )


def test_the_same_days_a_year_later_end_on_a_saturday_and_move_on():
    found = count(D(2013, 1, 1))

    assert (found.reached_on, found.last_day_on, found.earliest_on) == (
        D(2013, 3, 2),
        D(2013, 3, 4),
        D(2013, 3, 5),
    )


def test_thirty_days_of_suspension_may_end_on_a_make_up_working_day():
    found = count(D(2012, 3, 2), 30)

    assert (found.reached_on, found.last_day_on, found.earliest_on) == (
        D(2012, 4, 1),
        D(2012, 4, 1),
        D(2012, 4, 5),
    )


@pytest.mark.parametrize(
    ("paused_from", "last_day", "earliest"),
    [
        (D(2012, 2, 29), D(2012, 3, 9), D(2012, 3, 12)),
        (D(2012, 3, 1), D(2012, 3, 8), D(2012, 3, 9)),
        (D(2012, 3, 2), D(2012, 3, 1), D(2012, 3, 9)),
        (D(2012, 3, 3), D(2012, 3, 1), D(2012, 3, 2)),
    ],
)
def test_a_pause_around_the_last_day(paused_from, last_day, earliest):
    length = 8 if paused_from == D(2012, 2, 29) else 7
    found = count(D(2012, 1, 1), pauses=[(paused_from, paused_from + dt.timedelta(days=length - 1))])

    assert (found.last_day_on, found.earliest_on) == (last_day, earliest)


def test_a_pause_without_an_end_stops_the_clock_and_the_days_so_far_are_known():
    found = count(D(2012, 1, 1), pauses=[(D(2012, 2, 1), None)])

    assert (found.reached_on, found.last_day_on, found.earliest_on) == (None, None, None)
    assert found.counted == 30


def test_a_pause_before_the_anchor_changes_nothing():
    assert count(D(2012, 1, 15), pauses=[(D(2011, 12, 1), D(2012, 1, 15))]) == count(D(2012, 1, 15))


@pytest.mark.parametrize(
    ("through", "reached", "last_day", "earliest"),
    [
        (D(2012, 2, 29), None, None, None),
        (D(2012, 3, 1), D(2012, 3, 1), D(2012, 3, 1), None),
        (D(2012, 3, 2), D(2012, 3, 1), D(2012, 3, 1), D(2012, 3, 2)),
    ],
)
def test_no_day_after_the_last_one_is_read(through, reached, last_day, earliest):
    found = count(D(2012, 1, 1), through=through)

    assert (found.reached_on, found.last_day_on, found.earliest_on) == (reached, last_day, earliest)


@pytest.mark.parametrize(
    ("on", "counted"), [(D(2012, 1, 1), 0), (D(2012, 1, 2), 1), (D(2012, 3, 1), 60), (D(2012, 4, 1), 60)]
)
def test_days_are_counted_up_to_the_day_asked_about(on, counted):
    assert count(D(2012, 1, 1), through=on).counted == counted


def test_a_count_from_a_day_after_the_last_is_refused():
    with refusing(ANCHOR_TOO_LATE):
        count(D(2014, 1, 1))


@pytest.mark.parametrize(
    ("ended", "kept"),
    [
        (D(2012, 2, 28), D(2013, 2, 28)),
        (D(2012, 2, 29), D(2013, 3, 1)),
        (D(2012, 3, 1), D(2013, 3, 1)),
        (D(2011, 2, 28), D(2012, 2, 28)),
        (D(2012, 12, 31), D(2013, 12, 31)),
        (D(9999, 5, 1), D.max),
    ],
)
def test_records_are_kept_to_the_same_day_a_year_later(ended, kept):
    assert keeps_until(PACK, ended) == kept


def test_nothing_is_kept_where_no_law_asks_for_it():
    assert keeps_until(load_pack("none"), D(2012, 2, 29)) == D(2012, 2, 29)


SILENT = History(activated_on=D(2010, 5, 1), notified_on=D(2011, 12, 20))


@pytest.mark.parametrize(
    ("on", "stage"),
    [
        (D(2012, 3, 1), "running"),
        (D(2012, 3, 2), "suspended"),
        (D(2012, 4, 4), "suspended"),
        (D(2012, 4, 5), "terminated"),
        (D(2013, 4, 5), "terminated"),
        (D(2013, 4, 6), "erased"),
    ],
)
def test_a_silent_line_stands_where_the_law_puts_it(on, stage):
    assert current_stage(PACK, SILENT, on=on) == stage


@pytest.mark.parametrize(
    ("activated", "stage"),
    [
        (D(2011, 12, 31), "suspended"),
        (D(2012, 1, 1), "out_of_scope"),
        (D(2012, 1, 2), "out_of_scope"),
        (None, "out_of_scope"),
    ],
)
def test_the_campaign_concerns_lines_from_before_its_first_day(activated, stage):
    history = History(activated_on=activated, notified_on=D(2011, 12, 20))

    assert current_stage(PACK, history, on=D(2012, 3, 5)) == stage


@pytest.mark.parametrize(
    ("notified", "suspended_on"),
    [(D(2011, 12, 31), D(2012, 3, 2)), (D(2012, 1, 1), D(2012, 3, 2)), (D(2012, 1, 2), D(2012, 3, 5))],
)
def test_the_clock_starts_at_proof_of_notice_and_not_before_the_campaign(notified, suspended_on):
    history = History(activated_on=D(2010, 5, 1), notified_on=notified)

    assert current_stage(PACK, history, on=suspended_on - dt.timedelta(days=1)) == "running"
    assert current_stage(PACK, history, on=suspended_on) == "suspended"


def test_stretches_are_joined_where_they_touch():
    assert merge([(5, 6), (1, 2), (3, 4), (8, 9), (8, 8)]) == ((1, 6), (8, 9))


@pytest.mark.parametrize(
    ("pauses", "since", "kept", "earliest"),
    [
        ((), None, D(2012, 3, 15), D(2012, 3, 16)),
        (
            [(D(2012, 2, 1), D(2012, 2, 5))],
            None,
            D(2012, 3, 15),
            D(2012, 3, 16),
        ),  # the law's own day moved by it
        (
            [(D(2012, 3, 8), D(2012, 3, 9))],
            None,
            D(2012, 3, 19),
            D(2012, 3, 20),
        ),  # on to the 17th, a Saturday
        ([(D(2012, 3, 13), D(2012, 3, 20))], None, D(2012, 3, 23), D(2012, 3, 26)),  # three days were left
        (
            [(D(2012, 3, 2), D(2012, 3, 9))],
            D(2012, 3, 9),
            D(2012, 3, 15),
            D(2012, 3, 16),
        ),  # before the promise
        ([(D(2012, 3, 9), D(2012, 3, 20))], D(2012, 3, 20), D(2012, 3, 21), D(2012, 3, 22)),  # it knew of it
    ],
)
def test_what_comes_after_a_promise_takes_none_of_its_days(pauses, since, kept, earliest):
    found = count(D(2012, 1, 1), pauses=pauses, promised_on=D(2012, 3, 15), promised_since=since)

    assert (found.promised_on, found.kept_on, found.earliest_on) == (D(2012, 3, 15), kept, earliest)
