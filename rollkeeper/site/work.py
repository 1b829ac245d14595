# SPDX-License-Identifier: EUPL-1.2
"""What the house does by itself: every lane of every room, each in a thread of its own, so that none waits for another.

A lane that opens nothing runs in a process that cannot: there is no connection there over which things are opened, and
the store of keys gives it public halves alone. To have a room's lanes kept, name the room below.
"""

import threading
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from django.conf import settings as django_settings
from django.db import connections

from rollkeeper.kernel import clock
from rollkeeper.kernel.lanes import Lane, LastTurn, held, last_turn, take_turn
from rollkeeper.kernel.settings import settings
from rollkeeper.vault.epochs import may_open

# Rooms that do something by themselves. Each has a tuple `LANES` in its `lanes.py`.
ROOMS_WITH_LANES: Final = ("agents", "incidents", "ledger", "network", "notices", "retention")

_LOOKS_EVERY_S: Final = 0.5
_LONGEST_PAUSE_S: Final = 600.0
_LONG_WAIT_S: Final = 60.0
"""From here on an idle connection, 3 MB of the server each, costs more than a new one."""
_READS_SETTINGS_EVERY_S: Final = 60.0


def all_lanes() -> list[Lane]:
    """Return every lane that this home has a use for: none, where it may do nothing by itself."""
    if not settings().works_by_itself:
        return []
    found = (lane for room in ROOMS_WITH_LANES for lane in import_module(f"rollkeeper.{room}.lanes").LANES)
    return [lane for lane in found if lane.is_wanted()]


def lanes_of_this_process() -> list[Lane]:
    """Return the lanes to be kept here: those that open where things can be opened, the others where they cannot."""
    return [lane for lane in all_lanes() if lane.opens() is may_open()]


def keep_lanes(stop: threading.Event) -> None:
    """Keep this process's lanes going until told to stop; what a lane is at, it ends first.

    Ends by itself when the settings come to name other lanes: whoever started it starts it again.
    """
    lanes = lanes_of_this_process()
    threads = [threading.Thread(target=keep_lane, args=(lane, stop), name=lane.name) for lane in lanes]
    for one in threads:
        one.start()
    names = [lane.name for lane in lanes]
    while not stop.wait(_READS_SETTINGS_EVERY_S):
        settings.cache_clear()
        if [lane.name for lane in lanes_of_this_process()] != names:
            stop.set()
    for one in threads:
        one.join()


def keep_lane(lane: Lane, stop: threading.Event) -> None:
    """Take a lane's turns as they come due; after a fault wait longer each time, up to some minutes."""
    faults, known = 0, last_turn(lane.name)
    next_at = known.began + lane.every_s() if known and known.fault is None else 0.0
    while not stop.is_set():
        # A wait longer than any that is given out: the clock has been set back meanwhile.
        if 0 < next_at - time.time() <= max(lane.every_s(), _LONGEST_PAUSE_S):
            stop.wait(min(_LOOKS_EVERY_S, lane.every_s()))
            continue
        with held(lane.name) as mine:
            turn = take_turn(lane) if mine else None
        broke = turn is not None and turn.fault is not None
        _let_go(is_whole=broke or lane.every_s() >= _LONG_WAIT_S)
        faults = faults + 1 if turn and turn.fault and turn.fault not in lane.goes_on_at else 0
        next_at = _next_at(lane, turn, faults=faults)


def _next_at(lane: Lane, turn: LastTurn | None, *, faults: int) -> float:
    if faults:
        return time.time() + min(_LONGEST_PAUSE_S, max(lane.every_s(), 5.0 * (1 << min(faults, 10))))
    if turn and lane.full_at is not None and turn.did >= lane.full_at:
        return 0.0
    return (turn.began if turn else clock.true_seconds()) + lane.every_s()


def _let_go(*, is_whole: bool) -> None:
    """Close what opens, so that a rotation of keys is not blocked; whole, every connection: what broke, or waits for long."""
    for name in django_settings.DATABASES:
        if is_whole or name != "default":
            connections[name].close()


def take_every_turn(lanes: Sequence[Lane]) -> dict[str, LastTurn]:
    """Take one turn of each lane, one after the other; leave out those that another process is at."""
    done = {}
    for lane in lanes:
        with held(lane.name) as mine:
            if mine:
                done[lane.name] = take_turn(lane)
    return done
