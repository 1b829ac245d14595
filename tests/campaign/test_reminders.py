# SPDX-License-Identifier: EUPL-1.2
"""A pack that requires reminders: on its day, of the valid day, and never to registered subscribers.

Counted by hand: notified on 2012-01-05, 60 days end on Monday the 5th of March; 14 days before that is the 20th of February,
3 days before the 2nd of March.
"""

import datetime as dt
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.campaign import batch_planning, court_stays, nightly, planning, queries
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId
from tests.builders.lines import make_line
from tests.builders.packs import adopt_pack, confirmed
from tests.campaign.population import day, member, night, pause, register, state, tell

type People = tuple[Authority, Authority]

NOTIFIED, LAST = day("2012-01-05"), day("2012-03-05")
DAY = dt.timedelta(days=1)
REFERENCE = (files("rollkeeper.law.packs") / "cn-xz-2011.yaml").read_text("utf-8")
REMINDER = """      - must_be_delivered: false
        before_deadline: {{n: {days}, unit: day}}
        because: {{article: "3", words: {{en: Operators inform unregistered users}}}}
"""


@pytest.fixture
def notified(people: People, tmp_path: Path) -> Callable[..., LineId]:
    """Plan under a pack with reminders so many days before, and let one line's subscriber be notified."""

    def make(*days: int) -> LineId:
        pack, line_id = tmp_path / "pack.yaml", make_line()
        duties = "".join(REMINDER.format(days=one) for one in days)
        cases, questions = REFERENCE.index("\ntests:"), REFERENCE.index("\nopen_questions:")
        whole = (REFERENCE[:cases] + REFERENCE[questions:]).replace("    stages:\n", duties + "    stages:\n")
        pack.write_text(confirmed(whole), "utf-8")
        clock.set_demo_date(NOTIFIED)
        adopt_pack(pack, on=NOTIFIED)
        planning.plan_campaign(console_authority(), pack_id=str(pack), on=NOTIFIED)
        tell(line_id, NOTIFIED)
        worker(NOTIFIED)
        return line_id

    return make


def worker(on: dt.date) -> nightly.NightlyResult:
    clock.set_demo_date(on)
    return nightly.run_nightly(worker_authority(), on=on)


def run_nights(first: str, last: str) -> None:
    for ahead in range((day(last) - day(first)).days + 1):
        worker(day(first) + ahead * DAY)


def explained(line_id: LineId) -> list[str]:
    found = queries.explain_line(line_id, on=day("2012-02-25"))
    assert found is not None
    return [one.text for one in found.sentences]


def reminders(line_id: LineId) -> list[tuple[str, str]]:
    found = rows(
        "SELECT queued_on, promised_on FROM notices_notice WHERE line_id = %s AND kind = 'reminder' ORDER BY notice_id",
        [line_id],
    )
    return [(str(one.queued_on), str(one.promised_on)) for one in found]


@pytest.mark.parametrize(("through", "count"), [("2012-02-19", 0), ("2012-02-20", 1), ("2012-02-21", 1)])
def test_a_reminder_is_owed_on_its_day_once(
    notified: Callable[..., LineId], through: str, count: int
) -> None:
    line_id = notified(14)

    run_nights("2012-02-18", through)

    assert reminders(line_id) == [("2012-02-20", "2012-03-05")] * count


def test_every_reminder_names_the_day_that_holds_and_moves_none(
    notified: Callable[..., LineId], people: People
) -> None:
    line_id = notified(3, 14)

    run_nights("2012-02-18", "2012-03-05")

    assert reminders(line_id) == [("2012-02-20", "2012-03-05"), ("2012-03-02", "2012-03-05")]
    assert member(line_id).promised_on == LAST
    night(LAST, people)
    assert state(line_id) == "active"
    night(LAST + DAY, people)
    assert state(line_id) == "suspended"


def test_a_night_that_runs_twice_reminds_once(notified: Callable[..., LineId]) -> None:
    line_id = notified(14)

    night = [worker(day("2012-02-20")).reminded, worker(day("2012-02-20")).reminded]

    assert night == [1, 0]
    assert len(reminders(line_id)) == 1


def test_a_subscriber_who_came_meanwhile_is_not_reminded(notified: Callable[..., LineId]) -> None:
    line_id = notified(14)
    register(line_id, day("2012-02-10"))

    run_nights("2012-02-19", "2012-02-21")

    assert reminders(line_id) == []


