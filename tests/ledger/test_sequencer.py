# SPDX-License-Identifier: EUPL-1.2
"""Entries get their leaves in an order that is final, whatever else is going on."""

import datetime as dt
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from django.db import connection, connections

from rollkeeper.kernel import database, stores
from rollkeeper.ledger import queries, tree
from rollkeeper.ledger.errors import LEAF_CHANGED
from rollkeeper.ledger.leaves import leaf_bytes, root_of
from rollkeeper.ledger.secrets import secrets_of
from rollkeeper.ledger.services import append_entry, integrate
from rollkeeper.ledger.verbs import Verb
from tests.ledger.tiles import require_tiles
from tests.refusals import refusing

INSERT = (
    "INSERT INTO ledger_entry (at, day, verb, body)"
    " SELECT now(), '2012-03-02', 'line:line:changed', 'entry ' || n FROM generate_series(%s::int, %s::int) AS n"
)


class SomeActor:
    staff_id = None
    commitment = "worker"


@contextmanager
def writer():
    """A separate connection in the role of the nightly run, in an open transaction."""
    with database.connect(stores.REGISTER, "migrator") as own:
        own.execute("BEGIN")
        own.execute("SELECT pg_current_xact_id()")
        yield own


def write(own, first, last=None):
    own.execute(INSERT, [first, first if last is None else last])


def leaves():
    """The bodies in the order of their leaves."""
    found = database.rows(
        "SELECT leaf_index, entry_id, leaf_class, l.day::text AS day, root, leaf_hash, body"
        " FROM ledger_leaf l JOIN ledger_entry USING (entry_id) ORDER BY leaf_index"
    )
    assert [row.leaf_index for row in found] == list(range(len(found)))
    secrets = secrets_of([row.entry_id for row in found])
    for row in found:
        root = root_of(row.body, secret=secrets[row.entry_id], entry_id=row.entry_id)
        assert root == bytes(row.root)
        assert bytes(row.leaf_hash) == tree.leaf_hash(leaf_bytes(row.leaf_class, row.day, root))
    return [row.body for row in found]


def test_an_entry_has_a_leaf_after_the_next_run(ledger):
    append_entry(SomeActor(), verb=Verb.CANARY_OPENED, role="worker", on=dt.date(2012, 3, 2))

    done = integrate()

    assert (done.size, done.added) == (1, 1)
    assert '"verb":"vault:canary:opened"' in leaves()[0]


def test_a_second_run_finds_nothing_new(ledger):
    with writer() as one:
        write(one, 1, 300)
        one.execute("COMMIT")
    integrate()

    done = integrate()

    assert (done.size, done.added) == (300, 0)


def test_an_entry_that_committed_before_an_older_transaction_waits_for_it(ledger):
    with writer() as older, writer() as younger:
        write(younger, 2)
        write(older, 1)
        younger.execute("COMMIT")

        while_open = integrate()
        older.execute("COMMIT")
        afterwards = integrate()

    assert (while_open.size, afterwards.size) == (0, 2)
    assert leaves() == ["entry 1", "entry 2"]


def test_an_entry_committed_late_is_neither_lost_nor_inserted_before_others(ledger):
    with writer() as first, writer() as second, writer() as third:
        write(third, 3)
        write(first, 1)
        third.execute("COMMIT")
        integrate()
        first.execute("COMMIT")
        integrate()
        before = leaves()
        write(second, 2)
        second.execute("COMMIT")
        integrate()

    assert leaves()[: len(before)] == before
    assert sorted(leaves()) == ["entry 1", "entry 2", "entry 3"]


def test_what_was_rolled_back_leaves_no_gap(ledger):
    with writer() as kept, writer() as dropped:
        write(dropped, 1)
        write(kept, 2)
        dropped.execute("ROLLBACK")
        kept.execute("COMMIT")

    done = integrate()

    assert done.size == 1
    assert leaves() == ["entry 2"]


def test_the_entries_of_the_very_transaction_that_integrates_wait(ledger):
    with database.action():
        append_entry(SomeActor(), verb=Verb.CANARY_OPENED, role="worker", on=dt.date(2012, 3, 2))
        within = integrate()

    afterwards = integrate()

    assert (within.size, afterwards.size) == (0, 1)


def test_a_writer_does_not_wait_for_the_integrator(ledger):
    with writer() as other:
        write(other, 1)
        other.execute("COMMIT")
    with database.action():
        integrate()

        with writer() as meanwhile:
            meanwhile.execute("SET lock_timeout = '50ms'")
            write(meanwhile, 2)
            meanwhile.execute("COMMIT")

    assert integrate().size == 2


