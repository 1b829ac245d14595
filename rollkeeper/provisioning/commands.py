# SPDX-License-Identifier: EUPL-1.2
"""The commands `provisioning push`, `provisioning status`, `provisioning reconcile` and `provisioning kamailio`."""

import dataclasses
import datetime as dt
import signal
import sys
import threading
from collections.abc import Sequence
from typing import Annotated

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, counted, emit, err, out, progress, show_table
from rollkeeper.kernel.instance import instance, open_instance
from rollkeeper.law.packs import load_pack
from rollkeeper.provisioning import queries
from rollkeeper.provisioning.choices import CommandState
from rollkeeper.provisioning.gateways.kamailio_country import country_config
from rollkeeper.provisioning.queries import Difference, count_due, state_counts
from rollkeeper.provisioning.reconciliation import compare_lines
from rollkeeper.provisioning.services import PushResult, push_due

_POLL_INTERVAL_S = 1.0

LimitOption = Annotated[
    int | None, typer.Option("--limit", min=1, metavar="N", help="Process at most N commands.")
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(no_args_is_help=True, help="Send commands to the network, and read back its state.")
    group.command()(push)
    group.command()(status)
    group.command()(reconcile)
    group.command()(kamailio)
    app.add_typer(group, name="provisioning")


FollowOption = Annotated[
    bool,
    typer.Option("--follow", help="Continue, checking every second, until stopped (Ctrl-C or SIGTERM)."),
]


def push(
    limit: LimitOption = None,
    follow: FollowOption = False,
    as_json: JsonOption = False,
    on: DateOption = None,
) -> None:
    """Send the commands that are due; a command counts as done once the network confirms it.

    On a day when counters are closed, or under a stay, no line is barred or terminated for a missing registration.

    A service with --follow restores a line within seconds of its registration.

    Exit code 1 if a command was given up or the network barred emergency calls; with --follow, at any time before it was stopped.

    Example: rollkeeper provisioning push
    """
    open_instance()
    if follow:
        failed = _follow(as_json=as_json, on=on)
    else:
        with progress("Sending commands to the network", count_due()) as bar:
            pushed = push_due(console_authority(), on=on or clock.today(), limit=limit, moved=bar.advance)
        _show_pushed(pushed, as_json=as_json)
        failed = pushed.counts[CommandState.FAILED]
    if failed:
        raise typer.Exit(1)


def _follow(*, as_json: bool, on: dt.date | None) -> int:
    """Push until stopped; return how many commands were given up."""
    stop, failed = threading.Event(), 0
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    err.print("Sending commands that are due to the network, every second. Stop it with Ctrl-C.")
    while not stop.is_set():
        pushed = push_due(console_authority(), on=on or clock.today())
        failed += pushed.counts[CommandState.FAILED]
        if pushed.total:
            _show_pushed(pushed, as_json=as_json)
            sys.stdout.flush()
        stop.wait(_POLL_INTERVAL_S)
    return failed


def _show_pushed(pushed: PushResult, *, as_json: bool) -> None:
    counts = {state.value: count for state, count in pushed.counts.items()}
    if as_json:
        emit({**counts, "floor_breaks": pushed.floor_breaks})
    else:
        out.print(", ".join(f"{count:,} {state}" for state, count in counts.items()) + ".")
    if pushed.floor_breaks:
        err.print(
            f"On {counted(pushed.floor_breaks, 'line', 'lines')} the network barred emergency, care or registration calls: restore commands were sent at once. Find out why before barring anything else.",
            style="red",
        )


def status(as_json: JsonOption = False) -> None:
    """Show how many commands are waiting, sent, confirmed, given up or superseded.

    Example: rollkeeper provisioning status --json
    """
    open_instance()
    found = state_counts()
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


def kamailio(
    pack: Annotated[
        str | None,
        typer.Option(metavar="PACK", help="A shipped pack or the path of one; by default the instance's."),
    ] = None,
) -> None:
    """Print Kamailio's country.cfg: the emergency numbers of the pack's country, and how its numbers are spelled.

    Refuses a pack whose country has no emergency numbers: no line can be barred under it.

    Example: rollkeeper provisioning kamailio > country.cfg
    """
    law = load_pack(pack or instance().pack)
    typer.echo(country_config(law.country()), nl=False)


NeverCommandedOption = Annotated[
    bool,
    typer.Option(
        "--never-commanded",
        help="Also list active lines for which the network never received a command and reports nothing.",
    ),
]


RestoreOption = Annotated[
    bool,
    typer.Option(
        "--restore",
        help="Make the network restore each line that is in service in the register but not in the network; this also lifts bars for debt, which the register does not know.",
    ),
]


def reconcile(
    never_commanded: NeverCommandedOption = False, restore: RestoreOption = False, as_json: JsonOption = False
) -> None:
    """Compare register and network line by line and list every difference, the oldest first.

    Active lines for which the network never received a command and reports nothing are only counted; --never-commanded lists
    them. The last result is stored and shown on the back office's campaign page.

    After a restore of the register, or if an element lost its data, check the list and then use --restore: lines that are in
    service get service back. It bars no line.

    Exit code 1 if a difference is listed, also one that is being retried: the retries may have run for a week.

    Example: rollkeeper provisioning reconcile
    """
    open_instance()
    with progress("Asking the network", queries.count_lines()) as bar:
        compared = compare_lines(
            console_authority(),
            on=clock.today(),
            lists_never_commanded=never_commanded,
            restores=restore,
            moved=bar.advance,
        )
    found = sorted([*compared.differences, *compared.never_commanded], key=queries.age)
    if as_json:
        emit([dataclasses.asdict(one) for one in found])
    else:
        _show_differences(found)
    if compared.floor_breaks:
        err.print(
            f"On {counted(len(compared.floor_breaks), 'line', 'lines')} emergency, care or registration calls are barred: 'provisioning push' restores"
            " them. Find out why before barring anything else.",
            style="red",
        )
    if restore and compared.out_of_service:
        err.print(
            f"{counted(len(compared.out_of_service), 'line is', 'lines are')} to be restored: 'provisioning push' does it."
        )
    if compared.never_commanded_count and not never_commanded:
        err.print(
            f"{counted(compared.never_commanded_count, 'active line', 'active lines')} for which the network never received a command and reports nothing: --never-commanded lists them."
        )
    if found:
        raise typer.Exit(1)


def _show_differences(found: Sequence[Difference]) -> None:
    if not found:
        out.print("Register and network agree on every line that was compared.")
        return
    show_table(
        f"{counted(len(found), 'difference', 'differences')}, the oldest first",
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
