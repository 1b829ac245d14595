# SPDX-License-Identifier: EUPL-1.2
"""The commands under `reports`: make a report for the authority, check one; audit samples."""

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import staff_with_role
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import (
    DateOption,
    JsonOption,
    counted,
    emit,
    out,
    progress,
    read_date,
    show_table,
)
from rollkeeper.kernel.instance import open_instance
from rollkeeper.languages.queries import require_spoken
from rollkeeper.ledger import auditor
from rollkeeper.ledger.settings import public_folder
from rollkeeper.reporting.audit_samples import commands as audit_sample_commands
from rollkeeper.reporting.duties import TELLING, campaign_of_figure, count_duties, lines_without_identity
from rollkeeper.reporting.evidence import write_evidence
from rollkeeper.reporting.periods import period_between
from rollkeeper.reporting.printouts import LANGUAGES
from rollkeeper.reporting.report_files import write_report
from rollkeeper.reporting.services import make_report
from rollkeeper.reporting.verification import verify_report

_MOST_LISTED = 1_000


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(
        no_args_is_help=True,
        rich_markup_mode=None,
        help="Figures of a period for the authority, and audit samples; without personal data.",
    )
    group.command("make")(report)
    group.command()(verify)
    group.command()(disclose)
    group.command()(duties)
    group.command("show-sample")(audit_sample_commands.see)
    group.command("redraw-sample")(audit_sample_commands.redraw)
    app.add_typer(group, name="reports")


def duties(*, as_json: JsonOption = False, on: DateOption = None) -> None:
    """Count the operator's own duties under the law, and list the lines that were put into service without a registration.

    Lines are listed by reference, service and day, the oldest first and at most 1,000. Exit code 1 if something is missing.

    Example: rollkeeper reports duties
    """
    open_instance()
    counts = count_duties(on or clock.today())
    found = lines_without_identity(console_authority(), limit=_MOST_LISTED + 1)
    listed, is_cut = found[:_MOST_LISTED], len(found) > _MOST_LISTED
    if as_json:
        emit(
            {
                "counted": counts,
                "without_identity": [dataclasses.asdict(one) for one in listed],
                "more": is_cut,
            }
        )
    else:
        show_table("What the law asks of the operator", ("what", "lines"), list(counts.items()))
        show_table(
            "Lines without identity", ("line", "service", "in service since"),
            [(str(one.line_id), one.service, one.activated_on) for one in listed],
        )  # fmt: skip
        if is_cut:
            out.print(f"There are more: these are the oldest {_MOST_LISTED:,}.")
    if any(count for what, count in counts.items() if campaign_of_figure(what)[0] != TELLING[0]):
        raise typer.Exit(1)


