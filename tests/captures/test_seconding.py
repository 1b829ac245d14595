"""Acts that a second person confirms: sealed until then, done once, as of when they were submitted, or never."""

import datetime as dt
import json

import pytest
from django.db import connection
from django.db.utils import IntegrityError

from rollkeeper.access.acts import add_staff, authority_of
from rollkeeper.access.authority import console_authority, sweep_authority
from rollkeeper.access.errors import NotAllowed
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.captures import carrying
from rollkeeper.captures.errors import NothingToConfirm, SecondIsTheFirst
from rollkeeper.captures.queries import outcomes
from rollkeeper.captures.reading import read_capture
from rollkeeper.captures.seconding import confirm_act, put_aside, waiting_for_second
from rollkeeper.enrolment.acts import end_line, register_subscriber, replace_sim, transfer_line
from rollkeeper.enrolment.errors import SecondPersonNeeded
from rollkeeper.enrolment.joining import join_document
from rollkeeper.enrolment.queries import receipt_for
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.queries import find_line, present_holding
from rollkeeper.lines.states import LineState
from rollkeeper.subscribers.kinds import Part, PartyKind
from tests.captures.browsers import form
from tests.captures.conftest import ON
from tests.enrolment.people import fresh_number, given_by, person, submission
from tests.enrolment.test_at_once import together


def staff(name, *roles):
    add_staff(
        console_authority(), username=name, password="an invented pass phrase", roles=roles,
        on=dt.date(2000, 1, 1),
    )  # fmt: skip
    return authority_of(Staff.objects.get(username=name))


@pytest.fixture
def supervisor(clerk):
    return staff("supervisor", StaffRole.SUPERVISOR)


def aside(who, fields, *, deed="register", key=None, given=None):
    return put_aside(
        who, submission_key=key or str(new_uuid()), deed=deed, kind=PartyKind.INDIVIDUAL, fields=fields, language="en",
        submission=given,
    ).submission_key  # fmt: skip


def came_of(key):
    return outcomes([key])[0].outcome


def confirmed(who, key, *, agreed=True):
    confirm_act(who, key, agreed=agreed, on=ON)


def marks(verb):
    return [
        row.body for row in rows("SELECT body FROM ledger_entry WHERE verb = %s ORDER BY entry_id", [verb])
    ]


def test_nothing_is_done_until_a_second_person_says_yes(clerk, supervisor, seconded, carry):
    seconded("register")
    number = fresh_number()

    key = aside(clerk, form(number, person()))

    assert carry() == 0
    assert find_line(number) is None
    confirmed(supervisor, key)
    assert carry() == 1
    assert find_line(number).is_registered
    assert receipt_for(key).day == ON


def test_what_is_not_confirmed_is_erased_and_never_done(clerk, supervisor, seconded, carry):
    seconded("register")
    number = fresh_number()
    key = aside(clerk, form(number, person()))

    confirmed(supervisor, key, agreed=False)
    carry()

    assert find_line(number) is None
    assert came_of(key) == "refused"
    assert outcomes([key])[0].said[0]["code"] == "act_not_confirmed"
    assert rows("SELECT FROM captures_capture WHERE sealed IS NOT NULL") == []
    assert marks("vault:capture:opened") == []


def test_nobody_confirms_what_they_submitted_themselves(supervisor, seconded):
    seconded("register")
    key = aside(supervisor, form(fresh_number(), person()))

    with pytest.raises(SecondIsTheFirst):
        confirmed(supervisor, key)
    with pytest.raises(IntegrityError, match="captures_capture_confirmed_by_who_took_it_down"):
        run(
            "UPDATE captures_capture SET seconded_by = delivered_by, agreed = true WHERE submission_key = %s",
            [key],
        )


def test_no_clerk_confirms_anything(clerk, seconded):
    seconded("register")
    key = aside(clerk, form(fresh_number(), person()))

    with pytest.raises(NotAllowed):
        confirmed(staff("another", StaffRole.CLERK), key)


