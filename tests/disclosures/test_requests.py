"""A disclosure request from its entry to the last thing that is kept of it, with real people, real keys and real commits."""

import datetime as dt
import json
from contextlib import nullcontext

import pyrage
import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.errors import ALREADY_APPROVED, APPROVER_IS_SUBMITTER
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import authority_of, grant_role
from rollkeeper.disclosures import authorities, queries, services
from rollkeeper.disclosures.answers import read_instrument
from rollkeeper.disclosures.choices import DeferralReason, DisclosureState, Instrument, RefusalReason
from rollkeeper.disclosures.due_actions import run_due_disclosures
from rollkeeper.disclosures.errors import (
    ANSWER_FILE_EXISTS,
    DEFERRAL_REFUSED,
    DISCLOSURE_NOT_PENDING,
    FINGERPRINT_MISMATCH,
    INVALID_RECIPIENT_KEY,
    NUMBER_MISMATCH,
    PROTECTED_NEEDS_WARRANT,
    SEVERAL_SUBSCRIBERS,
    WRONG_APPROVERS,
    YEAR_NOT_OVER,
    DisclosureRefused,
)
from rollkeeper.disclosures.models import DisclosureRequest
from rollkeeper.disclosures.statistics import year_table
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import EntryId
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.queries import accesses
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.models import Tenure
from rollkeeper.notices.services import send_due
from rollkeeper.retention.abandoned import erase_abandoned
from rollkeeper.subscribers.models import Subscriber
from rollkeeper.subscribers.services import link_persons
from rollkeeper.vault.canaries import ensure_canary, open_alarms
from rollkeeper.vault.errors import NEEDS_DISCLOSURE_REQUEST
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.rotation import rotate
from rollkeeper.vault.services import open_sealed, shred
from tests.builders.lines import give_number, make_tenure, suspend_line
from tests.builders.packs import use_pack
from tests.disclosures.conftest import DAY, NUMBER, ON, SCAN
from tests.disclosures.lawful import lawful_pack
from tests.refusals import refusing

FORBIDDEN = DeferralReason.COURT_FORBIDS


def bodies(like="%"):
    return [
        row.body for row in rows("SELECT body FROM ledger_entry WHERE verb LIKE %s ORDER BY entry_id", [like])
    ]


def verbs(disclosure_id):
    return [
        row.verb
        for row in rows(
            "SELECT verb FROM ledger_entry WHERE body LIKE %s ORDER BY entry_id", [f"%{disclosure_id}%"]
        )
    ]


def of(disclosure_id) -> DisclosureRequest:
    return DisclosureRequest.objects.get(disclosure_id=disclosure_id)


def person_of(line_id):
    return rows("SELECT person_id FROM lines_tenure WHERE line_id = %s", [line_id])[0].person_id


def seen_by(line_id, on):
    clock.set_demo_date(on)
    return [look for look in accesses(person_of(line_id)) if look.purpose == "legal_disclosure"]


def notices():
    return [
        row.line_id for row in rows("SELECT line_id FROM notices_notice WHERE kind = 'disclosed' ORDER BY 1")
    ]


def deferral(instance, disclosure_id, until, *, on=ON, by=("supervisor", "officer")):
    return [
        services.defer_notification(instance.who[name], disclosure_id, until=until, because=FORBIDDEN, on=on)
        for name in by
    ]


# ---- the whole way ----


def test_a_disclosure_answers_the_named_fields_alone_and_notifies_the_person(instance):
    line = instance.register_line()
    disclosure_id = instance.approved()

    answer = instance.answered(disclosure_id)
    services.record_delivery(instance.who["officer"], disclosure_id, on=ON)

    assert answer["held"] is True
    assert answer["fields"] == {"name": instance.person["name"]}
    assert notices() == [line]
    assert verbs(disclosure_id) == [
        "disclosures:request:entered", "disclosures:request:approved", "disclosures:request:approved",
        "disclosures:request:opened", "vault:sealed:opened", "disclosures:person:notified", "disclosures:request:delivered",
    ]  # fmt: skip


