"""Sending what is owed, and counting only what provably arrived."""

import datetime as dt
import threading
import uuid
from importlib.resources import files

import pytest
from django.db import connections

from rollkeeper.access.authority import Authority, console_authority, sweep_authority
from rollkeeper.access.errors import NotAllowed
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.settings import settings, write_settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger import receipts
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices import queries
from rollkeeper.notices.acts import record_outcomes, send_due
from rollkeeper.notices.errors import NoNotice
from rollkeeper.notices.gateways.base import Answer, GatewayBroken
from rollkeeper.notices.kinds import NONE_NAMED, Channel, NoticeKind, Outcome
from rollkeeper.notices.receipts import Receipt
from rollkeeper.notices.sending import Sender
from tests.entries import entries
from tests.notices.fakes import Way
from tests.notices.people import ON, PROMISED, attempts, make_due, make_line, notice, report, tell

NOTICES = "notices:%"
AT = dt.datetime(2011, 12, 20, 4, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _the_day(committed):
    clock.give_day(ON)


@pytest.fixture
def ways():
    return {channel: Way() for channel in (Channel.SMS, Channel.VOICE, Channel.EMAIL)}


def send(ways, **more):
    return send_due(console_authority(), on=ON, ways=ways, **more)


def test_a_notice_goes_to_its_number_in_its_language_under_the_attempt_s_reference(ways):
    owed = tell(make_line(), language="zh-hans")

    sent = send(ways)

    (message,), (attempt,) = ways[Channel.SMS].heard, attempts(owed)
    assert sent.handed == 1
    assert ways[Channel.SMS].addresses == ["+8613900001234"]
    assert "2012年3月1日" in message.text
    assert notice(owed).code in message.text
    assert (message.reference, attempt.gateway_reference) == (attempt.attempt_id, f"way-{attempt.attempt_id}")


@pytest.mark.parametrize(
    ("chosen", "spoken"), [([], ("en", "zh-hans", "bo")), (["bo", "zh-hans"], ("bo", "zh-hans"))]
)
def test_whoever_named_no_language_is_told_in_each_in_one_message(ways, chosen, spoken):
    write_settings(notice_languages=chosen)
    owed = tell(make_line(), language=NONE_NAMED)

    try:
        send(ways)
    finally:
        write_settings(notice_languages=[])

    (message,) = ways[Channel.SMS].heard
    assert message.languages == spoken
    assert message.text.split("\n") == [one.text for one in message.said]
    assert message.text.count(notice(owed).code) == len(spoken)


def test_a_mail_says_it_whole_in_each_language_and_a_letter_in_brief_on_its_one_page(ways):
    postal = {"number": None, "contact": "\nMs Invented\nLhasa", "contact_kind": "postal"}
    ways[Channel.POST] = Way()
    mailed, posted, alone = (
        tell(make_line(**way), language=language)
        for way, language in (({"number": None}, NONE_NAMED), (postal, NONE_NAMED), (postal, "en"))
    )

    send(ways)

    heard = {one.reference: one for way in ways.values() for one in way.heard}
    mail, in_each, in_one = (heard[attempts(owed)[0].attempt_id] for owed in (mailed, posted, alone))
    assert [len(one.languages) for one in (mail, in_each, in_one)] == [3, 3, 1]
    assert all("\n\n" in one.text for one in (*mail.said, *in_one.said))
    assert not any("\n\n" in one.text.partition(notice(posted).code)[0] for one in in_each.said)


def test_a_notice_to_register_names_the_days_of_suspension_of_the_pack_in_force(ways):
    tell(make_line())

    send(ways)

    (message,) = ways[Channel.SMS].heard
    assert f" {load_pack(settings().pack).campaign.suspension_days} days" in message.text


def test_nobody_is_told_to_register_where_the_pack_in_force_has_nobody_register(ways):
    waits, told = tell(make_line()), tell(make_line(), kind="restored")
    write_settings(pack="none")

    try:
        sent = send(ways)
    finally:
        write_settings(pack="cn-xz-2011")

    assert (sent.later, notice(waits).state, notice(told).state) == (1, "owed", "sent")


def test_what_was_sent_is_not_delivered(ways):
    owed = tell(make_line())

    send(ways)

    assert (notice(owed).state, notice(owed).delivered_on) == ("sent", None)
    assert attempts(owed)[0].outcome == "handed"


def test_every_address_is_opened_with_an_entry_and_only_when_it_is_used(ways):
    line = make_line()
    tell(line)
    tell(make_line(is_registered=True))

    send(ways)

    (entry,) = entries("vault:%")
    assert (entry.verb, entry.line_id, entry.facts) == (
        "vault:sealed:opened",
        line,
        {"field": "number", "purpose": "notice"},
    )


def test_no_address_is_in_any_row_that_sending_writes(ways):
    tell(make_line())

    send(ways)

    for table in ("notices_notice", "notices_attempt", "ledger_entry"):
        text = " ".join(str(row) for row in database.rows(f"SELECT * FROM {table}"))  # noqa: S608
        assert "13900001234" not in text
        assert "tashi" not in text


def test_a_second_run_sends_nothing_again(ways):
    tell(make_line())
    send(ways)

    assert send(ways).total == 0
    assert len(ways[Channel.SMS].heard) == 1


def test_proof_of_delivery_makes_the_notice_delivered_on_that_day(ways):
    owed = tell(make_line())
    send(ways)
    clock.give_day(ON + dt.timedelta(days=1))

    taken = report(attempts(owed)[0].attempt_id)

    assert taken.delivered == 1
    assert (notice(owed).state, notice(owed).delivered_on) == ("delivered", ON + dt.timedelta(days=1))
    (entry,) = entries(NOTICES)
    assert entry.verb == "notices:notice:delivered"
    assert entry.facts["delivered_on"] == "2011-12-21"


def test_a_report_finds_its_attempt_by_the_gateway_s_own_reference_too(ways):
    owed = tell(make_line())
    send(ways)

    report(attempts(owed)[0].gateway_reference)

    assert notice(owed).state == "delivered"


@pytest.mark.parametrize(("hour", "day"), [(15, 20), (16, 21)])
def test_the_day_of_delivery_is_the_day_in_the_home_s_zone(ways, hour, day):
    owed = tell(make_line())
    send(ways)
    database.run("UPDATE notices_attempt SET sent_at = %s", [AT])
    clock.give_day(ON + dt.timedelta(days=2))

    report(attempts(owed)[0].attempt_id, at=dt.datetime(2011, 12, 20, hour, 59, tzinfo=dt.UTC))

    assert notice(owed).delivered_on == dt.date(2011, 12, day)


def test_a_gateway_s_slow_clock_shortens_nobody_s_time(ways):
    owed = tell(make_line())
    send(ways)

    report(attempts(owed)[0].attempt_id, at=AT - dt.timedelta(days=40))

    assert notice(owed).delivered_on == ON


def test_a_bounced_notice_never_counts_and_the_next_way_is_tried(ways):
    owed = tell(make_line())
    send(ways)

    report(attempts(owed)[0].attempt_id, Outcome.BOUNCED)
    send(ways)

    assert [one.channel for one in attempts(owed)] == ["sms", "voice"]
    assert (notice(owed).state, notice(owed).delivered_on) == ("sent", None)
    assert [entry.verb for entry in entries(NOTICES)] == ["notices:notice:bounced"]


def test_when_every_way_bounced_the_holder_is_on_the_list_of_the_unreached(ways):
    line = make_line()
    owed = tell(line)
    for _ in range(3):
        send(ways)
        report(attempts(owed)[-1].attempt_id, Outcome.BOUNCED)

    sent = send(ways)

    assert sent.unreachable == 1
    assert (notice(owed).state, notice(owed).delivered_on) == ("bounced", None)
    assert queries.count_unreached() == 1


def test_a_late_proof_counts_even_when_every_way_was_given_up(ways):
    owed = tell(make_line(contact=None))
    send(ways)
    for _ in range(2):
        report(attempts(owed)[-1].attempt_id, Outcome.BOUNCED)
        send(ways)

    report(attempts(owed)[0].attempt_id)

    assert notice(owed).state == "delivered"
    assert queries.count_unreached() == 0


def test_a_report_taken_in_twice_changes_nothing(ways):
    owed = tell(make_line())
    send(ways)
    report(attempts(owed)[0].attempt_id)

    clock.give_day(ON + dt.timedelta(days=5))
    taken = report(attempts(owed)[0].attempt_id)

    assert (taken.delivered, taken.repeated) == (0, 1)
    assert notice(owed).delivered_on == ON
    assert len(entries(NOTICES)) == 1


def test_a_bounce_after_the_proof_is_not_believed(ways):
    owed = tell(make_line())
    send(ways)
    report(attempts(owed)[0].attempt_id)

    report(attempts(owed)[0].attempt_id, Outcome.BOUNCED)

    assert notice(owed).state == "delivered"


@pytest.mark.parametrize(
    "outcomes", [(Outcome.BOUNCED, Outcome.DELIVERED), (Outcome.DELIVERED, Outcome.BOUNCED)]
)
def test_two_reports_of_one_message_in_one_file_are_read_as_proof(ways, outcomes):
    owed = tell(make_line())
    send(ways)
    reference = str(attempts(owed)[0].attempt_id)

    record_outcomes(sweep_authority(), receipts=[Receipt(reference, one, AT) for one in outcomes], on=ON)

    assert notice(owed).state == "delivered"


def test_a_report_about_nobody_s_message_is_counted_and_changes_nothing(ways):
    assert report(uuid.uuid4()).unknown == 1
    assert report("x'; DROP TABLE notices_notice; --").unknown == 1


def test_a_delivery_to_the_very_line_that_was_barred_does_not_count(ways):
    line = make_line()
    owed = tell(line)
    database.run(
        "INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at)"
        " VALUES (%s, uuidv7(), 'order', %s, %s)",
        [line, ON, clock.now() - dt.timedelta(days=2)],
    )  # the bar is on record and the line's row not yet changed: a race at the moment of sending
    send(ways)

    taken = report(attempts(owed)[0].attempt_id)

    assert (taken.delivered, taken.uncounted) == (0, 1)
    assert (notice(owed).state, notice(owed).delivered_on) == ("owed", None)
    assert [entry.verb for entry in entries(NOTICES)] == ["notices:notice:bounced"]


def test_a_barred_line_is_told_by_another_way(ways):
    owed = tell(make_line(state="suspended"), NoticeKind.SUSPENDED)

    send(ways)

    assert [one.channel for one in attempts(owed)] == ["email"]
    assert ways[Channel.EMAIL].addresses == ["tashi@mail.example"]


def test_who_has_no_way_but_the_barred_line_is_unreachable(ways):
    owed = tell(make_line(state="suspended", contact=None), NoticeKind.SUSPENDED)

    assert send(ways).unreachable == 1
    assert (notice(owed).state, attempts(owed)) == ("unreachable", [])


def test_who_registered_meanwhile_is_not_told_to_register(ways):
    owed = tell(make_line(is_registered=True))

    assert send(ways).withdrawn == 1
    assert notice(owed).state == "withdrawn"
    assert not ways[Channel.SMS].heard


def test_what_a_gateway_refuses_goes_the_next_way_in_the_same_run(ways):
    ways[Channel.SMS].answer = lambda _: Answer.REFUSED
    owed = tell(make_line())

    sent = send(ways)

    assert (sent.bounced, sent.handed) == (1, 1)
    assert [(one.channel, one.outcome) for one in attempts(owed)] == [("sms", "bounced"), ("voice", "handed")]
    assert [entry.facts["channel"] for entry in entries(NOTICES)] == ["sms"]


def test_a_gateway_out_of_reach_is_tried_later_and_then_given_up_for_the_next(ways):
    ways[Channel.SMS].answer = lambda _: Answer.LATER
    owed = tell(make_line())

    for _ in range(settings().notice_tries):
        send(ways)
        waits_until = notice(owed).next_try_at
        assert waits_until > clock.now()
        make_due()
    send(ways)

    assert [one.channel for one in attempts(owed)] == ["sms"] * settings().notice_tries + ["voice"]


def test_a_gateway_that_was_away_is_asked_again_where_no_other_way_is_there(ways):
    ways[Channel.SMS].answer = lambda _: Answer.LATER
    owed, only = tell(make_line(contact=None)), {Channel.SMS: ways[Channel.SMS]}
    for _ in range(settings().notice_tries):
        send(only)
        make_due()
    given_up = send(only)
    waits_until = notice(owed).next_try_at

    clock.give_day(ON + dt.timedelta(days=1))
    ways[Channel.SMS].answer = lambda _: Answer.TAKEN
    send(only)

    assert (given_up.later, given_up.unreachable, given_up.no_gateway) == (1, 0, 0)
    assert (
        dt.timedelta(minutes=50) < waits_until - clock.now() + dt.timedelta(days=1) <= dt.timedelta(hours=1)
    )
    assert notice(owed).state == "sent"


def tried_daily(owed, ways):
    """Send on as many days as a way has tries and one more; each try but the last is followed by one a day later."""
    waits = []
    for days in range(settings().notice_tries + 1):
        clock.give_day(ON + dt.timedelta(days=days))
        make_due()
        send(ways)
        waits.append(notice(owed).next_try_at - clock.now())
    assert dt.timedelta(hours=23) < min(waits[:-1]) <= max(waits[:-1]) <= dt.timedelta(days=1)


def test_a_message_that_is_not_taken_for_itself_is_tried_for_days_and_then_its_holder_is_unreached(ways):
    ways[Channel.EMAIL].answer = lambda _: Answer.FAILED
    owed, only = tell(make_line(number=None, service="domain")), {Channel.EMAIL: ways[Channel.EMAIL]}
    other = tell(make_line(number=None, service="domain"))

    tried_daily(owed, only)

    assert (notice(owed).state, len(attempts(owed))) == ("bounced", settings().notice_tries)
    assert len(attempts(other)) == settings().notice_tries  # nothing is said of other messages


def test_a_message_that_is_declined_for_good_is_tried_for_days_and_then_its_holder_is_unreached(ways):
    mail = ways[Channel.EMAIL]
    mail.answer, mail.reference = lambda _: Answer.DECLINED, lambda _: None
    owed, only = tell(make_line(number=None, service="domain")), {Channel.EMAIL: mail}

    tried_daily(owed, only)

    assert (notice(owed).state, queries.count_unreached()) == ("bounced", 1)
    assert {one.outcome for one in attempts(owed)} == {"declined"}


def test_what_fails_before_it_leaves_the_house_uses_up_no_way_that_is_the_only_one(ways):
    mail = ways[Channel.EMAIL]
    mail.answer, mail.reference = lambda _: Answer.FAILED, lambda _: None
    owed, only = tell(make_line(number=None, service="domain")), {Channel.EMAIL: mail}
    for days in range(settings().notice_tries + 2):
        clock.give_day(ON + dt.timedelta(days=days))
        make_due()
        send(only)
        wait = notice(owed).next_try_at - clock.now()
        assert dt.timedelta(hours=23) < wait <= dt.timedelta(days=1)
    mail.answer = lambda _: Answer.TAKEN
    make_due()
    clock.give_day(ON + dt.timedelta(days=days + 1))
    send(only)

    assert notice(owed).state == "sent"
    assert [one.gateway_reference for one in attempts(owed)][:-1] == [None] * (settings().notice_tries + 2)


def test_while_a_gateway_is_away_no_further_address_is_opened_for_it_and_nobody_s_tries_are_spent(
    ways, monkeypatch
):
    monkeypatch.setattr("rollkeeper.notices.acts.CHUNK", 2)
    ways[Channel.SMS].answer = lambda _: Answer.LATER
    owed = [tell(make_line(f"+861390000123{n}")) for n in range(5)]

    sent = send(ways)

    assert (sent.later, len(ways[Channel.SMS].heard), len(entries("vault:%"))) == (5, 2, 2)
    assert sorted(len(attempts(one)) for one in owed) == [0, 0, 0, 1, 1]
    assert all(notice(one).next_try_at > clock.now() for one in owed)


def test_what_a_gateway_that_is_away_would_not_hear_waits_under_its_reference_and_spends_no_try(ways):
    mail = ways[Channel.EMAIL]
    mail.at_once, mail.answer = 2, lambda _: Answer.LATER
    owed = [tell(make_line(number=None, service="domain")) for _ in range(5)]

    sent = send(ways)
    outcomes = sorted(one.outcome for each in owed for one in attempts(each))
    intended = {one.attempt_id for each in owed for one in attempts(each) if one.outcome == "waiting"}
    mail.answer = lambda _: Answer.TAKEN
    make_due()
    send(ways)

    assert (sent.later, mail.parts[0], outcomes) == (5, 2, ["failed"] * 2 + ["waiting"] * 3)
    assert {notice(one).state for one in owed} == {"sent"}
    assert intended <= {message.reference for message in mail.heard}
    assert not any(message.is_repeat for message in mail.heard)  # nothing of them had left the house


def test_what_was_put_off_for_days_is_sent_when_it_goes_out_and_waits_for_its_proof(ways):
    mail = ways[Channel.EMAIL]
    mail.at_once, mail.answer = 1, lambda _: Answer.LATER
    owed = [tell(make_line(number=None, service="domain")) for _ in range(2)]
    send(ways)
    mail.answer = lambda _: Answer.TAKEN
    clock.give_day(ON + dt.timedelta(days=settings().notice_wait_days + 1))
    make_due()
    send(ways)

    again = send(ways)

    assert again.given_up == 0
    assert {notice(one).state for one in owed} == {"sent"}


def test_a_gateway_with_a_fault_of_this_house_spends_no_try_and_holds_up_no_other_way(ways):
    def break_down(_):
        raise GatewayBroken

    ways[Channel.SMS].answer = break_down
    by_sms, by_mail = tell(make_line()), tell(make_line(number=None, service="domain"))
    for _ in range(settings().notice_tries + 1):
        sent = send(ways)
        make_due()
    broken = sent.broken, [one.outcome for one in attempts(by_sms)], notice(by_mail).state
    ways[Channel.SMS].answer = lambda _: Answer.TAKEN
    send(ways)

    assert broken == (1, ["waiting"], "sent")
    assert [(one.channel, one.outcome) for one in attempts(by_sms)] == [("sms", "handed")]
    assert ways[Channel.SMS].heard[-1].is_repeat  # some of it may have gone


def test_a_proof_that_comes_while_a_notice_is_put_off_stands(ways):
    mail = ways[Channel.EMAIL]
    mail.at_once = 1
    owed = [tell(make_line(number=None, service="domain")) for _ in range(2)]
    mail.answer = lambda _: Answer.FAILED
    send(ways)
    earlier = {attempts(one)[0].attempt_id for one in owed}

    def prove_and_be_away(_):
        for one in earlier:
            report(one)
        return Answer.LATER

    mail.answer = prove_and_be_away
    clock.give_day(ON + dt.timedelta(days=2))
    make_due()
    send(ways)

    assert [(notice(one).state, notice(one).claimed_by) for one in owed] == [("delivered", None)] * 2


def test_reports_wait_for_the_first_notice_before_they_touch_the_next(ways):
    owed = [tell(make_line(f"+861390000123{n}")) for n in range(2)]
    send(ways)
    first, last = sorted(owed, key=lambda one: notice(one).line_id)
    receipts = [
        Receipt(str(attempts(one)[0].attempt_id), Outcome.BOUNCED, clock.now()) for one in (last, first)
    ]

    def hear():
        record_outcomes(sweep_authority(), receipts=receipts, on=ON)
        connections.close_all()

    reader = threading.Thread(target=hear)
    with database.act():
        database.rows("SELECT FROM notices_notice WHERE notice_id = %s FOR UPDATE", [first])
        reader.start()
        while not database.rows("SELECT FROM pg_locks WHERE NOT granted"):
            pass
        free = [
            database.rows(
                "SELECT FROM notices_attempt WHERE notice_id = ANY(%s) FOR UPDATE SKIP LOCKED", [owed]
            ),
            database.rows(
                "SELECT FROM notices_notice WHERE notice_id = ANY(%s) FOR UPDATE SKIP LOCKED", [owed]
            ),
        ]
    reader.join()

    assert [len(one) for one in free] == [2, 2]
    assert {notice(one).state for one in owed} == {"owed"}


@pytest.mark.parametrize(
    ("said", "state", "then", "bounces"),
    [
        (Outcome.BOUNCED, "sent", "voice", 1),
        (Outcome.FAILED, "owed", "sms", 1),
        (Outcome.DELIVERED, "delivered", None, 0),
    ],
)
def test_a_report_that_is_quicker_than_the_writing_down_of_the_handing_is_not_lost(
    ways, said, state, then, bounces
):
    owed = tell(make_line())

    def answer_late(message):
        ways[Channel.SMS].answer = lambda _: Answer.TAKEN
        report(message.reference, said)
        return Answer.TAKEN

    ways[Channel.SMS].answer = answer_late
    send(ways)
    at_once = notice(owed)
    clock.give_day(ON + dt.timedelta(days=2))
    send(ways)

    assert [entry.verb for entry in entries(NOTICES)].count("notices:notice:bounced") == bounces
    assert [one.channel for one in attempts(owed)] == ["sms", then][: 1 + bool(then)]
    assert at_once.state == state


def test_a_report_that_waits_for_the_writing_down_of_the_handing_is_not_lost(ways, monkeypatch):
    owed, record, taken = tell(make_line()), Sender._record, []

    def hear():
        taken.append(report(attempts(owed)[0].attempt_id, Outcome.BOUNCED))
        connections.close_all()

    def record_slowly(*words):
        reader = threading.Thread(target=hear)
        with database.act():
            record(*words)
            reader.start()
            while not database.rows("SELECT FROM pg_locks WHERE NOT granted"):
                pass
        reader.join()

    monkeypatch.setattr(Sender, "_record", record_slowly)
    send(ways, limit=1)

    assert [one.bounced for one in taken] == [1]
    assert ([one.outcome for one in attempts(owed)], notice(owed).state) == (["bounced"], "owed")
    assert notice(owed).next_try_at < clock.now()


def test_the_way_that_brought_the_proof_is_the_one_that_is_counted(ways):
    owed = tell(make_line())
    send(ways)
    clock.give_day(ON + dt.timedelta(days=settings().notice_wait_days + 1))
    send(ways)
    first, second = attempts(owed)

    report(first.attempt_id)

    assert (second.channel, notice(owed).channel) == ("voice", "sms")


def test_what_was_sent_long_ago_is_given_up_however_much_there_is(ways, monkeypatch):
    monkeypatch.setattr("rollkeeper.notices.acts._GIVEN_UP_AT_ONCE", 2)
    owed = [tell(make_line(f"+861390000123{n}")) for n in range(5)]
    send(ways)
    clock.give_day(ON + dt.timedelta(days=settings().notice_wait_days + 1))

    assert send(ways).given_up == 5
    assert {tuple(a.outcome for a in attempts(one)) for one in owed} == {("unproven", "handed")}


def test_a_reminder_of_a_day_that_has_passed_is_not_sent(ways):
    owed = tell(make_line(), NoticeKind.REMINDER)
    clock.give_day(PROMISED + dt.timedelta(days=1))

    send(ways)

    assert notice(owed).state == "withdrawn"


def test_without_proof_in_time_the_next_way_is_tried_and_a_late_proof_still_counts(ways):
    owed = tell(make_line())
    send(ways)
    clock.give_day(ON + dt.timedelta(days=settings().notice_wait_days + 1))

    assert send(ways).given_up == 1
    first, second = attempts(owed)
    assert (first.outcome, second.channel) == ("unproven", "voice")
    report(first.attempt_id)
    assert notice(owed).state == "delivered"


def test_what_still_may_bring_proof_is_not_given_up(ways):
    tell(make_line())
    send(ways)
    clock.give_day(ON + dt.timedelta(days=settings().notice_wait_days - 1))

    assert send(ways).given_up == 0


def test_an_address_that_no_longer_opens_is_no_way(ways):
    line = make_line(contact=None)
    database.run("UPDATE lines_line SET number_sealed = '\\x00' WHERE line_id = %s", [line])
    owed = tell(line)

    sent = send(ways)

    assert (sent.bounced, sent.unreachable) == (2, 1)
    assert notice(owed).state == "bounced"
    assert not ways[Channel.SMS].heard


def test_one_address_that_does_not_open_keeps_no_other_from_being_told(ways):
    broken = make_line(contact=None)
    database.run("UPDATE lines_line SET number_sealed = '\\x00' WHERE line_id = %s", [broken])
    tell(broken)
    owed = tell(make_line())

    send(ways)

    assert notice(owed).state == "sent"


@pytest.fixture
def night():
    now = clock.now().astimezone(clock.zone())
    write_settings(
        quiet_from=(now - dt.timedelta(hours=2)).time(), quiet_until=(now + dt.timedelta(hours=2)).time()
    )
    yield
    write_settings(quiet_from=dt.time(), quiet_until=dt.time())


def test_nothing_that_rings_goes_out_in_quiet_hours_and_nothing_is_lost(ways, night):
    ways[Channel.SMS].rings = ways[Channel.VOICE].rings = True
    owed, mailed = tell(make_line()), tell(make_line(service="domain", number=None))

    sent = send(ways)

    assert (sent.quiet, sent.handed) == (1, 1)
    assert (notice(owed).state, notice(owed).claimed_by, attempts(owed)) == ("owed", None, [])
    assert notice(owed).next_try_at > clock.now()
    assert notice(mailed).state == "sent"


def test_what_was_decided_by_day_does_not_ring_when_the_night_has_come_meanwhile(ways, monkeypatch):
    sms, hour, now = ways[Channel.SMS], dt.timedelta(hours=1), clock.now
    sms.rings, sms.at_once = True, 2
    owed, at = [tell(make_line()) for _ in range(4)], now().astimezone(clock.zone())

    def take_hours(_):
        monkeypatch.setattr(clock, "now", lambda: now() + 2 * hour)
        return Answer.TAKEN

    sms.answer = take_hours
    write_settings(quiet_from=(at + hour).time(), quiet_until=(at + 4 * hour).time())
    try:
        sent = send(ways)
    finally:
        write_settings(quiet_from=dt.time(), quiet_until=dt.time())

    assert (sent.handed, sent.quiet, len(sms.heard)) == (2, 2, 2)
    assert {notice(one).claimed_by for one in owed} == {None}


def test_a_home_without_a_gateway_to_telephones_keeps_what_it_owes(ways):
    owed = tell(make_line(contact=None))

    sent = send({Channel.EMAIL: ways[Channel.EMAIL]})

    assert (sent.no_gateway, sent.unreachable) == (1, 0)
    assert (notice(owed).state, notice(owed).claimed_by) == ("owed", None)


def test_a_limit_limits(ways):
    for _ in range(5):
        tell(make_line())

    assert send(ways, limit=2).total == 2
    assert queries.count_due() == 3


def test_two_runs_at_once_tell_everybody_once(ways):
    owed = [tell(make_line(contact=None)) for _ in range(60)]
    both = threading.Barrier(2)

    def run():
        clock.give_day(ON)
        both.wait()
        while queries.count_due():
            send_due(console_authority(), on=ON, ways=ways, limit=7)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(ways[Channel.SMS].heard) == len(owed)
    assert {notice(one).state for one in owed} == {"sent"}


def test_no_clerk_sends_notices(ways):
    with pytest.raises(NotAllowed):
        send_due(Authority(frozenset({StaffRole.CLERK}), None, "x"), on=ON, ways=ways)


def test_the_day_that_was_promised_is_the_day_that_is_said_whatever_the_pack_says_later(ways):
    owed = tell(make_line())
    database.run("UPDATE notices_notice SET pack_hash = 'another'")

    send(ways)

    assert notice(owed).promised_on == PROMISED
    assert "1 March 2012" in heard(ways)[0].text


def test_the_desk_can_tell_a_genuine_message_from_a_false_one(ways):
    line, other = make_line(), make_line()
    owed = tell(line)
    code = notice(owed).code
    with pytest.raises(NoNotice):
        queries.find_genuine(line, code=code)  # not sent yet: nobody can have it
    send(ways)

    assert queries.find_genuine(line, code=f"{code[:4]} {code[4:]}").promised_on == PROMISED
    for wrong_line, wrong_code in [(other, code), (line, "00000000" if code != "00000000" else "1")]:
        with pytest.raises(NoNotice):
            queries.find_genuine(wrong_line, code=wrong_code)


def test_the_standing_counts_by_state_way_and_outcome(ways):
    delivered = tell(make_line())
    tell(make_line())
    send(ways)
    report(attempts(delivered)[0].attempt_id)

    assert {(one.state, one.count) for one in queries.standings()} == {("sent", 1), ("delivered", 1)}
    assert {(one.channel, one.outcome, one.count) for one in queries.attempts()} == {
        ("sms", "handed", 1), ("sms", "delivered", 1),
    }  # fmt: skip
    assert queries.count_unreached() == 1


def test_genuine_senders_are_named():
    assert settings().care_number in queries.genuine_senders()
    assert "bo" in queries.languages_awaiting_a_reader()


class House:
    staff_id = None
    commitment = "sweep"


def heard(ways):
    return [message for way in ways.values() for message in way.heard]


def suspended(line_id, on):
    """Enter that a line was suspended, as a batch does."""
    return append_entry(
        House(), verb=Verb.LINE_SUSPENDED, role="sweep", on=on, line_id=line_id, pack="cd" * 32, article="3",
        facts={"anchor": "2011-12-01", "batch": str(uuid.uuid4()), "last_day": "2011-12-19"},
    )  # fmt: skip


def test_a_notice_names_the_code_of_the_receipt_of_what_it_tells(ways):
    line_id, another = make_line(state="suspended"), make_line(state="suspended")
    suspended(line_id, ON - dt.timedelta(1))
    entry_id = suspended(line_id, ON)
    suspended(another, ON)
    tell(line_id, kind=NoticeKind.SUSPENDED, language="en")

    send(ways)

    (body,) = [
        row.body for row in database.rows("SELECT body FROM ledger_entry WHERE entry_id = %s", [entry_id])
    ]
    assert receipts.code_of(entry_id, body.encode()) in heard(ways)[0].text


def test_a_notice_of_something_that_was_not_entered_that_day_names_no_receipt(ways):
    line_id = make_line(state="suspended")
    suspended(line_id, ON - dt.timedelta(1))
    tell(line_id, kind=NoticeKind.SUSPENDED, language="en")
    tell(make_line(), language="en")

    send(ways)

    assert [one for one in heard(ways) if "eceipt" in one.text] == []
    assert len(heard(ways)) == 2


@pytest.fixture
def strict_law(tmp_path):
    """The reference law, had it said how people are told."""
    text = (files("rollkeeper") / "law" / "packs" / "cn-xz-2011.yaml").read_text("utf-8")
    told = "must_be_delivered: true\n        channels: [email, sms]\n        min_attempts: 3\n        attempts_apart: {n: 2, unit: day}"
    pack = tmp_path / "strict.yaml"
    pack.write_text(
        text.replace("must_be_delivered: true", told).replace("id: cn-xz-2011", "id: strict"), "utf-8"
    )
    write_settings(pack=str(pack))
    yield
    write_settings(pack="cn-xz-2011")


def test_the_duty_s_notices_go_by_the_ways_of_the_law_and_others_by_the_home_s(ways, strict_law):
    line = make_line()
    duty, other = tell(line), tell(line, NoticeKind.RESTORED)

    send(ways)

    assert [one.channel for one in attempts(duty)] == ["email"]
    assert [one.channel for one in attempts(other)] == ["sms"]


def test_nobody_is_called_unreached_before_the_attempts_that_the_law_wants_as_far_apart_as_it_wants(
    ways, strict_law
):
    owed = tell(make_line())
    made = []

    for day in range(12):
        clock.give_day(ON + dt.timedelta(days=day))
        send(ways)
        latest = attempts(owed)[-1]
        if latest.outcome == "handed":
            made.append((day, latest.channel))
            report(latest.attempt_id, Outcome.BOUNCED)

    assert made == [(0, "email"), (2, "sms"), (4, "email")]
    assert notice(owed).state == "bounced"
