# SPDX-License-Identifier: EUPL-1.2
"""Starts the worker, hands it pictures, and believes nothing in its answers that it cannot check.

Only the standard library is loaded here, so that a process that never reads a picture does not become larger.
"""

import atexit
import datetime as dt
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rollkeeper.documents.errors import IMAGE_REJECTED, ReaderFailed, WorkerNotSandboxed
from rollkeeper.documents.reading.file_types import MAX_BYTES
from rollkeeper.documents.reading.refusals import SENTENCES, RejectReason

OPEN_SECONDS: Final = 15.0
"""How long to wait, on a busy machine, until a file is opened; the worker ends its child after 1.6 processor seconds."""
ANSWER_SECONDS: Final = 60.0
"""How long to wait for the answer after that; the child is ended after 20 processor seconds."""
START_SECONDS: Final = 60.0
_HEADER_BYTES, _COPY_BYTES = 1 << 16, 4 << 20
_ENVIRONMENT: Final = {
    "PATH": "", "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    # Memory that one layer of a model frees is kept for the next: asking the system for it again took a tenth of the time.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(1 << 30),
}  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Answer:
    """The worker's answer."""

    header: Mapping[str, Any]
    copies: tuple[bytes, ...]


class Worker:
    """One sandboxed process, with at most one picture for each processor at a time."""

    def __init__(self) -> None:
        near, far = socket.socketpair()
        with far:
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-B", "-m", "rollkeeper.documents.reading.worker"],
                stdin=far.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_ENVIRONMENT, close_fds=True,
                cwd="/",
            )  # fmt: skip
        self._control, self._handing = near, threading.Lock()
        self._places = threading.BoundedSemaphore(max(1, min(4, len(os.sched_getaffinity(0)))))
        self.owner = os.getpid()
        try:
            self.held = self._first_word()
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Return the process."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Tell whether it still runs and belongs to this process."""
        return self.owner == os.getpid() and self._process.poll() is None

    def ask(
        self, data: bytes, *, on: dt.date, name: str = "", copy: Mapping[str, Any] | None = None
    ) -> Answer:
        """Have one file read. Refuses: IMAGE_REJECTED, ReaderFailed."""
        if len(data) > MAX_BYTES:
            raise IMAGE_REJECTED(why=SENTENCES[RejectReason.TOO_LARGE])
        header = json.dumps({"on": on.isoformat(), "name": name[-80:], "copy": copy}).encode()
        with self._places, self._handed() as near:
            try:
                near.settimeout(OPEN_SECONDS)
                near.sendall(len(header).to_bytes(4, "big") + header + data)
                near.shutdown(socket.SHUT_WR)
                return _answer(near, until=time.monotonic() + OPEN_SECONDS)
            except OSError as fault:
                raise ReaderFailed from fault

    def close(self) -> None:
        """End the worker: it ends when its standard input is closed."""
        self._control.close()
        if self.owner != os.getpid():
            return
        try:
            self._process.wait(2)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _first_word(self) -> tuple[str, ...]:
        self._control.settimeout(START_SECONDS)
        try:
            said = json.loads(self._control.recv(_HEADER_BYTES) or b"{}")
        except (OSError, ValueError) as fault:
            raise ReaderFailed from fault
        if "ready" not in said:
            raise WorkerNotSandboxed(why=str(said.get("failed", "it ended at once"))[:200])
        return tuple(str(word) for word in said["ready"])

    def _handed(self) -> socket.socket:
        near, far = socket.socketpair()
        with far, self._handing:
            try:
                socket.send_fds(self._control, [b"x"], [far.fileno()])
            except OSError as fault:
                near.close()
                raise ReaderFailed from fault
        return near


def _answer(near: socket.socket, *, until: float) -> Answer:
    first = _some(near, 1, until=until, late=RejectReason.TOO_MUCH_WORK)
    if first == b"K":
        until = time.monotonic() + ANSWER_SECONDS
        first = b""
    length = int.from_bytes(first + _some(near, 4 - len(first), until=until), "big")
    if length > _HEADER_BYTES:
        raise ReaderFailed
    try:
        header = json.loads(_some(near, length, until=until))
        sizes = [int(size) for size in header.pop("copies")]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise ReaderFailed from fault
    if len(sizes) > 4 or not all(0 < size <= _COPY_BYTES for size in sizes):
        raise ReaderFailed
    return Answer(header, tuple(_some(near, size, until=until) for size in sizes))


def _some(near: socket.socket, count: int, *, until: float, late: RejectReason | None = None) -> bytes:
    parts, left = [], count
    while left:
        near.settimeout(max(0.001, until - time.monotonic()))
        try:
            part = near.recv(min(left, 1 << 20))
        except TimeoutError as fault:
            raise (IMAGE_REJECTED(why=SENTENCES[late]) if late else ReaderFailed()) from fault
        if not part:
            # The child ended without an answer: its limits ended it, or its input did.
            raise IMAGE_REJECTED(why=SENTENCES[late]) if late else ReaderFailed()
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


_worker: Worker | None = None
_starting = threading.Lock()


def the_worker() -> Worker:
    """Return this process's worker, started if needed. Refuses: WorkerNotSandboxed, ReaderFailed."""
    global _worker  # noqa: PLW0603 - one a process
    with _starting:
        if _worker is None or not _worker.is_alive:
            if _worker is not None and _worker.owner == os.getpid():
                _worker.close()
            _worker = Worker()
            atexit.register(_worker.close)
        return _worker


def start_in_background() -> None:
    """Start the worker before it is needed. If the machine cannot sandbox it, the first request reports that."""

    def start() -> None:
        try:
            the_worker()
        except (WorkerNotSandboxed, ReaderFailed, OSError):
            return

    threading.Thread(target=start, name="documents-reader", daemon=True).start()
