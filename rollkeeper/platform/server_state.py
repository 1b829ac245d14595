# SPDX-License-Identifier: EUPL-1.2
"""Finds the state of a PostgreSQL server without a password and within seconds: it accepts, recovers, stops, or says nothing.

A server that recovers becomes ready by itself and must be left alone. A server that takes long to stop, or lives and says nothing, hangs.
"""

import time
from collections.abc import Iterator
from enum import StrEnum
from typing import Final

from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.stores import KEYS, REGISTER, Store, socket_folder

ANSWER_S: Final = 3
"""How long a server may take to answer anything at all."""
ASKED_S: Final = 1
"""After this long without an answer, an embedded server's process is examined."""
_PAUSE_S: Final = 0.1


class ServerState(StrEnum):
    """The states of a server, in words that complete the sentence "the server ..."."""

    ACCEPTING = "accepts connections"
    RECOVERING = "starts, or recovers from a crash"
    STOPPING = "stops"
    SILENT = "gives no answer"


_MAY_HANG = frozenset({ServerState.STOPPING, ServerState.SILENT})


def state_of(store: Store) -> ServerState:
    """Return the state of a store's server. Takes no more than some seconds."""
    place = _place(store)
    match PGconn.ping(place):
        case Ping.OK:
            return ServerState.ACCEPTING
        case Ping.REJECT:
            # Only the words tell a server that stops from one that starts; both refuse with the same code.
            said = PGconn.connect(place).error_message
            return ServerState.STOPPING if b"shutting down" in said else ServerState.RECOVERING
        case _:
            return ServerState.SILENT


def accepts(store: Store) -> bool:
    """Tell whether a server accepts connections: an embedded one within a second."""
    return bool(PGconn.ping(_place(store, ANSWER_S if is_own(store) else ASKED_S)) == Ping.OK)


def lets_wait(store: Store) -> bool:
    """Tell whether an embedded server takes a connection and says nothing for a second."""
    begun = time.monotonic()
    said = PGconn.ping(_place(store, ASKED_S))
    return bool(said == Ping.NO_RESPONSE) and time.monotonic() > begun + ASKED_S / 2


def keeps_hanging(store: Store, *, for_s: float) -> ServerState | None:
    """Return how a server hangs, if it still hangs after this time; else None."""
    states = _states_until(store, time.monotonic() + for_s)
    return last if (last := list(states)[-1]) in _MAY_HANG else None


def _states_until(store: Store, until: float) -> Iterator[ServerState]:
    while True:
        state = state_of(store)
        yield state
        if state not in _MAY_HANG or time.monotonic() > until:
            return
        time.sleep(_PAUSE_S)


def is_own(store: Store) -> bool:
    """Tell whether a store is on the operator's own server."""
    return _url(store) is not None


def _url(store: Store) -> str | None:
    return {REGISTER.name: instance().register_url, KEYS.name: instance().keys_url}[store.name]


def _place(store: Store, within_s: int = ANSWER_S) -> bytes:
    url = _url(store)
    if url is not None:
        return make_conninfo(url, connect_timeout=within_s).encode()
    return make_conninfo(host=str(socket_folder(store)), port=store.port, connect_timeout=within_s).encode()
