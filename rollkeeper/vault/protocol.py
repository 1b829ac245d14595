# SPDX-License-Identifier: EUPL-1.2
"""What the vault service and its clients send each other: one request and one answer for each connection of a Unix socket.

::

    0        4             4 + n
    +--------+-------------+
    | n (4)  | JSON (n)    |     n is big-endian; the text is an object in UTF-8
    +--------+-------------+

    request    {"v": 2, "do": "<operation>", "token": "<session>" | "", "on": "<a demo's day>" | null, "with": {...}}
    answer     {"v": 2, "result": ...}
               {"v": 2, "refused": [{"code": ..., "kind": ..., "sentence": ..., "remedy": ..., "facts": {...}}, ...]}

Bytes travel as base64, days as YYYY-MM-DD. Sizes and times are limited on both sides.
"""

import datetime as dt
import json
import socket
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rollkeeper.kernel import stores
from rollkeeper.kernel.errors import RollkeeperError, as_one
from rollkeeper.kernel.stored_refusals import restored_refusals, stored_refusals

VERSION: Final = 2
LENGTH_BYTES: Final = 4
MAX_STAFF_BYTES: Final = 4 * 1024 * 1024
"""The longest request of a page or a command: a password, a code, a number; and the scan of one instrument, as base64."""
MAX_BYTES: Final = 16 * 1024 * 1024
"""The longest request of a worker, which sends what is sealed; and the longest answer, which may be document copies."""
REQUEST_S: Final = 5.0
"""A request that takes longer to arrive is not read to its end."""
ANSWER_S: Final = 60.0
_PEER: Final = struct.Struct("3i")

type Message = dict[str, Any]


class BadMessage(ValueError):
    """What arrived is no message of this protocol. Nothing of it is repeated."""


def service_folder() -> Path:
    """Return the folder of the service's socket. A user who can write there can answer as the service: only its owner can."""
    return stores.sockets() / "vault"


def service_socket() -> Path:
    """Return where the service listens."""
    return service_folder() / "service"


def written(message: Mapping[str, Any]) -> bytes:
    """Return the bytes of a message."""
    text = json.dumps({"v": VERSION} | dict(message), ensure_ascii=False, default=_plain).encode()
    return len(text).to_bytes(LENGTH_BYTES) + text


def read_message(text: bytes) -> Message:
    """Return the message in these bytes. Raises BadMessage."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise BadMessage from None
    if not isinstance(found, dict) or found.get("v") != VERSION:
        raise BadMessage
    return found


def day_in(values: Mapping[str, Any], name: str) -> dt.date | None:
    """Return a day of a request, None where it has none. Raises BadMessage."""
    text = values.get(name)
    try:
        return None if text is None else dt.date.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadMessage from None


def refusal_message(fault: RollkeeperError) -> Message:
    """Return an error in the form that is sent, so that the page or command that asked shows it in its own language."""
    return {"refused": stored_refusals(fault)}


def refusal_in(found: Sequence[Mapping[str, Any]]) -> RollkeeperError:
    """Return the error that an answer brought."""
    return as_one(restored_refusals(found))


def peer_of(connection: socket.socket) -> tuple[int, int]:
    """Return the user and the group at the other end, as the kernel knows them."""
    raw = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size)
    _process, user, group = _PEER.unpack(raw)
    return int(user), int(group)


def _plain(value: object) -> object:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
