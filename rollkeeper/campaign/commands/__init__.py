# SPDX-License-Identifier: EUPL-1.2
"""The commands `campaign …` and `explain`, one file for each subject."""

import typer

from rollkeeper.campaign.commands import batches, campaigns, lines, stays

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    group = typer.Typer(no_args_is_help=True, help="All lines at once: plan, prepare, approve, run, undo.")
    for command in (
        campaigns.plan, batches.prepare, batches.approve, batches.run, batches.stop, batches.undo,
        batches.emergency_calls, batches.outage_hours, campaigns.status,
        campaigns.unreachable, campaigns.waive, campaigns.close, campaigns.cancel, lines.reconnect, lines.record_evidence,
        lines.evidence, lines.complaint,
    ):  # fmt: skip
        group.command()(command)
    stay = typer.Typer(no_args_is_help=True, help="A court's stay: all clocks are paused.")
    stay.command("enter")(stays.enter)
    stay.command("end")(stays.end)
    group.add_typer(stay, name="stay")
    app.add_typer(group, name="campaign")
    app.command()(lines.explain)
