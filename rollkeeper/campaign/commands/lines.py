# SPDX-License-Identifier: EUPL-1.2
"""The commands about one line, found by its whole number: reconnect it, record evidence or a complaint, explain it."""

import dataclasses
import datetime as dt
from typing import Annotated

import typer

from rollkeeper.campaign import batch_control, cli_output, line_lookup
from rollkeeper.campaign.commands.cli_options import (
    NumberArgument,
    console,
    declared_reason,
    line_with,
    opened,
    plain,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.kernel.console import (
    DateOption,
    JsonOption,
    LookBackOption,
    counted,
    emit,
    err,
    out,
    read_date,
)
from rollkeeper.lines import hardship_evidence
from rollkeeper.lines.reconnection import reconnect_temporarily


def reconnect(number: NumberArgument, on: DateOption = None) -> None:
    """Reconnect a suspended line once, for the hours that the pack gives, without asking why. It ends automatically.

    Example: rollkeeper campaign reconnect 13812345678
    """
    with opened():
        day = on or clock.today()
        reconnect_temporarily(console(), line_with(number, on=day).line_id, on=day)
    out.print(
        "The line works again with the next 'rollkeeper provisioning push', and is suspended automatically at the end."
    )


def record_evidence(
    number: NumberArgument,
    reason: Annotated[str, typer.Option(help="The reason that was declared.")],
    on: DateOption = None,
) -> None:
    """Record that staff saw the proof of a declared reason. The proof itself is not kept.

    Example: rollkeeper campaign record-evidence 13812345678 --reason hospital
    """
    chosen = declared_reason(reason)
    with opened():
        day = on or clock.today()
        count = hardship_evidence.record_evidence(
            console(), line_with(number, on=day).line_id, reason=chosen, on=day
        )
    out.print(f"Noted, for {count:,} of its pauses.")


def evidence(as_json: JsonOption = False, on: LookBackOption = None) -> None:
    """List by reference the lines whose proof is overdue. There are no consequences for them.

    Example: rollkeeper campaign evidence --json
    """
    count, last = 0, None
    with opened():
        today = on or clock.today()
        while page := hardship_evidence.overdue_evidence(on=today, after=last):
            for one in page:
                if as_json:
                    out.print(canonical_bytes(plain(one)).decode(), markup=False)
                else:
                    out.print(f"{one.line_id}  since {one.due_on}", markup=False)
            count, last = count + len(page), page[-1].line_id
    err.print(f"{counted(count, 'line', 'lines')}. Ask the subscribers; the lines do not change.")


def complaint(number: NumberArgument, on: DateOption = None) -> None:
    """Record a complaint that the campaign was wrong about a line; enough complaints stop the batch.

    Example: rollkeeper campaign complaint 13812345678
    """
    with opened():
        day = on or clock.today()
        batch_id = batch_control.record_complaint(console(), line_with(number, on=day).line_id, on=day)
    out.print(f"Noted, against batch {batch_id}." if batch_id else "Noted; no batch has acted on that line.")


def explain(number: NumberArgument, as_json: JsonOption = False, on: Annotated[dt.date | None, typer.Option(
    "--on", parser=read_date, metavar="DATE", help="The status on DATE; a future date assumes that nothing changes."
)] = None) -> None:  # fmt: skip
    """Explain why a line has its status: dates, counting and articles. The access is recorded in the ledger.

    Exit code 1 if no line has that number. Example: rollkeeper explain 13812345678 --on 2012-03-02
    """
    with opened():
        today = clock.today()
        found = line_lookup.look_up_line(console(), number=number, about=on or today, on=today)
    emit(dataclasses.asdict(found)) if as_json else cli_output.explanation(found)