def report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", show_default=False)],
    *,
    first: Annotated[dt.date, typer.Option("--from", parser=read_date, metavar="DAY", help="The first day.")],
    last: Annotated[dt.date, typer.Option("--to", parser=read_date, metavar="DAY", help="The last day.")],
    language: Annotated[str, typer.Option("--language", help="Of the PDF: en, zh-hans or bo.")] = "en",
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Write the report of a quarter or a year into DIR: PDF, CSV with its schema, JSON, signed, with the ledger's checkpoint.

    No row identifies a person: numbers from one to nine are hidden, and so is every figure that would reveal them. A quarter is
    counted once, over the ledger published at that time.

    Example: rollkeeper reports make --from 2012-01-01 --to 2012-03-31 /srv/reports/2012-Q1
    """
    if language not in LANGUAGES:
        raise typer.BadParameter(f"choose one of {', '.join(LANGUAGES)}.", param_hint="'--language'")
    period = period_between(first, last)
    open_instance()
    require_spoken(language)
    made = make_report(console_authority(), period, on=on or clock.today())
    read = write_report(folder, made, language=language)
    if as_json:
        emit(read)
        return
    out.print(
        f"The report of {period.name} is in {folder}; publish the ledger again to prove it.", markup=False
    )


def verify(
    folder: Annotated[Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, show_default=False)],
    *,
    ledger: Annotated[
        Path | None,
        typer.Option("--ledger", help="A copy of the published ledger; default: this instance's."),
    ] = None,
    vkey: Annotated[
        str | None,
        typer.Option("--vkey", help="The ledger's key, from another source; default: the key in the copy."),
    ] = None,
    evidence: Annotated[
        Path | None,
        typer.Option(
            "--evidence", exists=True, dir_okay=False, help="What 'reports disclose' wrote for you."
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a report as an outsider: its signature and the ledger that it rests on; with the evidence, every figure is counted again.

    Needs no database. Bring the copy of the ledger up to date with 'auditor.py COPY --from URL' first. The published ledger says a
    class and a day of each entry: the evidence discloses what is counted, to the authority's auditor alone. Numbers of lines in
    service come from the register and cannot be recounted.

    Example: rollkeeper reports verify /srv/reports/2012-Q1 --ledger copy --vkey operator.vkey --evidence 2012-Q1.jsonl
    """
    place = ledger or public_folder()
    done = verify_report(folder, place, vkey=_key(vkey, place), evidence=evidence)
    if as_json:
        emit(dataclasses.asdict(done))
        return
    figures = f"{counted(done.cells, 'figure', 'figures')} in {counted(done.tables, 'table', 'tables')}, {done.hidden:,} of them hidden"
    if done.recounted:
        entered = (
            "its own entry is not among the disclosed ones"
            if done.entered_at is None
            else f"it is entry {done.entered_at:,} itself"
        )
        out.print(
            f"The report of {done.period} holds: {figures}, fit {counted(done.entries, 'published entry', 'published entries')}; {entered}."
        )
    else:
        out.print(
            f"The report of {done.period} is the operator's: {figures}. They were not counted again (see --evidence)."
        )
    if done.undisclosed:
        out.print(
            f"{counted(done.undisclosed, 'entry', 'entries')} of its period are not disclosed; erased ones cannot be."
        )
    if vkey is None:
        out.print("The key was taken from the ledger itself (see --vkey): this does not prove who signed.")


def disclose(
    file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False, dir_okay=False)],
    *,
    first: Annotated[dt.date, typer.Option("--from", parser=read_date, metavar="DAY", help="The first day.")],
    last: Annotated[dt.date, typer.Option("--to", parser=read_date, metavar="DAY", help="The last day.")],
    given_to: Annotated[
        str, typer.Option("--to-auditor", metavar="USER", help="The account of the authority's auditor.")
    ],
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Write the evidence of a quarter or a year into FILE, for the authority's auditor: of each entry, the fields that reports count.

    It shows figures that reports hide: do not publish it. The ledger records that it was written. It holds no line, person, member
    of staff or instant.

    Example: rollkeeper reports disclose 2012-Q1.jsonl --from 2012-01-01 --to 2012-03-31 --to-auditor auditor-1
    """
    period = period_between(first, last)
    open_instance()
    day = on or clock.today()
    auditor_id = staff_with_role(given_to, StaffRole.AUDITOR, on=day)
    with progress("Disclosing entries") as bar:
        written = write_evidence(
            console_authority(), period, file, given_to=auditor_id, on=day, progress=bar.advance
        )
    if as_json:
        emit({"file": str(file), "entries": written})
        return
    out.print(
        f"{counted(written, 'entry is', 'entries are')} disclosed in {file}. Give it to {given_to} alone.",
        markup=False,
    )


def _key(given: str | None, ledger: Path) -> str:
    """Return the key: given directly, or read from the given file or the copy."""
    file = Path(given) if given else ledger / "vkey"
    if given and "+" in given and not file.is_file():
        return _require_key(given)
    if not given and not file.is_file():
        raise typer.BadParameter(f"'{ledger}' contains no published ledger.", param_hint="'--ledger'")
    if not file.is_file():
        raise typer.BadParameter(f"'{file}' is neither a key nor a file with one.", param_hint="'--vkey'")
    text = file.read_text("utf-8", "replace")
    return _require_key(text) if given else text


def _require_key(text: str) -> str:
    try:
        auditor.read_key(text)
    except auditor.AuditError as fault:
        raise typer.BadParameter(str(fault), param_hint="'--vkey'") from None
    return text
