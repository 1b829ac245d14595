"""Sending what is owed, and counting only what provably arrived."""

import datetime as dt
import threading
import uuid
from importlib.resources import files

import pytest
from django.db import connections

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.choices import Bars, Channel
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.settings import write_settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger import receipts
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices import queries
from rollkeeper.notices.choices import NO_LANGUAGE, NoticeKind, Outcome
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.dispatch import Sender
from rollkeeper.notices.errors import NoNotice
from rollkeeper.notices.gateways.base import Answer, GatewayBroken
from rollkeeper.notices.models import Attempt, Notice
from rollkeeper.notices.services import record_outcomes, send_due
from rollkeeper.notices.settings import settings as notices_settings
from tests.builders.lines import change_line, make_sealed_line, mark_suspended
from tests.builders.notices import retry_notices
from tests.builders.packs import confirmed
from tests.entries import entries
from tests.notices.fakes import Way
from tests.notices.people import ON, PROMISED, attempts, notice, report, tell
from tests.refusals import refusing

NOTICES = "notices:%"
AT = dt.datetime(2011, 12, 20, 4, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def _the_day(committed):
    clock.set_demo_date(ON)


@pytest.fixture
def by_channel():
    return {channel: Way() for channel in (Channel.SMS, Channel.VOICE, Channel.EMAIL)}


def send(by_channel, **more):
    return send_due(console_authority(), on=ON, by_channel=by_channel, **more)


def test_a_notice_goes_to_its_number_in_its_language_under_the_attempt_s_reference(by_channel):
    owed = tell(make_sealed_line(), language="zh-hans")

    sent = send(by_channel)

    (message,), (attempt,) = by_channel[Channel.SMS].heard, attempts(owed)
    assert sent.accepted == 1
    assert by_channel[Channel.SMS].addresses == ["+8613900001234"]
    assert "2012年3月1日" in message.text
    assert notice(owed).code in message.text
    assert (message.reference, attempt.gateway_reference) == (attempt.attempt_id, f"way-{attempt.attempt_id}")


@pytest.mark.parametrize(
    ("chosen", "spoken"), [([], ("en", "zh-hans", "bo")), (["bo", "zh-hans"], ("bo", "zh-hans"))]
)
def test_who_named_no_language_is_notified_in_each_in_one_message(by_channel, chosen, spoken):
    write_settings(notices={"languages": chosen})
    owed = tell(make_sealed_line(), language=NO_LANGUAGE)

    try:
        send(by_channel)
    finally:
        write_settings(notices={"languages": []})

    (message,) = by_channel[Channel.SMS].heard
    assert message.languages == spoken
    assert message.text.split("\n") == [one.text for one in message.texts]
    assert message.text.count(notice(owed).code) == len(spoken)


def test_a_mail_says_it_whole_in_each_language_and_a_letter_in_brief_on_its_one_page(by_channel):
    postal = {"number": None, "contact": "\nMs Invented\nLhasa", "contact_kind": "postal"}
    by_channel[Channel.POST] = Way()
    mailed, posted, alone = (
        tell(make_sealed_line(**way), language=language)
        for way, language in (({"number": None}, NO_LANGUAGE), (postal, NO_LANGUAGE), (postal, "en"))
    )

    send(by_channel)

    heard = {one.reference: one for way in by_channel.values() for one in way.heard}
    mail, in_each, in_one = (heard[attempts(owed)[0].attempt_id] for owed in (mailed, posted, alone))
    assert [len(one.languages) for one in (mail, in_each, in_one)] == [3, 3, 1]
    assert all("\n\n" in one.text for one in (*mail.texts, *in_one.texts))
    assert not any("\n\n" in one.text.partition(notice(posted).code)[0] for one in in_each.texts)


def test_a_notice_to_register_names_the_days_of_suspension_of_the_pack_in_force(by_channel):
    tell(make_sealed_line())

    send(by_channel)

    (message,) = by_channel[Channel.SMS].heard
    assert f" {load_pack(instance().pack).campaign.time_to_end.days} days" in message.text


def test_no_one_is_asked_to_register_under_a_pack_without_registration(by_channel):
    waits, notified = tell(make_sealed_line()), tell(make_sealed_line(), kind="restored")
    write_settings(instance={"pack": "none"})

    try:
        sent = send(by_channel)
    finally:
        write_settings(instance={"pack": "cn-xz-2011"})

    assert (sent.later, notice(waits).state, notice(notified).state) == (1, "queued", "sent")


def test_what_was_sent_is_not_delivered(by_channel):
    owed = tell(make_sealed_line())

    send(by_channel)

    assert (notice(owed).state, notice(owed).delivered_on) == ("sent", None)
    assert attempts(owed)[0].outcome == "accepted"


def test_every_address_is_opened_with_an_entry_and_only_when_it_is_used(by_channel):
    line = make_sealed_line()
    tell(line)
    tell(make_sealed_line(is_registered=True))

    send(by_channel)

    (entry,) = entries("vault:%")
    assert (entry.verb, entry.line_id, entry.facts) == (
        "vault:sealed:opened",
        line,
        {"field": "number", "purpose": "notice"},
    )


def test_no_address_is_in_any_row_that_sending_writes(by_channel):
    tell(make_sealed_line())

    send(by_channel)

    for table in ("notices_notice", "notices_attempt", "ledger_entry"):
        text = " ".join(str(row) for row in database.rows(f"SELECT * FROM {table}"))  # noqa: S608
        assert "13900001234" not in text
        assert "tashi" not in text


def test_a_second_run_sends_nothing_again(by_channel):
    tell(make_sealed_line())
    send(by_channel)

    assert send(by_channel).total == 0
    assert len(by_channel[Channel.SMS].heard) == 1


def test_proof_of_delivery_makes_the_notice_delivered_on_that_day(by_channel):
    owed = tell(make_sealed_line())
    send(by_channel)
    clock.set_demo_date(ON + dt.timedelta(days=1))

    taken = report(attempts(owed)[0].attempt_id)

    assert taken.delivered == 1
    assert (notice(owed).state, notice(owed).delivered_on) == ("delivered", ON + dt.timedelta(days=1))
    (entry,) = entries(NOTICES)
    assert entry.verb == "notices:notice:delivered"
    assert entry.facts["delivered_on"] == "2011-12-21"


def test_a_report_finds_its_attempt_by_the_gateway_s_own_reference_too(by_channel):
    owed = tell(make_sealed_line())
    send(by_channel)

    report(attempts(owed)[0].gateway_reference)

    assert notice(owed).state == "delivered"


@pytest.mark.parametrize(("hour", "day"), [(15, 20), (16, 21)])
def test_the_day_of_delivery_is_the_day_in_the_instance_s_zone(by_channel, hour, day):
    owed = tell(make_sealed_line())
    send(by_channel)
    Attempt.objects.update(sent_at=AT)
    clock.set_demo_date(ON + dt.timedelta(days=2))

    report(attempts(owed)[0].attempt_id, at=dt.datetime(2011, 12, 20, hour, 59, tzinfo=dt.UTC))

    assert notice(owed).delivered_on == dt.date(2011, 12, day)


def test_a_gateway_s_slow_clock_shortens_nobody_s_time(by_channel):
    owed = tell(make_sealed_line())
    send(by_channel)

    report(attempts(owed)[0].attempt_id, at=AT - dt.timedelta(days=40))

    assert notice(owed).delivered_on == ON


def test_a_bounced_notice_never_counts_and_the_next_channel_is_tried(by_channel):
    owed = tell(make_sealed_line())
    send(by_channel)

    report(attempts(owed)[0].attempt_id, Outcome.BOUNCED)
    send(by_channel)

    assert [one.channel for one in attempts(owed)] == ["sms", "voice"]
    assert (notice(owed).state, notice(owed).delivered_on) == ("sent", None)
    assert [entry.verb for entry in entries(NOTICES)] == ["notices:notice:bounced"]


def test_when_every_channel_bounced_the_subscriber_is_on_the_list_of_the_unreachable(by_channel):
    line = make_sealed_line()
    owed = tell(line)
    for _ in range(3):
        send(by_channel)
        report(attempts(owed)[-1].attempt_id, Outcome.BOUNCED)

    sent = send(by_channel)

    assert sent.unreachable == 1
    assert (notice(owed).state, notice(owed).delivered_on) == ("bounced", None)
    assert queries.count_unreachable() == 1


def test_a_late_proof_counts_even_when_every_channel_was_given_up(by_channel):
    owed = tell(make_sealed_line(contact=None))
    send(by_channel)
    for _ in range(2):
        report(attempts(owed)[-1].attempt_id, Outcome.BOUNCED)
        send(by_channel)

    report(attempts(owed)[0].attempt_id)

    assert notice(owed).state == "delivered"
    assert queries.count_unreachable() == 0


def test_a_report_taken_in_twice_changes_nothing(by_channel):
    owed = tell(make_sealed_line())
    send(by_channel)
    report(attempts(owed)[0].attempt_id)

    clock.set_demo_date(ON + dt.timedelta(days=5))
    taken = report(attempts(owed)[0].attempt_id)

    assert (taken.delivered, taken.repeated) == (0, 1)
    assert notice(owed).delivered_on == ON
    assert len(entries(NOTICES)) == 1


def test_a_bounce_after_the_proof_is_not_believed(by_channel):
    owed = tell(make_sealed_line())
    send(by_channel)
    report(attempts(owed)[0].attempt_id)

    report(attempts(owed)[0].attempt_id, Outcome.BOUNCED)

    assert notice(owed).state == "delivered"


@pytest.mark.parametrize(
    "outcomes", [(Outcome.BOUNCED, Outcome.DELIVERED), (Outcome.DELIVERED, Outcome.BOUNCED)]
)
def test_two_reports_of_one_message_in_one_file_are_read_as_proof(by_channel, outcomes):
    owed = tell(make_sealed_line())
    send(by_channel)
    reference = str(attempts(owed)[0].attempt_id)

    record_outcomes(
        worker_authority(), reports=[DeliveryReport(reference, one, AT) for one in outcomes], on=ON
    )

    assert notice(owed).state == "delivered"


def test_a_report_about_nobody_s_message_is_counted_and_changes_nothing(by_channel):
    assert report(uuid.uuid4()).unknown == 1
    assert report("x'; DROP TABLE notices_notice; --").unknown == 1


def test_a_delivery_to_the_very_line_that_was_barred_does_not_count(by_channel):
    line = make_sealed_line()
    owed = tell(line)
    mark_suspended(
        line, "order", ON, at=clock.now() - dt.timedelta(days=2)
    )  # the bar is on record and the line's row not yet changed: a race at the moment of sending
    send(by_channel)

    taken = report(attempts(owed)[0].attempt_id)

    assert (taken.delivered, taken.uncounted) == (0, 1)
    assert (notice(owed).state, notice(owed).delivered_on) == ("queued", None)
    assert [entry.verb for entry in entries(NOTICES)] == ["notices:notice:bounced"]


@pytest.mark.parametrize(
    ("bars", "channel"), [(Bars.OUTGOING, "sms"), (Bars.DATA, "sms"), (Bars.ALL, "email")]
)
def test_what_reaches_a_line_whose_bar_leaves_incoming_messages_counts(by_channel, bars, channel):
    line = make_sealed_line(state="suspended")
    mark_suspended(line, "registration", ON, bars=bars)
    owed = tell(line, NoticeKind.SUSPENDED)
    send(by_channel)

    taken = report(attempts(owed)[0].attempt_id)

    assert (attempts(owed)[0].channel, taken.delivered) == (channel, 1)


def test_a_barred_line_is_notified_by_another_channel(by_channel):
    owed = tell(make_sealed_line(state="suspended"), NoticeKind.SUSPENDED)

    send(by_channel)

    assert [one.channel for one in attempts(owed)] == ["email"]
    assert by_channel[Channel.EMAIL].addresses == ["tashi@mail.example"]


def test_who_has_no_channel_but_the_barred_line_is_unreachable(by_channel):
    owed = tell(make_sealed_line(state="suspended", contact=None), NoticeKind.SUSPENDED)

    assert send(by_channel).unreachable == 1
    assert (notice(owed).state, attempts(owed)) == ("unreachable", [])


def test_who_registered_meanwhile_is_not_notified_to_register(by_channel):
    owed = tell(make_sealed_line(is_registered=True))

    assert send(by_channel).withdrawn == 1
    assert notice(owed).state == "withdrawn"
    assert not by_channel[Channel.SMS].heard


def test_what_a_gateway_refuses_goes_the_next_channel_in_the_same_run(by_channel):
    by_channel[Channel.SMS].answer = lambda _: Answer.REFUSED
    owed = tell(make_sealed_line())

    sent = send(by_channel)

    assert (sent.bounced, sent.accepted) == (1, 1)
    assert [(one.channel, one.outcome) for one in attempts(owed)] == [
        ("sms", "bounced"),
        ("voice", "accepted"),
    ]
    assert [entry.facts["channel"] for entry in entries(NOTICES)] == ["sms"]


def test_a_gateway_out_of_reach_is_tried_later_and_then_given_up_for_the_next(by_channel):
    by_channel[Channel.SMS].answer = lambda _: Answer.RETRY
    owed = tell(make_sealed_line())

    for _ in range(notices_settings().tries):
        send(by_channel)
        waits_until = notice(owed).next_try_at
        assert waits_until > clock.now()
        retry_notices()
    send(by_channel)

    assert [one.channel for one in attempts(owed)] == ["sms"] * notices_settings().tries + ["voice"]


def test_a_gateway_that_was_away_is_asked_again_where_no_other_channel_is_there(by_channel):
    by_channel[Channel.SMS].answer = lambda _: Answer.RETRY
    owed, only = tell(make_sealed_line(contact=None)), {Channel.SMS: by_channel[Channel.SMS]}
    for _ in range(notices_settings().tries):
        send(only)
        retry_notices()
    given_up = send(only)
    waits_until = notice(owed).next_try_at

    clock.set_demo_date(ON + dt.timedelta(days=1))
    by_channel[Channel.SMS].answer = lambda _: Answer.ACCEPTED
    send(only)

    assert (given_up.later, given_up.unreachable, given_up.no_gateway) == (1, 0, 0)
    assert (
        dt.timedelta(minutes=50) < waits_until - clock.now() + dt.timedelta(days=1) <= dt.timedelta(hours=1)
    )
    assert notice(owed).state == "sent"


def tried_daily(owed, by_channel):
    """Send on one day more than a channel has tries; each try but the last is followed by one a day later."""
    waits = []
    for days in range(notices_settings().tries + 1):
        clock.set_demo_date(ON + dt.timedelta(days=days))
        retry_notices()
        send(by_channel)
        waits.append(notice(owed).next_try_at - clock.now())
    assert dt.timedelta(hours=23) < min(waits[:-1]) <= max(waits[:-1]) <= dt.timedelta(days=1)


def test_a_message_rejected_for_its_content_is_retried_for_days_then_unreachable(by_channel):
    by_channel[Channel.EMAIL].answer = lambda _: Answer.FAILED
    owed, only = (
        tell(make_sealed_line(number=None, service="domain")),
        {Channel.EMAIL: by_channel[Channel.EMAIL]},
    )
    other = tell(make_sealed_line(number=None, service="domain"))

    tried_daily(owed, only)

    assert (notice(owed).state, len(attempts(owed))) == ("bounced", notices_settings().tries)
    assert len(attempts(other)) == notices_settings().tries  # nothing is said of other messages


def test_a_declined_message_is_retried_for_days_then_unreachable(by_channel):
    mail = by_channel[Channel.EMAIL]
    mail.answer, mail.reference = lambda _: Answer.DECLINED, lambda _: None
    owed, only = tell(make_sealed_line(number=None, service="domain")), {Channel.EMAIL: mail}

    tried_daily(owed, only)

    assert (notice(owed).state, queries.count_unreachable()) == ("bounced", 1)
    assert {one.outcome for one in attempts(owed)} == {"declined"}


def test_a_failure_before_sending_does_not_use_up_the_only_channel(by_channel):
    mail = by_channel[Channel.EMAIL]
    mail.answer, mail.reference = lambda _: Answer.FAILED, lambda _: None
    owed, only = tell(make_sealed_line(number=None, service="domain")), {Channel.EMAIL: mail}
    for days in range(notices_settings().tries + 2):
        clock.set_demo_date(ON + dt.timedelta(days=days))
        retry_notices()
        send(only)
        wait = notice(owed).next_try_at - clock.now()
        assert dt.timedelta(hours=23) < wait <= dt.timedelta(days=1)
    mail.answer = lambda _: Answer.ACCEPTED
    retry_notices()
    clock.set_demo_date(ON + dt.timedelta(days=days + 1))
    send(only)

    assert notice(owed).state == "sent"
    assert [one.gateway_reference for one in attempts(owed)][:-1] == [None] * (notices_settings().tries + 2)


def test_while_a_gateway_is_away_no_address_is_opened_and_no_attempt_is_spent(by_channel, monkeypatch):
    monkeypatch.setattr("rollkeeper.notices.services.CHUNK", 2)
    by_channel[Channel.SMS].answer = lambda _: Answer.RETRY
    owed = [tell(make_sealed_line(f"+861390000123{n}")) for n in range(5)]

    sent = send(by_channel)

    assert (sent.later, len(by_channel[Channel.SMS].heard), len(entries("vault:%"))) == (5, 2, 2)
    assert sorted(len(attempts(one)) for one in owed) == [0, 0, 0, 1, 1]
    assert all(notice(one).next_try_at > clock.now() for one in owed)


def test_a_message_refused_by_an_absent_gateway_waits_and_spends_no_attempt(by_channel):
    mail = by_channel[Channel.EMAIL]
    mail.batch_size, mail.answer = 2, lambda _: Answer.RETRY
    owed = [tell(make_sealed_line(number=None, service="domain")) for _ in range(5)]

    sent = send(by_channel)
    outcomes = sorted(one.outcome for each in owed for one in attempts(each))
    intended = {one.attempt_id for each in owed for one in attempts(each) if one.outcome == "waiting"}
    mail.answer = lambda _: Answer.ACCEPTED
    retry_notices()
    send(by_channel)

    assert (sent.later, mail.parts[0], outcomes) == (5, 2, ["failed"] * 2 + ["waiting"] * 3)
    assert {notice(one).state for one in owed} == {"sent"}
    assert intended <= {message.reference for message in mail.heard}
    assert not any(message.is_repeat for message in mail.heard)  # nothing of them had left Rollkeeper


def test_what_was_put_off_for_days_is_sent_when_it_goes_out_and_waits_for_its_proof(by_channel):
    mail = by_channel[Channel.EMAIL]
    mail.batch_size, mail.answer = 1, lambda _: Answer.RETRY
    owed = [tell(make_sealed_line(number=None, service="domain")) for _ in range(2)]
    send(by_channel)
    mail.answer = lambda _: Answer.ACCEPTED
    clock.set_demo_date(ON + dt.timedelta(days=notices_settings().wait_days + 1))
    retry_notices()
    send(by_channel)

    again = send(by_channel)

    assert again.given_up == 0
    assert {notice(one).state for one in owed} == {"sent"}


def test_a_gateway_misconfigured_here_spends_no_attempt_and_blocks_no_channel(by_channel):
    def break_down(_):
        raise GatewayBroken

    by_channel[Channel.SMS].answer = break_down
    by_sms, by_mail = tell(make_sealed_line()), tell(make_sealed_line(number=None, service="domain"))
    for _ in range(notices_settings().tries + 1):
        sent = send(by_channel)
        retry_notices()
    broken = sent.broken, [one.outcome for one in attempts(by_sms)], notice(by_mail).state
    by_channel[Channel.SMS].answer = lambda _: Answer.ACCEPTED
    send(by_channel)

    assert broken == (1, ["waiting"], "sent")
    assert [(one.channel, one.outcome) for one in attempts(by_sms)] == [("sms", "accepted")]
    assert by_channel[Channel.SMS].heard[-1].is_repeat  # some of it may have gone


def test_a_proof_that_comes_while_a_notice_is_put_off_stands(by_channel):
    mail = by_channel[Channel.EMAIL]
    mail.batch_size = 1
    owed = [tell(make_sealed_line(number=None, service="domain")) for _ in range(2)]
    mail.answer = lambda _: Answer.FAILED
    send(by_channel)
    earlier = {attempts(one)[0].attempt_id for one in owed}

    def prove_and_be_away(_):
        for one in earlier:
            report(one)
        return Answer.RETRY

    mail.answer = prove_and_be_away
    clock.set_demo_date(ON + dt.timedelta(days=2))
    retry_notices()
    send(by_channel)

    assert [(notice(one).state, notice(one).claimed_by) for one in owed] == [("delivered", None)] * 2


def test_reports_wait_for_the_first_notice_before_they_touch_the_next(by_channel):
    owed = [tell(make_sealed_line(f"+861390000123{n}")) for n in range(2)]
    send(by_channel)
    first, last = sorted(owed, key=lambda one: notice(one).line_id)
    receipts = [
        DeliveryReport(str(attempts(one)[0].attempt_id), Outcome.BOUNCED, clock.now())
        for one in (last, first)
    ]

    def hear():
        record_outcomes(worker_authority(), reports=receipts, on=ON)
        connections.close_all()

    reader = threading.Thread(target=hear)
    with database.action():
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
    assert {notice(one).state for one in owed} == {"queued"}


@pytest.mark.parametrize(
    ("said", "state", "then", "bounces"),
    [
        (Outcome.BOUNCED, "sent", "voice", 1),
        (Outcome.FAILED, "queued", "sms", 1),
        (Outcome.DELIVERED, "delivered", None, 0),
    ],
)
def test_a_report_that_is_quicker_than_the_writing_down_of_the_handing_is_not_lost(
    by_channel, said, state, then, bounces
):
    owed = tell(make_sealed_line())

    def answer_late(message):
        by_channel[Channel.SMS].answer = lambda _: Answer.ACCEPTED
        report(message.reference, said)
        return Answer.ACCEPTED

    by_channel[Channel.SMS].answer = answer_late
    send(by_channel)
    batch_size = notice(owed)
    clock.set_demo_date(ON + dt.timedelta(days=2))
    send(by_channel)

    assert [entry.verb for entry in entries(NOTICES)].count("notices:notice:bounced") == bounces
    assert [one.channel for one in attempts(owed)] == ["sms", then][: 1 + bool(then)]
    assert batch_size.state == state


def test_a_report_that_waits_for_the_writing_down_of_the_handing_is_not_lost(by_channel, monkeypatch):
    owed, record, taken = tell(make_sealed_line()), Sender._record, []

    def hear():
        taken.append(report(attempts(owed)[0].attempt_id, Outcome.BOUNCED))
        connections.close_all()

    def record_slowly(*words):
        reader = threading.Thread(target=hear)
        with database.action():
            record(*words)
            reader.start()
            while not database.rows("SELECT FROM pg_locks WHERE NOT granted"):
                pass
        reader.join()

    monkeypatch.setattr(Sender, "_record", record_slowly)
    send(by_channel, limit=1)

    assert [one.bounced for one in taken] == [1]
    assert ([one.outcome for one in attempts(owed)], notice(owed).state) == (["bounced"], "queued")
    assert notice(owed).next_try_at < clock.now()


def test_the_channel_that_brought_the_proof_is_the_one_that_is_counted(by_channel):
    owed = tell(make_sealed_line())
    send(by_channel)
    clock.set_demo_date(ON + dt.timedelta(days=notices_settings().wait_days + 1))
    send(by_channel)
    first, second = attempts(owed)

    report(first.attempt_id)

    assert (second.channel, notice(owed).channel) == ("voice", "sms")


def test_what_was_sent_long_ago_is_given_up_however_much_there_is(by_channel, monkeypatch):
    monkeypatch.setattr("rollkeeper.notices.services._GIVEN_UP_AT_ONCE", 2)
    owed = [tell(make_sealed_line(f"+861390000123{n}")) for n in range(5)]
    send(by_channel)
    clock.set_demo_date(ON + dt.timedelta(days=notices_settings().wait_days + 1))

    assert send(by_channel).given_up == 5
    assert {tuple(a.outcome for a in attempts(one)) for one in owed} == {("unproven", "accepted")}


def test_a_reminder_of_a_day_that_has_passed_is_not_sent(by_channel):
    owed = tell(make_sealed_line(), NoticeKind.REMINDER)
    clock.set_demo_date(PROMISED + dt.timedelta(days=1))

    send(by_channel)

    assert notice(owed).state == "withdrawn"


def test_without_proof_in_time_the_next_channel_is_tried_and_late_proof_counts(by_channel):
    owed = tell(make_sealed_line())
    send(by_channel)
    clock.set_demo_date(ON + dt.timedelta(days=notices_settings().wait_days + 1))

    assert send(by_channel).given_up == 1
    first, second = attempts(owed)
    assert (first.outcome, second.channel) == ("unproven", "voice")
    report(first.attempt_id)
    assert notice(owed).state == "delivered"


def test_what_still_may_bring_proof_is_not_given_up(by_channel):
    tell(make_sealed_line())
    send(by_channel)
    clock.set_demo_date(ON + dt.timedelta(days=notices_settings().wait_days - 1))

    assert send(by_channel).given_up == 0


def test_an_address_that_no_longer_opens_is_no_channel(by_channel):
    line = make_sealed_line(contact=None)
    change_line(line, number_sealed=b"\x00")
    owed = tell(line)

    sent = send(by_channel)

    assert (sent.bounced, sent.unreachable) == (2, 1)
    assert notice(owed).state == "bounced"
    assert not by_channel[Channel.SMS].heard


def test_one_address_that_does_not_open_keeps_no_other_from_being_notified(by_channel):
    broken = make_sealed_line(contact=None)
    change_line(broken, number_sealed=b"\x00")
    tell(broken)
    owed = tell(make_sealed_line())

    send(by_channel)

    assert notice(owed).state == "sent"


@pytest.fixture
def night():
    now = clock.now().astimezone(clock.zone())
    write_settings(
        notices={
            "quiet_from": (now - dt.timedelta(hours=2)).time(),
            "quiet_until": (now + dt.timedelta(hours=2)).time(),
        }
    )
    yield
    write_settings(notices={"quiet_from": dt.time(), "quiet_until": dt.time()})


def test_nothing_that_rings_goes_out_in_quiet_hours_and_nothing_is_lost(by_channel, night):
    by_channel[Channel.SMS].rings = by_channel[Channel.VOICE].rings = True
    owed, mailed = tell(make_sealed_line()), tell(make_sealed_line(service="domain", number=None))

    sent = send(by_channel)

    assert (sent.quiet, sent.accepted) == (1, 1)
    assert (notice(owed).state, notice(owed).claimed_by, attempts(owed)) == ("queued", None, [])
    assert notice(owed).next_try_at > clock.now()
    assert notice(mailed).state == "sent"


def test_what_was_decided_by_day_does_not_ring_when_the_night_has_come_meanwhile(by_channel, monkeypatch):
    sms, hour, now = by_channel[Channel.SMS], dt.timedelta(hours=1), clock.now
    sms.rings, sms.batch_size = True, 2
    owed, at = [tell(make_sealed_line()) for _ in range(4)], now().astimezone(clock.zone())

    def take_hours(_):
        monkeypatch.setattr(clock, "now", lambda: now() + 2 * hour)
        return Answer.ACCEPTED

    sms.answer = take_hours
    write_settings(notices={"quiet_from": (at + hour).time(), "quiet_until": (at + 4 * hour).time()})
    try:
        sent = send(by_channel)
    finally:
        write_settings(notices={"quiet_from": dt.time(), "quiet_until": dt.time()})

    assert (sent.accepted, sent.quiet, len(sms.heard)) == (2, 2, 2)
    assert {notice(one).claimed_by for one in owed} == {None}


def test_an_instance_without_a_gateway_to_telephones_keeps_what_it_owes(by_channel):
    owed = tell(make_sealed_line(contact=None))

    sent = send({Channel.EMAIL: by_channel[Channel.EMAIL]})

    assert (sent.no_gateway, sent.unreachable) == (1, 0)
    assert (notice(owed).state, notice(owed).claimed_by) == ("queued", None)


def test_a_limit_limits(by_channel):
    for _ in range(5):
        tell(make_sealed_line())

    assert send(by_channel, limit=2).total == 2
    assert queries.count_due() == 3


def test_two_runs_at_once_tell_everybody_once(by_channel):
    owed = [tell(make_sealed_line(contact=None)) for _ in range(60)]
    both = threading.Barrier(2)

    def run():
        clock.set_demo_date(ON)
        both.wait()
        while queries.count_due():
            send_due(console_authority(), on=ON, by_channel=by_channel, limit=7)
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(by_channel[Channel.SMS].heard) == len(owed)
    assert {notice(one).state for one in owed} == {"sent"}


def test_no_clerk_sends_notices(by_channel):
    with refusing(NOT_ALLOWED):
        send_due(Authority(frozenset({StaffRole.CLERK}), None, "x"), on=ON, by_channel=by_channel)


def test_the_promised_day_is_kept_whatever_the_pack_says_later(by_channel):
    owed = tell(make_sealed_line())
    Notice.objects.update(pack_hash="another")

    send(by_channel)

    assert notice(owed).promised_on == PROMISED
    assert "1 March 2012" in heard(by_channel)[0].text


def test_the_desk_can_tell_a_genuine_message_from_a_false_one(by_channel):
    line, other = make_sealed_line(), make_sealed_line()
    owed = tell(line)
    code = notice(owed).code
    with pytest.raises(NoNotice):
        queries.find_genuine_notice(line, code=code)  # not sent yet: no one can have it
    send(by_channel)

    assert queries.find_genuine_notice(line, code=f"{code[:4]} {code[4:]}").promised_on == PROMISED
    for wrong_line, wrong_code in [(other, code), (line, "00000000" if code != "00000000" else "1")]:
        with pytest.raises(NoNotice):
            queries.find_genuine_notice(wrong_line, code=wrong_code)


def test_the_standing_counts_by_state_channel_and_outcome(by_channel):
    delivered = tell(make_sealed_line())
    tell(make_sealed_line())
    send(by_channel)
    report(attempts(delivered)[0].attempt_id)

    assert {(one.state, one.count) for one in queries.state_counts()} == {("sent", 1), ("delivered", 1)}
    assert {(one.channel, one.outcome, one.count) for one in queries.attempt_counts()} == {
        ("sms", "accepted", 1), ("sms", "delivered", 1),
    }  # fmt: skip
    assert queries.count_unreachable() == 1


def test_genuine_senders_are_named():
    assert instance().care_number in queries.genuine_senders()


class Instance:
    staff_id = None
    commitment = "worker"


def heard(by_channel):
    return [message for way in by_channel.values() for message in way.heard]


def suspended(line_id, on):
    """Enter that a line was suspended, as a batch does."""
    return append_entry(
        Instance(), verb=Verb.LINE_SUSPENDED, role="worker", on=on, line_id=line_id, pack="cd" * 32, article="3",
        facts={"anchor": "2011-12-01", "batch": str(uuid.uuid4()), "last_day": "2011-12-19"},
    )  # fmt: skip


def test_a_notice_names_the_code_of_the_receipt_of_what_it_tells(by_channel):
    line_id, another = make_sealed_line(state="suspended"), make_sealed_line(state="suspended")
    suspended(line_id, ON - dt.timedelta(1))
    entry_id = suspended(line_id, ON)
    suspended(another, ON)
    tell(line_id, kind=NoticeKind.SUSPENDED, language="en")

    send(by_channel)

    (body,) = [
        row.body for row in database.rows("SELECT body FROM ledger_entry WHERE entry_id = %s", [entry_id])
    ]
    assert receipts.code_of(entry_id, body.encode()) in heard(by_channel)[0].text


def test_a_notice_of_something_that_was_not_entered_that_day_names_no_receipt(by_channel):
    line_id = make_sealed_line(state="suspended")
    suspended(line_id, ON - dt.timedelta(1))
    tell(line_id, kind=NoticeKind.SUSPENDED, language="en")
    tell(make_sealed_line(), language="en")

    send(by_channel)

    assert [one for one in heard(by_channel) if "eceipt" in one.text] == []
    assert len(heard(by_channel)) == 2


@pytest.fixture
def strict_law(tmp_path):
    """The reference law, had it said how people are notified."""
    text = (files("rollkeeper") / "law" / "packs" / "cn-xz-2011.yaml").read_text("utf-8")
    notified = "must_be_delivered: true\n        channels: [email, sms]\n        min_attempts: 3\n        attempts_apart: {n: 2, unit: day}"
    pack = tmp_path / "strict.yaml"
    pack.write_text(
        confirmed(text.replace("must_be_delivered: true", notified).replace("id: cn-xz-2011", "id: strict")),
        "utf-8",
    )
    write_settings(instance={"pack": str(pack)})
    yield
    write_settings(instance={"pack": "cn-xz-2011"})


def test_notices_of_the_duty_go_by_the_laws_channels_and_others_by_the_instances(by_channel, strict_law):
    line = make_sealed_line()
    duty, other = tell(line), tell(line, NoticeKind.RESTORED)

    send(by_channel)

    assert [one.channel for one in attempts(duty)] == ["email"]
    assert [one.channel for one in attempts(other)] == ["sms"]


def test_no_one_is_unreachable_before_the_attempts_that_the_law_requires(by_channel, strict_law):
    owed = tell(make_sealed_line())
    made = []

    for day in range(12):
        clock.set_demo_date(ON + dt.timedelta(days=day))
        send(by_channel)
        latest = attempts(owed)[-1]
        if latest.outcome == "accepted":
            made.append((day, latest.channel))
            report(latest.attempt_id, Outcome.BOUNCED)

    assert made == [(0, "email"), (2, "sms"), (4, "email")]
    assert notice(owed).state == "bounced"


@pytest.mark.parametrize(("ahead", "accepted"), [(dt.timedelta(days=1), 0), (dt.timedelta(days=8), 1)])
def test_what_waits_longer_than_any_wait_was_put_off_by_a_wrong_clock_and_is_sent(
    by_channel, ahead, accepted
):
    owed = tell(make_sealed_line())
    Notice.objects.filter(notice_id=owed).update(next_try_at=clock.now() + ahead)

    assert send(by_channel).accepted == accepted
