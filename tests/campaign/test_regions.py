# SPDX-License-Identifier: EUPL-1.2
"""A campaign of some regions in the real tables: which lines it takes, lets go and is simulated with."""

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.campaign import cli_output, nightly, planning, queries
from rollkeeper.campaign.register_histories import count_not_concerned
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.instance import instance
from rollkeeper.law.engine_rules import run_rules
from rollkeeper.law.engine_sql import run_sql
from rollkeeper.law.packs import load_pack
from tests.builders.lines import make_line
from tests.builders.packs import adopt_pack, use_pack, write_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.campaign.cohorts import NOTIFIED, PLAIN, PLANNED, campaigns_of, cut_in_a_simulation, members, plan
from tests.campaign.population import state, tell

LHASA = PLAIN.replace("registered: false", "registered: false, regions: [Lhasa, Nagqu]", 1)
PLACES = ("Lhasa", "Nagqu", "Shigatse", "", None)

pytestmark = pytest.mark.usefixtures("register", "law_put_back")


def lines():
    return {place: make_line(region=place) for place in PLACES}


def test_a_campaign_takes_the_lines_of_its_regions_alone(capsys):
    placed = lines()

    (done,) = plan(LHASA)

    assert set(members(placed.values())) == {placed["Lhasa"], placed["Nagqu"]}
    assert done.members_added == 2
    others = count_not_concerned(load_pack(instance().pack))
    assert (others.other_region, others.registered, others.other_service) == (3, 0, 0)
    cli_output.planned(done, others, load_pack(instance().pack))
    assert "3 of other regions" in capsys.readouterr().out


def test_a_dry_run_counts_the_same_lines():
    lines()
    use_pack(LHASA)
    clock.set_demo_date(PLANNED)

    (found,) = planning.check_plans(console_authority(), pack_id=instance().pack, on=PLANNED)

    assert (found.to_add, found.regions) == (2, {"Lhasa": 1, "Nagqu": 1})


def test_a_version_with_fewer_regions_lets_the_others_go_and_gives_service_back():
    placed = lines()
    plan(PLAIN)
    for line_id in placed.values():
        tell(line_id, NOTIFIED)

    clock.set_demo_date(NOTIFIED)
    adopt_pack(write_pack(LHASA), on=NOTIFIED)
    plan(LHASA, NOTIFIED)

    gone = {place for place, line_id in placed.items() if members([line_id])[line_id] == "out_of_scope"}
    assert gone == {"Shigatse", "", None}
    assert {state(line_id) for line_id in placed.values()} == {"active"}


def test_a_campaign_that_takes_a_line_again_shortens_no_day_that_it_promised():
    line_id = make_line(region="Shigatse")
    plan(PLAIN)
    tell(line_id, NOTIFIED)
    clock.set_demo_date(NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)
    run("UPDATE campaign_member SET promised_on = promised_on + 60")
    (promised,) = rows("SELECT promised_on AS day FROM campaign_member")
    adopt_pack(write_pack(LHASA), on=NOTIFIED)
    plan(LHASA, NOTIFIED)

    adopt_pack(write_pack(PLAIN), on=NOTIFIED)
    plan(PLAIN, NOTIFIED)

    assert members([line_id]) == {line_id: "not_notified"}
    found = rows(
        "SELECT promised_on AS day FROM campaign_member UNION SELECT promised_on FROM notices_notice WHERE state = 'queued'"
    )
    assert [one.day for one in found] == [promised.day]


def test_of_two_campaigns_a_line_is_in_the_one_of_its_region_with_the_later_day():
    placed = lines()

    plan(
        phased(
            LATE.replace("services: [data_card, fixed_line]", "regions: [Lhasa]"),
            EARLY.replace("services: [mobile, data_card]", "services: [mobile]"),
        )
    )

    assert campaigns_of(placed) == {
        "Lhasa": ["late"],
        "Nagqu": ["early"],
        "Shigatse": ["early"],
        "": ["early"],
        None: ["early"],
    }


@pytest.mark.parametrize("engine", [run_rules, run_sql])
def test_a_simulation_of_the_register_concerns_the_lines_that_a_plan_takes(tmp_path, engine):
    placed = lines()

    cut = cut_in_a_simulation(engine, LHASA, tmp_path)

    assert cut == {str(placed["Lhasa"]), str(placed["Nagqu"])}


def test_a_line_that_no_region_is_known_of_is_told_why_it_is_not_asked():
    line_id = make_line(region=None)
    plan(LHASA)

    found = queries.explain_line(line_id, on=NOTIFIED)

    assert found is not None
    assert "lines of these regions: Lhasa, Nagqu" in " ".join(one.text for one in found.sentences)
