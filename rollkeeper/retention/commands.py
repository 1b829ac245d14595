# SPDX-License-Identifier: EUPL-1.2
"""The commands under `retention` and `holds`."""

import dataclasses
import datetime as dt
import sys
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.services import sign_in
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, emit, out, progress, read_date, show_table
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance, open_instance
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import find_line_by_input, view_line
from rollkeeper.retention import abandoned, services
from rollkeeper.retention.legal_holds import add_legal_hold, current_legal_holds, end_legal_hold

UserOption = Annotated[
    str, typer.Option("--as", metavar="USER", help="Who you are; the password is asked for.")
]
CaseOption = Annotated[
    str, typer.Option("--case", metavar="NUMBER", help="The number of the case; nobody's name.")
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    retention = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Erase what the law no longer allows to keep.",
    )
    retention.command("erase")(erase_due)
    app.add_typer(retention, name="retention")
    holds = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Legal holds: what a case keeps from being erased, and until when.",
    )
    holds.command("add")(add)
    holds.command("end")(end)
    holds.command("list")(list_)
    app.add_typer(holds, name="holds")


def erase_due(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; erase nothing.")] = False,
    after_gap: Annotated[
        bool,
        typer.Option(
            "--after-gap", help="The date is right, though nothing was erased for more than a week."
        ),
    ] = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Erase every record that the law no longer allows to keep, with its keys, and certify it in the ledger.

    With it goes, after an hour, the identity of people whose registration was begun and came to nothing: run it at least
    twice a day, as 'rollkeeper worker' does, so that it is gone within 24 hours; so do offline registrations of counters that broke and were held
    for most of a day. Safe to break off and to run again.

    Example: rollkeeper retention erase --dry-run
    """
    open_instance()
    day = on or clock.today()
    due = services.count_due(console_authority(), on=day)
    if dry_run:
        waiting = abandoned.count_abandoned()
        said = (
            f"{due.lines:,} terminated lines, {due.tenures:,} past tenures and {waiting:,} broken-off applications must go;"
            f" {due.held:,} records are held."
        )
        emit(dataclasses.asdict(due) | {"abandoned": waiting}) if as_json else out.print(said)
        return
    with progress("Erasing", due.lines + due.tenures) as bar:
        erased = services.erase_due(console_authority(), on=day, after_gap=after_gap, progress=bar.advance)
    if as_json:
        emit(dataclasses.asdict(erased) | {"held": due.held})
        return
    out.print(
        f"Erased: {erased.lines:,} terminated lines, {erased.tenures:,} past tenures; {erased.keys_destroyed:,} keys"
        f" destroyed; {due.held:,} records are held."
        + (f" {erased.numbers_freed:,} numbers were freed." if erased.numbers_freed else "")
        + (f" {erased.abandoned:,} broken-off applications were erased." if erased.abandoned else "")
        + (f" {erased.finished:,} erasures that had broken off were finished." if erased.finished else "")
    )


def add(
    *,
    user: UserOption,
    case: CaseOption,
    last: Annotated[
        dt.date,
        typer.Option(
            "--to", parser=read_date, metavar="DATE", help="The last day held; at most a year ahead."
        ),
    ],
    review_on: Annotated[
        dt.date,
        typer.Option(
            "--review",
            parser=read_date,
            metavar="DATE",
            help="When it is reviewed whether it is still needed.",
        ),
    ],
    on: DateOption = None,
) -> None:
    """Keep the record of one line from being erased while a case needs it. It ends by itself.

    The password and then the whole number or the reference of the line are asked for, or are lines of standard input in this order.

    Example: rollkeeper holds add --as officer-1 --case 2012/7 --to 2012-09-30 --review 2012-06-30
    """
    open_instance()
    officer, line_id = _signed_in(user), _line_id()
    add_legal_hold(
        officer, line_id, case_reference=case, last=last, review_on=review_on, on=on or clock.today()
    )
    out.print(f"{_describe_line(line_id)}: held through {last}; to be reviewed on {review_on}.")


def end(*, user: UserOption, case: CaseOption, on: DateOption = None) -> None:
    """End a legal hold before its time: what the law no longer allows to keep goes from the next day on.

    The password and then the whole number or the reference of the line are asked for, as by 'holds add'.

    Example: rollkeeper holds end --as officer-1 --case 2012/7
    """
    open_instance()
    officer, line_id, day = _signed_in(user), _line_id(), on or clock.today()
    end_legal_hold(officer, line_id, case_reference=case, on=day)
    out.print(f"{_describe_line(line_id)}: held through {day}, and no longer.")


def list_(*, as_json: JsonOption = False, on: DateOption = None) -> None:
    """List The current legal holds, by the day of their review: references of lines, numbers of cases, days.

    Exit code 1 where the day of a review has come.

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


def _signed_in(user: str) -> Authority:
    return sign_in(user, _ask(f"Password of {user}", secret=True))


def _line_id() -> LineId:
    """Ask for a line, by its number or, where that is somebody else's by now, by its reference. Refuses: NumberNotRead, LineNotFound."""
    asked = _ask("Number or reference of the line")
    try:
        return LineId(UUID(asked))
    except ValueError:
        line = find_line_by_input(asked, country=instance().country_code)
    if line is None:
        raise LineNotFound
    return line.line_id


def _describe_line(line_id: LineId) -> str:
    """Say which line it is: a number that was asked for may be another contract's by now."""
    line = view_line(line_id)
    ended = f", ended on {line.terminated_on}" if line and line.terminated_on else ""
    return f"Line {line_id}, in service since {line.activated_on}{ended}" if line else str(line_id)


def _ask(what: str, *, secret: bool = False) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(what, hide_input=secret, err=True))
