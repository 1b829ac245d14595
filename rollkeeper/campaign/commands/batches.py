# SPDX-License-Identifier: EUPL-1.2
"""The commands that act on many lines: prepare, approve, run, stop and undo."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from rollkeeper.access.terminal import OptionalUserOption, UserOption
from rollkeeper.campaign import (
    batch_control,
    batch_execution,
    batch_planning,
    batch_rollback,
    cli_output,
    nightly,
    queries,
)
from rollkeeper.campaign.choices import BatchState
from rollkeeper.campaign.commands.cli_options import (
    BatchArgument,
    CampaignOption,
    batches_in,
    console,
    console_or_user,
    named_or_only,
    opened,
    plain,
    signed_in,
)
from rollkeeper.campaign.errors import BatchNotInState
from rollkeeper.campaign.outage_hours import export_outage_hours
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, counted, emit, out, progress, read_date
from rollkeeper.kernel.ids import BatchId

AfterGapOption = Annotated[
    bool,
    typer.Option(
        "--after-gap",
        help="The machine's date is right, although there was no nightly run for more than a week.",
    ),
]


def prepare(
    day: Annotated[
        dt.date | None, typer.Argument(parser=read_date, metavar="[DAY]", help="Default: today.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; prepare no batch.")] = False,
    after_gap: AfterGapOption = False,
    campaign: CampaignOption = None,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Show which lines are due for suspension or termination on a day, and prepare a batch for approval.

    The nightly run comes first: it starts the clocks of lines that were notified. A random preview with explanations is shown
    to check. No line is suspended or terminated.

    Example: rollkeeper campaign prepare 2012-03-02
    """
    with opened():
        today = on or clock.today()
        if not dry_run:
            # Checked first: the nightly run starts clocks, and a command that is refused changes nothing.
            batch_planning.require_due_day(due_on=day or today, on=today, name=campaign)
            nightly.run_nightly(console(), on=today, after_gap=after_gap)
        find = batch_planning.check_day if dry_run else batch_planning.prepare_batches
        found = find(console(), due_on=day or today, on=today, name=campaign)
        details = [queries.batch(due.batch_id) for due in found if due.batch_id is not None]
    if as_json:
        emit([dataclasses.asdict(due) | {"batch": plain(detail)} for due, detail in _paired(found, details)])
        return
    several = len({due.campaign for due in found}) > 1
    for due, detail in _paired(found, details):
        cli_output.due(due, detail, is_named=several)


def approve(
    as_: UserOption, batch: BatchArgument = None, campaign: CampaignOption = None, on: DateOption = None
) -> None:
    """Approve a batch; two different people must approve. Without BATCH: the only one that waits.

    The password is prompted for, or is the first line of standard input, or is in ROLLKEEPER_PASSWORD; then the code of the
    authenticator app, which a production instance demands.

    Example: rollkeeper campaign approve 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182 --as tashi
    """
    with opened():
        chosen = named_or_only(batch, BatchState.WAITING, campaign=campaign)
        state = batch_control.approve_batch(signed_in(as_), chosen, on=on or clock.today())
    out.print(
        "Approved: it may run." if state == "approved" else "Recorded. Another person must approve too."
    )


