# SPDX-License-Identifier: EUPL-1.2
"""What to do with one notice now: send it by which way, wait, or give up. Pure.

The law makes informing the operator's duty (art. 3): a way that cannot lead to proof is no way, so a message to the
very line that is barred is not tried, and a notice that no longer holds true is not sent.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rollkeeper.notices.kinds import CallEnd, Channel, NoticeKind, NoticeState, Outcome

_FIRST_WAIT_S: Final = 60
_LONGEST_WAIT_S: Final = 3600
_FOR_A_GATEWAY: Final = dt.timedelta(hours=6)
_FOR_A_GATEWAY_AWAY: Final = dt.timedelta(hours=1)
_BETWEEN_ROUNDS: Final = dt.timedelta(hours=1)
"""By one way nobody is disturbed more often than this, whatever number of attempts a law wants."""
AFTER_A_FAILURE: Final = dt.timedelta(days=1)
"""How long a full mailbox or a telephone that nobody answered is left alone before the same way is tried again."""
_NO_WAY_ON: Final = frozenset({Outcome.BOUNCED, Outcome.UNPROVEN, Outcome.UNCOUNTED})
_BARRED: Final = frozenset({"suspended", "ended", "released"})
_TAKES_SMS: Final = frozenset({"mobile", "data_card"})
_RINGS: Final = frozenset({"mobile", "fixed_line"})


@dataclass(frozen=True, slots=True)
class Line:
    """What a notice needs to know of its line."""

    service: str
    state: str
    is_registered: bool
    has_number: bool
    has_mailbox: bool
    has_postal_address: bool = False


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt made before."""

    channel: Channel
    outcome: Outcome
    at: dt.datetime | None = None
    left_the_house: bool = False
    """A gateway took it. What no gateway took is a try of ours, and no attempt to reach anybody."""

    @property
    def counts(self) -> bool:
        """Tell whether it was an attempt to reach the holder: one to the very line that was barred was not."""
        return self.left_the_house and self.outcome is not Outcome.UNCOUNTED


