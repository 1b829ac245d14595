# SPDX-License-Identifier: EUPL-1.2
"""Commands of this package: accounts and roles. A password is prompted for, read from standard input or out of
ROLLKEEPER_PASSWORD, never an argument.
"""

import os
import sys
from typing import Annotated

import typer

from rollkeeper.access.authority import console_authority
from rollkeeper.access.dual_control import pending_approvals
from rollkeeper.access.errors import ROLE_NOT_FOR_PEOPLE
from rollkeeper.access.queries import staff_list
from rollkeeper.access.roles import ROLE_TITLES, StaffRole
from rollkeeper.access.services import add_staff, end_role, grant_role, reinstate_staff, suspend_staff
from rollkeeper.access.sessions import end_sessions
from rollkeeper.kernel import clock
from rollkeeper.kernel.console import JsonOption, LookBackOption, emit, out, show_table
from rollkeeper.kernel.instance import open_instance


def _role(text: str) -> str:
    """Accept a role only if a person can have it. Refuses: ROLE_NOT_FOR_PEOPLE."""
    if text not in ROLE_TITLES:
        raise ROLE_NOT_FOR_PEOPLE(role=text, roles=", ".join(sorted(ROLE_TITLES)))
    return text


RoleOption = Annotated[
    list[str],  # an enum would be listed whole, with the roles that belong to processes
    typer.Option(
        "--role", parser=_role, metavar="|".join(ROLE_TITLES), help="A role; repeat it for several."
    ),
]
UserName = Annotated[
    str, typer.Argument(help="The user name: a reference such as clerk-07, not a real name.")
]


def register(app: typer.Typer) -> None:
    """Add this package's commands."""
    staff = typer.Typer(
        no_args_is_help=True, rich_markup_mode=None, help="Accounts of staff and their roles."
    )
    staff.command("add")(add)
    staff.command("grant")(grant)
    staff.command("end")(end)
    staff.command("list")(list_)
    staff.command("approvals")(approvals)
    staff.command("suspend")(suspend)
    staff.command("reinstate")(reinstate)
    staff.command("sign-out")(sign_out)
    app.add_typer(staff, name="staff")


def add(username: UserName, role: RoleOption, on: LookBackOption = None) -> None:
    """Add an account; the password is asked for, or is the first line of standard input, or is in ROLLKEEPER_PASSWORD.

    Example: rollkeeper staff add clerk-07 --role clerk
    """
    open_instance()
    password = _password()
    add_staff(
        console_authority(),
        username=username,
        password=password,
        roles=[StaffRole(one) for one in role],
        on=on or clock.today(),
    )
    out.print(f"Added {username}.", markup=False)


def grant(username: UserName, role: RoleOption, on: LookBackOption = None) -> None:
    """Give an account further roles, from today.

    Example: rollkeeper staff grant clerk-07 --role supervisor
    """
    open_instance()
    for one in map(StaffRole, role):
        grant_role(console_authority(), username=username, role=one, on=on or clock.today())
        out.print(f"{username} has the role {one.value}.", markup=False)


def end(username: UserName, role: RoleOption, on: LookBackOption = None) -> None:
    """End roles of an account; today is the first day without them.

    Example: rollkeeper staff end clerk-07 --role supervisor
    """
    open_instance()
    for one in map(StaffRole, role):
        end_role(console_authority(), username=username, role=one, on=on or clock.today())
        out.print(f"{username} no longer has the role {one.value}.", markup=False)


def suspend(username: UserName, on: LookBackOption = None) -> None:
    """Close an account at once; its open sessions end too.

    Example: rollkeeper staff suspend clerk-07
    """
    open_instance()
    suspend_staff(console_authority(), username=username, on=on or clock.today())
    out.print(f"{username} is closed.", markup=False)


def reinstate(username: UserName, on: LookBackOption = None) -> None:
    """Open a closed account again, with the roles that it had.

    Example: rollkeeper staff reinstate clerk-07
    """
    open_instance()
    reinstate_staff(console_authority(), username=username, on=on or clock.today())
    out.print(f"{username} is open again.", markup=False)


def sign_out(username: UserName, on: LookBackOption = None) -> None:
    """End all sessions of an account, which stays open.

    Example: rollkeeper staff sign-out clerk-07
    """
    open_instance()
    ended = end_sessions(console_authority(), username=username, on=on or clock.today())
    out.print(f"{ended} sessions of {username} have ended.", markup=False)


def list_(*, as_json: JsonOption = False, on: LookBackOption = None) -> None:
    """List all accounts with the roles that they have today.

    Example: rollkeeper staff list --json
    """
    open_instance()
    accounts = staff_list(on or clock.today())
    if as_json:
        emit(
            [
                {"username": a.username, "active": a.is_active, "roles": [r.value for r in a.roles]}
                for a in accounts
            ]
        )
        return
    show_table(
        "Staff",
        ["user name", "roles", "open"],
        [[a.username, ", ".join(a.roles), "yes" if a.is_active else "no"] for a in accounts],
    )


def approvals(as_json: JsonOption = False) -> None:
    """List everything that waits for another approver, the oldest first.

    Example: rollkeeper staff approvals --json
    """
    open_instance()
    waiting = pending_approvals(console_authority())
    if as_json:
        emit(
            [
                {"permission": one.permission.value, "action": one.action_kind, "about": one.about, "reference": one.reference,
                 "requested_at": one.requested_at.isoformat(), "requested_by": one.requested_by, "given": one.given, "needed": one.needed}
                for one in waiting
            ]
        )  # fmt: skip
        return
    show_table(
        "Pending approvals",
        ["what", "reference", "about", "since", "requested by", "approvals", "permission"],
        [
            [one.action_kind, one.reference, one.about, f"{one.requested_at:%Y-%m-%d %H:%M}", one.requested_by,
             f"{one.given} of {one.needed}", one.permission.value]
            for one in waiting
        ],
    )  # fmt: skip


def _password() -> str:
    given = os.environ.get("ROLLKEEPER_PASSWORD")
    if given is not None:
        return given
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
