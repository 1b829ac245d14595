# SPDX-License-Identifier: EUPL-1.2
"""Hours on request, proofs that may come later, and lines that are never suspended."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, StaffId, new_uuid
from rollkeeper.law.campaign_rules import TemporaryReconnectionRule
from rollkeeper.law.rules import Allowed, Refused
from rollkeeper.lines import services as line_services
from rollkeeper.lines.choices import EVIDENCE_LATER, PauseReason, SuspensionReason
from rollkeeper.lines.errors import NO_EVIDENCE_AWAITED, RECONNECTION_REFUSED
from rollkeeper.lines.hardship_evidence import overdue_evidence, record_evidence
from rollkeeper.lines.models import Reconnection
from rollkeeper.lines.reconnection import reconnect_temporarily
from rollkeeper.lines.rules import may_reconnect_temporarily
from rollkeeper.lines.services import pause_clock
from rollkeeper.provisioning.choices import CommandKind, ReadBack
from rollkeeper.provisioning.queries import reconcile
from rollkeeper.provisioning.services import push_due
from rollkeeper.registration.services import mark_essential
from tests.builders.commands import retry_commands
from tests.builders.lines import give_number, make_line, suspend_line
from tests.builders.past import make_older
from tests.campaign.population import day, fate, member, night, nights, plan, register, state, tell
from tests.provisioning.fakes import Element
from tests.refusals import refusing

type People = tuple[Authority, Authority]
type AsRole = Callable[[str], AbstractContextManager[None]]

NOTIFIED, CUT, END_DUE = day("2011-12-20"), day("2012-03-02"), day("2012-04-05")
ME = console_authority()
SUPERVISOR = Authority(frozenset({StaffRole.SUPERVISOR}), StaffId(new_uuid()), "c1" * 32)
WANT = SuspensionReason.REGISTRATION
DAY_OF_HOURS = TemporaryReconnectionRule(24, "operator's rule 4")


@pytest.fixture
def cut(people: People) -> LineId:
    """A line that was notified and not registered, on the evening of its suspension."""
    line_id = make_line()
    plan(day("2011-12-19"))
    tell(line_id, NOTIFIED)
    night(NOTIFIED, people)
    night(CUT, people)
    assert state(line_id) == "suspended"
    return line_id


def pushed(element: Element, on: dt.date) -> None:
    clock.set_demo_date(on)
    push_due(worker_authority(), on=on, gateway=element)


def at_the_end() -> None:
    """Let the hours be over, as the network's queue sees it."""
    retry_commands(next_try_at__gt=clock.now())
    make_older(Reconnection, dt.timedelta(hours=25), "reconnected_at", "ends_at")


def test_who_asks_gets_service_back_and_it_ends_by_itself(cut: LineId) -> None:
    element = Element()
    pushed(element, CUT)
    assert element.read_back([cut]) == [ReadBack.BARRED]

    reconnect_temporarily(ME, cut, on=CUT)

    pushed(element, CUT)
    assert element.read_back([cut]) == [ReadBack.OPEN]
    assert state(cut) == "suspended"
    at_the_end()
    pushed(element, CUT + dt.timedelta(days=1))
    assert element.read_back([cut]) == [ReadBack.OPEN]  # a Saturday: the desks are shut
    pushed(element, CUT + dt.timedelta(days=3))
    assert element.read_back([cut]) == [ReadBack.BARRED]


def test_the_hours_are_those_of_the_pack_and_its_article_stands_in_the_ledger(cut: LineId) -> None:
    reconnect_temporarily(ME, cut, on=CUT)

    (found,) = rows(
        "SELECT ends_at - reconnected_at AS hours FROM lines_reconnection WHERE line_id = %s", [cut]
    )
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'line:line:reconnected'")
    assert found.hours == dt.timedelta(hours=24)
    assert '"article":"operator\'s rule 4"' in entry.body
    assert '"hours":24' in entry.body


def test_a_line_gets_its_hours_once_in_its_life(cut: LineId) -> None:
    reconnect_temporarily(ME, cut, on=CUT)

    with refusing(RECONNECTION_REFUSED, match="already reconnected on 2012-03-02"):
        reconnect_temporarily(ME, cut, on=CUT + dt.timedelta(days=3))


