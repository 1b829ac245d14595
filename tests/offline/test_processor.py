# SPDX-License-Identifier: EUPL-1.2
"""What was recorded offline is done as of when it was, once, in order, or refused with what to do."""

import datetime as dt
import json
import re

import pytest
from django.db.utils import OperationalError, ProgrammingError

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import suspend_staff
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.errors import AccessLimitReached
from rollkeeper.lines.queries import accepted_through, current_tenure, find_line
from rollkeeper.offline import processor
from rollkeeper.offline.errors import OFFLINE_REGISTRATION_REJECTED
from rollkeeper.offline.models import OfflineRegistration
from rollkeeper.offline.queries import count_waiting, outcomes
from rollkeeper.offline.services import issue_ticket
from rollkeeper.operations import doctor
from rollkeeper.operations.bootstrap import set_lookup_limits
from rollkeeper.registration.errors import SUBMISSION_KEY_USED, ConcurrentUpdate
from rollkeeper.registration.receipts import receipt_for
from rollkeeper.registration.services import register_subscriber
from rollkeeper.retention import services as retention
from rollkeeper.subscribers.queries import document_index, find_persons
from rollkeeper.vault import offline_keys, rotation
from rollkeeper.vault.errors import (
    TOO_MANY_OPENINGS,
    VAULT_FAILED,
    VAULT_OPENING_UNJUSTIFIED,
    VAULT_OUT_OF_REACH,
    KeyServiceRefused,
    RootMissing,
)
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import open_sealed
from tests.builders.kinds import with_proof
from tests.builders.lines import activate_line, suspend_line, terminate_line
from tests.builders.packs import REFERENCE, use_pack, with_line_attributes
from tests.builders.past import make_older
from tests.builders.staff import employ
from tests.offline.browsers import Browser, form
from tests.offline.conftest import ON
from tests.refusals import refusing
from tests.registration.people import card, fresh_number, person, submission

DAY = dt.timedelta(days=1)
DAY_MS = 86_400_000


def came_of(key):
    (found,) = outcomes([key])
    return found.outcome


def suspended_line(on=ON):
    number = fresh_number()
    line_id = activate_line(number, service=Service.MOBILE, on=dt.date(2010, 5, 1))
    suspend_line(line_id, reason=SuspensionReason.REGISTRATION, on=on)
    return number


def test_an_offline_registration_becomes_a_registration_with_a_receipt(browser, process):
    number = fresh_number()

    key = browser.record(form(number, person()))

    assert process() == 1
    assert came_of(key) == "done"
    assert find_line(number).is_registered
    assert receipt_for(key).day == ON


@pytest.mark.parametrize("most", [1, 2])
def test_at_the_limit_of_lookups_what_was_taken_offline_is_held_and_not_refused(browser, process, most):
    set_lookup_limits(missed_lookups_per_day=most)
    for _ in range(most):
        browser.record({"number": fresh_number(), "reason": "abroad"}, action_kind="pause")
    process()

    key = browser.record(form(fresh_number(), person()))
    process()
    set_lookup_limits()

    assert came_of(key) is None
    (row,) = rows("SELECT sealed, tries FROM offline_registration WHERE submission_key = %s", [key])
    assert (row.sealed is not None, row.tries) == (True, 0)
    assert process() == 0
    assert (later(key, process), came_of(key)) == (1, "done")


def later(key, process, hours=1.1):
    """Process what waits, some time later."""
    make_older(OfflineRegistration, dt.timedelta(hours=hours), "processed_at")
    return process()


@pytest.mark.parametrize("passing", [ConcurrentUpdate, AccessLimitReached])
def test_what_comes_at_a_bad_time_waits_though_it_lasts_for_days(browser, process, monkeypatch, passing):
    key, whole = browser.record(form(fresh_number(), person())), processor._done

    def busy(*_, **__):
        raise passing

    monkeypatch.setattr(processor, "_done", busy)
    for _ in range(30):
        later(key, process)
        processor.housekeeping(worker_authority())
    after_days = came_of(key)
    other = browser.record(form(fresh_number(), person()))
    monkeypatch.setattr(processor, "_done", whole)
    process()
    meanwhile = (came_of(key), came_of(other))
    later(key, process)

    assert (after_days, meanwhile, came_of(key)) == (None, (None, "done"), "done")


