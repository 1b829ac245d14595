# SPDX-License-Identifier: EUPL-1.2
"""The next step for one notice: send it by which channel, wait, or give up. Pure.

The law makes informing the operator's duty (art. 3): a channel that cannot lead to proof is no channel, so a message to the
very line that is barred is not tried, and a notice that no longer holds true is not sent.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rollkeeper.kernel.choices import Channel
from rollkeeper.notices.choices import CallResult, NoticeKind, NoticeState, Outcome

_FIRST_WAIT_S: Final = 60
_LONGEST_WAIT_S: Final = 3600
_FOR_A_GATEWAY: Final = dt.timedelta(hours=6)
_FOR_A_GATEWAY_AWAY: Final = dt.timedelta(hours=1)
_BETWEEN_ROUNDS: Final = dt.timedelta(hours=1)
"""The least time between two attempts by one channel, however many attempts a law requires."""
_QUIET_AT_MOST: Final = dt.timedelta(days=1)
"""Quiet hours may follow any wait."""
RETRY_AFTER_FAILURE: Final = dt.timedelta(days=1)
"""How long to wait after a full mailbox or an unanswered call before the same channel is tried again."""
_CHANNEL_CLOSED: Final = frozenset({Outcome.BOUNCED, Outcome.UNPROVEN, Outcome.UNCOUNTED})
_BARRED: Final = frozenset({"suspended", "terminated", "released"})
_TAKES_SMS: Final = frozenset({"mobile", "data_card"})
_RINGS: Final = frozenset({"mobile", "fixed_line"})
REACHED_BY_NUMBER: Final = _TAKES_SMS | _RINGS
"""The services whose subscribers are reached on the line itself: no address is taken for them when they register."""


@dataclass(frozen=True, slots=True)
class Line:
    """What a notice needs to know about its line."""

    service: str
    state: str
    is_settled: bool
    """Registered, and not asked to verify it again."""
    has_number: bool
    has_mailbox: bool
    has_postal_address: bool = False
    is_heard: bool = False
    """Suspended, but messages to it still arrive: the law's bar takes something else."""


@dataclass(frozen=True, slots=True)
class PastAttempt:
    """One attempt made before."""

    channel: Channel
    outcome: Outcome
    at: dt.datetime | None = None
    was_submitted: bool = False
    """A gateway accepted it. A try that no gateway accepted is not an attempt to reach the subscriber."""

    @property
    def counts(self) -> bool:
        """Tell whether it was an attempt to reach the subscriber: an attempt on the barred line itself was not."""
        return self.was_submitted and self.outcome is not Outcome.UNCOUNTED


@dataclass(frozen=True, slots=True)
class ContactPolicy:
    """How often to try, and when: as the law says, or as the operator chose where the law says nothing."""

    order: Sequence[Channel]
    max_tries: int
    """Tries by one channel while its gateway is out of reach."""
    min_attempts: int = 0
    """Fewer attempts than this do not make a subscriber unreachable."""
    apart: dt.timedelta = dt.timedelta()
    """The least time between two attempts."""
    quiet: Sequence[tuple[dt.time, dt.time]] = ()
    """Hours in which nothing rings, each from and until."""
    no_letters: Sequence[tuple[dt.time, dt.time]] = ()
    """Hours in which no letter is printed, so that the letters of a day are printed together."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: send by a channel, wait until an instant, or set the notice's final state."""

    channel: Channel | None = None
    wait_until: dt.datetime | None = None
    settle: NoticeState | None = None
    lacks_gateway: bool = False
    """There is a channel to the subscriber, but the instance has no gateway for it: wait, do not give up."""
    is_away: bool = False
    """The gateway is out of reach: wait a while."""
    lacks_language: bool = False
    """The texts of its languages were not accepted: wait, do not give up."""


