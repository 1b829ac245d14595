# SPDX-License-Identifier: EUPL-1.2
"""A contract that ends a month after the suspension, by the calendar: on its day, later by each paused day, and counted on after a dispute."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.db import transaction

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.settings import write_settings
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.disputes import dispute_line
from rollkeeper.selfcare.queries import open_cases
from tests.builders.lines import give_number, make_line
from tests.builders.packs import write_pack
from tests.builders.staff import employ_approvers
from tests.builders.stages import Months, MonthsToLast, in_months, staged
from tests.campaign.population import day, fate, member, nights, pause, plan, state, tell
from tests.registration.people import fresh_number

type People = tuple[Authority, Authority]

DAY = dt.timedelta(days=1)
TOLD, FIRST = day("2012-08-31"), day("2012-10-31")
"""Sixty days from the notice the line is suspended, on a day that the next month does not have."""
LAST = {Months: day("2012-12-03"), MonthsToLast: day("2012-11-30")}
"""A month later is 1 December, a Saturday, or the last of November, a Friday; the line ends on the open day after it."""
END = {Months: day("2012-12-04"), MonthsToLast: day("2012-12-03")}
AT_ONCE = {"pilot_share": 1.0, "pilot_hours": 0, "max_lines_per_hour": 10**9}


@pytest.fixture(scope="module", params=[Months, MonthsToLast])
def begun(request: pytest.FixtureRequest, data_dir: object) -> Iterator[tuple[type[Months], LineId, People]]:
    """A line that was suspended, under a law that ends its contract a month later."""
    before = {name: getattr(settings(), name) for name in AT_ONCE}
    write_settings(campaign=AT_ONCE)
    with transaction.atomic():
        people, line_id = employ_approvers(), make_line()
        month = request.param(1)
        plan(TOLD, str(write_pack(in_months(staged(month, bars=(("suspended", "{}"),)), month))))
        tell(line_id, TOLD)
        nights(TOLD, FIRST, people)
        yield request.param, line_id, people
        transaction.set_rollback(True)
    write_settings(campaign=before)


@pytest.fixture
def suspended(begun: tuple[type[Months], LineId, People]) -> Iterator[tuple[type[Months], LineId, People]]:
    """The line on the evening of its suspension; what a test does is rolled back to it."""
    with transaction.atomic():
        clock.set_demo_date(FIRST)
        yield begun
        transaction.set_rollback(True)


def test_the_last_day_is_promised_with_the_suspension(suspended):
    months, line_id, _ = suspended

    assert fate(line_id)[0] == FIRST
    assert member(line_id).promised_on == LAST[months]
    (notice,) = rows(
        "SELECT promised_on FROM notices_notice WHERE line_id = %s AND kind = 'suspended'", [line_id]
    )
    assert notice.promised_on == LAST[months]


def test_the_contract_ends_on_the_open_day_after_the_month(suspended):
    months, line_id, people = suspended
    end = END[months]

    nights(FIRST + DAY, end - DAY, people)
    assert state(line_id) == "suspended"
    nights(end, end, people)
    assert fate(line_id)[2:4] == (end, "campaign")


@pytest.mark.parametrize("days", [1, 3, 14])
def test_each_paused_day_within_the_month_moves_its_end_by_one(suspended, days):
    months, line_id, people = suspended
    first = day("2012-11-05")

    pause(line_id, first, first + (days - 1) * DAY, FIRST)

    reached = (day("2012-12-01") if months is Months else day("2012-11-30")) + days * DAY
    last = reached + {5: 2, 6: 1}.get(reached.weekday(), 0) * DAY
    end = last + {4: 3, 5: 2}.get(last.weekday(), 1) * DAY
    nights(first, end - DAY, people)
    assert state(line_id) == "suspended"
    nights(end, end, people)
    assert fate(line_id)[2] == end


def test_a_stay_within_the_month_moves_its_end(suspended):
    from rollkeeper.campaign import court_stays

    months, line_id, people = suspended
    clock.set_demo_date(day("2012-11-05"))

    court_stays.enter_stay(
        console_authority(),
        first=day("2012-11-05"),
        last=day("2012-11-11"),
        reason="court",
        on=day("2012-11-05"),
    )

    # The month reaches 8 December, a Saturday, or 7 December, a Friday: the same week later.
    end = END[months] + 7 * DAY
    nights(day("2012-11-12"), end - DAY, people)
    assert state(line_id) == "suspended"
    nights(end, end, people)
    assert fate(line_id)[2] == end


def test_after_a_dispute_the_days_of_the_month_that_were_left_are_promised(suspended):
    months, line_id, _ = suspended
    number = fresh_number()
    give_number(line_id, number)
    disputed, settled = FIRST + 3 * DAY, FIRST + 40 * DAY
    clock.set_demo_date(disputed)
    dispute_line(console_authority(), submission_key=str(new_uuid()), number=number, on=disputed)
    (case,) = open_cases()

    clock.set_demo_date(settled)
    settle_case(console_authority(), case.case_id, upheld=True, on=settled)

    left = (31 if months is Months else 30) - 2  # two days of the month ran before the dispute
    reached = settled + left * DAY
    assert member(line_id).promised_on == reached + {5: 2, 6: 1}.get(reached.weekday(), 0) * DAY
