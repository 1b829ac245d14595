# SPDX-License-Identifier: EUPL-1.2
"""Prepares chunks in a second thread while the first thread waits for PostgreSQL."""

import queue
import sys
import threading
from collections.abc import Iterator
from typing import Final

from django.db import connections

DEPTH: Final = 2
_SWITCH_SECONDS: Final = 0.000_2


class _End:
    """No more chunks, or what went wrong while they were made."""

    def __init__(self, fault: BaseException | None = None) -> None:
        self.fault = fault


def ahead[T](source: Iterator[T]) -> Iterator[T]:
    """Yield the items of `source`, reading a few items ahead. Its thread closes its connections at the end."""
    # The first thread sends a chunk in hundreds of small writes and gets its turn back after each: by default it would
    # wait 5 ms every time, as long as the sending itself takes.
    usual = sys.getswitchinterval()
    sys.setswitchinterval(_SWITCH_SECONDS)
    waiting: queue.Queue[T | _End] = queue.Queue(DEPTH)
    stopped = threading.Event()
    worker = threading.Thread(target=_run, args=(source, waiting, stopped), name="import-ahead", daemon=True)
    worker.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            yield item
        if item.fault:
            raise item.fault
    finally:
        sys.setswitchinterval(usual)
        stopped.set()
        while worker.is_alive():
            _drain(waiting)
            worker.join(0.01)


def _run[T](source: Iterator[T], waiting: "queue.Queue[T | _End]", stopped: threading.Event) -> None:
    end = _End()
    try:
        for item in source:
            if stopped.is_set():
                return
            waiting.put(item)
    except BaseException as fault:  # noqa: BLE001 - handed to the thread that asked
        end = _End(fault)
    finally:
        connections.close_all()
        if not stopped.is_set():
            waiting.put(end)


def _drain[T](waiting: "queue.Queue[T | _End]") -> None:
    try:
        while True:
            waiting.get_nowait()
    except queue.Empty:
        return
