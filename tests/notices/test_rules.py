"""What to do with one notice now."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.choices import NoticeKind, NoticeState, Outcome
from rollkeeper.notices.gateways.smpp_text import SEPTETS, sms_parts
from rollkeeper.notices.rules import (
    ContactPolicy,
    Line,
    PastAttempt,
    Step,
    channels_to,
    end_of_all_quiet,
    end_of_quiet,
    is_moot,
    next_step,
    wait_after,
)

LHASA = ZoneInfo("Asia/Shanghai")
NOW = dt.datetime(2012, 3, 2, 12, tzinfo=LHASA)
ORDER = [Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.POST]


def line(
    service="mobile",
    state="active",
    *,
    is_registered=False,
    has_number=True,
    has_mailbox=True,
    has_postal_address=False,
    is_heard=False,
):
    return Line(service, state, is_registered, has_number, has_mailbox, has_postal_address, is_heard)


def step(kind=NoticeKind.REGISTER_BY, of=None, past_attempts=(), **more):
    facts = {"present": ORDER, "now": NOW, "ringing": [Channel.SMS, Channel.VOICE]}
    facts |= {name: more.pop(name) for name in list(more) if name in facts}
    policy = ContactPolicy(**{"order": ORDER, "max_tries": 3} | more)
    return next_step(kind, line=of or line(), past_attempts=past_attempts, policy=policy, **facts)


@pytest.mark.parametrize(
    ("service", "by_channel"),
    [
        ("mobile", {Channel.SMS, Channel.VOICE, Channel.EMAIL}),
        ("data_card", {Channel.SMS, Channel.EMAIL}),
        ("fixed_line", {Channel.VOICE, Channel.EMAIL}),
        ("internet_access", {Channel.EMAIL}),
        ("domain", {Channel.EMAIL}),
        ("address_block", {Channel.EMAIL}),
        ("hosted_site", {Channel.EMAIL}),
    ],
)
def test_each_service_has_its_channels(service, by_channel):
    assert channels_to(line(service)) == by_channel


@pytest.mark.parametrize("state", ["suspended", "terminated", "released"])
def test_the_very_line_that_is_barred_is_no_channel(state):
    assert channels_to(line(state=state)) == {Channel.EMAIL}
    assert step(NoticeKind.NEW_LINE_IN_YOUR_NAME, line(state=state, has_mailbox=False)).settle is (
        NoticeState.UNREACHABLE
    )


def test_a_line_whose_bar_leaves_what_comes_in_hears_what_follows():
    heard = line(state="suspended", is_heard=True)

    assert channels_to(heard) == {Channel.SMS, Channel.VOICE, Channel.EMAIL}
    assert channels_to(line(state="terminated", is_heard=True)) == {Channel.EMAIL}
    assert step(NoticeKind.SUSPENDED, heard).channel is Channel.SMS


def test_channels_are_tried_in_the_instance_s_order():
    assert step().channel is Channel.SMS
    assert step(order=[Channel.EMAIL, Channel.SMS]).channel is Channel.EMAIL


@pytest.mark.parametrize("outcome", [Outcome.BOUNCED, Outcome.UNPROVEN, Outcome.UNCOUNTED])
def test_a_channel_that_failed_gives_place_to_the_next(outcome):
    assert step(past_attempts=[PastAttempt(Channel.SMS, outcome)]).channel is Channel.VOICE


@pytest.mark.parametrize(("failures", "channel"), [(2, Channel.SMS), (3, Channel.VOICE), (4, Channel.VOICE)])
def test_a_gateway_out_of_reach_is_tried_so_often_and_no_more(failures, channel):
    assert step(past_attempts=[PastAttempt(Channel.SMS, Outcome.FAILED)] * failures).channel is channel


def test_a_gateway_that_is_away_says_nothing_of_the_subscriber():
    away = [PastAttempt(Channel.SMS, Outcome.FAILED, at=NOW)] * 3
    of_the_subscriber = [PastAttempt(Channel.SMS, Outcome.FAILED, at=NOW, was_submitted=True)] * 3
    sms_alone = {"of": line(has_mailbox=False), "present": [Channel.SMS]}

    waits = step(past_attempts=away, **sms_alone)
    later = step(past_attempts=away, now=NOW + dt.timedelta(hours=1), **sms_alone)

    assert (waits.is_away, waits.wait_until, waits.settle) == (True, NOW + dt.timedelta(hours=1), None)
    assert later.channel is Channel.SMS
    assert step(past_attempts=of_the_subscriber, **sms_alone).lacks_gateway
    assert (
        step(past_attempts=of_the_subscriber, order=[Channel.SMS], **sms_alone).settle is NoticeState.BOUNCED
    )


@pytest.mark.parametrize("least", [0, 9])
@pytest.mark.parametrize("others", [0, 2])
def test_a_channel_that_declines_too_often_is_over_and_counts_as_no_attempt(least, others):
    away = [PastAttempt(Channel.EMAIL, Outcome.FAILED, at=NOW - dt.timedelta(9))] * others
    declined = [PastAttempt(Channel.EMAIL, Outcome.DECLINED, at=NOW - dt.timedelta(1))] * 3
    by_mail_alone = {"of": line("domain"), "min_attempts": least}

    assert step(past_attempts=[*away, *declined], **by_mail_alone).settle is NoticeState.BOUNCED
    assert step(past_attempts=[*away, *declined[:2]], **by_mail_alone).channel is Channel.EMAIL
    assert not any(one.counts for one in declined)


def test_when_every_channel_failed_the_notice_has_bounced():
    every = [PastAttempt(channel, Outcome.BOUNCED) for channel in (Channel.SMS, Channel.VOICE, Channel.EMAIL)]

    assert step(past_attempts=every) == Step(settle=NoticeState.BOUNCED)


def test_who_has_no_channel_at_all_is_unreachable_and_not_called_bounced():
    assert step(of=line(has_number=False, has_mailbox=False)) == Step(settle=NoticeState.UNREACHABLE)


def test_nothing_is_sent_to_an_erased_line():
    policy = ContactPolicy(order=ORDER, max_tries=3)

    erased = next_step(
        NoticeKind.TERMINATED, line=None, past_attempts=(), policy=policy, present=ORDER, now=NOW, ringing=()
    )

    assert erased == Step(settle=NoticeState.WITHDRAWN)


def test_a_channel_without_a_gateway_is_passed_over_for_one_with():
    assert step(present=[Channel.EMAIL]).channel is Channel.EMAIL


@pytest.mark.parametrize("past_attempts", [(), (PastAttempt(Channel.EMAIL, Outcome.BOUNCED),)])
def test_who_could_be_reached_with_a_further_gateway_is_waited_for_and_not_given_up(past_attempts):
    waiting = step(
        of=line(has_mailbox=bool(past_attempts)), past_attempts=past_attempts, present=[Channel.EMAIL]
    )

    assert waiting.lacks_gateway
    assert waiting.settle is None
    assert waiting.wait_until > NOW


@pytest.mark.parametrize(
    ("kind", "of", "moot"),
    [
        (NoticeKind.REGISTER_BY, line(), False),
        (NoticeKind.REGISTER_BY, line(is_registered=True), True),
        (NoticeKind.REGISTER_BY, line(state="terminated"), True),
        (NoticeKind.REMINDER, line(is_registered=True), True),
        (NoticeKind.SUSPENDED, line(state="suspended"), False),
        (NoticeKind.SUSPENDED, line(is_registered=True), True),
        (NoticeKind.RESTORED, line(), False),
        (NoticeKind.RESTORED, line(state="suspended"), True),
        (NoticeKind.TERMINATED, line(state="terminated"), False),
        (NoticeKind.TERMINATED, line(), True),
        (NoticeKind.TERMINATED, line(state="released"), False),
        (NoticeKind.TERMINATED, line(state="suspended"), True),
        (NoticeKind.REMINDER, line(state="suspended"), False),
        (NoticeKind.SIM_REPLACED, line(), False),
        (NoticeKind.DOCUMENT_BY, line(), False),
        (NoticeKind.DOCUMENT_BY, line(is_registered=True), True),
        (NoticeKind.DOCUMENT_BY, line(state="terminated"), True),
        (NoticeKind.GOOD_THROUGH, line(is_registered=True), False),
        (NoticeKind.GOOD_THROUGH, line(), True),
        (NoticeKind.GOOD_THROUGH, line(is_registered=True, state="terminated"), True),
    ],
)
def test_what_no_longer_holds_true_is_not_said(kind, of, moot):
    assert is_moot(kind, of) is moot


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("20:59", None), ("21:00", "2012-03-03T08:00"), ("23:59", "2012-03-03T08:00"), ("00:00", "2012-03-02T08:00"),
        ("07:59", "2012-03-02T08:00"), ("08:00", None), ("12:00", None),
    ],
)  # fmt: skip
def test_it_is_quiet_from_nine_in_the_evening_to_eight_in_the_morning(at, until):
    now = dt.datetime.combine(dt.date(2012, 3, 2), dt.time.fromisoformat(at), LHASA)

    ends = end_of_quiet(now, quiet_from=dt.time(21), quiet_until=dt.time(8))

    assert ends == (dt.datetime.fromisoformat(until).replace(tzinfo=LHASA) if until else None)


@pytest.mark.parametrize(
    ("at", "quiet"), [("12:59", False), ("13:00", True), ("14:59", True), ("15:00", False)]
)
def test_quiet_hours_may_lie_within_a_day(at, quiet):
    now = dt.datetime.combine(dt.date(2012, 3, 2), dt.time.fromisoformat(at), LHASA)

    assert (end_of_quiet(now, quiet_from=dt.time(13), quiet_until=dt.time(15)) is not None) is quiet


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("08:59", "2012-03-02T09:00"),
        ("09:00", None),
        ("09:59", None),
        ("10:00", "2012-03-03T09:00"),
        ("23:00", "2012-03-03T09:00"),
    ],
)
def test_letters_of_a_day_wait_for_their_hour_and_nothing_else_does(at, until):
    now = dt.datetime.combine(dt.date(2012, 3, 2), dt.time.fromisoformat(at), LHASA)
    by_post = line("domain", has_mailbox=False, has_postal_address=True)

    found = step(of=by_post, now=now, no_letters=[(dt.time(10), dt.time(9))])

    assert found == (
        Step(wait_until=dt.datetime.fromisoformat(until).replace(tzinfo=LHASA))
        if until
        else Step(channel=Channel.POST)
    )
    assert step(of=line("domain"), now=now, no_letters=[(dt.time(10), dt.time(9))]).channel is Channel.EMAIL


def test_equal_times_mean_that_it_is_never_quiet():
    now = dt.datetime(2012, 3, 2, 8, tzinfo=LHASA)

    assert end_of_quiet(now, quiet_from=dt.time(8), quiet_until=dt.time(8)) is None


def test_what_rings_waits_for_the_morning_and_what_does_not_goes_out():
    night = {"now": NOW.replace(hour=22), "quiet": [(dt.time(21), dt.time(8))]}

    assert step(**night) == Step(wait_until=dt.datetime(2012, 3, 3, 8, tzinfo=LHASA))
    assert step(of=line("domain"), **night).channel is Channel.EMAIL


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("19:59", None),
        ("20:00", "08:30"),
        ("21:30", "08:30"),
        ("08:29", "08:30"),
        ("08:30", None),
        ("13:00", "14:00"),
    ],
)
def test_quiet_hours_of_the_law_and_of_the_instance_both_bind(at, until):
    hours = [(dt.time(21), dt.time(8)), (dt.time(20), dt.time(8, 30)), (dt.time(13), dt.time(14))]
    now = dt.datetime.combine(dt.date(2012, 3, 2), dt.time.fromisoformat(at), LHASA)

    ends = end_of_all_quiet(now, hours)

    assert (ends.time() if ends else None) == (dt.time.fromisoformat(until) if until else None)


def test_hours_that_cover_the_whole_day_still_end_the_search():
    assert end_of_all_quiet(NOW, [(dt.time(8), dt.time(20)), (dt.time(20), dt.time(8))]) is not None


def left(channel, outcome=Outcome.UNPROVEN, *, hours_ago=100):
    return PastAttempt(channel, outcome, at=NOW - dt.timedelta(hours=hours_ago), was_submitted=True)


@pytest.mark.parametrize(("attempts", "again"), [(2, True), (3, False), (4, False)])
def test_nobody_is_given_up_before_so_many_attempts_as_the_law_wants(attempts, again):
    past_attempts = [left(Channel.EMAIL)] * attempts

    found = step(of=line("domain"), past_attempts=past_attempts, min_attempts=3)

    assert found == (Step(channel=Channel.EMAIL) if again else Step(settle=NoticeState.BOUNCED))


@pytest.mark.parametrize(
    "no_attempt",
    [
        PastAttempt(
            Channel.SMS, Outcome.BOUNCED, at=NOW - dt.timedelta(9)
        ),  # refused before it left Rollkeeper
        PastAttempt(Channel.EMAIL, Outcome.FAILED, at=NOW - dt.timedelta(9)),  # the gateway was away
        left(Channel.SMS, Outcome.UNCOUNTED),  # to the very line that was barred
    ],
)
def test_what_reached_nobody_by_its_nature_is_no_attempt(no_attempt):
    past_attempts = [left(Channel.EMAIL), left(Channel.EMAIL, Outcome.BOUNCED), no_attempt]

    assert step(of=line("domain"), past_attempts=past_attempts, min_attempts=3).channel is Channel.EMAIL


def test_an_address_that_no_gateway_would_take_is_not_tried_for_ever():
    refused = PastAttempt(Channel.EMAIL, Outcome.BOUNCED, at=NOW - dt.timedelta(9))

    assert step(of=line("domain"), past_attempts=[refused], min_attempts=3) == Step(
        settle=NoticeState.BOUNCED
    )


def test_the_channel_that_was_tried_least_goes_first_again():
    past_attempts = [
        left(Channel.SMS),
        left(Channel.SMS),
        left(Channel.VOICE),
        left(Channel.EMAIL, Outcome.BOUNCED),
    ]

    assert step(past_attempts=past_attempts, min_attempts=9).channel is Channel.VOICE


@pytest.mark.parametrize(("hours", "waits"), [(47, True), (48, False), (49, False)])
def test_two_attempts_lie_as_far_apart_as_the_law_wants(hours, waits):
    found = step(
        past_attempts=[left(Channel.SMS, Outcome.BOUNCED, hours_ago=hours)], apart=dt.timedelta(hours=48)
    )

    assert found == (Step(wait_until=NOW + dt.timedelta(hours=1)) if waits else Step(channel=Channel.VOICE))


def test_a_law_that_wants_many_attempts_disturbs_nobody_by_the_minute():
    just_now = left(Channel.EMAIL, hours_ago=0)

    again = step(of=line("domain"), past_attempts=[just_now], min_attempts=9)

    assert again == Step(wait_until=NOW + dt.timedelta(hours=1))


@pytest.mark.parametrize(("tries", "seconds"), [(1, 60), (2, 120), (6, 1920), (7, 3600), (30_000, 3600)])
def test_the_wait_doubles_up_to_an_hour(tries, seconds):
    assert wait_after(tries) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", 1), ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3), ("€" * 80, 1), ("€" * 81, 2),
        ("登" * 70, 1), ("登" * 71, 2), ("登" * 134, 2), ("登" * 135, 3), ("a" * 70 + "登", 2), ("😀" * 35, 1),
        ("😀" * 36, 2), ("😀" * 67, 3),
    ],
)  # fmt: skip
def test_parts_of_a_message_are_counted_as_the_network_counts_them(text, parts):
    assert sms_parts(text) == parts


def test_an_extended_character_is_not_split_between_two_parts():
    assert sms_parts("a" * 152 + "€" + "a" * 152) == 3  # 152, then 2 + 151, then 1


@given(
    st.text(
        st.sampled_from(sorted(one for one, octets in SEPTETS.items() if len(octets) == 1)), max_size=1000
    )
)
def test_plain_texts_never_need_more_parts_than_their_length_says(text):
    assert sms_parts(text) == (1 if len(text) <= 160 else -(-len(text) // 153))


def test_an_attempt_made_while_the_clock_was_ahead_holds_up_no_other():
    ahead = PastAttempt(Channel.SMS, Outcome.FAILED, NOW + dt.timedelta(days=1), was_submitted=True)

    assert step(past_attempts=[ahead], apart=dt.timedelta(hours=3)).wait_until is None
