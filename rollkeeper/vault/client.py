# SPDX-License-Identifier: EUPL-1.2
"""Ask the vault service: connect, send one request, read one answer. Holds no key and no password of a database."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID

from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import StaffId
from rollkeeper.vault import protocol
from rollkeeper.vault.errors import VAULT_OUT_OF_REACH


class Session:
    """A member of staff who signed in to the service. Stored in this process alone; the service ends it after some minutes."""

    def __init__(self, token: str, staff_id: StaffId) -> None:
        self.token, self.staff_id = token, staff_id

    def ask(self, operation: str, **values: Any) -> Any:
        """Ask for an operation in this person's name. Refuses: VAULT_OUT_OF_REACH, and what the service refuses."""
        return ask(operation, token=self.token, **values)

    def sign_out(self) -> None:
        """End the session. If the service does not answer now, the session expires by itself; what was done in it is not lost."""
        with suppress(RollkeeperError):
            self.ask("sign-out")


def sign_in(username: str, password: str, ask_code: Callable[[], str]) -> Session:
    """Sign in at the service with the password and, where the account has one, a code; `ask_code` is called only then.

    Refuses: VAULT_OUT_OF_REACH, NotSignedIn, TooManyAttempts, NO_SECOND_FACTOR, PASSKEY_ONLY.
    """
    said = ask("sign-in", username=username, password=password)
    if said["needs_code"]:
        said = ask("sign-in", username=username, password=password, code=ask_code())
    return Session(said["token"], StaffId(UUID(said["staff_id"])))


def is_reachable() -> bool:
    """Tell whether the service answers."""
    try:
        return bool(ask("health", patience_s=2.0))
    except Exception:  # noqa: BLE001 - after any fault the service counts as not reachable
        return False


def missing_parts() -> dict[str, str]:
    """Return what the service lacks to do its work, by part. Refuses: VAULT_OUT_OF_REACH."""
    return dict(ask("ready"))


def ask(operation: str, *, token: str = "", patience_s: float = protocol.ANSWER_S, **values: Any) -> Any:
    """Send one request and return its result. Refuses: VAULT_OUT_OF_REACH, and what the service refuses."""
    request = protocol.written({"do": operation, "token": token, "on": clock.demo_date(), "with": values})
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as call:
            call.settimeout(patience_s)
            call.connect(str(protocol.service_socket()))
            _require_the_service(call)
            call.sendall(request)
            answer = protocol.read_message(_received(call))
    except (OSError, protocol.BadMessage) as fault:
        raise VAULT_OUT_OF_REACH() from fault
    if "refused" in answer:
        raise protocol.refusal_in(answer["refused"])
    return answer.get("result")


def _require_the_service(call: socket.socket) -> None:
    """Require that the user who listens owns the socket's folder, before a password is sent there."""
    if protocol.peer_of(call)[0] != protocol.service_folder().stat().st_uid:
        raise ConnectionRefusedError


def _received(call: socket.socket) -> bytes:
    size = int.from_bytes(_exactly(call, protocol.LENGTH_BYTES))
    if size > protocol.MAX_BYTES:
        raise protocol.BadMessage
    return _exactly(call, size)


def _exactly(call: socket.socket, size: int) -> bytes:
    parts = bytearray()
    while len(parts) < size:
        part = call.recv(min(size - len(parts), 1 << 20))
        if not part:
            raise ConnectionResetError
        parts += part
    return bytes(parts)
