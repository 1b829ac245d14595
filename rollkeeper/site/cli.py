# SPDX-License-Identifier: EUPL-1.2
"""The command line: each room brings its own commands, this file puts them under one name."""

import os
import sys
from importlib import import_module

import typer

from rollkeeper.kernel import opening
from rollkeeper.kernel.console import show_error
from rollkeeper.site.crashes import tell

# Rooms with commands of their own. Each has a function `register(app)` in its `commands.py`.
ROOMS_WITH_COMMANDS = (
    "law",
    "ledger",
    "access",
    "documents",
    "vault",
    "notices",
    "network",
    "campaign",
    "enrolment",
    "retention",
    "site",
)


def make_app() -> typer.Typer:
    """Gather the commands of all rooms."""
    import django

    django.setup()
    from rollkeeper.site.boot import open_home

    opening.open_home_with(open_home)
    app = typer.Typer(
        name="rollkeeper",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="A subscriber register that leaks nothing, cuts nobody off unheard, and forgets on time.",
    )
    app.callback(help=app.info.help)(_nothing)
    for room in ROOMS_WITH_COMMANDS:
        import_module(f"rollkeeper.{room}.commands").register(app)
    return app


def _nothing() -> None:
    """Keep Typer from taking a lone command for the whole program."""


def main() -> None:
    """Run one command. Exit codes: 0 done, 1 the answer is no, 2 the call was wrong."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rollkeeper.site.settings")
    os.umask(0o077)
    try:
        make_app()()
    except Exception as fault:
        if os.environ.get("ROLLKEEPER_TRACEBACK"):
            raise
        told = tell(fault)
        show_error(told)
        sys.exit(told.kind.exit_code)
