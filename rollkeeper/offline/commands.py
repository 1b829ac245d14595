# SPDX-License-Identifier: EUPL-1.2
"""Commands for registrations that counters recorded offline: show how many wait, and process them now."""

from typing import Annotated

import typer

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.console import JsonOption, emit, out
from rollkeeper.kernel.instance import open_instance
from rollkeeper.offline.processor import housekeeping, process_all
from rollkeeper.offline.queries import count_waiting


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    offline = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="Registrations that counters recorded offline."
    )
    offline.command("status")(status)
    offline.command("process")(process)
    app.add_typer(offline, name="offline")


def status(*, as_json: JsonOption = False) -> None:
    """Show how many offline registrations wait here and since when. Those still in browsers cannot be counted.

    Example: rollkeeper offline status
    """
    open_instance()
    found = count_waiting()
    oldest = found.oldest.isoformat(timespec="seconds") if found.oldest else None
    if as_json:
        emit({"waiting": found.waiting, "oldest": oldest, "failed": found.failed})
        return
    out.print(
        f"{found.waiting} waiting{f', the oldest since {oldest}' if oldest else ''}; {found.failed} failed."
    )
    if found.failed:
        out.print(
            "Failed: stopped with an error three times. Try again: rollkeeper offline process --retry-failed"
        )


def process(
    *,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Try failed registrations again.")
    ] = False,
) -> None:
    """Process the offline registrations that wait. 'rollkeeper serve' and 'rollkeeper worker' do so by themselves.

    Example: rollkeeper offline process
    """
    open_instance()
    housekeeping(worker_authority())
    out.print(f"{process_all(worker_authority(), retry_failed=retry_failed)} processed.")