def test_the_days_of_the_hours_are_no_days_of_suspension(cut: LineId, people: People) -> None:
    clock.set_demo_date(day("2012-03-20"))
    reconnect_temporarily(ME, cut, on=day("2012-03-20"))

    nights("2012-03-21", END_DUE + dt.timedelta(days=2), people)

    # The 30th counted day is 3 April instead of 1 April; the desks are shut until the 4th.
    assert fate(cut)[2] is not None
    (pause,) = rows(
        "SELECT lower(days) AS first, upper(days) - 1 AS last FROM lines_pause WHERE line_id = %s", [cut]
    )
    assert (pause.first, pause.last) == (day("2012-03-20"), day("2012-03-21"))
    assert fate(cut)[2] == day("2012-04-06")


def test_a_subscriber_registered_during_the_hours_is_not_barred_at_their_end(cut: LineId) -> None:
    from rollkeeper.provisioning.services import queue_command

    element = Element()
    reconnect_temporarily(ME, cut, on=CUT)
    pushed(element, CUT)
    register(cut, CUT)
    queue_command(cut, kind=CommandKind.RESTORE, reason="registration", at=clock.now())

    at_the_end()
    pushed(element, CUT + dt.timedelta(days=1))

    assert element.read_back([cut]) == [ReadBack.OPEN]


def test_what_is_open_for_some_hours_is_no_difference_between_register_and_network(cut: LineId) -> None:
    element = Element()
    reconnect_temporarily(ME, cut, on=CUT)
    pushed(element, CUT)
    assert reconcile(gateway=element).differences == []

    at_the_end()

    assert [one.register_says for one in reconcile(gateway=element).differences] == [ReadBack.BARRED]


def test_the_office_may_give_the_hours_and_tell_the_network_nothing_else(
    cut: LineId, as_role: AsRole
) -> None:
    with as_role("backoffice"):
        reconnect_temporarily(SUPERVISOR, cut, on=CUT)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            run(
                "INSERT INTO provisioning_command (line_id, kind, reason, requested_at) VALUES (%s, 'terminate', 'x', now())",
                [cut],
            )

    found = rows("SELECT kind FROM provisioning_command WHERE line_id = %s ORDER BY position", [cut])
    assert [row.kind for row in found] == ["bar", "restore", "bar"]


@pytest.mark.parametrize(
    ("rule", "reasons", "reconnected_on", "allowed"),
    [
        (DAY_OF_HOURS, (WANT,), None, True),
        (None, (WANT,), None, False),
        (DAY_OF_HOURS, (), None, False),
        (DAY_OF_HOURS, (SuspensionReason.ORDER,), None, False),
        (DAY_OF_HOURS, (WANT, SuspensionReason.LOST_OR_STOLEN), None, False),
        (DAY_OF_HOURS, (WANT,), CUT, False),
    ],
)
def test_hours_are_for_want_of_registration_alone_and_once(
    rule: TemporaryReconnectionRule | None,
    reasons: tuple[SuspensionReason, ...],
    reconnected_on: dt.date | None,
    *,
    allowed: bool,
) -> None:
    verdict = may_reconnect_temporarily(rule, reasons=reasons, reconnected_on=reconnected_on)

    assert isinstance(verdict, Allowed if allowed else Refused)


@pytest.mark.parametrize("reason", PauseReason)
def test_a_proof_is_hoped_for_where_only_the_person_can_have_one(people: People, reason: PauseReason) -> None:
    line_id = make_line()

    pause_clock(ME, line_id, NOTIFIED, None, reason, NOTIFIED)

    (pause,) = rows("SELECT evidence_due_on FROM lines_pause WHERE line_id = %s", [line_id])
    assert pause.evidence_due_on == (day("2012-01-19") if reason in EVIDENCE_LATER else None)


@pytest.mark.parametrize(("on", "listed"), [("2012-01-18", 0), ("2012-01-19", 0), ("2012-01-20", 1)])
def test_a_proof_is_overdue_on_the_day_after_the_day_hoped_for(people: People, on: str, listed: int) -> None:
    pause_clock(ME, make_line(), NOTIFIED, None, PauseReason.HOSPITAL, NOTIFIED)

    assert len(overdue_evidence(on=day(on))) == listed


