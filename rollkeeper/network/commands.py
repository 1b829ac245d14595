# SPDX-License-Identifier: EUPL-1.2
"""The commands `network push`, `network status` and `network reconcile`."""

import dataclasses
import datetime as dt
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Annotated

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock, opening
from rollkeeper.kernel.console import DateOption, JsonOption, emit, err, out, progress, show_table
from rollkeeper.network import queries
from rollkeeper.network.acts import Pushed, push_due
from rollkeeper.network.comparing import compare_lines
from rollkeeper.network.kinds import CommandState
from rollkeeper.network.queries import Difference, count_due, standings

_LOOKS_EVERY_S = 1.0

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


FollowOption = Annotated[
    bool,
    typer.Option("--follow", help="Go on, looking every second, until it is stopped (Ctrl-C or SIGTERM)."),
]


def push(
    limit: LimitOption = None,
    follow: FollowOption = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Carry out the commands that are due; a command counts once the network itself says that it is so.

    On a day on which the desks are shut, or under a stay, nobody is barred or ended for want of registration: that waits.

    A service that runs it with --follow restores a line within seconds of its registration.

    Exit code 1 where a command was given up or the network barred emergency calls, with --follow at any time before it
    was stopped.

    Example: rollkeeper network push
    """
    opening.open_home()
    if follow:
        failed = _follow(as_json=as_json, on=on)
    else:
        with progress("Telling the network", count_due()) as bar:
            pushed = push_due(console_authority(), on=on or clock.today(), limit=limit, moved=bar.advance)
        _show_pushed(pushed, as_json=as_json)
        failed = pushed.counts[CommandState.FAILED]
    if failed:
        raise typer.Exit(1)


def _follow(*, as_json: bool, on: dt.date | None) -> int:
    """Push until stopped; return how many commands were given up meanwhile."""
    stop, failed = threading.Event(), 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    err.print("Telling the network what is due, every second. Stop it with Ctrl-C.")
    while not stop.is_set():
        pushed = push_due(console_authority(), on=on or clock.today())
        failed += pushed.counts[CommandState.FAILED]
        if pushed.total:
            _show_pushed(pushed, as_json=as_json)
            sys.stdout.flush()
        stop.wait(_LOOKS_EVERY_S)
    return failed


def _show_pushed(pushed: Pushed, *, as_json: bool) -> None:
    counts = {state.value: count for state, count in pushed.counts.items()}
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


def status(as_json: JsonOption = False) -> None:
    """Show how many commands wait, are sent, confirmed, given up or overtaken.

    Example: rollkeeper network status --json
    """
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


UntoldOption = Annotated[
    bool,
    typer.Option(
        "--untold", help="List also active lines of which the network says nothing and was never told."
    ),
]


RestoreOption = Annotated[
    bool,
    typer.Option(
        "--restore",
        help="Have the network restore each line that is in service in the register and not in the network; bars for a bill, which"
        " the register does not know, among them.",
    ),
]


def reconcile(
    untold: UntoldOption = False, restore: RestoreOption = False, as_json: JsonOption = False
) -> None:
    """Compare register and network line by line and list every difference, the oldest first.

    Active lines that the network was never told of, and says nothing of, are counted; --untold lists them too.
    What a comparison found is kept, and the office's campaign page shows the last.

    After a restore of the register, or where an element lost what it knew, look at the list and then say --restore: whoever is in service gets
    it back. Nobody is barred by it.

    Exit code 1 where a difference is listed, one that is being tried included: it may have been tried for a week.

    Example: rollkeeper network reconcile
    """
    opening.open_home()
    with progress("Asking the network", queries.count_lines()) as bar:
        compared = compare_lines(
            console_authority(), on=clock.today(), lists_untold=untold, restores=restore, moved=bar.advance
        )
    found = sorted([*compared.differences, *compared.untold], key=queries.age)
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
    else:
        _show_differences(found)
    if compared.floor_breaks:
        err.print(
            f"On {len(compared.floor_breaks):,} lines emergency, care or registration calls are barred: 'network push' restores"
            " them. Find out why before barring anything else.",
            style="red",
        )
    if restore and compared.shut_out:
        err.print(f"{len(compared.shut_out):,} lines are to be restored: 'network push' does it.")
    if compared.untold_count and not untold:
        err.print(
            f"{compared.untold_count:,} active lines the network was never told of, and it says nothing of them:"
            " --untold lists them."
        )
    if found:
        raise typer.Exit(1)


def _show_differences(found: Sequence[Difference]) -> None:
    if not found:
        out.print("Register and network agree on every line that was compared.")
        return
    show_table(
        f"{len(found):,} differences, the oldest first",
        ("line", "register says", "network says", "asked at", "being tried"),
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
