# SPDX-License-Identifier: EUPL-1.2
"""Commands of this room: keep the door, take down a hardship, take up a receipt, decide cases, seal a record."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.authority import console_authority, sweep_authority
from rollkeeper.campaign.commands.asked import (
    FirstDayOption,
    LastDayOption,
    NumberArgument,
    console_or,
    declared_reason,
)
from rollkeeper.enrolment.acts import pause_line
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, emit, group_called, out, show_table
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.opening import open_home
from rollkeeper.rights.acts import protect_record as protect
from rollkeeper.rights.deciding import settle_case
from rollkeeper.rights.disputing import honour_receipt as honour
from rollkeeper.rights.heirs import check_named as check
from rollkeeper.rights.kinds import NamedPart
from rollkeeper.rights.porter import keep_door as keep
from rollkeeper.rights.queries import open_cases

_CLAIMANT = {None: "", True: "claimant named by the holder", False: "claimant not named"}


def register(app: typer.Typer) -> None:
    """Add this room's commands; a hardship is taken down beside the other commands about one line of a campaign."""
    app.command("keep-door")(keep_door)
    cases = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="What subscribers contest or ask to be put right."
    )
    cases.command("list")(list_)
    cases.command("settle")(settle)
    app.add_typer(cases, name="cases")
    app.command("protect-record")(protect_record)
    app.command("honour-receipt")(honour_receipt)
    if campaign := group_called(app, "campaign"):
        campaign.command()(pause)
    app.command("keep-code")(keep_code)
    app.command("check-named")(check_named)


def keep_door() -> None:
    """Send one-time codes to lines and answer what subscribers ask at the portal, until Ctrl-C.

    'rollkeeper serve' starts one by itself.

    Example: rollkeeper keep-door
    """
    open_home()
    out.print("At the door. Stop it with Ctrl-C.")
    keep(sweep_authority(), goes_on=lambda: True)


def keep_code(*, on: DateOption = None) -> None:
    """Keep one code for a line whose codes others have used up; its number is the first line of standard input.

    Whoever asks for a code at the portal within a quarter of an hour gets it, at the line and nowhere else.

    Example: rollkeeper keep-code < number.txt
    """
    from rollkeeper.rights.kept_codes import keep_code as keep

    open_home()
    keep(console_authority(), _number(), on=on or clock.today())
    out.print("One code is kept. Let them ask for it at the portal now.")


def check_named(
    part: Annotated[NamedPart, typer.Argument(help="What for.")], *, on: DateOption = None
) -> None:
    """Tell whether a document is that of somebody whom the holder of a line named; exit code 1 where it is not.

    Standard input: the number of the line, the kind of document and its number, a line each.

    Example: rollkeeper check-named heir < asked.txt
    """
    open_home()
    number, kind, document = (
        _typed(what) for what in ("Number of the line", "Kind of document", "Its number")
    )
    matches = check(console_authority(), number, part, (kind, document), on=on or clock.today())
    out.print("Yes: the holder named them." if matches else "No.")
    if not matches:
        raise typer.Exit(1)


def list_(*, as_json: JsonOption = False) -> None:
    """List the open cases, the most urgent first: references and days.

    Example: rollkeeper cases list
    """
    open_home()
    found = open_cases()
    if as_json:
        emit(
            [
                {
                    "case": str(c.case_id), "line": str(c.line_id), "kind": c.kind.value, "about": c.about,
                    "opened_on": c.opened_on.isoformat(), "due_on": c.due_on.isoformat(),
                    "claimant_is_named": c.claimant_is_named,
                }
                for c in found
            ]
        )  # fmt: skip
        return
    show_table(
        "Open cases",
        ["decide by", "kind", "about", "case", "line"],
        [
            [
                c.due_on,
                c.kind.value,
                c.about or _CLAIMANT[c.claimant_is_named],
                str(c.case_id),
                str(c.line_id),
            ]
            for c in found
        ],
    )


def settle(
    case: Annotated[UUID, typer.Argument(help="The reference of the case.", metavar="CASE")],
    *,
    upheld: Annotated[
        bool,
        typer.Option("--upheld/--dismissed", help="Whether the subscriber was right.", show_default=False),
    ],
    as_: Annotated[
        str | None, typer.Option("--as", metavar="USERNAME", help="Who you are; an appeal needs it.")
    ] = None,
    on: DateOption = None,
) -> None:
    """Decide a case; the clock of its line goes on tomorrow with what was left.

    An appeal is decided by a named person who did not decide before. A correction is upheld by changing the record.

    Example: rollkeeper cases settle 0198c0de-0000-7000-8000-000000000001 --upheld
    """
    open_home()
    settle_case(console_or(as_), case, upheld=upheld, on=on or clock.today())
    out.print("Decided." if upheld else "Dismissed.")


def protect_record(
    *,
    lift: Annotated[bool, typer.Option("--lift", help="The threat is over.")] = False,
    on: DateOption = None,
) -> None:
    """Seal the record of whoever holds a line, whose number is the first line of standard input.

    Ordinary staff then see that there is a record, and nothing else. No reason is asked and none is kept.

    Example: rollkeeper protect-record < number.txt
    """
    open_home()
    protect(console_authority(), _number(), protected=not lift, on=on or clock.today())
    out.print("The record is open to ordinary staff again." if lift else "The record is sealed.")


def pause(
    number: NumberArgument,
    reason: Annotated[
        str, typer.Option(help="abroad, hospital, disability, detention, disaster, document_applied_for, …")
    ],
    first: FirstDayOption = None,
    last: LastDayOption = None,
    on: DateOption = None,
) -> None:
    """Let a line's clock stand still: a declaration is enough, proof may come later.

    Whoever declares it on the day on which they were suspended has service back.

    Example: rollkeeper campaign pause 13812345678 --reason hospital --to 2012-03-10
    """
    chosen = declared_reason(reason)
    open_home()
    said_on = on or clock.today()
    pause_line(
        console_authority(), submission_key=str(new_uuid()), number=number, first=first or said_on, last=last,
        reason=chosen, on=said_on,
    )  # fmt: skip
    out.print("The clock of that line stands still.")


def honour_receipt(
    number: NumberArgument,
    shown: Annotated[
        str, typer.Argument(metavar="RECEIPT|CODE", help="A file with the whole receipt, or its code.")
    ],
    *,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Take up a dispute with a receipt that says that somebody was registered: no batch touches the line from then on.

    A receipt outranks a missing record, whatever the register knows. It must be this operator's, unchanged, and about
    this line. Service that was suspended for want of registration comes back.

    Example: rollkeeper honour-receipt 13800138000 receipt.txt
    """
    open_home()
    text = Path(shown).read_text("utf-8", "replace") if Path(shown).is_file() else shown
    done = honour(
        console_authority(), submission_key=str(new_uuid()), number=number, shown=text, on=on or clock.today()
    )
    if as_json:
        emit(done.as_json())
    else:
        out.print(f"Line {done.line_id} is disputed: its clock stands still and nobody cuts it off.")


def _number() -> str:
    return _typed("Number of the line")


def _typed(what: str) -> str:
    """Return what must not stand in an argument, where every process of the machine could read it."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(what, hide_input=True))