def test_nothing_follows_for_a_line_whose_proof_never_comes(people: People) -> None:
    line_id = make_line()
    plan(day("2011-12-19"))
    tell(line_id, NOTIFIED)
    pause_clock(ME, line_id, day("2012-02-01"), None, PauseReason.DETENTION, day("2012-02-01"))

    nights("2012-02-28", "2012-03-12", people)

    assert [one.line_id for one in overdue_evidence(on=day("2012-03-12"))] == [line_id]
    assert state(line_id) == "active"


def test_a_proof_that_was_seen_takes_the_line_off_the_list_and_is_not_kept(people: People) -> None:
    line_id = make_line()
    pause_clock(ME, line_id, NOTIFIED, None, PauseReason.ABROAD, NOTIFIED)

    proven = record_evidence(ME, line_id, reason=PauseReason.ABROAD, on=day("2012-02-01"))

    assert proven == 1
    assert overdue_evidence(on=day("2012-03-12")) == []
    with refusing(NO_EVIDENCE_AWAITED):
        record_evidence(ME, line_id, reason=PauseReason.ABROAD, on=day("2012-02-01"))


def test_a_suspended_line_that_becomes_protected_works_again_at_once(cut: LineId) -> None:
    element = Element()
    pushed(element, CUT)
    give_number(cut, "+8613812345678")

    mark_essential(ME, submission_key=str(new_uuid()), number="13812345678", essential=True, on=CUT)

    pushed(element, CUT)
    assert (state(cut), element.read_back([cut])) == ("active", [ReadBack.OPEN])


def test_a_line_that_is_no_longer_protected_is_promised_a_new_day_and_counted_again(
    cut: LineId, people: People
) -> None:
    give_number(cut, "+8613812345678")
    mark_essential(ME, submission_key=str(new_uuid()), number="13812345678", essential=True, on=CUT)
    night(CUT + dt.timedelta(days=3), people)
    while_protected = state(cut), member(cut).stage
    loose = CUT + dt.timedelta(days=60)

    clock.set_demo_date(loose)
    mark_essential(ME, submission_key=str(new_uuid()), number="13812345678", essential=False, on=loose)
    night(loose, people)

    assert while_protected == ("active", "suspended")
    assert (state(cut), member(cut).stage) == ("active", "running")
    assert member(cut).promised_on > loose + dt.timedelta(days=20)
    (notified,) = rows(
        "SELECT promised_on FROM notices_notice WHERE line_id = %s AND kind = 'reminder'", [cut]
    )
    assert notified.promised_on == member(cut).promised_on


CUTS = {
    "suspended": "INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at)"
    " VALUES (%s, gen_random_uuid(), 'registration', '2012-03-02', now())",
    "barred": "INSERT INTO provisioning_command (line_id, kind, reason, requested_at) VALUES (%s, 'bar', 'registration', now())",
    "barred by a batch": "INSERT INTO provisioning_command (line_id, kind, reason, batch_id, requested_at)"
    " VALUES (%s, 'bar', 'unpaid', gen_random_uuid(), now())",
    "terminated": "UPDATE lines_line SET state = 'terminated', terminated_on = '2012-03-02', terminated_by = 'campaign' WHERE line_id = %s",
}


@pytest.mark.parametrize("what", CUTS)
def test_no_statement_of_the_nights_own_role_cuts_an_essential_line(
    people: People, as_role: AsRole, what: str
) -> None:
    protected, other = make_line(is_essential=True), make_line()

    with as_role("worker"), pytest.raises(IntegrityError, match="essential"), transaction.atomic():
        run(CUTS[what], [protected])

    run(CUTS[what], [other])


def test_the_nights_own_role_cannot_take_the_protection_off_first(people: People, as_role: AsRole) -> None:
    protected = make_line(is_essential=True)

    with (
        as_role("worker"),
        pytest.raises(ProgrammingError, match="lines_line_no_longer_essential_by_worker"),
        transaction.atomic(),
    ):
        run("UPDATE lines_line SET is_essential = false WHERE line_id = %s", [protected])

    with as_role("counter"):
        line_services.mark_essential(SUPERVISOR, LineId(protected), essential=False, on=CUT)


def test_a_protected_line_can_still_be_shut_for_a_theft_at_the_counter(people: People) -> None:
    protected = make_line(is_essential=True)

    suspend_line(protected, reason=SuspensionReason.LOST_OR_STOLEN, on=CUT)

    assert state(protected) == "suspended"
