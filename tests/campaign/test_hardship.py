# SPDX-License-Identifier: EUPL-1.2
"""Hours for whoever asks, proofs that may come later, and lines that nothing cuts."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from rollkeeper.access.authority import Authority, console_authority, sweep_authority
from rollkeeper.enrolment.acts import protect_line
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.law.pack import LiftRule
from rollkeeper.law.rules import Allowed, Refused
from rollkeeper.lines.acts import pause_clock, see_proof
from rollkeeper.lines.changes import begin_suspension
from rollkeeper.lines.errors import LiftRefused, NoProofAwaited
from rollkeeper.lines.lifting import lift_for_hours
from rollkeeper.lines.proofs import overdue_proofs
from rollkeeper.lines.rules import may_lift_for_hours
from rollkeeper.lines.states import PROVEN_LATER, PauseReason, SuspensionReason
from rollkeeper.network.acts import push_due
from rollkeeper.network.kinds import CommandKind, ReadBack
from rollkeeper.network.queries import reconcile
from rollkeeper.vault.blind import blind_numbers
from tests.campaign.population import (
    day,
    fate,
    make_line,
    member,
    night,
    nights,
    plan,
    register,
    state,
    tell,
)
from tests.network.fakes import Element

type People = tuple[Authority, Authority]
type AsRole = Callable[[str], AbstractContextManager[None]]

TOLD, CUT, END_DUE = day("2011-12-20"), day("2012-03-02"), day("2012-04-05")
ME = console_authority()
WANT = SuspensionReason.REGISTRATION
DAY_OF_HOURS = LiftRule(24, "house rule 4")


@pytest.fixture
def cut(people: People) -> LineId:
    """A line that was told and not registered, on the evening of its suspension."""
    line_id = make_line()
    plan(day("2011-12-19"))
    tell(line_id, TOLD)
    night(TOLD, people)
    night(CUT, people)
    assert state(line_id) == "suspended"
    return line_id


def pushed(element: Element, on: dt.date) -> None:
    clock.give_day(on)
    push_due(sweep_authority(), on=on, gateway=element)


def at_the_end() -> None:
    """Let the hours be over, as the network's queue sees it."""
    run("UPDATE network_command SET next_try_at = %s WHERE next_try_at > %s", [clock.now(), clock.now()])
    run(
        "UPDATE lines_lift SET lifted_at = lifted_at - interval '25 hours', ends_at = ends_at - interval '25 hours'"
    )


def test_who_asks_gets_service_back_and_it_ends_by_itself(cut: LineId) -> None:
    element = Element()
    pushed(element, CUT)
    assert element.read_back([cut]) == [ReadBack.BARRED]

    lift_for_hours(ME, cut, on=CUT)

    pushed(element, CUT)
    assert element.read_back([cut]) == [ReadBack.OPEN]
    assert state(cut) == "suspended"
    at_the_end()
    pushed(element, CUT + dt.timedelta(days=1))
    assert element.read_back([cut]) == [ReadBack.OPEN]  # a Saturday: the desks are shut
    pushed(element, CUT + dt.timedelta(days=3))
    assert element.read_back([cut]) == [ReadBack.BARRED]


def test_the_hours_are_those_of_the_pack_and_its_article_stands_in_the_ledger(cut: LineId) -> None:
    lift_for_hours(ME, cut, on=CUT)

    (found,) = rows("SELECT ends_at - lifted_at AS hours FROM lines_lift WHERE line_id = %s", [cut])
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'line:line:lifted_for_hours'")
    assert found.hours == dt.timedelta(hours=24)
    assert '"article":"house rule 4"' in entry.body
    assert '"hours":24' in entry.body


def test_a_line_gets_its_hours_once_in_its_life(cut: LineId) -> None:
    lift_for_hours(ME, cut, on=CUT)

    with pytest.raises(LiftRefused, match="had its hours on 2012-03-02"):
        lift_for_hours(ME, cut, on=CUT + dt.timedelta(days=3))


