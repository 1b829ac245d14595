# SPDX-License-Identifier: EUPL-1.2
"""Several campaigns of one law at once: each line in the better one, each with its own days, and none in another's way."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.campaign import (
    batch_control,
    batch_execution,
    batch_planning,
    batch_rollback,
    cancellation,
    closure,
    jobs,
    nightly,
    planning,
    queries,
)
from rollkeeper.campaign.choices import WaiverReason
from rollkeeper.campaign.errors import (
    CAMPAIGN_LEFT_OUT,
    CAMPAIGN_NOT_FOUND,
    CAMPAIGN_NOT_NAMED,
    CAMPAIGN_NOT_STATED,
    NO_CAMPAIGN,
    PackChanged,
)
from rollkeeper.campaign.line_deadline import line_deadline
from rollkeeper.campaign.open_campaign import open_campaign
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import Faults
from rollkeeper.kernel.instance import instance
from rollkeeper.notices.services import send_due
from tests.builders.lines import change_line, make_line, make_sealed_line, make_tenure
from tests.builders.packs import adopt_pack, use_pack, write_pack
from tests.builders.stages import EARLY, LATE, phased
from tests.campaign.population import approved_batches, day, fate, night, nights, register, state, tell
from tests.notices.fakes import Way
from tests.refusals import refusing

AGAIN = "id: again, cohort: {registered: true, registered_before: 2011-06-30, services: [mobile, data_card]}"
LAW = phased(EARLY, LATE, AGAIN)
PLANNED, NOTIFIED, DUE, LATE_DUE = map(day, ("2011-12-19", "2011-12-20", "2012-03-02", "2012-07-03"))


@pytest.fixture
def law(people, law_put_back):
    """The law of this instance has three campaigns; return the two people who approve batches."""
    use_pack(LAW)
    return people


def planned(name=None, on=PLANNED):
    clock.set_demo_date(on)
    return planning.plan_campaigns(console_authority(), pack_id=instance().pack, on=on, name=name)


def under(text, on):
    """Put another version of the law into force and plan by it."""
    use_pack(text)
    clock.set_demo_date(on)
    adopt_pack(write_pack(text), on=on)
    return planned(on=on)


def registered_line(**fields):
    line_id = make_line(is_registered=True, **fields)
    make_tenure(line_id, dt.datetime(2011, 6, 1, 12, tzinfo=clock.zone()), assurance="declared")
    return line_id


def told(*services):
    """Make a line of each service; plan, and notify all."""
    lines = [make_line(service=one) for one in services]
    planned()
    for line_id in lines:
        tell(line_id, NOTIFIED)
    return lines


def stages(line_id):
    """Return the campaigns of a line with its stage in each."""
    found = rows(
        "SELECT c.campaign_name AS name, m.stage FROM campaign_member m JOIN campaign_campaign c USING (campaign_id) WHERE m.line_id = %s ORDER BY 1",
        [line_id],
    )
    return {row.name: row.stage for row in found}


def counts(name):
    seen = queries.overview(clock.today(), name)
    return {stage: n for stage, n in seen.stage_counts.items() if n}


def batches_of(name):
    return [one for one in queries.batches() if one.campaign == name]


def test_each_line_is_a_member_of_the_campaign_with_its_later_last_day(law):
    lines = {one: make_line(service=one) for one in ("mobile", "data_card", "fixed_line", "domain")}
    again = registered_line(service="data_card")

    found = {one.name: one for one in planned()}

    assert {one: list(stages(line_id)) for one, line_id in lines.items()} == {
        "mobile": ["early"], "data_card": ["late"], "fixed_line": ["late"], "domain": [],
    }  # fmt: skip
    assert list(stages(again)) == ["again"]
    assert {name: one.members_added for name, one in found.items()} == {"again": 1, "early": 1, "late": 2}
    assert {name: one.better_elsewhere for name, one in found.items()} == {"again": 0, "early": 1, "late": 0}


def test_a_dry_run_counts_what_a_planning_takes_in(law):
    make_line(service="mobile")
    make_line(service="data_card")

    checked = planning.check_plans(console_authority(), pack_id=instance().pack, on=PLANNED)

    assert {one.name: (one.to_add, one.better_elsewhere) for one in checked} == {
        "again": (0, 0),
        "early": (1, 1),
        "late": (1, 0),
    }
    assert [one.members_added for one in planned()] == [one.to_add for one in checked]


def test_a_campaign_that_is_planned_alone_leaves_the_others_their_lines(law):
    mobile, card = make_line(service="mobile"), make_line(service="data_card")

    planned("early")
    before = stages(mobile), stages(card)
    planned("late")

    assert before == ({"early": "not_notified"}, {})
    assert stages(card) == {"late": "not_notified"}


def test_planning_again_moves_no_line(law):
    told("mobile", "data_card")

    assert [one.members_added for one in planned()] == [0, 0, 0]


def test_months_of_nights_bar_each_line_on_its_own_campaigns_day(law):
    mobile, card = told("mobile", "data_card")

    nights(NOTIFIED, DUE - dt.timedelta(days=1), law)
    before = state(mobile), state(card)
    night(DUE, law)
    then = state(mobile), state(card)
    nights(DUE + dt.timedelta(days=1), LATE_DUE, law)

    assert (before, then) == (("active", "active"), ("suspended", "active"))
    assert (fate(mobile)[0], fate(card)[0]) == (DUE, LATE_DUE)
    assert (state(mobile), state(card)) == ("terminated", "suspended")


def test_a_line_is_told_the_last_day_of_its_own_campaign(law):
    mobile, card = told("mobile", "data_card")
    clock.set_demo_date(NOTIFIED)

    nightly.run_nightly(worker_authority(), on=NOTIFIED)

    assert (line_deadline(mobile).last_day_on, line_deadline(card).last_day_on) == (
        day("2012-03-01"),
        day("2012-07-02"),
    )
    last_days = [queries.explain_line(one, on=NOTIFIED).deadline.last_day_on for one in (mobile, card)]
    assert last_days == [day("2012-03-01"), day("2012-07-02")]


def test_a_late_notice_promises_the_day_of_its_own_campaign(law):
    mobile, card = (
        make_sealed_line(f"+8613800138{n:03}", service=one) for n, one in enumerate(("mobile", "data_card"))
    )
    planned()
    late = day("2012-02-10")
    clock.set_demo_date(late)

    send_due(worker_authority(), on=late, by_channel={Channel.SMS: Way()})

    promised = dict(rows("SELECT line_id, promised_on FROM notices_notice WHERE kind = 'register_by'"))
    assert (promised[mobile], promised[card]) == (day("2012-04-10"), day("2012-07-02"))


def both_due(law):
    """A line of each campaign, both due on one day by what was promised, in approved batches; and that day."""
    mobile, card = told("mobile", "data_card")
    run("UPDATE campaign_member SET anchor_on = '2012-01-01' WHERE line_id IN (%s, %s)", [mobile, card])
    on = day("2012-07-10")
    clock.set_demo_date(NOTIFIED)
    nightly.run_nightly(worker_authority(), on=NOTIFIED)
    clock.set_demo_date(on)
    nightly.run_nightly(worker_authority(), on=on, after_gap=True)
    approved_batches(on, law)
    return mobile, card, on


def test_a_stopped_batch_of_one_campaign_lets_the_other_go_on(law):
    mobile, card, on = both_due(law)
    (early,), (late,) = batches_of("early"), batches_of("late")

    batch_control.stop_batch(console_authority(), early.batch_id, on=on)
    for one in batch_execution.batches_to_run(on=on):
        batch_execution.run_batch(worker_authority(), one, on=on)

    assert (state(mobile), state(card)) == ("active", "suspended")
    assert [one.state for one in (*batches_of("early"), *batches_of("late"))] == ["stopped", "done"]
    assert late.line_count == 1


def test_a_batch_that_ended_meanwhile_keeps_no_other_from_being_stopped(law):
    *_, on = both_due(law)
    listed = batch_execution.batches_to_run(on=on)
    batch_execution.run_batch(worker_authority(), listed[0], on=on)

    assert batch_control.stop_batches(console_authority(), listed, on=on) == 1

    assert sorted(one.state for one in (*batches_of("early"), *batches_of("late"))) == ["done", "stopped"]


def test_a_closed_campaign_lets_the_other_go_on(law):
    mobile, card = told("mobile", "data_card")
    night(NOTIFIED, law)
    register(mobile, NOTIFIED)
    night(NOTIFIED + dt.timedelta(days=1), law)

    closure.close_campaign(console_authority(), on=clock.today(), name="early")
    clock.set_demo_date(LATE_DUE)
    nightly.run_nightly(worker_authority(), on=LATE_DUE, after_gap=True)
    approved_batches(LATE_DUE, law)
    for one in batch_execution.batches_to_run(on=LATE_DUE):
        batch_execution.run_batch(worker_authority(), one, on=LATE_DUE)

    assert (state(mobile), state(card)) == ("active", "suspended")
    assert [one.name for one in queries.overviews(LATE_DUE)] == ["again", "late"]


def test_an_undo_in_one_campaign_leaves_the_other_as_it_is(law):
    mobile, card = told("mobile", "data_card")
    nights(NOTIFIED, NOTIFIED, law)
    for on in (DUE, LATE_DUE):
        clock.set_demo_date(on)
        nightly.run_nightly(worker_authority(), on=on, after_gap=True)
        for batch in approved_batches(on, law):
            if on == LATE_DUE and batch in {one.batch_id for one in batches_of("early")}:
                continue
            batch_execution.run_batch(worker_authority(), batch, on=on)
    assert (state(mobile), state(card)) == ("suspended", "suspended")

    (late,) = batches_of("late")
    undone = batch_rollback.undo_batch(console_authority(), late.batch_id, on=LATE_DUE)

    assert undone.undone == 1
    assert (state(mobile), state(card)) == ("suspended", "active")
    assert (stages(mobile), stages(card)) == ({"early": "suspended"}, {"late": "running"})


def test_an_undo_opens_its_own_campaign_again_while_another_is_open(law):
    mobile, _ = told("mobile", "data_card")
    nights(NOTIFIED, NOTIFIED, law)
    clock.set_demo_date(DUE)
    nightly.run_nightly(worker_authority(), on=DUE, after_gap=True)
    (batch,) = approved_batches(DUE, law)
    batch_execution.run_batch(worker_authority(), batch, on=DUE)
    end_due = day("2012-04-05")
    clock.set_demo_date(end_due)
    nightly.run_nightly(worker_authority(), on=end_due, after_gap=True)
    (ended,) = approved_batches(end_due, law)
    batch_execution.run_batch(worker_authority(), ended, on=end_due)
    closure.close_campaign(console_authority(), on=end_due, name="early")

    batch_rollback.undo_batch(console_authority(), ended, on=end_due)

    assert {one.name for one in queries.overviews(end_due)} == {"again", "early", "late"}
    assert stages(mobile) == {"early": "suspended"}


def test_an_act_that_is_about_one_campaign_asks_which(law):
    make_line(service="mobile")
    make_line(service="data_card")
    planned()

    for act in (closure.close_campaign, cancellation.cancel_campaign):
        with refusing(CAMPAIGN_NOT_NAMED, match="again, early, late"):
            act(console_authority(), on=PLANNED)
        with refusing(CAMPAIGN_NOT_FOUND, match="again, early, late"):
            act(console_authority(), on=PLANNED, name="other")
    with refusing(CAMPAIGN_NOT_STATED):
        planned("other")


def test_a_campaign_is_cancelled_without_the_others(law):
    mobile, card = make_line(service="mobile"), make_line(service="data_card")
    planned()

    cancellation.cancel_campaign(console_authority(), on=PLANNED, name="early")

    assert [one.name for one in queries.overviews(PLANNED)] == ["again", "late"]
    left = rows("SELECT line_id FROM notices_notice WHERE state = 'queued'")
    assert [one.line_id for one in left] == [card]
    assert stages(mobile) == {"early": "not_notified"}


def test_a_waiver_is_entered_in_the_campaign_of_its_line(law):
    mobile, card = make_line(service="mobile"), make_line(service="data_card")
    planned()

    closure.waive_unreachable(law[0], [mobile, card], because=WaiverReason.NO_PERSON, on=PLANNED)

    assert [one.waiver_reason for one in queries.unreachable(name="early")] == ["no_person"]
    assert len(queries.unreachable()) == 2
    assert [one.waived for one in queries.unreachable_groups("late")] == [1]


def test_figures_are_counted_for_each_campaign(law):
    told("mobile", "data_card", "fixed_line")
    night(NOTIFIED, law)

    assert (counts("early"), counts("late"), counts("again")) == ({"running": 1}, {"running": 2}, {})


def test_a_campaign_that_may_not_go_on_keeps_no_other_back(law):
    mobile, card = told("mobile", "data_card")
    clock.set_demo_date(NOTIFIED)
    run("UPDATE campaign_campaign SET pack_hash = 'another' WHERE campaign_name = 'early'")

    with refusing(PackChanged):
        nightly.run_nightly(worker_authority(), on=NOTIFIED)
    blocked = stages(mobile), stages(card)
    run(
        "UPDATE campaign_campaign SET pack_hash = (SELECT pack_hash FROM campaign_campaign WHERE campaign_name = 'late')"
    )
    nightly.run_nightly(worker_authority(), on=NOTIFIED)

    assert blocked == ({"early": "not_notified"}, {"late": "running"})
    assert stages(mobile) == {"early": "running"}


def test_every_campaign_that_may_not_go_on_says_so(law):
    told("mobile", "data_card")
    clock.set_demo_date(NOTIFIED)
    run(
        "UPDATE campaign_campaign SET pack_hash = 'another', pack_id = 'of-' || campaign_name WHERE campaign_name <> 'again'"
    )

    with pytest.raises(Faults) as refused:
        nightly.run_nightly(worker_authority(), on=NOTIFIED)

    assert {one.facts["pack"] for one in refused.value.faults} == {"of-early", "of-late"}


def test_batches_are_prepared_for_the_campaigns_that_had_their_night(law):
    mobile, card = told("mobile", "data_card")
    night(NOTIFIED, law)
    clock.set_demo_date(LATE_DUE)
    nightly.run_nightly(worker_authority(), on=LATE_DUE, after_gap=True)
    run("UPDATE campaign_campaign SET pack_hash = 'another' WHERE campaign_name = 'early'")

    with refusing(PackChanged):
        jobs.prepare()

    assert (batches_of("early"), len(batches_of("late"))) == ([], 1)
    assert (state(mobile), state(card)) == ("active", "active")


def test_another_version_of_the_law_moves_a_line_to_the_better_campaign(law):
    use_pack(phased(EARLY, LATE.replace("data_card, ", "")))
    mobile, card = told("mobile", "data_card")
    night(NOTIFIED, law)
    before = stages(card)

    under(phased(EARLY, LATE), NOTIFIED + dt.timedelta(days=1))

    assert before == {"early": "running"}
    assert stages(card) == {"early": "out_of_scope", "late": "not_notified"}
    assert stages(mobile) == {"early": "running"}


def test_what_one_campaign_promised_is_kept_by_the_one_that_takes_the_line(law):
    use_pack(phased(EARLY, LATE))
    (card,) = told("data_card")
    night(NOTIFIED, law)
    on = NOTIFIED + dt.timedelta(days=1)

    under(phased(EARLY, LATE.replace("data_card, ", "")), on)
    tell(card, on)
    night(on, law)

    assert stages(card) == {"early": "running", "late": "out_of_scope"}
    assert line_deadline(card).last_day_on == day("2012-07-02")
    promised = rows(
        "SELECT promised_on FROM notices_notice WHERE line_id = %s AND state <> 'withdrawn' ORDER BY queued_on DESC",
        [card],
    )
    assert promised[0].promised_on == day("2012-07-02")


def test_a_version_that_leaves_an_open_campaign_out_is_refused(law):
    told("mobile", "data_card")
    use_pack(phased(EARLY, AGAIN))

    with refusing(CAMPAIGN_LEFT_OUT, match="late"):
        planned(on=NOTIFIED)


def test_a_line_that_loses_its_subscriber_is_asked_to_register_and_by_one_campaign(law):
    again = registered_line(service="data_card")
    planned()
    change_line(again, is_registered=False, must_reverify=False)

    night(PLANNED, law)
    planned(on=NOTIFIED)

    assert stages(again) == {"again": "out_of_scope", "late": "not_notified"}


def test_no_line_counts_in_two_campaigns_whatever_happens(law):
    lines = [make_line(service=one) for one in ("mobile", "data_card", "fixed_line")] + [
        registered_line(service="mobile")
    ]
    planned("late")
    planned("again")
    planned()
    for line_id in lines:
        tell(line_id, NOTIFIED)
    night(NOTIFIED, law)

    active = rows(
        "SELECT line_id, count(*) AS n FROM campaign_member WHERE stage IN ('not_notified', 'running', 'suspended') GROUP BY 1"
    )
    assert {row.line_id: row.n for row in active} == dict.fromkeys(lines, 1)


def test_a_law_with_one_campaign_needs_no_name(people):
    make_line()
    clock.set_demo_date(PLANNED)
    found = planning.plan_campaign(console_authority(), pack_id="cn-xz-2011", on=PLANNED)

    assert (found.name, found.better_elsewhere) == ("registration_2012", 0)
    assert open_campaign().name == "registration_2012"
    assert (
        batch_planning.check_day(console_authority(), due_on=DUE, on=PLANNED)[0].campaign
        == "registration_2012"
    )
    cancellation.cancel_campaign(console_authority(), on=PLANNED)
    with refusing(NO_CAMPAIGN):
        open_campaign()