AWAY = [
    VAULT_OUT_OF_REACH(), VAULT_FAILED(), KeyServiceRefused(url="https://keys", why="sealed", token_file="t"), RootMissing(file="root.key"),
]  # fmt: skip


@pytest.mark.parametrize("fault", AWAY, ids=lambda fault: fault.code)
def test_while_nothing_can_be_opened_what_was_taken_offline_waits(browser, process, monkeypatch, fault):
    keys = [browser.record(form(fresh_number(), person())) for _ in range(2)]

    def away(*_, **__):
        raise fault

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(processor, "open_offline", away)
        for _ in range(5):
            make_older(OfflineRegistration, dt.timedelta(minutes=2), "processed_at")
            for _ in keys:
                with pytest.raises(RollkeeperError, match=re.escape(str(fault))):
                    process()
            assert process() == 0
        processor.housekeeping(worker_authority())
    kept = rows("SELECT outcome, tries FROM offline_registration WHERE sealed IS NOT NULL")
    make_older(OfflineRegistration, dt.timedelta(minutes=2), "processed_at")

    assert [(row.outcome, row.tries) for row in kept] == [(None, 0)] * 2
    assert process() == 2
    assert [came_of(key) for key in keys] == ["done", "done"]


def test_what_was_taken_offline_waits_where_no_more_is_opened_that_day(browser, process, monkeypatch):
    key = browser.record(form(fresh_number(), person()))

    def used_up(*_, **__):
        raise TOO_MANY_OPENINGS(article="art. 11", reason="enough", remedy="Tomorrow.")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(processor, "open_offline", used_up)
        process()

    assert came_of(key) is None
    assert (later(key, process), came_of(key)) == (1, "done")


@pytest.mark.parametrize(
    "fault", [VAULT_OPENING_UNJUSTIFIED(asked=1, purpose="offline"), NOT_ALLOWED(permission="p", needed="n")]
)
def test_what_the_vault_refuses_to_open_is_held_and_not_lost(browser, process, monkeypatch, fault):
    key, other = (browser.record(form(fresh_number(), person())) for _ in range(2))
    whole = processor.open_offline

    def refused(*given, submission_key, **named):
        if submission_key == key:
            raise fault
        return whole(*given, submission_key=submission_key, **named)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(processor, "open_offline", refused)
        process()
    broke = (came_of(key), came_of(other))
    process(retry_failed=True)

    assert broke == ("failed", "done")
    assert came_of(key) == "done"


def test_the_ciphertext_goes_as_soon_as_it_is_processed(browser, process):
    key = browser.record(form(fresh_number(), person()))

    process()

    (row,) = rows("SELECT sealed FROM offline_registration WHERE submission_key = %s", [key])
    assert row.sealed is None


def test_the_day_of_offline_registration_counts_and_both_instants_are_in_the_ledger(browser, process):
    number = suspended_line()
    browser.was_open(3)

    key = browser.record(form(number, person()), elapsed_ms=1000)
    process()

    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'offline:registration:processed'")
    facts = json.loads(entry.body)["facts"]
    intake, received = (dt.datetime.fromisoformat(facts[name]) for name in ("effective_at", "received_at"))
    assert receipt_for(key).day == ON - 3 * DAY
    assert dt.timedelta(days=2, hours=23) < received - intake < dt.timedelta(days=3, minutes=1)
    assert facts["clock"] == "monotonic"
    assert facts["adjusted"] is False


def test_a_line_that_was_suspended_after_the_offline_registration_is_restored(browser, process):
    number = suspended_line(on=ON)
    browser.was_open(2)

    browser.record(form(number, person()), elapsed_ms=0)
    process()

    assert find_line(number).state is LineState.ACTIVE


@pytest.mark.parametrize("days_later", [1, 0])  # on the very day it is the person who was first
def test_a_number_goes_to_the_offline_registration_that_came_in_time(browser, process, days_later):
    number, taken_on = suspended_line(on=ON - 40 * DAY), ON - 2 * DAY
    terminate_line(
        find_line(number).line_id,
        by="campaign",
        quarantined_until=ON + 90 * DAY,
        on=taken_on + days_later * DAY,
    )
    browser.was_open(2)

    key = browser.record(form(number, person()), elapsed_ms=0)
    process()

    assert came_of(key) == "done"
    assert find_line(number).is_registered


