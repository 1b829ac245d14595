# SPDX-License-Identifier: EUPL-1.2
"""Starts every process that is not an app; the process ends on request, and when its parent is gone.

The pipe on its standard input closes when the parent is gone. A run under way then has some seconds to end. A run may be killed at any
point, but a run that hangs would keep its work from the process that takes over.
"""

import gc
import logging
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from typing import Final

_ORPHAN_S: Final = 15


type Keep = Callable[[threading.Event], None]


def run_as_child(load: Callable[[], Keep], *, needs_servers: bool = True) -> None:
    """Load the process's work and do it until asked to stop; with `needs_servers`, first start the embedded servers that are down."""
    import django

    os.umask(0o077)
    gc.disable()  # loaded objects stay: examining them for garbage, again and again, took a tenth of the start
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_end_with_parent, args=(stop,), daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    django.setup()

    from rollkeeper.platform import embedded_postgres

    if needs_servers:
        embedded_postgres.ensure_embedded_running()
    keep = load()
    gc.freeze()
    gc.enable()
    keep(stop)


def _end_with_parent(stop: threading.Event) -> None:
    os.read(sys.stdin.fileno(), 1)  # without a buffer: its lock would be held when the interpreter ends
    stop.set()
    time.sleep(_ORPHAN_S)
    os.kill(os.getpid(), signal.SIGKILL)
