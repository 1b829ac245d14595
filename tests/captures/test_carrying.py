# SPDX-License-Identifier: EUPL-1.2
"""What was taken down without a network is done as of when it was, once, in order, or refused with what to do."""

import datetime as dt
import json

import pytest
from django.db.utils import OperationalError, ProgrammingError

from rollkeeper.access.acts import add_staff, authority_of, suspend_staff
from rollkeeper.access.authority import console_authority, sweep_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.captures import carrying
from rollkeeper.captures.acts import give_ticket
from rollkeeper.captures.errors import CaptureNotTaken
from rollkeeper.captures.queries import count_waiting, outcomes
from rollkeeper.enrolment.acts import register_subscriber
from rollkeeper.enrolment.queries import receipt_for
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.changes import activate_line, begin_suspension, end_line_state
from rollkeeper.lines.queries import accepted_through, find_line
from rollkeeper.lines.states import LineState, Service, SuspensionReason
from rollkeeper.retention import acts as retention
from rollkeeper.site import doctor
from rollkeeper.subscribers.queries import document_index, find_persons
from rollkeeper.vault import capture_keys, rotation
from tests.captures.browsers import Browser, form
from tests.captures.conftest import ON
from tests.enrolment.people import card, fresh_number, person, submission

DAY = dt.timedelta(days=1)
DAY_MS = 86_400_000


def came_of(key):
    (found,) = outcomes([key])
    return found.outcome


def suspended_line(on=ON):
    number = fresh_number()
    line_id = activate_line(number, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    begin_suspension(line_id, reason=SuspensionReason.REGISTRATION, on=on)
    return number


def test_a_capture_becomes_a_registration_with_a_receipt(browser, carry):
    number = fresh_number()

    key = browser.capture(form(number, person()))

    assert carry() == 1
    assert came_of(key) == "done"
    assert find_line(number).is_registered
    assert receipt_for(key).day == ON


def test_the_ciphertext_goes_as_soon_as_it_is_carried(browser, carry):
    key = browser.capture(form(fresh_number(), person()))

    carry()

    (row,) = rows("SELECT sealed FROM captures_capture WHERE submission_key = %s", [key])
    assert row.sealed is None


def test_the_day_of_capture_counts_and_both_instants_are_in_the_ledger(browser, carry):
    number = suspended_line()
    browser.was_open(3)

    key = browser.capture(form(number, person()), elapsed_ms=1000)
    carry()

    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'captures:capture:carried'")
    facts = json.loads(entry.body)["facts"]
    captured, received = (dt.datetime.fromisoformat(facts[name]) for name in ("captured_at", "received_at"))
    assert receipt_for(key).day == ON - 3 * DAY
    assert dt.timedelta(days=2, hours=23) < received - captured < dt.timedelta(days=3, minutes=1)
    assert facts["clock"] == "monotonic"
    assert facts["moved"] is False


def test_a_line_that_was_suspended_after_the_capture_is_restored(browser, carry):
    number = suspended_line(on=ON)
    browser.was_open(2)

    browser.capture(form(number, person()), elapsed_ms=0)
    carry()

    assert find_line(number).state is LineState.ACTIVE


@pytest.mark.parametrize("days_later", [1, 0])  # on the very day it is the person who was first
def test_a_line_that_ended_after_the_capture_gives_its_number_to_whoever_came_in_time(
    browser, carry, days_later
):
    number, captured_on = suspended_line(on=ON - 40 * DAY), ON - 2 * DAY
    end_line_state(
        find_line(number).line_id,
        by="campaign",
        quarantined_until=ON + 90 * DAY,
        on=captured_on + days_later * DAY,
    )
    browser.was_open(2)

    key = browser.capture(form(number, person()), elapsed_ms=0)
    carry()

    assert came_of(key) == "done"
    assert find_line(number).is_registered


def test_a_line_that_ended_before_the_capture_keeps_its_quarantine(browser, carry):
    number = suspended_line(on=ON - 40 * DAY)
    end_line_state(find_line(number).line_id, by="campaign", quarantined_until=ON + 90 * DAY, on=ON - 3 * DAY)
    browser.was_open(2)

    key = browser.capture(form(number, person()), elapsed_ms=0)
    carry()

    assert came_of(key) == "refused"


def test_handed_in_twice_it_is_done_once(browser, carry):
    key, sealed = browser.seal(form(fresh_number(), person()))

    browser.hand_in(key, sealed)
    browser.hand_in(key, sealed)

    assert carry() == 1
    assert carry() == 0
    (count,) = rows("SELECT count(*) AS n FROM lines_holding")
    assert count.n == 1


def test_what_the_page_had_already_sent_gives_its_first_receipt(browser, clerk, carry):
    number, who, key = fresh_number(), person(), str(new_uuid())
    first = register_subscriber(clerk, submission(number, who, submission_key=key), on=ON)

    browser.capture(form(number, who), key=key)
    carry()

    assert came_of(key) == "done"
    assert receipt_for(key).entry_id == first.entry_id


def test_a_carrier_that_is_killed_between_doing_and_noting_does_it_once(browser, carry, monkeypatch):
    key = browser.capture(form(fresh_number(), person()))

    def killed(*_, **__):
        raise OperationalError("the process is gone")

    with monkeypatch.context() as broken:
        broken.setattr(carrying, "append_entry", killed)
        with pytest.raises(OperationalError):
            carry()
    assert came_of(key) is None
    carry()

    (count,) = rows("SELECT count(*) AS n FROM lines_holding")
    assert (came_of(key), count.n) == ("done", 1)


def test_captures_are_carried_in_the_order_in_which_they_came(browser, carry):
    number, who = fresh_number(), person()

    first = browser.capture(form(number, who))
    giver = {f"giver__{name}": who[name] for name in ("document_type", "document_number")}
    second = browser.capture(form(number, person(), **giver), deed="transfer")
    carry()

    assert (came_of(first), came_of(second)) == ("done", "done")


def test_a_refusal_says_what_is_missing_and_what_to_do_in_the_clerks_language(clerk, carry):
    browser = Browser(clerk)
    who = person()
    del who["address"]

    key = browser.capture(form(fresh_number(), who))
    run("UPDATE captures_capture SET language = 'zh-hans'")
    carry()

    (found,) = outcomes([key])
    assert found.outcome == "refused"
    assert [one["code"] for one in found.said] == ["missing_attribute"]
    assert "拉萨" not in json.dumps(found.said, ensure_ascii=False)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.said[0]["sentence"])


