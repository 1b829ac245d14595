# SPDX-License-Identifier: EUPL-1.2
"""Check entries against their leaves: what was removed, changed, or has lost its secret.

A leaf commits to its entry: if anyone, even the owner of the database, changes or removes the entry, the leaf shows it.
Each publication checks the newest leaves and the next ones in turn, so that within a week all are checked.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from rollkeeper.kernel import clock, database
from rollkeeper.kernel.ids import EntryId
from rollkeeper.ledger import queries
from rollkeeper.ledger.choices import FaultKind
from rollkeeper.ledger.leaves import root_of
from rollkeeper.ledger.secrets import secrets_of
from rollkeeper.ledger.settings import settings
from rollkeeper.ledger.verbs import Verb

NEWEST = 10_000
_READ_AT_ONCE = 1_000  # 10,000 entries with their bodies take 15 MB of a worker
LEAST_A_ROUND = 10_000
_MINUTES_A_WEEK = 7 * 24 * 60
_CLASSES = {verb.value: verb.leaf_class.value for verb in Verb}


@dataclass(frozen=True, slots=True)
class EntryFault:
    """One entry, and what is wrong with it."""

    kind: FaultKind
    entry_id: EntryId
    leaf_index: int | None = None


def check_some(newest_from: int = 0) -> list[EntryFault]:
    """Check the leaves from `newest_from` on, and the next ones in turn; return every present fault, older ones too.

    A ledger of any size is checked completely within a week, if this is called as often as the settings say.
    """
    size = queries.tree_size()
    found = database.rows("SELECT next_leaf FROM ledger_check")
    first = found[0].next_leaf if found and found[0].next_leaf < size else 0
    share = -(-size * settings().publish_every_minutes // _MINUTES_A_WEEK)
    end = min(size, first + max(LEAST_A_ROUND, share))
    newest = max(newest_from, size - LEAST_A_ROUND)
    check_leaves(first, end)
    check_leaves(end if first <= newest < end else newest, size)
    database.run(
        "INSERT INTO ledger_check AS c (check_id, next_leaf, round_ended_at)"
        " VALUES (1, %(next)s, CASE WHEN %(is_round)s THEN now() END) ON CONFLICT (check_id) DO UPDATE"
        " SET next_leaf = %(next)s, round_ended_at = coalesce(excluded.round_ended_at, c.round_ended_at)",
        {"next": end, "is_round": end == size},
    )
    return standing_faults()


def check_newest() -> list[EntryFault]:
    """Check the newest leaves, and whether each leaf's entry exists; return every present fault."""
    size = queries.tree_size()
    with database.action(), database.without_timeout():
        removed = [row.leaf_index for row in database.rows(database.sql("ledger", "removed_entries"))]
    for index in removed:
        check_leaves(index, index + 1)
    check_leaves(max(0, size - NEWEST), size)
    return standing_faults()


def check_leaves(first: int, end: int, progress: Callable[[int], None] = lambda _: None) -> list[EntryFault]:
    """Check the leaves from `first` up to and without `end`, note what is wrong, and return it."""
    found: list[EntryFault] = []
    for at in range(first, end, _READ_AT_ONCE):
        until = min(end, at + _READ_AT_ONCE)
        part = list(queries.entries(at, until))
        faults = _wrong(part)
        _note(faults, {one.entry_id: one for one in part})
        found += faults
        progress(until - at)
    return found


def standing_faults() -> list[EntryFault]:
    """Return the first noted faults that still exist: an entry that came back from a backup has no fault any more."""
    noted = database.rows("SELECT kind, entry_id, leaf_index FROM ledger_fault ORDER BY fault_id LIMIT 1000")
    early = [
        EntryFault(FaultKind.REMOVED_EARLY, row.entry_id)
        for row in noted
        if row.kind == FaultKind.REMOVED_EARLY
    ]
    later = [
        fault
        for row in noted
        if row.leaf_index is not None
        for fault in _wrong(list(queries.entries(row.leaf_index, row.leaf_index + 1)))
    ]
    return sorted({*early, *later}, key=lambda one: one.entry_id)


def note_restored_keys(*, made_at: dt.datetime) -> None:
    """Note that the restored keys are of this instant: secrets drawn since then are lost, and checks do not count that as a fault."""
    database.run(
        "INSERT INTO ledger_check (check_id, next_leaf, unsalted_since, unsalted_until) VALUES (1, 0, %(since)s, %(until)s)"
        " ON CONFLICT (check_id) DO UPDATE SET unsalted_since = %(since)s, unsalted_until = %(until)s",
        {"since": made_at, "until": clock.now()},
    )


def _wrong(part: Sequence[queries.StoredEntry]) -> list[EntryFault]:
    secrets = secrets_of([one.entry_id for one in part]) if part else {}
    kinds = ((one, _fault_of(one, secrets.get(one.entry_id))) for one in part)
    found = [(one, kind) for one, kind in kinds if kind]
    lost = _lost_with_keys() if any(kind is FaultKind.UNSALTED for _, kind in found) else None
    return [
        EntryFault(kind, one.entry_id, one.leaf_index)
        for one, kind in found
        if not (kind is FaultKind.UNSALTED and lost and one.at and lost[0] <= one.at <= lost[1])
    ]


def _lost_with_keys() -> tuple[dt.datetime, dt.datetime] | None:
    found = database.rows(
        "SELECT unsalted_since, unsalted_until FROM ledger_check WHERE unsalted_since IS NOT NULL"
    )
    return (found[0].unsalted_since, found[0].unsalted_until) if found else None


def _fault_of(one: queries.StoredEntry, secret: bytes | None) -> FaultKind | None:
    if one.body is None or one.verb is None:
        return FaultKind.MISSING
    if one.entry_day != one.day or _CLASSES.get(one.verb, "other") != one.leaf_class:
        return FaultKind.ALTERED
    if secret is None:
        return None if one.is_erased else FaultKind.UNSALTED
    if root_of(one.body, secret=secret, entry_id=one.entry_id) != one.root:
        return FaultKind.ALTERED
    return None


def _note(faults: Sequence[EntryFault], entries: dict[EntryId, queries.StoredEntry]) -> None:
    for fault in faults:
        leaf = entries[fault.entry_id]
        database.run(
            "INSERT INTO ledger_fault (kind, entry_id, leaf_index, leaf_class, day) VALUES (%s, %s, %s, %s, %s)"
            " ON CONFLICT DO NOTHING",
            [fault.kind.value, fault.entry_id, leaf.leaf_index, leaf.leaf_class, leaf.day],
        )
