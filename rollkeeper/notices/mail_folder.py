# SPDX-License-Identifier: EUPL-1.2
"""The mailbox to which mail servers report: a maildir, an mbox, or one mail on standard input.

What was taken in is removed, since a report holds an address. What is no report stays for a person, marked as seen, and
is not read again.
"""

import mailbox
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rollkeeper.notices.errors import NoMailFolder
from rollkeeper.notices.mail_reports import MOST_BYTES

_SEEN: Final = {mailbox.Maildir: "S", mailbox.mbox: "R"}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, and where it lies."""

    key: Any
    raw: bytes


class MailFolder:
    """A folder of mail, locked while it is open."""

    def __init__(self, box: "mailbox.Maildir | mailbox.mbox") -> None:
        self._box, self._flag = box, _SEEN[type(box)]

    def unseen(self) -> Iterator[Mail]:
        """Yield the mails that nobody has looked at."""
        for key in list(self._box.iterkeys()):
            try:
                if self._flag in self._box[key].get_flags():
                    continue
                with self._box.get_file(key) as file:
                    yield Mail(key, file.read(MOST_BYTES))
            except KeyError:
                continue  # somebody else took it away meanwhile

    def remove(self, mail: Mail) -> None:
        """Remove a mail that was taken in."""
        self._box.discard(mail.key)

    def leave(self, mail: Mail) -> None:
        """Leave a mail to a person, marked as seen."""
        try:
            kept = self._box[mail.key]
        except KeyError:
            return
        if isinstance(kept, mailbox.MaildirMessage):
            kept.set_subdir("cur")
        kept.add_flag(self._flag)
        self._box[mail.key] = kept


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