@dataclass(frozen=True, slots=True)
class Regimen:
    """How hard to try, and when: what the law lays down where it does, and else what the operator chose."""

    order: Sequence[Channel]
    most_tries: int
    """Tries by one way while its gateway is out of reach."""
    min_attempts: int = 0
    """Attempts without which nobody may be called unreachable by what was tried."""
    apart: dt.timedelta = dt.timedelta()
    """The least time between two attempts."""
    quiet: Sequence[tuple[dt.time, dt.time]] = ()
    """Hours in which nothing rings, each from and until."""
    no_letters: Sequence[tuple[dt.time, dt.time]] = ()
    """Hours in which no letter is printed, so that those of a day come together."""


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: send by a channel, wait until an instant, or settle the notice in a state."""

    channel: Channel | None = None
    wait_until: dt.datetime | None = None
    settle: NoticeState | None = None
    lacks_gateway: bool = False
    """There is a way to the holder, and the home has no gateway for it: wait, do not give up."""
    is_away: bool = False
    """The gateway is out of reach: wait a while."""


def next_step(
    kind: NoticeKind,
    *,
    line: Line | None,
    tried: Sequence[Tried],
    regimen: Regimen,
    present: Collection[Channel],
    now: dt.datetime,
    ringing: Collection[Channel],
    promised_on: dt.date | None = None,
) -> Step:
    """Decide by which way to go now.

    `present` are the channels for which the home has a gateway, `ringing` those that the quiet hours bind; `now` is
    local and aware. `promised_on` is the day that the notice names.
    """
    is_over = promised_on is not None and promised_on < now.date()
    if line is None or is_moot(kind, line, is_over=is_over):
        return Step(settle=NoticeState.WITHDRAWN)
    open_ways = [one for one in regimen.order if one in ways_to(line)]
    left = [one for one in open_ways if not is_exhausted(one, tried, most_tries=regimen.most_tries)]
    if not left:
        left = _once_more(open_ways, tried, regimen)
    way = next((one for one in left if one in present), None)
    if way is None:
        # No other way is there now. A gateway that was away is asked again: that it was away says nothing of the holder.
        back_at = {
            one: at + _FOR_A_GATEWAY_AWAY
            for one in open_ways
            if one in present and (at := _away_since(one, tried, most_tries=regimen.most_tries))
        }
        way = min(back_at, key=lambda one: back_at[one], default=None)
        if way is not None and now < back_at[way]:
            return Step(wait_until=back_at[way], is_away=True)
    if way is None:
        if left:
            return Step(wait_until=now + _FOR_A_GATEWAY, lacks_gateway=True)
        return Step(settle=NoticeState.BOUNCED if tried else NoticeState.UNREACHABLE)
    if wait := _time_not_come(way, tried, regimen, now=now, is_ringing=way in ringing):
        return Step(wait_until=wait)
    return Step(channel=way)


def _away_since(channel: Channel, tried: Sequence[Tried], *, most_tries: int) -> dt.datetime | None:
    """Return when a way was last tried whose gateway was out of reach, None where anything else is said of it."""
    made = [one for one in tried if one.channel is channel]
    answered = [one for one in made if one.left_the_house or one.outcome is Outcome.DECLINED]
    if any(one.outcome in _NO_WAY_ON for one in made) or len(answered) >= most_tries:
        return None
    return max((one.at for one in made if one.at), default=None)


def _once_more(ways: Sequence[Channel], tried: Sequence[Tried], regimen: Regimen) -> list[Channel]:
    """Return the ways to go again, the least tried first, where the law wants more attempts than were made.

    What a gateway would not even take (no number, no mailbox), or declined as often as it is asked, is no way again.
    """
    made = [one.channel for one in tried if one.counts]
    none = {one.channel for one in tried if one.outcome is Outcome.BOUNCED and not one.left_the_house}
    declined = [one.channel for one in tried if one.outcome is Outcome.DECLINED]
    none |= {way for way in ways if declined.count(way) >= regimen.most_tries}
    return (
        sorted(set(ways) - none, key=lambda one: (made.count(one), ways.index(one)))
        if len(made) < regimen.min_attempts
        else []
    )


def _time_not_come(
    way: Channel, tried: Sequence[Tried], regimen: Regimen, *, now: dt.datetime, is_ringing: bool
) -> dt.datetime | None:
    """Return until when to wait, None where it is time."""
    made = [one for one in tried if one.counts and one.at]
    apart = max(regimen.apart, _BETWEEN_ROUNDS) if any(one.channel is way for one in made) else regimen.apart
    latest = max((one.at for one in made if one.at), default=None)
    if latest is not None and apart and now < latest + apart:
        return latest + apart
    shut = [*(regimen.quiet if is_ringing else ()), *(regimen.no_letters if way is Channel.POST else ())]
    return end_of_all_quiet(now, shut)


def is_moot(kind: NoticeKind, line: Line, *, is_over: bool = False) -> bool:
    """Tell whether a notice no longer holds true of its line; `is_over`: the day that it names has passed."""
    over = {"ended", "released"}
    match kind:
        case NoticeKind.REGISTER_BY:
            return line.is_registered or line.state in over
        case NoticeKind.REMINDER:
            return line.is_registered or line.state in over or is_over
        case NoticeKind.DOCUMENT_BY:
            return line.is_registered or line.state in over or is_over
        case NoticeKind.SUSPENDED:
            return line.state != "suspended"
        case NoticeKind.RESTORED:
            return line.state != "active"
        case NoticeKind.ENDED:
            return line.state not in over
        case _:
            return False


def ways_to(line: Line) -> frozenset[Channel]:
    """Return the ways by which the holder of a line can be reached and the reaching be proved."""
    ways = set()
    if line.has_number and line.state not in _BARRED:
        ways |= {Channel.SMS} if line.service in _TAKES_SMS else set()
        ways |= {Channel.VOICE} if line.service in _RINGS else set()
    ways |= {Channel.EMAIL} if line.has_mailbox else set()
    ways |= {Channel.POST} if line.has_postal_address else set()
    return frozenset(ways)


def is_exhausted(channel: Channel, tried: Sequence[Tried], *, most_tries: int) -> bool:
    """Tell whether a way led nowhere, or its gateway was out of reach or said no too often."""
    outcomes = [one.outcome for one in tried if one.channel is channel]
    in_vain = outcomes.count(Outcome.FAILED) + outcomes.count(Outcome.DECLINED)
    return bool(_NO_WAY_ON & set(outcomes)) or in_vain >= most_tries


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
    """Return when it is next quiet by none of these hours, None where it is not quiet now or never ends."""
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
    """Return the key that a call asks for, another one from call to call, so that a habit confirms nothing."""
    return str(attempt_id.int % 9 + 1)


def judge_call(ended: CallEnd, *, pressed: str | None, attempt_id: UUID) -> Outcome:
    """Say what a call proves. Only who heard it to the end and pressed the key that it asked for was told.

    An answering machine hears to the end too, and presses nothing.
    """
    if ended is CallEnd.HEARD and pressed == key_to_press(attempt_id):
        return Outcome.DELIVERED
    return Outcome.BOUNCED if ended is CallEnd.NO_SUCH_NUMBER else Outcome.FAILED
