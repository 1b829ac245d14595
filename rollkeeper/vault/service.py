# SPDX-License-Identifier: EUPL-1.2
"""The vault service: the process that opens sealed values, for clients that ask over a Unix socket.

The kernel tells it which user of the machine asks. Pages and people's commands ask in the name of a member of staff who gave
the service itself a password and a second factor; workers ask for a purpose that a row of the register justifies. It records,
counts, opens, and answers. Requests are read with a limit of size and of time, and carried out by a few threads.
"""

import asyncio
import datetime as dt
import fcntl
import grp
import logging
import os
import pwd
import re
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import Context
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.db import close_old_connections, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from rollkeeper.access.authority import Authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.health import Part, disk_part, missing, register_part
from rollkeeper.kernel.hooks import HookUnset
from rollkeeper.kernel.settings import data_dir, read_settings_again
from rollkeeper.vault import protocol
from rollkeeper.vault.epochs import secret_of
from rollkeeper.vault.errors import OPERATORS_ALONE, VAULT_FAILED, VAULT_OUT_OF_REACH, VAULT_REQUEST_REFUSED
from rollkeeper.vault.hooks import STAFF_OPERATIONS, USED_UP_BY
from rollkeeper.vault.keys import living_epoch_ids
from rollkeeper.vault.protocol import BadMessage
from rollkeeper.vault.service_sessions import Sessions

APP_USERS: Final = ("rollkeeper-backoffice",)
"""Users of the apps whose pages ask in the name of staff."""
_THREADS: Final = 8
_CONNECTIONS: Final = 64
_CONNECTIONS_OF_ONE: Final = 24
_SETTINGS_INTERVAL_S: Final = 30.0
_OPERATION: Final = re.compile("[a-z-]{1,40}")
log = logging.getLogger("rollkeeper.vault")


@dataclass(frozen=True, slots=True)
class StaffRequest:
    """What a signed-in person asks for."""

    authority: Authority
    values: Mapping[str, Any]
    authority_with: Callable[[str], Authority]
    """Returns whom another token belongs to, for operations that need two people."""

    def text(self, name: str) -> str:
        """Return a text that was sent. Refuses: VAULT_REQUEST_REFUSED."""
        value = self.values.get(name)
        if not isinstance(value, str):
            raise VAULT_REQUEST_REFUSED()
        return value

    def reference(self, name: str) -> UUID:
        """Return a reference that was sent. Refuses: VAULT_REQUEST_REFUSED."""
        return read_as(UUID, str(self.values.get(name)))

    def day(self, name: str) -> dt.date:
        """Return a day that was sent, as text or, in this process, as a date. Refuses: VAULT_REQUEST_REFUSED."""
        value = self.values.get(name)
        return value if isinstance(value, dt.date) else read_as(dt.date.fromisoformat, str(value))


def read_as[T](form: Callable[[Any], T], value: object) -> T:
    """Return a value that was sent, read in this form. Refuses: VAULT_REQUEST_REFUSED."""
    try:
        return form(value)
    except ValueError:
        raise VAULT_REQUEST_REFUSED() from None


def _require_root() -> None:
    secret_of(max(living_epoch_ids()))


