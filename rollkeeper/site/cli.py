# SPDX-License-Identifier: EUPL-1.2
"""The command line: each room brings its own commands, this file puts them under one name."""

import os
import sys
from importlib import import_module

import typer

from rollkeeper.kernel import opening
from rollkeeper.kernel.console import err, show_error
from rollkeeper.kernel.errors import RollkeeperError

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
    except RollkeeperError as fault:
        show_error(fault)
        sys.exit(fault.kind.exit_code)
    except OSError as fault:
        # A full disk, a missing right: the system's own words name the file, which we chose; no value is in them.
        err.print(f"{fault.strerror or fault}: {fault.filename or ''}", markup=False, style="red")
        err.print("Make room or give the right to that place, then run the command again.", markup=False)
        sys.exit(2)
