# SPDX-License-Identifier: EUPL-1.2
"""A court's stay that names one campaign: that one alone rests, in the register and on the network; without a name all of them do."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.models import RoleGrant
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import batch_execution, cancellation, court_stays, nightly, planning, queries
from rollkeeper.campaign.errors import CAMPAIGN_NOT_FOUND
from rollkeeper.campaign.line_deadline import line_deadline
from rollkeeper.campaign.open_campaign import named_campaigns
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.instance import instance
from rollkeeper.provisioning.services import push_due
from tests.backoffice.test_pages import signed_in  # noqa: F401
from tests.builders.lines import make_line
from tests.builders.packs import use_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.campaign.population import approved_batches, day, fate, night, nights, plan, state, tell
from tests.in_process import invoke
from tests.provisioning.fakes import Element
from tests.refusals import refusing

PLANNED, NOTIFIED, DUE, LATE_DUE = map(day, ("2011-12-19", "2011-12-20", "2012-03-02", "2012-07-03"))
ONE_DAY = dt.timedelta(days=1)


@pytest.fixture
def law(people, law_put_back):
    """The law of this instance has two campaigns; return the two people who approve batches."""
    use_pack(phased(EARLY, LATE))
    return people


def planned():
    clock.set_demo_date(PLANNED)
    return planning.plan_campaigns(console_authority(), pack_id=instance().pack, on=PLANNED)


def told():
    """A line of each campaign, its subscriber notified."""
    found = [make_line(service="mobile"), make_line(service="fixed_line")]
    planned()
    for line_id in found:
        tell(line_id, NOTIFIED)
    return found


def stay(name, first, last=None, *, on=None):
    paused = named_campaigns(name)[0] if name else None
    return court_stays.enter_stay(
        console_authority(), first=first, last=last, reason="court", on=on or first, campaign=paused
    )


def leap(on):
    clock.set_demo_date(on)
    nightly.run_nightly(worker_authority(), on=on, after_gap=True)


def both_due(law, on=LATE_DUE):
    """Make both lines fall due on one day and have their batches approved."""
    mobile, fixed = told()
    leap(NOTIFIED)
    leap(on)
    return mobile, fixed, approved_batches(on, law)


@pytest.mark.parametrize(
    ("name", "cut"), [("early", (None, LATE_DUE)), ("late", (DUE, None)), (None, (None, None))]
)
def test_a_stay_holds_the_campaign_that_it_names_and_without_a_name_all(law, name, cut):
    lines = told()
    night(NOTIFIED, law)
    stay(name, NOTIFIED + ONE_DAY)

    for on in (DUE, LATE_DUE):
        leap(on)
        for batch in approved_batches(on, law):
            batch_execution.run_batch(worker_authority(), batch, on=on)

    assert tuple(fate(line_id)[0] for line_id in lines) == cut


def test_a_stay_gives_its_days_to_the_lines_of_its_campaign_alone(law):
    mobile, fixed = told()
    night(NOTIFIED, law)
    stay("early", day("2012-01-10"), day("2012-01-19"))
    clock.set_demo_date(day("2012-01-20"))

    last_days = [line_deadline(one).last_day_on for one in (mobile, fixed)]
    explained = [
        queries.explain_line(one, on=day("2012-01-20")).deadline.last_day_on for one in (mobile, fixed)
    ]

    assert last_days == explained == [day("2012-03-12"), day("2012-07-02")]


def test_a_campaign_knows_its_own_stays_and_no_campaign_those_of_one(law):
    told()
    night(NOTIFIED, law)
    stay("late", day("2012-01-10"), day("2012-01-19"))

    assert [len(court_stays.known_stays(one.campaign_id)) for one in named_campaigns(None)] == [0, 1]
    assert court_stays.known_stays(None) == []


def test_batches_are_prepared_for_the_campaign_that_no_stay_pauses(law):
    told()
    leap(NOTIFIED)
    leap(LATE_DUE)
    stay("early", LATE_DUE)

    prepared = approved_batches(LATE_DUE, law)

    assert [one.campaign for one in queries.batches() if one.batch_id in prepared] == ["late"]


def test_a_batch_that_is_approved_rests_while_the_other_runs(law):
    mobile, fixed, batches = both_due(law)
    stay("early", LATE_DUE)

    for one in batches:
        batch_execution.run_batch(worker_authority(), one, on=LATE_DUE)

    assert (state(mobile), state(fixed)) == ("active", "suspended")


@pytest.mark.parametrize(("name", "barred"), [("early", 1), (None, 0)])
def test_the_network_bars_no_line_of_a_batch_that_ran_before_its_stay(law, name, barred):
    mobile, fixed, batches = both_due(law)
    for one in batches:
        batch_execution.run_batch(worker_authority(), one, on=LATE_DUE)

    stay(name, LATE_DUE)
    push_due(worker_authority(), on=LATE_DUE, gateway=Element())

    sent = [row.line_id for row in rows("SELECT line_id FROM provisioning_command WHERE state = 'confirmed'")]
    assert (len(sent), mobile in sent) == (barred, False)
    assert (fixed in sent) is bool(barred)


def test_what_the_network_held_for_a_stay_goes_out_after_it(law):
    mobile, _, batches = both_due(law)
    for one in batches:
        batch_execution.run_batch(worker_authority(), one, on=LATE_DUE)
    stay("early", LATE_DUE, LATE_DUE)
    push_due(worker_authority(), on=LATE_DUE, gateway=Element())
    run("UPDATE provisioning_command SET next_try_at = '2012-01-01' WHERE state = 'waiting'")

    push_due(worker_authority(), on=LATE_DUE + ONE_DAY, gateway=Element())

    assert rows("SELECT state FROM provisioning_command WHERE line_id = %s", [mobile])[0].state == "confirmed"


def test_a_bar_of_no_batch_rests_under_a_stay_of_any_campaign(law):
    *_, batches = both_due(law)
    for one in batches:
        batch_execution.run_batch(worker_authority(), one, on=LATE_DUE)
    run("UPDATE provisioning_command SET batch_id = NULL")

    stay("early", LATE_DUE)
    push_due(worker_authority(), on=LATE_DUE, gateway=Element())

    assert {row.state for row in rows("SELECT state FROM provisioning_command")} == {"waiting"}


def test_a_stay_holds_the_campaign_that_is_planned_again_after_it_was_cancelled(law):
    mobile = make_line(service="mobile")
    planned()
    stay("early", PLANNED)
    cancellation.cancel_campaign(console_authority(), on=PLANNED, name="early")
    planned()
    tell(mobile, NOTIFIED)

    leap(NOTIFIED)
    leap(LATE_DUE)

    assert approved_batches(LATE_DUE, law) == []
    assert state(mobile) == "active"


def test_a_stay_names_a_campaign_that_is_open(law):
    planned()

    with refusing(CAMPAIGN_NOT_FOUND):
        stay("later", PLANNED)


def test_a_stay_of_one_campaign_is_entered_by_command_and_shown(law):
    planned()

    said = invoke("campaign", "stay", "enter", "--reason", "order 1", "--campaign", "late", "--on", PLANNED)
    shown = invoke("campaign", "status").output

    assert said.exit_code == 0
    assert [one.campaign for one in queries.stays()] == ["late"]
    assert "Of the campaign late alone." in shown


@pytest.fixture
def manager(signed_in, law):  # noqa: F811
    ask = signed_in(StaffRole.CAMPAIGN_MANAGER, "manager")
    RoleGrant.objects.update(since=PLANNED)
    return ask


def test_the_page_offers_the_campaigns_and_all_of_them_first(manager):
    planned()

    page = manager("get", "/campaign/stays/").text_
    for chosen in ("late", ""):
        manager("post", "/campaign/stays/", {"first": "2012-03-02", "reason": "order 2", "campaign": chosen})
    wrong = manager(
        "post", "/campaign/stays/", {"first": "2012-03-02", "reason": "order 2", "campaign": "other"}
    )

    assert page.index("All campaigns") < page.index('value="late"')
    assert {one.campaign for one in queries.stays()} == {"late", None}
    assert wrong.status_code == 422
    assert "Of one campaign alone: late" in manager("get", "/campaign/stays/").text_


def test_the_page_asks_of_no_campaign_where_one_is_open(signed_in):  # noqa: F811
    make_line()
    plan(PLANNED)

    page = signed_in(StaffRole.CAMPAIGN_MANAGER, "manager")("get", "/campaign/stays/").text_

    assert "All campaigns" not in page


def test_the_entry_of_a_stay_names_its_campaign(law):
    planned()
    nights(NOTIFIED, NOTIFIED, law)

    stay("late", NOTIFIED)

    (found,) = rows(
        "SELECT body::jsonb -> 'facts' AS facts FROM ledger_entry WHERE verb = 'campaign:stay:entered'"
    )
    assert found.facts["campaign"] == str(named_campaigns("late")[0].campaign_id)
