# SPDX-License-Identifier: EUPL-1.2
"""A vault service that runs in the test's own process, in threads, at a socket of the test's own."""

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connections

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import Role, address
from rollkeeper.vault import protocol, service
from rollkeeper.vault.service import Service
from rollkeeper.vault.service_sessions import Sessions

PASSWORD = "seven plain words of nothing"
NUMBER = "13900001234"


@pytest.fixture
def start(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Service]]:
    """Start a service in this process; its socket is this test's own."""
    folder, stop = tmp_path_factory.mktemp("vault", numbered=True), threading.Event()
    running: list[threading.Thread] = []
    monkeypatch.setattr(protocol, "service_folder", lambda: folder)

    # Its threads connect as the service's process does.
    monkeypatch.setitem(
        connections.settings,
        "default",
        connections.settings["default"] | address(stores.REGISTER, Role.VAULT_SERVICE),
    )

    def started(**how: float) -> Service:
        listener = service._listener(protocol.service_socket())
        one = Service(sessions=Sessions(**how))
        running.append(threading.Thread(target=one.serve, args=(listener, stop), name="service"))
        running[-1].start()
        return one

    yield started
    stop.set()
    for one in running:
        one.join(10)
