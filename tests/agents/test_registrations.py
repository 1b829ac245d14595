# SPDX-License-Identifier: EUPL-1.2
"""At an agent's counter: who may register people where and when, what each entry carries, what is flagged."""

import datetime as dt
import threading

import pytest
from django.db import connections
from django.test import Client

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import authority_of, linked_accounts
from rollkeeper.agents import outlets, queries, review_cases, services, suspension
from rollkeeper.agents.choices import Pattern, Severity, SuspensionCause, Verdict
from rollkeeper.agents.errors import (
    AGENT_MAY_NOT_REGISTER,
    AGENT_UNKNOWN,
    DEVICE_NOT_REGISTERED,
    NO_ASSIGNMENT,
    NO_DEVICE,
    DailyLimitReached,
    OutletClosed,
)
from rollkeeper.agents.models import AgentRegistration, Outlet
from rollkeeper.incidents.choices import About
from rollkeeper.incidents.choices import Severity as IncidentSeverity
from rollkeeper.incidents.services import open_incident, scope_incident
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.retention.services import erase_due
from rollkeeper.vault.services import begin_first_epoch
from tests.agents.conftest import AGENT, ON, PLACE, Shop, approved, at_time, employ, shop
from tests.builders.lines import terminate_line
from tests.entries import entries
from tests.refusals import refusing
from tests.registration.people import fresh_number

CONSOLE = console_authority()


def registered(line_id):
    (found,) = rows("SELECT is_registered FROM lines_line WHERE line_id = %s", [line_id])
    return found.is_registered


def test_every_registration_carries_agent_and_place_by_reference(counter):
    done = counter.register()

    (entry,) = entries("agents:registration:recorded")
    there = queries.may_register(counter.authority, devices=[counter.passkey], at=clock.now())
    assert entry.body["line"] == str(done.line_id)
    assert entry.facts.keys() == {"agent", "outlet", "device"}
    assert entry.facts["agent"] == str(there.agent_id)
    assert entry.facts["outlet"] == str(there.outlet_id)
    assert there.taken == 1


def test_an_account_of_the_operators_own_is_bound_to_no_place(counter):
    own = Shop(employ(StaffRole.CLERK, username="clerk-01"), "clerk-01", 0)

    assert registered(own.register().line_id)
    assert entries("agents:registration:recorded") == []


def test_outside_the_hours_nobody_is_registered_and_nothing_is_looked_into(counter):
    outlets.change_hours(CONSOLE, AGENT, PLACE, hours="mon-fri 09:00-18:00", on=ON)
    number = fresh_number()

    for moment in ("08:59", "18:00"):
        with pytest.raises(OutletClosed):
            counter.register(number=number, at=at_time(moment))

    assert rows("SELECT count(*) AS n FROM lines_line")[0].n == 0
    assert registered(counter.register(number=number, at=at_time("09:00")).line_id)


def test_what_was_done_is_answered_again_at_any_hour(counter):
    number = fresh_number()
    first = counter.register(key="a-key-of-the-test-0001", number=number)
    outlets.change_hours(CONSOLE, AGENT, PLACE, hours="sun 09:00-18:00", on=ON)

    again = counter.register(key="a-key-of-the-test-0001", number=number)

    assert again.is_repeat
    assert again == first
    assert AgentRegistration.objects.count() == 1


def test_another_device_registers_nobody(counter):
    with refusing(DEVICE_NOT_REGISTERED):
        counter.register(passkey=counter.passkey + 1000)

    outlets.remove_devices(CONSOLE, counter.username, on=ON)
    with refusing(DEVICE_NOT_REGISTERED):
        counter.register()


def test_the_passkey_of_a_lost_device_is_not_registered_again(counter, monkeypatch):
    monkeypatch.setattr(outlets, "stays_in_one_device", lambda _: True)
    outlets.remove_devices(CONSOLE, counter.username, on=ON)

    with refusing(NO_DEVICE):  # the clerk has not added one on the new device yet
        outlets.register_device(CONSOLE, counter.username, on=ON)

    with refusing(DEVICE_NOT_REGISTERED):
        counter.register()


def test_a_device_of_another_place_of_the_same_agent_registers_nobody_here(counter):
    other = shop("clerk-08", outlet="shigatse-01")

    with refusing(DEVICE_NOT_REGISTERED):
        counter.register(passkey=other.passkey)


