# SPDX-License-Identifier: EUPL-1.2
"""The commands `notices send`, `status`, `collect`, `delivery-reports`, `letters`, `check`, `verify-code` and `senders`."""

import dataclasses
import sys
from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.console import DateOption, JsonOption, counted, emit, err, out, progress, show_table
from rollkeeper.kernel.instance import open_instance
from rollkeeper.kernel.menu_input import typed_lines
from rollkeeper.lines.queries import find_line_by_input
from rollkeeper.notices import queries
from rollkeeper.notices.alarms import mail_alarms, mail_new_approvers
from rollkeeper.notices.delivery_reports import read_delivery_reports
from rollkeeper.notices.errors import NoNotice
from rollkeeper.notices.ivr import answers
from rollkeeper.notices.queries import count_due, find_genuine_notice, published_senders
from rollkeeper.notices.report_collection import (
    MailboxResult,
    collect_calls,
    collect_mail,
    collect_short_messages,
    process_letters,
    process_reports,
)
from rollkeeper.notices.services import IntakeResult, send_due

SecondsOption = Annotated[float, typer.Option("--seconds", min=0.1, metavar="S", help="How long to listen.")]
LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Process at most N notices.")
]
FileArgument = Annotated[
    Path, typer.Argument(exists=True, dir_okay=False, help="Delivery reports: JSON lines or CSV.")
]
LettersArgument = Annotated[
    list[str], typer.Argument(metavar="REFERENCE...", help="As printed, or - to read them line by line.")
]
NumberArgument = Annotated[str, typer.Argument(help="The number of the line that got the message.")]
CodeArgument = Annotated[str, typer.Argument(help="The code in the message, eight digits.")]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(no_args_is_help=True, help="Notify subscribers, and count only proven delivery.")
    for command in (send, status, collect, delivery_reports, letters, check, verify_code, senders):
        group.command()(command)
    app.add_typer(group, name="notices")


def send(limit: LimitOption = None, as_json: JsonOption = False, on: DateOption = None) -> None:
    """Send the queued notices, each by the first channel that is still open to its subscriber.

    Safe to run twice, in parallel, and to kill: a message whose sending was not recorded is sent again under the same reference.
    Sent does not mean delivered: see 'rollkeeper notices delivery-reports'.

    Example: rollkeeper notices send
    """
    open_instance()
    mail_alarms()
    mail_new_approvers()
    with progress("Notifying people", count_due()) as bar:
        sent = send_due(console_authority(), on=on or clock.today(), limit=limit, moved=bar.advance)
    if as_json:
        emit(dataclasses.asdict(sent))
        return
    out.print(f"{sent.accepted:,} sent, {sent.bounced:,} refused, {sent.later:,} for later.")
    out.print(f"{sent.withdrawn:,} withdrawn, since they were no longer true.")
    out.print(f"{sent.unreachable:,} with no channel left: see 'rollkeeper campaign unreachable'.")
    if sent.no_gateway:
        out.print(
            f"{counted(sent.no_gateway, 'waits', 'wait')}, since this instance has no gateway for the channel to them."
        )
    if sent.no_language:
        out.print(
            f"{counted(sent.no_language, 'waits', 'wait')}, since no native reader accepted a language for them: 'rollkeeper settings languages list'."
        )
    for channel in sent.away:
        err.print(f"The gateway for {channel.label} took nothing: everything waits and is tried again.")
    if sent.broken:
        err.print(
            f"{counted(sent.broken, 'waits', 'wait')}, since sending cannot be recorded: see outbox/ in the instance."
        )
    if sent.quiet:
        out.print(f"{counted(sent.quiet, 'waits', 'wait')} for the end of the quiet hours.")
    if sent.given_up:
        out.print(
            f"{sent.given_up:,} sent before brought no proof in time: the next channel is tried where one is left."
        )


def status(as_json: JsonOption = False) -> None:
    """Show how many notices are queued, sent, delivered and bounced, by channel, and how many lines are still to be reached.

    Example: rollkeeper notices status --json
    """
    open_instance()
    notices, tried, missing = queries.state_counts(), queries.attempt_counts(), queries.count_unreachable()
    senders, silent = queries.genuine_senders(), queries.count_without_language()
    if as_json:
        emit(
            {
                "notices": [dataclasses.asdict(one) for one in notices],
                "attempts": [dataclasses.asdict(one) for one in tried],
                "unreachable": missing,
                "genuine_senders": senders,
                "without_language": silent,
            }
        )
        return
    show_table("Notices", ("notice", "state", "how many"), [(n.kind, n.state, n.count) for n in notices])
    show_table(
        "Attempts", ("channel", "outcome", "how many"), [(a.channel, a.outcome, a.count) for a in tried]
    )
    out.print(
        f"Still to be reached: {counted(missing, 'line', 'lines')}. No line is suspended without proof that its subscriber was notified."
    )
    out.print(f"Genuine senders: {', '.join(senders)}.")
    if silent:
        out.print(
            f"{counted(silent, 'waits', 'wait')}, since no native reader accepted a language for them: 'rollkeeper settings languages list'."
        )


MailOption = Annotated[
    Path | None,
    typer.Option(
        "--mail", metavar="PATH", help="Read mail about mails: a maildir, an mbox, or - for one mail."
    ),
]


CallsOption = Annotated[
    bool, typer.Option("--calls", help="Ask 'notices.voice_program' what became of calls.")
]


