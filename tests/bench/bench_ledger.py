# SPDX-License-Identifier: EUPL-1.2
"""The ledger: what an entry costs in its act, how fast a million is put into the tree, published and checked."""

import random
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.enrolment.acts import register_subscriber
from rollkeeper.kernel import database
from rollkeeper.kernel.ids import PersonId, new_uuids
from rollkeeper.ledger import auditor, queries, tree
from rollkeeper.ledger.acts import integrate
from rollkeeper.ledger.publishing import publish
from rollkeeper.vault.acts import begin_first_epoch
from tests.enrolment.people import ON, fresh_number, submission

Row = tuple[str, int, float, float | None, float | None, str]

FILL = (
    "INSERT INTO ledger_entry (at, day, verb, line_id, person_id, body)"
    " SELECT at, '2012-03-02', verb, line, person, ledger_body(verb, at, '2012-03-02', 'sweep', 'sweep',"
    " repeat('cd', 32), 'art. 3', line, NULL, jsonb_build_object('field', 'name', 'purpose', 'notice', 'n', n))"
    " FROM (SELECT n, now() AS at, 'vault:sealed:opened' AS verb, uuidv7() AS line,"
    " (%s::uuid[])[1 + n %% 20000] AS person FROM generate_series(1, %s) AS n) AS made"
)
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
    """Measure the appending once and the rest at each size, growing."""
    rows = [_appending(500)]
    persons = new_uuids(20_000)
    have = 0
    for size in sorted(sizes):
        rows += _one_size(size, size - have, persons)
        have = size
    return rows


def _one_size(size: int, more: int, persons: list[object]) -> list[Row]:
    integrate()
    with database.act(), database.patient():
        first = database.rows("SELECT coalesce(max(entry_id), 0) + 1 AS id FROM ledger_entry")[0].id
        database.run(FILL, [persons, more])
    folder = Path(tempfile.mkdtemp(prefix="rollkeeper-ledger-"))
    try:
        integrating, _ = _timed(integrate)
        publishing, done = _timed(lambda: publish(folder))
        chaining, _ = _timed(lambda: _chain(first))
        verifying, code = _timed(lambda: auditor.run(folder, vkey=None, older=[], as_json=False))
        assert code == 0
        return [
            (
                "integrate",
                more,
                integrating,
                chaining,
                integrating / chaining,
                "against a hash chain in the database",
            ),
            ("integrate and publish", done.size, integrating + publishing, None, None, "20 s at 10^6"),
            ("verify the whole", done.size, verifying, None, None, "15 s at 10^6"),
            ("folder, bytes against entries + 33 each", done.size, *_bytes(folder, done.size)),
            ("prove inclusion, each", done.size, _proving(done.size), None, None, "1 ms"),
            ("who looked, 95th of 100", done.size, _looking(persons), None, None, "200 ms at 10^6"),
        ]
    finally:
        shutil.rmtree(folder)


def _appending(times: int) -> Row:
    """Register people at a counter, one act each, and set the acts beside what they would cost without their entries."""
    begin_first_epoch()
    clerk = Authority(frozenset({StaffRole.CLERK}), None, "c1" * 32)
    in_entries = 0.0

    def timing(execute: Callable[..., object], statement: str, *others: object) -> object:
        nonlocal in_entries
        seconds, found = _timed(lambda: execute(statement, *others))
        in_entries += seconds if "INSERT INTO ledger_entry" in statement else 0
        return found

    asked = [submission(fresh_number()) for _ in range(times + 20)]
    for one in asked[:20]:
        register_subscriber(clerk, one, on=ON)
    with connection.execute_wrapper(timing):
        whole, _ = _timed(lambda: [register_subscriber(clerk, one, on=ON) for one in asked[20:]])
    without = whole - in_entries
    return "register one at a time, entry included", times, whole, without, whole / without, "1.15"


def _chain(first: int) -> None:
    with database.act(), database.patient():
        database.run(CHAIN, {"first": first})
        database.run("DROP TABLE chain")


def _proving(size: int) -> float:
    node = queries.stored_nodes(size)
    dice = random.Random(1)  # noqa: S311
    wanted = [dice.randrange(size) for _ in range(200)]
    seconds, _ = _timed(lambda: [tree.prove_inclusion(i, size=size, node=node) for i in wanted])
    return seconds / len(wanted)


def _looking(persons: list[object]) -> float:
    dice = random.Random(2)  # noqa: S311
    asked = [PersonId(dice.choice(persons)) for _ in range(100)]
    return sorted(_timed(lambda who=who: queries.looks(who))[0] for who in asked)[94]


def _bytes(folder: Path, size: int) -> tuple[float, float, float, str]:
    held = sum(f.stat().st_size for f in folder.rglob("*") if f.is_file())
    (row,) = database.rows("SELECT sum(octet_length(body)) AS total FROM ledger_entry")
    plain = int(row.total)
    return held, plain + 33 * size, held / (1.3 * plain + 33 * size), "1 of 1.3 × entries + 33 each"


def _timed(what: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    found = what()
    return time.perf_counter() - start, found
