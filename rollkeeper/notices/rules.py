# SPDX-License-Identifier: EUPL-1.2
"""What to do with one notice now: send it by which way, wait, or give up. Pure.

The law makes informing the operator's duty (art. 3): a way that cannot lead to proof is no way, so a message to the
very line that is barred is not tried, and a notice that no longer holds true is not sent.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from rollkeeper.notices.kinds import Channel, NoticeKind, NoticeState, Outcome

_FIRST_WAIT_S: Final = 60
_LONGEST_WAIT_S: Final = 3600
_FOR_A_GATEWAY: Final = dt.timedelta(hours=6)
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
    has_contact: bool


@dataclass(frozen=True, slots=True)
class Tried:
    """One attempt made before."""

    channel: Channel
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Step:
    """What to do now: send by a channel, wait until an instant, or settle the notice in a state."""

    channel: Channel | None = None
    wait_until: dt.datetime | None = None
    settle: NoticeState | None = None
    lacks_gateway: bool = False
    """There is a way to the holder, and the home has no gateway for it: wait, do not give up."""


def next_step(
    kind: NoticeKind,
    *,
    line: Line | None,
    tried: Sequence[Tried],
    order: Sequence[Channel],
    present: Collection[Channel],
    most_tries: int,
    now: dt.datetime,
    quiet_until: dt.datetime | None,
    ringing: Collection[Channel],
) -> Step:
    """Decide by which way of `order` to go now.

    `present` are the channels for which the home has a gateway; `quiet_until` is the end of the present quiet hours
    (None: it is not quiet), which bind the `ringing` channels.
    """
    if line is None or is_moot(kind, line):
        return Step(settle=NoticeState.WITHDRAWN)
    left = [
        one for one in order if one in ways_to(line) and not is_exhausted(one, tried, most_tries=most_tries)
    ]
    if not left:
        return Step(settle=NoticeState.BOUNCED if tried else NoticeState.UNREACHABLE)
    way = next((one for one in left if one in present), None)
    if way is None:
        return Step(wait_until=now + _FOR_A_GATEWAY, lacks_gateway=True)
    if quiet_until is not None and way in ringing:
        return Step(wait_until=quiet_until)
    return Step(channel=way)


def is_moot(kind: NoticeKind, line: Line) -> bool:
    """Tell whether a notice no longer holds true of its line."""
    match kind:
        case NoticeKind.REGISTER_BY | NoticeKind.REMINDER:
            return line.is_registered or line.state in {"ended", "released"}
        case NoticeKind.SUSPENDED:
            return line.state != "suspended"
        case NoticeKind.RESTORED:
            return line.state != "active"
        case NoticeKind.ENDED:
            return line.state == "active"
        case _:
            return False


def ways_to(line: Line) -> frozenset[Channel]:
    """Return the ways by which the holder of a line can be reached and the reaching be proved."""
    ways = set()
    if line.has_number and line.state not in _BARRED:
        ways |= {Channel.SMS} if line.service in _TAKES_SMS else set()
        ways |= {Channel.VOICE} if line.service in _RINGS else set()
    if line.has_contact:
        ways.add(Channel.EMAIL)
    return frozenset(ways)


def is_exhausted(channel: Channel, tried: Sequence[Tried], *, most_tries: int) -> bool:
    """Tell whether a way led nowhere, or its gateway was out of reach too often."""
    outcomes = [one.outcome for one in tried if one.channel is channel]
    return bool(_NO_WAY_ON & set(outcomes)) or outcomes.count(Outcome.FAILED) >= most_tries


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
