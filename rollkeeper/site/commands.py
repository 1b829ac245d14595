# SPDX-License-Identifier: EUPL-1.2
"""Commands about the installation itself: setup, serve, demo, doctor."""

from typing import Annotated

import typer

from rollkeeper.kernel.console import out
from rollkeeper.kernel.settings import HomeKind, home
from rollkeeper.site import boot


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(setup)


def setup(
    *,
    production: Annotated[
        bool, typer.Option("--production", help="A home for real people: no trial dates.")
    ] = False,
) -> None:
    """Make the home, or bring it up to date.

    Example: ROLLKEEPER_HOME=/srv/rollkeeper rollkeeper setup --production
    """
    boot.make_home(HomeKind.PRODUCTION if production else HomeKind.TRIAL)
    out.print(f"The home {home()} is ready.")
