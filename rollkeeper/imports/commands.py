# SPDX-License-Identifier: EUPL-1.2
"""The command `import`: shows how a file would be read, asks for approval, imports it, prints the result."""

import datetime as dt
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.imports.column_dictionary import Dropped
from rollkeeper.imports.errors import IMPORT_MAP_INCOMPLETE, IMPORT_MAP_NOT_CONFIRMED
from rollkeeper.imports.files import FileScan
from rollkeeper.imports.mapping import ImportMap, complete, file_part, make_map, read_map
from rollkeeper.imports.mapping_guess import Proposal, dropped_columns, write_map
from rollkeeper.imports.queries import PastImport, past_import, past_imports
from rollkeeper.imports.registrations import asked_in_files
from rollkeeper.imports.reject_file import default_path, require_writable, write_rejected_rows
from rollkeeper.imports.services import ImportResult, import_lines
from rollkeeper.imports.undo import undo_import
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import (
    DateOption,
    JsonOption,
    counted,
    emit,
    err,
    out,
    progress,
    read_date,
    show_table,
)
from rollkeeper.kernel.errors import raise_all
from rollkeeper.kernel.instance import instance, open_instance
from rollkeeper.law.acts import Act, may_act
from rollkeeper.law.packs import load_pack

AsOfOption = Annotated[
    dt.date | None,
    typer.Option(
        parser=read_date, metavar="DATE", help="The day from which months of service are counted back."
    ),
]
RefusedOption = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="The file that lists refused rows; default: FILE.refused.csv."),
]
RejectedRowsOption = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Also write the refused rows themselves to this file, which only you can read: correct and import it, then delete it.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_file)
    group = typer.Typer(no_args_is_help=True, help="Files that were imported, and what came of each.")
    group.command("list")(list_imports)
    group.command("show")(show_import)
    group.command("undo")(undo)
    app.add_typer(group, name="imports")


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
    yes: Annotated[bool, typer.Option("--yes", help="Use the proposed map without asking.")] = False,
    propose: Annotated[
        bool, typer.Option("--propose", help="Print the proposed map and import nothing.")
    ] = False,
    number_range: Annotated[
        str | None,
        typer.Option(metavar="+NUMBER", help="First number of your range, for a file without numbers."),
    ] = None,
    sheet: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="The sheet of a spreadsheet; default: the one with a table."),
    ] = None,
    header_row: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="The row of column names; default: found in the first rows."),
    ] = None,
    as_of: AsOfOption = None,
    refused: RefusedOption = None,
    rejected_rows: RejectedRowsOption = None,
    on: DateOption = None,  # noqa: ARG001 - given to the clock as it is read
    json_: JsonOption = False,
) -> None:
    """Import lines, and what is declared about their subscribers, from the operator's own export.

    The importer proposes which column means what and asks before anything is written. A file with the same map is never imported
    twice; an interrupted import continues where it stopped. Columns that the register does not keep (ethnicity,
    religion, politics, gender, marketing and the like) are dropped and named. Importing the file again with a corrected map adds
    what was missing and changes nothing else. Exit code 1: some rows were refused.

    Example: rollkeeper import customers.csv --propose > map.toml; rollkeeper import customers.csv --map map.toml
    """
    raw = read_map(map_file, as_of=as_of, number_range=number_range) if map_file else {}
    raw = raw | {"file": dict(raw.get("file", {})) | _given(sheet=sheet, header_row=header_row)}
    scan = _scan(file, file_part(raw, named=map_file or "the command line"))
    if propose or not map_file:
        proposal = _propose(scan, as_of=as_of, number_range=number_range)
        if propose:
            _print_proposal(proposal, scan, as_json=json_)
            return
        raw = complete(_confirmed(proposal, scan, yes=yes), as_of=as_of, number_range=number_range)
    named = map_file or "the proposed map"
    made = make_map(raw, named=named, header=scan.header)
    result = _take_in(scan, made, named=named, refused=refused, rejected_rows=rejected_rows)
    _report(scan, made, result, as_json=json_)
    if result.refused and not result.was_done:
        raise typer.Exit(1)


