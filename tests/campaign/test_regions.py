# SPDX-License-Identifier: EUPL-1.2
"""A campaign of some regions in the real tables: which lines it takes, lets go and is simulated with."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign import cli_output, planning, queries
from rollkeeper.campaign.register_histories import count_not_concerned, write_histories
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import progress
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import instance
from rollkeeper.law.engine_rules import run_rules, span_of
from rollkeeper.law.engine_sql import run_sql
from rollkeeper.law.events import read_events
from rollkeeper.law.packs import load_pack
from tests.builders.lines import make_line
from tests.builders.packs import REFERENCE, adopt_pack, use_pack, write_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.campaign.population import day, state, tell

PLANNED, NOTIFIED = day("2011-12-19"), day("2011-12-20")
PLAIN = REFERENCE[: REFERENCE.index("\ntests:")]
LHASA = PLAIN.replace("registered: false", "registered: false, regions: [Lhasa, Nagqu]", 1)
PLACES = ("Lhasa", "Nagqu", "Shigatse", "", None)

pytestmark = pytest.mark.usefixtures("register", "law_put_back")


def plan(text, on=PLANNED):
    use_pack(text)
    clock.set_demo_date(on)
    return planning.plan_campaigns(console_authority(), pack_id=instance().pack, on=on)


def members(line_ids):
    found = rows(
        "SELECT line_id, stage FROM campaign_member WHERE line_id = ANY (%s::uuid[])", [list(line_ids)]
    )
    return {row.line_id: row.stage for row in found}


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


def test_of_two_campaigns_a_line_is_in_the_one_of_its_region_with_the_later_day():
    placed = lines()

    plan(
        phased(
            LATE.replace("services: [data_card, fixed_line]", "regions: [Lhasa]"),
            EARLY.replace("services: [mobile, data_card]", "services: [mobile]"),
        )
    )

    found = {
        place: [row.name for row in rows(
            "SELECT c.campaign_name AS name FROM campaign_member m JOIN campaign_campaign c USING (campaign_id) WHERE m.line_id = %s", [line_id])]
        for place, line_id in placed.items()
    }  # fmt: skip
    assert found == {
        "Lhasa": ["late"],
        "Nagqu": ["early"],
        "Shigatse": ["early"],
        "": ["early"],
        None: ["early"],
    }


@pytest.mark.parametrize("engine", [run_rules, run_sql])
def test_a_simulation_of_the_register_concerns_the_lines_that_a_plan_takes(tmp_path, engine):
    placed = lines()
    use_pack(LHASA)
    pack, file = load_pack(instance().pack), tmp_path / "lines.csv"

    write_histories(file, pack, NOTIFIED)
    events = read_events(file)
    with progress("law") as bar:
        found = engine(pack, events, span_of(events, dt.date(2012, 1, 1), dt.date(2012, 12, 31)), bar)

    cut = {name for name, on in zip(events.names, found["suspended_on"], strict=True) if on is not None}
    assert cut == {str(placed["Lhasa"]), str(placed["Nagqu"])}


def test_a_line_that_no_region_is_known_of_is_told_why_it_is_not_asked():
    line_id = make_line(region=None)
    plan(LHASA)

    found = queries.explain_line(line_id, on=NOTIFIED)

    assert found is not None
    assert "lines of these regions: Lhasa, Nagqu" in " ".join(one.text for one in found.sentences)