def test_no_entry_about_a_disclosure_request_names_a_line_a_person_or_a_number(instance):
    line = instance.register_line()
    known = {str(line), str(person_of(line)), NUMBER, NUMBER[1:], *instance.person.values()} | {
        str(row.tenure_id) for row in rows("SELECT tenure_id FROM lines_tenure")
    }
    before = len(bodies())

    deferral(instance, disclosure_id := instance.approved(), ON + DAY)
    instance.answered(disclosure_id)

    said = "".join(bodies()[before:])
    assert str(disclosure_id) in said
    assert not [one for one in known if one in said]
    assert '"person"' not in said
    assert '"line"' not in said


def test_a_disclosure_that_opens_a_canary_is_answered_and_raises_the_alarm(instance):
    run("DELETE FROM vault_canary")
    ensure_canary(console_authority(), on=ON)
    (canary,) = rows("SELECT line_id, lower(held) AS since FROM lines_tenure")
    give_number(canary.line_id, NUMBER)

    # A canary's life lies in the last hour, which just after midnight was yesterday.
    held_on = canary.since.astimezone(clock.zone()).date()

    answer = instance.answered(instance.approved(held_on=held_on), held_on=held_on)

    assert (answer["held"], bool(answer["fields"]["name"])) == (True, True)
    (alarm,) = open_alarms()
    assert alarm.staff_id == instance.who["officer"].staff_id
    assert rows(
        "SELECT FROM ledger_entry WHERE entry_id = %s AND verb = 'vault:canary:opened'", [alarm.entry_id]
    )


def test_no_number_and_nothing_that_leads_to_it_lies_with_a_disclosure_request(instance):
    line = instance.register_line()
    disclosure_id = instance.enter()

    stored = repr(rows("SELECT * FROM disclosures_request"))
    (index,) = rows("SELECT number_index FROM lines_number WHERE line_id = %s", [line])
    assert NUMBER[1:] not in stored
    assert repr(bytes(index.number_index)) not in stored
    assert of(disclosure_id).person_id is None


def test_the_scan_is_sealed_as_it_came_and_a_decider_reads_it(instance):
    disclosure_id = instance.enter()

    (row,) = rows("SELECT ciphertext FROM vault_file")

    assert b"PDF" not in bytes(row.ciphertext)
    assert len(bytes(row.ciphertext)) > 65_536
    assert read_instrument(instance.who["officer"], disclosure_id, on=ON) == SCAN
    assert '"field":"instrument"' in bodies("vault:sealed:opened")[-1]


def test_the_scan_outlives_a_rotation_and_the_erasing_of_what_came_to_nothing(instance, monkeypatch):
    disclosure_id = instance.enter()
    monkeypatch.setattr("rollkeeper.retention.abandoned.UNDER_WAY", dt.timedelta(seconds=-5))

    erase_abandoned(worker_authority(), on=ON)
    rotate(console_authority(), on=ON)

    assert read_instrument(instance.who["officer"], disclosure_id, on=ON) == SCAN


# ---- what the law does not let through ----


def test_the_reference_law_refuses_every_disclosure_request_on_record(instance, law):
    instance.register_line()
    law(pack=None)

    with pytest.raises(DisclosureRefused) as refused:
        instance.enter()

    (kept,) = DisclosureRequest.objects.all()
    assert "cn-xz-2011" in str(refused.value)
    assert (kept.state, kept.refused_because, kept.refused_by_law) == ("refused", "no_power", True)
    assert (kept.number_mark, kept.file_id, kept.held_on) == (None, None, None)
    assert rows("SELECT FROM vault_file") == []
    assert verbs(kept.disclosure_id)[-1] == "disclosures:request:refused"
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'disclosures:request:refused'")
    assert json.loads(entry.body)["article"] == "no article of cn-xz-2011"
    assert json.loads(entry.body)["pack"] == load_pack("cn-xz-2011").hash


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"fields": [Field.NAME, Field.DOCUMENT_NUMBER]}, "too_wide"),
        ({"instrument": Instrument.SUBPOENA}, "wrong_instrument"),
        ({"expires_on": ON - DAY}, "expired"),
    ],
)
def test_what_goes_beyond_the_law_is_refused_and_counted(instance, changes, because):
    with pytest.raises(DisclosureRefused):
        instance.enter(**changes)

    assert [one.refused_because for one in DisclosureRequest.objects.all()] == [because]


