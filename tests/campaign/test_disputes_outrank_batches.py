# SPDX-License-Identifier: EUPL-1.2
"""No batch touches a line whose subscriber shows a receipt that the register has lost, approved or not, before or after."""

import datetime as dt
import re

import pytest
from typer.testing import CliRunner

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import batch_planning, closure, queries
from rollkeeper.campaign.open_campaign import open_campaign
from rollkeeper.campaign.restarted_clocks import restart_clock
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.law.calendars import is_closed
from rollkeeper.ledger import notes, signed_entry_timestamps
from rollkeeper.ledger.services import entry_body
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import NOT_DECLARED, PauseReason
from rollkeeper.lines.services import settle_dispute
from rollkeeper.operations.cli import make_app
from rollkeeper.provisioning.services import push_due
from rollkeeper.registration.services import pause_line
from rollkeeper.retention.services import erase_due
from rollkeeper.selfcare.appeals import appeal
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.disputes import accept_receipt, dispute_line
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import declare_hardship, dispute_record
from rollkeeper.selfcare.sessions import PortalSession
from tests.builders.lines import give_number
from tests.campaign.outages import list_outages
from tests.campaign.population import let_an_hour_pass, night, state
from tests.campaign.test_batches import DUE, END_DUE, approve, carry_out, drawn, notified_lines
from tests.provisioning.fakes import Element
from tests.registration.people import fresh_number

CLERK = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)


def numbered(line_id):
    """Give a line a number that can be typed."""
    number = fresh_number()
    give_number(line_id, number)
    return number


def open_day(day):
    """Return the first day from one on on which the desks are open."""
    while is_closed(open_campaign().pack, day):
        day += dt.timedelta(days=1)
    return day


def are_given_back(line_id):
    """Tell of each stretch for which a line was off whether billing gives it back."""
    found = list_outages(first=DUE, last=DUE + dt.timedelta(days=60))
    return [one.credited for one in found if one.line_id == line_id]


def show_receipt(line_id, number, on=DUE):
    """Show the receipt of a registration that this register does not know."""
    signed_entry_timestamps.prepare_receipt_key(notes.signing_key())
    body = entry_body(
        verb=Verb.TENURE_REGISTERED, at=dt.datetime(2012, 1, 9, 1, tzinfo=dt.UTC), on=dt.date(2012, 1, 9),
        role="clerk", actor="0f" * 32, line_id=line_id, commitment="f0" * 32, pack="cd" * 32, article="2 ¶1",
        facts={"assurance": "checked", "party_kind": "individual"},
    )  # fmt: skip
    accept_receipt(
        CLERK,
        submission_key=str(new_uuid()),
        number=number,
        shown=signed_entry_timestamps.sign_entry(body),
        on=on,
    )


def test_a_line_in_an_approved_batch_is_passed_over_and_not_in_the_next(people):
    shown, same = notified_lines(2)
    number, batch_id = numbered(shown), drawn()
    approve(batch_id, people)
    show_receipt(shown, number)

    carry_out(batch_id)
    after = batch_planning.check_day(console_authority(), due_on=DUE, on=DUE)

    assert queries.batch(batch_id).reasons == {"disputed": 1}
    assert (state(shown), state(same)) == ("active", "suspended")
    assert after[0].count == 0


def test_a_line_that_was_suspended_already_works_again_and_is_never_ended(people):
    shown, same = notified_lines(2)
    number = numbered(shown)
    night(DUE, people)
    suspended = state(shown)
    show_receipt(shown, number)

    night(END_DUE, people)

    assert suspended == "suspended"
    assert (state(shown), state(same)) == ("active", "terminated")


@pytest.mark.parametrize("later", ["2012-03-02", "2012-03-05", "2013-03-04"])
def test_the_clock_stands_still_for_as_long_as_it_takes(people, later):
    (shown,) = notified_lines(1)
    show_receipt(shown, numbered(shown))

    found = batch_planning.check_day(console_authority(), due_on=dt.date.fromisoformat(later), on=DUE)

    assert found[0].count == 0


