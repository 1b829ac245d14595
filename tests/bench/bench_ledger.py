# SPDX-License-Identifier: EUPL-1.2
"""The ledger: what a body costs, how fast a million is put into the tree, published and checked."""

import json
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rollkeeper.kernel import database
from rollkeeper.kernel.ids import PersonId, new_uuids
from rollkeeper.ledger import auditor, notes, queries, tree
from rollkeeper.ledger.publication import publish
from rollkeeper.ledger.services import integrate
from rollkeeper.ledger.tile_store import TileStore, bundle, tile_name

TINY = [50, 60]
"""The second size is added to the first: a trial run does both."""
UV = Path(__file__).parents[2] / ".tools" / "bin" / "uv"
Row = tuple[str, int, float, float | None, float | None, str]

FILL = (
    "INSERT INTO ledger_entry (at, day, verb, line_id, person_id, body)"
    " SELECT at, '2012-03-02', verb, line, person, ledger_body(verb, at, '2012-03-02', 'worker', 'worker', NULL, NULL,"
    " line, NULL, jsonb_build_object('field', 'name', 'tenure', line, 'purpose', 'notice'))"
    " FROM (SELECT now() AS at, 'vault:sealed:opened' AS verb, uuidv7() AS line,"
    " (%(persons)s::uuid[])[1 + n %% cardinality(%(persons)s)] AS person FROM generate_series(1, %(more)s) AS n) AS made"
)
FACTS = (
    "jsonb_build_object('anchor', date '2012-01-01' + n % 60, 'batch', line, 'last_day', date '2012-03-01')"
)
BODIES = {
    "checked": "ledger_body('line:line:suspended', now(), '2012-03-02', 'worker', 'worker', repeat('cd', 32), 'art. 3',"
    f" line, NULL, {FACTS})",
    "bare": "jsonb_build_object('actor', 'nightly run', 'article', 'art. 3', 'at', now(), 'day', '2012-03-02', 'facts',"
    f" {FACTS}, 'line', line, 'pack', repeat('cd', 32), 'role', 'nightly run', 'v', 1, 'verb', 'line:line:suspended')::text",
}
CHAIN = """
CREATE TEMP TABLE chain AS
WITH RECURSIVE linked AS (
    SELECT entry_id, sha256(convert_to(body, 'UTF8')) AS hash FROM ledger_entry WHERE entry_id = %(first)s
    UNION ALL
    SELECT e.entry_id, sha256(linked.hash || convert_to(e.body, 'UTF8'))
      FROM linked JOIN ledger_entry e ON e.entry_id = linked.entry_id + 1
)
SELECT * FROM linked
"""


def run(sizes: list[int]) -> list[Row]:
    """Measure the writing of bodies once, the rest at each size in turn, and the checking at ten times the largest size."""
    least = min(sizes)
    rows = [_writing(min(50_000, least))]
    persons = new_uuids(min(20_000, least))
    have = 0
    for size in sorted(sizes):
        rows += _one_size(size, size - have, persons)
        have = size
    return [*rows, _growing(10 * max(sizes))]


def _one_size(size: int, more: int, persons: list[Any]) -> list[Row]:
    integrate()
    with database.action(), database.without_timeout():
        first = database.rows("SELECT coalesce(max(entry_id), 0) + 1 AS id FROM ledger_entry")[0].id
        database.run(FILL, {"persons": persons, "more": more})
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-ledger-"))
    try:
        integrating, integrated = _timed(integrate)
        assert integrated.added == more, (integrated, more)
        publishing, done = _timed(lambda: publish(folder))
        assert done.size >= size, (done.size, size)
        chaining, _ = _timed(lambda: _chain(first))
        others = _pymerkle(folder.with_suffix(".other"), more)
        stored = _proving(done.size, lambda: queries.stored_nodes(done.size), afresh=False)
        files = _proving(done.size, lambda: _published_nodes(folder, done.size), afresh=True)
        verifying = _verifying(folder)
        return [
            ("integrate", more, integrating, chaining, integrating / chaining, "against a plain hash chain in SQL"),
            ("integrate / append to pymerkle's SqliteTree", more, integrating, *_against(integrating, others, 0)),
            ("integrate and publish", done.size, integrating + publishing, None, None, "20 s at 10^6"),
            ("verify the whole", done.size, verifying, None, None, "15 s at 10^6"),
            ("folder, bytes against entries and 33 each", done.size, *_bytes(folder, done.size)),
            ("tables with their indexes, bytes against the same", done.size, *_table_bytes(done.size)),
            ("prove inclusion from published tiles, median", done.size, files, *_against(files, others, 1)[:2], "1 ms"),
            ("prove inclusion from the register, median of 200", done.size, stored, None, None, "1 ms"),
            ("access history, 95th of 100", done.size, _looking(persons), None, None, "200 ms at 10^6"),
        ]  # fmt: skip
    finally:
        shutil.rmtree(folder)
        folder.with_suffix(".other").unlink(missing_ok=True)


def _writing(count: int) -> Row:
    """Write bodies with three facts, checked and in order; the baseline is jsonb of the same values, unchecked and unordered."""
    seconds = {}
    for name, body in BODIES.items():
        statement = f"SELECT max(length({body})) FROM (SELECT n, uuidv7() AS line FROM generate_series(1, {count}) AS n) AS m"  # noqa: S608
        seconds[name] = min(_timed(lambda notified=statement: database.rows(notified))[0] for _ in range(3))
    checked, bare = seconds["checked"], seconds["bare"]
    return "write bodies in SQL / jsonb of the same values", count, checked, bare, checked / bare, ""