def next_step(
    kind: NoticeKind,
    *,
    line: Line | None,
    past_attempts: Sequence[PastAttempt],
    policy: ContactPolicy,
    present: Collection[Channel],
    now: dt.datetime,
    ringing: Collection[Channel],
    promised_on: dt.date | None = None,
) -> Step:
    """Decide the next step: send by which channel, wait, or give up.

    `present` are the channels for which the instance has a gateway, `ringing` the channels that the quiet hours bind; `now` is
    local and aware. `promised_on` is the day that the notice names.
    """
    is_over = promised_on is not None and promised_on < now.date()
    if line is None or is_moot(kind, line, is_over=is_over):
        return Step(settle=NoticeState.WITHDRAWN)
    open_channels = [one for one in policy.order if one in channels_to(line)]
    left = [one for one in open_channels if not is_exhausted(one, past_attempts, max_tries=policy.max_tries)]
    if not left:
        left = _channels_to_retry(open_channels, past_attempts, policy)
    channel = next((one for one in left if one in present), None)
    if channel is None:
        # No other channel is left now. A gateway that was out of reach is asked again: its absence says nothing about the subscriber.
        back_at = {
            one: at + _FOR_A_GATEWAY_AWAY
            for one in open_channels
            if one in present and (at := _away_since(one, past_attempts, max_tries=policy.max_tries))
        }
        channel = min(back_at, key=lambda one: back_at[one], default=None)
        if channel is not None and now < back_at[channel]:
            return Step(wait_until=back_at[channel], is_away=True)
    if channel is None:
        if left:
            return Step(wait_until=now + _FOR_A_GATEWAY, lacks_gateway=True)
        return Step(settle=NoticeState.BOUNCED if past_attempts else NoticeState.UNREACHABLE)
    if wait := _wait_until(channel, past_attempts, policy, now=now, is_ringing=channel in ringing):
        return Step(wait_until=wait)
    return Step(channel=channel)


def _away_since(
    channel: Channel, past_attempts: Sequence[PastAttempt], *, max_tries: int
) -> dt.datetime | None:
    """Return when a channel with an unreachable gateway was last tried, None if it has any other result."""
    made = [one for one in past_attempts if one.channel is channel]
    answered = [one for one in made if one.was_submitted or one.outcome is Outcome.DECLINED]
    if any(one.outcome in _CHANNEL_CLOSED for one in made) or len(answered) >= max_tries:
        return None
    return max((one.at for one in made if one.at), default=None)


def _channels_to_retry(
    channels: Sequence[Channel], past_attempts: Sequence[PastAttempt], policy: ContactPolicy
) -> list[Channel]:
    """Return the channels to try again, the least tried first, if the law requires more attempts than were made.

    A channel that the gateway refused (no number, no mailbox), or declined the maximum number of times, is not tried again.
    """
    made = [one.channel for one in past_attempts if one.counts]
    none = {one.channel for one in past_attempts if one.outcome is Outcome.BOUNCED and not one.was_submitted}
    declined = [one.channel for one in past_attempts if one.outcome is Outcome.DECLINED]
    none |= {channel for channel in channels if declined.count(channel) >= policy.max_tries}
    return (
        sorted(set(channels) - none, key=lambda one: (made.count(one), channels.index(one)))
        if len(made) < policy.min_attempts
        else []
    )


def _wait_until(
    channel: Channel,
    past_attempts: Sequence[PastAttempt],
    policy: ContactPolicy,
    *,
    now: dt.datetime,
    is_ringing: bool,
) -> dt.datetime | None:
    """Return until when to wait, None if the notice may be sent now."""
    made = [one for one in past_attempts if one.counts and one.at]
    apart = (
        max(policy.apart, _BETWEEN_ROUNDS) if any(one.channel is channel for one in made) else policy.apart
    )
    # An attempt in the future was made while the machine's clock was ahead: its true time is unknown, so it delays no other attempt.
    latest = max((one.at for one in made if one.at and one.at <= now), default=None)
    if latest is not None and apart and now < latest + apart:
        return latest + apart
    shut = [*(policy.quiet if is_ringing else ()), *(policy.no_letters if channel is Channel.POST else ())]
    return end_of_all_quiet(now, shut)


