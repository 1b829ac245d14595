# SPDX-License-Identifier: EUPL-1.2
"""A campaign that has only some kinds of registered subscriber verify again, in the real tables."""

import datetime as dt

import pytest

from rollkeeper.campaign.register_histories import write_histories
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import progress
from rollkeeper.kernel.database import rows
from rollkeeper.law.engine_rules import run_rules, span_of
from rollkeeper.law.engine_sql import run_sql
from rollkeeper.law.events import read_events
from tests.builders.lines import make_line, make_tenure
from tests.builders.packs import adopt_pack, read_text, write_pack
from tests.builders.stages import asking_again, phased
from tests.campaign.cohorts import NOTIFIED, campaigns_of, cut_in_a_simulation, members, plan
from tests.campaign.population import day, state, tell

ALL, FIRMS = asking_again(), asking_again(kinds="company")
KINDS = ("individual", "minor", "company")

pytestmark = pytest.mark.usefixtures("register", "law_put_back")


def registered_line(kind):
    line_id = make_line(is_registered=True)
    since = dt.datetime.combine(day("2011-06-29"), dt.time(12), clock.zone())
    make_tenure(line_id, since, party_kind=kind)
    return line_id


def lines():
    return {kind: registered_line(kind) for kind in KINDS} | {None: make_line()}


def asked(found):
    marked = {one.line_id for one in rows("SELECT line_id FROM lines_line WHERE must_reverify")}
    return {kind for kind, line_id in found.items() if line_id in marked}


def test_a_campaign_asks_the_kinds_that_it_names_alone():
    found = lines()

    (done,) = plan(FIRMS)

    assert set(members(found.values())) == {found["company"]}
    assert (done.members_added, asked(found)) == (1, {"company"})


def test_a_version_that_names_fewer_kinds_lets_the_others_go():
    found = lines()
    plan(ALL)
    before = asked(found)
    for line_id in found.values():
        tell(line_id, NOTIFIED)

    clock.set_demo_date(NOTIFIED)
    adopt_pack(write_pack(FIRMS), on=NOTIFIED)
    plan(FIRMS, NOTIFIED)

    assert (before, asked(found)) == (set(KINDS), {"company"})
    stages = members(found.values())
    assert [stages[found[kind]] for kind in ("individual", "minor")] == ["out_of_scope"] * 2
    assert {state(line_id) for line_id in found.values()} == {"active"}


def test_of_two_campaigns_a_line_is_in_that_of_its_kind_with_the_later_day():
    found = lines()
    again = "registered: true, registered_before: 2011-06-30, party_kinds"
    later = 'deadline: {base: 2012-04-01, not_before_notice: true, after: {n: 90, unit: day}, because: {article: "3"}}'

    plan(
        phased(
            f"id: firms, cohort: {{{again}: [company]}}, {later}",
            f"id: people, cohort: {{{again}: [individual, company]}}",
        )
    )

    assert campaigns_of(found) == {"individual": ["people"], "minor": [], "company": ["firms"], None: []}


@pytest.mark.parametrize("engine", [run_rules, run_sql])
def test_a_simulation_of_the_register_asks_the_kinds_that_a_plan_takes(tmp_path, engine):
    found = lines()

    cut = cut_in_a_simulation(engine, FIRMS, tmp_path)

    assert cut == {str(found["company"])}


def test_a_law_that_asks_kinds_is_compared_with_one_that_asks_none(tmp_path):
    found, file = lines(), tmp_path / "lines.csv"
    before, after = read_text(asking_again()), read_text(FIRMS)

    write_histories(file, (before, after), NOTIFIED)

    events = read_events(file)
    with progress("law") as bar:
        cut = run_rules(after, events, span_of(events, dt.date(2012, 1, 1), dt.date(2012, 12, 31)), bar)
    told = {name for name, on in zip(events.names, cut["suspended_on"], strict=True) if on is not None}
    assert told == {str(found["company"])}
