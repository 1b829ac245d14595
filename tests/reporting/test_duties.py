# SPDX-License-Identifier: EUPL-1.2
"""What the law asks of the operator itself, counted: people told in time, lines with identity, copies kept."""

import datetime as dt
from uuid import UUID

import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign.models import Campaign, Member
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import run
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.notices.models import Notice
from rollkeeper.operations.duty_check import look_at_the_duties
from rollkeeper.reporting import commands
from rollkeeper.reporting.duties import count_by_service, count_duties, counted_duties, lines_without_identity
from rollkeeper.reporting.labels import title_of, titles_of
from rollkeeper.reporting.periods import quarters_of
from rollkeeper.reporting.quarter_counts import count_stocks
from rollkeeper.reporting.report_tables import protected_stocks
from tests.builders.lines import make_line
from tests.builders.packs import REFERENCE, use_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.in_process import invoke
from tests.refusals import refusing
from tests.selfcare.people import register_line

pytestmark = pytest.mark.usefixtures("register")
D = dt.date
ON = D(2012, 3, 31)
CLERK = Authority(frozenset({StaffRole.CLERK}), None, "0f" * 32)


CAMPAIGN = UUID("01900000-0000-7000-8000-0000000000aa")


def told(line, day, campaign_id=CAMPAIGN, **member):
    """Make a line a member of a campaign, told on a day or not at all."""
    Campaign.objects.get_or_create(
        campaign_id=campaign_id,
        defaults={
            "pack_id": "cn-xz-2011",
            "pack_hash": "x",
            "begins_on": D(2012, 1, 1),
            "planned_at": clock.now(),
        },
    )
    Member.objects.create(**{"line_id": line, "campaign_id": campaign_id, "stage": "not_notified"} | member)
    if day:
        Notice.objects.create(
            line_id=line, campaign_id=campaign_id, kind="register_by", state="delivered", queued_on=day, delivered_on=day, promised_on=day,
            language="en", pack_hash="x", channel="sms",
        )  # fmt: skip


@pytest.mark.parametrize(
    ("activated_on", "listed"), [(D(2011, 12, 31), False), (D(2012, 1, 1), True), (D(2012, 1, 2), True)]
)
def test_a_line_put_into_service_under_the_law_without_identity_is_listed(activated_on, listed):
    line = make_line(activated_on=activated_on)

    found = lines_without_identity(console_authority())

    assert [one.line_id for one in found] == ([line] if listed else [])
    assert count_duties(ON)["without_identity"] == int(listed)


def test_a_line_of_a_service_that_the_law_does_not_name_is_left_alone(law_put_back):
    use_pack(REFERENCE.replace("services: [domain, address_block,", "services: [address_block,"))
    make_line(activated_on=D(2012, 2, 1), service="domain")
    named = make_line(activated_on=D(2012, 2, 1), service="hosted_site")

    assert [one.line_id for one in lines_without_identity(console_authority())] == [named]
    assert count_duties(ON)["without_identity"] == 1


def test_a_line_that_is_over_is_left_alone():
    make_line(activated_on=D(2012, 2, 1), terminated_on=D(2012, 3, 1), state="terminated")

    assert count_duties(ON)["without_identity"] == 0


def test_only_who_may_see_reports_sees_the_list():
    with refusing(NOT_ALLOWED):
        lines_without_identity(CLERK)


def test_who_was_told_in_time_late_and_not_at_all_is_counted():
    for day in (D(2011, 12, 31), D(2012, 1, 1), D(2012, 2, 1), None):
        told(make_line(), day)

    counted = count_duties(ON)

    assert (counted["told_in_time"], counted["told_late"], counted["not_told"]) == (1, 2, 1)


OTHER = UUID("01900000-0000-7000-8000-0000000000bb")


@pytest.fixture
def two_campaigns(law_put_back):
    """A law with two campaigns, of which the second tells people later; return the two."""
    use_pack(phased(EARLY.replace("id: early,", "id: early, title: {en: Telephones},"), LATE))
    for campaign_id, name in ((CAMPAIGN, "early"), (OTHER, "late")):
        Campaign.objects.create(
            campaign_id=campaign_id, campaign_name=name, law_id="cn-xz-2011", pack_id="cn-xz-2011", pack_hash="x",
            begins_on=D(2012, 1, 1), planned_at=clock.now(),
        )  # fmt: skip
    return CAMPAIGN, OTHER


