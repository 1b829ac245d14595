# SPDX-License-Identifier: EUPL-1.2
"""Put committed entries into the tree: a leaf for each, in an order that is final, and full tiles over them.

Separate from the services, which only append: this runs later, alone, in steps of one transaction each, and can be killed between
or within any of them. Writers and integrator never wait for each other; an entry whose transaction began before another that is
still open waits for the next run.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rollkeeper.kernel import database
from rollkeeper.ledger import tree

STEP_ENTRIES = 1 << 16
# One integrator at a time; the number is the package's own ("ledger" on a telephone's keys).
LOCK = 533437


@dataclass(frozen=True, slots=True)
class IntegrationResult:
    """The result of a run of the integrator: the new size of the tree, and how many entries were new."""

    size: int
    added: int


def integrate(progress: Callable[[int], None] = lambda _: None) -> IntegrationResult:
    """Give every entry that can have one a leaf, and make the tiles that are full.

    `progress` is given the number of entries after each step. Safe to run twice, at once, and to be killed.
    """
    added = 0
    while True:
        with database.action(), database.without_timeout():
            size, taken = _step()
        added += taken
        progress(taken)
        if taken < STEP_ENTRIES:
            return IntegrationResult(size, added)


def _step() -> tuple[int, int]:
    database.rows("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    (here,) = database.rows("SELECT system_identifier AS cluster FROM pg_control_system()")
    last = _last_step(here.cluster)
    if last["cluster"] == here.cluster:
        database.rows(database.sql("ledger", "by_index"))
        written = database.rows(database.sql("ledger", "integrate"), last | {"most": STEP_ENTRIES})
    else:
        database.run("LOCK TABLE ledger_entry IN SHARE MODE")
        written = database.rows(database.sql("ledger", "adopt"), last | {"cluster": here.cluster})
    size = int(written[0].size) if written else int(last["size"])
    _fill_tiles(size)
    return size, size - int(last["size"])


def _last_step(cluster: int) -> dict[str, Any]:
    found = database.rows(
        "SELECT size, through_xid::text AS through_xid, through_entry, floor_entry, cluster"
        " FROM ledger_integration ORDER BY step_id DESC LIMIT 1"
    )
    nothing_yet = {"size": 0, "through_xid": "0", "through_entry": 0, "floor_entry": 0, "cluster": cluster}
    return found[0]._asdict() if found else nothing_yet


def _fill_tiles(size: int) -> None:
    level = 0
    while full := size >> tree.TILE_HEIGHT * (level + 1):
        (row,) = database.rows(
            "SELECT coalesce(max(tile_index) + 1, 0) AS have FROM ledger_tile WHERE level = %s", [level]
        )
        if row.have == full:
            return
        span = {"first": row.have * tree.TILE_WIDTH, "end": full * tree.TILE_WIDTH, "below": level - 1}
        gathered = database.rows(database.sql("ledger", "upper_tiles" if level else "leaf_tiles"), span)
        database.copy_rows(
            "COPY ledger_tile (level, tile_index, hashes, root) FROM STDIN",
            [(level, tile.tile_index, tile.hashes, tree.root_of(bytes(tile.hashes))) for tile in gathered],
        )
        level += 1
