# SPDX-License-Identifier: EUPL-1.2
"""Read the ledger: who accessed a person's record, and the tree with its proofs.

The caller must have required an Authority before: this package knows entries, not people's rights.
"""

import base64
import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rollkeeper.kernel import clock, database
from rollkeeper.kernel.ids import EntryId, LineId, PersonId
from rollkeeper.ledger import tree
from rollkeeper.ledger.leaf_classes import LeafClass
from rollkeeper.ledger.leaves import disclose, is_reduced, leaf_bytes, receipt_code
from rollkeeper.ledger.secrets import secret_of
from rollkeeper.ledger.tile_store import LeafTile
from rollkeeper.ledger.verbs import Verb

ACCESS_VERBS = (
    Verb.SEALED_OPENED,
    Verb.LINE_LOOKED_UP,
    Verb.LINE_EXPLAINED,
    Verb.ACCESS_RECORDED,
    Verb.DELEGATE_CHECKED,
)


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """A sealed value was opened, or a line was looked up: when, in which role, which field, for which purpose.

    A lookup shows a line's status and nothing sealed: `field` and `purpose` are then empty. `actor` is the commitment of a member
    of staff, or `console` or `worker`; `leaf_index` is the entry's place in the published tree, None until
    it is integrated; `withheld_until` is the last day on which the person was not shown it, None if it was never withheld.
    """

    entry_id: EntryId
    at: dt.datetime
    day: dt.date
    line_id: LineId | None
    role: str
    actor: str
    field: str
    purpose: str
    leaf_index: int | None
    code: str
    """The code of its receipt, which discloses the entry and proves that it is in the published ledger."""
    withheld_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class TenurePeriod:
    """A line and the period of its tenure; None: from the beginning, until now."""

    line_id: LineId
    since: dt.datetime | None
    until: dt.datetime | None


class StoredEntry(NamedTuple):
    """A leaf and its entry, whose verb, day, body and instant are None if it was removed."""

    leaf_index: int
    entry_id: EntryId
    leaf_class: str
    day: str
    root: bytes
    verb: str | None
    entry_day: str | None
    body: str | None
    at: dt.datetime | None

    @property
    def leaf(self) -> bytes:
        """Return the bytes that are published."""
        return leaf_bytes(self.leaf_class, self.day, self.root)

    @property
    def is_erased(self) -> bool:
        """Tell whether the entry was reduced at an erasure."""
        return self.body is not None and is_reduced(self.body)


@dataclass(frozen=True, slots=True)
class MissingEntry:
    """An entry that is gone, but was recorded in a leaf or a note of what was appended: its class, if known, and its day."""

    entry_id: EntryId
    leaf_class: str | None
    day: dt.date


@dataclass(frozen=True, slots=True)
class Publication:
    """A checkpoint as it was published, with its cosignatures, and when that was by the machine's clock.

    `cosigned_at` is the newest of these cosignatures' instants, None if it had none.
    """

    size: int
    note: str
    published_at: dt.datetime
    cosigned_at: dt.datetime | None


def newest_publication(*, cosigned: bool = False) -> Publication | None:
    """Return the published checkpoint, or the newest that was cosigned; None if there is none."""
    found = database.rows(
        "SELECT size, note, published_at, cosigned_at FROM ledger_publication"
        " WHERE cosigned_at IS NOT NULL OR NOT %s ORDER BY publication_id DESC LIMIT 1",
        [cosigned],
    )
    return Publication(*found[0]) if found else None


def accesses(
    person_id: PersonId | None, *, lines: Sequence[LineId] = (), held: Sequence[TenurePeriod] = ()
) -> list[AccessEntry]:
    """Return every opening of a sealed value of one person, and every access to these lines, the oldest first.

    `lines` are searched for all time, `held` for the period of the tenure. Accesses for a disclosure request with deferred
    notification are left out until that day is over.
    """
    periods = [*held, *(TenurePeriod(line_id, None, None) for line_id in lines)]
    found = database.rows(
        database.sql("ledger", "accesses"),
        {
            "person": person_id, "verbs": [verb.value for verb in ACCESS_VERBS],
            "lines": [one.line_id for one in periods], "sinces": [one.since for one in periods],
            "untils": [one.until for one in periods], "opened": Verb.SEALED_OPENED.value, "today": clock.today(),
        },
    )  # fmt: skip
    return [_access_entry(row) for row in found]


def accesses_of_line(line_id: LineId) -> list[AccessEntry]:
    """Return every access to the present subscriber of a line, or to the line while it has none, the oldest first.

    An app may call it only in the transaction that entered its own access.
    """
    found = database.rows(
        "SELECT * FROM lines_accesses_of(%s, %s, %s)",
        [line_id, [verb.value for verb in ACCESS_VERBS], clock.today()],
    )
    return [_access_entry(row) for row in found]


def tree_size() -> int:
    """Return how many entries have a leaf."""
    found = database.rows("SELECT size FROM ledger_integration ORDER BY step_id DESC LIMIT 1")
    return int(found[0].size) if found else 0


def skipped_entries() -> list[EntryId]:
    """Return up to a hundred entries that the integrator has passed and will never take: their position was forged."""
    with database.action(), database.without_timeout():
        return [EntryId(row.entry_id) for row in database.rows(database.sql("ledger", "skipped_entries"))]