@pytest.mark.parametrize(
    ("said", "last", "stands"),
    [
        (-1, 29, "active"),
        (-1, 0, "active"),
        (-1, -1, "active"),
        (0, 29, "active"),
        (1, 29, "suspended"),
        (3, 29, "suspended"),
    ],
)
def test_a_hardship_declared_before_the_cut_and_heard_of_later_restores_service(people, said, last, stands):
    (cut,) = notified_lines(1)
    number, said_on = numbered(cut), DUE + dt.timedelta(days=said)
    night(DUE, people)
    heard_on = DUE + dt.timedelta(days=3)
    clock.set_demo_date(heard_on)

    pause_line(
        console_authority(), submission_key=str(new_uuid()), number=number, first=said_on,
        last=DUE + dt.timedelta(days=max(last, said)), reason=PauseReason.HOSPITAL, on=said_on,
    )  # fmt: skip
    night(heard_on, people)

    (row,) = rows("SELECT stage FROM campaign_member WHERE line_id = %s", [cut])
    assert (state(cut), row.stage) == (stands, "running" if stands == "active" else "suspended")
    assert are_given_back(cut) == [stands == "active"]


def at_counter(line_id, number, first, last, said_on):
    pause_line(
        console_authority(), submission_key=str(new_uuid()), number=number, first=first, last=last,
        reason=PauseReason.ABROAD, on=said_on,
    )  # fmt: skip


def at_portal(line_id, number, first, last, said_on):
    asked = {"key": str(new_uuid()), "reason": "abroad", "first": first.isoformat(), "last": last.isoformat()}
    declare_hardship(visiting(line_id), asked, on=said_on)


def at_console(line_id, number, first, last, said_on):
    days = ["--from", str(first), "--to", str(last), "--on", str(said_on)]
    done = CliRunner().invoke(make_app(), ["campaign", "pause", number, "--reason", "abroad", *days])
    assert done.exit_code == 0, done.output


DECLARED = pytest.mark.parametrize("declare", [at_counter, at_portal, at_console])


def visiting(line_id):
    """Return a session for a line in hand without a registered subscriber."""
    return PortalSession(b"v" * 32, line_id, None, None, False, 3, clock.now(), False)


@DECLARED
def test_a_hardship_of_the_day_of_the_cut_gives_its_own_days_and_no_more(people, declare):
    (cut,) = notified_lines(1)
    number = numbered(cut)
    night(DUE, people)

    declare(cut, number, DUE, DUE, DUE)
    works = state(cut)
    night(DUE + dt.timedelta(days=1), people)

    (row,) = rows("SELECT stage, promised_on FROM campaign_member WHERE line_id = %s", [cut])
    assert works == "active"
    assert (row.stage, row.promised_on) == ("running", open_day(DUE + dt.timedelta(days=1)))


@DECLARED
def test_a_hardship_that_begins_later_gives_no_service_back(people, declare):
    (cut,) = notified_lines(1)
    number = numbered(cut)
    night(DUE, people)
    clock.set_demo_date(DUE + dt.timedelta(days=3))

    declare(cut, number, dt.date(2012, 6, 1), dt.date(2012, 6, 10), DUE + dt.timedelta(days=3))

    assert state(cut) == "suspended"


def dispute_at_counter(line_id, number, on):
    dispute_line(CLERK, submission_key=str(new_uuid()), number=number, on=on)


def dispute_at_portal(line_id, number, on):
    dispute_record(visiting(line_id), {"key": str(new_uuid())}, on=on)


@pytest.mark.parametrize("dispute", [dispute_at_counter, dispute_at_portal])
@pytest.mark.parametrize(("said", "stands"), [(-1, "active"), (0, "active"), (1, "suspended")])
def test_a_dispute_that_was_said_no_later_than_the_day_of_the_cut_gives_service_back(
    people, dispute, said, stands
):
    (cut,) = notified_lines(1)
    number = numbered(cut)
    night(DUE, people)
    clock.set_demo_date(DUE + dt.timedelta(days=3))

    dispute(cut, number, DUE + dt.timedelta(days=said))

    assert state(cut) == stands
    assert are_given_back(cut) == [stands == "active"]


def appeal_at_portal(line_id, number, on):
    appeal(visiting(line_id), {"key": str(new_uuid())}, on=on)