@pytest.mark.parametrize(
    ("deed", "changes", "code", "article"),
    [
        ("register", {"holder__document_number": "123"}, "document_number_impossible", "art. 2 ¶1"),
        ("register", {"holder__address": ""}, "missing_attribute", ""),  # its sentence names it
        ("relocate", {}, "line_not_found", ""),  # no law refuses that
    ],
)
def test_a_refusal_by_the_law_names_its_article_once(browser, carry, deed, changes, code, article):
    key = browser.capture(form(fresh_number(), person(), **changes), deed=deed)
    carry()

    (found,) = outcomes([key])
    (said,) = found.said
    assert (said["code"], said["article"]) == (code, article)
    assert "2 ¶1" in said["sentence"] + said["article"] or code == "line_not_found"


@pytest.mark.parametrize(("role", "outcome"), [(StaffRole.SUPERVISOR, "done"), (StaffRole.CLERK, "refused")])
def test_a_supervisor_passes_a_limit_without_a_network_and_a_clerk_does_not(
    counter, limited, carry, role, outcome
):
    limited("what: lines, group: person, scope: operator, kind: stock, n: 1, over: review")
    add_staff(
        console_authority(),
        username="zq",
        password="an invented pass phrase",
        roles=[role],
        on=dt.date(2000, 1, 1),
    )
    browser, who = Browser(authority_of(Staff.objects.get(username="zq"))), person()
    first = browser.capture(form(fresh_number(), who, passes_limit="on"))
    second = browser.capture(form(fresh_number(), who, passes_limit="on"))
    carry()

    assert (came_of(first), came_of(second)) == ("done", outcome)


def test_who_has_no_document_is_recorded_by_the_way_that_was_taken_down(browser, routed, carry):
    routed("by: [police_report], valid_for: {n: 30, unit: day}")
    number = fresh_number()
    who = {"name": "Invented", "address": "Nowhere 1", "document_type": "cn-resident-card"}

    key = browser.capture(form(number, who, route="police_report"))
    carry()

    assert came_of(key) == "done"
    line_id = find_line(number).line_id
    assert accepted_through([line_id]) == {line_id: ON + 30 * DAY}


def test_a_reason_that_nobody_declares_stops_no_clock(browser, carry):
    number = suspended_line()

    key = browser.capture({"number": number, "reason": "no_document", "first": "2012-03-02"}, deed="pause")
    carry()

    assert came_of(key) == "refused"


def test_a_capture_bound_to_another_ticket_is_refused_and_not_recorded(browser, clerk, carry):
    key, sealed = browser.seal(form(fresh_number(), person()))

    Browser(clerk).hand_in(key, sealed)
    carry()

    (found,) = outcomes([key])
    assert [one["code"] for one in found.said] == ["capture_not_opened"]
    assert not rows("SELECT FROM lines_holding")


