# SPDX-License-Identifier: EUPL-1.2
"""Another version of a law, in another file, is the same law: its campaign goes on, and no one loses a promised day."""

import datetime as dt
import json

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.errors import ALREADY_APPROVED
from rollkeeper.campaign import nightly, planning
from rollkeeper.campaign.errors import OTHER_CAMPAIGN_OPEN, PackChanged
from rollkeeper.campaign.open_campaign import open_campaign
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lawbook.errors import LAW_NOT_ADOPTED
from rollkeeper.lawbook.services import adopt_law
from tests.builders.lines import make_line
from tests.builders.packs import REFERENCE, adopt_pack, confirmed, use_pack, write_pack
from tests.builders.staff import employ_approvers
from tests.campaign.population import day, member, night, state, tell
from tests.in_process import invoke
from tests.refusals import refusing

pytestmark = pytest.mark.usefixtures("register", "law_put_back")
PLANNED = day("2011-12-19")
NEXT = REFERENCE.replace("version: 1\n", "version: 2\n", 1)


CASES, QUESTIONS = REFERENCE.index("\ntests:"), REFERENCE.index("\nopen_questions:")
SHORTER = (REFERENCE[:CASES] + REFERENCE[QUESTIONS:]).replace(
    "after: {n: 60, unit: day}", "after: {n: 50, unit: day}"
)


def plan(text):
    use_pack(text)
    return planning.plan_campaign(console_authority(), pack_id=str(write_pack(text)), on=PLANNED)


def test_version_two_waits_for_two_people_and_the_first_goes_on_acting():
    make_line()
    plan(REFERENCE)
    text = write_pack(NEXT)

    with refusing(LAW_NOT_ADOPTED):
        plan(NEXT)
    one, other = employ_approvers()
    adopt_law(one, str(text), on=PLANNED)
    with refusing(LAW_NOT_ADOPTED):
        plan(NEXT)
    with refusing(ALREADY_APPROVED):
        adopt_law(one, str(text), on=PLANNED)
    adopt_law(other, str(text), on=PLANNED)
    plan(NEXT)

    assert open_campaign().pack.file.version == 2
    entered = rows("SELECT body FROM ledger_entry WHERE verb = 'law:version:adopted' ORDER BY entry_id")
    assert [json.loads(one.body)["facts"] for one in entered] == [
        {"enough": False, "people": 1},
        {"enough": True, "people": 2},
    ]


def test_who_was_told_a_day_keeps_it_under_a_shorter_version(people):
    told, notified = make_line(), day("2011-12-20")
    plan(REFERENCE)
    tell(told, notified)
    nightly.run_nightly(worker_authority(), on=notified)
    promised = member(told).promised_on
    late = make_line()
    adopt_pack(write_pack(SHORTER), on=notified)
    use_pack(SHORTER)
    clock.set_demo_date(notified)
    planning.plan_campaign(console_authority(), pack_id=str(write_pack(SHORTER)), on=notified)
    tell(late, notified)
    nightly.run_nightly(worker_authority(), on=notified)

    kept = member(told).promised_on
    days = {line: _first_day_cut(line, people) for line in (late, told)}

    assert kept == promised
    assert days[late] == day("2012-02-21")
    assert days[told] == promised + dt.timedelta(days=1)


def _first_day_cut(line, people):
    """Run nights until this line is suspended; return the day."""
    on = day("2012-02-15")
    while state(line) == "active":
        on += dt.timedelta(days=1)
        night(on, people)
        assert on < day("2012-04-01")
    return on


def test_how_many_lines_of_the_register_lose_days_is_said_by_both_engines_alike():
    for _ in range(3):
        make_line()

    said = invoke(
        "law", "diff", str(write_pack(REFERENCE)), str(write_pack(SHORTER)), "--from-register", "--from", "2012-01-02",
        "--engine", "both", "--json",
    )  # fmt: skip

    assert json.loads(said.stdout)["people"] == {"alike": 0, "gain": 0, "lines": 3, "lose": 3}
    assert said.exit_code == 1


def test_version_two_in_another_file_carries_the_campaign_on():
    make_line()
    first = plan(REFERENCE)

    adopt_pack(write_pack(NEXT), on=PLANNED)
    second = plan(NEXT)

    assert second.campaign_id == first.campaign_id
    assert (second.members_before, second.members_added) == (1, 0)
    assert open_campaign().pack.file.version == 2
    assert len(rows("SELECT FROM campaign_campaign")) == 1


def test_a_law_whose_file_was_moved_is_the_same_law(tmp_path):
    make_line()
    before, after = tmp_path / "before.yaml", tmp_path / "after.yaml"
    before.write_text(confirmed(NEXT), "utf-8")
    planning.plan_campaign(console_authority(), pack_id=str(before), on=PLANNED)
    before.rename(after)

    with refusing(PackChanged):
        open_campaign()
    write_settings(instance={"pack": str(after)})

    assert open_campaign().pack.file.version == 2


def test_another_law_is_still_refused_while_a_campaign_is_open():
    make_line()
    plan(REFERENCE)

    with refusing(OTHER_CAMPAIGN_OPEN):
        plan(NEXT.replace("id: cn-xz-2011\n", "id: cn-other\n", 1))