def run(
    batch: Annotated[UUID | None, typer.Argument(help="Only this batch; default: all that are due.")] = None,
    after_gap: AfterGapOption = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Run the nightly work: undo batches on request, start clocks, release registered lines, carry out approved batches.

    Goes as far as the hourly limit and the pilot allow, and says when to run it again. May be killed at any
    instant, run twice, at once or late. Exit code 1 if a batch stopped itself.

    Example: rollkeeper campaign run
    """
    with opened():
        # Undo first: wrongly affected lines must not wait for the nightly run, nor for an error in it.
        with bar_for("Undoing", len(batch_rollback.requested_undos())) as moved:
            undone = batch_rollback.undo_requested(console(), on=on or clock.today(), moved=moved)
        nightly_result = nightly.run_nightly(console(), on=on or clock.today(), after_gap=after_gap)
        chosen = batch_execution.batches_to_run(on=on or clock.today()) if batch is None else [BatchId(batch)]
        with bar_for("Carrying out", len(chosen)) as moved:
            # Read the day before each batch: the previous batch may have gone on past midnight.
            ran = [
                found
                for one in chosen
                if (found := _ran(one, on=on or clock.today(), moved=moved, is_named=batch is not None))
            ]
    if as_json:
        emit(
            {
                "nightly_result": plain(nightly_result),
                "undone": [plain(one) for one in undone],
                "ran": [plain(one) for one in ran],
            }
        )
    else:
        cli_output.night(nightly_result, undone, ran)
    if any(one.state == "stopped" for one in ran):
        raise typer.Exit(1)


def _ran(
    batch: BatchId, *, on: dt.date, moved: Callable[[int], None], is_named: bool
) -> batch_execution.BatchRunResult | None:
    """Run a batch; return None if another run or a person has moved it on since it was found due."""
    try:
        return batch_execution.run_batch(console(), batch, on=on, moved=moved)
    except BatchNotInState:
        if is_named:
            raise
        return None


def stop(
    batch: BatchArgument = None,
    because: Annotated[str, typer.Option(help="Why; no names.")] = batch_control.BY_A_PERSON,
    campaign: CampaignOption = None,
    every: Annotated[
        bool,
        typer.Option("--all", help="Every batch that is approved or runs: of the campaign named, or of all."),
    ] = False,
    as_: OptionalUserOption = None,
    on: DateOption = None,
) -> None:
    """Stop a batch permanently; a run under way stops before its next chunk, and unsent network commands wait for a day.

    Without BATCH: the only one that is approved or running.

    Other batches go on, those of other campaigns too, unless --all is given.

    Example: rollkeeper campaign stop 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182 --because "wrong list"
    """
    with opened():
        states = (BatchState.APPROVED, BatchState.RUNNING)
        day = on or clock.today()
        if every:
            found = batches_in(*states, campaign=campaign)
            stopped = batch_control.stop_batches(console_or_user(as_), found, on=day, because=because)
            out.print(f"{counted(stopped, 'batch', 'batches')} stopped.")
        else:
            chosen = named_or_only(batch, *states, campaign=campaign)
            batch_control.stop_batch(console_or_user(as_), chosen, on=day, because=because)
    out.print(
        "Stopped. Its effects remain until it is undone; commands that the network has not accepted wait for a day."
    )


def undo(
    batch: BatchArgument = None, campaign: CampaignOption = None, as_: OptionalUserOption = None, as_json: JsonOption = False,
    on: DateOption = None,
) -> None:  # fmt: skip
    """Return every line of a batch to its exact former state, with its clock time. Without BATCH: the only one that ran.

    Lines registered since then are left unchanged. Example: rollkeeper campaign undo 019aa3f2-6c1e-7d0a-b1c2-3d4e5f607182
    """
    with opened():
        authority = console_or_user(as_)
        with progress("Undoing") as bar:
            chosen = named_or_only(
                batch, BatchState.RUNNING, BatchState.STOPPED, BatchState.DONE, campaign=campaign
            )
            undone = batch_rollback.undo_batch(authority, chosen, on=on or clock.today(), moved=bar.advance)
    if as_json:
        emit(dataclasses.asdict(undone))
        return
    out.print(
        f"{counted(undone.undone, 'line is as it was', 'lines are as they were')}; {counted(undone.left_alone, 'had moved on and was', 'had moved on and were')} left alone."
    )


def emergency_calls(
    anomalies: Annotated[
        int, typer.Argument(min=0, help="How many calls failed in the last hour; a number only.")
    ],
    on: DateOption = None,
) -> None:
    """Report how many emergency calls failed in the last hour in the whole network; a sharp rise stops every batch.

    Run it every hour from the operator's monitoring. Example: rollkeeper campaign emergency-calls 2
    """
    with opened():
        batch_control.record_emergency_count(console(), anomalies, on=on or clock.today())
    out.print("Noted.")


def outage_hours(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write; it must not exist yet.")],
    first: Annotated[dt.date, typer.Option("--from", parser=read_date, metavar="DATE", help="First day.")],
    last: Annotated[
        dt.date, typer.Option("--to", parser=read_date, metavar="DATE", help="Last day, inclusive.")
    ],
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Write every hour without service, with its cause, to a file for billing: which charges to freeze and which to refund.

    Lines are named by reference. Example: rollkeeper campaign outage-hours march.csv --from 2012-03-01 --to 2012-03-31
    """
    with opened():
        done = export_outage_hours(console(), file, first=first, last=last, on=on or clock.today())
    if as_json:
        emit(dataclasses.asdict(done))
        return
    out.print(
        f"{counted(done.stretches, 'stretch', 'stretches')}, {done.hours:,.0f} hours, {done.credited_hours:,.0f} of them to be given back."
    )


@contextmanager
def bar_for(what: str, batches: int) -> Iterator[Callable[[int], None]]:
    """Show a progress bar if a batch is run; print nothing otherwise."""
    if not batches:
        yield lambda _: None
        return
    with progress(what) as bar:
        yield bar.advance


def _paired(found: list[Any], details: list[Any]) -> list[tuple[Any, Any]]:
    by_id = {detail.view.batch_id: detail for detail in details if detail is not None}
    return [(due, by_id.get(due.batch_id)) for due in found]
