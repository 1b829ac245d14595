# SPDX-License-Identifier: EUPL-1.2
"""The commands under `retention` and `holds`."""

import dataclasses
import datetime as dt
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.terminal import UserOption, ask, signed_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import (
    DateOption,
    JsonOption,
    LookBackOption,
    counted,
    emit,
    out,
    progress,
    read_date,
    show_table,
)
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import open_instance
from rollkeeper.lines.queries import view_line
from rollkeeper.lines.services import look_up_line
from rollkeeper.retention import abandoned, brake, services
from rollkeeper.retention.legal_holds import add_legal_hold, current_legal_holds, end_legal_hold

CaseOption = Annotated[
    str, typer.Option("--case", metavar="NUMBER", help="The number of the case; no names.")
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    retention = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Erase what the law no longer allows to keep.",
    )
    retention.command("erase")(erase_due)
    retention.command("plan")(plan)
    retention.command("approve")(approve)
    app.add_typer(retention, name="retention")
    holds = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Legal holds: records that a case protects from erasure, and until when.",
    )
    holds.command("add")(add)
    holds.command("end")(end)
    holds.command("list")(list_)
    app.add_typer(holds, name="holds")


def plan(as_json: JsonOption = False, on: LookBackOption = None) -> None:
    """Draft an erasure plan: what is kept about people, and when it must be erased. Erases nothing.

    For the day on which a law is struck down or ends: nothing is collected any more, and people decide about the rest.

    Example: rollkeeper retention plan
    """
    open_instance()
    found = services.draft_plan(console_authority(), on=on or clock.today())
    if as_json:
        emit({
            "current": found.current,
            "due": [
                {"by": day, "records": records, "copies": copies, "held": held}
                for day, records, copies, held in found.due
            ],
        })  # fmt: skip
        return
    out.print(
        f"{counted(found.current, 'record of a present subscriber goes when the contract ends', 'records of present subscribers go when their contracts end')}. Where no law has them kept, two people"
        " decide what to end now; legal holds stay."
    )
    titles = ("by", "due", "copies of documents due before", "kept by a legal hold")
    show_table("Records of former subscribers, and copies", titles, list(found.due))


