# SPDX-License-Identifier: EUPL-1.2
"""The command `erase-due`."""

import dataclasses
from typing import Annotated

import typer

from rollkeeper.kernel import clock, opening
from rollkeeper.kernel.console import DateOption, JsonOption, emit, out, progress


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.command("erase-due")(erase_due)


def erase_due(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count; erase nothing.")] = False,
    after_gap: Annotated[
        bool,
        typer.Option(
            "--after-gap", help="The date is right, though nothing was erased for more than a week."
        ),
    ] = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Erase every record that the law no longer allows to keep, with its keys, and certify it in the ledger.

    With it goes, after an hour, the identity of people whose registration was begun and came to nothing: run it at least
    twice a day, as 'rollkeeper work' does, so that it is gone within 24 hours; so do captures of counters that broke and were held
    for most of a day. Safe to break off and to run again.

    Example: rollkeeper erase-due --dry-run
    """
    from rollkeeper.access.authority import console_authority
    from rollkeeper.retention import abandoned, acts

    opening.open_home()
    day = on or clock.today()
    due = acts.count_due(console_authority(), on=day)
    if dry_run:
        waiting = abandoned.count_abandoned()
        said = (
            f"{due.lines:,} ended lines, {due.holdings:,} past holdings and {waiting:,} broken-off applications must go;"
            f" {due.held:,} records are held."
        )
        emit(dataclasses.asdict(due) | {"abandoned": waiting}) if as_json else out.print(said)
        return
    with progress("Erasing", due.lines + due.holdings) as bar:
        erased = acts.erase_due(console_authority(), on=day, after_gap=after_gap, moved=bar.advance)
    if as_json:
        emit(dataclasses.asdict(erased) | {"held": due.held})
        return
    out.print(
        f"Erased: {erased.lines:,} ended lines, {erased.holdings:,} past holdings; {erased.keys_destroyed:,} keys"
        f" destroyed; {due.held:,} records are held."
        + (f" {erased.numbers_freed:,} numbers were freed." if erased.numbers_freed else "")
        + (f" {erased.abandoned:,} broken-off applications were erased." if erased.abandoned else "")
        + (f" {erased.finished:,} erasures that had broken off were finished." if erased.finished else "")
    )
