# SPDX-License-Identifier: EUPL-1.2
"""The command `vault rotate`."""

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import DateOption, JsonOption, counted, emit, err, out, progress
from rollkeeper.kernel.instance import open_instance
from rollkeeper.vault import canaries, rotation


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(no_args_is_help=True, help="Renew the keys of the vault.")
    group.callback()(_nothing)
    group.command()(rotate)
    app.add_typer(group, name="vault")


def rotate(on: DateOption = None, as_json: JsonOption = False) -> None:
    """Begin a key epoch, reseal every key and number to it, then destroy the older epochs at the root.

    Older copies of the keys, stolen or kept, then open nothing. It may be killed; run it again to continue.

    Example: rollkeeper vault rotate
    """
    open_instance()
    with progress("Resealing", total=rotation.count_to_reseal()) as bar:
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
        f"Epoch {done.epoch_id} has begun; {counted(done.people, 'key', 'keys')} and {counted(done.line_values, 'value', 'values')} are sealed to it."
    )
    out.print(
        f"Destroyed: epoch {', '.join(map(str, done.destroyed))}. Back up both stores now: older backups can no longer be opened."
    )
    if done.unopenable:
        out.print(f"{done.unopenable:,} did not open and stay as they are: run 'rollkeeper doctor'.")


def _say_what_is_waited_for() -> None:
    err.print("Waiting for running imports and registrations to end.", markup=False)


def _nothing() -> None:
    """Keep Typer from taking a lone command for the whole group."""
