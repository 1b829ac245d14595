# SPDX-License-Identifier: EUPL-1.2
"""Commands of several campaigns, typed: which one is meant, and that the others go on."""

from collections.abc import Iterator

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import queries
from rollkeeper.campaign.open_campaign import open_campaigns
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from tests.builders.lines import make_line
from tests.builders.packs import write_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.campaign.population import tell
from tests.campaign.typed_commands import PLANNED, Desk, employ_with_password, surroundings
from tests.command_server import CommandServer


@pytest.fixture(scope="module")
def desk(data_dir: object) -> Iterator[Desk]:
    command_server = CommandServer(surroundings())
    yield Desk(command_server)
    command_server.go()


@pytest.fixture
def law(committed, no_batch_limits):
    before = instance().pack
    write_settings(instance={"pack": str(write_pack(phased(EARLY, LATE)))})
    employ_with_password(("anna", StaffRole.CAMPAIGN_MANAGER), ("tashi", StaffRole.SUPERVISOR))
    yield
    write_settings(instance={"pack": before})


def test_plan_names_each_campaign_and_the_lines_that_another_takes(law, desk):
    make_line(service="mobile"), make_line(service="data_card")

    done = desk.campaign("plan", on=PLANNED)

    assert done.code == 0
    assert "Campaign early of cn-xz-2011, begins 2012-01-01: 1 line added" in done.said
    assert "Campaign late of cn-xz-2011, begins 2012-04-01: 1 line added" in done.said
    assert "In another campaign, which gives a later last day: 1 line." in done.said


def test_an_act_about_one_campaign_asks_which_and_takes_its_name(law, desk):
    make_line(service="mobile"), make_line(service="data_card")
    desk.campaign("plan", on=PLANNED)

    unnamed = desk.campaign("cancel", on=PLANNED)
    named = desk.campaign("cancel", "--campaign", "early", "--yes", on=PLANNED)
    wrong = desk.campaign("close", "--campaign", "early", on=PLANNED)

    assert "Several campaigns are open: early, late." in unnamed.remarks
    assert unnamed.code != 0
    assert named.code == 0
    assert "No campaign early is open. These are: late." in wrong.remarks


def test_status_shows_each_campaign_or_the_one_that_is_named(law, desk):
    make_line(service="mobile"), make_line(service="data_card")
    desk.campaign("plan", on=PLANNED)

    every, one = desk.campaign("status", "--json"), desk.campaign("status", "--campaign", "late", "--json")

    assert [seen["name"] for seen in every.json["campaigns"]] == ["early", "late"]
    assert every.json["campaign"] is None
    assert one.json["campaign"]["name"] == "late"


def test_all_batches_are_stopped_only_where_it_is_asked_for(law, desk):
    for service in ("mobile", "data_card"):
        tell_line = make_line(service=service)
        desk.campaign("plan", on=PLANNED)
        tell(tell_line, PLANNED)
    desk.campaign("run", "--after-gap", on=PLANNED)
    due = "2012-07-03"
    desk.campaign("prepare", "--after-gap", on=due)
    for batch in queries.batches():
        for who in ("anna", "tashi"):
            desk.campaign(
                "approve", str(batch.batch_id), "--as", who, on=due, typed="an invented pass phrase\n"
            )

    undecided = desk.campaign("stop", on=due)
    one = desk.campaign("stop", "--campaign", "early", on=due)
    between = {row.name: row.state for row in _batches()}
    every = desk.campaign("stop", "--all", on=due)

    assert "2 batches could be meant" in undecided.remarks
    assert (one.code, every.code) == (0, 0)
    assert between == {"early": "stopped", "late": "approved"}
    assert {row.state for row in _batches()} == {"stopped"}


def _batches():
    return rows(
        "SELECT c.campaign_name AS name, b.state FROM campaign_batch b JOIN campaign_campaign c USING (campaign_id)"
    )


def test_a_campaign_is_cancelled_only_where_a_person_confirmed_it(law, desk):
    make_line(service="mobile"), make_line(service="data_card")
    desk.campaign("plan", on=PLANNED)

    done = desk.campaign("cancel", "--campaign", "early", on=PLANNED)

    assert done.code == 1
    assert "Campaign early: 1 line, the subscribers of 0 notified." in done.remarks
    assert "The campaign early was not cancelled" in done.remarks
    assert "--yes" in done.remarks
    assert [one.name for one in open_campaigns()] == ["early", "late"]
