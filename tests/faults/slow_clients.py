# SPDX-License-Identifier: EUPL-1.2
"""Clients that never finish their requests, and what a process uses meanwhile."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

SLOW_CLIENTS = 200
MOST_MIB, MOST_DESCRIPTORS, MOST_THREADS = 64, SLOW_CLIENTS + 20, 20
"""How much memory an app may use for them."""
_HEAD = b"POST /account/login/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n"


class Held(NamedTuple):
    """What a process uses."""

    mib: int
    descriptors: int
    threads: int

    def said(self) -> str:
        return f"{self.mib} MiB, {self.descriptors} descriptors, {self.threads} threads"


def held(pid: int) -> Held:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    resident, threads = (
        int(next(line.split()[1] for line in status.splitlines() if line.startswith(name)))
        for name in ("VmRSS:", "Threads:")
    )
    return Held(resident // 1024, len(list(Path(f"/proc/{pid}/fd").iterdir())), threads)


def require_little_more(before: Held, during: Held) -> None:
    assert during.mib < before.mib + MOST_MIB
    assert during.descriptors < before.descriptors + MOST_DESCRIPTORS
    assert during.threads < before.threads + MOST_THREADS


@contextmanager
def slow_clients(port: int) -> Iterator[int]:
    """Open many connections, half of them stopped in the head of a request and half in its body; yield their number."""
    with ExitStack() as stack:
        connected = 0
        for nth in range(SLOW_CLIENTS):
            with suppress(OSError):
                wire = stack.enter_context(socket.create_connection(("127.0.0.1", port), 2))
                wire.sendall(_HEAD + (b"\r\nlogin=" if nth % 2 else b"Content-Type:"))
                connected += 1
        yield connected
