# SPDX-License-Identifier: EUPL-1.2
"""`ledger publish` and `ledger verify`, as they are typed."""

import json
import shutil

from tests.in_process import invoke


def test_what_was_published_is_found_right(fill, tmp_path):
    fill(1, 300)

    published = invoke("ledger", "publish", tmp_path)
    verified = invoke("ledger", "verify", tmp_path)

    assert (published.exit_code, verified.exit_code) == (0, 0)
    assert "300 entries are new" in published.stdout
    assert "All 300 entries" in verified.stdout


def test_a_machine_gets_numbers(fill, tmp_path):
    fill(1, 3)

    published = json.loads(invoke("ledger", "publish", tmp_path, "--json").stdout)
    verified = json.loads(invoke("ledger", "verify", tmp_path, "--json").stdout)

    assert (published["size"], published["added"]) == (3, 3)
    assert verified["right"] is True
    assert verified["root"] == published["root"]


def test_a_changed_entry_ends_with_exit_code_one(fill, tmp_path):
    fill(1, 3)
    invoke("ledger", "publish", tmp_path)
    bundle = tmp_path / "tile/entries/000.p/3"
    bundle.write_bytes(bundle.read_bytes().replace(b'"other"', b'"staff"'))

    verified = invoke("ledger", "verify", tmp_path)

    assert verified.exit_code == 1
    assert "Entry 0 is the first wrong one" in verified.stdout


def test_an_older_checkpoint_is_compared(fill, tmp_path):
    fill(1, 3)
    invoke("ledger", "publish", tmp_path / "log")
    kept = shutil.copy(tmp_path / "log" / "checkpoint", tmp_path / "kept")
    fill(4, 9)
    invoke("ledger", "publish", tmp_path / "log")

    verified = invoke(
        "ledger", "verify", tmp_path / "log", "--older", kept, "--vkey", tmp_path / "log" / "vkey"
    )

    assert verified.exit_code == 0
    assert "continues the checkpoints over 3 entries" in verified.stdout


def test_an_empty_folder_is_no_ledger(tmp_path):
    verified = invoke("ledger", "verify", tmp_path)

    assert verified.exit_code == 1
    assert "vkey cannot be read" in verified.stdout