def test_a_line_that_ended_before_the_offline_registration_keeps_its_quarantine(browser, process):
    number = suspended_line(on=ON - 40 * DAY)
    terminate_line(find_line(number).line_id, by="campaign", quarantined_until=ON + 90 * DAY, on=ON - 3 * DAY)
    browser.was_open(2)

    key = browser.record(form(number, person()), elapsed_ms=0)
    process()

    assert came_of(key) == "refused"


def test_handed_in_twice_it_is_done_once(browser, process):
    key, sealed = browser.seal(form(fresh_number(), person()))

    browser.hand_in(key, sealed)
    browser.hand_in(key, sealed)

    assert process() == 1
    assert process() == 0
    (count,) = rows("SELECT count(*) AS n FROM lines_tenure")
    assert count.n == 1


@pytest.mark.parametrize("is_garbage", [True, False])
def test_no_one_takes_the_key_of_what_another_has_yet_to_hand_in(
    browser, counter, process, as_role, is_garbage
):
    thief = Browser(employ(StaffRole.CLERK, username="thief"))
    key, sealed = browser.seal(form(fresh_number(), person()))
    other = b"x" * 64 if is_garbage else thief.seal(form(fresh_number(), person()), key=key)[1]
    with as_role("counter"):
        thief.hand_in(key, other)

    with refusing(SUBMISSION_KEY_USED), as_role("counter"):
        browser.hand_in(key, sealed)
    process()
    with refusing(SUBMISSION_KEY_USED), as_role("counter"):
        browser.hand_in(key, sealed)


def test_a_colleague_hands_in_again_what_got_no_answer(browser, clerk, process, as_role):
    key, sealed = browser.seal(form(fresh_number(), person()))
    browser.hand_in(key, sealed)
    browser.clerk = employ(StaffRole.CLERK, username="colleague")

    with as_role("counter"):
        browser.hand_in(key, sealed)
    process()

    assert came_of(key) == "done"


def test_what_the_page_had_already_sent_gives_its_first_receipt(browser, clerk, process):
    number, who, key = fresh_number(), person(), str(new_uuid())
    first = register_subscriber(clerk, submission(number, who, submission_key=key), on=ON)

    browser.record(form(number, who), key=key)
    process()

    assert came_of(key) == "done"
    assert receipt_for(key).entry_id == first.entry_id


def test_an_offline_worker_that_is_killed_between_doing_and_noting_does_it_once(
    browser, process, monkeypatch
):
    key = browser.record(form(fresh_number(), person()))

    def killed(*_, **__):
        raise OperationalError("the process is gone")

    with monkeypatch.context() as broken:
        broken.setattr(processor, "append_entry", killed)
        with pytest.raises(OperationalError):
            process()
    assert came_of(key) is None
    process()

    (count,) = rows("SELECT count(*) AS n FROM lines_tenure")
    assert (came_of(key), count.n) == ("done", 1)


def test_offline_registrations_are_processed_in_the_order_in_which_they_came(browser, process):
    number, who = fresh_number(), person()

    first = browser.record(form(number, who))
    transferor = {f"transferor__{name}": who[name] for name in ("document_type", "document_number")}
    second = browser.record(form(number, person(), **transferor), action_kind="transfer")
    process()

    assert (came_of(first), came_of(second)) == ("done", "done")


def test_a_number_brought_from_another_operator_offline_is_entered_as_that(browser, process):
    number = fresh_number()

    key = browser.record(form(number, person()), action_kind="port_in")
    process()

    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'line:tenure:registered'")
    assert came_of(key) == "done"
    assert json.loads(entry.body)["facts"]["act"] == "port_in"


def test_a_refusal_says_what_is_missing_and_what_to_do_in_the_clerks_language(clerk, process):
    browser = Browser(clerk)
    who = person()
    del who["address"]

    key = browser.record(form(fresh_number(), who))
    OfflineRegistration.objects.update(language="zh-hans")
    process()

    (found,) = outcomes([key])
    assert found.outcome == "refused"
    assert [one["code"] for one in found.said] == ["missing_attribute"]
    assert "拉萨" not in json.dumps(found.said, ensure_ascii=False)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in found.said[0]["sentence"])