def test_the_days_of_the_hours_are_no_days_of_suspension(cut: LineId, people: People) -> None:
    clock.give_day(day("2012-03-20"))
    lift_for_hours(ME, cut, on=day("2012-03-20"))

    nights("2012-03-21", END_DUE + dt.timedelta(days=2), people)

    # The 30th counted day is 3 April instead of 1 April; the desks are shut until the 4th.
    assert fate(cut)[2] is not None
    (pause,) = rows(
        "SELECT lower(days) AS first, upper(days) - 1 AS last FROM lines_pause WHERE line_id = %s", [cut]
    )
    assert (pause.first, pause.last) == (day("2012-03-20"), day("2012-03-21"))
    assert fate(cut)[2] == day("2012-04-06")


def test_whoever_registers_during_the_hours_is_not_barred_at_their_end(cut: LineId) -> None:
    from rollkeeper.network.acts import ask

    element = Element()
    lift_for_hours(ME, cut, on=CUT)
    pushed(element, CUT)
    register(cut, CUT)
    ask(cut, kind=CommandKind.RESTORE, reason="registration", at=clock.now())

    at_the_end()
    pushed(element, CUT + dt.timedelta(days=1))

    assert element.read_back([cut]) == [ReadBack.OPEN]


def test_what_is_open_for_some_hours_is_no_difference_between_register_and_network(cut: LineId) -> None:
    element = Element()
    lift_for_hours(ME, cut, on=CUT)
    pushed(element, CUT)
    assert reconcile(gateway=element).differences == []

    at_the_end()

    assert [one.register_says for one in reconcile(gateway=element).differences] == [ReadBack.BARRED]


def test_the_office_may_give_the_hours_and_tell_the_network_nothing_else(
    cut: LineId, as_role: AsRole
) -> None:
    with as_role("office"):
        lift_for_hours(ME, cut, on=CUT)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            run(
                "INSERT INTO network_command (line_id, kind, reason, asked_at) VALUES (%s, 'end', 'x', now())",
                [cut],
            )

    found = rows("SELECT kind FROM network_command WHERE line_id = %s ORDER BY position", [cut])
    assert [row.kind for row in found] == ["bar", "restore", "bar"]


@pytest.mark.parametrize(
    ("rule", "reasons", "lifted_on", "allowed"),
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
    rule: LiftRule | None, reasons: tuple[SuspensionReason, ...], lifted_on: dt.date | None, *, allowed: bool
) -> None:
    verdict = may_lift_for_hours(rule, reasons=reasons, lifted_on=lifted_on)

    assert isinstance(verdict, Allowed if allowed else Refused)


@pytest.mark.parametrize("reason", PauseReason)
def test_a_proof_is_hoped_for_where_only_the_person_can_have_one(people: People, reason: PauseReason) -> None:
    line_id = make_line()

    pause_clock(ME, line_id, TOLD, None, reason, TOLD)

    (pause,) = rows("SELECT proof_due_on FROM lines_pause WHERE line_id = %s", [line_id])
    assert pause.proof_due_on == (day("2012-01-19") if reason in PROVEN_LATER else None)


@pytest.mark.parametrize(("on", "listed"), [("2012-01-18", 0), ("2012-01-19", 0), ("2012-01-20", 1)])
def test_a_proof_is_overdue_on_the_day_after_the_day_hoped_for(people: People, on: str, listed: int) -> None:
    pause_clock(ME, make_line(), TOLD, None, PauseReason.HOSPITAL, TOLD)

    assert len(overdue_proofs(on=day(on))) == listed


def test_nothing_follows_for_a_line_whose_proof_never_comes(people: People) -> None:
    line_id = make_line()
    plan(day("2011-12-19"))
    tell(line_id, TOLD)
    pause_clock(ME, line_id, day("2012-02-01"), None, PauseReason.DETENTION, day("2012-02-01"))

    nights("2012-02-28", "2012-03-12", people)

    assert [one.line_id for one in overdue_proofs(on=day("2012-03-12"))] == [line_id]
    assert state(line_id) == "active"


