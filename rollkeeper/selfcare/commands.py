# SPDX-License-Identifier: EUPL-1.2
"""Commands of this package: declare a hardship, accept a receipt, decide cases, protect a subscriber."""

import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign.commands.cli_options import (
    FirstDayOption,
    LastDayOption,
    NumberArgument,
    console_or_user,
    declared_reason,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.console import DateOption, JsonOption, emit, group_called, out, show_table
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.kernel.instance import open_instance
from rollkeeper.kernel.menu_input import typed_lines
from rollkeeper.lines.queries import number_index_of
from rollkeeper.registration.services import pause_line
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import DecisionReason, DelegateRole, ForgerySign
from rollkeeper.selfcare.delegates import check_delegate as check
from rollkeeper.selfcare.disputes import accept_receipt as honour
from rollkeeper.selfcare.forgeries import draft_report, suspect_forgery
from rollkeeper.selfcare.queries import open_cases
from rollkeeper.selfcare.services import protect_subscriber as protect

_CLAIMANT = {None: "", True: "claimant named by the subscriber", False: "claimant not named"}


def register(app: typer.Typer) -> None:
    """Add this package's commands; `campaign pause` joins the other commands about one line of a campaign."""
    cases = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="Cases: disputes, appeals and corrections."
    )
    cases.command("list")(list_)
    cases.command("settle")(settle)
    cases.command("suspect-forgery")(suspect)
    cases.command("forgery-report")(forgery_report)
    app.add_typer(cases, name="cases")
    _group(app, "subscribers", "Subscribers under protection.").command("protect")(protect_subscriber)
    _group(app, "disputes", "Disputes about a record.").command("accept-receipt")(accept_receipt)
    if campaign := group_called(app, "campaign"):
        campaign.command()(pause)
    _group(app, "codes", "Codes for lines.").command("reserve")(reserve_code)
    _group(app, "codes", "Codes for lines.").command("by-call")(codes_by_call)
    _group(app, "delegates", "People whom subscribers named.").command("check")(check_delegate)


def _group(app: typer.Typer, name: str, text: str) -> typer.Typer:
    """Return the command group of this name; another package may have added it."""
    for group in app.registered_groups:
        if group.name == name and group.typer_instance is not None:
            return group.typer_instance
    made = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help=text)
    app.add_typer(made, name=name)
    return made


def reserve_code(*, on: DateOption = None) -> None:
    """Reserve one code for a line whose codes others have used up; its number is the first line of standard input.

    The next code request at the portal within 15 minutes uses it; the code goes only to the line.

    Example: rollkeeper codes reserve < number.txt
    """
    from rollkeeper.selfcare.reserved_codes import reserve_code as keep

    open_instance()
    keep(console_authority(), _number(), on=on or clock.today())
    out.print("One code is reserved. The subscriber can request it at the portal now.")


def codes_by_call(*, on: DateOption = None) -> None:
    """Give codes for the portal to suspended lines that call the care number, for its voice menu: a line in, a line out.

    Input: the calling number, the four figures keyed in, and own-network. Say own-network only of a call whose line your own network
    authenticated; a number that came from another network, or from the phone itself, can be forged. Output, one JSON object a line:
    the code, or null if there is none, and for how many minutes it is valid.

    Example: echo "13900001234 4711 own-network" | rollkeeper codes by-call
    """
    from rollkeeper.selfcare.handed_codes import answer_calls

    open_instance()
    for said in answer_calls(console_authority(), typed_lines(), on=on or clock.today()):
        sys.stdout.write(canonical_bytes(said).decode() + "\n")
        sys.stdout.flush()


def check_delegate(
    part: Annotated[DelegateRole, typer.Argument(help="What for.")], *, on: DateOption = None
) -> None:
    """Check whether a document belongs to a person whom the subscriber of a line named; exit code 1 if not.

    Standard input: the number of the line, the kind of document (of a passport with its state, such as passport-npl) and its number, a
    line each.

    Example: rollkeeper delegates check heir < asked.txt
    """
    open_instance()
    number, kind, document = (
        _typed(what) for what in ("Number of the line", "Kind of document", "Its number")
    )
    matches = check(console_authority(), number, part, (kind, document), on=on or clock.today())
    out.print("Yes: the subscriber named them." if matches else "No.")
    if not matches:
        raise typer.Exit(1)


