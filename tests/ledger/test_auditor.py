# SPDX-License-Identifier: EUPL-1.2
"""The auditor needs nothing else, reads published bytes only, and names what is wrong.

The drill: the owner of the database, the files and the signing key changes history in every known way. Each test names what
detects it. `test_drill.py` does the same with a witness.
"""

import ast
import base64
import hashlib
import json
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rollkeeper.ledger import auditor
from rollkeeper.ledger.publication import last_checkpoint_file, publish
from tests.ledger.forgery import FORGERIES, entries, forge

SIZE = 700
BUNDLE = "tile/entries/001"


@pytest.fixture
def log_in_ledger(fill, tmp_path):
    """A published folder over 700 entries, which the ledger holds, and the checkpoint kept when there were 300."""
    fill(1, 300)
    publish(tmp_path / "log")
    shutil.copytree(tmp_path / "log", tmp_path / "kept")
    fill(301, SIZE)
    publish(tmp_path / "log")
    return tmp_path / "log"


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    return tmp_path_factory.mktemp("copies")


@pytest.fixture
def log(request, copies, tmp_path):
    """The same folders, published once for all tests that look at files alone."""
    if any(copies.iterdir()):
        shutil.copytree(copies, tmp_path, dirs_exist_ok=True)
    else:
        request.getfixturevalue("log_in_ledger")
        shutil.copytree(tmp_path, copies, dirs_exist_ok=True)
    return tmp_path / "log"


def verdict(folder, capsys, *, older=(), vkey=None):
    """What the auditor answers, and its exit code."""
    code = auditor.run(folder, vkey=vkey, older=list(older), as_json=True)
    return code, json.loads(capsys.readouterr().out)


def wrong(folder, capsys, **how):
    code, answer = verdict(folder, capsys, **how)
    assert code == 1
    return answer["wrong"]


def test_an_honest_log_is_found_right(log, capsys):
    code, answer = verdict(log, capsys, older=[log.parent / "kept" / "checkpoint", log.parent / "kept"])

    assert code == 0
    assert (answer["size"], answer["older"], answer["key_from_folder"]) == (SIZE, [300, 300], True)


@pytest.mark.parametrize("given", ["a file without a key", "no+key", "/nowhere/at/all"])
def test_a_key_that_is_none_is_a_wrong_call_and_not_a_wrong_ledger(log, tmp_path, capsys, given):
    keyless = tmp_path / "vkey"
    keyless.write_text("no key\n", "utf-8")
    vkey = str(keyless) if given == "a file without a key" else given

    codes = [
        auditor.run(log, vkey=vkey, older=[], as_json=False),
        auditor.run(keyless, vkey=vkey, older=[], as_json=True),
        auditor.run(log, vkey=None, older=[], as_json=True, witness=[vkey]),
    ]

    said = capsys.readouterr()
    assert codes == [2, 2, 2]
    assert said.out == ""
    assert len(said.err.splitlines()) == len(codes)


def test_a_key_from_an_editor_that_marks_its_files_is_the_same_key(log, tmp_path, capsys):
    typed = tmp_path / "operator.vkey"
    typed.write_text((log / "vkey").read_text("utf-8").strip() + "\r\n", "utf-8-sig")

    code, answer = verdict(log, capsys, vkey=str(typed))

    assert (code, answer["size"]) == (0, SIZE)