def _chain(first: int) -> None:
    with database.action(), database.without_timeout():
        database.run(CHAIN, {"first": first})
        database.run("DROP TABLE chain")


def _pymerkle(file: Path, count: int) -> tuple[float, float] | None:
    """Return how long pymerkle takes to append so many entries and to prove one; None if it cannot be installed."""
    asked = [UV, "run", "--no-project", "--isolated", "--quiet", "--with", "pymerkle==7.0.0", "python"]
    ran = subprocess.run(
        [*asked, Path(__file__).with_name("pymerkle_run.py"), file, str(count)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if ran.returncode:
        print(
            f"PYMERKLE IS NOT HERE: {(ran.stderr.strip().splitlines() or ['it said nothing'])[-1]}",
            flush=True,
        )
        return None
    notified = json.loads(ran.stdout)
    return notified["appending"], notified["proving"]


def _against(
    mine: float, others: tuple[float, float] | None, which: int
) -> tuple[float | None, float | None, str]:
    if others is None:
        return None, None, "pymerkle was not to be had"
    return others[which], mine / others[which], "(for comparison: it stores no inner node)"


def _growing(size: int) -> Row:
    """Check ten times as much, in a log that was made without a register: checking reads files alone."""
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-ledger-"))
    try:
        make_log(folder, size)
        return "verify the whole, its growth", size, _verifying(folder), None, None, "(ten times the entries)"
    finally:
        shutil.rmtree(folder)


def make_log(folder: Path, size: int) -> None:
    """Publish so many invented entries of the usual length, without a register."""
    place, head, tail = (
        TileStore(folder),
        b'{"actor":"worker","facts":{"n":',
        b'},"filling":"' + b"x" * 245 + b'"}',
    )
    below = b""
    for index in range(-(-size // tree.TILE_WIDTH)):
        width = tree.tile_width(0, index, size)
        first = index * tree.TILE_WIDTH
        entries = [b"%b%d%b" % (head, n, tail) for n in range(first, first + width)]
        hashes = b"".join(map(tree.leaf_hash, entries))
        place.write_tile("entries", index, width, bundle(entries))
        place.write_tile(0, index, width, hashes)
        below += tree.root_of(hashes) if width == tree.TILE_WIDTH else b""
    edge = hashes if width < tree.TILE_WIDTH else b""
    root = tree.root_of(below + (tree.root_of(edge) if edge else b""))
    level, tile_bytes = 1, tree.TILE_WIDTH * tree.HASH_BYTES
    while below:
        above = b""
        for index in range(-(-len(below) // tile_bytes)):
            tile = below[index * tile_bytes : (index + 1) * tile_bytes]
            place.write_tile(level, index, len(tile) // tree.HASH_BYTES, tile)
            above += tree.root_of(tile) if len(tile) == tile_bytes else b""
        below, level = above, level + 1
    key = notes.signing_key()
    place.write("vkey", notes.vkey(notes.origin(), key.public_key()).encode())
    place.write("checkpoint", notes.sign(notes.Head(notes.origin(), size, root), key).encode())


def _verifying(folder: Path) -> float:
    seconds, code = _timed(lambda: auditor.run(folder, vkey=None, older=[], as_json=False))
    assert code == 0
    return seconds


def _published_nodes(folder: Path, size: int) -> tree.Node:
    place = TileStore(folder)
    return tree.nodes_from_tiles(
        lambda level, index, width: place.read(tile_name(level, index, width)) or b"", size
    )


def _proving(size: int, nodes: Callable[[], tree.Node], *, afresh: bool) -> float:
    """Return the median time of 200 proofs; with `afresh` each reads its own tiles, else all share a reader, as in a publication."""
    dice, one = random.Random(1), nodes()  # noqa: S311
    wanted = [dice.randrange(size) for _ in range(200)]
    return statistics.median(
        _timed(lambda i=i: tree.prove_inclusion(i, size=size, node=nodes() if afresh else one))[0]
        for i in wanted
    )


def _looking(persons: list[Any]) -> float:
    dice = random.Random(2)  # noqa: S311
    asked = [PersonId(dice.choice(persons)) for _ in range(100)]
    looked = [_timed(lambda who=who: queries.accesses(who)) for who in asked]
    assert all(found for _, found in looked)
    return sorted(seconds for seconds, _ in looked)[94]


def _bytes(folder: Path, size: int) -> tuple[float, float, float, str]:
    held = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    limit = _allowed(size)
    return held, limit, held / limit, "1; the baseline is 1.3 × entries + 33 each"


def _table_bytes(size: int) -> tuple[float, float, float, str]:
    """Return the size of the register's own tables: entries with indexes by person, line, staff and time, and places in the tree."""
    (row,) = database.rows(
        "SELECT sum(pg_total_relation_size(oid)) AS total FROM pg_class WHERE relkind = 'r' AND relname LIKE 'ledger_%%'"
    )
    limit = _allowed(size)
    return float(row.total), limit, float(row.total) / limit, "(the limit is the folder's)"


def _allowed(size: int) -> float:
    (row,) = database.rows("SELECT sum(octet_length(body)) AS total FROM ledger_entry")
    return 1.3 * int(row.total) + 33 * size


def _timed(what: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    found = what()
    return time.perf_counter() - start, found
