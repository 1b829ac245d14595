"""Acts that an approver confirms: sealed until then, done once, as of when they were submitted, or never."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.dual_control import pending_approvals
from rollkeeper.access.errors import (
    APPROVER_IS_SUBMITTER,
    NO_PENDING_APPROVAL,
    NOT_ALLOWED,
)
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.services import suspend_staff
from rollkeeper.agents import outlets
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.law.choices import CounterAct
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.queries import current_tenure, find_line, registered_as
from rollkeeper.offline import processor
from rollkeeper.offline.approvals import decide_approval, hold_for_approval, waiting_at_counter
from rollkeeper.offline.models import OfflineRegistration, Ticket
from rollkeeper.offline.payloads import OTHER_ACTION_KINDS, read_payload
from rollkeeper.offline.queries import outcomes
from rollkeeper.registration.document_links import link_document
from rollkeeper.registration.errors import APPROVAL_NEEDED
from rollkeeper.registration.receipts import receipt_for
from rollkeeper.registration.services import (
    port_in_number,
    register_subscriber,
    replace_sim,
    terminate_line,
    transfer_line,
)
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.subscribers.services import set_protection
from tests.agents.conftest import approved, shop
from tests.builders.kinds import VISITOR, with_kinds
from tests.builders.packs import use_pack
from tests.builders.past import make_older
from tests.builders.staff import employ
from tests.offline.browsers import Browser, form
from tests.offline.conftest import ON
from tests.refusals import code_of, refusing
from tests.registration.people import fresh_number, given_by, person, submission
from tests.registration.test_concurrency import together


@pytest.fixture
def supervisor(clerk):
    return employ(StaffRole.SUPERVISOR, username="supervisor")


def held(who, fields, *, action_kind="register", key=None, given=None):
    return hold_for_approval(
        who, submission_key=key or str(new_uuid()), action_kind=action_kind, kind=PartyKind.INDIVIDUAL, fields=fields, language="en",
        submission=given,
    ).submission_key  # fmt: skip


def came_of(key):
    return outcomes([key])[0].outcome


def confirmed(who, key, *, approved=True):
    decide_approval(who, key, approved=approved, on=ON)


def waiting_for(who):
    return pending_approvals(who, [Permission.APPROVE_ACTION])


def marks(verb):
    return [
        row.body for row in rows("SELECT body FROM ledger_entry WHERE verb = %s ORDER BY entry_id", [verb])
    ]


def test_nothing_is_done_until_an_approver_says_yes(clerk, supervisor, dual_control, process):
    dual_control("register")
    number = fresh_number()

    key = held(clerk, form(number, person()))

    assert process() == 0
    assert find_line(number) is None
    confirmed(supervisor, key)
    assert process() == 1
    assert find_line(number).is_registered
    assert receipt_for(key).day == ON


def test_what_is_not_confirmed_is_erased_and_never_done(clerk, supervisor, dual_control, process):
    dual_control("register")
    number = fresh_number()
    key = held(clerk, form(number, person()))

    confirmed(supervisor, key, approved=False)
    process()

    assert find_line(number) is None
    assert came_of(key) == "refused"
    assert outcomes([key])[0].said[0]["code"] == "approval_denied"
    assert rows("SELECT FROM offline_registration WHERE sealed IS NOT NULL") == []
    assert marks("vault:offline:opened") == []


def test_nobody_confirms_what_they_submitted_themselves(supervisor, dual_control):
    dual_control("register")
    key = held(supervisor, form(fresh_number(), person()))

    with refusing(APPROVER_IS_SUBMITTER):
        confirmed(supervisor, key)
    with pytest.raises(IntegrityError, match="offline_registration_approved_by_its_submitter"):
        run(
            "INSERT INTO access_approval (permission, subject, staff_id, approves, day)"
            " SELECT 'approve_action', registration_id, submitted_by, true, now() FROM offline_registration"
            " WHERE submission_key = %s",
            [key],
        )


def test_an_agents_supervisor_confirms_what_its_own_outlets_handed_in(clerk, supervisor, dual_control):
    dual_control("register")
    agents = {}
    for code in ("agent-a", "agent-b"):
        approved(code)
        taker = shop(f"clerk-of-{code}", agent=code, outlet=f"first-{code}").authority
        outlets.open_outlet(console_authority(), code, f"second-{code}", hours="always", on=ON)
        boss = employ(StaffRole.SUPERVISOR, username=f"boss-of-{code}")
        outlets.assign_staff(
            console_authority(), f"boss-of-{code}", agent=code, outlet=f"second-{code}", on=ON
        )
        agents[code] = boss, held(taker, form(fresh_number(), person()))
    (boss, own), (_, others) = agents.values()
    of_operator = held(clerk, form(fresh_number(), person()))

    assert [one.about for one in waiting_at_counter(boss)] == [own]
    assert {one.about for one in waiting_at_counter(supervisor)} == {own, others, of_operator}
    for key, approves in ((others, True), (others, False), (of_operator, True)):
        with refusing(NO_PENDING_APPROVAL):
            confirmed(boss, key, approved=approves)
    confirmed(boss, own)
    confirmed(supervisor, others)
    assert [one.about for one in waiting_at_counter(supervisor)] == [of_operator]


def test_no_clerk_confirms_anything(clerk, dual_control):
    dual_control("register")
    key = held(clerk, form(fresh_number(), person()))

    with refusing(NOT_ALLOWED):
        confirmed(employ(StaffRole.CLERK, username="another"), key)


def test_who_confirms_sees_the_act_and_nothing_of_what_was_submitted(clerk, supervisor, dual_control):
    dual_control("register")
    who = person(name="Ngawang Invented")
    key = held(clerk, form(fresh_number(), who))

    (waits,) = waiting_for(supervisor)

    assert (waits.action_kind, waits.requested_by, waits.is_own) == ("register", "clerk", False)
    assert waits.reference == key[-6:].upper()
    assert not any(value in repr(waits) for value in who.values())


def test_two_supervisors_in_the_same_second_give_one_yes(clerk, supervisor, dual_control, process):
    dual_control("register")
    key, other = held(clerk, form(fresh_number(), person())), employ(StaffRole.SUPERVISOR, username="other")

    said = together(*[lambda who=who: confirmed(who, key) for who in (supervisor, other) * 2])

    assert sorted(map(code_of, said)) == ["NoneType"] + [NO_PENDING_APPROVAL.code] * 3
    assert process() == 1
    assert len(marks("offline:approval:decided")) == 1


def test_the_same_form_sent_twice_waits_once_and_is_done_once(clerk, supervisor, dual_control, process):
    dual_control("register")
    fields, number = form(fresh_number(), person()), "one-form-sent-twice"

    for _ in range(2):
        held(clerk, fields, key=number)

    assert len(waiting_for(supervisor)) == 1
    confirmed(supervisor, number)
    assert process() == 1
    with refusing(NO_PENDING_APPROVAL):
        confirmed(supervisor, number)


def test_what_waits_is_handed_in_by_a_colleague_where_the_page_got_no_answer(
    clerk, supervisor, dual_control, process, as_role
):
    dual_control("register")
    page, fields = Browser(clerk), form(fresh_number(), person())
    key, sealed = page.seal(fields)
    held(clerk, fields, key=key)
    page.clerk = employ(StaffRole.CLERK, username="colleague")

    with as_role("counter"):
        page.hand_in(key, sealed)

    confirmed(supervisor, key)
    process()
    assert came_of(key) == "done"


def test_it_counts_as_of_when_it_was_submitted(clerk, supervisor, dual_control, process):
    dual_control("register")
    key = held(clerk, form(fresh_number(), person()))
    day = dt.timedelta(days=1)
    make_older(Ticket, day, "made_at")
    make_older(OfflineRegistration, day, "received_at")

    confirmed(supervisor, key)
    process()

    assert receipt_for(key).day == ON - day


def test_the_ledger_says_who_submitted_and_who_confirmed_and_neither_by_name(
    clerk, supervisor, dual_control, process
):
    dual_control("register")
    key = held(clerk, form(fresh_number(), person()))
    confirmed(supervisor, key)

    process()

    (said,), (carried,), (registered,) = (
        [json.loads(body) for body in marks(verb)]
        for verb in ("offline:approval:decided", "offline:registration:processed", "line:tenure:registered")
    )
    assert said["actor"] == supervisor.commitment
    assert registered["actor"] == clerk.commitment
    assert said["facts"]["ticket"] == carried["facts"]["ticket"]
    assert (said["facts"]["approved"], said["facts"]["action_kind"]) == (True, "register")
    assert carried["line"] == registered["line"]


def test_what_nobody_confirms_for_most_of_a_day_is_erased_and_the_clerk_is_told(
    clerk, supervisor, dual_control
):
    dual_control("register")
    key = held(clerk, form(fresh_number(), person()))
    assert processor.expire_failed(worker_authority(), on=ON) == 0
    make_older(OfflineRegistration, processor.FAILED_KEPT_FOR, "received_at")

    assert processor.expire_failed(worker_authority(), on=ON) == 1

    assert outcomes([key])[0].said[0]["code"] == "approval_expired"
    assert waiting_for(supervisor) == []
    with refusing(NO_PENDING_APPROVAL):
        confirmed(supervisor, key)


def test_what_was_taken_down_without_a_network_waits_for_an_approver_as_well(
    browser, supervisor, dual_control, process
):
    dual_control("register")
    number = fresh_number()

    key = browser.record(form(number, person()))
    process()

    assert came_of(key) is None
    assert find_line(number) is None
    assert [one.about for one in waiting_for(supervisor)] == [key]
    confirmed(supervisor, key)
    process()
    assert find_line(number).is_registered


def test_a_failed_check_digit_is_processed_once_a_supervisor_has_confirmed_it(browser, supervisor, process):
    number, who = fresh_number(), person(document_number="110105194912310021")

    key = browser.record(form(number, who, double_checked="on"))
    process()

    assert find_line(number) is None
    assert [one.about for one in waiting_for(supervisor)] == [key]
    confirmed(supervisor, key)
    process()
    assert current_tenure(find_line(number).line_id).assurance == "sighted"


def handed_in_by(who, browser, fields, **more):
    """Hand in, as another, what was sealed under the ticket that this browser has kept."""
    browser.clerk = who
    return browser.record(fields, **more)


def test_who_finds_a_supervisors_ticket_on_a_device_is_no_supervisor(clerk, supervisor, limited, process):
    limited("what: lines, group: person, scope: operator, kind: stock, n: 1, over: review")
    who, doubtful = person(), person(document_number="110105194912310021")
    first, over, other = fresh_number(), fresh_number(), fresh_number()

    plain = handed_in_by(clerk, Browser(supervisor), form(first, who))
    beyond = handed_in_by(clerk, Browser(supervisor), form(over, who, overrides_limit="on"))
    unchecked = handed_in_by(clerk, Browser(supervisor), form(other, doubtful, double_checked="on"))
    process()

    assert [came_of(key) for key in (plain, beyond, unchecked)] == ["done", None, None]
    assert (find_line(over), find_line(other)) == (None, None)
    another = employ(StaffRole.SUPERVISOR, username="another")
    assert [one.about for one in waiting_for(another)] == [beyond, unchecked]
    for who_may_not in (clerk, supervisor):
        with refusing(NOT_ALLOWED if who_may_not is clerk else APPROVER_IS_SUBMITTER):
            confirmed(who_may_not, beyond)
    confirmed(another, beyond)
    confirmed(another, unchecked, approved=False)
    process()
    assert [came_of(key) for key in (beyond, unchecked)] == ["done", "refused"]


def test_an_agents_clerk_registers_no_one_under_a_ticket_of_the_operators_own(clerk, supervisor, process):
    approved()
    agent, number = shop().authority, fresh_number()

    key = handed_in_by(agent, Browser(clerk), form(number, person()))
    process()

    assert (came_of(key), find_line(number)) == (None, None)
    assert [one.about for one in waiting_for(supervisor)] == [key]
    confirmed(supervisor, key)
    process()
    assert came_of(key) == "done"


def test_an_agents_clerk_registers_no_one_under_a_ticket_of_another_agent(supervisor, process):
    approved()
    approved("agent-018")
    agent, colleague = shop().authority, shop("clerk-08", outlet="lhasa-04").authority
    other = shop("clerk-09", agent="agent-018", outlet="gyantse-01").authority
    number = fresh_number()

    theirs = handed_in_by(colleague, Browser(agent), form(fresh_number(), person()))
    key = handed_in_by(other, Browser(agent), form(number, person()))
    process()

    assert (came_of(theirs), came_of(key), find_line(number)) == ("done", None, None)
    assert [one.about for one in waiting_for(supervisor)] == [key]
    confirmed(supervisor, key)
    process()
    assert came_of(key) == "done"


def test_a_closed_account_takes_no_line_from_anyone_by_a_colleagues_hand(clerk, supervisor, process):
    number, who, device = fresh_number(), person(), Browser(clerk)
    papers = {"document_type": who["document_type"], "document_number": who["document_number"]}
    colleague = employ(StaffRole.CLERK, username="colleague")
    suspend_staff(console_authority(), username="clerk", on=ON)

    taken = handed_in_by(colleague, device, form(number, who))
    key = handed_in_by(colleague, device, {"number": number, **papers}, action_kind="terminate")
    process()

    assert (came_of(taken), came_of(key), find_line(number).state) == ("done", None, LineState.ACTIVE)
    assert [one.about for one in waiting_for(supervisor)] == [key]
    confirmed(supervisor, key)
    process()
    assert came_of(key) == "done"


def test_what_a_colleague_of_the_same_role_hands_in_is_done_as_it_was_taken_down(
    clerk, supervisor, limited, process
):
    limited("what: lines, group: person, scope: operator, kind: stock, n: 1, over: review")
    who, another = person(), employ(StaffRole.SUPERVISOR, username="another")
    handed_in_by(another, Browser(supervisor), form(fresh_number(), who))

    key = handed_in_by(another, Browser(supervisor), form(fresh_number(), who, overrides_limit="on"))
    process()

    assert came_of(key) == "done"


@pytest.mark.parametrize(
    ("approver", "outcome"), [(StaffRole.SUPERVISOR, "refused"), (StaffRole.DATA_PROTECTION_OFFICER, "done")]
)
def test_an_officers_ticket_shows_no_clerk_who_is_protected(clerk, process, approver, outcome):
    number, who = fresh_number(), person()
    handed_in_by(clerk, Browser(clerk), form(number, who))
    process()
    set_protection(current_tenure(find_line(number).line_id).person_id, protected=True)
    papers = {"document_type": who["document_type"], "document_number": who["document_number"]}
    officer = Browser(employ(StaffRole.DATA_PROTECTION_OFFICER, username="officer"))

    key = handed_in_by(clerk, officer, {"number": number, **papers}, action_kind="terminate")
    process()

    assert (came_of(key), find_line(number).state) == (None, LineState.ACTIVE)
    confirmed(employ(approver, username="another"), key)
    process()
    assert came_of(key) == outcome


def test_an_act_for_which_the_law_asks_nobody_else_is_processed_at_once(browser, dual_control, process):
    dual_control("transfer", "terminate")
    number = fresh_number()

    browser.record(form(number, person()))
    process()

    assert find_line(number).is_registered


@pytest.mark.parametrize("action_kind", ["transfer", "terminate", "replace-sim", "link-document"])
def test_each_act_that_a_law_may_name_is_done_once_it_is_confirmed(
    clerk, supervisor, dual_control, process, as_role, action_kind
):
    dual_control("transfer", "terminate", "replace_sim", "link_document")
    number, who = fresh_number(), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    shown = {
        "number": number,
        "document_type": who["document_type"],
        "document_number": who["document_number"],
    }
    further = {"further__document_type": "passport", "further__document_state": "NPL"}
    fields = {
        "transfer": form(number, person())
        | {
            "transferor__document_type": who["document_type"],
            "transferor__document_number": who["document_number"],
        },
        "link-document": shown | further | {"further__document_number": "N4711000"},
    }.get(action_kind, shown)

    with as_role("counter"):
        key = held(clerk, fields, action_kind=action_kind)
    assert process() == 0
    with as_role("counter"):
        confirmed(supervisor, key)
    process()

    assert came_of(key) == "done", outcomes([key])
    assert (find_line(number).state is LineState.TERMINATED) == (action_kind == "terminate")


def test_a_page_calls_an_act_that_may_need_an_approver_as_a_pack_does():
    called = {kind.replace("-", "_") for kind in OTHER_ACTION_KINDS} | set(RegistrationKind.values)

    assert called - set(CounterAct) == {"pause", "dispute"}


def test_a_further_document_recorded_offline_waits_for_its_approver(
    clerk, browser, supervisor, dual_control, process
):
    dual_control("link_document")
    number, who = fresh_number(), person()
    register_subscriber(clerk, submission(number, who), on=ON)
    fields = {
        "number": number, "document_type": who["document_type"], "document_number": who["document_number"],
        "further__document_type": "passport", "further__document_state": "NPL", "further__document_number": "N4711000",
    }  # fmt: skip

    key = browser.record(fields, action_kind="link-document")
    process()

    assert [one.action_kind for one in waiting_for(supervisor)] == ["link-document"]
    confirmed(supervisor, key)
    process()
    assert came_of(key) == "done", outcomes([key])


def test_no_way_in_does_without_the_approver(clerk, dual_control):
    dual_control("register", "transfer", "terminate", "replace_sim", "link_document")
    number, who = fresh_number(), person()
    paper = (who["document_type"], who["document_number"])
    asked = {"submission_key": str(new_uuid()), "number": number, "document": paper, "on": ON}

    for action_kind in (
        lambda: register_subscriber(clerk, submission(number, who), on=ON),
        lambda: register_subscriber(clerk, submission(number, who, approved_by=clerk.staff_id), on=ON),
        lambda: register_subscriber(console_authority(), submission(number, who, document_seen=False), on=ON),
        lambda: port_in_number(clerk, submission(number, who), on=ON),
        lambda: transfer_line(clerk, submission(number, who, transferor=given_by(who)), on=ON),
        lambda: terminate_line(clerk, **asked),
        lambda: replace_sim(clerk, **asked),
        lambda: link_document(clerk, further=("passport", "N1"), double_checked=False, **asked),
    ):
        with refusing(APPROVAL_NEEDED):
            action_kind()


def test_what_nobody_confirmed_in_the_official_text_makes_nobody_wait(clerk, dual_control):
    dual_control("register", confirmed=False)

    assert register_subscriber(clerk, submission(fresh_number()), on=ON)


def test_an_act_that_no_counter_does_is_no_act_of_a_pack(clerk, dual_control):
    dual_control("sell")

    with pytest.raises(RollkeeperError, match="dual_control"):
        register_subscriber(clerk, submission(fresh_number()), on=ON)


def test_machine_read_data_waits_and_is_never_taken_from_the_browser(
    clerk, supervisor, dual_control, process
):
    dual_control("register")
    number, who = fresh_number(), person()
    given = submission(
        number,
        who,
        machine_read=frozenset({PartyRole.SUBSCRIBER}),
        copies={PartyRole.SUBSCRIBER: (b"a copy",)},
    )
    clear = b'{"v":1,"action_kind":"register","kind":"individual","fields":{},"elapsed_ms":0,"clock":"device","machine_read":["subscriber"]}'

    key = held(clerk, form(number, who), given=given)
    confirmed(supervisor, key)
    process()

    assert current_tenure(find_line(number).line_id).assurance == "machine_read"
    assert len(marks("line:copy:kept")) == 1
    assert read_payload(clear).machine_read == frozenset()
    assert read_payload(clear, by_counter=True).machine_read == frozenset({PartyRole.SUBSCRIBER})


def test_the_counters_role_puts_aside_and_confirms_and_reads_nothing_sealed(
    clerk, supervisor, dual_control, process
):
    dual_control("register")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE counter")
        key = held(clerk, form(fresh_number(), person()))
        assert len(waiting_for(supervisor)) == 1
        confirmed(supervisor, key)
        cursor.execute(
            "SELECT has_column_privilege('counter', 'offline_registration', 'sealed', 'SELECT'),"
            " has_column_privilege('counter', 'offline_registration', 'outcome', 'UPDATE'),"
            " has_column_privilege('counter', 'offline_registration', 'needs_approval', 'UPDATE')"
        )
        granted = cursor.fetchone()
        cursor.execute("RESET ROLE")

    assert granted == (False, False, False)
    assert process() == 1


def test_a_kind_that_the_law_adds_is_recorded_offline_as_at_the_counter(browser, process, law_put_back):
    use_pack(with_kinds(VISITOR))
    number, other = fresh_number(), fresh_number()
    who = {
        "name": "Invented",
        "document_type": "passport",
        "document_state": "NPL",
        "document_number": "C01234567",
    }
    browser.record(
        form(number, who, subscriber__last_day="2012-05-31", subscriber__looked_over="on"), kind="visitor"
    )
    unseen = browser.record(form(other, who, subscriber__last_day="2012-05-31"), kind="visitor")

    process()

    assert registered_as(find_line(number).line_id).good_through == dt.date(2012, 5, 31)
    assert came_of(unseen) == "refused"
    assert find_line(other) is None