def test_the_auditor_is_one_file_that_runs_alone(log, tmp_path):
    alone = shutil.copy(auditor.__file__, tmp_path / "auditor.py")

    ran = subprocess.run(
        [sys.executable, "-I", alone, log, "--older", log.parent / "kept" / "checkpoint"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )

    assert (ran.returncode, ran.stderr) == (0, "")
    assert "All 700 entries" in ran.stdout


def test_the_auditor_imports_the_standard_library_and_cryptography_and_nothing_else():
    parsed = ast.parse(Path(auditor.__file__).read_text("utf-8"))
    imported = {
        name.split(".")[0]
        for node in ast.walk(parsed)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert imported - set(sys.stdlib_module_names) == {"cryptography"}


@pytest.mark.parametrize(("size", "tiles"), [(1_500, 1), pytest.param(70_000, 64, marks=pytest.mark.soak)])
def test_a_log_over_many_processes_is_found_as_right_as_over_one(fill, tmp_path, monkeypatch, size, tiles):
    """They share out so many tiles at once, where there are at least four such parts."""
    monkeypatch.setattr(auditor, "CHUNK_TILES", tiles)
    fill(1, size)
    publish(tmp_path)
    key = auditor.read_key((tmp_path / "vkey").read_text())

    assert auditor.audit(tmp_path, key=key, processes=2) == auditor.audit(tmp_path, key=key, processes=1)


# Clumsy: the files are changed and nothing is made to fit.


def change_bundle(log, change):
    """Put other bytes in the place of the leaves 299 and 300, each behind its length."""
    behind_its_length = [len(leaf).to_bytes(2, "big") + leaf for leaf in entries(log, SIZE)[299:301]]
    raw = (log / BUNDLE).read_bytes()
    (log / BUNDLE).write_bytes(raw.replace(b"".join(behind_its_length), b"".join(change(*behind_its_length))))


def test_an_edited_entry_is_named(log, capsys):
    change_bundle(log, lambda one, other: [one.replace(b'"other"', b'"staff"'), other])

    assert wrong(log, capsys).startswith("Entry 299 is the first wrong one")


def test_a_deleted_entry_is_named_by_where_the_bundle_breaks_off(log, capsys):
    change_bundle(log, lambda _, other: [other])

    assert "breaks off at entry 510" in wrong(log, capsys)


def test_an_inserted_entry_is_named(log, capsys):
    change_bundle(log, lambda one, other: [b"\x00\x03new", one, other])

    assert wrong(log, capsys).startswith("Entry 299 is the first wrong one")


def test_swapped_entries_are_named(log, capsys):
    change_bundle(log, lambda one, other: [other, one])

    assert wrong(log, capsys).startswith("Entry 299 is the first wrong one")


@pytest.mark.parametrize("name", [BUNDLE, "tile/entries/002.p/188"])
@pytest.mark.parametrize("more", [b"\x00", b"\x00\x09entry 999", b"Invented Person"])
def test_what_stands_after_the_last_entry_of_a_bundle_is_named(log, capsys, name, more):
    (log / name).write_bytes((log / name).read_bytes() + more)

    assert "goes on after its last entry" in wrong(log, capsys)


@pytest.mark.parametrize("name", ["tile/0/001", "tile/entries/002.p/188", "tile/1/000.p/2"])
def test_a_missing_file_is_named(log, capsys, name):
    (log / name).unlink()

    assert name in wrong(log, capsys)


@pytest.mark.parametrize("name", ["tile/0/001", "tile/0/002.p/188", "tile/1/000.p/2"])
def test_a_changed_tile_is_noticed(log, capsys, name):
    raw = bytearray((log / name).read_bytes())
    raw[-1] ^= 1
    (log / name).write_bytes(bytes(raw))

    assert "tile/" in wrong(log, capsys)


def test_a_longer_tile_is_noticed(log, capsys):
    with (log / "tile/0/001").open("ab") as out:
        out.write(bytes(32))

    assert "more hashes than there are entries" in wrong(log, capsys)


def test_a_checkpoint_without_the_right_signature_is_noticed(log, capsys):
    note = (log / "checkpoint").read_text()
    (log / "checkpoint").write_text(note.replace("\n700\n", "\n699\n"))

    assert "forged or its text was changed" in wrong(log, capsys)


def test_a_checkpoint_of_another_key_is_noticed_by_the_key_that_the_reader_brought(log, capsys):
    other = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

    assert "is not signed by example.com/foo" in wrong(log, capsys, vkey=other)


@pytest.mark.parametrize("vkey", ["", "a+b", "a+00000000+AAAA", "a+zz+" + "A" * 44])
def test_a_key_that_is_none_is_refused(log, capsys, vkey):
    (log / "vkey").write_text(vkey)

    assert "verifier key" in wrong(log, capsys)


@pytest.mark.parametrize(
    "name",
    [
        "a\x1b[2K\rb",
        "a\nAll 700 entries of a fit the signed root.",
        "a\x9b8m",
        "a\u202eb",
        "a\u2067b",
        "a b",
        "a\u3000b",
    ],
)
def test_a_name_that_acts_upon_a_terminal_is_no_name_of_a_ledger(log, capsys, name):
    raw = base64.b64decode((log / "vkey").read_text().strip().split("+", 2)[2])
    key_id = hashlib.sha256(name.encode() + b"\n" + raw).hexdigest()[:8]
    (log / "vkey").write_text(f"{name}+{key_id}+{base64.b64encode(raw).decode()}")

    code = auditor.run(log, vkey=None, older=[], as_json=False)

    assert code == 1
    assert capsys.readouterr().out == "WRONG: The name in that verifier key is none.\n"


def test_a_server_that_answers_as_none_does_is_named(log, capsys):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def give():
            call, _ = server.accept()
            call.recv(1 << 16)
            call.sendall(b"\x1b[2K\r\n\r\n")
            call.close()

        threading.Thread(target=give, daemon=True).start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        code = auditor.run(log, vkey=None, older=[], as_json=False, source=address)

    assert code == 1
    assert capsys.readouterr().out == f"WRONG: {address} does not answer as HTTP does: BadStatusLine.\n"


@pytest.mark.parametrize("text", ["", "\n\n", "a\nb\nc\n\n— x y\n", "\xff" * 10])
def test_a_checkpoint_that_is_none_is_refused(log, capsys, text):
    (log / "checkpoint").write_text(text)

    assert "is not signed by" in wrong(log, capsys)


def test_a_partial_tile_may_be_gone_once_the_full_one_is_there(log, capsys):
    shutil.copy(log.parent / "kept" / "checkpoint", log / "checkpoint")
    (log / "tile/1/000.p/1").unlink(missing_ok=True)
    shutil.copy(log / "tile/1/000.p/2", log / "tile/1/000")

    assert not (log / "tile/entries/001.p").exists()
    code, answer = verdict(log, capsys)
    assert (code, answer["size"]) == (0, 300)


# Careful: everything is rebuilt over the changed entries and signed with the true key. Only what others kept reveals it.


@pytest.mark.parametrize("forgery", FORGERIES)
def test_recomputed_history_does_not_fit_a_checkpoint_kept_outside(log, capsys, forgery):
    forge(log, FORGERIES[forgery](entries(log, SIZE)))

    assert verdict(log, capsys)[0] == 0
    assert wrong(log, capsys, older=[log.parent / "kept" / "checkpoint"]).startswith(
        "History was rewritten: the first 300 entries"
    )


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_reader_who_kept_the_folder_learns_which_entry_changed(log, capsys, forgery):
    forge(log, FORGERIES[forgery](entries(log, SIZE)))

    assert "Entry 9 is the first that differs." in wrong(log, capsys, older=[log.parent / "kept"])


def test_a_truncated_log_with_a_new_head_is_a_log_that_was_rolled_back(log, capsys):
    forge(log, entries(log, SIZE)[:299])

    assert wrong(log, capsys, older=[log.parent / "kept" / "checkpoint"]).startswith(
        "The ledger was rolled back"
    )


def test_a_log_that_was_rolled_back_and_grew_again_is_noticed(log, capsys):
    forge(log, [*entries(log, SIZE)[:250], *(b"different %d" % n for n in range(500))])

    assert "History was rewritten" in wrong(log, capsys, older=[log.parent / "kept" / "checkpoint"])


def test_two_heads_of_one_size_are_noticed_by_two_readers_who_compare(log, capsys):
    shutil.copytree(log, log.parent / "shown_to_another")
    forge(log.parent / "shown_to_another", FORGERIES["edit"](entries(log, SIZE)))

    said = wrong(log, capsys, older=[log.parent / "shown_to_another"])
    assert said.startswith("There are two heads of one size")
    assert "Entry 9 is the first that differs." in said


def test_a_copy_that_was_written_at_once_proves_older_checkpoints_too(log_in_ledger, capsys):
    publish(log_in_ledger.parent / "at_once")

    assert not (log_in_ledger.parent / "at_once" / "tile/entries/001.p").exists()
    assert verdict(log_in_ledger.parent / "at_once", capsys, older=[log_in_ledger.parent / "kept"])[0] == 0


def test_an_honest_log_passes_next_to_every_forgery(log, capsys):
    before = entries(log, SIZE)

    forge(log, before)

    assert verdict(log, capsys, older=[log.parent / "kept"])[0] == 0


def test_a_register_rolled_back_by_its_owner_is_noticed_though_it_signs_again(
    log_in_ledger, fill, superuser, capsys
):
    with superuser() as own:
        own.execute("TRUNCATE ledger_leaf, ledger_tile, ledger_integration, ledger_checkpoint")
        own.execute("DELETE FROM ledger_entry WHERE entry_id > 100")
    last_checkpoint_file().unlink()
    fill(1001, 1400)
    publish(log_in_ledger.parent / "signed_again")

    assert "History was rewritten" in wrong(
        log_in_ledger.parent / "signed_again", capsys, older=[log_in_ledger.parent / "kept" / "checkpoint"]
    )