def test_who_was_told_is_counted_in_each_of_several_campaigns(two_campaigns):
    early, late = two_campaigns
    told(make_line(), D(2011, 12, 31), early)
    told(make_line(), D(2012, 1, 1), late)
    told(make_line(service="data_card"), None, late)
    moved = make_line(service="data_card")
    told(moved, D(2011, 12, 31), early, out_of_scope_reason="not_concerned", stage="out_of_scope")
    told(moved, None, late)

    counted = count_duties(ON)

    assert {what: n for what, n in counted.items() if "told" in what} == {
        "told_in_time:early": 1, "told_late:early": 0, "not_told:early": 0,
        "told_in_time:late": 0, "told_late:late": 1, "not_told:late": 2,
    }  # fmt: skip


def test_a_report_has_a_table_of_each_campaign_with_its_title(two_campaigns):
    for _ in range(12):
        told(make_line(), D(2012, 1, 5), two_campaigns[0])
    quarter = quarters_of(2012)[0]

    shown = protected_stocks({quarter.name: count_stocks(quarter)})
    law = load_pack(instance().pack)

    assert [one["table"] for one in shown if "told" in one["table"]] == [
        f"lines_{what}:{name}" for what in ("told_in_time", "told_late", "not_told") for name in ("early", "late")
    ]  # fmt: skip
    assert {one["table"]: one["cells"][quarter.name]["mobile"] for one in shown}[
        "lines_told_late:early"
    ] == 10
    assert title_of("lines_told_late:early", "en", law).endswith("(from the register, rounded) (Telephones)")
    assert title_of("lines_told_late:late", "zh-hans", law).endswith("（late）")


def test_the_doctor_names_the_campaign_that_told_late(two_campaigns):
    told(make_line(), D(2012, 1, 5), two_campaigns[1])
    clock.set_demo_date(ON)

    found = [one.sentence for one in look_at_the_duties()]

    assert any(one.startswith("Lines of the campaign late told") for one in found)
    assert not any("campaign early" in one for one in found)


def test_a_law_with_one_campaign_is_counted_as_before():
    law = load_pack(instance().pack)

    assert counted_duties(law) == (
        "lines", "registered", "without_identity", "without_copy", "told_in_time", "told_late", "not_told",
    )  # fmt: skip
    assert title_of("lines_told_late", "en", law) == titles_of("en")["lines_told_late"]


@pytest.mark.parametrize(("copies", "lacking"), [((), 1), ((b"an invented picture",), 0)])
def test_records_without_their_copy_are_counted(copies, lacking):
    register_line(on=clock.today(), copies=copies)

    assert count_duties(clock.today() + dt.timedelta(days=1))["without_copy"] == lacking


def test_no_copy_is_missing_where_the_law_has_none_kept():
    line_id = register_line(on=clock.today())
    run("UPDATE lines_line SET service = 'domain' WHERE line_id = %s", [line_id])

    assert count_duties(clock.today() + dt.timedelta(days=1))["without_copy"] == 0


def test_the_report_rounds_and_hides_what_it_shows():
    for _ in range(26):
        told(make_line(), D(2012, 1, 5))
    told(make_line(), None)
    quarter = quarters_of(2012)[0]

    stocks = {quarter.name: count_stocks(quarter)}
    shown = {one["table"]: one["cells"][quarter.name]["mobile"] for one in protected_stocks(stocks)}

    assert (shown["lines_told_late"], shown["lines_not_told"]) == (30, None)
    assert count_by_service(ON)[0]["told_late"] == 26


def test_the_doctor_alarms_and_the_command_fails_while_something_is_missing():
    make_line(activated_on=D(2012, 2, 1))

    found = [one.sentence for one in look_at_the_duties()]

    assert any("no registered subscriber" in one for one in found)
    assert invoke("reports", "duties").exit_code == 1


def test_the_command_says_where_its_list_is_cut(monkeypatch):
    monkeypatch.setattr(commands, "_MOST_LISTED", 1)
    make_line(activated_on=D(2012, 2, 1))
    whole = invoke("reports", "duties")
    make_line(activated_on=D(2012, 2, 1))

    cut = invoke("reports", "duties")

    assert "There are more" not in whole.output
    assert "There are more: these are the oldest 1." in cut.output
