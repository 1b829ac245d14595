# SPDX-License-Identifier: EUPL-1.2
"""The days that a promise left are given whatever pauses come between: a pause, a dispute or a stay takes none of them."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.campaign import batch_rollback, court_stays, queries
from rollkeeper.campaign.line_deadline import line_deadline
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.disputes import dispute_line
from rollkeeper.selfcare.queries import open_cases
from tests.builders.lines import give_number
from tests.campaign.population import day, member, night, nights, pause, state
from tests.campaign.test_batches import DUE, END_DUE, notified_lines
from tests.registration.people import fresh_number

type People = tuple[Authority, Authority]
type AsRole = Callable[[str], AbstractContextManager[None]]

DAY, BACK = dt.timedelta(days=1), day("2012-03-12")


def undone(people: People, on: dt.date) -> LineId:
    """A line that a batch suspended on its day, undone on a day."""
    (line_id,) = notified_lines(1)
    night(DUE, people)
    (batch,) = queries.batches()
    clock.set_demo_date(on)
    batch_rollback.undo_batch(people[1], batch.batch_id, on=on)
    return line_id


def test_who_was_restored_under_an_open_stay_hears_of_a_last_day_before_a_cut(people: People) -> None:
    stay = court_stays.enter_stay(
        console_authority(), first=day("2012-03-05"), last=None, reason="court", on=day("2012-03-05")
    )
    line_id = undone(people, day("2012-03-05"))
    clock.set_demo_date(day("2012-03-12"))
    for one in people:
        court_stays.end_stay(one, stay_id=stay, on=day("2012-03-12"))

    for ahead in range(1, 30):
        on = day("2012-03-12") + ahead * DAY
        night(on, people)
        if state(line_id) == "suspended":
            break
    told = rows(
        "SELECT promised_on, queued_on FROM notices_notice WHERE line_id = %s AND kind = 'reminder'"
        " AND promised_on > '2012-03-12' AND promised_on < %s",
        [line_id, on],
    )
    assert state(line_id) == "suspended"
    assert told != []


def test_who_comes_back_from_an_end_under_an_open_stay_is_told_no_day_that_is_none(people: People) -> None:
    (line_id,) = notified_lines(1)
    for due in (DUE, END_DUE):
        night(due, people)
    on, lifted = END_DUE + DAY, END_DUE + 7 * DAY
    stay = court_stays.enter_stay(console_authority(), first=on, last=None, reason="court", on=on)
    clock.set_demo_date(on)
    batch_rollback.undo_batch(people[1], queries.batches()[0].batch_id, on=on)
    under_the_stay = days_named(line_id, since=on)
    clock.set_demo_date(lifted)
    for one in people:
        court_stays.end_stay(one, stay_id=stay, on=lifted)

    for ahead in range(1, 30):
        if days_named(line_id, since=on):
            break
        night(lifted + ahead * DAY, people)

    assert under_the_stay == []
    assert state(line_id) == "suspended"
    assert days_named(line_id, since=on) == [member(line_id).promised_on]
    assert member(line_id).promised_on > lifted + ahead * DAY - DAY
    night(member(line_id).promised_on, people)
    assert state(line_id) == "suspended"


def days_named(line_id: LineId, *, since: dt.date) -> list[dt.date]:
    """Return the last days that notices since a day name."""
    found = rows(
        "SELECT promised_on FROM notices_notice WHERE line_id = %s AND queued_on >= %s AND promised_on IS NOT NULL",
        [line_id, since],
    )
    return [row.promised_on for row in found]


def disputed(line_id: LineId, first: dt.date, last: dt.date, *, upheld: bool) -> None:
    """Let the subscriber of a line contradict its record, and settle that on a later day."""
    number = fresh_number()
    give_number(line_id, number)
    clock.set_demo_date(first)
    dispute_line(console_authority(), submission_key=str(new_uuid()), number=number, on=first)
    (case,) = open_cases()
    clock.set_demo_date(last)
    settle_case(console_authority(), case.case_id, upheld=upheld, on=last)


def given_back(people: People, *known: tuple[dt.date, dt.date]) -> tuple[LineId, dt.date]:
    """A line whose dispute gave service back, with the day that is promised; pauses that were known then."""
    (line_id,) = notified_lines(1)
    night(DUE, people)
    for first, last in known:
        pause(line_id, first, last, DUE)
    disputed(line_id, DUE, BACK, upheld=True)
    assert state(line_id) == "active"
    return line_id, member(line_id).promised_on


@pytest.mark.parametrize(
    ("through", "said_on"), [(1, BACK + DAY), (10, BACK), (10, BACK + DAY), (None, BACK + DAY)]
)
def test_a_pause_within_days_that_a_dispute_left_takes_none_of_them(
    people: People, through: int | None, said_on: dt.date
) -> None:
    line_id, promised = given_back(people)
    last = promised if through is None else BACK + through * DAY
    clock.set_demo_date(said_on)
    pause(line_id, BACK + DAY, last, said_on)

    paused = (last - BACK).days
    nights(promised, promised + paused * DAY, people)
    on_the_last_day = state(line_id)
    nights(promised + (paused + 1) * DAY, promised + (paused + 5) * DAY, people)

    assert (on_the_last_day, state(line_id)) == ("active", "suspended")


def test_a_stay_within_days_that_a_lost_dispute_left_takes_none_of_them(people: People) -> None:
    line_id, promised = given_back(people)
    court_stays.enter_stay(console_authority(), first=BACK + DAY, last=promised, reason="court", on=BACK)

    nights(promised, promised + (promised - BACK) - DAY, people)

    assert state(line_id) == "active"


def test_a_pause_on_the_day_that_an_undo_named_leaves_an_open_day_after_it(people: People) -> None:
    line_id = undone(people, day("2012-03-05"))
    named = member(line_id).promised_on
    pause(line_id, named, day("2012-03-15"), named)  # through a Thursday

    nights("2012-03-06", "2012-03-16", people)
    on_the_open_day = state(line_id)
    nights("2012-03-17", "2012-03-19", people)

    assert (named, on_the_open_day, state(line_id)) == (day("2012-03-06"), "active", "suspended")


def test_a_dispute_on_a_day_promised_beyond_the_laws_leaves_what_was_left(people: People) -> None:
    (line_id,) = notified_lines(1)
    # As where the notice left some days after it was owed: the law's own last day is the 1st of March.
    run(
        "UPDATE campaign_member SET promised_on = '2012-03-13', next_check_on = '2012-03-14' WHERE line_id = %s",
        [line_id],
    )
    disputed(line_id, day("2012-03-08"), day("2012-03-20"), upheld=False)

    # Six days were left, the 8th among them: they are over on Monday the 26th.
    nights("2012-03-21", "2012-03-26", people)
    on_the_last_day = state(line_id)
    nights("2012-03-27", "2012-03-27", people)

    assert (on_the_last_day, state(line_id)) == ("active", "suspended")


@pytest.mark.parametrize("days", [1, 3, 10])
def test_the_explanation_names_the_day_from_which_the_batch_may_act(people: People, days: int) -> None:
    line_id, promised = given_back(people)
    clock.set_demo_date(BACK + DAY)
    pause(line_id, BACK + DAY, BACK + days * DAY, BACK + DAY)

    deadline = queries.explain_line(line_id, on=promised).deadline
    nights(promised, deadline.earliest_on - DAY, people)
    before = state(line_id)
    nights(deadline.earliest_on, deadline.earliest_on, people)

    assert deadline.last_day_on >= promised + days * DAY
    assert (before, state(line_id)) == ("active", "suspended")


@pytest.mark.parametrize(
    ("what", "first", "last"),
    [
        ("hospital", BACK + DAY, BACK + 10 * DAY),
        ("hospital", BACK, BACK + 10 * DAY),  # said on the day of the promise, after it
        ("known hospital", BACK + DAY, BACK + 10 * DAY),  # the promise has it
        ("dispute", BACK + DAY, BACK + 10 * DAY),
        ("dispute", BACK, BACK + 10 * DAY),
        ("stay", BACK + DAY, BACK + 10 * DAY),
        ("nothing", BACK, BACK),
    ],
)
def test_a_counter_the_explanation_and_the_batch_have_the_same_day(
    people: People, as_role: AsRole, what: str, first: dt.date, last: dt.date
) -> None:
    line_id, promised = given_back(people, *([(first, last)] if what == "known hospital" else []))
    if what == "hospital":
        clock.set_demo_date(first)
        pause(line_id, first, last, first)
    elif what == "dispute":
        disputed(line_id, first, last, upheld=False)
    elif what == "stay":
        court_stays.enter_stay(console_authority(), first=first, last=last, reason="court", on=BACK)

    explained = queries.explain_line(line_id, on=max(promised, last)).deadline
    with as_role("counter"):
        told = line_deadline(line_id)
    nights(max(promised, last), explained.earliest_on - DAY, people)
    before = state(line_id)
    nights(explained.earliest_on, explained.earliest_on, people)

    assert told.last_day_on == explained.last_day_on
    assert (before, state(line_id)) == ("active", "suspended")
    assert (told.last_day_on > promised) == (what in {"hospital", "dispute", "stay"})