def test_an_open_transaction_blocks_no_other_writer(ledger):
    with writer() as tenure:
        write(tenure, 1, 300)

        with writer() as other:
            other.execute("SET lock_timeout = '50ms'")
            write(other, 301)
            other.execute("COMMIT")
        append_entry(SomeActor(), verb=Verb.CANARY_OPENED, role="worker", on=dt.date(2012, 3, 2))
        while_held = integrate()

        assert tenure.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS
        tenure.execute("COMMIT")

    assert (while_held.size, integrate().size) == (0, 302)


def leaf_hashes():
    found = database.rows("SELECT leaf_hash FROM ledger_leaf ORDER BY leaf_index")
    return b"".join(bytes(row.leaf_hash) for row in found)


class Writers:
    """Transactions of one entry each that dawdle, and now and then are rolled back."""

    def __init__(self, seed):
        self.seed, self.committed = seed, []

    def write(self, number):
        dice = random.Random(self.seed * 100 + number)  # noqa: S311
        with database.connect(stores.REGISTER, "migrator") as own:
            for name in range(number * 1000, number * 1000 + 40):
                own.execute("BEGIN")
                write(own, name)
                own.execute("SELECT pg_sleep(%s)", [max(0, dice.random() - 0.5) / 50])
                if dice.random() < 0.2:
                    own.execute("ROLLBACK")
                else:
                    own.execute("COMMIT")
                    self.committed.append(f"entry {name}")


def integrate_until(done):
    try:
        while not done.is_set():
            integrate()
    finally:
        connections.close_all()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_writers_and_integrators_all_at_once_lose_nothing(ledger, seed):
    writers, done = Writers(seed), threading.Event()
    with ThreadPoolExecutor(8) as pool:
        integrating = [pool.submit(integrate_until, done) for _ in range(2)]
        list(pool.map(writers.write, range(1, 7)))
        done.set()
        assert [future.result() for future in integrating] == [None, None]

    integrate()

    in_order = [row.body for row in database.rows("SELECT body FROM ledger_entry ORDER BY xid, entry_id")]
    assert leaves() == in_order
    assert sorted(in_order) == sorted(writers.committed)


@pytest.mark.soak
def test_tiles_filled_in_many_steps_are_those_of_the_leaves_and_of_the_tiles_below(ledger, monkeypatch):
    """Those of one step: with what is published of so many entries."""
    monkeypatch.setattr("rollkeeper.ledger.sequencer.STEP_ENTRIES", 1000)
    with writer() as one:
        write(one, 1, 65_536 + 300)
        one.execute("COMMIT")

    integrate()

    require_tiles(leaf_hashes(), 257)


def test_entries_taken_in_many_parts_and_steps_have_the_order_of_one(ledger, monkeypatch):
    for name, size in (("STEP_ENTRIES", 250), ("_TAKEN_AT_ONCE", 100), ("_MADE_AT_ONCE", 30)):
        monkeypatch.setattr(f"rollkeeper.ledger.sequencer.{name}", size)
    with writer() as older, writer() as younger:
        write(younger, 401, 777)
        write(older, 1, 400)
        older.execute("COMMIT")
        younger.execute("COMMIT")

    done = integrate()

    assert (done.size, done.added) == (777, 777)
    assert leaves() == [f"entry {n}" for n in range(1, 778)]
    assert [
        bytes(row.hashes) for row in database.rows("SELECT hashes FROM ledger_tile ORDER BY tile_index")
    ] == [leaf_hashes()[at : at + 8192] for at in (0, 8192, 16384)]
    assert not database.rows("SELECT FROM ledger_appended")
    assert not database.rows("SELECT FROM ledger_fault")


def test_no_tile_is_made_over_a_leaf_that_is_missing(fill, superuser):
    fill(1, 300)
    integrate()
    with superuser() as own:
        own.execute("DELETE FROM ledger_leaf WHERE leaf_index = 290")
    fill(301, 600)

    with refusing(LEAF_CHANGED, match="Leaf 290 "):
        integrate()


def test_what_no_program_wrote_is_hashed_letter_by_letter(ledger):
    odd = ["\\N", "a\tb\nc\\d", "\b\f\r\v\\b", '{"a":"\\n"}', "", "\\."]
    for body in odd:
        database.run(
            "INSERT INTO ledger_entry (at, day, verb, body) VALUES (now(), '2012-03-02', 'line:line:changed', %s)",
            [body],
        )

    integrate()

    assert leaves() == odd


