# SPDX-License-Identifier: EUPL-1.2
"""Makes a code request that gets no code leave as many leaves and transactions as one that gets a code; these leaves are about no one.

Otherwise a stranger who asks at a quiet hour could learn from the number of published leaves which numbers are lines. An attacker with the
portal's database session could learn it from transaction numbers, which PostgreSQL shows to any session in its debug messages.
"""

import datetime as dt
from typing import Final

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.database import action, rows
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.selfcare.settings import settings

LEAVES_OF_A_CODE: Final = 2
"""One for opening the address, one for sending the code."""
TRANSACTIONS_OF_A_CODE: Final = 10
"""More than any request takes, nested transactions included."""


def enter_unsent(authority: Authority, role: str, *, on: dt.date, leaves: int = LEAVES_OF_A_CODE) -> None:
    """Append entries that no code was sent.

    Only up to a limit an hour: otherwise strangers could fill the ledger, whose entries are never deleted. Ledger: selfcare:code:not_sent.
    """
    with action():
        (came,) = rows(
            "SELECT count(*) AS unsent FROM selfcare_coderequest"
            " WHERE line_id IS NULL AND made_at > clock_timestamp() - interval '1 hour'"
        )
        if came.unsent <= settings().unsent_codes_per_hour:
            for _ in range(leaves):
                append_entry(authority, verb=Verb.CODE_NOT_SENT, role=role, on=on)


def next_transaction() -> int:
    """Return the number of the next transaction that writes."""
    return int(rows("SELECT pg_snapshot_xmax(pg_current_snapshot())::text AS number")[0].number)


def fill_up(since: int, *, requests: int) -> None:
    """Add empty transactions until these requests took the same number as any others, the vault's included. Call it outside of an action."""
    for _ in range(requests * TRANSACTIONS_OF_A_CODE - (next_transaction() - since)):
        with action():  # It writes nothing, so it need not wait for the disk.
            rows("SELECT set_config('synchronous_commit', 'off', true), pg_current_xact_id()")
