# SPDX-License-Identifier: EUPL-1.2
"""Erases identity that was sealed for a registration that was then not recorded: refused late, broken off, killed.

The key of such a person was committed first, in the other store; the sealed rows were rolled back, but remain for a time in the
register's pages and in its write-ahead log. So the key is destroyed, and those rows can no longer be opened. A refusal by a rule
happens before anything is sealed, and leaves nothing.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, sql, without_timeout
from rollkeeper.kernel.ids import PersonId, TenureId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.retention.hooks import ABANDONED_ERASERS
from rollkeeper.vault.canaries import lock_canaries
from rollkeeper.vault.services import list_living_keys, remove_copies, shred

UNDER_WAY = dt.timedelta(hours=1)
"""The longest time that an action may take from making the key to its commit; no action comes near."""
LONGEST = dt.timedelta(hours=24)
"""The longest time for which the identity of an abandoned application may be kept."""

type Pairs = list[tuple[PersonId, TenureId]]


def erase_abandoned(authority: Authority, *, on: dt.date) -> int:
    """Erase every abandoned application: its key after an hour, and what higher packages keep of it within a day.

    Return how many there were. Refuses: NOT_ALLOWED, SEAL_ONLY_PROCESS. Ledger: line:application:erased, once a run that found any.
    """
    role = require(authority, Permission.ERASE_DUE)
    return _destroy_keys(authority, role, on=on) + sum(
        erase(authority, on=on) for erase in ABANDONED_ERASERS.each()
    )


def _destroy_keys(authority: Authority, role: StaffRole, *, on: dt.date) -> int:
    pairs = _abandoned(UNDER_WAY)
    if not pairs:
        return 0
    with action():
        lock_canaries()
        pairs = _unrecorded(pairs)
        if pairs:
            append_entry(
                authority, verb=Verb.APPLICATIONS_ERASED, role=role.value, on=on, facts={"keys": len(pairs)}
            )
    shred(pairs)
    remove_copies(pairs, recorded=False)
    return len(pairs)


def count_abandoned(*, older_than: dt.timedelta = UNDER_WAY) -> int:
    """Count abandoned applications of this age whose keys still exist. Refuses: SEAL_ONLY_PROCESS."""
    return len(_abandoned(older_than))


def _abandoned(age: dt.timedelta) -> Pairs:
    made_before = dt.datetime.fromtimestamp(clock.true_seconds(), dt.UTC) - age
    with action(), without_timeout():
        list_living_keys()
        found = rows(sql("retention", "find_abandoned"), {"made_before": made_before})
    return [(PersonId(row.person_id), TenureId(row.tenure_id)) for row in found]


def _unrecorded(pairs: Pairs) -> Pairs:
    """Return the pairs that have neither a tenure nor a file."""
    held = rows(
        "SELECT tenure_id FROM lines_tenure WHERE tenure_id = ANY (%(ids)s)"
        " UNION ALL SELECT file_id FROM vault_file WHERE file_id = ANY (%(ids)s)",
        {"ids": [one for _, one in pairs]},
    )
    recorded = {row.tenure_id for row in held}
    return [pair for pair in pairs if pair[1] not in recorded]
