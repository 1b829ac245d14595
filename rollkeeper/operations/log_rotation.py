# SPDX-License-Identifier: EUPL-1.2
"""An app's log: its output is read from a pipe and kept in files of limited size.

The app itself has no log file open, so that an attacker who controls it cannot delete or rewrite earlier output. When the file is
full it becomes `counter.log.1`, the older ones move up, and the oldest goes. Only the instance's owner can read them.
"""

import os
import threading
from contextlib import suppress
from pathlib import Path
from typing import IO

LARGEST_BYTES = 10 * 1024**2
KEPT = 4
"""How many full files are kept besides the current one."""
_PIECE_BYTES = 64 * 1024


class BoundedLog:
    """A file of bounded size and its predecessors."""

    def __init__(self, file: Path, *, largest_bytes: int = LARGEST_BYTES, kept: int = KEPT) -> None:
        self._file, self._largest, self._kept = file, largest_bytes, kept
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._out = self._opened()

    def write(self, piece: bytes) -> None:
        """Add a piece; a full file is closed at the end of a line, or at once when it is twice too large."""
        end, bytes_then = piece.find(b"\n") + 1, self._out.tell() + len(piece)
        if bytes_then > 2 * self._largest or (end and bytes_then > self._largest):
            self._out.write(piece[:end])
            self._turn()
            piece = piece[end:]
        self._out.write(piece)

    def close(self) -> None:
        """Close the file that is written."""
        self._out.close()

    def _turn(self) -> None:
        self._out.close()
        for older in range(self._kept, 0, -1):
            source = self._file if older == 1 else self._numbered(older - 1)
            with suppress(FileNotFoundError):
                source.replace(self._numbered(older))
        self._out = self._opened()

    def _numbered(self, number: int) -> Path:
        return self._file.with_name(f"{self._file.name}.{number}")

    def _opened(self) -> IO[bytes]:
        handle = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.fchmod(handle, 0o600)
        out = os.fdopen(handle, "ab", buffering=0)
        out.seek(0, os.SEEK_END)
        return out


def log_output(pipe: IO[bytes], file: Path) -> threading.Thread:
    """Write what comes through a pipe into a bounded log until the pipe ends; return the thread that does it."""
    log = BoundedLog(file)

    def keep() -> None:
        with pipe:
            while piece := os.read(pipe.fileno(), _PIECE_BYTES):
                # With a full disk the lines are lost; the app is not made to wait for room.
                with suppress(OSError):
                    log.write(piece)
        log.close()

    thread = threading.Thread(target=keep, daemon=True)
    thread.start()
    return thread