def test_a_refusal_calls_its_line_by_the_short_reference_of_the_pages(browser, process):
    number = fresh_number()
    browser.record(form(number, person()))
    again = browser.record(form(number, person()))
    process()

    ((line,),) = rows("SELECT line_id::text FROM lines_line")
    (said,) = outcomes([again])[0].said
    assert said["sentence"] == f"Line …{line[-6:].upper()} is registered already."


@pytest.mark.parametrize(
    ("action_kind", "changes", "code", "article"),
    [
        ("register", {"subscriber__document_number": "123"}, "invalid_document_number", "(art. 2 ¶1)"),
        ("register", {"subscriber__address": ""}, "missing_attribute", ""),  # its sentence names it
        ("relocate", {}, "line_not_found", ""),  # no law refuses that
    ],
)
def test_a_refusal_by_the_law_names_its_article_once(browser, process, action_kind, changes, code, article):
    key = browser.record(form(fresh_number(), person(), **changes), action_kind=action_kind)
    process()

    (found,) = outcomes([key])
    (said,) = found.said
    assert (said["code"], said["article"]) == (code, article)
    assert "2 ¶1" in said["sentence"] + said["article"] or code == "line_not_found"


@pytest.mark.parametrize(("role", "outcome"), [(StaffRole.SUPERVISOR, "done"), (StaffRole.CLERK, "refused")])
def test_a_supervisor_passes_a_limit_without_a_network_and_a_clerk_does_not(
    counter, limited, process, role, outcome
):
    limited("what: lines, group: person, scope: operator, kind: stock, n: 1, over: review")
    browser, who = Browser(employ(role)), person()
    first = browser.record(form(fresh_number(), who, overrides_limit="on"))
    second = browser.record(form(fresh_number(), who, overrides_limit="on"))
    process()

    assert (came_of(first), came_of(second)) == ("done", outcome)


def test_who_has_no_document_is_recorded_by_the_way_that_was_taken_down(browser, routed, process):
    routed("by: [police_report], valid_for: {n: 30, unit: day}")
    number = fresh_number()
    who = {"name": "Invented", "address": "Nowhere 1", "document_type": "cn-resident-card"}

    key = browser.record(form(number, who, route="police_report"))
    process()

    assert came_of(key) == "done"
    line_id = find_line(number).line_id
    assert accepted_through([line_id]) == {line_id: ON + 30 * DAY}


def test_a_reason_that_nobody_declares_stops_no_clock(browser, process):
    number = suspended_line()

    key = browser.record(
        {"number": number, "reason": "no_document", "first": "2012-03-02"}, action_kind="pause"
    )
    process()

    assert came_of(key) == "refused"


def test_an_offline_registration_bound_to_another_ticket_is_refused_and_not_recorded(browser, clerk, process):
    key, sealed = browser.seal(form(fresh_number(), person()))

    Browser(clerk).hand_in(key, sealed)
    process()

    (found,) = outcomes([key])
    assert [one["code"] for one in found.said] == ["offline_registration_unreadable"]
    assert not rows("SELECT FROM lines_tenure")


@pytest.mark.parametrize("place", [0, 1, 5, 6, 1130, -1])
def test_a_flipped_bit_anywhere_is_refused(browser, process, place):
    key, sealed = browser.seal(form(fresh_number(), person()))
    bent = bytearray(sealed)
    bent[place] ^= 1

    browser.hand_in(key, bytes(bent))
    process()

    assert came_of(key) == "refused"


def test_the_keys_may_be_rotated_while_an_offline_registration_waits_in_a_browser(browser, process):
    key, sealed = browser.seal(form(fresh_number(), person()))

    rotation.rotate(console_authority(), on=ON)
    browser.hand_in(key, sealed)
    process()

    assert came_of(key) == "done"


def test_it_opens_under_a_replaced_key_but_not_under_a_destroyed_one(browser, process):
    early, late = browser.seal(form(fresh_number(), person())), browser.seal(form(fresh_number(), person()))
    age_keys(days=8)
    offline_keys.renew_offline_keys(console_authority(), lasts_days=7, on=ON)

    browser.hand_in(*early)
    process()
    age_keys(days=17)
    offline_keys.renew_offline_keys(console_authority(), lasts_days=7, on=ON)
    browser.hand_in(*late)
    process()

    assert (came_of(early[0]), came_of(late[0])) == ("done", "refused")