def test_a_tree_that_grows_by_ones_is_the_tree_that_grows_at_once(ledger):
    with writer() as one:
        for number in range(1, 260):
            write(one, number)
            one.execute("COMMIT")
            if number % 7 == 0:
                integrate()
            one.execute("BEGIN")

    integrate()

    (tile,) = database.rows("SELECT * FROM ledger_tile")
    assert bytes(tile.hashes) == leaf_hashes()[: 256 * 32]


def test_after_a_restore_into_another_cluster_every_entry_gets_a_leaf(ledger):
    def from_the_old_cluster(first, last):
        database.run(
            "INSERT INTO ledger_entry (at, day, verb, body, xid)"
            " SELECT now(), '2012-03-02', 'line:line:changed', 'entry ' || n, (4000000000 + n)::text::xid8"
            " FROM generate_series(%s::int, %s::int) AS n",
            [first, last],
        )

    from_the_old_cluster(1, 5)
    database.run(
        "INSERT INTO ledger_leaf (leaf_index, entry_id, leaf_class, day, root, leaf_hash)"
        " SELECT row_number() OVER (ORDER BY entry_id) - 1, entry_id, 'other', day, sha256(''), sha256('')"
        " FROM ledger_entry WHERE body <= 'entry 3'"
    )
    database.run(
        "INSERT INTO ledger_integration (size, through_xid, through_entry, floor_entry, cluster)"
        " VALUES (3, '4000000003', 3, 0, 1)"
    )

    restored = integrate()
    with writer() as one:
        write(one, 6, 7)
        one.execute("COMMIT")
    later = integrate()

    assert (restored.size, later.size) == (5, 7)
    in_order = database.rows(
        "SELECT body FROM ledger_leaf JOIN ledger_entry USING (entry_id) ORDER BY leaf_index"
    )
    assert [row.body for row in in_order] == [f"entry {n}" for n in range(1, 8)]


def test_the_integrator_may_do_its_work_and_nothing_more(ledger, as_role):
    with writer() as one:
        write(one, 1, 257)
        one.execute("COMMIT")

    with as_role("worker"):
        done = integrate()

    assert done.size == 257


def test_no_entry_is_given_two_leaves_even_by_hand(register):
    leaf = "INSERT INTO ledger_leaf VALUES (%s, 7, 'other', '2012-03-02', sha256(''), sha256(''))"
    database.run(leaf, [0])

    with pytest.raises(Exception, match="ledger_leaf_entry_id"), connection.cursor() as cursor:
        cursor.execute(leaf, [1])


def test_the_order_is_that_of_the_transactions_not_of_the_numbers(ledger):
    with writer() as older, writer() as younger:
        write(younger, 1)
        write(older, 2)
        older.execute("COMMIT")
        younger.execute("COMMIT")

    integrate()

    assert leaves() == ["entry 2", "entry 1"]


def test_a_writer_that_never_ends_is_not_waited_for(ledger):
    with writer() as before:
        write(before, 1)
        before.execute("COMMIT")
    with writer() as endless:
        write(endless, 2)

        done = integrate()

        assert done.size == 1
        assert endless.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS


def test_an_entry_that_was_put_in_behind_the_tree_is_named_and_one_that_waits_is_not(ledger):
    database.run(INSERT, [1, 3])
    integrate()
    database.run(
        "INSERT INTO ledger_entry (at, day, verb, body, xid)"
        " VALUES (now(), '2012-03-02', 'line:line:changed', 'forged', '3'::xid8)"
    )
    database.run(INSERT, [4, 4])
    (forged,) = (
        row.entry_id for row in database.rows("SELECT entry_id FROM ledger_entry WHERE body = 'forged'")
    )

    before, _, after = queries.skipped_entries(), integrate(), queries.skipped_entries()

    assert before == after == [forged]
    assert "forged" not in leaves()


def test_an_entry_under_a_number_that_a_restore_had_adopted_is_named_too(ledger):
    database.run(INSERT, [1, 3])
    integrate()
    database.run(
        "INSERT INTO ledger_integration (size, through_xid, through_entry, floor_entry, cluster)"
        " SELECT size, through_xid, through_entry, floor_entry, cluster - 1 FROM ledger_integration"
        " ORDER BY step_id DESC LIMIT 1"
    )
    integrate()
    assert queries.skipped_entries() == []

    database.run(
        "INSERT INTO ledger_entry (entry_id, at, day, verb, body) OVERRIDING SYSTEM VALUE"
        " SELECT min(entry_id) - 1, now(), '2012-03-02', 'line:line:changed', 'forged' FROM ledger_entry"
    )
    integrate()

    assert len(queries.skipped_entries()) == 1