def test_the_daily_limit_counts_all_outlets_of_an_agent_and_starts_again_next_day(vaulted):
    approved(limit=2)
    one, other = shop(), shop("clerk-08", outlet="shigatse-01")
    one.register()
    other.register()

    with pytest.raises(DailyLimitReached):
        one.register()
    clock.set_demo_date(ON + dt.timedelta(days=1))

    assert registered(one.register().line_id)


def test_who_was_taken_away_from_a_place_registers_nobody_anywhere(counter):
    clock.set_demo_date(ON + dt.timedelta(days=1))
    outlets.unassign_staff(CONSOLE, counter.username, on=ON)

    with refusing(NO_ASSIGNMENT):
        counter.register()


def test_who_was_taken_away_from_a_place_registers_nobody_from_that_moment(counter):
    Outlet.objects.update(needs_device=False)
    outlets.unassign_staff(CONSOLE, counter.username, on=ON)

    with refusing(NO_ASSIGNMENT):
        counter.register()
    with refusing(NO_ASSIGNMENT):
        queries.own_agent(counter.authority, on=ON, window_days=30)
    assert queries.staff_of_own_agent(counter.authority) == []
    assert registered(counter.register(at=at_time("10:00"), late=True).line_id)


@pytest.mark.parametrize(("days", "may"), [(364, True), (365, True), (366, False)])
def test_a_requirement_that_ran_out_keeps_an_agent_from_registering(counter, days, may):
    clock.set_demo_date(ON + dt.timedelta(days=days))

    if may:
        assert registered(counter.register().line_id)
    else:
        with refusing(AGENT_MAY_NOT_REGISTER, match=r"\(art\. 4 ¶2\)"):
            counter.register()


@pytest.mark.parametrize(("days", "may"), [(-1, True), (0, True), (1, False)])
def test_a_major_finding_that_is_not_mended_on_its_day_does_so_too(counter, days, may):
    due = ON + dt.timedelta(days=30)
    services.audit_agent(CONSOLE, AGENT, [services.AuditFinding("trained", Severity.MAJOR, due)], on=ON)
    clock.set_demo_date(due + dt.timedelta(days=days))

    if may:
        counter.register()
        return
    with refusing(AGENT_MAY_NOT_REGISTER):
        counter.register()
    (finding,) = queries.agent_called(AGENT, on=clock.today(), window_days=30).findings
    assert finding.is_overdue
    services.remediate_finding(CONSOLE, finding.finding_id, on=clock.today())
    assert registered(counter.register().line_id)
    assert entries("agents:finding:remediated")[0].facts["in_time"] is False


def test_a_minor_finding_stops_nobody(counter):
    services.audit_agent(CONSOLE, AGENT, [services.AuditFinding("trained", Severity.MINOR, ON)], on=ON)
    clock.set_demo_date(ON + dt.timedelta(days=1))

    assert registered(counter.register().line_id)


def test_the_next_of_too_many_in_ten_minutes_is_flagged_and_keeps_its_date(counter, set_settings):
    set_settings(max_per_ten_minutes=2)
    at = at_time("10:00")
    early = counter.register(at=at - dt.timedelta(minutes=10))
    done = [counter.register(at=at) for _ in range(3)]

    (case,) = queries.open_cases()
    assert (case.pattern, case.line_id) == (Pattern.RATE, done[-1].line_id)
    assert registered(case.line_id)
    assert done[-1].day == ON
    assert early.line_id != case.line_id


def test_one_document_behind_many_lines_is_flagged(counter, set_settings):
    set_settings(max_lines_per_person=2)

    done = [counter.register(document="X7654321") for _ in range(3)]
    counter.register()

    (case,) = queries.open_cases()
    assert (case.pattern, case.line_id) == (Pattern.ONE_PERSON, done[-1].line_id)


def test_what_was_taken_down_out_of_hours_and_handed_in_late_is_flagged_not_refused(counter):
    outlets.change_hours(CONSOLE, AGENT, PLACE, hours="mon-fri 09:00-18:00", on=ON)

    done = counter.register(at=at_time("20:00"), late=True)

    (case,) = queries.open_cases()
    assert (case.pattern, case.line_id) == (Pattern.HOURS, done.line_id)
    assert registered(done.line_id)


def test_one_account_at_two_places_on_one_day_is_flagged(counter):
    counter.register()
    outlets.unassign_staff(CONSOLE, counter.username, on=ON - dt.timedelta(days=1))
    outlets.open_outlet(CONSOLE, AGENT, "shigatse-01", hours="always", needs_device=False, on=ON)
    outlets.assign_staff(CONSOLE, counter.username, agent=AGENT, outlet="shigatse-01", on=ON)

    done = counter.register()

    (case,) = queries.open_cases()
    assert (case.pattern, case.line_id, case.outlet) == (Pattern.OUTLETS, done.line_id, "shigatse-01")


