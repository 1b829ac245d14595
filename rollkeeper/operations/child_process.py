# SPDX-License-Identifier: EUPL-1.2
"""The start of every process besides the apps: it ends on request, and when its parent process is gone.

The latter it sees by the pipe on its standard input, which closes. What it is at then has some seconds: a run may be killed at any
point, and one that hangs would keep its work from the process that takes over.
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
    """Load something, and keep it until asked to stop; unless told not to, start the embedded servers first, if they are down."""
    import django

    os.umask(0o077)
    gc.disable()  # what is loaded stays: to look through it for garbage, again and again, took a tenth of the start
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
    os.read(sys.stdin.fileno(), 1)  # not through a buffer, whose lock would be held when the interpreter ends
    stop.set()
    time.sleep(_ORPHAN_S)
    os.kill(os.getpid(), signal.SIGKILL)