def is_moot(kind: NoticeKind, line: Line, *, is_over: bool = False) -> bool:
    """Tell whether a notice no longer holds true of its line; `is_over`: the day that it names has passed."""
    over = {"terminated", "released"}
    match kind:
        case NoticeKind.REGISTER_BY:
            return line.is_settled or line.state in over
        case NoticeKind.REMINDER:
            return line.is_settled or line.state in over or is_over
        case NoticeKind.DOCUMENT_BY:
            return line.is_settled or line.state in over or is_over
        case NoticeKind.GOOD_THROUGH:
            return not line.is_settled or line.state in over
        case NoticeKind.SUSPENDED:
            return line.state != "suspended"
        case NoticeKind.RESTORED:
            return line.state != "active"
        case NoticeKind.TERMINATED:
            return line.state not in over
        case _:
            return False


def channels_to(line: Line) -> frozenset[Channel]:
    """Return the channels that can reach the subscriber of a line and prove it."""
    channels = set()
    if line.has_number and (line.state not in _BARRED or (line.state == "suspended" and line.is_heard)):
        channels |= {Channel.SMS} if line.service in _TAKES_SMS else set()
        channels |= {Channel.VOICE} if line.service in _RINGS else set()
    channels |= {Channel.EMAIL} if line.has_mailbox else set()
    channels |= {Channel.POST} if line.has_postal_address else set()
    return frozenset(channels)


def is_exhausted(channel: Channel, past_attempts: Sequence[PastAttempt], *, max_tries: int) -> bool:
    """Tell whether a channel failed, or its gateway was out of reach or declined too often."""
    outcomes = [one.outcome for one in past_attempts if one.channel is channel]
    in_vain = outcomes.count(Outcome.FAILED) + outcomes.count(Outcome.DECLINED)
    return bool(_CHANNEL_CLOSED & set(outcomes)) or in_vain >= max_tries


def longest_wait(policy: ContactPolicy) -> dt.timedelta:
    """Return the longest wait of a policy: a notice that waits longer was put off while the clock was ahead."""
    return max(RETRY_AFTER_FAILURE, _FOR_A_GATEWAY, policy.apart, _BETWEEN_ROUNDS) + _QUIET_AT_MOST


def wait_after(tries: int) -> dt.timedelta:
    """Return how long to wait after so many tries: doubling, up to an hour."""
    return dt.timedelta(seconds=min(_FIRST_WAIT_S * 2 ** min(tries - 1, 20), _LONGEST_WAIT_S))


def end_of_quiet(now: dt.datetime, *, quiet_from: dt.time, quiet_until: dt.time) -> dt.datetime | None:
    """Return when the present quiet hours end (`now` is local and aware), None where it is not quiet.

    The hours may cross midnight; where both times are the same it is never quiet.
    """
    at, today = now.timetz().replace(tzinfo=None), now.date()
    crosses = quiet_from > quiet_until
    is_quiet = (at >= quiet_from or at < quiet_until) if crosses else quiet_from <= at < quiet_until
    if not is_quiet:
        return None
    day = today + dt.timedelta(days=1) if crosses and at >= quiet_from else today
    return dt.datetime.combine(day, quiet_until, now.tzinfo)


def end_of_all_quiet(now: dt.datetime, hours: Sequence[tuple[dt.time, dt.time]]) -> dt.datetime | None:
    """Return when all of these quiet hours are over, None if it is not quiet now or never stops being quiet."""
    at = now
    for _ in range(2 * len(hours) + 1):
        ends = [
            end for begin, until in hours if (end := end_of_quiet(at, quiet_from=begin, quiet_until=until))
        ]
        if not ends:
            return at if at != now else None
        at = max(ends)
    return at


def key_to_press(attempt_id: UUID) -> str:
    """Return the key that a call asks for; it changes from call to call, so that a habit confirms nothing."""
    return str(attempt_id.int % 9 + 1)


def judge_call(ended: CallResult, *, pressed: str | None, attempt_id: UUID) -> Outcome:
    """Return what a call proves: only a person who heard it to the end and pressed the requested key was notified.

    An answering machine too takes the call to the end, but presses nothing.
    """
    if ended is CallResult.HEARD and pressed == key_to_press(attempt_id):
        return Outcome.DELIVERED
    return Outcome.BOUNCED if ended is CallResult.NO_SUCH_NUMBER else Outcome.FAILED
