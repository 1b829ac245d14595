# SPDX-License-Identifier: EUPL-1.2
"""The published folder: every byte where the format wants it, and no head that contradicts another."""

import stat

import pytest

from rollkeeper.kernel import database
from rollkeeper.kernel.settings import write_settings
from rollkeeper.ledger import auditor, notes, queries, tree
from rollkeeper.ledger.errors import (
    FOREIGN_LOG_FOLDER,
    LEAF_CHANGED,
    LedgerHistoryChanged,
    LedgerKeyMissing,
    LedgerRolledBack,
)
from rollkeeper.ledger.publication import last_checkpoint_file, publish
from rollkeeper.ledger.services import integrate
from rollkeeper.ledger.tile_store import TileStore, bundle, tile_name
from tests.ledger import proofs
from tests.ledger.tiles import require_tiles
from tests.refusals import refusing


def files(folder):
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file())


def hashes(first, last):
    return b"".join(tree.leaf_hash(entry.leaf) for entry in queries.entries(first - 1, last))


@pytest.mark.parametrize(
    ("index", "width", "name"),
    [
        (0, 256, "tile/0/000"),
        (999, 256, "tile/0/999"),
        (1000, 256, "tile/0/x001/000"),
        (1_234_067, 256, "tile/0/x001/x234/067"),
        (1_234_067, 7, "tile/0/x001/x234/067.p/7"),
    ],
)
def test_a_tile_is_named_as_the_format_wants(index, width, name):
    assert tile_name(0, index, width) == name
    assert auditor._name("0", index) == name.split(".")[0]


def test_an_entry_stands_behind_its_length():
    assert bundle([b"ab", b"", b"x" * 258]) == b"\x00\x02ab\x00\x00\x01\x02" + b"x" * 258


def test_seventy_thousand_entries_are_these_tiles_and_files(fill, tmp_path):
    fill(1, 70_000)

    publish(tmp_path)

    leaves, names = hashes(1, 70_000), files(tmp_path)
    require_tiles(leaves, 273)
    low = [tile_name(0, i) for i in range(273)]
    bundles = [tile_name("entries", i) for i in range(273)]
    edge = ["tile/0/273.p/112", "tile/entries/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]
    beside = ["README.txt", "auditor.py", "checkpoint", "vkey", "witnesses"]
    assert names == sorted([*beside, *low, *bundles, *edge])
    assert (tmp_path / "tile/0/000").read_bytes() == leaves[: 256 * 32]
    assert (tmp_path / "tile/0/273.p/112").read_bytes() == leaves[273 * 256 * 32 :]
    assert (tmp_path / "tile/2/000.p/1").read_bytes() == tree.root_of(leaves[: 65_536 * 32])
    assert (
        (tmp_path / "tile/entries/273.p/112")
        .read_bytes()
        .startswith(b'\x00\x74{"class":"other","day":"2012-03-02","root":"')
    )
    assert notes.read_head((tmp_path / "checkpoint").read_text()).root == tree.root_of(leaves)


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257])
def test_every_size_is_published_and_found_right(fill, tmp_path, size):
    fill(1, size)

    done = publish(tmp_path)

    assert (done.size, done.added) == (size, size)
    assert auditor.run(tmp_path, vkey=None, older=[], as_json=False) == 0


def test_a_folder_that_grows_by_pieces_is_the_folder_that_was_written_at_once(fill, tmp_path):
    for first, last in [(1, 1), (2, 255), (256, 256), (257, 257), (258, 700), (701, 1000)]:
        fill(first, last)
        publish(tmp_path / "grown")

    publish(tmp_path / "at_once")

    grown = {name: (tmp_path / "grown" / name).read_bytes() for name in files(tmp_path / "grown")}
    at_once = {name: (tmp_path / "at_once" / name).read_bytes() for name in files(tmp_path / "at_once")}
    assert at_once.items() <= grown.items()
    assert grown.keys() - at_once.keys() == {"tile/1/000.p/1", "tile/1/000.p/2"}


def test_publishing_again_changes_nothing(fill, tmp_path):
    fill(1, 300)
    publish(tmp_path)
    before = {name: (tmp_path / name).read_bytes() for name in files(tmp_path)}

    done = publish(tmp_path)

    assert done.added == 0
    assert {name: (tmp_path / name).read_bytes() for name in files(tmp_path)} == before


def test_everybody_may_read_what_is_published(fill, tmp_path):
    fill(1, 3)

    publish(tmp_path / "new" / "log")

    modes = {stat.S_IMODE(f.stat().st_mode) for f in (tmp_path / "new" / "log").rglob("*") if f.is_file()}
    folders = {stat.S_IMODE(f.stat().st_mode) for f in (tmp_path / "new" / "log").rglob("*") if f.is_dir()}
    assert (modes, folders) == ({0o644}, {0o755})


def test_a_register_that_was_set_back_signs_nothing(fill, tmp_path, superuser):
    fill(1, 300)
    publish(tmp_path)
    before = (tmp_path / "checkpoint").read_text()
    with superuser() as own:
        own.execute("DELETE FROM ledger_leaf WHERE leaf_index >= 290")
        own.execute("DELETE FROM ledger_checkpoint")
        own.execute("UPDATE ledger_integration SET size = 290")
        own.execute("DELETE FROM ledger_entry WHERE entry_id > 290")

    with pytest.raises(LedgerRolledBack, match="has 290 entries now, fewer than the 300"):
        publish(tmp_path / "elsewhere")

    assert (tmp_path / "checkpoint").read_text() == before


