# SPDX-License-Identifier: EUPL-1.2
"""Pages of several campaigns: a choice where there is one, and what is asked for goes to the campaign that is shown."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.models import RoleGrant
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.staff_requests import do_staff_requests
from rollkeeper.campaign import planning, queries
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from tests.backoffice.test_pages import PLANNED, signed_in  # noqa: F401
from tests.builders.lines import make_line
from tests.builders.packs import use_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.campaign.population import plan, register

TITLES = ("title: {en: Telephones}, ", "title: {en: Other lines}, ")
LAW = phased(
    EARLY.replace("cohort", f"{TITLES[0]}cohort", 1), LATE.replace("cohort", f"{TITLES[1]}cohort", 1)
)


@pytest.fixture
def manager(signed_in):  # noqa: F811
    ask = signed_in(StaffRole.CAMPAIGN_MANAGER, "manager")
    RoleGrant.objects.update(since=PLANNED)
    return ask


@pytest.fixture
def law(manager):
    before = instance().pack
    use_pack(LAW)
    yield manager
    write_settings(instance={"pack": before})


def work(as_role):
    run("DISCARD TEMP")
    with as_role("worker"):
        return do_staff_requests(limit=10, job=RequestJob.CAMPAIGN)


def planned():
    clock.set_demo_date(PLANNED)
    return planning.plan_campaigns(console_authority(), pack_id=instance().pack, on=PLANNED)


def text(answer):
    return answer.content.decode()


def test_a_page_offers_a_choice_where_several_campaigns_are_open(law):
    make_line(service="mobile"), make_line(service="fixed_line"), make_line(service="data_card")
    planned()

    first, late = text(law("get", "/campaign/")), text(law("get", "/campaign/?campaign=late"))

    assert 'aria-current="page">Telephones' in first
    assert 'href="?campaign=late"' in first
    assert 'aria-current="page">Other lines' in late
    assert '<span class="rk-figure">1</span>' in first
    assert '<span class="rk-figure">2</span>' in late
    assert "/unreachable/?campaign=late" in late
    assert law("get", "/campaign/?campaign=none").status_code == 404


def test_no_choice_is_offered_of_one_campaign(manager):
    make_line()
    plan(PLANNED)

    shown = text(manager("get", "/campaign/"))

    assert "?campaign=" not in shown


def test_all_campaigns_are_counted_and_planned_from_one_page(law, as_role):
    make_line(service="mobile"), make_line(service="data_card")
    clock.set_demo_date(PLANNED)

    law("post", "/campaign/plan/ask/", {"kind": "plan_check"})
    work(as_role)
    counted = text(law("get", "/campaign/plan/"))
    law("post", "/campaign/plan/ask/", {"kind": "plan"})
    work(as_role)

    assert "Telephones" in counted
    assert "Other lines" in counted
    assert "Lines that fit several campaigns: 1." in counted
    assert {one.name: sum(one.stage_counts.values()) for one in queries.overviews(PLANNED)} == {
        "early": 1,
        "late": 1,
    }


def test_the_campaign_that_is_shown_is_closed_and_no_other(law, as_role):
    mobile = make_line(service="mobile")
    make_line(service="data_card")
    planned()
    register(mobile, PLANNED)
    run("DISCARD TEMP")
    with as_role("worker"):
        from rollkeeper.access.authority import worker_authority
        from rollkeeper.campaign.nightly import run_nightly

        run_nightly(worker_authority(), on=PLANNED)

    law("post", "/campaign/close/?campaign=early", {"sure": "on"})
    work(as_role)

    assert {
        row.name: row.closed_on
        for row in rows("SELECT campaign_name AS name, closed_on FROM campaign_campaign")
    } == {
        "early": PLANNED,
        "late": None,
    }


def test_unreachable_lines_are_listed_for_the_campaign_that_is_shown(law):
    mobile, card = make_line(service="mobile"), make_line(service="data_card")
    planned()

    shown = text(law("get", "/unreachable/?campaign=late"))

    assert str(card) in shown
    assert str(mobile) not in shown


def test_figures_are_those_of_the_campaign_that_is_shown(law):
    make_line(service="mobile")
    planned()

    assert law("get", "/campaign/figures.csv?campaign=late").status_code == 200