@pytest.mark.parametrize(
    ("contest", "role"),
    [
        (dispute_at_counter, "counter"), (show_receipt, "counter"),
        (dispute_at_portal, "worker"), (appeal_at_portal, "worker"), (show_receipt, "worker"),
    ],
)  # fmt: skip
@pytest.mark.parametrize(("lines", "stops"), [(1, False), (2, True)])
def test_enough_who_contest_what_a_batch_did_to_their_line_stop_it(
    people, batch_limits, as_role, contest, role, lines, stops
):
    batch_limits(max_lines_per_hour=10, abort_at_complaints=0.2)
    notified_lines(20)
    batch_id = drawn()
    approve(batch_id, people)
    carry_out(batch_id)
    cut = [(row.line_id, numbered(row.line_id)) for row in rows("SELECT line_id FROM lines_suspension")]

    with as_role(role):
        for line_id, number in cut[:lines]:
            contest(line_id, number, DUE)
    let_an_hour_pass()

    assert (carry_out(batch_id).state == "stopped") is stops


def test_a_dispute_and_then_a_receipt_count_as_one_complaint_about_the_batch(people):
    before, cut = notified_lines(2)
    dispute_at_portal(before, None, DUE)
    night(DUE, people)
    number = numbered(cut)

    dispute_at_counter(cut, number, DUE)
    show_receipt(cut, number)

    (batch,) = queries.batches()
    assert [tuple(one) for one in rows("SELECT line_id, batch_id FROM campaign_complaint")] == [
        (cut, batch.batch_id)
    ]


@pytest.mark.parametrize(("upheld", "stands"), [(True, "active"), (False, "suspended")])
def test_a_dispute_that_is_upheld_restores_service_and_the_time_that_was_left(people, upheld, stands):
    (cut,) = notified_lines(1)
    number = numbered(cut)
    night(DUE, people)
    dispute_line(
        console_authority(), submission_key=str(new_uuid()), number=number, on=DUE + dt.timedelta(days=3)
    )
    (case,) = open_cases()

    settle_case(console_authority(), case.case_id, upheld=upheld, on=DUE + dt.timedelta(days=40))

    (row,) = rows("SELECT stage, promised_on FROM campaign_member WHERE line_id = %s", [cut])
    assert (state(cut), row.stage) == (stands, "running" if upheld else "suspended")
    if upheld:
        left = (
            open_campaign().pack.campaign.time_to_end.days - 2
        )  # the clock of the suspension ran on two days
        assert row.promised_on == open_day(DUE + dt.timedelta(days=40 + left))
    restored = rows("SELECT FROM provisioning_command WHERE line_id = %s AND kind = 'restore'", [cut])
    assert len(restored) == upheld
    assert are_given_back(cut) == [upheld]


@pytest.mark.parametrize("upheld", [True, False])
def test_whose_receipt_gave_service_back_gets_the_hours_back_only_if_right(people, upheld):
    (cut,) = notified_lines(1)
    night(DUE, people)
    show_receipt(cut, numbered(cut), on=DUE + dt.timedelta(days=4))
    (case,) = open_cases()
    before = are_given_back(cut)

    settle_case(console_authority(), case.case_id, upheld=upheld, on=DUE + dt.timedelta(days=10))

    assert (before, are_given_back(cut)) == ([False], [upheld])


def test_after_a_lost_dispute_the_days_that_were_left_count_again(people):
    shown, same = notified_lines(2)
    number = numbered(shown)
    night(DUE, people)
    lost_on = DUE + dt.timedelta(days=10)
    show_receipt(shown, number, on=DUE + dt.timedelta(days=4))
    settle_dispute(console_authority(), shown, lost_on)

    assert restart_clock(shown, on=lost_on)

    pack = open_campaign().pack
    left = pack.campaign.time_to_end.days - 3  # on the fourth day the dispute began
    (row,) = rows("SELECT stage, promised_on, next_check_on FROM campaign_member WHERE line_id = %s", [shown])
    (notified,) = rows(
        "SELECT promised_on FROM notices_notice WHERE line_id = %s AND kind = 'reminder'", [shown]
    )
    promised = open_day(lost_on + dt.timedelta(days=left))
    assert (row.stage, row.promised_on, notified.promised_on) == ("running", promised, promised)
    assert not restart_clock(shown, on=lost_on)
    assert not restart_clock(same, on=lost_on)
    night(promised, people)
    assert state(shown) == "active"
    night(open_day(promised + dt.timedelta(days=1)), people)
    assert state(shown) == "suspended"


