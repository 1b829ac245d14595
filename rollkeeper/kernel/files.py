# SPDX-License-Identifier: EUPL-1.2
"""Writes a file completely or not at all, and never through a link that another user made; repairs a journal's half written end.

A command may run as root in a folder of another user. So a draft gets a name that cannot be guessed, is made new, and takes
the place of the file by a rename: a symbolic link of that name is replaced and not followed.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import IO, BinaryIO


def new_draft(file: Path, *, mode: int = 0o600) -> tuple[Path, BinaryIO]:
    """Make an empty file next to `file`, to be renamed to it later; return its path and the open file. Raises OSError."""
    draft = file.with_name(f".{file.name}.{secrets.token_hex(8)}.new")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    os.fchmod(handle, mode)
    return draft, os.fdopen(handle, "wb")


@contextmanager
def replacing(file: Path, *, mode: int = 0o600, is_durable: bool = False) -> Iterator[BinaryIO]:
    """Give the block a draft to write into; at the end it takes the file's place, after a fault it is removed.

    With `is_durable` the draft is on the disk before it takes the place. Raises OSError.
    """
    draft, out = new_draft(file, mode=mode)
    try:
        with out:
            yield out
            if is_durable:
                out.flush()
                os.fsync(out.fileno())
        draft.replace(file)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def write_atomically(file: Path, content: bytes, *, mode: int = 0o600, is_durable: bool = False) -> None:
    """Write a file completely or not at all. A target that is not a regular file, such as /dev/stdout, is written to and never
    replaced.
    """
    if file.exists() and not file.is_file():
        file.write_bytes(content)
        return
    with replacing(file, mode=mode, is_durable=is_durable) as out:
        out.write(content)


def creating(file: Path) -> AbstractContextManager[BinaryIO]:
    """Make at once a new file that only its owner may read, and give it to the block; after a fault in the block it is removed.

    Raises OSError where it cannot be made; then nothing is removed.
    """
    return _removed_after_a_fault(
        file, os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    )


@contextmanager
def _removed_after_a_fault(file: Path, handle: int) -> Iterator[BinaryIO]:
    try:
        with os.fdopen(handle, "wb") as out:
            yield out
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def made_once(file: Path, make: Callable[[], bytes]) -> bytes:
    """Return the content of a file that is made on first use, for its owner only. Raises OSError.

    The file is whole or absent, even if this process is killed. If two processes make it at once, the first one's content stays.
    """
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft, out = new_draft(file)
        try:
            with out:
                out.write(make())
                out.flush()
                os.fsync(out.fileno())
            with suppress(FileExistsError):
                file.hardlink_to(draft)
        finally:
            draft.unlink()
    return file.read_bytes()


def cut_torn_end(file: IO[bytes]) -> None:
    """Cut off a half written last line: the process that wrote it was killed."""
    end = file.seek(0, os.SEEK_END)
    while end > 0:
        file.seek(end - 1)
        if file.read(1) == b"\n":
            break
        end -= 1
    file.truncate(end)
