# SPDX-License-Identifier: EUPL-1.2
"""Whoever owns the servers: every right, and past every trigger that they take off."""

import psycopg

from rollkeeper.kernel import server


def as_owner(
    store: server.Store = server.REGISTER, *, database: str | None = None, autocommit: bool = True
) -> psycopg.Connection:
    """Connect to a store's own database, or to another one of its server, as the superuser."""
    return psycopg.connect(
        host=str(server.socket_folder()),
        port=store.port,
        dbname=database or f"rollkeeper_{store.name}",
        user=server.SUPERUSER,
        password=server.password(store, server.SUPERUSER),
        autocommit=autocommit,
    )
