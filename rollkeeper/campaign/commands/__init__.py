# SPDX-License-Identifier: EUPL-1.2
"""The commands `campaign …`, `explain` and `import`: thin ways in to the acts of this room, a file for each subject."""

import typer

from rollkeeper.campaign.commands import batches, campaigns, lines, stays
from rollkeeper.campaign.importing import commands as importing

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    importing.register(app)
    room = typer.Typer(no_args_is_help=True, help="All lines at once: plan, check, approve, run, undo.")
    for command in (
        campaigns.plan, batches.check, batches.approve, batches.run, batches.stop, batches.undo,
        batches.emergency_calls, batches.hours_off, campaigns.status,
        campaigns.unreached, campaigns.excuse, campaigns.close, lines.lift, lines.proof,
        lines.proofs, lines.complaint,
    ):  # fmt: skip
        room.command()(command)
    stay = typer.Typer(no_args_is_help=True, help="A court's stay: every clock stands still.")
    stay.command("enter")(stays.enter)
    stay.command("lift")(stays.lift)
    room.add_typer(stay, name="stay")
    app.add_typer(room, name="campaign")
    app.command()(lines.explain)