def ended(count, people):
    """Have so many lines suspended and ended by batches, in the network as well; return them with the number of the first."""
    line_ids = notified_lines(count)
    number = numbered(line_ids[0])
    night(DUE, people)
    night(END_DUE, people)
    push_due(worker_authority(), on=END_DUE, gateway=Element())
    return line_ids, number


@pytest.mark.parametrize("role", ["counter", "worker"])
def test_a_line_terminated_wrongly_comes_back_alone_and_its_number_waits(role, people, as_role):
    (shown, same), number = ended(2, people)
    after_quarantine = END_DUE + dt.timedelta(days=120)

    with as_role(role):
        show_receipt(shown, number, on=END_DUE)
    erase_due(worker_authority(), on=after_quarantine)
    (case,) = open_cases()
    clock.set_demo_date(after_quarantine)
    run("DROP TABLE pg_temp.batch_slice, pg_temp.slice_verdict")  # the owner's, of the nights above
    with as_role("worker"):
        settle_case(console_authority(), case.case_id, upheld=True, on=after_quarantine)

    assert (state(shown), state(same)) == ("active", "released")
    assert (
        rows("SELECT quarantined_until AS until FROM lines_number WHERE line_id = %s", [shown])[0].until
        is None
    )
    (last,) = rows(
        "SELECT kind FROM provisioning_command WHERE line_id = %s ORDER BY position DESC LIMIT 1", [shown]
    )
    owed = rows(
        "SELECT kind FROM notices_notice WHERE line_id = %s AND state = 'queued' ORDER BY notice_id", [shown]
    )
    assert (last.kind, [one.kind for one in owed]) == ("restore", ["restored", "reminder", "case_decided"])
    assert set(are_given_back(shown)) == {True}


def test_a_line_that_comes_back_after_the_campaign_was_closed_is_counted_again(people):
    (line_id,), number = ended(1, people)
    closure.close_campaign(console_authority(), on=END_DUE)
    dispute_line(CLERK, submission_key=str(new_uuid()), number=number, on=END_DUE)
    (case,) = open_cases()

    settle_case(console_authority(), case.case_id, upheld=True, on=END_DUE)

    (member,) = rows("SELECT stage FROM campaign_member WHERE line_id = %s", [line_id])
    assert (state(line_id), member.stage) == ("active", "running")
    assert rows("SELECT FROM campaign_campaign WHERE closed_on IS NULL")


def test_whose_dispute_of_an_end_is_lost_stays_without_the_number(people):
    (line_id,), number = ended(1, people)
    dispute_line(CLERK, submission_key=str(new_uuid()), number=number, on=END_DUE)
    (case,) = open_cases()

    settle_case(console_authority(), case.case_id, upheld=False, on=END_DUE)
    erase_due(worker_authority(), on=END_DUE + dt.timedelta(days=120))

    assert state(line_id) == "released"


def test_an_upheld_dispute_gives_back_the_days_left_even_if_the_bar_came_late(people):
    (line_id,) = notified_lines(1)
    number, element = numbered(line_id), Element()
    night(DUE, people)
    barred_on = DUE + dt.timedelta(days=4)
    clock.set_demo_date(barred_on)
    push_due(worker_authority(), on=barred_on, gateway=element)
    dispute_line(CLERK, submission_key=str(new_uuid()), number=number, on=barred_on)
    (case,) = open_cases()

    settle_case(console_authority(), case.case_id, upheld=True, on=barred_on)

    (member,) = rows("SELECT stage, promised_on FROM campaign_member WHERE line_id = %s", [line_id])
    assert member.stage == "running"
    assert member.promised_on >= barred_on + dt.timedelta(days=29)


def test_reasons_that_nobody_declares_leave_the_days_of_a_wrong_suspension():
    found = re.search(r"a.reason NOT IN \(([^)]*)\)", sql("campaign", "restart_clocks"))
    named = {PauseReason(one.strip(" '")) for one in found[1].split(",")}

    assert named == {PauseReason.OTHER, PauseReason.DISPUTE, PauseReason.APPEAL} | NOT_DECLARED