@pytest.mark.parametrize("place", [0, 1, 5, 6, 1130, -1])
def test_a_flipped_bit_anywhere_is_refused(browser, carry, place):
    key, sealed = browser.seal(form(fresh_number(), person()))
    bent = bytearray(sealed)
    bent[place] ^= 1

    browser.hand_in(key, bytes(bent))
    carry()

    assert came_of(key) == "refused"


def test_the_keys_may_be_rotated_while_a_capture_waits_in_a_browser(browser, carry):
    key, sealed = browser.seal(form(fresh_number(), person()))

    rotation.rotate(console_authority(), on=ON)
    browser.hand_in(key, sealed)
    carry()

    assert came_of(key) == "done"


def test_a_capture_opens_under_a_key_that_another_replaced_and_not_once_it_is_destroyed(browser, carry):
    early, late = browser.seal(form(fresh_number(), person())), browser.seal(form(fresh_number(), person()))
    age_keys(days=8)
    capture_keys.renew_capture_keys(console_authority(), lasts_days=7, on=ON)

    browser.hand_in(*early)
    carry()
    age_keys(days=17)
    capture_keys.renew_capture_keys(console_authority(), lasts_days=7, on=ON)
    browser.hand_in(*late)
    carry()

    assert (came_of(early[0]), came_of(late[0])) == ("done", "refused")


def test_whoever_was_dismissed_since_took_it_down_all_the_same(browser, carry):
    key = browser.capture(form(fresh_number(), person()))

    suspend_staff(console_authority(), username="clerk", on=ON)
    carry()

    assert came_of(key) == "done"


def test_what_breaks_is_held_sealed_and_keeps_nobody_waiting(browser, carry, monkeypatch, caplog):
    bad = browser.capture(form(fresh_number(), person(name="甲" * 4)))
    good = browser.capture(form(fresh_number(), person()))
    whole = carrying._done

    def broken(captured, *arguments, **more):
        if captured.fields["holder__name"].startswith("甲"):
            raise KeyError(captured.fields["holder__name"])
        return whole(captured, *arguments, **more)

    with monkeypatch.context() as while_broken:
        while_broken.setattr(carrying, "_done", broken)
        carry()
    assert (came_of(bad), came_of(good)) == ("held", "done")
    assert count_waiting().held == 1
    assert [one.health for one in doctor._look(doctor._check_captures)] == [doctor.Health.FAULT]
    assert "甲" not in caplog.text

    carry(held=True)
    assert came_of(bad) == "done"
    assert [one.health for one in doctor._look(doctor._check_captures)] == [doctor.Health.SOUND]


@pytest.fixture
def held(browser, carry, monkeypatch):
    """A capture that broke three times, held for so many hours."""

    def breaks(*_, **__):
        raise KeyError

    key = browser.capture(form(fresh_number(), person(name="甲" * 4)))
    with monkeypatch.context() as while_broken:
        while_broken.setattr(carrying, "_done", breaks)
        carry()
    assert came_of(key) == "held"

    def for_hours(hours):
        run(
            "UPDATE captures_capture SET carried_at = carried_at - make_interval(mins => %s)",
            [round(hours * 60)],
        )
        return key

    return for_hours


def erase_due():
    return retention.erase_due(sweep_authority(), on=ON).abandoned


def tended():
    carrying.tend(sweep_authority())
    return 1


@pytest.mark.parametrize("by", [erase_due, tended])
def test_what_is_held_for_most_of_a_day_is_erased_and_its_clerk_is_told(held, by):
    key = held(22.1)

    assert by() == 1

    (row,) = rows("SELECT outcome, sealed, said FROM captures_capture WHERE submission_key = %s", [key])
    assert (row.outcome, row.sealed, row.said[0]["code"]) == ("refused", None, "capture_given_up")
    assert "slip" in row.said[0]["remedy"]
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'captures:capture:carried'")
    assert json.loads(entry.body)["facts"]["outcome"] == "refused"
    assert [one.health for one in doctor._look(doctor._check_captures)] == [doctor.Health.SOUND]


def test_what_is_held_for_less_can_still_be_carried(held, carry):
    key = held(21.9)

    assert erase_due() == 0
    carry(held=True)

    assert came_of(key) == "done"


def test_what_waits_and_never_broke_is_given_up_by_nobody(browser):
    key = browser.capture(form(fresh_number(), person()))
    run("UPDATE captures_capture SET received_at = received_at - interval '3 days'")

    assert erase_due() == 0

    assert came_of(key) is None