def collect(
    mail: MailOption = None,
    calls: CallsOption = False,
    seconds: SecondsOption = 10,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Receive delivery reports from the short message centre and record them for whole messages.

    With --mail, read instead what mail servers report to 'notices.bounce_mailbox'. A report is recorded and removed; a reply by a
    person or a machine is left there and proves nothing. With --calls, ask the program that places calls: only a subscriber who
    heard the call to its end and pressed the requested key was notified.

    Run it repeatedly, or with --seconds 86400 as a service that is restarted; 'notices send' also listens while it sends, and
    leaves its reports to this command. Exit code 1 if the centre cannot be reached.

    Example: rollkeeper notices collect --seconds 60
    """
    open_instance()
    day = on or clock.today()
    if mail is not None:
        _show_mail(collect_mail(mail, on=day), as_json=as_json)
        return
    if calls:
        _show_intake(collect_calls(on=day), as_json=as_json)
        return
    heard = collect_short_messages(seconds=seconds, on=day)
    _show_intake(heard.intake, as_json=as_json)
    if heard.is_away:
        err.print("The message centre cannot be reached.")
    if heard.unknown:
        raise heard.unknown
    if heard.is_away:
        raise typer.Exit(1)


def delivery_reports(file: FileArgument, as_json: JsonOption = False, on: DateOption = None) -> None:
    """Import delivery reports from any gateway: only these make a notice delivered.

    JSON lines or CSV with 'reference', 'outcome' (delivered, bounced, or SMPP's words) and, if known, 'at'. All rows are checked
    before any is recorded; the same file may be imported again.

    Example: rollkeeper notices delivery-reports ~/rollkeeper/outbox/delivery-reports.jsonl
    """
    open_instance()
    found = read_delivery_reports(file)
    with progress("Importing delivery reports", len(found)) as bar:
        total = process_reports(found, on=on or clock.today(), moved=bar.advance)
    _show_intake(total, as_json=as_json)


def letters(references: LettersArgument, as_json: JsonOption = False, on: DateOption = None) -> None:
    """Record returned mail: the reference in the window of an undeliverable envelope, or the reference on a slip.

    A slip's reference is longer and proves that the letter arrived; an envelope's reference is a bounce, and the next channel is
    tried. The slip in a returned envelope proves nothing: give both at once, or the envelope first. Here a slip counts at once,
    on the back office's page after an hour. With -, read references from standard input, one a line, for example from a scanner.
    Exit code 1 if one is unknown.

    Example: rollkeeper notices letters V2DQ-JHEG-B149 MC1S-89JK-NNFA-E0EM-35
    """
    open_instance()
    said = [one.strip() for one in sys.stdin if one.strip()] if references == ["-"] else references
    read = process_letters(said, on=on or clock.today())
    if as_json:
        emit(dataclasses.asdict(read))
    else:
        _show_intake(read.intake, as_json=False)
        if read.unread:
            out.print(f"{read.unread:,} are not references of our letters or slips.")
    if read.unread or read.intake.unknown:
        raise typer.Exit(1)


def _show_mail(found: MailboxResult, *, as_json: bool) -> None:
    if as_json:
        emit(dataclasses.asdict(found))
        return
    _show_intake(found.intake, as_json=False)
    out.print(
        f"{found.not_yet:,} say that a mail is under way, {found.left:,} are not reports about our mails and were left there."
    )


def _show_intake(total: IntakeResult, *, as_json: bool) -> None:
    if as_json:
        emit(dataclasses.asdict(total))
        return
    out.print(f"{total.delivered:,} delivered, {total.bounced:,} bounced, {total.repeated:,} known before.")
    if total.failed:
        out.print(f"{total.failed:,} failed this time: the same channel is tried again later.")
    if total.uncounted:
        out.print(f"{total.uncounted:,} not counted: they went to the very line that was barred.")
    if total.unknown:
        out.print(f"{total.unknown:,} about messages that are not ours.")


def check(number: NumberArgument, code: CodeArgument, as_json: JsonOption = False) -> None:
    """Check whether a message with this code to this line is genuine. For staff of the care number.

    Exit code 1 if it is not.

    Example: rollkeeper notices check 13900001234 12345678
    """
    open_instance()
    line = find_line_by_input(number)
    if line is None:
        raise NoNotice
    found = find_genuine_notice(line.line_id, code=code)
    if as_json:
        emit(dataclasses.asdict(found))
        return
    promised = f" It promises {found.promised_on}." if found.promised_on else ""
    out.print(f"Genuine: '{found.kind}', owed since {found.queued_on}.{promised}")


def verify_code() -> None:
    """Answer verification calls, for the voice menu of the care number: a line in, a line out, until input ends.

    Input: the calling number, a space, the code keyed in. Output, one JSON object a line: whether a notice with that code went
    to that number, and if so which notice and which promised day. A code alone proves nothing, since anyone can guess eight
    digits; after too many wrong codes a number gets "no" for an hour.

    Example: echo "13900001234 12345678" | rollkeeper notices verify-code
    """
    open_instance()
    for said in answers(typed_lines()):
        sys.stdout.write(canonical_bytes(said).decode() + "\n")
        sys.stdout.flush()


def senders() -> None:
    """Write the list of genuine senders, to be published next to the ledger: a JSON object that names no person.

    Example: rollkeeper notices senders > /var/www/register/senders.json
    """
    open_instance()
    emit(published_senders())
