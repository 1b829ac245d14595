# SPDX-License-Identifier: EUPL-1.2
"""The commands `network push`, `network status` and `network reconcile`."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from rollkeeper.kernel import clock, opening
from rollkeeper.kernel.console import DateOption, JsonOption, emit, err, out, progress, show_table

if TYPE_CHECKING:
    from rollkeeper.network.queries import Difference

LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Look at no more than N commands.")
]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    room = typer.Typer(no_args_is_help=True, help="Tell the network what to do, and read back what it did.")
    room.command()(push)
    room.command()(status)
    room.command()(reconcile)
    app.add_typer(room, name="network")


def push(limit: LimitOption = None, as_json: JsonOption = False, on: DateOption = None) -> None:
    """Carry out the commands that are due; a command counts once the network itself says that it is so.

    Exit code 1 where a command was given up or the network barred emergency calls.

    Example: rollkeeper network push
    """
    from rollkeeper.access.authority import console_authority
    from rollkeeper.network.acts import push_due
    from rollkeeper.network.kinds import CommandState
    from rollkeeper.network.queries import count_due

    opening.open_home()
    with progress("Telling the network", count_due()) as bar:
        pushed = push_due(console_authority(), on=on or clock.today(), limit=limit, moved=bar.advance)
    counts = {state.value: pushed.counts[state] for state in CommandState}
    if as_json:
        emit({**counts, "floor_breaks": pushed.floor_breaks})
    else:
        out.print(", ".join(f"{count:,} {state}" for state, count in counts.items()) + ".")
    if pushed.floor_breaks:
        err.print(
            f"On {pushed.floor_breaks} lines the network barred emergency, care or registration calls: it was asked"
            " to restore them at once. Find out why before barring anything else.",
            style="red",
        )
    if pushed.counts[CommandState.FAILED]:
        raise typer.Exit(1)


def status(as_json: JsonOption = False) -> None:
    """Show how many commands wait, are sent, confirmed, given up or overtaken.

    Example: rollkeeper network status --json
    """
    from rollkeeper.network.queries import standings

    opening.open_home()
    found = standings()
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
        return
    zone = clock.zone()
    show_table(
        "Commands to the network",
        ("command", "state", "how many", "oldest"),
        [
            (one.kind, one.state, one.count, f"{one.oldest_at.astimezone(zone):%Y-%m-%d %H:%M}")
            for one in found
        ],
    )


def reconcile(as_json: JsonOption = False) -> None:
    """Compare register and network line by line and list every difference, the oldest first.

    Exit code 1 where there is a difference on which nothing is being tried.

    Example: rollkeeper network reconcile
    """
    from rollkeeper.network import queries

    opening.open_home()
    with progress("Asking the network", queries.count_lines()) as bar:
        found = queries.reconcile(moved=bar.advance)
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
    else:
        _show_differences(found)
    if any(not one.is_under_way for one in found):
        raise typer.Exit(1)


def _show_differences(found: "Sequence[Difference]") -> None:
    if not found:
        out.print("Register and network agree on every line.")
        return
    show_table(
        f"{len(found):,} differences, the oldest first",
        ("line", "register says", "network says", "told at", "being tried"),
        [
            (
                one.line_id,
                one.register_says,
                one.network_says,
                one.since.astimezone(clock.zone()).strftime("%Y-%m-%d %H:%M") if one.since else "never",
                "yes" if one.is_under_way else "no",
            )
            for one in found
        ],
    )
