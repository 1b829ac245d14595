# SPDX-License-Identifier: EUPL-1.2
"""The command `simulate`, which applies the law to lines without effect on the register, and the commands `law …`."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from rollkeeper.kernel.console import JsonOption, counted, emit, err, progress, read_date
from rollkeeper.kernel.extras import needs_extra
from rollkeeper.kernel.files import write_atomically
from rollkeeper.law.choices import Engine
from rollkeeper.law.errors import RESULT_NOT_WRITTEN
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.law.register_histories import REGISTER_HISTORIES
from rollkeeper.law.toolkit import FromRegisterOption, PackArgument, register_group

if TYPE_CHECKING:
    from rollkeeper.law.simulation import SimulationResult


FirstNightOption = Annotated[
    dt.date,
    typer.Option(
        "--from", parser=read_date, metavar="DATE", help="The first day on which the nightly run takes place."
    ),
]
LastDayOption = Annotated[
    dt.date,
    typer.Option("--to", parser=read_date, metavar="DATE", help="The last day; later events are ignored."),
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    app.command()(simulate)
    register_group(app)


def simulate(
    pack: PackArgument,
    first: FirstNightOption,
    last: LastDayOption,
    events: Annotated[
        Path | None,
        typer.Argument(help="line,date,event,until: one event of one line a row.", metavar="[EVENTS.csv]"),
    ] = None,
    from_register: FromRegisterOption = False,
    result: Annotated[
        Path | None,
        typer.Option(
            "--out",
            metavar="RESULT.csv",
            help="The file to write, one row for each line; needed with EVENTS.csv.",
        ),
    ] = None,
    engine: Annotated[Engine, typer.Option(help="Which engine to use, or both to compare them.")] = (
        Engine.BOTH
    ),
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the lines in each stage over time.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the law would do to each line, day by day, without effect on the register.

    EVENTS.csv has the columns line, date, event, until. Events on one day: activated, notice_delivered, notice_bounced, registered
    (or by its assurance declared, sighted, checked, machine_read), verified, transferred, last_day (of a registration), ended; and what a
    line is: its service, region:NAME, prepaid or postpaid, individual, minor or company, lines:NUMBER (of its subscriber). Events with a last day in 'until': pause, hold, stay, outage. The line * means all lines; stay and outage require it.
    With --from-register, before 'campaign plan': what would happen to the lines of this instance if every notice arrived on the first
    day and no one registered.

    Example: rollkeeper simulate cn-xz-2011 --from-register --from 2012-01-02 --to 2013-12-31

    Example: rollkeeper simulate cn-xz-2011 events.csv --from 2012-01-01 --to 2014-12-31 --out result.csv
    """
    law = load_pack(pack)
    if (events is None) is not from_register:
        raise typer.BadParameter("give either EVENTS.csv or --from-register")
    output = _Output(result, plot, as_json)
    if events is None:
        _run_on_register(law, first, last, engine, output)
        return
    if result is None:
        raise typer.BadParameter("name the file for the results with --out")
    _run(law, events, first, last, engine, output)


@dataclass(frozen=True, slots=True)
class _Output:
    """Where the result goes, and in which form."""

    result: Path | None
    plot: Path | None
    as_json: bool


def _run_on_register(law: Pack, first: dt.date, last: dt.date, engine: Engine, output: _Output) -> None:
    with TemporaryDirectory(prefix="rollkeeper-simulate-") as folder:
        events = Path(folder) / "events.csv"
        written = REGISTER_HISTORIES.only()(events, (law,), first)
        if written.lines:
            _run(law, events, first, last, engine, output)
    err.print(
        f"{counted(written.lines, 'line', 'lines')} of this instance, each subscriber notified on {first}. Left out: {written.other_service:,} of services"
        f" that the law does not concern, {written.essential:,} essential ones."
    )


def _run(law: Pack, events: Path, first: dt.date, last: dt.date, engine: Engine, output: _Output) -> None:
    result, plot = output.result, output.plot
    with needs_extra("tables"):
        from rollkeeper.law.chart import print_chart, svg_chart
        from rollkeeper.law.simulation import csv_of, refuse_output_path, simulate
    for place in (result, plot):
        if place is not None:
            refuse_output_path(place, events=events)
    if plot is not None and result is not None and plot.resolve() == result.resolve():
        raise RESULT_NOT_WRITTEN(file=plot, why="the chart would overwrite the result")
    found = simulate(law, events, first=first, last=last, engine=engine, progress=progress)
    if result is not None:
        write_atomically(result, csv_of(found.outcomes).encode(), mode=0o644)
    if plot is not None:
        write_atomically(plot, svg_chart(found.counts, pack=law.id).encode(), mode=0o644)
    if found.idle_stays:
        known = ", ".join(one.campaign.campaign_id for one in law.campaigns) or "none"
        err.print(
            f"{counted(found.idle_stays, 'stay names', 'stays name')} a campaign that this law does not have, and it stops nothing. Its campaigns: {known}."
        )
    if output.as_json:
        emit(_answer(found))
        return
    if not found.outcomes.height:
        err.print(
            "There is no line: nothing happens to anyone. The rows after the heading say what happened to each line (docs/import.md)."
        )
        return
    print_chart(found.counts)
    for rows, lines in found.unsaid:
        err.print(
            f"A campaign of this law asks for '{rows}', and of {counted(lines, 'line', 'lines')} no row says it: no such campaign takes them."
        )


def _at_the_end(found: "SimulationResult") -> dict[str, int]:
    """Return how many lines are in each stage on the last day."""
    last = found.counts.row(-1, named=True)
    return {stage: count for stage, count in last.items() if stage != "day"}


def _answer(found: "SimulationResult") -> dict[str, object]:
    outcomes = found.outcomes
    done = {
        name: outcomes.height - outcomes[name].null_count()
        for name in outcomes.columns[1:]
        if name.endswith("_on")
    }
    return {"lines": outcomes.height, "stages": _at_the_end(found), "ever": done}
