# SPDX-License-Identifier: EUPL-1.2
"""Fetch what gateways and mail servers report, take it in, and only then let go of it where it came from.

A process killed in between finds the same reports again: taking one in twice changes nothing.
"""

import dataclasses
import datetime as dt
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import batched
from pathlib import Path
from typing import Final

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.settings import settings
from rollkeeper.notices.acts import TakenIn, record_outcomes
from rollkeeper.notices.errors import NoMessageCentre, NoReturnAddress, ReportIdsUnknown
from rollkeeper.notices.gateways.letters import read_letters
from rollkeeper.notices.mail_folder import Mail, MailFolder, open_folder
from rollkeeper.notices.mail_reports import MOST_BYTES, MailReport, Says, read_mail
from rollkeeper.notices.receipts import Receipt
from rollkeeper.notices.return_address import return_secret

_AT_ONCE: Final = 1000
_MAILS_AT_ONCE: Final = 50
"""Held in memory together, each of up to some megabytes."""
_TAKES_IN_EVERY_S: Final = 10.0


@dataclasses.dataclass(slots=True)
class MailsRead:
    """What became of the mail in the mailbox for reports."""

    taken: TakenIn = dataclasses.field(default_factory=TakenIn)
    not_yet: int = 0
    """Said that a mail is delayed or was passed on: no proof, and no end."""
    left: int = 0
    """No reports, or to no address of ours: left to a person."""


@dataclasses.dataclass(frozen=True, slots=True)
class Heard:
    """What the message centre said."""

    taken: TakenIn
    is_away: bool
    """It went out of reach; what was heard before is taken in."""
    unknown: ReportIdsUnknown | None
    """To be raised, once that was said, where reports wait for somebody to say how ids are written."""


@dataclasses.dataclass(frozen=True, slots=True)
class LettersRead:
    """What became of references of letters."""

    taken: TakenIn
    unread: int
    """No reference of a letter, or a slip that is none of ours."""


def take_in(
    found: Sequence[Receipt],
    *,
    on: dt.date,
    by: Authority | None = None,
    moved: Callable[[int], None] = lambda _: None,
) -> TakenIn:
    """Take in delivery reports, many at once. `moved` is told how many each step had."""
    total = TakenIn()
    for part in batched(found, _AT_ONCE):
        _add(total, record_outcomes(by or console_authority(), receipts=part, on=on))
        moved(len(part))
    return total


def collect_short_messages(*, seconds: float, on: dt.date, by: Authority | None = None) -> Heard:
    """Listen to the message centre for so long, and take in what is settled. Refuses: NoMessageCentre."""
    from rollkeeper.notices.gateways.smpp import ShortMessages

    if settings().smpp_url is None:
        raise NoMessageCentre
    centre, total, until, is_away = ShortMessages.of_this_home(), TakenIn(), time.monotonic() + seconds, False
    while not is_away and (left := until - time.monotonic()) > 0:
        try:
            centre.listen(min(left, _TAKES_IN_EVERY_S))
        except OSError:
            is_away = True
        found = centre.settled()
        _add(total, take_in(found, on=on, by=by))
        centre.forget(found)
    fitting = centre.waiting()
    unknown = ReportIdsUnknown(**{how.value: count for how, count in fitting.items()}) if fitting else None
    return Heard(total, is_away, unknown)


def collect_calls(*, on: dt.date, by: Authority | None = None) -> TakenIn:
    """Ask the program that places calls what became of them, take it in, and say so. Refuses: NoCalls."""
    from rollkeeper.notices.gateways.voice import Calls

    calls = Calls.of_this_home()
    found = calls.results()
    total = take_in(found, on=on, by=by)
    if found:
        calls.forget(found)
    return total


def take_letters(texts: Sequence[str], *, on: dt.date, by: Authority | None = None) -> LettersRead:
    """Take in what came back of letters, as it was scanned or typed: envelopes nobody took, and slips."""
    found = read_letters(texts, secret=return_secret())
    return LettersRead(take_in(found, on=on, by=by), unread=len(texts) - len(found))


def collect_mail(path: Path, *, on: dt.date, by: Authority | None = None) -> MailsRead:
    """Read mail about mails: a maildir, an mbox, or one mail on standard input (``-``).

    Refuses: NoReturnAddress, NoMailFolder.
    """
    if settings().bounces_to is None:
        raise NoReturnAddress
    total = MailsRead()
    with _folder(path) as folder:
        for part in batched(folder.unseen(), _MAILS_AT_ONCE):
            _take_in_mails(part, folder, total, on=on, by=by)
    return total


def _take_in_mails(
    mails: Sequence[Mail],
    folder: "MailFolder | _Piped",
    total: MailsRead,
    *,
    on: dt.date,
    by: Authority | None,
) -> None:
    secret, at = return_secret(), clock.now()
    read = [(mail, read_mail(mail.raw, secret=secret)) for mail in mails]
    _add(total.taken, take_in([r for _, one in read if (r := _receipt(one, at=at))], on=on, by=by))
    for mail, one in read:
        is_report = one.says not in {Says.NO_REPORT, Says.NOT_OURS}
        (folder.remove if is_report else folder.leave)(mail)
        total.not_yet += one.says is Says.NOT_YET
        total.left += not is_report


def _receipt(report: MailReport, *, at: dt.datetime) -> Receipt | None:
    """Give a report the time at which it was read: its own date is whatever its sender wrote."""
    outcome = report.says.outcome
    return Receipt(str(report.attempt_id), outcome, at) if outcome else None


class _Piped:
    """One mail that a mail server hands over; there is nothing to remove and nothing to leave."""

    def unseen(self) -> Iterator[Mail]:
        yield Mail(None, sys.stdin.buffer.read(MOST_BYTES))

    def remove(self, mail: Mail) -> None:
        pass

    leave = remove


@contextmanager
def _folder(path: Path) -> "Iterator[MailFolder | _Piped]":
    if str(path) == "-":
        yield _Piped()
        return
    with open_folder(path) as folder:
        yield folder


def _add(total: TakenIn, more: TakenIn) -> None:
    for name in dataclasses.asdict(total):
        setattr(total, name, getattr(total, name) + getattr(more, name))
