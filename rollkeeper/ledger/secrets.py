# SPDX-License-Identifier: EUPL-1.2
"""The secrets that open published leaves, one an entry, in the store of keys.

They lie there because that store is never backed up with the register, and its backups live a week: an erased entry is closed for
ever once the secret and those backups are gone. Each call commits separately, as everything in that store does.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db import connections, transaction

from rollkeeper.kernel import database
from rollkeeper.kernel.database import Role
from rollkeeper.kernel.ids import EntryId
from rollkeeper.ledger.leaf_rows import COPY_END, COPY_HEAD

STORE = "leaf_secrets"
_DESTROYED_AT_ONCE = 10_000


def keep_secrets(entries: Sequence[int], rows: Iterable[bytes]) -> None:
    """Keep the secret of each entry; replace one that is there from a killed run, or from before a restore that reuses the number.

    The secrets come as rows in PostgreSQL's binary form (`ledger.leaf_rows.secret_row`).
    """
    if not entries:
        return
    with transaction.atomic(using=STORE, durable=True):
        span = [min(entries), max(entries)]
        if database.rows(
            "SELECT FROM ledger_secret WHERE entry_id BETWEEN %s AND %s LIMIT 1", span, using=STORE
        ):
            destroy_present(entries)
        with (
            connections[STORE].connection.cursor() as cursor,
            cursor.copy("COPY ledger_secret (entry_id, secret) FROM STDIN (FORMAT BINARY)") as copy,
        ):
            copy.write(b"".join([COPY_HEAD, *rows, COPY_END]))


def destroy_present(entries: Collection[int]) -> int:
    """Remove the secrets of these entries in the present transaction; return how many there were."""
    return database.run(
        "DELETE FROM ledger_secret WHERE entry_id BETWEEN %s AND %s AND entry_id = ANY (%s)",
        [min(entries), max(entries), list(entries)],
        using=STORE,
    )


def secrets_of(entries: Collection[int]) -> dict[int, bytes]:
    """Return the secrets of these entries that are there."""
    found = database.rows(
        "SELECT entry_id, secret FROM ledger_secret WHERE entry_id = ANY (%s)", [list(entries)], using=STORE
    )
    return {row.entry_id: bytes(row.secret) for row in found}


def secret_of(entry_id: EntryId) -> bytes | None:
    """Return the secret of one entry; None if it is destroyed, or where this process may not have it."""
    match database.this_role():
        case Role.BACKOFFICE | Role.PORTAL | Role.AUDITOR:
            return None
        case Role.COUNTER:
            (found,) = database.rows("SELECT ledger_secret_of(%s) AS secret", [entry_id], using="keys")
            return None if found.secret is None else bytes(found.secret)
        case _:
            return secrets_of([entry_id]).get(entry_id)


def destroy_secrets(entries: Sequence[int]) -> int:
    """Destroy the secrets of these entries, committed in batches; return how many there were."""
    done = 0
    for first in range(0, len(entries), _DESTROYED_AT_ONCE):
        with transaction.atomic(using=STORE, durable=True):
            done += destroy_present(entries[first : first + _DESTROYED_AT_ONCE])
    return done
