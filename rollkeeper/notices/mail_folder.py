# SPDX-License-Identifier: EUPL-1.2
"""The mailbox to which mail servers report: a maildir, an mbox, or one mail on standard input.

What was taken in is removed, since a report holds an address. What is no report stays for a person and is not read again: it has
a mark of our own, since whoever opens the mailbox in a mail program marks everything there as seen.
"""

import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rollkeeper.notices.errors import NoMailFolder
from rollkeeper.notices.mail_reports import MOST_BYTES

_LEFT: Final = "k"  # in a maildir: small letters are keywords there
_HEADER: Final = "X-Rollkeeper"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, and where it lies."""

    key: Any
    raw: bytes


class MailFolder:
    """A folder of mail, locked while it is open."""

    def __init__(self, box: "mailbox.Maildir | mailbox.mbox") -> None:
        self._box = box

    def unseen(self) -> Iterator[Mail]:
        """Yield the mails that were not left to a person before."""
        for key in list(self._box.iterkeys()):
            try:
                if _is_left(self._box[key]):
                    continue
                with self._box.get_file(key) as file:
                    yield Mail(key, file.read(MOST_BYTES))
            except KeyError:
                continue  # somebody else took it away meanwhile

    def remove(self, mail: Mail) -> None:
        """Remove a mail that was taken in."""
        self._box.discard(mail.key)

    def leave(self, mail: Mail) -> None:
        """Leave a mail to a person, marked so that it is not read again."""
        try:
            kept = self._box[mail.key]
        except KeyError:
            return
        if isinstance(kept, mailbox.MaildirMessage):
            kept.set_subdir("cur")
            kept.add_flag(_LEFT)
        else:
            kept[_HEADER] = "left"
        self._box[mail.key] = kept


def _is_left(mail: "mailbox.MaildirMessage | mailbox.mboxMessage") -> bool:
    if isinstance(mail, mailbox.MaildirMessage):
        return _LEFT in mail.get_flags()
    return _HEADER in mail


@contextmanager
def open_folder(path: Path) -> Iterator[MailFolder]:
    """Open a maildir (a folder) or an mbox (a file) and hold it. Refuses: NoMailFolder."""
    if path.is_dir() and not all((path / name).is_dir() for name in ("cur", "new", "tmp")):
        raise NoMailFolder(folder=path)
    try:
        box = mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
        box.lock()
    except (OSError, mailbox.Error) as fault:
        raise NoMailFolder(folder=path) from fault
    try:
        yield MailFolder(box)
    finally:
        box.close()