def list_imports(json_: JsonOption = False) -> None:
    """List the imports, the newest first.

    Example: rollkeeper imports list
    """
    open_instance()
    found = past_imports()
    if json_:
        emit([asdict(one) for one in found])
    elif not found:
        out.print("Nothing was imported yet.")
    else:
        show_table(
            "Imports", ("import", "started", "state", "rows", "lines made", "refused"),
            [(one.import_id, f"{one.started_at:%Y-%m-%d %H:%M}", _state(one), one.rows, one.lines, one.refused) for one in found],
        )  # fmt: skip


def show_import(
    import_id: Annotated[UUID, typer.Argument(metavar="IMPORT", help="From 'rollkeeper imports list'.")],
    json_: JsonOption = False,
) -> None:
    """Show the result of one import. The register keeps no name and no row of the file.

    Example: rollkeeper imports show 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182
    """
    open_instance()
    one = past_import(import_id)
    if json_:
        emit(asdict(one))
        return
    for what, count in (
        ("rows read", one.rows), ("lines made", one.lines), ("of them barred", one.barred), ("registered", one.registered),
        ("known from an earlier import", one.known), ("of them completed", one.completed), ("left out by the map", one.left_out),
        ("refused", one.refused),
    ):  # fmt: skip
        out.print(f"{what}: {count:,}")
    out.print(f"started {one.started_at:%Y-%m-%d %H:%M}; {_state(one)}")


