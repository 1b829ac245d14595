# SPDX-License-Identifier: EUPL-1.2
"""A campaign in which registered subscribers verify their registration again: who is asked, what ends it, and that nothing is lost."""

import datetime as dt
import json

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import batch_execution, cancellation, closure, nightly, planning, queries
from rollkeeper.campaign.choices import WaiverReason
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.instance import instance
from rollkeeper.law.calendars import Term
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.receipts import ParsedEntry
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.queries import view_line
from rollkeeper.lines.services import mark_disputed, mark_essential, pause_clock
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.stage_facts import stage_facts
from rollkeeper.notices.texts import write_notice
from rollkeeper.registration.services import change_record, register_subscriber, transfer_line
from rollkeeper.selfcare.disputes import refusal
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.lines import change_line, make_line, make_tenure
from tests.builders.packs import adopt_pack, use_pack, write_pack
from tests.builders.staff import employ
from tests.builders.stages import asking_again
from tests.campaign.population import (
    approved_batches,
    day,
    member,
    night,
    nights,
    plan,
    register,
    state,
    tell,
)
from tests.entries import entries
from tests.registration.people import fresh_number, given_by, person, submission

RECORDED, ON, NOTIFIED, DUE, END_DUE = map(
    day, ("2011-06-29", "2011-12-19", "2011-12-20", "2012-03-02", "2012-04-05")
)
DECLARED = asking_again(before="", assurances="declared")


@pytest.fixture
def asked(people, law_put_back):
    """Have the law of this instance ask for registrations from before 30 June 2011 again."""
    use_pack(asking_again())
    return people


def registered_line(recorded=RECORDED, assurance="declared", last_day=None, **fields):
    """Make a line with a registered subscriber, recorded on a day."""
    line_id = make_line(is_registered=True, **fields)
    since = dt.datetime.combine(recorded, dt.time(12), clock.zone())
    make_tenure(line_id, since, assurance=assurance, good_through=last_day)
    return line_id


def planned():
    return plan(ON, instance().pack)


def notified_line(**fields):
    line_id = registered_line(**fields)
    planned()
    tell(line_id, NOTIFIED)
    return line_id


def is_asked(line_id):
    return rows("SELECT must_reverify FROM lines_line WHERE line_id = %s", [line_id])[0].must_reverify


def is_registered(line_id):
    return rows("SELECT is_registered FROM lines_line WHERE line_id = %s", [line_id])[0].is_registered


def explained(line_id, on):
    return " ".join(one.text for one in queries.explain_line(line_id, on=on).sentences)


@pytest.mark.parametrize(
    ("text", "recorded", "assurance", "taken"),
    [
        (asking_again(), day("2011-06-29"), "sighted", True),
        (asking_again(), day("2011-06-30"), "sighted", False),
        (asking_again(), day("2011-07-01"), "sighted", False),
        (DECLARED, day("2011-12-01"), "declared", True),
        (DECLARED, day("2011-12-01"), "sighted", False),
        (asking_again(assurances="declared, sighted"), RECORDED, "checked", False),
    ],
)
def test_only_registrations_of_the_cohort_are_asked_again(
    people, law_put_back, text, recorded, assurance, taken
):
    use_pack(text)
    line_id, without = registered_line(recorded, assurance), make_line()

    assert planned().members_added == int(taken)

    assert (is_asked(line_id), is_asked(without)) == (taken, False)
    assert is_registered(line_id)


@pytest.mark.parametrize(
    ("last_day", "taken"), [("2011-12-18", True), ("2011-12-19", False), ("2011-12-20", False), (None, False)]
)
def test_a_law_that_names_last_days_asks_only_whose_last_day_is_over(people, law_put_back, last_day, taken):
    use_pack(asking_again(before="", last_day=True))
    line_id = registered_line(last_day=last_day and day(last_day))

    assert planned().members_added == int(taken)

    assert (is_asked(line_id), state(line_id)) == (taken, "active")
    assert ("its last day is over" in explained(line_id, ON)) is taken


def test_a_document_shown_again_before_the_batch_ends_what_a_last_day_began(people, law_put_back):
    use_pack(asking_again(before="", last_day=True))
    line_id = registered_line(last_day=ON - dt.timedelta(days=1))
    planned()
    tell(line_id, NOTIFIED)
    register(line_id, NOTIFIED + dt.timedelta(days=1))

    nights(NOTIFIED, END_DUE, people)

    assert (state(line_id), is_asked(line_id)) == ("active", False)


def test_planning_again_takes_in_whose_last_day_is_over_since(people, law_put_back):
    use_pack(asking_again(before="", last_day=True))
    line_id = registered_line(last_day=ON)

    first, later = planned(), plan(ON + dt.timedelta(days=1), instance().pack)

    assert (first.members_added, later.members_added, is_asked(line_id)) == (0, 1, True)