def test_one_instrument_gives_one_person_by_its_reference_and_by_its_file(instance):
    instance.enter()

    for changes in ({"number": "+8613908910009", "file": b"other"}, {"reference": "another", "number": "+8613908910009"},
                    {"reference": "2012  NO. 17", "file": b"third"}):  # fmt: skip
        with pytest.raises(DisclosureRefused):
            instance.enter(**changes)

    assert [one.refused_because for one in DisclosureRequest.objects.order_by("entered_at")] == [
        None,
        *["too_many"] * 3,
    ]


def test_what_was_entered_wrongly_is_refused_and_entered_again(instance):
    services.refuse_disclosure(
        instance.who["officer"], instance.enter(), because=RefusalReason.UNCLEAR, on=ON
    )

    assert of(instance.enter()).state == "waiting"


def test_a_removed_authority_requests_nothing_more_and_gets_no_answer(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    authorities.remove_authority(instance.who["officer"], instance.court, on=ON)

    with pytest.raises(DisclosureRefused):
        instance.answered(disclosure_id)
    with pytest.raises(DisclosureRefused):
        instance.enter(reference="a second", file=b"2")


def test_a_power_that_the_law_lost_after_the_approval_opens_nothing(instance, law):
    instance.register_line()
    disclosure_id = instance.approved()
    law(confirmed="false")

    with pytest.raises(DisclosureRefused):
        instance.answered(disclosure_id)
    assert bodies("vault:sealed:opened") == []


# ---- who decides ----


def test_an_authority_is_approved_by_another_with_the_fingerprint_that_was_read_out(instance):
    key = str(pyrage.x25519.Identity.generate().to_public())
    made = authorities.propose_authority(
        instance.who["officer"], title="Other", kind="court", public_key=key, valid_until=ON, on=ON
    )

    with refusing(ALREADY_APPROVED):
        authorities.approve_authority(
            instance.who["officer"], made, read_out=authorities.fingerprint(key), on=ON
        )
    with refusing(FINGERPRINT_MISMATCH):
        authorities.approve_authority(instance.who["supervisor"], made, read_out="ab" * 32, on=ON)
    shown = authorities.fingerprint(key).upper()
    authorities.approve_authority(
        instance.who["supervisor"], made, read_out=f"{shown[:32]} {shown[32:]}", on=ON
    )

    assert {one.title: one.is_approved for one in queries.authorities(instance.who["officer"])}["Other"]


@pytest.mark.parametrize("key", ["", "age1", "AGE-SECRET-KEY-1", "ssh-ed25519 AAAA", "age1" + "q" * 58])
def test_what_is_no_public_key_is_not_taken(instance, key):
    with refusing(INVALID_RECIPIENT_KEY):
        authorities.propose_authority(
            instance.who["officer"], title="X", kind="court", public_key=key, valid_until=ON, on=ON
        )


def test_who_entered_it_decides_nothing_and_nobody_counts_twice(instance):
    disclosure_id = services.enter_disclosure(
        instance.who["officer"], instance.court, instrument=Instrument.WARRANT, reference="r", file=SCAN, fields=[Field.NAME],
        number=NUMBER, held_on=ON, received_on=ON, expires_on=ON + DAY, on=ON,
    )  # fmt: skip
    yes = {"number": NUMBER, "held_on": ON, "on": ON}

    with refusing(APPROVER_IS_SUBMITTER):
        services.approve_disclosure(instance.who["officer"], disclosure_id, **yes)
    assert services.approve_disclosure(instance.who["supervisor"], disclosure_id, **yes) is False
    with refusing(ALREADY_APPROVED):
        services.approve_disclosure(instance.who["supervisor"], disclosure_id, **yes)
    assert services.approve_disclosure(instance.who["supervisor-2"], disclosure_id, **yes) is False
    assert of(disclosure_id).state == "waiting"
    assert services.approve_disclosure(instance.who["officer-2"], disclosure_id, **yes) is True


@pytest.fixture
def cooldown(committed):
    write_settings(access={"approver_cooldown_hours": 24})
    yield
    write_settings(access={"approver_cooldown_hours": None})


@pytest.mark.parametrize(("hours", "enough"), [(23, False), (25, True)])
def test_a_supervisor_who_was_made_an_officer_today_counts_as_a_supervisor(instance, cooldown, hours, enough):
    RoleGrant.objects.update(granted_at=dt.datetime.now(dt.UTC) - 30 * DAY)
    grant_role(console_authority(), username="supervisor-2", role=StaffRole.DATA_PROTECTION_OFFICER, on=ON)
    RoleGrant.objects.filter(role="data_protection_officer", staff__username="supervisor-2").update(
        granted_at=dt.datetime.now(dt.UTC) - dt.timedelta(hours=hours)
    )
    disclosure_id, yes = instance.enter(), {"number": NUMBER, "held_on": ON, "on": ON}
    both = authority_of(Staff.objects.get(username="supervisor-2"))
    services.approve_disclosure(instance.who["supervisor"], disclosure_id, **yes)

    assert services.approve_disclosure(both, disclosure_id, **yes) is enough
    DisclosureRequest.objects.update(state="approved")
    instance.who["both"] = both
    with nullcontext() if enough else refusing(WRONG_APPROVERS):
        instance.answered(disclosure_id, by="both")


@pytest.mark.parametrize("wrong", [{"number": "+8613908911235"}, {"held_on": ON - DAY}])
def test_who_reads_another_number_or_day_in_the_instrument_cannot_say_yes(instance, wrong):
    disclosure_id = instance.enter()

    with refusing(NUMBER_MISMATCH):
        services.approve_disclosure(
            instance.who["officer"], disclosure_id, **{"number": NUMBER, "held_on": ON, "on": ON} | wrong
        )


@pytest.mark.parametrize(
    ("by", "second"),
    [
        ("officer", "officer"),
        ("officer", "supervisor-2"),
        ("officer-2", "supervisor"),
        ("supervisor", "supervisor-2"),
    ],
)
def test_only_the_two_who_said_yes_open_it(instance, by, second):
    instance.register_line()
    disclosure_id = instance.approved()

    with refusing(WRONG_APPROVERS):
        instance.answered(disclosure_id, by=by, second=second)
    assert bodies("vault:sealed:opened") == []
    assert list(instance.folder.glob("*.age")) == []


def test_nothing_is_opened_before_both_said_yes_nor_after_one_said_no(instance):
    instance.register_line()
    waiting, refused = instance.enter(), instance.approved(reference="b", file=b"b")
    services.refuse_disclosure(instance.who["supervisor"], refused, because=RefusalReason.DANGER, on=ON)

    for disclosure_id in (waiting, refused):
        with refusing(DISCLOSURE_NOT_PENDING):
            instance.answered(disclosure_id)
    assert bodies("vault:sealed:opened") == []


def test_one_no_is_enough_after_a_yes(instance):
    disclosure_id = instance.approved()

    services.refuse_disclosure(
        instance.who["officer-2"], disclosure_id, because=RefusalReason.NOT_GENUINE, on=ON
    )

    assert of(disclosure_id).state == "refused"
    with refusing(DISCLOSURE_NOT_PENDING):
        services.approve_disclosure(instance.who["officer"], disclosure_id, number=NUMBER, held_on=ON, on=ON)


# ---- about whom ----


@pytest.mark.parametrize("number", ["+8613908919999", "invented.example.org"])
def test_a_number_that_is_nobodys_has_nothing_held(instance, number):
    instance.register_line()
    disclosure_id = instance.approved(number=number)

    answer = instance.answered(disclosure_id, number=number)

    assert answer["held"] is False
    assert "fields" not in answer
    assert notices() == []


def test_a_day_before_the_tenure_has_the_same_answer_in_as_many_bytes(instance):
    instance.register_line()
    before = instance.approved(held_on=ON - 30 * DAY)
    there = instance.approved(reference="2", file=b"2")
    lengths = []
    for disclosure_id, day in ((before, ON - 30 * DAY), (there, ON)):
        into = instance.folder / f"{day}.age"
        instance.answered(disclosure_id, held_on=day, into=into)
        lengths.append(len(pyrage.decrypt(into.read_bytes(), [instance.key])))

    assert of(before).outcome == "nothing_held"
    assert of(there).outcome == "held"
    assert len(set(lengths)) == 1


def test_who_is_erased_is_not_held(instance):
    line = instance.register_line()
    disclosure_id = instance.approved()
    Tenure.objects.filter(line_id=line).update(erased_on=ON)

    assert instance.answered(disclosure_id)["held"] is False


def test_whose_key_is_destroyed_is_not_held_though_rows_are_left(instance):
    line = instance.register_line()
    disclosure_id = instance.approved()
    (row,) = rows("SELECT person_id, tenure_id FROM lines_tenure WHERE line_id = %s", [line])
    shred([(row.person_id, row.tenure_id)])

    assert instance.answered(disclosure_id)["held"] is False
    assert notices() == []


def handed_on(line, at):
    """Transfer the line to another subscriber at a time."""
    run("UPDATE lines_tenure SET held = tstzrange(lower(held), %s) WHERE line_id = %s", [at, line])
    make_tenure(line, at)


def test_a_line_with_two_subscribers_on_the_day_is_not_answered(instance):
    line = instance.register_line()
    handed_on(line, dt.datetime.combine(ON, dt.time.max, clock.zone()))
    disclosure_id = instance.approved()

    with refusing(SEVERAL_SUBSCRIBERS):
        instance.answered(disclosure_id)
    assert bodies("vault:sealed:opened") == []
    assert bodies("disclosures:request:opened") == []


def test_who_held_it_on_the_day_is_answered_and_not_who_holds_it_now(instance):
    line = instance.register_line()
    handed_on(line, dt.datetime.combine(ON + DAY, dt.time(18), clock.zone()))
    first, second = instance.approved(), instance.approved(held_on=ON + 3 * DAY, reference="b", file=b"b")

    assert instance.answered(first)["fields"] == {"name": instance.person["name"]}
    assert instance.answered(second, held_on=ON + 3 * DAY)["held"] is False


def test_a_person_without_a_line_is_notified_on_their_page_only(instance):
    line = instance.register_line()
    disclosure_id = instance.approved()
    person = person_of(line)
    handed_on(line, dt.datetime.combine(ON + DAY, dt.time(18), clock.zone()))

    instance.answered(disclosure_id)

    assert notices() == []
    assert (of(disclosure_id).is_notice_queued, of(disclosure_id).notified_on) == (False, ON)
    assert [look.purpose for look in accesses(person)] == ["legal_disclosure"]


def disclosed_of_a_line_given_away(instance, line):
    """Answer a request about a line whose subscriber of that day has it no more."""
    disclosure_id = instance.approved()
    handed_on(line, dt.datetime.combine(ON + DAY, dt.time(18), clock.zone()))
    instance.answered(disclosure_id)


def test_a_person_is_notified_on_a_line_under_another_document_that_was_joined(instance):
    line = instance.register_line()
    other = instance.register_line("+8613908915678", instance.person | {"document_number": "X7654321"})
    link_persons(person_of(line), person_of(other), on=ON, entry_id=EntryId(1))

    disclosed_of_a_line_given_away(instance, line)

    assert notices() == [other]


@pytest.mark.parametrize("is_suspended", [False, True])
def test_a_line_that_is_only_said_to_be_theirs_keeps_no_notice_from_a_person(instance, is_suspended):
    line, checked, said = (
        instance.register_line(number) for number in (NUMBER, "+8613908915678", "+8613908915679")
    )
    run(
        "UPDATE lines_tenure SET assurance = 'declared', held = tstzrange('2010-01-01', NULL) WHERE line_id = %s",
        [said],
    )
    if is_suspended:
        suspend_line(checked, reason=SuspensionReason.UNPAID, on=ON)

    disclosed_of_a_line_given_away(instance, line)

    assert set(notices()) == ({checked, said} if is_suspended else {checked})


def test_a_protected_record_is_opened_by_the_officer_on_a_warrant_and_by_nobody_else(instance, law):
    line = instance.register_line()
    Subscriber.objects.filter(person_id=person_of(line)).update(is_protected=True)
    disclosure_id = instance.approved()

    with refusing(PROTECTED_NEEDS_WARRANT):
        instance.answered(disclosure_id, by="supervisor", second="officer")
    assert instance.answered(disclosure_id)["held"] is True

    law(needs="written_order")
    order = instance.approved(instrument=Instrument.WRITTEN_ORDER, reference="b", file=b"b")
    with refusing(PROTECTED_NEEDS_WARRANT):
        instance.answered(order)


# ---- notification ----


def test_what_is_opened_is_shown_to_the_person_at_once_where_nothing_is_put_off(instance):
    line = instance.register_line()
    instance.answered(instance.approved())

    assert len(seen_by(line, ON)) == 1


def test_a_deferred_notification_is_in_the_ledger_at_once_and_shown_later(instance):
    line = instance.register_line()
    until = ON + 20 * DAY
    disclosure_id = instance.approved()
    assert deferral(instance, disclosure_id, until) == [False, True]

    instance.answered(disclosure_id)

    assert len(bodies("vault:sealed:opened")) == 1
    assert seen_by(line, ON) == seen_by(line, until) == []
    (look,) = seen_by(line, until + DAY)
    assert (look.day, look.withheld_until) == (ON, until)


@pytest.mark.parametrize(("days", "notified"), [(-1, 0), (0, 0), (1, 1)])
def test_telling_is_done_by_itself_the_day_after(instance, days, notified):
    line = instance.register_line()
    until = ON + 20 * DAY
    disclosure_id = instance.approved()
    deferral(instance, disclosure_id, until)
    instance.answered(disclosure_id)

    done = run_due_disclosures(worker_authority(), on=until + days * DAY)

    assert done.notified == notified == len(notices())
    assert ([line] if notified else []) == notices()
    assert run_due_disclosures(worker_authority(), on=until + days * DAY).notified == 0


def test_notices_are_sent_to_whom_it_is_time_to_tell_without_anybody_asking(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    deferral(instance, disclosure_id, ON + DAY)
    instance.answered(disclosure_id)

    send_due(worker_authority(), on=ON + 2 * DAY, by_channel={})

    assert of(disclosure_id).notified_on == ON + 2 * DAY


def test_one_person_alone_puts_nothing_off(instance):
    line = instance.register_line()
    disclosure_id = instance.approved()
    assert deferral(instance, disclosure_id, ON + DAY, by=("officer",)) == [False]
    with refusing(ALREADY_APPROVED):
        deferral(instance, disclosure_id, ON + DAY, by=("officer",))

    instance.answered(disclosure_id)

    assert len(seen_by(line, ON)) == 1
    assert len(notices()) == 1


def test_a_deferral_is_renewed_once_by_two_people_and_never_again(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    deferral(instance, disclosure_id, ON + 20 * DAY)
    instance.answered(disclosure_id)

    assert deferral(instance, disclosure_id, ON + 40 * DAY, on=ON + 19 * DAY) == [False, True]
    with refusing(DEFERRAL_REFUSED):
        deferral(instance, disclosure_id, ON + 50 * DAY, on=ON + 39 * DAY)
    assert run_due_disclosures(worker_authority(), on=ON + 40 * DAY).notified == 0
    assert run_due_disclosures(worker_authority(), on=ON + 41 * DAY).notified == 1


def test_an_opening_without_a_deferral_cannot_be_hidden_afterwards(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    instance.answered(disclosure_id)

    with refusing(DEFERRAL_REFUSED):
        deferral(instance, disclosure_id, ON + DAY)


def test_telling_that_is_late_is_found_by_the_doctor(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    deferral(instance, disclosure_id, ON + DAY)
    instance.answered(disclosure_id)

    assert [queries.count_overdue_notifications(ON + n * DAY) for n in (1, 2, 3)] == [0, 0, 1]


# ---- keeping, counting, breaking ----


def test_what_is_kept_goes_when_its_time_is_over_and_a_count_is_left(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    instance.answered(disclosure_id)
    services.record_delivery(instance.who["officer"], disclosure_id, on=ON)

    assert run_due_disclosures(worker_authority(), on=ON + 30 * DAY).erased == 0
    assert run_due_disclosures(worker_authority(), on=ON + 31 * DAY).erased == 1
    left = of(disclosure_id)
    gone = (
        left.number_mark,
        left.instrument_mark,
        left.file_mark,
        left.file_id,
        left.person_id,
        left.line_id,
        left.held_on,
    )
    assert set(gone) == {None}
    assert rows("SELECT FROM vault_file") == []
    assert rows("SELECT FROM person_key WHERE person_id = %s", [disclosure_id], using="keys") == []


@pytest.mark.parametrize(
    ("length", "last"), [("1, unit: month", dt.date(2012, 4, 2)), ("1, unit: year", dt.date(2013, 3, 2))]
)
def test_what_is_kept_for_months_goes_by_the_calendar(instance, law, length, last):
    use_pack(lawful_pack().replace("keep: {n: 30, unit: day}", f"keep: {{n: {length}}}"))
    instance.register_line()
    disclosure_id = instance.approved()
    instance.answered(disclosure_id)
    services.record_delivery(instance.who["officer"], disclosure_id, on=ON)
    law()  # a later law says otherwise

    assert run_due_disclosures(worker_authority(), on=last).erased == 0
    assert run_due_disclosures(worker_authority(), on=last + DAY).erased == 1


def test_a_disclosure_request_that_nobody_answered_runs_out_by_itself(instance):
    disclosure_id = instance.enter(expires_on=ON + DAY)

    assert run_due_disclosures(worker_authority(), on=ON + DAY).expired == 0
    assert run_due_disclosures(worker_authority(), on=ON + 2 * DAY).expired == 1
    assert of(disclosure_id).state == "expired"


def test_who_was_not_notified_yet_is_not_forgotten_before_they_are(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    deferral(instance, disclosure_id, ON + 20 * DAY)
    deferral(instance, disclosure_id, ON + 40 * DAY)
    instance.answered(disclosure_id)
    services.record_delivery(instance.who["officer"], disclosure_id, on=ON)

    done = run_due_disclosures(worker_authority(), on=ON + 35 * DAY)

    assert (done.notified, done.erased) == (0, 0)


def test_the_years_figures_count_the_refused_and_hide_what_is_small(instance):
    instance.register_line()
    instance.answered(instance.approved())
    for n in range(12):
        services.refuse_disclosure(
            instance.who["officer"],
            instance.enter(reference=f"r{n}", file=b"%d" % n),
            because=RefusalReason.NOT_NEEDED,
            on=ON,
        )
    with refusing(YEAR_NOT_OVER):
        year_table(instance.who["officer"], 2012)
    clock.set_demo_date(dt.date(2013, 1, 1))

    head, court, every = year_table(instance.who["officer"], 2012).splitlines()

    assert head.startswith("year,kind_of_authority,refused_by_law,refused_by_people")
    assert court.split(",")[6] == "1-9 or hidden with them"
    assert court.count("hidden") >= 2
    assert every.count("hidden") >= 2


def test_a_year_without_a_disclosure_request_says_none(instance):
    clock.set_demo_date(dt.date(2013, 1, 1))

    assert year_table(instance.who["officer"], 2012).splitlines()[1:] == ["2012,all,0,0,0,0,0,0,0"]


def test_a_kind_of_authority_is_no_formula_in_the_figures(instance):
    services.refuse_disclosure(
        instance.who["officer"], instance.enter(), because=RefusalReason.NOT_NEEDED, on=ON
    )
    run("UPDATE disclosures_request SET kind = %s", ["=HYPERLINK(1)"])
    clock.set_demo_date(dt.date(2013, 1, 1))

    assert year_table(instance.who["officer"], 2012).splitlines()[1].startswith("2012,'=HYPERLINK(1),")


def test_an_answer_that_breaks_off_has_entries_and_no_file_and_is_done_again(instance, monkeypatch):
    line = instance.register_line()
    disclosure_id = instance.approved()

    def broken(*_args, **_more):
        raise OSError("no space left")

    with monkeypatch.context() as patched:
        patched.setattr("rollkeeper.disclosures.answers.pyrage.encrypt", broken)
        with pytest.raises(OSError, match="no space"):
            instance.answered(disclosure_id)
    notified = run_due_disclosures(worker_authority(), on=ON).notified

    assert list(instance.folder.glob("*.age")) == []
    assert notified == 1
    assert len(seen_by(line, ON)) == 1
    assert instance.answered(disclosure_id)["held"] is True


def test_an_answer_is_never_written_over_a_file_or_through_a_link(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    there, link = instance.folder / "there.age", instance.folder / "link.age"
    there.write_text("mine")
    link.symlink_to(instance.folder / "elsewhere")

    for into in (there, link):
        with refusing(ANSWER_FILE_EXISTS):
            instance.answered(disclosure_id, into=into)

    assert there.read_text() == "mine"
    assert of(disclosure_id).state == DisclosureState.APPROVED.value


def test_after_the_handing_over_nothing_more_is_opened(instance):
    instance.register_line()
    disclosure_id = instance.approved()
    instance.answered(disclosure_id)
    services.record_delivery(instance.who["officer"], disclosure_id, on=ON)

    with refusing(DISCLOSURE_NOT_PENDING):
        instance.answered(disclosure_id, into=instance.folder / "second.age")


def test_the_vault_opens_nothing_on_a_disclosure_request_that_stands_nowhere(instance):
    line = instance.register_line()
    (row,) = rows("SELECT person_id, tenure_id FROM lines_tenure WHERE line_id = %s", [line])

    with refusing(NEEDS_DISCLOSURE_REQUEST):
        open_sealed(
            instance.who["officer"], person_id=row.person_id, tenure_id=row.tenure_id, field=Field.NAME,
            purpose=Purpose.LEGAL_DISCLOSURE, on=ON, second=instance.who["supervisor"],
        )  # fmt: skip
    assert bodies("vault:sealed:opened") == []


def test_who_may_not_is_refused_before_anything_is_looked_at(instance):
    nobody = instance.who["clerk"]
    disclosure_id = instance.enter()

    tries = [
        lambda: services.approve_disclosure(nobody, disclosure_id, number=NUMBER, held_on=ON, on=ON),
        lambda: services.refuse_disclosure(nobody, disclosure_id, because=RefusalReason.DANGER, on=ON),
        lambda: deferral(instance, disclosure_id, ON + DAY, by=("clerk",)),
        lambda: read_instrument(nobody, disclosure_id, on=ON),
        lambda: services.record_delivery(nobody, disclosure_id, on=ON),
        lambda: queries.disclosures(nobody),
        lambda: services.enter_disclosure(worker_authority(), instance.court, instrument=Instrument.WARRANT, reference="", file=b"",
                                  fields=[], number="", held_on=ON, received_on=ON, expires_on=ON, on=ON),
    ]  # fmt: skip
    codes = set()
    for attempt in tries:
        with pytest.raises(RollkeeperError) as refused:
            attempt()
        codes.add(refused.value.code)

    assert codes == {"not_allowed"}