def test_who_confirms_sees_the_act_and_nothing_of_what_was_submitted(clerk, supervisor, seconded):
    seconded("register")
    who = person(name="Ngawang Invented")
    key = aside(clerk, form(fresh_number(), who))

    (waits,) = waiting_for_second(supervisor)

    assert (waits.deed, waits.by, waits.is_own) == ("register", "clerk", False)
    assert waits.reference == key[-6:].upper()
    assert not any(value in repr(waits) for value in who.values())


def test_two_supervisors_in_the_same_second_give_one_yes(clerk, supervisor, seconded, carry):
    seconded("register")
    key, other = aside(clerk, form(fresh_number(), person())), staff("other", StaffRole.SUPERVISOR)

    said = together(*[lambda who=who: confirmed(who, key) for who in (supervisor, other) * 2])

    assert sorted(type(one).__name__ for one in said) == ["NoneType"] + ["NothingToConfirm"] * 3
    assert carry() == 1
    assert len(marks("captures:capture:confirmed")) == 1


def test_the_same_form_sent_twice_waits_once_and_is_done_once(clerk, supervisor, seconded, carry):
    seconded("register")
    fields, number = form(fresh_number(), person()), "one-form-sent-twice"

    for _ in range(2):
        aside(clerk, fields, key=number)

    assert len(waiting_for_second(supervisor)) == 1
    confirmed(supervisor, number)
    assert carry() == 1
    with pytest.raises(NothingToConfirm):
        confirmed(supervisor, number)


def test_it_counts_as_of_when_it_was_submitted(clerk, supervisor, seconded, carry):
    seconded("register")
    key = aside(clerk, form(fresh_number(), person()))
    day = dt.timedelta(days=1)
    run("UPDATE captures_ticket SET made_at = made_at - %s", [day])
    run("UPDATE captures_capture SET received_at = received_at - %s", [day])

    confirmed(supervisor, key)
    carry()

    assert receipt_for(key).day == ON - day


def test_the_ledger_says_who_submitted_and_who_confirmed_and_neither_by_name(
    clerk, supervisor, seconded, carry
):
    seconded("register")
    key = aside(clerk, form(fresh_number(), person()))
    confirmed(supervisor, key)

    carry()

    (said,), (carried,), (registered,) = (
        [json.loads(body) for body in marks(verb)]
        for verb in ("captures:capture:confirmed", "captures:capture:carried", "line:holding:registered")
    )
    assert said["actor"] == supervisor.commitment
    assert registered["actor"] == clerk.commitment
    assert said["facts"]["ticket"] == carried["facts"]["ticket"]
    assert (said["facts"]["agreed"], said["facts"]["deed"]) == (True, "register")
    assert carried["line"] == registered["line"]


def test_what_nobody_confirms_for_most_of_a_day_is_erased_and_the_clerk_is_told(clerk, supervisor, seconded):
    seconded("register")
    key = aside(clerk, form(fresh_number(), person()))
    assert carrying.give_up_held(sweep_authority(), on=ON) == 0
    run("UPDATE captures_capture SET received_at = received_at - %s", [carrying.HELD_FOR])

    assert carrying.give_up_held(sweep_authority(), on=ON) == 1

    assert outcomes([key])[0].said[0]["code"] == "nobody_confirmed"
    assert waiting_for_second(supervisor) == []
    with pytest.raises(NothingToConfirm):
        confirmed(supervisor, key)


def test_what_was_taken_down_without_a_network_waits_for_a_second_person_as_well(
    browser, supervisor, seconded, carry
):
    seconded("register")
    number = fresh_number()

    key = browser.capture(form(number, person()))
    carry()

    assert came_of(key) is None
    assert find_line(number) is None
    assert [one.submission_key for one in waiting_for_second(supervisor)] == [key]
    confirmed(supervisor, key)
    carry()
    assert find_line(number).is_registered


def test_a_failed_check_digit_is_carried_once_a_supervisor_has_confirmed_it(browser, supervisor, carry):
    number, who = fresh_number(), person(document_number="110105194912310021")

    key = browser.capture(form(number, who, looked_twice="on"))
    carry()

    assert find_line(number) is None
    assert [one.submission_key for one in waiting_for_second(supervisor)] == [key]
    confirmed(supervisor, key)
    carry()
    assert present_holding(find_line(number).line_id).assurance == "sighted"


