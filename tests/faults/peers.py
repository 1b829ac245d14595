# SPDX-License-Identifier: EUPL-1.2
"""Servers that misbehave: some always answer a byte a second, others while a test tells them to."""

import select
import socket
import threading
import time
from contextlib import suppress
from types import SimpleNamespace
from typing import Self

from tests.provisioning.fakes import HttpElement


class _Dripping:
    """Sends a byte a second."""

    def __init__(self, listening: socket.socket) -> None:
        self._over, self._listening = threading.Event(), listening
        self.place = f"127.0.0.1:{listening.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._listening.close()

    def _listen(self) -> None:
        raise NotImplementedError


class DrippingServer(_Dripping):
    """Accepts every connection and sends a byte a second on it without end, whatever it receives."""

    def __init__(self) -> None:
        super().__init__(socket.create_server(("127.0.0.1", 0)))
        self.connections = 0

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


class DrippingDatagrams(_Dripping):
    """Answers every datagram with a byte a second for some seconds. A RADIUS server never does so."""

    def __init__(self) -> None:
        listening = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        listening.bind(("127.0.0.1", 0))
        super().__init__(listening)
        self.datagrams = 0

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                _, whence = self._listening.recvfrom(4096)
                self.datagrams += 1
                threading.Thread(target=self._drip, args=(whence,), daemon=True).start()

    def _drip(self, whence: tuple[str, int]) -> None:
        with suppress(OSError):
            for octet in b"x" * 20:
                self._listening.sendto(bytes([octet]), whence)
                if self._over.wait(1):
                    return


class Tap:
    """Relays the bytes of a healthy server; while `drips` is set, a byte a second."""

    def __init__(self, port: int) -> None:
        self.drips, self.dripped, self._port = threading.Event(), 0, port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.close()

    def drip(self, seconds: float) -> None:
        """Pass on a byte a second for these seconds."""
        self.drips.set()
        time.sleep(seconds)
        self.drips.clear()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listening.accept()
                threading.Thread(target=self._pass_on, args=(near,), daemon=True).start()

    def _pass_on(self, near: socket.socket) -> None:
        with near, suppress(OSError), socket.create_connection(("127.0.0.1", self._port)) as far:
            while True:
                for wire in select.select([near, far], [], [])[0]:
                    slow = wire is far and self.drips.is_set()
                    octets = wire.recv(1 if slow else 65536)
                    if not octets:
                        return
                    (near if wire is far else far).sendall(octets)
                    if slow:
                        self.dripped += 1
                        time.sleep(1)


class Network(HttpElement):
    """The operator's own system behind the webhook. It does not check the time of a request, since the soak changes the instance's clock."""

    def __init__(self) -> None:
        super().__init__("whsec_" + "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        self.verifier = SimpleNamespace(check=lambda *_, **__: None)

    def drip(self, seconds: float) -> None:
        """Answer a byte at a time for these seconds."""
        self.drips = True
        time.sleep(seconds)
        self.drips = False
