# SPDX-License-Identifier: EUPL-1.2
"""A conversation with a RADIUS server: changes of authorization and questions, each answered or timed out.

Every packet carries a Message-Authenticator, and answers to questions must carry one too. RADIUS proves who speaks
and hides nothing: it belongs on this machine, or into IPsec or WireGuard.
"""

import io
import struct
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Final, Self

from pyrad import packet
from pyrad.client import Client
from pyrad.dictionary import Dictionary

_WORDS: Final = """
ATTRIBUTE User-Name              1 string
ATTRIBUTE Filter-Id             11 string
ATTRIBUTE Reply-Message         18 string
ATTRIBUTE Configuration-Token   78 string
ATTRIBUTE Message-Authenticator 80 octets
ATTRIBUTE Error-Cause          101 integer
"""


class Radius(Client):  # type: ignore[misc]
    """One socket to one port of a RADIUS server, closed after the block."""

    def __init__(self, place: str, *, secret: str, patience_s: float, tries: int) -> None:
        host, _, port = place.rpartition(":")
        super().__init__(
            host,
            authport=int(port),
            coaport=int(port),
            secret=secret.encode(),
            dict=Dictionary(io.StringIO(_WORDS)),
            enforce_ma=True,
        )
        self.wait_for(patience_s, tries=tries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._CloseSocket()

    def wait_for(self, patience_s: float, *, tries: int) -> None:
        """Set how long to wait for an answer, and how many times a packet is sent in this time."""
        self.timeout, self.retries = patience_s / tries, tries

    def change(self, *, ends: bool, words: Mapping[str, str]) -> Any:
        """Change an authorization, or end it."""
        code = packet.DisconnectRequest if ends else packet.CoARequest
        asked = self.CreateCoAPacket(code=code, message_authenticator=True)
        for name, value in words.items():
            asked[name] = value
        return self.SendPacket(asked)

    def ask(self, name: str) -> Any:
        """Ask what holds for a name."""
        return self.SendPacket(self.CreateAuthPacket(User_Name=name))


def values_of(said: Any, name: str) -> list[object]:
    """Return the values of one attribute of an answer; none if it has none, or they cannot be read."""
    try:
        return list(said[name])
    except (KeyError, packet.PacketError, ValueError, struct.error):
        return []