def erase_due(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; erase nothing.")] = False,
    after_gap: Annotated[
        bool,
        typer.Option(
            "--after-gap", help="The date is right, although nothing was erased for more than a week."
        ),
    ] = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Erase every record that the law no longer allows to keep, with its keys, and certify it in the ledger.

    It also erases, after an hour, the identity of people whose registration was not completed, and failed offline registrations
    after most of a day. Run it at least twice a day, as 'rollkeeper worker' does, so that they are erased within 24 hours. Safe
    to interrupt and run again.

    Example: rollkeeper retention erase --dry-run
    """
    open_instance()
    day = on or clock.today()
    due = services.count_due(console_authority(), on=day)
    if dry_run:
        waiting = abandoned.count_abandoned()
        said = (
            f"{counted(due.lines, 'terminated line', 'terminated lines')}, {counted(due.tenures, 'past tenure', 'past tenures')}, {counted(due.copies, 'copy of a document', 'copies of documents')} and {counted(waiting, 'broken-off application', 'broken-off applications')} are due for erasure;"
            f" {counted(due.held, 'record is', 'records are')} held."
        ) + (f" {due.not_entered:,} have no ledger entry of their end and stay." if due.not_entered else "")
        emit(dataclasses.asdict(due) | {"abandoned": waiting}) if as_json else out.print(said)
        return
    with progress("Erasing", due.lines + due.tenures + due.copies) as bar:
        erased = services.erase_due(console_authority(), on=day, after_gap=after_gap, progress=bar.advance)
    if as_json:
        emit(dataclasses.asdict(erased) | {"held": due.held})
        return
    out.print(
        f"Erased: {counted(erased.lines, 'terminated line', 'terminated lines')}, {counted(erased.tenures, 'past tenure', 'past tenures')}; {counted(erased.keys_destroyed, 'key', 'keys')}"
        f" destroyed; {counted(due.held, 'record is', 'records are')} held."
        + (
            f" {counted(erased.numbers_freed, 'number was', 'numbers were')} freed."
            if erased.numbers_freed
            else ""
        )
        + (
            f" {counted(erased.copies, 'copy of a document was', 'copies of documents were')} erased before the record."
            if erased.copies
            else ""
        )
        + (
            f" {counted(erased.abandoned, 'broken-off application was', 'broken-off applications were')} erased."
            if erased.abandoned
            else ""
        )
        + (
            f" {counted(erased.finished, 'interrupted erasure was', 'interrupted erasures were')} finished."
            if erased.finished
            else ""
        )
    )


def approve(
    *,
    user: UserOption,
    copies: Annotated[
        bool, typer.Option("--copies", help="Of document copies, before their records.")
    ] = False,
    on: DateOption = None,
) -> None:
    """Approve an erasure that was stopped because it concerns much of the register. Two people must; the password is asked for.

    Example: rollkeeper retention approve --as officer-1
    """
    open_instance()
    made = brake.approve_erasure(signed_in(user), on=on or clock.today(), of_copies=copies)
    said = "That is enough: the next run erases." if made.enough else "One more person must approve."
    out.print(f"Approved by {len(made.people)}. {said}")


def add(
    *,
    user: UserOption,
    case: CaseOption,
    last: Annotated[
        dt.date,
        typer.Option(
            "--to",
            parser=read_date,
            metavar="DATE",
            help="The last day of the hold, at most a year from today.",
        ),
    ],
    review_on: Annotated[
        dt.date,
        typer.Option(
            "--review",
            parser=read_date,
            metavar="DATE",
            help="The day on which the need for it is reviewed.",
        ),
    ],
    on: DateOption = None,
) -> None:
    """Protect the record of one line from erasure while a case needs it. The hold ends automatically.

    The password and then the whole number or the reference of the line are asked for, or are lines of standard input in this order.

    Example: rollkeeper holds add --as officer-1 --case 2012/7 --to 2012-09-30 --review 2012-06-30
    """
    open_instance()
    officer, day = signed_in(user), on or clock.today()
    line_id = _line_id(officer, on=day)
    add_legal_hold(officer, line_id, case_reference=case, last=last, review_on=review_on, on=day)
    out.print(f"{_describe_line(line_id)}: held through {last}; to be reviewed on {review_on}.")


def end(*, user: UserOption, case: CaseOption, on: DateOption = None) -> None:
    """End a legal hold early: records that the law no longer allows to keep are erased from the next day on.

    The password and then the whole number or the reference of the line are asked for, as by 'holds add'.

    Example: rollkeeper holds end --as officer-1 --case 2012/7
    """
    open_instance()
    officer, day = signed_in(user), on or clock.today()
    line_id = _line_id(officer, on=day)
    end_legal_hold(officer, line_id, case_reference=case, on=day)
    out.print(f"{_describe_line(line_id)}: held through {day}, and no longer.")


def list_(*, as_json: JsonOption = False, on: LookBackOption = None) -> None:
    """List the current legal holds by the day of review: line references, case numbers, days.

    Exit code 1 if a review is due.

    Example: rollkeeper holds list
    """
    open_instance()
    day = on or clock.today()
    found = current_legal_holds(console_authority(), on=day)
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
    elif not found:
        out.print("There is no legal hold.")
    else:
        show_table(
            "Legal holds",
            ["review", "last day", "since", "case", "line"],
            [[one.review_on, one.last, one.first, one.case_reference, str(one.line_id)] for one in found],
        )
    if any(one.review_on <= day for one in found):
        raise typer.Exit(1)


def _line_id(officer: Authority, *, on: dt.date) -> LineId:
    """Ask for a line, by its number or, if another subscriber has the number now, by its reference; a lookup is recorded.

    Refuses: NumberNotRead, LineNotFound, AccessLimitReached.
    """
    asked = ask("Number or reference of the line")
    try:
        return LineId(UUID(asked))
    except ValueError:
        return look_up_line(officer, asked, on=on).line_id


def _describe_line(line_id: LineId) -> str:
    """Show which line it is: the number may belong to another contract now."""
    line = view_line(line_id)
    ended = f", ended on {line.terminated_on}" if line and line.terminated_on else ""
    return f"Line {line_id}, in service since {line.activated_on}{ended}" if line else str(line_id)