def test_a_register_that_was_rewritten_tiles_and_all_signs_nothing(fill, tmp_path, superuser):
    fill(1, 300)
    publish(tmp_path)
    with superuser() as own:
        rewrite(own, "UPDATE ledger_entry SET body = 'other' WHERE entry_id = 7")

    with pytest.raises(LedgerHistoryChanged, match="first 300 entries"):
        publish(tmp_path / "elsewhere")


def rewrite(own, statement):
    """Change entries and make leaves and tiles fit again, as the owner of the database can."""
    own.execute(statement)
    own.execute("TRUNCATE ledger_leaf, ledger_tile, ledger_integration")


def test_a_leaf_that_was_changed_is_named_and_nothing_is_signed(fill, tmp_path, superuser):
    fill(1, 300)
    publish(tmp_path)
    fill(301, 400)
    integrate()
    with superuser() as own:
        own.execute("UPDATE ledger_leaf SET root = sha256('') WHERE leaf_index = 349")

    with refusing(LEAF_CHANGED, match="Leaf 349"):
        publish(tmp_path)


@pytest.mark.parametrize("leaves", [(300, 300), (256, 511), (0, 255), (560, 560), (599, 599)])
def test_a_leaf_that_is_missing_is_named_and_nothing_is_signed(fill, tmp_path, superuser, leaves):
    fill(1, 600)
    integrate()
    with superuser() as own:
        own.execute("DELETE FROM ledger_leaf WHERE leaf_index BETWEEN %s AND %s", leaves)

    with refusing(LEAF_CHANGED, match=f"Leaf {leaves[0]} "):
        publish(tmp_path)

    assert not (tmp_path / "checkpoint").exists()


def test_a_leaf_that_was_changed_is_named_where_several_processes_write(
    fill, tmp_path, superuser, monkeypatch
):
    monkeypatch.setattr("rollkeeper.ledger.publication._WRITTEN_AT_ONCE", 1)
    fill(1, 256 * 12)
    integrate()
    with superuser() as own:
        own.execute("UPDATE ledger_leaf SET root = sha256('') WHERE leaf_index IN (2401, 3071)")

    with refusing(LEAF_CHANGED, match="Leaf 2401 "):
        publish(tmp_path)


def test_a_folder_of_another_log_is_left_alone(fill, tmp_path):
    fill(1, 3)
    (tmp_path / "checkpoint").write_text("other.example\n0\n" + "A" * 43 + "=\n\n— other.example AAAA\n")

    with refusing(FOREIGN_LOG_FOLDER):
        publish(tmp_path)


def test_a_lost_key_is_not_replaced_in_silence(fill, tmp_path):
    fill(1, 3)
    publish(tmp_path)
    kept = notes.key_file().rename(notes.key_file().with_suffix(".kept"))

    with pytest.raises(LedgerKeyMissing):
        publish(tmp_path)

    kept.rename(notes.key_file())


def test_a_new_log_under_a_new_name_gets_a_new_key(fill, tmp_path):
    # The advice after a theft of the key was to begin one, and every publication asked for the old key.
    fill(1, 3)
    publish(tmp_path / "old")
    kept = notes.key_file().rename(notes.key_file().with_suffix(".kept"))
    origin = notes.origin()
    write_settings(ledger={"origin": "ledger-2.operator.example"})

    try:
        done = publish(tmp_path / "new")
    finally:
        write_settings(ledger={"origin": origin})
        kept.rename(notes.key_file())

    assert done.public_size == done.size == 3


def test_the_instance_keeps_the_last_checkpoint_even_if_the_database_loses_it(fill, tmp_path, superuser):
    fill(1, 3)

    publish(tmp_path)

    assert last_checkpoint_file().read_text() == (tmp_path / "checkpoint").read_text()
    (row,) = database.rows("SELECT note FROM ledger_checkpoint")
    assert row.note == (tmp_path / "checkpoint").read_text()


def test_the_worker_may_publish(fill, tmp_path, as_role):
    fill(1, 300)

    with as_role("worker"):
        done = publish(tmp_path)

    assert done.size == 300


def test_an_entry_that_is_too_long_to_publish_is_refused_when_it_is_written(register):
    with pytest.raises(Exception, match="ledger_entry_max_length"):
        database.run(
            "INSERT INTO ledger_entry (at, day, verb, body) VALUES (now(), '2012-03-02', 'x', repeat('x', 65536))"
        )


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 700])
def test_a_proof_made_of_published_files_is_that_of_the_register_and_proves_its_leaf(fill, tmp_path, size):
    fill(1, size)
    publish(tmp_path)
    place, stored = TileStore(tmp_path), queries.stored_nodes(size)
    published = tree.nodes_from_tiles(
        lambda level, index, width: place.read(tile_name(level, index, width)), size
    )
    root = tree.root_at(size, stored)

    for index in {0, size // 2, size - 1}:
        proof = tree.prove_inclusion(index, size=size, node=published)

        leaf = hashes(index + 1, index + 1)
        assert proof == tree.prove_inclusion(index, size=size, node=stored)
        assert proofs.is_included(leaf, index=index, size=size, proof=proof, root=root)