def test_many_pictures_and_few_registrations_become_one_case_about_no_line(counter, set_settings):
    from rollkeeper.agents.registrations import count_document_image

    set_settings(abandoned_fewest=3)
    for _ in range(3):
        count_document_image(counter.authority, devices=[counter.passkey], on=ON)
    counter.register()

    assert review_cases.open_abandoned_cases(CONSOLE, on=ON) == 1
    assert review_cases.open_abandoned_cases(CONSOLE, on=ON) == 0
    (case,) = queries.open_cases()
    assert (case.pattern, case.line_id) == (Pattern.ABANDONED, None)


def test_another_account_of_an_outlet_that_takes_many_pictures_gets_its_own_case(counter, set_settings):
    from rollkeeper.agents.registrations import count_document_image

    set_settings(abandoned_fewest=3)
    employ(StaffRole.CLERK, username="clerk-09")
    outlets.assign_staff(CONSOLE, "clerk-09", agent=AGENT, outlet=PLACE, on=ON)
    colleague = authority_of(Staff.objects.get(username="clerk-09"))
    opened = []

    for who in (counter.authority, colleague):
        for _ in range(3):
            count_document_image(who, devices=[counter.passkey], on=ON)
        opened += [review_cases.open_abandoned_cases(CONSOLE, on=ON) for _ in range(2)]

    assert opened == [1, 0, 1, 0]


@pytest.mark.parametrize(("days", "cases"), [(1, 1), (2, 0)])
def test_many_pictures_after_a_days_last_check_are_seen_the_next_day(counter, set_settings, days, cases):
    from rollkeeper.agents.registrations import count_document_image

    set_settings(abandoned_fewest=3)
    for _ in range(3):
        count_document_image(counter.authority, devices=[counter.passkey], on=ON)

    assert review_cases.open_abandoned_cases(CONSOLE, on=ON + dt.timedelta(days=days)) == cases


def test_a_case_is_settled_by_a_supervisor_and_by_nobody_at_the_counter(counter, supervisor, set_settings):
    from rollkeeper.access.errors import NOT_ALLOWED

    set_settings(max_per_ten_minutes=1)
    counter.register(at=at_time("10:00"))
    counter.register(at=at_time("10:00"))
    (case,) = queries.open_cases()

    for nobody in (counter.authority, CONSOLE):
        with refusing(NOT_ALLOWED):
            review_cases.settle_case(nobody, case.case_id, Verdict.CLEARED, on=ON)
    review_cases.settle_case(supervisor, case.case_id, Verdict.CLEARED, on=ON)

    assert queries.open_cases() == []
    assert registered(case.line_id)
    assert rows("SELECT count(*) AS n FROM agents_reverification")[0].n == 0


def test_an_agent_sees_its_own_figures_and_no_other(counter):
    approved("agent-018")
    other = shop("clerk-08", agent="agent-018", outlet="gyantse-01")
    other.register()
    other.register()
    counter.register()

    own = queries.own_agent(counter.authority, on=ON, window_days=30)

    assert own.code == AGENT
    assert (own.figures.today, own.figures.in_window) == (1, 1)
    assert {field for row in queries.agent_list() for field in row.__slots__} == {
        "code", "state", "next_due", "open_cases", "known_by"
    }  # fmt: skip
    assert [row.code for row in queries.agent_list()] == ["agent-017", "agent-018"]


def test_suspending_an_agent_ends_its_sessions_and_stops_registrations(counter, supervisor, app):
    app("counter")
    client = Client()
    client.force_login(Staff.objects.get(username=counter.username))
    page = {"HTTP_ACCEPT": "text/html"}
    assert client.get("/", **page).status_code == 200

    done = suspension.suspend_agent(supervisor, AGENT, SuspensionCause.COMPLAINT, on=ON)

    assert done == suspension.Suspended(accounts=1, lines=0)
    answer = client.get("/", **page)
    assert (answer.status_code, answer.url.partition("?")[0]) == (302, "/account/login/")
    with refusing(AGENT_MAY_NOT_REGISTER):
        counter.register()
    assert not authority_of(Staff.objects.get(username=counter.username)).roles


