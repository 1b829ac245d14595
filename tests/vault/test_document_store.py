# SPDX-License-Identifier: EUPL-1.2
"""Copies of documents: sealed with the person's key, in a folder or in a real S3-compatible store, and gone with the person."""

import dataclasses
import os
import stat
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from obstore.store import S3Store

from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.settings import data_dir as data_folder
from rollkeeper.kernel.settings import write_settings
from rollkeeper.operations.document_backup import mirror_documents, restore_documents
from rollkeeper.operations.errors import DOCUMENT_COPIES_MISSING
from rollkeeper.vault import document_store, wire
from rollkeeper.vault.errors import DOCUMENT_STORE_UNAVAILABLE, CannotOpen
from rollkeeper.vault.fields import Purpose
from rollkeeper.vault.services import begin_first_epoch, open_copy, remove_copies, seal_persons, shred
from tests.kernel.test_deadlines import HTTP, dripping
from tests.refusals import refusing
from tests.vault.conftest import DAY, person
from tests.vault.seaweed import BUCKET, seaweed

FRONT, BACK = b"\xff\xd8 an invented front", b"\xff\xd8 an invented back" * 500


@pytest.fixture(scope="module")
def bucket(tmp_path_factory):
    with seaweed(tmp_path_factory.mktemp("seaweed")) as running:
        yield running


@pytest.fixture(params=["folder", "s3"])
def store(request, committed, tmp_path):
    """A store that is empty, and what it is called in the settings."""
    begin_first_epoch()
    url = f"file://{tmp_path}/copies"
    if request.param == "s3":
        running = request.getfixturevalue("bucket")
        (data_folder() / "secrets" / "documents.toml").write_text(running.secrets)
        url = f"s3://{BUCKET}/{tmp_path.name}"
    write_settings(vault={"documents_url": url})
    document_store.prepare()
    yield url
    write_settings(vault={"documents_url": None})
    (data_folder() / "secrets" / "documents.toml").unlink(missing_ok=True)


@pytest.fixture
def folder(committed, tmp_path):
    begin_first_epoch()
    write_settings(vault={"documents_url": f"file://{tmp_path}/copies"})
    document_store.prepare()
    yield tmp_path / "copies"
    write_settings(vault={"documents_url": None})


def intake(*kept):
    record = dataclasses.replace(person(), copies=kept or (FRONT, BACK))
    seal_persons([record])
    return record


def opened(officer, record, position=0):
    return open_copy(
        officer, person_id=record.person_id, tenure_id=record.tenure_id, position=position,
        purpose=Purpose.CORRECTION, on=DAY,
    ).reveal_copy()  # fmt: skip


def pairs_of(record):
    return [(record.person_id, record.tenure_id)]


def test_a_copy_is_opened_as_it_was_kept_and_the_ledger_says_so_first(store, officer):
    record = intake()

    assert [opened(officer, record, position) for position in (0, 1)] == [FRONT, BACK]
    said = rows("SELECT body FROM ledger_entry WHERE verb = 'vault:sealed:opened'")
    assert len(said) == 2
    assert all("document_copy" in str(row.body) for row in said)


class Endless(BaseHTTPRequestHandler):
    """A store that answers with as much as anyone takes."""

    sent = 0

    def do_GET(self):
        self.send_response(200)
        for name, value in (
            ("Content-Length", 1 << 40),
            ("ETag", '"a"'),
            ("Last-Modified", "Thu, 01 Mar 2012 00:00:00 GMT"),
        ):
            self.send_header(name, str(value))
        self.end_headers()
        try:
            while Endless.sent < 300 << 20:
                self.wfile.write(bytes(1 << 20))
                Endless.sent += 1 << 20
        except OSError:
            pass

    def log_message(self, *_):
        pass


def test_a_store_that_never_ends_fills_no_memory(committed, officer, monkeypatch):
    begin_first_epoch()
    record = intake(FRONT)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    lies = S3Store(
        "copies", endpoint=f"http://127.0.0.1:{server.server_port}", access_key_id="a", secret_access_key="b",
        region="us-east-1", client_options={"allow_http": True},
    )  # fmt: skip
    monkeypatch.setattr(document_store, "_LARGEST_BYTES", 4 << 20)
    monkeypatch.setattr(document_store, "folder", lambda: None)
    monkeypatch.setattr(document_store, "_store", lambda: lies)
    try:
        with pytest.raises(CannotOpen):
            opened(officer, record)
    finally:
        server.shutdown()
        server.server_close()

    assert Endless.sent < 100 << 20


def test_without_the_persons_key_nothing_opens_though_the_object_is_there(store, officer):
    record = intake()

    shred(pairs_of(record))

    assert document_store.look() == (2, [])
    with pytest.raises(CannotOpen):
        opened(officer, record)