def test_a_proof_that_was_seen_takes_the_line_off_the_list_and_is_not_kept(people: People) -> None:
    line_id = make_line()
    pause_clock(ME, line_id, TOLD, None, PauseReason.ABROAD, TOLD)

    proven = see_proof(ME, line_id, reason=PauseReason.ABROAD, on=day("2012-02-01"))

    assert proven == 1
    assert overdue_proofs(on=day("2012-03-12")) == []
    with pytest.raises(NoProofAwaited):
        see_proof(ME, line_id, reason=PauseReason.ABROAD, on=day("2012-02-01"))


def test_a_suspended_line_that_becomes_protected_works_again_at_once(cut: LineId) -> None:
    element = Element()
    pushed(element, CUT)
    (index,) = blind_numbers(["+8613812345678"])
    run("UPDATE lines_line SET number_index = %s WHERE line_id = %s", [index, cut])
    run("INSERT INTO lines_number (number_index, line_id) VALUES (%s, %s)", [index, cut])

    protect_line(ME, submission_key=str(new_uuid()), number="13812345678", protected=True, on=CUT)

    pushed(element, CUT)
    assert (state(cut), element.read_back([cut])) == ("active", [ReadBack.OPEN])


def test_a_line_that_is_no_longer_protected_is_told_a_new_day_and_counted_again(
    cut: LineId, people: People
) -> None:
    (index,) = blind_numbers(["+8613812345678"])
    run("UPDATE lines_line SET number_index = %s WHERE line_id = %s", [index, cut])
    run("INSERT INTO lines_number (number_index, line_id) VALUES (%s, %s)", [index, cut])
    protect_line(ME, submission_key=str(new_uuid()), number="13812345678", protected=True, on=CUT)
    night(CUT + dt.timedelta(days=3), people)
    while_protected = state(cut), member(cut).stage
    loose = CUT + dt.timedelta(days=60)

    clock.give_day(loose)
    protect_line(ME, submission_key=str(new_uuid()), number="13812345678", protected=False, on=loose)
    night(loose, people)

    assert while_protected == ("active", "suspended")
    assert (state(cut), member(cut).stage) == ("active", "counting")
    assert member(cut).promised_on > loose + dt.timedelta(days=20)
    (told,) = rows("SELECT promised_on FROM notices_notice WHERE line_id = %s AND kind = 'reminder'", [cut])
    assert told.promised_on == member(cut).promised_on


CUTS = {
    "suspended": "INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at)"
    " VALUES (%s, gen_random_uuid(), 'registration', '2012-03-02', now())",
    "barred": "INSERT INTO network_command (line_id, kind, reason, asked_at) VALUES (%s, 'bar', 'registration', now())",
    "barred by a batch": "INSERT INTO network_command (line_id, kind, reason, batch_id, asked_at)"
    " VALUES (%s, 'bar', 'unpaid', gen_random_uuid(), now())",
    "ended": "UPDATE lines_line SET state = 'ended', ended_on = '2012-03-02', ended_by = 'campaign' WHERE line_id = %s",
}


@pytest.mark.parametrize("what", CUTS)
def test_no_statement_of_the_nights_own_role_cuts_a_protected_line(
    people: People, as_role: AsRole, what: str
) -> None:
    protected, other = make_line(is_protected=True), make_line()

    with as_role("sweep"), pytest.raises(IntegrityError, match="protected"), transaction.atomic():
        run(CUTS[what], [protected])

    with as_role("sweep"):
        run(CUTS[what], [other])


def test_the_nights_own_role_cannot_take_the_protection_off_first(people: People, as_role: AsRole) -> None:
    protected = make_line(is_protected=True)

    with as_role("sweep"), pytest.raises(ProgrammingError, match="unprotected"), transaction.atomic():
        run("UPDATE lines_line SET is_protected = false WHERE line_id = %s", [protected])

    with as_role("counter"):
        run("UPDATE lines_line SET is_protected = false WHERE line_id = %s", [protected])


def test_a_protected_line_can_still_be_shut_for_a_theft_at_the_counter(people: People) -> None:
    protected = make_line(is_protected=True)

    begin_suspension(protected, reason=SuspensionReason.LOST_OR_STOLEN, on=CUT)

    assert state(protected) == "suspended"
