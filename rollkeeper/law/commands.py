# SPDX-License-Identifier: EUPL-1.2
"""The command `simulate`, which applies the law to lines without effect on the register, and the commands `law …`."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from rollkeeper.kernel.console import JsonOption, emit, progress, read_date
from rollkeeper.kernel.files import write_atomically
from rollkeeper.law.chart import print_chart, svg_chart
from rollkeeper.law.choices import Engine
from rollkeeper.law.errors import RESULT_NOT_WRITTEN
from rollkeeper.law.packs import load_pack
from rollkeeper.law.simulation import SimulationResult, refuse_output_path
from rollkeeper.law.simulation import simulate as run
from rollkeeper.law.toolkit import register_group


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    app.command()(simulate)
    register_group(app)


def simulate(
    pack: Annotated[str, typer.Argument(help="A shipped pack or the path of one.", metavar="PACK")],
    events: Annotated[
        Path, typer.Argument(help="line,date,event,until: one event of one line a row.", metavar="EVENTS.csv")
    ],
    first: Annotated[
        dt.date,
        typer.Option(
            "--from",
            parser=read_date,
            metavar="DATE",
            help="The first day on which the nightly run takes place.",
        ),
    ],
    last: Annotated[
        dt.date,
        typer.Option(
            "--to", parser=read_date, metavar="DATE", help="The last day; later events are ignored."
        ),
    ],
    result: Annotated[
        Path, typer.Option("--out", metavar="RESULT.csv", help="The file to write, one row for each line.")
    ],
    engine: Annotated[Engine, typer.Option(help="Which engine to use, or both to compare them.")] = (
        Engine.BOTH
    ),
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw the lines in each stage over time.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show what the law would do to each line, day by day, without effect on the register.

    Example: rollkeeper simulate cn-xz-2011 events.csv --from 2012-01-01 --to 2014-12-31 --out result.csv
    """
    law = load_pack(pack)
    for place in (result, plot):
        if place is not None:
            refuse_output_path(place, events=events)
    if plot is not None and plot.resolve() == result.resolve():
        raise RESULT_NOT_WRITTEN(file=plot, why="the chart would overwrite the result")
    found = run(law, events, first=first, last=last, engine=engine, progress=progress)
    write_atomically(result, found.outcomes.write_csv().encode(), mode=0o644)
    if plot is not None:
        write_atomically(plot, svg_chart(found.counts, pack=law.id).encode(), mode=0o644)
    if as_json:
        emit(_answer(found))
        return
    print_chart(found.counts)


def _at_the_end(found: SimulationResult) -> dict[str, int]:
    """Return how many lines are in each stage on the last day."""
    last = found.counts.row(-1, named=True)
    return {stage: count for stage, count in last.items() if stage != "day"}


def _answer(found: SimulationResult) -> dict[str, object]:
    outcomes = found.outcomes
    done = {
        name: outcomes.height - outcomes[name].null_count()
        for name in outcomes.columns[1:]
        if name.endswith("_on")
    }
    return {"lines": outcomes.height, "stages": _at_the_end(found), "ever": done}
