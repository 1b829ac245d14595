# SPDX-License-Identifier: EUPL-1.2
"""Pages of several campaigns: a choice where there is one, and what is asked for goes to the campaign that is shown."""

import html
import re

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.models import RoleGrant
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.staff_requests import do_staff_requests
from rollkeeper.backoffice import unreachable
from rollkeeper.campaign import batch_planning, planning, queries
from rollkeeper.campaign.nightly import run_nightly
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from tests.backoffice.conftest import DUE, PLANNED
from tests.backoffice.test_pages import signed_in  # noqa: F401
from tests.builders.lines import make_line
from tests.builders.packs import use_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.campaign.population import plan, register, tell

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


def early_is_over(as_role):
    """Plan two campaigns; every line of the early one is registered."""
    mobile = make_line(service="mobile")
    make_line(service="data_card")
    planned()
    register(mobile, PLANNED)
    run("DISCARD TEMP")
    with as_role("worker"):
        run_nightly(worker_authority(), on=PLANNED)


def text(answer):
    return answer.content.decode()


def test_a_page_offers_a_choice_where_several_campaigns_are_open(law):
    make_line(service="mobile"), make_line(service="fixed_line"), make_line(service="data_card")
    planned()

    first, late = text(law("get", "/campaign/")), text(law("get", "/campaign/?campaign=late"))

    assert 'aria-current="page" href="?campaign=early">Telephones' in first
    assert 'href="?campaign=late"' in first
    assert 'aria-current="page" href="?campaign=late">Other lines' in late
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
    early_is_over(as_role)

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


def test_no_link_of_a_campaigns_pages_leads_to_another_campaign(law):
    make_line(service="mobile", region="Lhasa"), make_line(service="data_card", region="Lhasa")
    planned()
    run_nightly(worker_authority(), on=PLANNED)

    pages = [
        text(law("get", f"/{one}/?campaign=late")) for one in ("campaign", "unreachable", "campaign/close")
    ]

    links = {html.unescape(one) for page in pages for one in re.findall(r'href="([^"]+)"', page)}
    about_one = [
        one
        for one in links
        if re.match(r"/(campaign/(days|close|figures)|unreachable)|\?", one) and "campaign=early" not in one
    ]
    assert any(one.startswith("/campaign/days/") for one in about_one)
    assert any("region=Lhasa" in one for one in about_one)
    assert not [one for one in about_one if "campaign=late" not in one]


def test_the_next_unreachable_lines_are_of_the_same_campaign(law, monkeypatch):
    monkeypatch.setattr(unreachable, "PAGE", 1)
    make_line(service="data_card"), make_line(service="data_card")
    planned()

    shown = text(law("get", "/unreachable/?campaign=late"))

    assert re.search(r'href="\?after=[^"]+campaign=late"', shown)


def test_who_asked_for_the_end_of_one_campaign_sees_it_ended(law, as_role):
    early_is_over(as_role)

    law("post", "/campaign/close/?campaign=early", {"sure": "on"})
    work(as_role)
    ended = law("get", "/campaign/close/?campaign=early")

    assert ended.status_code == 200
    assert "Closed on 20 December 2011" in text(ended)
    assert 'href="/campaign/"' in text(ended)
    assert law("get", "/campaign/close/?campaign=none").status_code == 404


def test_the_file_of_figures_is_named_for_its_campaign(law):
    make_line(service="mobile"), make_line(service="data_card")
    planned()

    assert (
        "campaign-late.csv"
        in law("get", "/campaign/figures.csv?campaign=late").headers["Content-Disposition"]
    )


def test_a_batch_leads_back_to_its_own_campaign(law):
    mobile = make_line(service="mobile")
    make_line(service="data_card")
    planned()
    tell(mobile, PLANNED)
    run_nightly(worker_authority(), on=PLANNED)
    clock.set_demo_date(DUE)
    run_nightly(worker_authority(), on=DUE)
    batch_planning.prepare_batches(console_authority(), due_on=DUE, on=DUE)
    (batch,) = [one for one in queries.batches() if one.campaign == "early"]

    shown = text(law("get", f"/batches/{batch.batch_id}/"))

    assert 'class="govuk-back-link" href="/campaign/?campaign=early"' in shown


@pytest.mark.parametrize(("paused", "concerned"), [("early", 1), ("late", 2), ("", 3)])
def test_the_end_of_a_stay_is_asked_with_the_lines_of_what_it_pauses(law, paused, concerned):
    for service in ("mobile", "fixed_line", "data_card"):
        make_line(service=service)
    planned()
    for row in rows("SELECT line_id FROM lines_line"):
        tell(row.line_id, PLANNED)
    run("DISCARD TEMP")
    run_nightly(worker_authority(), on=PLANNED)
    law(
        "post",
        "/campaign/stays/",
        {"first": PLANNED.isoformat(), "reason": "order 3/2012", "campaign": paused},
    )
    (stay,) = rows("SELECT stay_id FROM campaign_stay")

    question = text(law("post", f"/campaign/stays/{stay.stay_id}/end/"))

    assert f'<span class="rk-figure">{concerned}</span> lines whose clock goes on' in question
