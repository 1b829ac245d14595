# SPDX-License-Identifier: EUPL-1.2
"""One app in a separate process: ``python -m rollkeeper.operations.app_process HOST PORT``.

It ends by itself when the process that started it is gone: the pipe on its standard input closes.
"""

import os
import signal
import sys
import threading

THREADS = 4
"""Each holds one connection to the register."""


def main(host: str, port: str) -> None:
    """Serve until asked to stop."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    threading.Thread(target=_end_with_parent, daemon=True).start()
    Server(
        "rollkeeper.site.wsgi:application",
        address=host,
        port=int(port),
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    ).serve()


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # not through a buffer, whose lock would be held when the interpreter ends
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    os.umask(0o077)
    main(sys.argv[1], sys.argv[2])
