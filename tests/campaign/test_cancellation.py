"""A campaign that should not have been planned is cancelled while no line is suspended by it, and leaves nothing running."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.cancellation import cancel_campaign
from rollkeeper.campaign.errors import CAMPAIGN_UNDER_WAY, NO_CAMPAIGN
from rollkeeper.campaign.open_campaign import open_campaign
from rollkeeper.campaign.planning import plan_campaign
from rollkeeper.kernel.database import rows
from tests.builders.lines import make_line
from tests.builders.staff import employ
from tests.entries import entries
from tests.refusals import refusing

ON = dt.date(2012, 1, 2)


@pytest.fixture
def planned(register):
    make_line()
    make_line()
    plan_campaign(console_authority(), pack_id="cn-xz-2011", on=ON)


def test_no_notice_goes_out_and_no_clock_runs_any_more(planned):
    done = cancel_campaign(console_authority(), on=ON)

    assert (done.members, done.notified) == (2, 0)
    assert [row.state for row in rows("SELECT DISTINCT state FROM notices_notice")] == ["withdrawn"]
    assert [one.facts["members"] for one in entries("campaign:campaign:cancelled")] == [2]
    with refusing(NO_CAMPAIGN):
        open_campaign()


def test_a_new_plan_begins_from_the_first_notice(planned):
    cancel_campaign(console_authority(), on=ON)

    again = plan_campaign(console_authority(), pack_id="cn-xz-2011", on=ON)

    assert (again.members_before, again.members_added) == (0, 2)
    assert rows("SELECT count(*) AS n FROM notices_notice WHERE state = 'queued'")[0].n == 2


def test_lines_whose_subscribers_were_notified_are_counted(planned):
    rows("UPDATE campaign_member SET stage = 'running', anchor_on = %s RETURNING line_id", [ON])

    assert cancel_campaign(console_authority(), on=ON).notified == 2


def test_with_a_suspended_line_it_goes_on(planned):
    rows("UPDATE campaign_member SET stage = 'suspended', anchor_on = %s RETURNING line_id", [ON])

    with refusing(CAMPAIGN_UNDER_WAY, match="2 lines are suspended"):
        cancel_campaign(console_authority(), on=ON)

    assert not entries("campaign:campaign:cancelled")


def test_without_a_campaign_there_is_none_to_cancel(register):
    with refusing(NO_CAMPAIGN):
        cancel_campaign(console_authority(), on=ON)


@pytest.mark.parametrize("role", [StaffRole.CLERK, StaffRole.SUPERVISOR, StaffRole.AUDITOR])
def test_staff_who_may_not_close_a_campaign_cancel_none(planned, role):
    with refusing(NOT_ALLOWED):
        cancel_campaign(employ(role), on=ON)
