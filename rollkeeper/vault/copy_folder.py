# SPDX-License-Identifier: EUPL-1.2
"""A folder of document copies; no link in it is followed.

An app that seals adds files as its own user. An attacker who took over that app could put a link in the place of a folder or a file. A
worker seals, removes and backs up copies, and has greater rights: through such a link it would write or remove elsewhere, or put the root
key into a backup. So each folder on the path is opened by itself, without following links.

    PLACE/ 2 digits / tenure / person-position        "#" behind a name: not finished
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

_FOLDER: Final = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW
_UNFINISHED: Final = "#"
_PIECE_BYTES: Final = 1 << 20


def names(place: Path, prefix: str = "") -> Iterator[str]:
    """Give the names of finished objects; skip anything else in these folders. Raises OSError where the place does not exist."""
    wanted = [part for part in prefix.split("/") if part]
    for digits in wanted[:1] or _inside(place, are_folders=True):
        for tenure in wanted[1:] or _inside(place, digits, are_folders=True):
            yield from (
                f"{digits}/{tenure}/{one}" for one in _inside(place, digits, tenure, are_folders=False)
            )


def open_object(place: Path, name: str) -> BinaryIO:
    """Open an object to read it. Raises FileNotFoundError where there is none, or something else in its place; OSError."""
    *folders, last = name.split("/")
    with _opened(place, folders) as within:
        # A pipe of that name would keep its reader waiting for ever.
        handle = _no_link(last, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, within)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise FileNotFoundError(name)
    return os.fdopen(handle, "rb")


def write_object(place: Path, name: str, source: BinaryIO, *, rights: int = 0o700) -> bool:
    """Write an object whole or not at all, replacing a link too; tell whether the file holds what was read. Raises OSError.

    `rights` are for the folders that are made. Where an access control list grants rights to new files, the group's rights limit it.
    """
    *folders, last = name.split("/")
    draft = f"{last}{_UNFINISHED}"
    with _opened(place, folders, new=rights) as within:
        with suppress(FileNotFoundError):
            os.unlink(draft, dir_fd=within)
        handle = os.open(
            draft, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, rights & 0o666, dir_fd=within
        )
        with os.fdopen(handle, "w+b") as out:
            read, written = sha256(), sha256()
            while piece := source.read(_PIECE_BYTES):
                read.update(piece)
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
            out.seek(0)
            while piece := out.read(_PIECE_BYTES):
                written.update(piece)
        if read.digest() != written.digest():
            os.unlink(draft, dir_fd=within)
            return False
        os.rename(draft, last, src_dir_fd=within, dst_dir_fd=within)
    return True


def remove_object(place: Path, name: str) -> None:
    """Remove an object, and the folders that are empty without it. Raises FileNotFoundError where there is none; OSError."""
    *folders, last = name.split("/")
    with _opened(place, folders) as within:
        os.unlink(last, dir_fd=within)
    while folders:
        last = folders.pop()
        try:
            with _opened(place, folders) as within:
                os.rmdir(last, dir_fd=within)
        except OSError:  # the folder is not empty
            return


def _inside(place: Path, *folders: str, are_folders: bool) -> list[str]:
    try:
        with _opened(place, list(folders)) as within:
            handle = os.open(".", os.O_RDONLY | os.O_DIRECTORY, dir_fd=within)
    except FileNotFoundError:
        if folders:
            return []
        raise
    try:
        with os.scandir(handle) as found:
            right = [
                one.name
                for one in found
                if (one.is_dir if are_folders else one.is_file)(follow_symlinks=False)
                and _UNFINISHED not in one.name
            ]
    finally:
        os.close(handle)
    return sorted(right)


@contextmanager
def _opened(place: Path, folders: list[str], *, new: int | None = None) -> Iterator[int]:
    """Open each of these folders in the one before, and give the last; with `new`, make missing ones with these rights and replace links."""
    if new is not None:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(place, os.O_PATH | os.O_DIRECTORY)
    try:
        for folder in folders:
            if new is not None:
                _make(folder, handle, new)
            inner = _no_link(folder, _FOLDER, handle)
            os.close(handle)
            handle = inner
        yield handle
    finally:
        os.close(handle)


def _make(folder: str, within: int, rights: int) -> None:
    try:
        os.mkdir(folder, rights, dir_fd=within)
    except FileExistsError:
        if stat.S_ISLNK(os.stat(folder, dir_fd=within, follow_symlinks=False).st_mode):
            os.unlink(folder, dir_fd=within)
            os.mkdir(folder, rights, dir_fd=within)


def _no_link(name: str, how: int, within: int) -> int:
    try:
        return os.open(name, how, dir_fd=within)
    except OSError as fault:
        try:
            is_link = stat.S_ISLNK(os.stat(name, dir_fd=within, follow_symlinks=False).st_mode)
        except OSError:
            is_link = False
        if is_link or isinstance(fault, NotADirectoryError):
            raise FileNotFoundError(name) from None
        raise