class Service:
    """One service at its socket."""

    def __init__(self, *, sessions: Sessions | None = None) -> None:
        self._sessions = sessions or Sessions()
        self._open: Counter[int] = Counter()
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="vault")
        self._connections = set[BaseDatabaseWrapper]()

    def serve(self, listener: socket.socket, stop: threading.Event) -> None:
        """Answer at this socket until asked to stop; what is under way is finished."""
        try:
            asyncio.run(self._serve(listener, stop))
        finally:
            self._pool.shutdown()
            for one in self._connections:
                one.inc_thread_sharing()  # their threads have ended
                one.close()

    async def _serve(self, listener: socket.socket, stop: threading.Event) -> None:
        server = await asyncio.start_unix_server(self._connected, sock=listener)
        loop, read_at = asyncio.get_running_loop(), 0.0
        async with server:
            while not stop.is_set():
                if loop.time() > read_at + _SETTINGS_INTERVAL_S:
                    read_settings_again()  # while someone is editing the file and it has a fault, what was read before stays in force
                    read_at = loop.time()
                await asyncio.sleep(0.1)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        user = asking_user(*protocol.peer_of(writer.get_extra_info("socket")))
        try:
            if self._may_connect(user):
                with self._counted(user), suppress(TimeoutError, OSError, EOFError, BadMessage):
                    await self._answer(reader, writer, user)
        finally:
            writer.close()

    @contextmanager
    def _counted(self, user: int) -> Iterator[None]:
        self._open[user] += 1
        try:
            yield
        finally:
            self._open[user] -= 1

    def _may_connect(self, user: int) -> bool:
        is_busy = self._open.total() >= _CONNECTIONS or self._open[user] >= _CONNECTIONS_OF_ONE
        return not is_busy and (is_worker(user) or is_staffs(user))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, user: int) -> None:
        async with asyncio.timeout(protocol.REQUEST_S):
            size = int.from_bytes(await reader.readexactly(protocol.LENGTH_BYTES))
            if size > (protocol.MAX_BYTES if is_worker(user) else protocol.MAX_STAFF_BYTES):
                raise BadMessage
            request = protocol.read_message(await reader.readexactly(size))
        answer = await asyncio.get_running_loop().run_in_executor(self._pool, self._done, request, user)
        async with asyncio.timeout(protocol.ANSWER_S):
            writer.write(answer)
            await writer.drain()

    def _done(self, request: protocol.Message, user: int) -> bytes:
        """Carry out one request, in a thread."""
        try:
            return protocol.written({"result": Context().run(self._result, request, user)})
        except RollkeeperError as fault:
            if fault.code in OPERATORS_ALONE:  # the answer may be shown to staff or to a subscriber
                log.error("%s", fault)  # noqa: TRY400 - where it happened says nothing
                fault = VAULT_OUT_OF_REACH()
            return protocol.written(protocol.refusal_message(fault))
        except Exception as broke:  # noqa: BLE001 - the next request must still be answered; the text may hold values, so it is not logged
            log.error("%s broke: %s", _named(request), type(broke).__name__)  # noqa: TRY400
            return protocol.written(protocol.refusal_message(VAULT_FAILED()))
        finally:
            close_old_connections()
            self._connections.update(connections.all(initialized_only=True))

    def _result(self, request: protocol.Message, user: int) -> object:
        operation, token, values = request.get("do"), request.get("token"), request.get("with")
        if not (isinstance(operation, str) and isinstance(token, str) and isinstance(values, dict)):
            raise VAULT_REQUEST_REFUSED()
        clock.set_demo_date(protocol.day_in(request, "on"))
        match operation:
            case "health":
                return True
            case "ready":
                return missing(
                    [
                        register_part(),
                        Part("keys", living_epoch_ids),
                        Part("root", _require_root),
                        disk_part(),
                    ]
                )
            case "sign-in":
                code = values.get("code")
                return self._sessions.begin(
                    str(values.get("username", "")), str(values.get("password", "")),
                    None if code is None else str(code), user=user,
                )  # fmt: skip
            case "sign-out":
                self._sessions.end(token)
                return True
            case _ if token:
                return self._staff_result(operation, token, values, user)
            case _:
                return self._worker_result(operation, values, user)

    def _worker_result(self, operation: str, values: Mapping[str, Any], user: int) -> object:
        if not is_worker(user):
            raise VAULT_REQUEST_REFUSED()
        from rollkeeper.vault.worker_operations import do_for_worker

        return do_for_worker(operation, values)

    def _staff_result(self, operation: str, token: str, values: Mapping[str, Any], user: int) -> object:
        authority = self._sessions.authority(token, user=user)
        try:
            do = STAFF_OPERATIONS.only(operation)
        except HookUnset:
            raise VAULT_REQUEST_REFUSED() from None
        if operation in USED_UP_BY:
            self._sessions.end(token)
        return do(StaffRequest(authority, values, lambda other: self._sessions.authority(other, user=user)))


def _named(request: protocol.Message) -> str:
    """Return the operation's name for the log; another text could forge a line of the log."""
    named = _OPERATION.fullmatch(str(request.get("do")))
    return named[0] if named else "a request"


def asking_user(user: int, group: int) -> int:
    """Return the user whose rights a peer gets: where two containers share one user, the app's is recognised by its group.

    The group can only take rights away.
    """
    if not is_worker(user):
        return user
    try:
        name = grp.getgrgid(group).gr_name
        return pwd.getpwnam(name).pw_uid if name in APP_USERS else user
    except KeyError:
        return user


def is_worker(user: int) -> bool:
    """Tell whether a user of the machine is the instance's own: root, its owner, or the service's."""
    return user in {0, os.geteuid(), data_dir().stat().st_uid}


def is_staffs(user: int) -> bool:
    """Tell whether this user of the machine is that of an app whose pages ask in the name of staff."""
    try:
        return pwd.getpwuid(user).pw_name in APP_USERS
    except KeyError:
        return False


def run(stop: threading.Event) -> None:
    """Run this instance's service until asked to stop; wait while another process runs it."""
    place = protocol.service_socket()
    with (place.with_name("lock")).open("a") as lock:
        while not _is_ours(lock.fileno()):
            if stop.wait(1.0):
                return
        with _listener(place) as listener:
            Service().serve(listener, stop)


def _is_ours(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _listener(place: Path) -> socket.socket:
    """Listen. Every user of the machine may connect; the service decides by the user whom it answers."""
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    place.unlink(missing_ok=True)
    made.bind(str(place))
    place.chmod(0o666)
    made.listen(128)
    made.setblocking(False)
    return made