def count_unpublished(*, before: dt.datetime) -> int:
    """Return how many entries from before an instant no published checkpoint covers."""
    newest = newest_publication()
    (row,) = database.rows(
        "SELECT count(*) AS entries FROM ledger_entry e WHERE at < %s"
        " AND NOT EXISTS (SELECT FROM ledger_leaf l WHERE l.entry_id = e.entry_id AND l.leaf_index < %s)",
        [before, newest.size if newest else 0],
    )
    return int(row.entries)


def leaf_of(entry_id: EntryId) -> int | None:
    """Return the entry's place in the tree, None until it is integrated."""
    found = database.rows("SELECT leaf_index FROM ledger_leaf WHERE entry_id = %s", [entry_id])
    return int(found[0].leaf_index) if found else None


def entries(first: int, end: int) -> Iterator[StoredEntry]:
    """Return the leaves from `first` up to and without `end`, with their entries."""
    for row in database.rows(database.sql("ledger", "entries"), {"first": first, "end": end}):
        yield StoredEntry(
            row.leaf_index, EntryId(row.entry_id), row.leaf_class, row.day, bytes(row.root), row.verb, row.entry_day, row.body,
            row.at,
        )  # fmt: skip


def leaf_tiles(first: int, end: int) -> list[LeafTile]:
    """Return the leaves from `first` up to and without `end` by tiles; a full tile has the hashes that the tree stores of it."""
    found = database.prepared_rows(database.sql("ledger", "leaf_roots"), {"first": first, "end": end})
    return [LeafTile(*row) for row in found]


def first_missing_leaf(first: int, end: int) -> int:
    """Return the first leaf from `first` on that is missing; `end` if none is missing."""
    statement = "SELECT leaf_index FROM ledger_leaf WHERE leaf_index >= %s AND leaf_index < %s"
    there = {row.leaf_index for row in database.rows(statement, [first, end])}
    return next((leaf for leaf in range(first, end) if leaf not in there), end)


def missing_accesses(*, since: dt.date | None = None) -> list[MissingEntry]:
    """Return the entries that are gone and may have been accesses; no one can say any more whom they were about.

    Each belongs in the access history of everyone whose record existed on that day.
    """
    values = {"access": LeafClass.ACCESS.value, "since": since or dt.date.min}
    return [
        MissingEntry(EntryId(row.entry_id), row.leaf_class, row.day)
        for row in database.rows(database.sql("ledger", "missing_accesses"), values)
    ]


def stored_tile(level: int, index: int, width: int) -> bytes:
    """Return the first `width` hashes of a tile: as stored if the tile is full; at the edge made from the level below."""
    first = index * tree.TILE_WIDTH
    if width == tree.TILE_WIDTH:
        statement = "SELECT hashes FROM ledger_tile WHERE level = %s AND tile_index = %s"
        found = database.rows(statement, [level, index])
    elif level == 0:
        found = database.rows(database.sql("ledger", "leaf_tiles"), {"first": first, "end": first + width})
    else:
        span = {"below": level - 1, "first": first, "end": first + width}
        found = database.rows(database.sql("ledger", "upper_tiles"), span)
    return bytes(found[0].hashes) if found else b""


def stored_nodes(size: int) -> tree.Node:
    """Return the nodes of the stored tree of `size` leaves, for roots and proofs."""
    return tree.nodes_from_tiles(stored_tile, size)


def receipt(entry_id: EntryId, *, body: str | None = None) -> str | None:
    """Return the proof that an entry is in the published ledger, as a text that is checked without a network.

    The format is c2sp.org/tlog-proof, with the disclosure of the entry (`ledger.leaves`) as its extra line, under the newest
    published checkpoint with its cosignatures. None until a checkpoint covers the entry, and after the entry was erased. A counter
    cannot read entries: it passes the body that it was given.
    """
    index = leaf_of(entry_id)
    newest = newest_publication()
    if index is None or newest is None or newest.size <= index:
        return None
    if body is None:
        (entry,) = entries(index, index + 1)
        body = entry.body
    secret = secret_of(entry_id)
    if body is None or secret is None or is_reduced(body):
        return None
    (leaf,) = database.rows(
        "SELECT leaf_class, day::text AS day FROM ledger_leaf WHERE leaf_index = %s", [index]
    )
    shown = disclose(body, secret=secret, entry_id=entry_id, leaf_class=leaf.leaf_class, day=leaf.day)
    proof = tree.prove_inclusion(index, size=newest.size, node=stored_nodes(newest.size))
    steps = [base64.b64encode(step).decode() for step in proof]
    extra = base64.b64encode(shown).decode()
    return "\n".join(["c2sp.org/tlog-proof@v1", f"extra {extra}", f"index {index}", *steps, "", newest.note])


def _access_entry(row: Any) -> AccessEntry:
    body = json.loads(row.body)
    facts = body.get("facts", {})
    return AccessEntry(
        entry_id=EntryId(row.entry_id), at=row.at, day=row.day, line_id=row.line_id, role=body["role"],
        actor=body["actor"], field=facts.get("field", ""), purpose=facts.get("purpose", ""),
        leaf_index=row.leaf_index, code=receipt_code(row.entry_id, row.body), withheld_until=row.withheld_until,
    )  # fmt: skip
