# SPDX-License-Identifier: EUPL-1.2
"""Commands of this room."""

import typer


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
