# SPDX-License-Identifier: EUPL-1.2
"""A member of staff at a command asks the vault: through the service, or in this process where it holds the keys itself.

A process holds the keys itself in a demo instance, or if the vault's own user runs the command. Either way the same operations run after
the same sign-in, so a command need not know which way it uses.
"""

from collections.abc import Callable
from typing import Any, Protocol

from rollkeeper.access.authority import Authority
from rollkeeper.access.terminal import ask_code, ask_password, signed_in
from rollkeeper.kernel.ids import StaffId
from rollkeeper.vault import client
from rollkeeper.vault.epochs import may_open
from rollkeeper.vault.hooks import STAFF_OPERATIONS
from rollkeeper.vault.service import StaffRequest


class StaffSession(Protocol):
    """A member of staff who signed in."""

    token: str

    def ask(self, operation: str, **values: Any) -> Any:
        """Return the result of an operation in this person's name."""
        ...


class _OwnSession:
    """A member of staff who signed in at this process."""

    def __init__(self, username: str, authority: Authority) -> None:
        self.token, self._authority = username, authority
        _signed_in_here[username] = authority

    def ask(self, operation: str, **values: Any) -> Any:
        """Carry out an operation here."""
        return STAFF_OPERATIONS.only(operation)(
            StaffRequest(self._authority, values, _signed_in_here.__getitem__)
        )


_signed_in_here: dict[str, Authority] = {}


def open_vault_session(username: str) -> StaffSession:
    """Ask for the password and the second factor of a person, and sign them in. Refuses: as `client.sign_in`."""
    if may_open():
        return _OwnSession(username, signed_in(username))
    return client.sign_in(username, ask_password(username), ask_code)


def sign_in_at_service(username: str, password: str, code: Callable[[], str]) -> StaffId:
    """Have the service check who types a command that acts on the register itself. Refuses: as `client.sign_in`."""
    session = client.sign_in(username, password, code)
    session.sign_out()
    return session.staff_id
