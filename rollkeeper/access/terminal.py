# SPDX-License-Identifier: EUPL-1.2
"""How every command asks who types: the password, then the code of the authenticator app where the account has one.

A terminal asks for them and does not show them. Otherwise each is a line of standard input, in this order. They are never arguments,
which appear in the process list and in the shell's history.
"""

import sys
from typing import Annotated, Final

import typer

from rollkeeper.access.authority import Authority
from rollkeeper.access.services import sign_in

_AS: Final = typer.Option(
    "--as",
    metavar="USERNAME",
    help="Who you are; the password and, where you have one, the code of your authenticator app are asked for.",
)
UserOption = Annotated[str, _AS]
OptionalUserOption = Annotated[str | None, _AS]


def ask(what: str, *, secret: bool = False) -> str:
    """Ask for one value at the terminal, or read the next line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt(what, hide_input=secret, err=True))


def signed_in(username: str, *, password: str | None = None) -> Authority:
    """Return the Authority of a person who gives the password, if it is not given here, and the second factor.

    Refuses: as `sign_in`.
    """
    return sign_in(username, ask_password(username) if password is None else password, ask_code=ask_code)


def ask_password(username: str) -> str:
    """Ask for a person's password."""
    return ask(f"Password of {username}", secret=True)


def ask_code() -> str:
    """Ask for the code of the authenticator app."""
    return ask("Code of the authenticator app", secret=True)
