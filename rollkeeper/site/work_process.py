# SPDX-License-Identifier: EUPL-1.2
"""The lanes as a child of `serve` or `work`: ``python -m rollkeeper.site.work_process``.

With ``ROLLKEEPER_OPENS=no`` it has no way to open anything and keeps the lanes that need none. It ends by itself when
the process that started it is gone: the pipe on its standard input closes.
"""

import logging
import os
import signal
import sys
import threading

import django


def main() -> None:
    """Keep the lanes until told to stop."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=_end_with_parent, args=(stop,), daemon=True).start()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s: %(message)s")
    django.setup()

    from rollkeeper.kernel import server
    from rollkeeper.site.work import keep_lanes

    server.ensure_ours_running()
    keep_lanes(stop)


def _end_with_parent(stop: threading.Event) -> None:
    os.read(sys.stdin.fileno(), 1)  # not through a buffer, whose lock would be held when the interpreter ends
    stop.set()


if __name__ == "__main__":
    os.umask(0o077)
    main()
