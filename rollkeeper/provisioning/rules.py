# SPDX-License-Identifier: EUPL-1.2
"""The result of one try to carry out a command. Pure: the answer and the read-back in, the next state out.

The network's acceptance proves nothing, only its read-back does. An open line does not prove a restore that the element did not accept:
the element may still carry out an older bar, which it refuses only after it knows the restore. A restore is retried until it works; bar
and terminate are given up after a while if the network accepts but does not apply them, since a line that still works does no harm. An
unreachable element is tried until it answers: its lines must not be terminated without having been barred.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from rollkeeper.provisioning.choices import Answer, CommandKind, CommandState, ReadBack

_FIRST_WAIT_S = 10
LONGEST_WAIT: Final = dt.timedelta(minutes=15)
_LEFT_AFTER_AWAY = 3


@dataclass(frozen=True, slots=True)
class Transition:
    """The new state of a command, and how long to wait before the next try (None: there is none)."""

    state: CommandState
    wait: dt.timedelta | None = None
    must_restore: bool = False
    """The network barred more than it may: the line must be restored at once."""


def next_state(
    kind: CommandKind, *, answer: Answer | None, read_back: ReadBack, tries: int, max_tries: int
) -> Transition:
    """Decide the state of a command after a try. `answer` is None if only the read-back was repeated."""
    is_taken = answer is not Answer.RETRY or kind is not CommandKind.RESTORE
    if read_back is kind.proof and is_taken:
        return Transition(CommandState.CONFIRMED)
    if read_back is ReadBack.FLOOR_MISSING and kind is CommandKind.BAR:
        return Transition(CommandState.FAILED, must_restore=True)
    is_last = tries >= max_tries or answer is Answer.REFUSED
    if read_back is ReadBack.EXCESS and kind is CommandKind.BAR and is_last:
        return Transition(CommandState.FAILED, must_restore=True)
    if kind is not CommandKind.RESTORE and (
        answer is Answer.REFUSED or (tries >= max_tries and answer is not Answer.RETRY)
    ):
        return Transition(CommandState.FAILED)
    taken = answer in {None, Answer.ACCEPTED}
    return Transition(CommandState.SENT if taken else CommandState.WAITING, wait_after(tries))


def counted_tries(tries: int, *, answer: Answer | None, max_tries: int) -> int:
    """Return how many tries count: after an element was unreachable it gets some more to apply what it accepts."""
    return min(tries, max(1, max_tries - _LEFT_AFTER_AWAY)) if answer is Answer.RETRY else tries


def wait_after(tries: int) -> dt.timedelta:
    """Return how long to wait after so many tries: doubling, up to a quarter of an hour."""
    return min(dt.timedelta(seconds=_FIRST_WAIT_S * 2 ** min(tries - 1, 20)), LONGEST_WAIT)