def test_planning_again_asks_no_one_twice(asked):
    registered_line()
    planned()

    assert planned().members_added == 0


def test_who_is_notified_and_does_not_come_is_barred_and_then_ended(asked):
    line_id = notified_line()

    nights(NOTIFIED, DUE - dt.timedelta(days=1), asked)
    before = state(line_id)
    night(DUE, asked)
    barred = state(line_id)
    nights(DUE + dt.timedelta(days=1), END_DUE, asked)

    assert (before, barred, state(line_id)) == ("active", "suspended", "terminated")
    assert is_registered(line_id)


def test_whom_no_notice_reaches_keeps_the_line_for_ever(asked):
    line_id = registered_line()
    planned()

    nights("2012-03-01", "2012-03-06", asked)
    night(day("2012-12-03"), asked)

    assert (state(line_id), member(line_id).stage) == ("active", "not_notified")


def test_what_protects_a_line_protects_a_registered_one_that_is_asked_again(asked):
    paused, disputed, essential = (registered_line() for _ in range(3))
    planned()
    for line_id in (paused, disputed, essential):
        tell(line_id, NOTIFIED)
    night(NOTIFIED, asked)
    pause_clock(console_authority(), paused, DUE - dt.timedelta(days=5), None, PauseReason.HOSPITAL, NOTIFIED)
    with action():
        mark_disputed(console_authority(), disputed, NOTIFIED)
    mark_essential(console_authority(), essential, essential=True, on=NOTIFIED)

    nights(DUE, DUE + dt.timedelta(days=6), asked)

    assert {state(one) for one in (paused, disputed, essential)} == {"active"}


@pytest.fixture
def at_counter(asked):
    """Register a person of the cohort at a counter; return how."""
    begin_first_epoch()
    use_pack(asking_again(before="2011-12-01"))

    def registered():
        who, number, recorded = person(), fresh_number(), day("2011-11-25")
        clock.set_demo_date(recorded)
        line_id = register_subscriber(console_authority(), submission(number, who), on=recorded).line_id
        change_line(line_id, activated_on=day("2010-05-01"))
        planned()
        tell(line_id, NOTIFIED)
        return line_id, number, who

    return registered


def test_who_shows_the_document_again_a_day_before_is_asked_no_more(asked, at_counter):
    line_id, number, who = at_counter()
    nights(NOTIFIED, "2011-12-22", asked)

    clock.set_demo_date(day("2012-03-01"))
    change_record(console_authority(), submission(number, who), on=day("2012-03-01"))
    nights(DUE - dt.timedelta(days=1), DUE, asked)

    assert (state(line_id), is_asked(line_id), is_registered(line_id)) == ("active", False, True)
    assert (member(line_id).stage, member(line_id).out_of_scope_reason) == ("out_of_scope", "registered")
    assert "True identity was recorded on 1 March 2012" in explained(line_id, DUE)


def test_who_shows_the_document_again_under_a_bar_has_service_the_same_day(asked, at_counter):
    line_id, number, who = at_counter()
    nights(NOTIFIED, "2011-12-22", asked)
    night(DUE, asked)
    assert state(line_id) == "suspended"
    said = explained(line_id, DUE)

    change_record(console_authority(), submission(number, who), on=DUE)

    assert (state(line_id), is_asked(line_id)) == ("active", False)
    assert "its registration had not been verified again by then" in said
    kinds = rows(
        "SELECT kind FROM notices_notice WHERE line_id = %s AND queued_on = %s ORDER BY kind", [line_id, DUE]
    )
    assert [one.kind for one in kinds] == ["record_changed", "restored", "suspended"]
    owed = rows("SELECT kind FROM provisioning_command WHERE line_id = %s ORDER BY position", [line_id])
    assert [one.kind for one in owed][-1] == "restore"


def test_a_verification_between_approval_and_run_wins(asked, at_counter):
    line_id, number, who = at_counter()
    nights(NOTIFIED, "2011-12-22", asked)
    (batch,) = approved_batches(DUE, asked)

    change_record(console_authority(), submission(number, who), on=DUE)
    found = batch_execution.run_batch(worker_authority(), batch, on=DUE)

    assert (found.done, found.skipped, state(line_id)) == (0, 1, "active")


def test_the_subscriber_who_takes_a_line_over_is_not_asked_again(asked, at_counter):
    line_id, number, who = at_counter()
    nights(NOTIFIED, "2011-12-22", asked)

    transfer_line(console_authority(), submission(number, transferor=given_by(who)), on=day("2011-12-22"))
    night(DUE, asked)

    assert (state(line_id), is_asked(line_id)) == ("active", False)