@pytest.mark.parametrize(
    ("ago", "health"), [("59 minutes", doctor.Health.SOUND), ("61 minutes", doctor.Health.WATCH)]
)
def test_what_nobody_carries_for_an_hour_is_told_by_the_doctor(browser, ago, health):
    browser.capture(form(fresh_number(), person()))
    run("UPDATE captures_capture SET received_at = now() - %s::interval", [ago])

    (found,) = doctor._look(doctor._check_captures)

    assert found.health is health


def test_other_acts_of_the_counter_are_carried_too(browser, carry):
    number, who = fresh_number(), person()
    papers = {"document_type": who["document_type"], "document_number": who["document_number"]}
    steps = [
        ("register", form(number, who)),
        ("pause", {"number": number, "reason": "hospital", "first": "2012-03-02", "last": ""}),
        ("replace-sim", {"number": number, **papers}),
        ("dispute", {"number": number, "receipt": ""}),
    ]

    keys = [browser.capture(fields, deed=deed) for deed, fields in steps]
    other = fresh_number()
    keys.append(browser.capture(form(other, who)))
    keys.append(browser.capture({"number": other, **papers}, deed="end"))
    carry()

    assert [came_of(key) for key in keys] == ["done"] * 6
    assert find_line(other).state is LineState.ENDED


@pytest.mark.parametrize("kind", ["passport", "identity-card"])
def test_a_foreign_document_is_recorded_with_the_state_that_issued_it(browser, carry, kind):
    who = person(document_type=kind, document_number="P1234567")

    key = browser.capture(form(fresh_number(), who, holder__document_state="NPL"))
    carry()

    assert came_of(key) == "done"
    (index,) = document_index([(f"{kind}-npl", "P1234567")])
    assert find_persons([index])[0] is not None


@pytest.mark.parametrize(
    ("key", "sealed"), [("short", b"x"), ("a-usable-key", b""), ("a-usable-key", b"x" * 64_001)]
)
def test_what_is_no_capture_is_not_taken_in(browser, key, sealed):
    with pytest.raises(CaptureNotTaken):
        browser.hand_in(key, sealed)


def test_the_counters_role_hands_in_and_reads_nothing_sealed(browser, as_role):
    browser.capture(form(fresh_number(), person()))

    for statement in (
        "SELECT sealed FROM captures_capture",
        "SELECT made_at FROM captures_ticket",
        "UPDATE captures_ticket SET made_at = now()",
        "INSERT INTO captures_ticket (ticket_id, staff_id, key_id, made_at) VALUES (uuidv7(), uuidv7(), 1, now())",
        "DELETE FROM captures_capture",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("counter"):
            run(statement)


def test_the_counters_role_may_do_what_it_must(browser, clerk, as_role):
    with as_role("counter"):
        other = Browser(clerk)
        key = other.capture(form(fresh_number(), person()))
        assert came_of(key) is None
        assert give_ticket(clerk).ticket_id != other.given.ticket_id


def test_only_one_carries_at_a_time(browser, carry):
    from rollkeeper.kernel import database, server

    browser.capture(form(fresh_number(), person()))

    with database.connect(server.REGISTER, "sweep") as other:
        other.execute("SELECT pg_advisory_lock(%s)", [carrying._CARRYING])
        assert carry() == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [carrying._CARRYING])
    assert carry() == 1


def test_the_carrier_tends_its_keys_and_goes_on_after_the_register_was_away(browser, monkeypatch):
    key = browser.capture(form(fresh_number(), person()))
    turns, away = iter(range(3)), iter([True, False, False, False])
    carry_all = carrying.carry_all
    monkeypatch.setattr(carrying, "LOOK_EVERY_S", 0)

    def once_away(authority):
        if next(away):
            raise OperationalError("away")
        return carry_all(authority)

    monkeypatch.setattr(carrying, "carry_all", once_away)
    carrying.keep_carrying(sweep_authority(), goes_on=lambda: next(turns, None) is not None)

    assert came_of(key) == "done"


def age_keys(days):
    run("UPDATE capture_key SET begun_at = begun_at - make_interval(days => %s)", [days], using="keys")


def test_a_name_is_not_in_the_row_of_a_refusal(browser, carry):
    key = browser.capture(form(fresh_number(), person(name="索朗罕见", document_number=card(3)[:-1] + "?")))

    carry()

    (row,) = rows("SELECT said::text AS said FROM captures_capture WHERE submission_key = %s", [key])
    assert came_of(key) == "refused"
    assert "索朗" not in row.said
