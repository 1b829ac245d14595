"""Who is accepted for a time without a document: service is back at once, and afterwards the days that were left go on."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign import queries
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import instance
from rollkeeper.law.calendars import is_closed
from rollkeeper.law.packs import load_pack
from rollkeeper.registration.services import register_subscriber
from tests.builders.lines import change_line
from tests.builders.notices import deliver_notices
from tests.builders.packs import REFERENCE, use_pack
from tests.campaign.population import day, member, night, nights, register, state
from tests.campaign.test_batches import DUE, END_DUE, notified_lines
from tests.campaign.test_disputes_outrank_batches import numbered
from tests.registration.people import submission, without_address

DAYS = 20
STOLEN = f"    no_document_route: [{{by: [police_report], valid_for: {{n: {DAYS}, unit: day}}, because: {{article: 2 ¶1}}}}]\n"


@pytest.fixture
def stolen(people, law_put_back, monkeypatch):
    """Accept a report of a theft for some days, in this instance's law and campaign."""
    from rollkeeper.vault.services import begin_first_epoch

    begin_first_epoch()
    head = "  - id: individual\n"
    use_pack(REFERENCE.replace(head, head + STOLEN, 1))
    monkeypatch.setattr("tests.campaign.population.PACK", instance().pack)
    return people


def report_theft(line_id, on):
    """Show the report at a counter."""
    bare = {"name": "Invented", "address": "Nowhere 1"}
    register_subscriber(
        console_authority(), submission(numbered(line_id), bare, route="police_report"), on=on
    )


def explained(line_id, on):
    return " ".join(one.text for one in queries.explain_line(line_id, on=on).sentences)


def open_day_after(day):
    later = day + dt.timedelta(days=1)
    while is_closed(load_pack("cn-xz-2011"), later):
        later += dt.timedelta(days=1)
    return later


def test_whose_days_run_is_suspended_no_sooner_than_after_the_days_of_the_report(stolen):
    robbed, same = notified_lines(2)
    report_theft(robbed, DUE - dt.timedelta(days=2))

    night(DUE, stolen)
    at_first = (state(robbed), state(same))
    ends_on = DUE - dt.timedelta(days=2) + dt.timedelta(days=DAYS)
    night(ends_on, stolen)
    on_its_last_day = state(robbed)
    due = member(robbed).next_check_on
    later = open_day_after(max(due - dt.timedelta(days=1), ends_on))
    night(later, stolen)

    assert at_first == ("active", "suspended")
    assert on_its_last_day == "active"
    assert later > ends_on
    assert state(robbed) == "suspended"


def test_who_was_suspended_works_again_at_once_and_is_notified_of_the_new_day(stolen):
    robbed, same = notified_lines(2)
    night(DUE, stolen)
    shown_on = DUE + dt.timedelta(days=4)
    report_theft(robbed, shown_on)
    at_once = state(robbed)

    night(shown_on, stolen)
    night(END_DUE, stolen)

    promised = open_day_after(shown_on + dt.timedelta(days=DAYS + 30 - 4 - 1))  # a last day is an open one
    (notified,) = rows(
        "SELECT promised_on FROM notices_notice WHERE line_id = %s AND kind = 'reminder'", [robbed]
    )
    assert (at_once, state(robbed), state(same)) == ("active", "active", "terminated")
    assert (member(robbed).stage, member(robbed).promised_on, notified.promised_on) == (
        "running",
        promised,
        promised,
    )
    said = explained(robbed, END_DUE)
    assert f"{promised:%-d %B %Y} was promised as the last day" in said
    assert f"may be suspended from {open_day_after(promised):%-d %B %Y} on" in said
    night(promised, stolen)
    assert state(robbed) == "active"
    night(open_day_after(promised), stolen)
    assert state(robbed) == "suspended"


def test_the_explanation_says_from_when_to_when_the_clock_stood_still(stolen):
    (robbed,) = notified_lines(1)
    report_theft(robbed, DUE)

    said = explained(robbed, DUE)

    assert f"From {DUE:%-d %B %Y} to {DUE + dt.timedelta(days=DAYS):%-d %B %Y} the clock is paused" in said


def test_who_registers_a_document_meanwhile_leaves_the_campaign(stolen):
    (robbed,) = notified_lines(1)
    night(DUE, stolen)
    number = numbered(robbed)
    bare = {"name": "Invented", "address": "Nowhere 1"}
    register_subscriber(console_authority(), submission(number, bare, route="police_report"), on=DUE)

    register_subscriber(
        console_authority(), submission(number, {**without_address(), "address": "Nowhere 1"}), on=DUE + dt.timedelta(days=3)
    )  # fmt: skip
    night(DUE + dt.timedelta(days=3), stolen)

    assert member(robbed).stage == "out_of_scope"
    assert member(robbed).out_of_scope_reason == "registered"


def test_service_restored_before_the_cut_by_a_clock_set_right_blocks_no_night(
    stolen,
):
    (robbed,) = notified_lines(1)
    night(DUE, stolen)
    before = DUE - dt.timedelta(days=1)

    clock.set_demo_date(before)
    report_theft(robbed, before)
    night(before, stolen)

    assert (state(robbed), member(robbed).stage) == ("active", "running")


def test_a_subscriber_no_longer_registered_is_asked_again_with_own_days(people):
    (line_id,) = notified_lines(1)
    register(line_id, day("2012-01-10"))
    nights("2012-01-10", "2012-01-11", people)
    left, lost = member(line_id).stage, day("2012-02-20")

    change_line(line_id, is_registered=False)
    night(lost, people)
    asked = member(line_id)
    (owed,) = rows("SELECT * FROM notices_notice WHERE line_id = %s AND state = 'queued'", [line_id])
    nights("2012-02-21", "2012-03-20", people)  # a notice from before does not count for them
    not_notified = member(line_id).stage
    said_not_notified = explained(line_id, day("2012-03-20"))
    deliver_notices(lost, notice_id=owed.notice_id)
    night(day("2012-03-21"), people)

    # By hand from the 20th of February: 9 days of February, 31 of March, so the 60th is Friday the 20th of April.
    assert (left, asked.stage, not_notified) == ("out_of_scope", "not_notified", "not_notified")
    assert (owed.kind, owed.promised_on) == ("register_by", day("2012-04-20"))
    assert (member(line_id).stage, member(line_id).anchor_on, state(line_id)) == ("running", lost, "active")
    said = explained(line_id, day("2012-03-21"))
    assert "no notice has provably reached the subscriber" in said_not_notified
    assert f"A notice provably reached the subscriber on {lost:%-d %B %Y}." in said
    assert "Day 60 of 60 is 20 April 2012: the last day to register." in said
    assert "may be suspended from 23 April 2012 on" in said
    assert "2012-03-01" not in said + said_not_notified
    night(day("2012-04-20"), people)
    on_the_last_day = state(line_id)
    night(day("2012-04-23"), people)
    assert (on_the_last_day, state(line_id)) == ("active", "suspended")
