# SPDX-License-Identifier: EUPL-1.2
"""The porter as a child of `serve`: ``python -m rollkeeper.site.porter_process``; beside it, in a thread, the carrier.

It ends by itself when the process that started it is gone: the pipe on its standard input closes. It serves nobody
directly: what the portal wants done and what the counter handed in lies in the register.
"""

import logging
import os
import signal
import sys
import threading
from collections.abc import Callable

import django


def main() -> None:
    """Keep the door until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_end_with_parent, args=(stop,), daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    django.setup()

    from rollkeeper.captures.carrying import keep_carrying
    from rollkeeper.kernel import server
    from rollkeeper.rights.porter import keep_door

    server.ensure_ours_running()
    carrier = threading.Thread(target=_until_told, args=(keep_carrying, stop))
    carrier.start()
    _until_told(keep_door, stop)
    carrier.join()


def _until_told(work: Callable[..., None], stop: threading.Event) -> None:
    """Do one of the two; where it breaks, both end, and whoever started them starts them again."""
    from rollkeeper.access.authority import sweep_authority

    try:
        work(sweep_authority(), goes_on=lambda: not stop.is_set())
    finally:
        stop.set()


def _end_with_parent(stop: threading.Event) -> None:
    os.read(sys.stdin.fileno(), 1)  # not through a buffer, whose lock would be held when the interpreter ends
    stop.set()


if __name__ == "__main__":
    os.umask(0o077)
    main()