def test_a_clerk_dismissed_since_took_it_down_all_the_same(browser, process):
    key = browser.record(form(fresh_number(), person()))

    suspend_staff(console_authority(), username="clerk", on=ON)
    process()

    assert came_of(key) == "done"


def test_what_breaks_is_held_sealed_and_keeps_nobody_waiting(browser, process, monkeypatch, caplog):
    bad = browser.record(form(fresh_number(), person(name="甲" * 4)))
    good = browser.record(form(fresh_number(), person()))
    whole = processor._done

    def broken(intake, *arguments, **more):
        if intake.fields["subscriber__name"].startswith("甲"):
            raise KeyError(intake.fields["subscriber__name"])
        return whole(intake, *arguments, **more)

    with monkeypatch.context() as while_broken:
        while_broken.setattr(processor, "_done", broken)
        process()
    assert (came_of(bad), came_of(good)) == ("failed", "done")
    assert count_waiting().failed == 1
    assert [one.health for one in doctor._run_check(doctor._check_offline)] == [doctor.Health.ERROR]
    assert "甲" not in caplog.text

    process(retry_failed=True)
    assert came_of(bad) == "done"
    assert [one.health for one in doctor._run_check(doctor._check_offline)] == [doctor.Health.OK]


@pytest.fixture
def held(browser, process, monkeypatch):
    """An offline registration that broke three times, held for so many hours."""

    def breaks(*_, **__):
        raise KeyError

    key = browser.record(form(fresh_number(), person(name="甲" * 4)))
    with monkeypatch.context() as while_broken:
        while_broken.setattr(processor, "_done", breaks)
        process()
    assert came_of(key) == "failed"

    def for_hours(hours):
        make_older(OfflineRegistration, dt.timedelta(hours=hours), "processed_at")
        return key

    return for_hours


def erase_due():
    return retention.erase_due(worker_authority(), on=ON).abandoned


def tended():
    processor.housekeeping(worker_authority())
    return 1


@pytest.mark.parametrize("by", [erase_due, tended])
def test_what_is_held_for_most_of_a_day_is_erased_and_its_clerk_is_told(held, by):
    key = held(22.1)

    assert by() == 1

    (row,) = rows("SELECT outcome, sealed, said FROM offline_registration WHERE submission_key = %s", [key])
    assert (row.outcome, row.sealed, row.said[0]["code"]) == ("refused", None, "offline_registration_expired")
    assert "slip" in row.said[0]["remedy"]
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'offline:registration:processed'")
    assert json.loads(entry.body)["facts"]["outcome"] == "refused"
    assert [one.health for one in doctor._run_check(doctor._check_offline)] == [doctor.Health.OK]


def test_what_is_held_for_less_can_still_be_processed(held, process):
    key = held(21.9)

    assert erase_due() == 0
    process(retry_failed=True)

    assert came_of(key) == "done"


def test_what_waits_and_never_broke_is_given_up_by_nobody(browser):
    key = browser.record(form(fresh_number(), person()))
    make_older(OfflineRegistration, dt.timedelta(days=3), "received_at")

    assert erase_due() == 0

    assert came_of(key) is None


@pytest.mark.parametrize(
    ("ago", "health"), [("59 minutes", doctor.Health.OK), ("61 minutes", doctor.Health.WARNING)]
)
def test_what_nobody_processes_for_an_hour_is_reported_by_the_doctor(browser, ago, health):
    browser.record(form(fresh_number(), person()))
    run("UPDATE offline_registration SET received_at = now() - %s::interval", [ago])

    (found,) = doctor._run_check(doctor._check_offline)

    assert found.health is health


def test_other_acts_of_the_counter_are_processed_too(browser, process):
    number, who = fresh_number(), person()
    papers = {"document_type": who["document_type"], "document_number": who["document_number"]}
    steps = [
        ("register", form(number, who)),
        ("pause", {"number": number, "reason": "hospital", "first": "2012-03-02", "last": ""}),
        ("replace-sim", {"number": number, **papers}),
        ("dispute", {"number": number, "receipt": ""}),
    ]

    keys = [browser.record(fields, action_kind=action_kind) for action_kind, fields in steps]
    other = fresh_number()
    keys.append(browser.record(form(other, who)))
    keys.append(browser.record({"number": other, **papers}, action_kind="terminate"))
    process()

    assert [came_of(key) for key in keys] == ["done"] * 6
    assert find_line(other).state is LineState.TERMINATED


