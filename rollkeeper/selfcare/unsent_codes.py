# SPDX-License-Identifier: EUPL-1.2
"""What a request for a code leaves that gets none: as many leaves and transactions as one that gets one, about no one.

Else a stranger who asks at a quiet hour learns from the number of published leaves which numbers are lines; and who has the portal's session from
the number of its own transaction, which PostgreSQL says to any session that asks for messages for its makers.
"""

import datetime as dt
from typing import Final

from rollkeeper.access.authority import Authority
from rollkeeper.kernel.database import action, rows
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.selfcare.settings import settings

LEAVES_OF_A_CODE: Final = 2
"""The address is opened, and the code is sent."""
TRANSACTIONS_OF_A_CODE: Final = 10
"""More than any takes, with those within others."""


def enter_unsent(authority: Authority, role: str, *, on: dt.date, leaves: int = LEAVES_OF_A_CODE) -> None:
    """Enter that no code was sent.

    Up to a limit, since strangers would fill the ledger, from which no entry goes. Ledger: selfcare:code:not_sent.
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
    """Fill up the transactions that these requests took, those of the vault among them, so that any take as many. Outside of an action."""
    for _ in range(requests * TRANSACTIONS_OF_A_CODE - (next_transaction() - since)):
        with action():  # one that writes nothing waits for no disk
            rows("SELECT set_config('synchronous_commit', 'off', true), pg_current_xact_id()")
