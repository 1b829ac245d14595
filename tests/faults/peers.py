# SPDX-License-Identifier: EUPL-1.2
"""Peers that misbehave when they are told to: one that drips, and a network of an operator that can drip."""

import socket
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Self

from tests.provisioning.fakes import HttpElement


class DrippingServer:
    """Accepts every connection and sends a byte a second, for ever, whatever it is sent."""

    def __init__(self) -> None:
        self.connections = 0
        self._over = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listening.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                wire, _ = self._listening.accept()
                self.connections += 1
                threading.Thread(target=self._drip, args=(wire,), daemon=True).start()

    def _drip(self, wire: socket.socket) -> None:
        with wire, suppress(OSError):
            for octet in b"220-" + b"x" * 1000:
                wire.sendall(bytes([octet]))
                if self._over.wait(1):
                    return


class Network(HttpElement):
    """The operator's own system behind the webhook. It does not compare clocks: the instance's is set to and fro."""

    def __init__(self) -> None:
        super().__init__("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        self.verifier = SimpleNamespace(check=lambda *_, **__: None)

    def drip(self, seconds: float) -> None:
        """Answer a byte at a time for so long."""
        self.drips = True
        time.sleep(seconds)
        self.drips = False
