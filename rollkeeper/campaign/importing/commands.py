# SPDX-License-Identifier: EUPL-1.2
"""The command `import`: shows how a file would be read, lets a person say yes, takes it in, says what became of it."""

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.campaign.importing.acts import Outcome, import_lines
from rollkeeper.campaign.importing.errors import MapIncomplete, MapNotConfirmed
from rollkeeper.campaign.importing.files import Look
from rollkeeper.campaign.importing.maps import Map, complete, file_part, make_map, read_map
from rollkeeper.campaign.importing.proposals import Proposal, dropped_columns, write_map
from rollkeeper.campaign.importing.refusals import beside
from rollkeeper.campaign.importing.words import Dropped
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, emit, err, out, progress, read_date, show_table
from rollkeeper.kernel.errors import raise_all
from rollkeeper.kernel.opening import open_home
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("import")(import_file)


def import_file(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="CSV, TSV, XLSX or Parquet.")
    ],
    map_file: Annotated[
        Path | None,
        typer.Option(
            "--map", exists=True, dir_okay=False, metavar="MAP.toml", help="Which column means what."
        ),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Take the proposed map without asking.")] = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Print the proposed map and import nothing.")
    ] = False,
    allotment: Annotated[
        str | None,
        typer.Option(metavar="+NUMBER", help="First number of your range, for a file without numbers."),
    ] = None,
    as_of: Annotated[
        dt.date | None,
        typer.Option(
            parser=read_date, metavar="DATE", help="The day from which months of tenure are counted back."
        ),
    ] = None,
    refused: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where refused rows are named; default: FILE.refused.csv."),
    ] = None,
    on: DateOption = None,  # noqa: ARG001 - given to the clock as it is read
    json_: JsonOption = False,
) -> None:
    """Take in lines, and what is declared about their holders, from the operator's own export.

    The importer proposes which column means what and asks before anything is written. A file with the same map is never
    taken in twice; an import that broke off goes on where it was. Columns that the register has no place for (ethnicity,
    religion, politics, gender, marketing and the like) are dropped and named.

    Example: rollkeeper import customers.csv --propose > map.toml; rollkeeper import customers.csv --map map.toml
    """
    raw = read_map(map_file, as_of=as_of, allotment=allotment) if map_file else {}
    look = _look(file, file_part(raw, named=map_file))
    if not map_file:
        proposal = _propose(look, as_of=as_of, allotment=allotment)
        if propose:
            _print_proposal(proposal, look, as_json=json_)
            return
        raw = complete(_confirmed(proposal, look, yes=yes), as_of=as_of, allotment=allotment)
    made = make_map(raw, named=map_file or "the proposed map", header=look.header)
    outcome = _take_in(look, made, named=map_file or "the proposed map", refused=refused)
    _report(look, made, outcome, as_json=json_)


def _look(file: Path, part: Any) -> Look:
    from rollkeeper.campaign.importing.files import look

    with progress(f"Reading {file.name}") as bar:
        return look(
            file, encoding=part.encoding, separator=part.separator, sheet=part.sheet, has_names=part.header,
            advance=bar.advance,
        )  # fmt: skip


def _propose(look: Look, *, as_of: dt.date | None, allotment: str | None) -> Proposal:
    from rollkeeper.campaign.importing.proposals import propose

    home = settings()
    return propose(
        look, country=home.country_code, as_of=as_of or clock.today(), duty=load_pack(home.pack).duty,
        allotment=allotment,
    )  # fmt: skip


def _print_proposal(proposal: Proposal, look: Look, *, as_json: bool) -> None:
    if as_json:
        emit({
            "map": proposal.raw, "wanting": proposal.needs, "notes": proposal.notes,
            "dropped": _dropped_json(proposal.dropped),
        })  # fmt: skip
    else:
        out.print(write_map(proposal, look), markup=False)


def _confirmed(proposal: Proposal, look: Look, *, yes: bool) -> dict[str, Any]:
    """Return the map once somebody said yes to it. Refuses: MapIncomplete, MapNotConfirmed."""
    err.print(write_map(proposal, look), markup=False)
    raise_all([MapIncomplete(file=look.file, need=need) for need in proposal.needs])
    if not yes and not (sys.stdin.isatty() and typer.confirm("Is the file to be read so?", err=True)):
        raise MapNotConfirmed(file=look.file)
    return proposal.raw


def _take_in(look: Look, made: Map, *, named: object, refused: Path | None) -> Outcome:
    open_home()
    with progress(f"Importing {look.file.name}", total=look.row_count) as bar:
        return import_lines(
            console_authority(), look, made, refused_file=refused or beside(look.file), on=clock.today(), named=named,
            advance=bar.advance,
        )  # fmt: skip


def _report(look: Look, made: Map, outcome: Outcome, *, as_json: bool) -> None:
    dropped = dropped_columns(look.header, made.columns)
    if as_json:
        emit({
            "file": str(look.file), "rows": outcome.rows, "lines": outcome.lines, "known": outcome.known,
            "refused": outcome.refused, "registered": outcome.registered, "imported_before": outcome.was_done,
            "resumed_after": outcome.resumed_after, "dropped": _dropped_json(dropped),
            "refused_file": str(outcome.refused_file) if outcome.refused_file else None,
            "reasons": [{"column": c, "reason": r, "rows": n} for (c, r), n in outcome.reasons.most_common()],
        })  # fmt: skip
        return
    if outcome.was_done:
        out.print(f"{look.file.name} was imported before, with this map: nothing was done.", markup=False)
    if outcome.resumed_after:
        out.print(f"An import that had broken off went on after {outcome.resumed_after:,} rows.")
    out.print(
        f"{outcome.rows:,} rows: {outcome.lines:,} lines made, {outcome.registered:,} of them registered;"
        f" {outcome.known:,} known from an earlier import; {outcome.refused:,} refused."
    )
    named = ", ".join(f"'{column.column}' ({column.about})" for column in dropped if column.about)
    if named:
        out.print(f"Dropped, since the register has no place for it: {named}.", markup=False)
    if outcome.refused_file:
        show_table(
            f"Refused; rows and remedies stand in {outcome.refused_file}", ("column", "reason", "rows"),
            [(column or "(the row)", reason, count) for (column, reason), count in outcome.reasons.most_common()],
        )  # fmt: skip


def _dropped_json(dropped: tuple[Dropped, ...]) -> list[dict[str, str | None]]:
    return [{"column": column.column, "about": column.about} for column in dropped]
