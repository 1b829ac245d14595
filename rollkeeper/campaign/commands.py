# SPDX-License-Identifier: EUPL-1.2
"""Commands of this room."""

import typer

from rollkeeper.campaign.importing import commands as importing


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    importing.register(app)
