# SPDX-License-Identifier: EUPL-1.2
"""One app in a separate process: ``python -m rollkeeper.operations.app_process HOST PORT``.

It ends by itself when the process that started it is gone, because the pipe on its standard input then closes. The server's child
process, which answers requests, ends when the server is gone.
"""

import gc
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from typing import Any

THREADS = 4
"""Each thread holds one connection to the register. A request takes a thread only after all of it has arrived (`request_buffer.py`)."""
HEAD_MS = 10_000
"""How long the head of a request may take."""


def main(host: str, port: str) -> None:
    """Serve until asked to stop."""
    from granian.constants import HTTPModes, Interfaces
    from granian.http import HTTP1Settings
    from granian.log import LogLevels
    from granian.server import Server

    threading.Thread(target=_end_with_parent, daemon=True).start()
    Server(
        "rollkeeper.operations.app_process:application",
        factory=True,
        address=host,
        port=int(port),
        interface=Interfaces.RSGI,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_MS),
        http=HTTPModes.http1,
        websockets=False,
        log_level=LogLevels.warning,
        workers_kill_timeout=5,
    ).serve()


def application() -> Any:
    """Make the application in the server's child process, which ends when the server was killed."""
    threading.Thread(target=_end_with_server, daemon=True).start()
    gc.disable()  # until all is loaded
    from rollkeeper.operations.request_buffer import RequestBuffer
    from rollkeeper.site.wsgi import application, path

    return RequestBuffer(application, threads=THREADS, path=path)


def _end_with_server() -> None:
    server = multiprocessing.parent_process()
    if server is not None:
        multiprocessing.connection.wait([server.sentinel])
        os.kill(os.getpid(), signal.SIGKILL)


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # without a buffer: its lock would be held when the interpreter ends
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    os.umask(0o077)
    main(sys.argv[1], sys.argv[2])