def test_what_is_removed_is_gone_from_the_store_and_removing_it_again_does_nothing(store, officer):
    record, other = intake(), intake(FRONT)

    for _ in range(2):
        assert remove_copies(pairs_of(record), recorded=True) == 2
    assert opened(officer, other) == FRONT
    assert sorted(document_store.look()[1]) == sorted(
        document_store.name_of(record.person_id, record.tenure_id, position) for position in (0, 1)
    )


def test_what_was_put_and_never_recorded_is_found_by_its_tenure(store):
    record, other = intake(), intake(FRONT)
    run("DELETE FROM vault_copy WHERE tenure_id = %s", [record.tenure_id])

    assert [remove_copies(pairs_of(record), recorded=False) for _ in range(2)] == [2, 0]
    assert document_store.look() == (1, [])
    assert remove_copies(pairs_of(other), recorded=True) == 1


def test_what_an_older_register_does_not_know_is_removed(store):
    record, _ = intake(), intake(FRONT)
    run("DELETE FROM vault_copy WHERE tenure_id = %s", [record.tenure_id])

    assert [document_store.remove_unknown() for _ in range(2)] == [2, 0]
    assert document_store.look() == (1, [])


def files(folder: Path):
    return sorted(file for file in folder.rglob("*") if file.is_file())


def test_an_object_that_was_swapped_or_bent_does_not_open(folder, officer):
    record, other = intake(FRONT), intake(FRONT)
    one, another = files(folder)
    one.write_bytes(another.read_bytes())
    another.write_bytes(another.read_bytes()[:-1] + b"\x00")

    for each in (record, other):
        with pytest.raises(CannotOpen):
            opened(officer, each)


@pytest.mark.parametrize("changed", ["person", "tenure", "position"])
def test_a_copy_is_bound_to_its_person_its_tenure_and_its_place(changed):
    bound = {"person": bytes(16), "tenure": bytes(16), "position": 0}
    sealed = wire.seal_copy(bytes(32), FRONT, **bound)
    other = bound | {changed: 1 if changed == "position" else b"\x01" * 16}

    assert wire.open_copy(bytes(32), sealed, **bound) == FRONT
    with pytest.raises(CannotOpen):
        wire.open_copy(bytes(32), sealed, **other)


def test_nothing_of_a_picture_and_only_references_are_in_the_folder(folder):
    record = intake(BACK)

    (file,) = files(folder)
    assert file.read_bytes().count(b"invented") == 0
    assert len(file.read_bytes()) == 1 + 12 + 3 * 4096 + 16
    assert str(file.relative_to(folder)) == document_store.name_of(record.person_id, record.tenure_id, 0)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_store_that_drips_its_answer_is_given_up(committed, monkeypatch):
    begin_first_epoch()
    monkeypatch.setattr(document_store, "_PATIENCE", {"timeout": "600ms", "connect_timeout": "600ms"})
    secrets = data_folder() / "secrets" / "documents.toml"
    with dripping(HTTP) as (place, gone):
        secrets.write_text(
            f'endpoint = "http://{place}"\naccess_key_id = "a"\nsecret_access_key = "b"\nallow_http = true\n'
        )
        write_settings(vault={"documents_url": "s3://copies/elsewhere"})
        document_store._elsewhere.cache_clear()
        try:
            with refusing(DOCUMENT_STORE_UNAVAILABLE):
                intake()
        finally:
            write_settings(vault={"documents_url": None})
            secrets.unlink()
            document_store._elsewhere.cache_clear()

    assert 0 < len(gone) < len(HTTP) / 4
    assert rows("SELECT FROM vault_copy") == []


@pytest.mark.parametrize("url", ["file:///proc/nowhere/copies", "s3://copies/elsewhere"])
def test_a_store_that_does_not_answer_is_said_and_nothing_is_recorded(committed, url):
    begin_first_epoch()
    secrets = data_folder() / "secrets" / "documents.toml"
    secrets.write_text('endpoint = "http://127.0.0.1:9"\naccess_key_id = "a"\nsecret_access_key = "b"\n')
    write_settings(vault={"documents_url": url})
    document_store._elsewhere.cache_clear()
    try:
        with refusing(DOCUMENT_STORE_UNAVAILABLE):
            intake()
    finally:
        write_settings(vault={"documents_url": None})
        secrets.unlink()
        document_store._elsewhere.cache_clear()
    assert rows("SELECT FROM vault_copy") == []


def test_a_backup_follows_the_folder_and_forgets_what_was_removed(folder, tmp_path):
    kept, gone = intake(FRONT), intake(BACK)
    first = mirror_documents(tmp_path / "backup")
    remove_copies(pairs_of(gone), recorded=True)
    run("DELETE FROM vault_copy WHERE tenure_id = %s", [gone.tenure_id])
    intake(FRONT)

    second = mirror_documents(tmp_path / "backup")

    assert (first, second) == (2, 1)
    there = tmp_path / "backup" / "documents"
    assert [f.relative_to(there) for f in files(there)] == [f.relative_to(folder) for f in files(folder)]
    assert (there / document_store.name_of(kept.person_id, kept.tenure_id, 0)).read_bytes()


