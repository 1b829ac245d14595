# SPDX-License-Identifier: EUPL-1.2
"""Claims on work, which end when their process ends for any reason; and locks on a matter, which end with their transaction.

Work that cannot be undone (a message sent, a switch commanded) is claimed and committed before it is done, so that no transaction
stays open meanwhile. A claim is a random number under an advisory lock of the claimant's own session: when the process is killed
or its connection breaks, PostgreSQL drops the lock at once, and the next process takes the work over. Needs a dedicated
connection to the server; a pool that shares connections between transactions breaks the guarantee.
"""

import contextlib
import secrets
from collections.abc import Collection, Iterator
from typing import LiteralString

from django.db import DatabaseError, connections
from psycopg.sql import SQL, Identifier

from rollkeeper.kernel.database import prepared_rows, rows, run

FAMILY = 0x526F6C6C  # sets our locks apart from others' in this database
_GREATEST = 2**31 - 1
_CLAIMED = SQL("SELECT DISTINCT claimed_by FROM {} WHERE claimed_by IS NOT NULL")
_RELEASED = SQL("UPDATE {} SET claimed_by = NULL WHERE claimed_by = ANY (%s)")


@contextlib.contextmanager
def hold_claim(using: str = "default") -> Iterator[int]:
    """Hold a claim of this session for the length of a block."""
    claim = secrets.randbelow(_GREATEST)
    rows("SELECT pg_advisory_lock(%s, %s)", [FAMILY, claim], using=using)
    try:
        yield claim
    finally:
        # A session that is gone has dropped its locks already; one in a broken transaction drops them when it ends.
        if connections[using].connection is not None:
            with contextlib.suppress(DatabaseError):
                rows("SELECT pg_advisory_unlock(%s, %s)", [FAMILY, claim], using=using)


def dead_claims(claims: Collection[int], *, using: str = "default") -> list[int]:
    """Return the claims whose claimant is gone.

    Read the claims first and call this afterwards: a claim is never used twice, so a dead claim stays dead.
    """
    if not claims:
        return []
    living = rows(
        "SELECT objid::bigint AS claim FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objsubid = 2"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        [FAMILY],
        using=using,
    )
    return sorted(set(claims) - {row.claim for row in living})


def release_dead_claims(table: LiteralString) -> None:
    """Release the work whose claimant is gone, in the column `claimed_by` of a table of the caller's package."""
    held = rows(_CLAIMED.format(Identifier(table)).as_string(None))
    run(_RELEASED.format(Identifier(table)).as_string(None), [dead_claims([row.claimed_by for row in held])])


def serialize_on(matter: str) -> None:
    """Wait until no other transaction works on the same matter; the lock ends with the present transaction."""
    lock_matter(matter, "")


def lock_matter(matter: str, *keys: str) -> None:
    """Wait until no other transaction works on these keys of a matter; the lock ends with the present transaction.

    An app may lock only its own matters (`sql/functions.sql`), a worker any.
    """
    if keys:
        prepared_rows("SELECT kernel_lock(%s, %s)", [matter, list(keys)])