SIM, OTHER_SIM = "8986041000000000003", "89860410000000000013"


def of_the_line(number, field=Field.ICCID):
    """Return what is recorded of a line, nothing where nothing is."""
    tenure = current_tenure(find_line(number).line_id)
    held = {"person_id": tenure.person_id, "tenure_id": tenure.tenure_id, "field": field}
    if not rows(
        "SELECT FROM vault_sealed WHERE person_id = %s AND tenure_id = %s AND field = %s", list(held.values())
    ):
        return None
    return open_sealed(worker_authority(), **held, purpose=Purpose.CORRECTION, on=ON).reveal()


def said_of(key):
    (found,) = outcomes([key])
    return found.outcome, [(one["code"], "iccid" in one["sentence"]) for one in found.said]


LACKING = [("missing_attribute", True)]


def test_what_is_asked_of_a_line_is_recorded_offline_and_again_of_another_sim(browser, process, law_put_back):
    use_pack(with_line_attributes('name: iccid, required: "yes"'))
    number, who = fresh_number(), person()
    papers = {
        "number": number,
        "document_type": who["document_type"],
        "document_number": who["document_number"],
    }
    steps = [
        ("register", form(number, who | {"iccid": SIM}), SIM, []),
        ("replace-sim", papers | {"iccid": OTHER_SIM}, OTHER_SIM, []),
        ("replace-sim", papers, None, LACKING),
        ("replace-sim", papers | {"iccid": "not a number"}, None, LACKING),
        ("change", form(number, who | {"iccid": SIM}), SIM, []),
    ]

    for action_kind, fields, recorded, lacking in steps:
        key = browser.record(fields, action_kind=action_kind)
        process()
        assert said_of(key) == ("done", lacking), (action_kind, fields.keys())
        assert of_the_line(number) == recorded


@pytest.mark.parametrize(
    ("rule", "given", "recorded", "lacking"),
    [
        ("services: [mobile]", {}, None, LACKING), ("services: [mobile]", {"iccid": SIM[:5]}, None, LACKING), ("services: [mobile]", {"iccid": SIM}, SIM, []),
        ("services: [fixed_line]", {"iccid": SIM}, None, []), ("payment: prepaid", {}, None, LACKING), ("payment: postpaid", {"iccid": SIM}, None, []),
        ("party_kinds: [individual]", {}, None, LACKING), ("party_kinds: [company]", {"iccid": SIM}, None, []),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_of_a_line_offline_refuses_no_registration(
    browser, process, law_put_back, rule, given, recorded, lacking
):
    use_pack(with_line_attributes(f'name: iccid, required: "yes", {rule}'))
    number = fresh_number()

    key = browser.record(form(number, person() | given, payment="prepaid"))
    process()

    assert said_of(key) == ("done", lacking)
    assert find_line(number).is_registered
    assert of_the_line(number) == recorded


def test_what_waited_while_a_law_with_attributes_of_a_line_was_adopted_is_done(
    browser, process, law_put_back
):
    key, other = (
        browser.record(form(fresh_number(), person())),
        browser.record(form(fresh_number(), person(address=""))),
    )
    use_pack(with_line_attributes('name: iccid, required: "yes"'))

    process()

    assert said_of(key) == ("done", LACKING)
    assert came_of(other) == "refused", "what is asked of a person is"


@pytest.mark.parametrize("kind", ["passport", "identity-card"])
def test_a_foreign_document_is_recorded_with_the_state_that_issued_it(browser, process, kind):
    who = person(document_type=kind, document_number="P1234567")

    key = browser.record(form(fresh_number(), who, subscriber__document_state="NPL"))
    process()

    assert came_of(key) == "done"
    (index,) = document_index([(f"{kind}-npl", "P1234567")])
    assert find_persons([index])[0] is not None


@pytest.mark.parametrize(
    ("key", "sealed"), [("short", b"x"), ("a-usable-key", b""), ("a-usable-key", b"x" * 64_001)]
)
def test_what_is_no_offline_registration_is_not_taken_in(browser, key, sealed):
    with refusing(OFFLINE_REGISTRATION_REJECTED):
        browser.hand_in(key, sealed)


def test_the_counters_role_hands_in_and_reads_nothing_sealed(browser, as_role):
    browser.record(form(fresh_number(), person()))

    for statement in (
        "SELECT sealed FROM offline_registration",
        "SELECT made_at FROM offline_ticket",
        "UPDATE offline_ticket SET made_at = now()",
        "INSERT INTO offline_ticket (ticket_id, staff_id, key_id, made_at) VALUES (uuidv7(), uuidv7(), 1, now())",
        "DELETE FROM offline_registration",
    ):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role("counter"):
            run(statement)


def test_the_counters_role_may_do_what_it_must(browser, clerk, as_role):
    with as_role("counter"):
        other = Browser(clerk)
        key = other.record(form(fresh_number(), person()))
        assert came_of(key) is None
        assert issue_ticket(clerk).ticket_id != other.given.ticket_id


def test_only_one_processes_at_a_time(browser, process):
    from rollkeeper.kernel import database, jobs, stores
    from rollkeeper.offline import PROCESSING

    browser.record(form(fresh_number(), person()))

    with database.connect(stores.REGISTER, "worker") as other:
        other.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [jobs._RUNS, PROCESSING])
        assert process() == 0
        other.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [jobs._RUNS, PROCESSING])
    assert process() == 1


