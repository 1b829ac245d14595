# SPDX-License-Identifier: EUPL-1.2
"""Commands of this room: how much waits that counters took down without a network, and carry it out now."""

from typing import Annotated

import typer

from rollkeeper.access.authority import sweep_authority
from rollkeeper.captures.carrying import carry_all, tend
from rollkeeper.captures.queries import count_waiting
from rollkeeper.kernel.console import JsonOption, emit, out
from rollkeeper.kernel.opening import open_home


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    captures = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="What counters took down without a network."
    )
    captures.command("status")(status)
    captures.command("carry")(carry)
    app.add_typer(captures, name="captures")


def status(*, as_json: JsonOption = False) -> None:
    """Say how many captures wait here and since when: counts and instants. What still lies in browsers nobody knows.

    Example: rollkeeper captures status
    """
    open_home()
    found = count_waiting()
    oldest = found.oldest.isoformat(timespec="seconds") if found.oldest else None
    if as_json:
        emit({"waiting": found.waiting, "oldest": oldest, "held": found.held})
        return
    out.print(
        f"{found.waiting} waiting{f', the oldest since {oldest}' if oldest else ''}; {found.held} held."
    )
    if found.held:
        out.print("Held are those that broke three times. Try them again: rollkeeper captures carry --held")


def carry(
    *,
    held: Annotated[bool, typer.Option("--held", help="Try again what broke three times.")] = False,
) -> None:
    """Carry out what waits. 'rollkeeper serve' does so by itself; this is for a home whose counter is served elsewhere.

    Example: rollkeeper captures carry
    """
    open_home()
    tend(sweep_authority())
    out.print(f"{carry_all(sweep_authority(), held=held)} carried.")