def undo(
    import_id: Annotated[UUID, typer.Argument(metavar="IMPORT", help="From 'rollkeeper imports list'.")],
    json_: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Remove the lines that one import made, all or none, as long as no one has been notified or registered since.

    Their numbers are free at once, and the file can be imported again. What was sealed is erased by the next 'rollkeeper retention
    erase', for which two people are asked where it is a large part of the register.

    Example: rollkeeper imports undo 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182
    """
    open_instance()
    done = undo_import(console_authority(), import_id, on=on or clock.today())
    if json_:
        emit(asdict(done))
        return
    out.print(f"{counted(done.lines, 'line is', 'lines are')} undone; the file can be imported again.")
    if done.completed:
        out.print(
            f"{counted(done.completed, 'line that was there before keeps', 'lines that were there before keep')} what the import added."
        )


def _state(one: PastImport) -> str:
    if one.undone_at:
        return f"undone {one.undone_at:%Y-%m-%d %H:%M}"
    return (
        f"finished {one.finished_at:%Y-%m-%d %H:%M}"
        if one.finished_at
        else "not finished: import the file again"
    )


def _given(**parts: Any) -> dict[str, Any]:
    return {name: part for name, part in parts.items() if part is not None}


def _scan(file: Path, part: Any) -> FileScan:
    from rollkeeper.imports.files import scan_file

    with progress(f"Reading {file.name}") as bar:
        return scan_file(
            file, encoding=part.encoding, separator=part.separator, sheet=part.sheet, has_names=part.header,
            header_row=part.header_row, advance=bar.advance,
        )  # fmt: skip


def _propose(scan: FileScan, *, as_of: dt.date | None, number_range: str | None) -> Proposal:
    from rollkeeper.imports.mapping_guess import propose

    here = instance()
    return propose(
        scan, country=here.country_code, as_of=as_of or clock.today(), duty=_collects(),
        number_range=number_range, asks_payment=bool(load_pack(here.pack).payment_asked), asked=_asked(),
    )  # fmt: skip


def _asked() -> frozenset[str]:
    """Return the attributes that the law asks of subscribers whom a file can register."""
    asked = asked_in_files(load_pack(instance().pack)) if _collects() else {}
    return frozenset(name for part in asked.values() for name in part)


def _collects() -> bool:
    """Tell whether the law has people registered today: else a proposal leaves out everything about them."""
    pack = load_pack(instance().pack)
    return pack.duty and may_act(pack, Act.COLLECT, on=clock.today())


def _print_proposal(proposal: Proposal, scan: FileScan, *, as_json: bool) -> None:
    if as_json:
        emit({
            "map": proposal.raw, "missing": proposal.needs, "notes": proposal.notes,
            "dropped": _dropped_json(proposal.dropped),
        })  # fmt: skip
    else:
        out.print(write_map(proposal, scan), markup=False)


def _confirmed(proposal: Proposal, scan: FileScan, *, yes: bool) -> dict[str, Any]:
    """Return the map once the user approved it. Refuses: IMPORT_MAP_INCOMPLETE, IMPORT_MAP_NOT_CONFIRMED."""
    err.print(write_map(proposal, scan), markup=False)
    raise_all([IMPORT_MAP_INCOMPLETE(file=scan.file, need=need) for need in proposal.needs])
    if not yes and not (sys.stdin.isatty() and typer.confirm("Import with this mapping?", err=True)):
        raise IMPORT_MAP_NOT_CONFIRMED(file=scan.file)
    return proposal.raw


def _take_in(
    scan: FileScan, made: ImportMap, *, named: object, refused: Path | None, rejected_rows: Path | None
) -> ImportResult:
    open_instance()
    if rejected_rows:
        require_writable(rejected_rows, is_new=True)
    with progress(f"Importing {scan.file.name}", total=scan.row_count) as bar:
        result = import_lines(
            console_authority(), scan, made, refused_file=refused or default_path(scan.file), on=clock.today(), named=named,
            advance=bar.advance,
        )  # fmt: skip
    if rejected_rows and result.refused_file:
        count = write_rejected_rows(scan, result.refused_file, rejected_rows)
        err.print(
            f"{counted(count, 'row was', 'rows were')} written to {rejected_rows}. Delete it when they are imported.",
            markup=False,
        )
    return result


def _report(scan: FileScan, made: ImportMap, result: ImportResult, *, as_json: bool) -> None:
    dropped = dropped_columns(scan.header, made.columns, asked=_asked())
    if as_json:
        emit({
            "file": str(scan.file), "rows": result.rows, "lines": result.lines, "known": result.known,
            "refused": result.refused, "registered": result.registered, "left_out": result.left_out, "barred": result.barred,
            "completed": result.completed, "imported_before": result.was_done,
            "resumed_after": result.resumed_after, "dropped": _dropped_json(dropped),
            "refused_file": str(result.refused_file) if result.refused_file else None,
            "reasons": [{"column": c, "reason": r, "rows": n} for (c, r), n in result.reasons.most_common()],
        })  # fmt: skip
        return
    if result.was_done:
        out.print(f"{scan.file.name} was imported before, with this map: nothing was done.", markup=False)
    if result.resumed_after:
        out.print(f"An interrupted import continued after {counted(result.resumed_after, 'row', 'rows')}.")
    out.print(
        f"{counted(result.rows, 'row', 'rows')}: {counted(result.lines, 'line', 'lines')} made, {result.registered:,} of them registered;"
        f" {result.known:,} known from an earlier import; {result.refused:,} refused."
    )
    if result.left_out:
        out.print(
            f"{counted(result.left_out, 'row is', 'rows are')} left out by the map: lines that are not in service, or products that are no lines."
        )
    if result.barred:
        out.print(
            f"{counted(result.barred, 'line', 'lines')} came in barred, for the reason that the file gives."
        )
    if result.completed:
        out.print(
            f"{counted(result.completed, 'known line was', 'known lines were')} completed: a registration or a reference was added."
        )
    named = ", ".join(f"'{column.column}' ({column.about})" for column in dropped if column.about)
    if named:
        out.print(f"Dropped, since the register does not keep it: {named}.", markup=False)
    if result.refused_file:
        show_table(
            f"Refused; rows and remedies are in {result.refused_file}", ("column", "reason", "rows"),
            [(column or "(the row)", reason, count) for (column, reason), count in result.reasons.most_common()],
        )  # fmt: skip


def _dropped_json(dropped: tuple[Dropped, ...]) -> list[dict[str, str | None]]:
    return [{"column": column.column, "about": column.about} for column in dropped]