def test_the_job_processes_what_waits_and_takes_its_own_lock_again(browser):
    from rollkeeper.kernel import jobs
    from rollkeeper.offline.jobs import JOBS

    key = browser.record(form(fresh_number(), person()))

    done = [jobs.run_once(job) for job in JOBS]

    assert [(one.did, one.fault) for one in done] == [(1, None), (0, None)]
    assert came_of(key) == "done"


def age_keys(days):
    run("UPDATE offline_key SET begun_at = begun_at - make_interval(days => %s)", [days], using="keys")


def test_a_name_is_not_in_the_row_of_a_refusal(browser, process):
    key = browser.record(form(fresh_number(), person(name="索朗罕见", document_number=card(3)[:-1] + "?")))

    process()

    (row,) = rows("SELECT said::text AS said FROM offline_registration WHERE submission_key = %s", [key])
    assert came_of(key) == "refused"
    assert "索朗" not in row.said


FIRM = {"document_type": "cn-business-licence", "document_number": "91110000600037341L"}


@pytest.mark.parametrize(
    ("law", "ticked", "came"),
    [(with_proof(), True, "done"), (with_proof(), False, "refused"),
     (with_proof(read=False), False, "done"), (REFERENCE, True, "done")],
)  # fmt: skip
def test_a_company_taken_offline_shows_for_it_what_the_law_asks(
    browser, process, law_put_back, law, ticked, came
):
    use_pack(law)
    number = fresh_number()
    shown = {"subscriber__authority_shown": "on"} if ticked else {}

    key = browser.record(form(number, person(**FIRM), **shown), kind="company")
    process()

    found = rows("SELECT body FROM ledger_entry WHERE verb = 'line:tenure:registered'")
    assert came_of(key) == came
    assert [json.loads(one.body)["facts"].get("authority_shown") for one in found] == (
        [] if came == "refused" else [True if ticked and law == with_proof() else None]
    )
    if came == "refused":
        (said,) = outcomes([key])[0].said
        assert said["code"] == "authority_not_shown"
        assert "2 ¶1" in said["sentence"] + said["article"]


@pytest.mark.parametrize(
    ("said", "outcome"),
    [({"lines_elsewhere": one}, "refused") for one in ("3", "", "x")]
    + [({"lines_elsewhere": "2"}, "done"), ({}, "done")],
)
def test_what_was_said_of_lines_elsewhere_decides_what_was_taken_offline(
    browser, process, limited, said, outcome
):
    limited("what: lines, group: person, scope: national, kind: stock, n: 3, over: refuse")

    key = browser.record(form(fresh_number(), person(), **said))  # the last was filled in before the limit
    process()

    assert came_of(key) == outcome
    (row,) = rows("SELECT sealed FROM offline_registration WHERE submission_key = %s", [key])
    assert row.sealed is None