def test_an_act_for_which_the_law_asks_nobody_else_is_carried_at_once(browser, seconded, carry):
    seconded("transfer", "end")
    number = fresh_number()

    browser.capture(form(number, person()))
    carry()

    assert find_line(number).is_registered


@pytest.mark.parametrize("deed", ["transfer", "end", "replace-sim", "further-document"])
def test_each_act_that_a_law_may_name_is_done_once_it_is_confirmed(clerk, supervisor, seconded, carry, deed):
    seconded("transfer", "end", "replace_sim", "join_document")
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
        | {"giver__document_type": who["document_type"], "giver__document_number": who["document_number"]},
        "further-document": shown | further | {"further__document_number": "N4711000"},
    }.get(deed, shown)

    key = aside(clerk, fields, deed=deed)
    assert carry() == 0
    confirmed(supervisor, key)
    carry()

    assert came_of(key) == "done", outcomes([key])
    assert (find_line(number).state is LineState.ENDED) == (deed == "end")


def test_no_way_in_does_without_the_second_person(clerk, seconded):
    seconded("register", "transfer", "end", "replace_sim", "join_document")
    number, who = fresh_number(), person()
    paper = (who["document_type"], who["document_number"])
    asked = {"submission_key": str(new_uuid()), "number": number, "document": paper, "on": ON}

    for deed in (
        lambda: register_subscriber(clerk, submission(number, who), on=ON),
        lambda: register_subscriber(clerk, submission(number, who, seconded_by=clerk.staff_id), on=ON),
        lambda: register_subscriber(console_authority(), submission(number, who, in_sight=False), on=ON),
        lambda: transfer_line(clerk, submission(number, who, giver=given_by(who)), on=ON),
        lambda: end_line(clerk, **asked),
        lambda: replace_sim(clerk, **asked),
        lambda: join_document(clerk, further=("passport", "N1"), looked_twice=False, **asked),
    ):
        with pytest.raises(SecondPersonNeeded):
            deed()


def test_what_nobody_confirmed_in_the_official_text_makes_nobody_wait(clerk, seconded):
    seconded("register", confirmed=False)

    assert register_subscriber(clerk, submission(fresh_number()), on=ON)


def test_an_act_that_no_counter_does_is_no_act_of_a_pack(clerk, seconded):
    seconded("sell")

    with pytest.raises(RollkeeperError, match="second_person"):
        register_subscriber(clerk, submission(fresh_number()), on=ON)


def test_what_was_read_of_a_picture_waits_with_it_and_no_browsers_word_is_taken_for_that(
    clerk, supervisor, seconded, carry
):
    seconded("register")
    number, who = fresh_number(), person()
    given = submission(number, who, was_read=frozenset({Part.HOLDER}), copies={Part.HOLDER: (b"a copy",)})
    clear = b'{"v":1,"deed":"register","kind":"individual","fields":{},"elapsed_ms":0,"clock":"device","was_read":["holder"]}'

    key = aside(clerk, form(number, who), given=given)
    confirmed(supervisor, key)
    carry()

    assert present_holding(find_line(number).line_id).assurance == "machine_read"
    assert len(marks("line:copy:kept")) == 1
    assert read_capture(clear).was_read == frozenset()
    assert read_capture(clear, by_counter=True).was_read == frozenset({Part.HOLDER})


def test_the_counters_role_puts_aside_and_confirms_and_reads_nothing_sealed(
    clerk, supervisor, seconded, carry
):
    seconded("register")
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE counter")
        key = aside(clerk, form(fresh_number(), person()))
        assert len(waiting_for_second(supervisor)) == 1
        confirmed(supervisor, key)
        cursor.execute(
            "SELECT has_column_privilege('counter', 'captures_capture', 'sealed', 'SELECT'),"
            " has_column_privilege('counter', 'captures_capture', 'outcome', 'UPDATE'),"
            " has_column_privilege('counter', 'captures_capture', 'needs_second', 'UPDATE')"
        )
        granted = cursor.fetchone()
        cursor.execute("RESET ROLE")

    assert granted == (False, False, False)
    assert carry() == 1
