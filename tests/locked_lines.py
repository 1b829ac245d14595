# SPDX-License-Identifier: EUPL-1.2
"""A line that an attacker's session of an app keeps locked."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import Role
from rollkeeper.kernel.ids import LineId
from tests.leak.machine import until


@contextmanager
def locked_until_someone_waits(line_id: LineId, role: Role, *, seconds: float = 0) -> Iterator[None]:
    """Have an app lock a line until another session waits for it, or has waited for some time, as where the server ends the transaction in the end."""
    with (
        database.connect(stores.REGISTER, role) as app,
        database.connect(stores.REGISTER, Role.WORKER) as looking,
    ):
        app.autocommit = False
        app.execute("SELECT lines_lock_lines(ARRAY[%s])", [line_id])
        is_over = threading.Event()

        def give_way() -> None:
            until(
                lambda: (
                    is_over.is_set() or looking.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchone()
                )
            )
            time.sleep(seconds)
            app.rollback()

        giving_way = threading.Thread(target=give_way)
        giving_way.start()
        try:
            yield
        finally:
            is_over.set()
            giving_way.join()