def test_a_pack_without_reminders_reminds_nobody(notified: Callable[..., LineId]) -> None:
    line_id = notified()

    run_nights("2012-02-19", "2012-03-05")

    assert reminders(line_id) == []


def test_a_late_reminder_gives_the_whole_time_from_then(
    notified: Callable[..., LineId], people: People
) -> None:
    line_id = notified(14)

    worker(day("2012-02-25"))  # no night ran since the 10th

    assert reminders(line_id) == [("2012-02-25", "2012-03-10")]
    promised, may_follow = explained(line_id)[-2:]
    assert promised.startswith("But 10 March 2012 was promised as the last day.")
    assert "it may be suspended from 12 March 2012 on" in may_follow
    for on in ("2012-03-06", "2012-03-09", "2012-03-10"):
        night(day(on), people)
        assert state(line_id) == "active"
    night(day("2012-03-12"), people)  # the 10th and the 11th are days of rest
    assert state(line_id) == "suspended"


def test_the_sample_of_a_batch_shows_the_day_that_was_promised(
    notified: Callable[..., LineId],
) -> None:
    notified(14)
    worker(day("2012-02-25"))
    due = day("2012-03-12")
    worker(due)

    drawn, _ = batch_planning.prepare_batches(console_authority(), due_on=due, on=due)

    assert drawn.batch_id is not None
    found = queries.batch(drawn.batch_id)
    assert found is not None
    assert [(one.notified_on, one.last_day_on) for one in found.preview] == [(NOTIFIED, day("2012-03-10"))]


def test_a_clock_that_stands_still_reminds_of_no_day_until_it_goes_on(
    notified: Callable[..., LineId],
) -> None:
    line_id = notified(14)
    pause(line_id, day("2012-02-15"), day("2012-02-25"), day("2012-02-14"))  # eleven days: through 2012-03-16

    run_nights("2012-02-14", "2012-03-03")

    assert reminders(line_id) == [("2012-03-02", "2012-03-16")]


def test_a_day_that_a_pause_moved_is_reminded_of_again_and_not_moved_further(
    notified: Callable[..., LineId],
) -> None:
    line_id = notified(14)
    run_nights("2012-02-20", "2012-02-24")
    pause(line_id, day("2012-02-25"), day("2012-03-05"), day("2012-02-24"))  # ten days: through 2012-03-15

    run_nights("2012-02-25", "2012-03-08")

    assert reminders(line_id) == [("2012-02-20", "2012-03-05"), ("2012-03-07", "2012-03-15")]


def test_a_pack_that_asks_for_more_reminders_reminds_those_whose_clock_runs(
    notified: Callable[..., LineId], people: People
) -> None:
    line_id = notified()
    run_nights("2012-01-06", "2012-01-10")

    notified(14)
    run_nights("2012-01-11", "2012-03-05")

    assert reminders(line_id) == [("2012-02-20", "2012-03-05")]
    night(LAST + DAY, people)
    assert state(line_id) == "suspended"


def test_a_pack_that_asks_late_for_a_reminder_gives_the_whole_time_from_then(
    notified: Callable[..., LineId], people: People
) -> None:
    line_id = notified()
    run_nights("2012-01-06", "2012-03-01")

    notified(14)
    run_nights("2012-03-02", "2012-03-03")

    assert [owed for owed, _ in reminders(line_id)] == ["2012-03-02"]
    night(LAST + DAY, people)
    assert state(line_id) == "active"


def test_a_stay_reminds_nobody_until_it_is_over(notified: Callable[..., LineId]) -> None:
    line_id = notified(14, 3)
    run_nights("2012-02-18", "2012-02-26")
    first, last = day("2012-02-27"), day("2012-03-20")
    clock.set_demo_date(first)
    court_stays.enter_stay(console_authority(), first=first, last=last, reason="court", on=first)

    run_nights("2012-02-27", "2012-03-20")
    during = reminders(line_id)
    run_nights("2012-03-21", "2012-04-01")

    assert during == [("2012-02-20", "2012-03-05")]
    assert [promised for _, promised in reminders(line_id)[1:]] == ["2012-03-28"] * len(
        reminders(line_id)[1:]
    )
    assert reminders(line_id)[1:]
