# SPDX-License-Identifier: EUPL-1.2
"""The process in which pictures are read: `python -I -m rollkeeper.documents.reading.worker`, its standard input a socket.

It loads the models, reads one picture that it drew itself so that nothing is left to load, enters the sandbox and tests
it. For each picture it receives a socket and forks. The child, with further limits, reads the picture from that socket,
answers and ends: no two pictures are ever in one process.

    request    4 bytes, length of the header; header (JSON); the file
    answer     b"K" once the file turned out to be a picture; 4 bytes, length of the header; header (JSON); copies
"""

import datetime as dt
import gc
import json
import os
import select
import signal
import socket
import sys
import time
from typing import Any, Final

from rollkeeper.documents.reading import sandbox

LONGEST_SECONDS: Final = 90
CHILD_SECONDS: Final = 20
DECODE_SECONDS: Final = 1.6
"""Processor time for opening a file, after which the child is ended. A busy machine does not make it longer."""
CHILD_BYTES: Final = 512 << 20
_HEADER_BYTES: Final = 1 << 16


def main() -> None:
    """Serve until the other end is closed."""
    control = socket.socket(fileno=os.dup(0))
    os.chdir("/")
    try:
        held = sandbox.unshare_namespaces()
        reader = _loaded()
        sandbox.note_sizes()
        held += sandbox.seal()
    except Exception as fault:  # noqa: BLE001 - the other end must learn in any case that there is no worker
        os.write(control.fileno(), json.dumps({"failed": f"{type(fault).__name__}: {fault}"[:300]}).encode())
        return
    os.write(control.fileno(), json.dumps({"ready": held}).encode())
    gc.freeze()
    _serve(control, reader)


def _loaded() -> Any:
    from rollkeeper.documents.reading.reader import Reader

    reader = Reader()
    reader.warm_up()
    return reader


def _serve(control: socket.socket, reader: Any) -> None:
    children: dict[int, float] = {}
    while True:
        ready = select.select([control], [], [], 0.2 if children else None)[0]
        _reap(children)
        if not ready:
            continue
        message, handed, _, _ = socket.recv_fds(control, 1, 1)
        if not message:
            return
        child = os.fork()
        if child == 0:
            control.close()
            _read_one(handed[0], reader)
        children[child] = time.monotonic() + LONGEST_SECONDS
        for one in handed:
            os.close(one)


def _reap(children: dict[int, float]) -> None:
    for child, until in list(children.items()):
        if time.monotonic() > until:
            os.kill(child, signal.SIGKILL)
        if os.waitpid(child, os.WNOHANG)[0]:
            del children[child]


def _read_one(file: int, reader: Any) -> None:
    """Read one picture and exit in any case."""
    try:
        os.close(0)
        sandbox.limit_child(bytes_in_all=CHILD_BYTES, seconds=CHILD_SECONDS)
        header, data = _request(file)
        on = dt.date.fromisoformat(header.pop("on"))

        def opened() -> None:
            signal.setitimer(signal.ITIMER_PROF, 0)
            os.write(file, b"K")

        signal.setitimer(signal.ITIMER_PROF, DECODE_SECONDS)
        answer, copies = reader.answer(data, on=on, said=opened, **header)
        written = json.dumps(answer | {"copies": [len(copy) for copy in copies]}).encode()
        _send(file, len(written).to_bytes(4, "big") + written + b"".join(copies))
    except MemoryError:
        os._exit(3)
    finally:
        os._exit(0)


def _request(file: int) -> tuple[dict[str, Any], bytes]:
    parts = []
    while part := os.read(file, 1 << 20):
        parts.append(part)
    whole = b"".join(parts)
    length = int.from_bytes(whole[:4], "big")
    if length > _HEADER_BYTES:
        raise ValueError("header")
    return json.loads(whole[4 : 4 + length]), whole[4 + length :]


def _send(file: int, answer: bytes) -> None:
    view = memoryview(answer)
    while view:
        view = view[os.write(file, view) :]


if __name__ == "__main__":
    sys.excepthook = lambda *_: None
    main()
