# SPDX-License-Identifier: EUPL-1.2
"""`rollkeeper register`: registrations in bulk."""

from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, counted, emit, err, out, progress, show_table
from rollkeeper.kernel.instance import open_instance
from rollkeeper.registration.bulk import refused_file, register_file
from rollkeeper.registration.file_reader import require_usable, size_of
from rollkeeper.registration.submissions import RegistrationKind


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    app.command("register")(register_in_bulk)


def register_in_bulk(
    file: Annotated[
        Path, typer.Argument(help="CSV, TSV, XLSX, Parquet, or one JSON object a line.", metavar="FILE")
    ],
    *,
    port_in: Annotated[
        bool, typer.Option("--port-in", help="The people bring these numbers from another operator.")
    ] = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Register all people in a file; a number that has no line yet gets one.

    Columns of a table, or keys of a JSON row: number, name, address, document_type, document_number; kind (individual, company, minor) with
    user and bearer (who acts for the company), or guardian, each an object (in a table columns such as guardian.name); service; language; submission_key. Headings of a
    table are also understood in other words and languages. Only the fields that the rule pack asks for are recorded. Refused rows go to FILE.refused.jsonl (row, column, reason, no values); the rest is recorded.
    Run it again after an interruption or a correction: nothing is recorded twice.

    Exit codes: 0 all recorded, 1 some rows refused, 2 the file cannot be used.

    Example row: {"number": "13800138000", "name": "…", "address": "…", "document_type": "passport",
    "document_number": "X00000001"}

    Example: rollkeeper register registrations.xlsx
    """
    require_usable(file)
    open_instance()
    kind = RegistrationKind.PORT_IN if port_in else RegistrationKind.REGISTER
    with progress("Registering", total=size_of(file)) as bar:
        tally = register_file(
            console_authority(), file, on=on or clock.today(), moved=bar.advance, action_kind=kind
        )
    side = refused_file(file)
    if as_json:
        emit({
            "rows": tally.rows, "recorded": tally.recorded, "repeated": tally.repeated, "refused": tally.refused,
            "reasons": tally.reasons, "refused_file": str(side) if tally.refused else "",
        })  # fmt: skip
    else:
        show_table(
            f"{file.name}: {counted(tally.rows, 'row', 'rows')}",
            ["recorded", "recorded before", "refused"],
            [[tally.recorded, tally.repeated, tally.refused]],
        )
        for code, count in sorted(tally.reasons.items()):
            out.print(f"  {count:,} x {code}", markup=False)
    if tally.refused:
        err.print(
            f"{counted(tally.refused, 'row was', 'rows were')} refused; each is listed with its reason in {side}.",
            markup=False,
        )
        raise typer.Exit(1)
