# SPDX-License-Identifier: EUPL-1.2
"""The commands about one line, found by its whole number: pause its clock, note a complaint, explain it."""

import dataclasses
import datetime as dt
from typing import Annotated

import typer

from rollkeeper.campaign import showing
from rollkeeper.campaign.commands.asked import (
    FirstDayOption,
    LastDayOption,
    NumberArgument,
    console,
    line_with,
    opened,
    written,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, emit, err, out, read_date


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

    Example: rollkeeper campaign pause 13812345678 --reason hospital --to 2012-03-10
    """
    from rollkeeper.lines.acts import pause_clock
    from rollkeeper.lines.states import PauseReason

    if reason not in set(PauseReason):
        raise typer.BadParameter(f"--reason is one of: {', '.join(PauseReason)}")
    with opened():
        today, line = on or clock.today(), line_with(number)
        pause_clock(console(), line.line_id, first or today, last, PauseReason(reason), today)
    out.print("The clock of that line stands still.")


def complaint(number: NumberArgument, on: DateOption = None) -> None:
    """Note that somebody says the campaign was wrong about a line; enough of them stop the batch.

    Example: rollkeeper campaign complaint 13812345678
    """
    from rollkeeper.campaign import acts

    with opened():
        batch_id = acts.record_complaint(console(), line_with(number).line_id, on=on or clock.today())
    out.print(f"Noted, against batch {batch_id}." if batch_id else "Noted; no batch has acted on that line.")


def explain(number: NumberArgument, as_json: JsonOption = False, on: Annotated[dt.date | None, typer.Option(
    "--on", parser=read_date, metavar="DATE", help="As it stands on DATE; one that lies ahead: if nothing changes."
)] = None) -> None:  # fmt: skip
    """Say why a line stands where it stands: dates, counting and articles. Leaves a mark in the ledger.

    Exit code 1 where no line has that number. Example: rollkeeper explain 13812345678 --on 2012-03-02
    """
    from rollkeeper.campaign import acts

    with opened():
        today = clock.today()
        found = acts.look_up_line(console(), number=written(number), about=on or today, on=today)
    if found is None:
        err.print("No line of this register has that number. Look at the number again and type all of it.")
        raise typer.Exit(1)
    emit(dataclasses.asdict(found)) if as_json else showing.explanation(found)
