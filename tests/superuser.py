# SPDX-License-Identifier: EUPL-1.2
"""Whoever owns the servers: every right, and past every trigger that they take off."""

import psycopg

from rollkeeper.kernel import stores
from rollkeeper.platform import embedded_postgres

_KEPT = "'epoch', 'offline_key', 'vault_canary'"  # what an instance is made with, besides Django's own tables


def as_superuser(
    store: stores.Store = stores.REGISTER, *, database: str | None = None, autocommit: bool = True
) -> psycopg.Connection:
    """Connect to a store's own database, or to another one of its server, as the superuser."""
    return psycopg.connect(
        host=str(stores.socket_folder(store)),
        port=store.port,
        dbname=database or f"rollkeeper_{store.name}",
        user=embedded_postgres.SUPERUSER,
        password=stores.password(store, embedded_postgres.SUPERUSER),
        autocommit=autocommit,
    )


def empty(owner: psycopg.Connection, *, whole: bool = False) -> None:
    """Empty a store's tables; by this connection no trigger refuses it from then on.

    Only the few that hold something are emptied, since all hundred take a third of a second; `whole` empties all, so that
    no dead rows are left either.
    """
    # The ledger's triggers refuse even the superuser who does not take them off.
    owner.execute("SET session_replication_role = replica")
    tables = [
        name
        for (name,) in owner.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'"  # noqa: S608  # our own words
            f" AND (tablename NOT LIKE 'django_%' OR tablename = 'django_session') AND tablename NOT IN ({_KEPT})"
        ).fetchall()
    ]
    if tables and not whole:
        holds = " UNION ALL ".join(
            f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})"  # noqa: S608  # a name out of the catalogue
            for name in tables
        )
        tables = [name for (name,) in owner.execute(holds).fetchall()]
    if tables:
        owner.execute("TRUNCATE " + ", ".join(tables) + " RESTART IDENTITY CASCADE")
