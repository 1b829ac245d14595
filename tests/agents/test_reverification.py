# SPDX-License-Identifier: EUPL-1.2
"""An agent that cheated: each of its lines gets a new period to confirm, and none is suspended for it."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.agents import queries, services, suspension
from rollkeeper.agents.choices import Pattern, ReverificationOutcome, SuspensionCause, Verdict
from rollkeeper.agents.errors import AGENT_NOT_IN_STATE, INVALID_AGENT_CODE, REQUIREMENTS_OPEN
from rollkeeper.agents.models import Reverification
from rollkeeper.agents.reverification import update_reverifications
from rollkeeper.agents.review_cases import settle_case
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.choices import PauseReason
from rollkeeper.lines.services import pause_clock
from rollkeeper.registration.services import change_record
from rollkeeper.registration.submissions import Submission
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.agents.conftest import AGENT, ON, Shop, employ
from tests.builders.lines import mark_terminated
from tests.builders.notices import deliver_notices
from tests.refusals import refusing
from tests.registration.people import fresh_number

CONSOLE, WORKER = console_authority(), worker_authority()
NOTIFIED = dt.date(2012, 3, 5)
LAST = dt.date(2012, 5, 4)
"""Sixty days from the day after that: a Friday."""


def notices():
    return rows(
        "SELECT line_id, kind, language, promised_on, state FROM notices_notice WHERE kind = 'confirm_record'"
    )


def line(line_id):
    (found,) = rows(
        "SELECT state, is_registered, is_disputed, version FROM lines_line WHERE line_id = %s", [line_id]
    )
    return found


def prove(line_id, on=NOTIFIED):
    deliver_notices(on, line_id=line_id, kind="confirm_record")


def reverification(line_id):
    return Reverification.objects.get(line_id=line_id)


@pytest.fixture
def cheated(counter):
    """A line that an agent registered, which is then suspended for fraud."""
    done = counter.register(document="X7654321", number=(number := fresh_number()))
    suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.FRAUD, on=ON)
    return done.line_id, number


def test_every_living_line_of_the_agent_is_asked_for_and_none_is_cut_off(counter):
    done = [counter.register() for _ in range(3)]
    own = Shop(employ(username="clerk-01"), "clerk-01", 0)
    ended = done[2].line_id
    mark_terminated(ended, ON, by="subscriber")
    before = [line(one.line_id) for one in done]
    commands = rows("SELECT count(*) AS n FROM provisioning_command")[0].n

    suspended = suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.FRAUD, on=ON)

    assert own.authority.staff_id
    assert suspended.lines == 2
    assert {row.line_id for row in notices()} == {one.line_id for one in done[:2]}
    assert [line(one.line_id) for one in done] == before
    assert rows("SELECT count(*) AS n FROM provisioning_command")[0].n == commands


def test_a_line_that_somebody_else_registered_since_is_left_alone(counter):
    done = counter.register(document="X7654321", number=(number := fresh_number()))
    confirm(number, "X7654321")

    assert suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.FRAUD, on=ON).lines == 0
    assert done.line_id not in {row.line_id for row in notices()}


def test_a_suspended_agent_can_be_suspended_for_fraud_later(counter):
    counter.register()
    suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.AUDIT, on=ON)

    with refusing(AGENT_NOT_IN_STATE):
        suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.COMPLAINT, on=ON)
    assert suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.FRAUD, on=ON).lines == 1
    assert suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.FRAUD, on=ON).lines == 0


def test_without_proof_that_the_subscriber_was_notified_no_day_runs(cheated):
    line_id, _ = cheated

    done = update_reverifications(WORKER, on=ON + dt.timedelta(days=400))

    assert set(done.values()) == {0}
    assert reverification(line_id).due_on is None
    assert queries.open_cases() == []


def test_the_days_count_from_the_proof_and_a_pause_gives_them_back(cheated):
    line_id, _ = cheated
    prove(line_id)

    assert update_reverifications(WORKER, on=NOTIFIED)["notified"] == 1
    assert reverification(line_id).due_on == LAST
    first, last = NOTIFIED + dt.timedelta(days=10), NOTIFIED + dt.timedelta(days=16)
    pause_clock(CONSOLE, line_id, first, last, PauseReason.HOSPITAL, first)
    update_reverifications(WORKER, on=first)

    assert reverification(line_id).due_on == LAST + dt.timedelta(days=7)


@pytest.mark.parametrize(("days", "is_over"), [(-1, False), (0, False), (1, True)])
def test_after_the_last_day_a_person_decides_and_nothing_is_cut_off(cheated, days, is_over):
    line_id, _ = cheated
    prove(line_id)
    update_reverifications(WORKER, on=NOTIFIED)

    done = update_reverifications(WORKER, on=LAST + dt.timedelta(days=days))
    update_reverifications(WORKER, on=LAST + dt.timedelta(days=days))

    assert done["not_confirmed"] == int(is_over)
    assert [(c.pattern, c.line_id) for c in queries.open_cases()] == [
        (Pattern.NOT_CONFIRMED, line_id)
    ] * is_over
    assert (line(line_id).state, line(line_id).is_registered) == ("active", True)


def not_confirmed(cheated):
    """Let the last day pass without a confirmation; return the line, the day after, and the case that it opens."""
    line_id, _ = cheated
    prove(line_id)
    update_reverifications(WORKER, on=NOTIFIED)
    later = LAST + dt.timedelta(days=1)
    update_reverifications(WORKER, on=later)
    (case,) = queries.open_cases()
    return line_id, later, case


def test_who_did_not_confirm_is_asked_once_more_where_a_person_decides_so(cheated, as_role):
    line_id, later, case = not_confirmed(cheated)
    supervisor = employ(StaffRole.SUPERVISOR)

    with as_role("backoffice"):
        settle_case(supervisor, case.case_id, Verdict.REVERIFY, on=later)
    with as_role("worker"):
        for _ in range(2):
            update_reverifications(WORKER, on=later)

    assert [one.state for one in notices()] == ["delivered", "queued"]
    (again,) = Reverification.objects.filter(line_id=line_id, settled_on=None)
    assert (again.started_on, again.notified_on, again.due_on) == (later, None, None)
    prove(line_id, on=later)
    update_reverifications(WORKER, on=later)
    update_reverifications(WORKER, on=later + dt.timedelta(days=200))
    assert [one.pattern for one in queries.open_cases()] == [Pattern.NOT_CONFIRMED]


def test_who_did_not_confirm_is_asked_no_more_where_a_person_finds_nothing_wrong(cheated, as_role):
    line_id, later, case = not_confirmed(cheated)
    supervisor = employ(StaffRole.SUPERVISOR)

    with as_role("backoffice"):
        settle_case(supervisor, case.case_id, Verdict.CLEARED, on=later)
    with as_role("worker"):
        done = [update_reverifications(WORKER, on=later)["cleared"] for _ in range(2)]

    assert done == [1, 0]
    assert reverification(line_id).outcome == ReverificationOutcome.CLEARED
    assert [one.state for one in notices()] == ["delivered"]


def test_who_shows_the_document_again_has_confirmed_even_after_the_last_day(cheated):
    line_id, number = cheated
    prove(line_id)
    update_reverifications(WORKER, on=NOTIFIED)
    confirm(number, "X7654321")

    assert update_reverifications(WORKER, on=LAST + dt.timedelta(days=1))["confirmed"] == 1
    assert reverification(line_id).outcome == ReverificationOutcome.CONFIRMED
    assert queries.open_cases() == []


def test_an_agent_with_missing_requirements_is_not_approved(vaulted):
    services.add_agent(CONSOLE, AGENT, on=ON)
    services.attest_requirement(CONSOLE, AGENT, "trained", evidence="ab" * 32, on=ON)

    with refusing(REQUIREMENTS_OPEN, match=r"\(art\. 4 ¶2\).*terms"):
        services.approve_agent(CONSOLE, AGENT, on=ON)


def test_an_agent_is_entered_under_a_reference_and_not_under_a_name(vaulted):
    for name in ("Invented Trading", "Tashi's shop", "", "x" * 65, "商店"):
        with refusing(INVALID_AGENT_CODE):
            services.add_agent(CONSOLE, name, on=ON)


def confirm(number, document):
    submission = Submission(
        submission_key=str(new_uuid()), number=number, kind=PartyKind.INDIVIDUAL,
        parts={PartyRole.SUBSCRIBER: {
            "name": "Invented Person", "address": "1 Invented Street", "document_type": "passport-npl",
            "document_number": document,
        }},
        language="en", double_checked=True,
    )  # fmt: skip
    return change_record(CONSOLE, submission, on=clock.today())