def test_reinstating_an_agent_reopens_only_the_accounts_that_were_closed(counter):
    employ(StaffRole.CLERK, username="clerk-09")
    outlets.assign_staff(CONSOLE, "clerk-09", agent=AGENT, outlet=PLACE, on=ON)
    Staff.objects.filter(username="clerk-09").update(is_active=False)
    suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.ASKED, on=ON)

    assert suspension.reinstate_agent(CONSOLE, AGENT, on=ON) == 1
    assert registered(counter.register().line_id)
    assert not Staff.objects.get(username="clerk-09").is_active


def test_who_left_an_agent_while_it_was_suspended_stays_out(counter):
    employ(StaffRole.CLERK, username="clerk-09")
    outlets.assign_staff(CONSOLE, "clerk-09", agent=AGENT, outlet=PLACE, on=ON)
    suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.FRAUD, on=ON)
    outlets.unassign_staff(CONSOLE, "clerk-09", on=ON)

    assert suspension.reinstate_agent(CONSOLE, AGENT, on=ON) == 1
    assert Staff.objects.get(username=counter.username).is_active
    assert not Staff.objects.get(username="clerk-09").is_active


def test_the_counters_role_of_the_database_can_do_all_this(counter, as_role):
    with as_role("counter"):
        there = queries.may_register(counter.authority, devices=[counter.passkey], at=clock.now())
        figures = queries.own_figures(counter.authority, on=ON, window_days=30)

    assert (there.agent, figures.today) == (AGENT, 0)


def test_two_counters_of_an_agent_together_never_pass_its_cap(committed):
    begin_first_epoch()
    clock.set_demo_date(ON)
    approved(limit=3)
    shops = [shop(f"clerk-1{n}", outlet=f"outlet-{n}") for n in range(4)]
    outcomes = []

    def work(one):
        clock.set_demo_date(ON)
        for _ in range(2):
            try:
                one.register()
                outcomes.append("done")
            except DailyLimitReached:
                outcomes.append("limit")
        connections.close_all()

    threads = [threading.Thread(target=work, args=[one]) for one in shops]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert (outcomes.count("done"), outcomes.count("limit")) == (3, 5)
    assert AgentRegistration.objects.count() == 3
    assert rows("SELECT count(*) AS n FROM lines_line WHERE is_registered")[0].n == 3


def test_a_registration_made_before_a_suspension_is_flagged_not_refused(counter):
    taken_down = at_time("10:00")
    clock.set_demo_date(ON + dt.timedelta(days=1))
    suspension.suspend_agent(CONSOLE, AGENT, SuspensionCause.FRAUD, on=clock.today())

    done = counter.register(at=taken_down, late=True)

    (case,) = queries.open_cases()
    assert (case.pattern, case.line_id) == (Pattern.AFTER_SUSPENSION, done.line_id)
    with refusing(AGENT_MAY_NOT_REGISTER):
        counter.register(at=clock.now(), late=True)


def test_an_incident_of_an_agent_finds_everyone_whom_its_accounts_registered(counter):
    here, gone = counter.register(), shop("clerk-08", outlet="lhasa-04")
    there = gone.register()
    outlets.unassign_staff(CONSOLE, "clerk-08", on=ON)
    approved("agent-018")
    shop("clerk-09", agent="agent-018", outlet="lhasa-05").register()

    made = open_incident(
        CONSOLE, about=About.AGENT, severity=IncidentSeverity.SERIOUS, noticed_at=clock.now(), on=ON,
        accounts=linked_accounts("agent", AGENT), until=clock.now() + dt.timedelta(1),
    )  # fmt: skip
    scope_incident(CONSOLE, made, on=ON)

    exposed = rows("SELECT person_id FROM incidents_affectedperson WHERE incident_id = %s", [made])
    held = rows(
        "SELECT person_id FROM lines_tenure WHERE line_id = ANY (%s)", [[here.line_id, there.line_id]]
    )
    assert {one.person_id for one in exposed} == {one.person_id for one in held}
    with refusing(AGENT_UNKNOWN):
        linked_accounts("agent", "agent-999")


def test_which_agent_and_clerk_registered_a_line_is_forgotten_with_its_record(committed):
    begin_first_epoch()
    clock.set_demo_date(ON)
    approved()
    counter = shop()
    line, kept = counter.register().line_id, counter.register().line_id
    ended, erased = ON + dt.timedelta(days=30), ON.replace(year=ON.year + 1) + dt.timedelta(days=31)
    clock.set_demo_date(ended)
    terminate_line(line, quarantined_until=ended + dt.timedelta(days=90), on=ended)
    clock.set_demo_date(erased)

    assert erase_due(worker_authority(), on=erased, after_gap=True).lines == 1

    assert [one.line_id for one in AgentRegistration.objects.all()] == [kept]