@pytest.fixture
def foreign(tmp_path):
    """A folder that is none of the store's, such as the one of the keys."""
    place = tmp_path / "foreign"
    (place / "below").mkdir(parents=True)
    for file in (place / "root.key", place / "below" / "root.key"):
        file.write_text("a secret")
    return place


def plant(place: Path, record, target: Path, *, how: str) -> None:
    """Put a link where a copy, its folder or the folder of that lies: an app that seals may add to the store."""
    name = place / document_store.name_of(record.person_id, record.tenure_id, 0)
    link = {"copy": name, "tenure": name.parent, "digits": name.parent.parent}[how]
    if link.is_dir():
        link.rename(link.with_name(f"{link.name} away"))
    link.parent.mkdir(parents=True, exist_ok=True)
    link.unlink(missing_ok=True)
    link.symlink_to(target / "root.key" if how == "copy" else target)


PLANTED = pytest.mark.parametrize("how", ["copy", "tenure", "digits"])


@PLANTED
def test_no_removal_goes_through_a_link_that_an_app_put_into_the_store(folder, foreign, how):
    record = intake(FRONT)
    plant(folder, record, foreign, how=how)
    run("DELETE FROM vault_copy WHERE tenure_id = %s", [record.tenure_id])

    remove_copies(pairs_of(record), recorded=False)
    document_store.remove_unknown()

    assert [file.read_text() for file in files(foreign)] == ["a secret", "a secret"]


@PLANTED
def test_no_copy_is_kept_behind_a_link_that_an_app_put_into_the_store(folder, foreign, officer, how):
    record = dataclasses.replace(person(), copies=(FRONT,))
    plant(folder, record, foreign, how=how)
    before = sorted(foreign.rglob("*"))

    seal_persons([record])

    assert sorted(foreign.rglob("*")) == before
    assert [file.read_text() for file in files(foreign)] == ["a secret", "a secret"]
    assert opened(officer, record) == FRONT


@PLANTED
def test_no_backup_takes_what_lies_behind_a_link_in_the_store(folder, foreign, tmp_path, how):
    plant(folder, intake(FRONT), foreign, how=how)

    mirror_documents(tmp_path / "backup")

    assert not [file for file in files(tmp_path / "backup") if file.read_bytes() == b"a secret"]


@PLANTED
def test_no_backup_and_no_restore_goes_through_a_link_in_the_folder_of_backups(
    folder, foreign, tmp_path, monkeypatch, how
):
    record, backup = intake(FRONT), tmp_path / "backup"
    plant(backup / "documents", record, foreign, how=how)

    assert mirror_documents(backup) == 1

    assert [file.read_text() for file in files(foreign)] == ["a secret", "a secret"]
    (copy,) = files(folder)
    assert (backup / "documents" / copy.relative_to(folder)).read_bytes() == copy.read_bytes()
    monkeypatch.setattr("rollkeeper.operations.document_backup.data_dir", lambda: tmp_path)
    plant(backup / "documents", record, foreign, how=how)
    copy.unlink()
    restore_documents(backup)
    assert not [file for file in files(folder) if file.read_bytes() == b"a secret"]


def test_a_pipe_in_place_of_a_copy_keeps_no_one_waiting(folder, officer):
    record = intake(FRONT)
    (copy,) = files(folder)
    copy.unlink()
    os.mkfifo(copy)

    with pytest.raises(CannotOpen):
        opened(officer, record)
    assert document_store.look() == (1, [str(copy.relative_to(folder))])


@pytest.mark.parametrize("lost", ["emptied", "not mounted"])
def test_a_store_that_is_lost_takes_no_copy_out_of_its_backup(folder, tmp_path, lost):
    kept, erased = intake(FRONT), intake(BACK)
    mirror_documents(tmp_path / "backup")
    before = files(tmp_path / "backup")
    run("DELETE FROM vault_copy WHERE tenure_id = %s", [erased.tenure_id])
    folder.rename(tmp_path / "elsewhere")
    if lost == "emptied":
        folder.mkdir()

    with refusing(DOCUMENT_COPIES_MISSING, match="^1 copies"):
        mirror_documents(tmp_path / "backup")

    assert len(before) == 2
    name = document_store.name_of(kept.person_id, kept.tenure_id, 0)
    assert files(tmp_path / "backup") == [tmp_path / "backup" / "documents" / name]


def test_what_a_backup_brings_back_opens_again(committed, officer, tmp_path):
    begin_first_epoch()
    document_store.prepare()
    record = intake(FRONT)
    kept = data_folder() / "documents" / document_store.name_of(record.person_id, record.tenure_id, 0)
    mirror_documents(tmp_path)
    kept.unlink()

    with pytest.raises(CannotOpen):
        opened(officer, record)
    restore_documents(tmp_path)

    assert opened(officer, record) == FRONT
    remove_copies(pairs_of(record), recorded=True)
    assert not kept.exists()