def test_a_line_without_a_subscriber_is_released_and_has_service_again(asked):
    line_id = notified_line()
    nights(NOTIFIED, "2011-12-22", asked)
    night(DUE, asked)
    assert state(line_id) == "suspended"
    change_line(line_id, is_registered=False, must_reverify=False)

    night(DUE + dt.timedelta(days=3), asked)

    assert (state(line_id), member(line_id).out_of_scope_reason) == ("active", "not_concerned")
    assert len(entries("campaign:member:released")) == 1


@pytest.mark.parametrize("how", ["close", "cancel"])
def test_a_campaign_that_is_over_asks_no_one_any_more(asked, how):
    line_id = registered_line()
    planned()
    one, _ = asked

    if how == "cancel":
        cancellation.cancel_campaign(console_authority(), on=ON)
    else:
        closure.waive_unreachable(one, [line_id], because=WaiverReason.NO_PERSON, on=ON)
        closure.close_campaign(console_authority(), on=ON)

    assert (is_asked(line_id), is_registered(line_id)) == (False, True)
    assert [one.state for one in rows("SELECT state FROM notices_notice")] == ["withdrawn"]


def test_a_narrower_version_of_the_law_gives_service_back_to_whom_it_no_longer_asks(asked):
    older, newer = registered_line(day("2011-01-01")), registered_line(RECORDED)
    planned()
    for line_id in (older, newer):
        tell(line_id, NOTIFIED)
    nights(NOTIFIED, "2011-12-22", asked)
    night(DUE, asked)
    narrower = asking_again(before="2011-03-01").replace("version: 1\n", "version: 2\n", 1)
    adopt_pack(write_pack(narrower), on=DUE)
    use_pack(narrower)

    planning.plan_campaign(console_authority(), pack_id=instance().pack, on=DUE)

    assert (state(older), state(newer)) == ("suspended", "active")
    assert (is_asked(older), is_asked(newer)) == (True, False)


def test_a_line_that_changes_while_a_campaign_is_planned_is_left_alone(asked, monkeypatch):
    line_id, other = registered_line(), registered_line()
    found = planning.deadlines.make_clocks

    def changed(name, values):
        count = found(name, values)
        change_line(line_id, version=2)
        return count

    monkeypatch.setattr(planning.deadlines, "make_clocks", changed)

    assert planned().members_added == 1
    assert (is_asked(line_id), is_asked(other)) == (False, True)


def test_notices_speak_of_a_registration_to_be_verified(asked):
    line_id = notified_line()
    pack = load_pack(instance().pack)
    said = {
        (kind, language, brief): write_notice(
            kind, language=language, brief=brief, promised_on=DUE, suspension=Term(30), code="1", operator="Invented",
            care="10000", stage=stage_facts(pack, kind, step=1), named={"law": "Law"},
        ).text
        for kind in (NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.SUSPENDED)
        for language in ("en", "zh-hans", "bo")
        for brief in (True, False)
    }  # fmt: skip

    assert is_asked(line_id)
    for (_, language, _), text in said.items():
        assert ("verif" in text) == (language != "zh-hans"), text
        assert ("核验" in text) == (language != "en"), text
        assert "No one is registered" not in text


def test_a_night_of_an_asking_campaign_changes_nothing_the_second_time(asked):
    notified_line()
    first = nightly.run_nightly(worker_authority(), on=NOTIFIED)

    again = nightly.run_nightly(worker_authority(), on=NOTIFIED)

    assert (first.started, again.started, again.out_of_scope) == (1, 0, 0)


def test_a_campaign_for_unregistered_lines_asks_no_registered_one(people):
    registered, without = registered_line(), make_line()

    plan(ON)
    register(without, NOTIFIED)
    night(NOTIFIED, people)

    assert not is_asked(registered)
    assert member(without).out_of_scope_reason == "registered"


def test_a_counter_s_role_sees_who_is_asked_and_its_act_takes_the_mark_away(asked, at_counter, as_role):
    line_id, number, who = at_counter()
    clock.set_demo_date(NOTIFIED)

    clerk = employ(StaffRole.CLERK)

    with as_role("counter"):
        marked = view_line(line_id).must_reverify
        change_record(clerk, submission(number, who), on=NOTIFIED)

    assert (marked, is_asked(line_id), is_registered(line_id)) == (True, False, True)


def receipt(of_line):
    """Return what the receipt of a change says."""
    return ParsedEntry(json.dumps({"verb": "line:tenure:corrected", "line": str(of_line)}).encode())


@pytest.mark.parametrize(("is_known", "is_refused"), [(True, True), (False, False)])
def test_only_the_receipt_of_a_verification_that_was_lost_is_a_dispute(asked, is_known, is_refused):
    line_id = registered_line()
    planned()

    refused = refusal(receipt(line_id), view_line(line_id), is_another=False, is_known=is_known)

    assert (refused is not None) == is_refused
