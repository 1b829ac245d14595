# SPDX-License-Identifier: EUPL-1.2
"""The porter as a child of `serve`: ``python -m rollkeeper.site.porter_process``.

It ends by itself when the process that started it is gone: the pipe on its standard input closes. It serves nobody
directly: what the portal wants done lies in the register.
"""

import logging
import os
import signal
import sys
import threading

import django


def main() -> None:
    """Keep the door until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_end_with_parent, args=(stop,), daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    django.setup()

    from rollkeeper.access.authority import sweep_authority
    from rollkeeper.kernel import server
    from rollkeeper.rights.porter import keep_door

    server.ensure_ours_running()
    keep_door(sweep_authority(), goes_on=lambda: not stop.is_set())


def _end_with_parent(stop: threading.Event) -> None:
    os.read(sys.stdin.fileno(), 1)  # not through a buffer, whose lock would be held when the interpreter ends
    stop.set()


if __name__ == "__main__":
    os.umask(0o077)
    main()
