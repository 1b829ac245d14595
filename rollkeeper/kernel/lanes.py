# SPDX-License-Identifier: EUPL-1.2
"""Lanes: what the house does by itself, one bounded turn after another, and the note that each leaves of its last turn.

A room that has work of this sort names it in its `lanes.py`; `site/work.py` keeps all of them going. A turn may be
killed at any point and runs again: it is an act, or many, and those are whole or not done. Notes hold instants, counts
and the code of a fault, and lie in the home, since they are about this machine and not about the register.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.locks import alone_or_not_at_all
from rollkeeper.kernel.settings import home

SHORTEST_PATIENCE_S: Final = 600
_NOTES_EVERY_S: Final = 60


@dataclass(frozen=True, slots=True)
class Lane:
    """One kind of work."""

    name: str
    turn: Callable[[], int]
    """Does a bounded amount and returns how much it did."""
    every_s: Callable[[], float]
    """How long after the beginning of a turn the next one begins."""
    opens: Callable[[], bool] = lambda: True
    """Whether it opens what is sealed, or destroys keys: if not, it runs where no key is."""
    is_wanted: Callable[[], bool] = lambda: True
    """Whether this home has any use for it."""
    full_at: int | None = None
    """A turn that did as much did not do all: the next one follows at once."""
    goes_on_at: frozenset[str] = frozenset()
    """Codes of refusals that somebody has to end, and at which what a turn does is done all the same: no later turn waits longer."""


@dataclass(frozen=True, slots=True)
class LastTurn:
    """What is known of a lane's last turn; instants in seconds since 1970, by the machine."""

    began: int
    ended: int | None = None
    did: int = 0
    fault: str | None = None
    """The code of the refusal, or the name of what broke. Never its text, which may hold a value."""


def folder() -> Path:
    """Return where notes and locks of the lanes lie."""
    return home() / "work"


def last_turn(name: str) -> LastTurn | None:
    """Return what is noted of a lane, None where it never ran in this home."""
    try:
        return LastTurn(**json.loads((folder() / f"{name}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def note(name: str, turn: LastTurn) -> None:
    """Replace the note of a lane, whole."""
    file = folder() / f"{name}.json"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(asdict(turn)), "utf-8")
    draft.replace(file)


@contextmanager
def held(name: str) -> Iterator[bool]:
    """Hold a lane for the length of a block; False where another process has it, which then does the work."""
    with alone_or_not_at_all(folder() / f"{name}.lock") as mine:
        yield mine


def take_turn(lane: Lane) -> LastTurn:
    """Take one turn and note what came of it; what broke is noted and not raised, so that no lane stops another.

    A lane that turns every second leaves a note when it did something, when it failed, and once a minute.
    """
    began, before = clock.true_seconds(), last_turn(lane.name)
    is_due = before is None or before.ended is None or not 0 <= began - before.began < _NOTES_EVERY_S
    if is_due:
        note(lane.name, LastTurn(began))
    did, fault = 0, None
    try:
        did = lane.turn()
    except RollkeeperError as refused:
        fault = refused.code
    except Exception as broke:  # noqa: BLE001 - whatever it is, the lane's next turn tries again; its text may hold values
        fault = type(broke).__name__
    done = LastTurn(began, clock.true_seconds(), did, fault)
    if is_due or did or fault or (before and before.fault):
        note(lane.name, done)
    return done


def is_late(lane: Lane, turn: LastTurn, *, now: int) -> bool:
    """Tell whether a lane should have begun again, or come to an end, long since; or began on a day to come, by a clock that was wrong."""
    return abs(now - turn.began) > max(3 * lane.every_s(), SHORTEST_PATIENCE_S)
