# SPDX-License-Identifier: EUPL-1.2
"""The mailbox to which mail servers report: a maildir, an mbox, or one mail on standard input.

Recorded reports are removed, since a report contains an address. Other mail stays for a person and is not read again: it gets
Rollkeeper's own mark, since a mail program marks everything in the mailbox as seen. Mails are not parsed into parts or rewritten
here: some mails break the parser.
"""

import mailbox
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from pathlib import Path
from typing import Any, Final, Protocol

from rollkeeper.notices.dsn_parser import MOST_BYTES
from rollkeeper.notices.errors import NO_BOUNCE_MAILBOX

_LEFT: Final = "k"  # in a maildir: small letters are keywords there
_HEADER: Final = "X-Rollkeeper"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, and where it lies."""

    key: Any
    raw: bytes


class BounceMailbox(Protocol):
    """A folder of mail."""

    def unseen(self) -> Iterator[Mail]:
        """Yield the mails that were not left to a person before."""
        ...

    def remove(self, mail: Mail) -> None:
        """Remove a mail that was recorded."""
        ...

    def leave(self, mail: Mail) -> None:
        """Leave a mail to a person, marked so that it is not read again."""
        ...


class _Maildir:
    """One file for each mail; its state is in the file's name: ``NAME:2,FLAGS``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def unseen(self) -> Iterator[Mail]:
        files = [file for place in ("new", "cur") for file in sorted((self._folder / place).iterdir())]
        for file in files:
            if file.name.startswith(".") or _LEFT in _flags(file):
                continue
            with suppress(FileNotFoundError, IsADirectoryError), file.open("rb") as mail:
                yield Mail(file, mail.read(MOST_BYTES))

    def remove(self, mail: Mail) -> None:
        mail.key.unlink(missing_ok=True)

    def leave(self, mail: Mail) -> None:
        name, flags = mail.key.name.partition(":")[0], "".join(sorted({*_flags(mail.key), _LEFT}))
        with suppress(FileNotFoundError):  # another process removed it meanwhile
            mail.key.rename(self._folder / "cur" / f"{name}:2,{flags}")


class _Mbox:
    """All mails in one file, locked while it is open."""

    def __init__(self, box: mailbox.mbox) -> None:
        self._box = box

    def unseen(self) -> Iterator[Mail]:
        for key in list(self._box.iterkeys()):
            with self._box.get_file(key) as file:
                raw = file.read(MOST_BYTES)
            if _HEADER not in BytesHeaderParser().parsebytes(raw):
                yield Mail(key, raw)

    def remove(self, mail: Mail) -> None:
        self._box.discard(mail.key)

    def leave(self, mail: Mail) -> None:
        begins, _, rest = self._box.get_bytes(mail.key, from_=True).partition(b"\n")
        self._box[mail.key] = begins + f"\n{_HEADER}: left\n".encode() + rest


def _flags(file: Path) -> str:
    return file.name.partition(":2,")[2]


@contextmanager
def open_mailbox(path: Path) -> Iterator[BounceMailbox]:
    """Open a maildir (a folder) or an mbox (a file) and hold it. Refuses: NO_BOUNCE_MAILBOX."""
    if path.is_dir():
        if not all((path / name).is_dir() for name in ("cur", "new", "tmp")):
            raise NO_BOUNCE_MAILBOX(folder=path)
        yield _Maildir(path)
        return
    try:
        box = mailbox.mbox(path, create=False)
        box.lock()
    except (OSError, mailbox.Error) as fault:
        raise NO_BOUNCE_MAILBOX(folder=path) from fault
    try:
        yield _Mbox(box)
    finally:
        box.close()
