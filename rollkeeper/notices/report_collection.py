# SPDX-License-Identifier: EUPL-1.2
"""Fetches the reports of gateways and mail servers, records them, and only then lets their source forget them.

A process killed in between finds the same reports again: recording one twice changes nothing.
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
from rollkeeper.kernel.database import action
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.notices.bounce_mailbox import BounceMailbox, Mail, open_mailbox
from rollkeeper.notices.choices import Outcome
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.dsn_parser import MOST_BYTES, MailReport, ReportKind, read_mail
from rollkeeper.notices.errors import NO_MESSAGE_CENTRE, NO_RETURN_ADDRESS, REPORT_IDS_UNKNOWN
from rollkeeper.notices.gateways.letters import read_letters
from rollkeeper.notices.hooks import revoke_returned
from rollkeeper.notices.services import IntakeResult, record_outcomes
from rollkeeper.notices.settings import settings
from rollkeeper.notices.verp import return_secret

_AT_ONCE: Final = 1000
_MAILS_AT_ONCE: Final = 50
"""This many mails are in memory together, each of up to some megabytes."""
_PROCESSES_EVERY_S: Final = 10.0


@dataclasses.dataclass(slots=True)
class MailboxResult:
    """The result for the mail in the mailbox for reports."""

    intake: IntakeResult = dataclasses.field(default_factory=IntakeResult)
    not_yet: int = 0
    """Reports that a mail is delayed or was passed on: no proof, and not final."""
    left: int = 0
    """Mails that are no reports, or came to no address of ours: left to a person."""


@dataclasses.dataclass(frozen=True, slots=True)
class CollectedReports:
    """The reports of the message centre."""

    intake: IntakeResult
    is_away: bool
    """The centre went out of reach; the reports that came before are recorded."""
    unknown: RollkeeperError | None
    """To be raised afterwards if reports wait until the id format is configured."""


@dataclasses.dataclass(frozen=True, slots=True)
class LetterScanResult:
    """The result for references of letters."""

    intake: IntakeResult
    unread: int
    """Not the reference of a letter, or a slip that is not ours."""


def process_reports(
    found: Sequence[DeliveryReport],
    *,
    on: dt.date,
    by: Authority | None = None,
    moved: Callable[[int], None] = lambda _: None,
) -> IntakeResult:
    """Record delivery reports, many at once. `moved` is called with the number of reports in each step."""
    total = IntakeResult()
    for part in batched(found, _AT_ONCE):
        _add(total, record_outcomes(by or console_authority(), reports=part, on=on))
        moved(len(part))
    return total


def collect_short_messages(*, seconds: float, on: dt.date, by: Authority | None = None) -> CollectedReports:
    """Listen to the message centre for this time, and record the settled messages. Refuses: NO_MESSAGE_CENTRE."""
    from rollkeeper.notices.gateways.smpp import SmppGateway

    if settings().smpp_url is None:
        raise NO_MESSAGE_CENTRE()
    centre, total, until, is_away = (
        SmppGateway.of_this_instance(),
        IntakeResult(),
        time.monotonic() + seconds,
        False,
    )
    while not is_away and (left := until - time.monotonic()) > 0:
        try:
            centre.listen(min(left, _PROCESSES_EVERY_S))
        except OSError:
            is_away = True
        found = centre.settled()
        _add(total, process_reports(found, on=on, by=by))
        centre.forget(found)
    fitting = centre.waiting()
    unknown = REPORT_IDS_UNKNOWN(**{how.value: count for how, count in fitting.items()}) if fitting else None
    return CollectedReports(total, is_away, unknown)


def collect_calls(*, on: dt.date, by: Authority | None = None) -> IntakeResult:
    """Ask the program that places calls how they ended, record it, and tell the program so. Refuses: VoiceProgramFailed."""
    from rollkeeper.notices.gateways.voice import VoiceGateway

    calls = VoiceGateway.of_this_instance()
    found = calls.results()
    total = process_reports(found, on=on, by=by)
    if found:
        calls.forget(found)
    return total


def process_letters(texts: Sequence[str], *, on: dt.date, by: Authority | None = None) -> LetterScanResult:
    """Record returned mail, as scanned or typed: undeliverable envelopes, and slips."""
    found = read_letters(texts, secret=return_secret())
    with action():
        revoke_returned([one.reference for one in found if one.outcome is Outcome.BOUNCED])
    return LetterScanResult(process_reports(found, on=on, by=by), unread=len(texts) - len(found))


def collect_mail(path: Path, *, on: dt.date, by: Authority | None = None) -> MailboxResult:
    """Read mail about mails: a maildir, an mbox, or one mail on standard input (``-``).

    Refuses: NO_RETURN_ADDRESS, NO_BOUNCE_MAILBOX.
    """
    if settings().bounce_mailbox is None:
        raise NO_RETURN_ADDRESS()
    total = MailboxResult()
    with _folder(path) as folder:
        for part in batched(folder.unseen(), _MAILS_AT_ONCE):
            _process_mails(part, folder, total, on=on, by=by)
    return total


def _process_mails(
    mails: Sequence[Mail],
    folder: "BounceMailbox | _Piped",
    total: MailboxResult,
    *,
    on: dt.date,
    by: Authority | None,
) -> None:
    secret, at = return_secret(), clock.now()
    read = [(mail, read_mail(mail.raw, secret=secret)) for mail in mails]
    _add(total.intake, process_reports([r for _, one in read if (r := _report(one, at=at))], on=on, by=by))
    for mail, one in read:
        is_report = one.kind not in {ReportKind.NO_REPORT, ReportKind.NOT_OURS}
        (folder.remove if is_report else folder.leave)(mail)
        total.not_yet += one.kind is ReportKind.NOT_YET
        total.left += not is_report


def _report(report: MailReport, *, at: dt.datetime) -> DeliveryReport | None:
    """Give a report the time at which it was read, since its sender chooses its date."""
    outcome = report.kind.outcome
    return DeliveryReport(str(report.attempt_id), outcome, at) if outcome else None


class _Piped:
    """One mail that a mail server hands over; there is nothing to remove and nothing to leave."""

    def unseen(self) -> Iterator[Mail]:
        yield Mail(None, sys.stdin.buffer.read(MOST_BYTES))

    def remove(self, mail: Mail) -> None:
        pass

    leave = remove


@contextmanager
def _folder(path: Path) -> "Iterator[BounceMailbox | _Piped]":
    if str(path) == "-":
        yield _Piped()
        return
    with open_mailbox(path) as folder:
        yield folder


def _add(total: IntakeResult, more: IntakeResult) -> None:
    for name in dataclasses.asdict(total):
        setattr(total, name, getattr(total, name) + getattr(more, name))
