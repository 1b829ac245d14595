# SPDX-License-Identifier: EUPL-1.2
"""The command `vault rotate`."""

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, emit, err, out, progress
from rollkeeper.kernel.instance import open_instance
from rollkeeper.vault import canaries, rotation


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(no_args_is_help=True, help="Renew the keys of the vault.")
    group.callback()(_nothing)
    group.command()(rotate)
    app.add_typer(group, name="vault")


def rotate(on: DateOption = None, as_json: JsonOption = False) -> None:
    """Begin an epoch of keys, seal every key and number anew to it, then destroy the older epochs at the root.

    Afterwards an older copy of the keys, stolen or kept, opens nothing. May be killed and run again: it goes on.

    Example: rollkeeper vault rotate
    """
    open_instance()
    with progress("Sealing anew", total=rotation.count_to_reseal()) as bar:
        done = rotation.rotate(
            console_authority(),
            on=on or clock.today(),
            on_progress=bar.advance,
            on_waiting=_say_what_is_waited_for,
        )
    canaries.ensure_canary(console_authority(), on=on or clock.today())
    if as_json:
        emit(
            {
                "epoch": done.epoch_id,
                "destroyed": list(done.destroyed),
                "people": done.people,
                "line_values": done.line_values,
                "unopenable": done.unopenable,
            }
        )
        return
    out.print(
        f"Epoch {done.epoch_id} has begun; {done.people:,} keys and {done.line_values:,} values are sealed to it."
    )
    out.print(
        f"Destroyed: epoch {', '.join(map(str, done.destroyed))}. Back up both stores now: no older backup opens any more."
    )
    if done.unopenable:
        out.print(f"{done.unopenable:,} did not open and stay as they are: run 'rollkeeper doctor'.")


def _say_what_is_waited_for() -> None:
    err.print("Waiting for imports and registrations that are under way to end.", markup=False)


def _nothing() -> None:
    """Keep Typer from taking a lone command for the whole group."""
