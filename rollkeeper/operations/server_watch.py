# SPDX-License-Identifier: EUPL-1.2
"""Keeps both stores reachable while a long-running process works: an embedded server that is gone is started again.

A dead server of keys is noticed here before a clerk registers a subscriber. The operator's own servers cannot be started from here: a
message says which one does not answer, and when it answers again. The processes that use a server connect again by themselves.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from rollkeeper.kernel.console import err
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.stores import STORES
from rollkeeper.platform import embedded_postgres
from rollkeeper.platform.server_state import accepts, is_own

_INTERVAL_S: Final = 0.5
_ASKED_EVERY_S: Final = 4.0
"""Asking costs the server a process each time; a server that is gone is noticed without asking. A server may hang this long unnoticed."""
_END_S: Final = 2.0


@contextmanager
def watched_servers() -> Iterator[None]:
    """Keep both servers reachable for the length of a block."""
    stop = threading.Event()
    thread = threading.Thread(target=_Watch().run, args=(stop,), name="servers", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_END_S)  # a thread that waits for a server to recover ends with this process


class _Watch:
    """What was last logged about each store, so that it is logged once."""

    def __init__(self) -> None:
        self._said: dict[str, str] = {}
        self._ask_at = 0.0

    def run(self, stop: threading.Event) -> None:
        """Look again and again until asked to stop."""
        while not stop.wait(_INTERVAL_S):
            if time.monotonic() < self._ask_at and not any(map(embedded_postgres.is_gone, STORES)):
                continue
            away = [store for store in STORES if not accepts(store)]
            self._ask_at = 0.0 if away else time.monotonic() + _ASKED_EVERY_S
            for store in STORES:
                self._say(store.name, "does not answer" if store in away else "")
            if any(not is_own(store) for store in away) and not stop.is_set():
                if embedded_postgres.disk_is_full():
                    self._say("start", "The disk is full: no server can start until there is room.")
                    continue
                try:
                    embedded_postgres.ensure_embedded_running()
                except (RollkeeperError, OSError) as fault:
                    self._say("start", str(fault))
                else:
                    self._say("start", "")

    def _say(self, what: str, said: str) -> None:
        before = self._said.get(what, "")
        if said == before:
            return
        self._said[what] = said
        if what == "start":
            if said:
                err.print(said, markup=False)
        else:
            err.print(f"The server of the {what} {said or 'answers again'}.", markup=False)
