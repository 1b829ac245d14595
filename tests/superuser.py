# SPDX-License-Identifier: EUPL-1.2
"""The owner of the servers: every right, including dropping every trigger."""

from weakref import WeakKeyDictionary

import psycopg

from rollkeeper.kernel import stores
from rollkeeper.platform import embedded_postgres

_FEW = 500
_known: WeakKeyDictionary[psycopg.Connection, list[str]] = WeakKeyDictionary()
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

    Tables of a few rows are emptied by DELETE: TRUNCATE gives each of them and of their indexes another file, which takes
    ten times as long. `whole` truncates all, so that no dead rows are left either.
    """
    tables = _tables(owner)
    if whole:
        _truncate(owner, tables)
        return
    holds = " UNION ALL ".join(
        f"SELECT '{name}', EXISTS (SELECT FROM {name} OFFSET {_FEW}) WHERE EXISTS (SELECT FROM {name})"  # noqa: S608
        for name in tables
    )
    found = owner.execute(holds, prepare=True).fetchall()  # to plan it takes longer than to run it
    _truncate(owner, [name for name, is_long in found if is_long])
    _delete(owner, [name for name, is_long in found if not is_long])


def _tables(owner: psycopg.Connection) -> list[str]:
    if owner not in _known:
        # The ledger's triggers refuse even the superuser who does not take them off.
        owner.execute("SET session_replication_role = replica")
        found = owner.execute(
            "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = 'public'"  # noqa: S608  # our own words
            f" AND (tablename NOT LIKE 'django_%' OR tablename = 'django_session') AND tablename NOT IN ({_KEPT})"
        ).fetchall()
        _known[owner] = [name for (name,) in found]
    return _known[owner]


def _truncate(owner: psycopg.Connection, tables: list[str]) -> None:
    if tables:
        owner.execute("TRUNCATE " + ", ".join(tables) + " RESTART IDENTITY CASCADE")


def _delete(owner: psycopg.Connection, tables: list[str]) -> None:
    if not tables:
        return
    owner.execute("; ".join(f"DELETE FROM {name}" for name in tables))  # noqa: S608
    owner.execute(
        "SELECT setval(seqrelid::regclass, seqstart, false) FROM pg_sequence JOIN pg_depend ON objid = seqrelid"
        " WHERE classid = 'pg_class'::regclass AND refclassid = 'pg_class'::regclass AND refobjid = ANY (%s::regclass[])",
        [tables],
    )