def list_(*, as_json: JsonOption = False) -> None:
    """List the open cases, the most urgent first: references and days.

    Example: rollkeeper cases list
    """
    open_instance()
    found = open_cases()
    if as_json:
        emit(
            [
                {
                    "case": str(c.case_id), "line": str(c.line_id), "kind": c.kind.value, "about": c.about,
                    "opened_on": c.opened_on.isoformat(), "due_on": c.due_on.isoformat(),
                    "claimant_is_named": c.claimant_is_named, "assigned_to": c.assigned_to,
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


def suspect(
    sign: Annotated[ForgerySign, typer.Argument(help="By what.", metavar="SIGN")], *, on: DateOption = None
) -> None:
    """Open a case about a document that may be forged; the number of its line is the first line of standard input.

    Nothing is done to the line. Two people decide: 'cases settle CASE --dismissed --as NAME' says that it was forged, --upheld that
    it is genuine.

    Example: rollkeeper cases suspect-forgery altered < number.txt
    """
    open_instance()
    suspect_forgery(
        console_authority(),
        submission_key=str(new_uuid()),
        number=_number(),
        sign=sign,
        on=on or clock.today(),
    )
    out.print("A case is open. Two people decide it; no one is reported before.")


def forgery_report(
    case: Annotated[UUID, typer.Argument(help="The reference of the case.", metavar="CASE")],
    language: Annotated[str, typer.Option(metavar="LANGUAGE", help="en or zh-hans.")] = "zh-hans",
) -> None:
    """Write the drafted report about a document that may be forged to standard output, for people to send. It names no one.

    Example: rollkeeper cases forgery-report 0198c0de-0000-7000-8000-000000000001
    """
    open_instance()
    typer.echo(draft_report(case, language=language), nl=False)


def settle(
    case: Annotated[UUID, typer.Argument(help="The reference of the case.", metavar="CASE")],
    *,
    upheld: Annotated[
        bool,
        typer.Option("--upheld/--dismissed", help="Whether the subscriber was right.", show_default=False),
    ],
    because: Annotated[
        DecisionReason | None, typer.Option("--because", help="The reason; it is counted and shown.")
    ] = None,
    as_: Annotated[
        str | None, typer.Option("--as", metavar="USERNAME", help="Who you are; an appeal needs it.")
    ] = None,
    on: DateOption = None,
) -> None:
    """Decide a case; the clock of its line continues tomorrow with the remaining days.

    An appeal is decided by a named person who did not make the first decision. To uphold a correction, change the record.

    Example: rollkeeper cases settle 0198c0de-0000-7000-8000-000000000001 --upheld
    """
    open_instance()
    if not settle_case(console_or_user(as_), case, upheld=upheld, because=because, on=on or clock.today()):
        out.print("Recorded. A second person who finds the same decides it.")
        return
    out.print("Decided." if upheld else "Dismissed.")


def protect_subscriber(
    *,
    ended: Annotated[bool, typer.Option("--end", help="Remove the protection.")] = False,
    on: DateOption = None,
) -> None:
    """Protect the subscriber of a line, whose number is the first line of standard input.

    Ordinary staff are then answered as for an unknown number. No reason is asked or kept.

    Example: rollkeeper subscribers protect < number.txt
    """
    open_instance()
    protect(console_authority(), number_index_of(_number()), protected=not ended, on=on or clock.today())
    out.print("The subscriber is no longer protected." if ended else "The subscriber is protected.")


def pause(
    number: NumberArgument,
    reason: Annotated[
        str, typer.Option(help="abroad, hospital, disability, detention, disaster, document_applied_for, …")
    ],
    first: FirstDayOption = None,
    last: LastDayOption = None,
    on: DateOption = None,
) -> None:
    """Pause a line's clock: a declaration is enough, proof may come later.

    A line whose subscriber declares it on the day of suspension gets service back.

    Example: rollkeeper campaign pause 13812345678 --reason hospital --to 2012-03-10
    """
    chosen = declared_reason(reason)
    open_instance()
    said_on = on or clock.today()
    pause_line(
        console_authority(), submission_key=str(new_uuid()), number=number, first=first or said_on, last=last,
        reason=chosen, on=said_on,
    )  # fmt: skip
    out.print("The clock of that line is paused.")


def accept_receipt(
    number: NumberArgument,
    shown: Annotated[
        str, typer.Argument(metavar="RECEIPT|CODE", help="A file with the whole receipt, or its code.")
    ],
    *,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Open a dispute with a receipt that proves a registration: from then on no batch includes the line.

    A receipt outranks a missing record. It must be from this operator, unchanged, and about this line. A line suspended for a
    missing registration gets service back.

    Example: rollkeeper disputes accept-receipt 13800138000 receipt.txt
    """
    open_instance()
    text = Path(shown).read_text("utf-8", "replace") if Path(shown).is_file() else shown
    done = honour(
        console_authority(), submission_key=str(new_uuid()), number=number, shown=text, on=on or clock.today()
    )
    if as_json:
        emit(done.as_json())
    else:
        out.print(f"Line {done.line_id} is disputed: its clock is paused and the line cannot be suspended.")


def _number() -> str:
    return _typed("Number of the line")


def _typed(what: str) -> str:
    """Return a value from standard input; as an argument every process on the machine could read it."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    return str(typer.prompt(what, hide_input=True))
