"""Backups: two stores apart, sealed, whole or refused; and what the doctor says of their age."""

import dataclasses
import datetime as dt
import io
import json
import os
import shutil
import tarfile
import tempfile
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg
import pytest

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, room, stores
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.locks import exclusive_lock
from rollkeeper.operations import backup, bootstrap, doctor
from rollkeeper.operations import restore as restoring
from rollkeeper.operations.backup import LastBackup, Part
from rollkeeper.operations.bootstrap import open_instance
from rollkeeper.operations.errors import (
    BACKUP_DAMAGED,
    BACKUP_IN_THE_INSTANCE,
    BACKUP_NEEDS_ROOM,
    BACKUP_OF_ANOTHER_INSTANCE,
    BACKUP_OF_UNFINISHED_RESTORE,
    BACKUPS_FROM_DIFFERENT_INSTANCES,
    COPY_FROM_THE_FUTURE,
    DATA_DIR_NOT_EMPTY,
    EMBEDDED_DATABASES,
    EXTERNAL_DATABASES,
    PASSWORDS_OF_OWN_SERVERS,
    RESTORE_INTERRUPTED,
    SECRETS_MISSING,
)
from rollkeeper.operations.restore import finish_restore, restore
from rollkeeper.operations.settings import restored_mark
from rollkeeper.platform import embedded_postgres, pg_backup
from rollkeeper.platform.errors import BACKUP_TOOL_FAILED
from rollkeeper.provisioning.choices import CommandKind
from rollkeeper.provisioning.services import queue_command
from rollkeeper.vault import root
from rollkeeper.vault.archive import ArchiveReader, ArchiveWriter
from rollkeeper.vault.errors import ARCHIVE_OF_ANOTHER_ROOT, ROOT_DOES_NOT_FIT, RootMissing
from rollkeeper.vault.root import root_of_trust
from rollkeeper.vault.services import seal_persons, shred
from rollkeeper.vault.settings import settings as vault_settings
from tests.command_server import common_server
from tests.in_process import invoke
from tests.instances import copy_empty
from tests.processes import is_alive
from tests.refusals import refusing
from tests.vault.conftest import person

pytestmark = pytest.mark.usefixtures("committed")
DAY = dt.date(2012, 3, 2)
BOTH = list(Part)


@pytest.fixture
def folder():
    with tempfile.TemporaryDirectory(prefix="rollkeeper-backups-") as place:
        yield Path(place)


@dataclass(frozen=True)
class Kept:
    """Backups of both stores, of one person, which are only copied; with what was there when they were made."""

    register: backup.Backup
    keys: backup.Backup
    person_id: uuid.UUID
    wrapped: bytes
    entries: list[dict[str, object]]
    left_in_clear: list[Path]

    @property
    def folder(self) -> Path:
        return self.keys.file.parents[1]


@pytest.fixture(scope="module")
def kept(data_dir, empty_everything, tmp_path_factory):
    empty_everything()
    remove_copies()
    one, temporary = person(), tmp_path_factory.mktemp("in-clear")
    seal_persons([one])
    (key,) = rows("SELECT wrapped FROM person_key WHERE person_id = %s", [one.person_id], using="keys")
    with tempfile.TemporaryDirectory(prefix="rollkeeper-backups-") as place:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(tempfile, "tempdir", str(temporary))
            patch.setenv("TMPDIR", str(temporary))
            register, keys = made(Path(place), *BOTH)
        entries = rows("SELECT body::jsonb AS body FROM ledger_entry WHERE verb = 'operations:backup:made'")
        left = [*embedded_postgres.data_dir().glob("checking-*"), *temporary.iterdir()]
        yield Kept(
            register,
            keys,
            one.person_id,
            bytes(key.wrapped),
            [entry.body["facts"] for entry in entries],
            left,
        )
        backup._state_file().unlink(missing_ok=True)


@pytest.fixture(scope="module")
def insides(kept):
    """What is in both, in clear."""
    return {one.part: inside(one.file) for one in (kept.register, kept.keys)}


@pytest.fixture
def backed_up(folder, kept):
    """A folder in which both stores were backed up before."""
    shutil.copytree(kept.folder, folder, dirs_exist_ok=True)
    return folder


def sealed_in(folder: Path) -> dict[Path, bytes]:
    """The backups in a folder, each with its bytes."""
    return {one: one.read_bytes() for one in folder.rglob("*.sealed")}


@pytest.fixture(autouse=True)
def _forgotten():
    remove_copies()
    yield
    backup._state_file().unlink(missing_ok=True)


def remove_copies() -> None:
    """Remove the copies of documents that another file's tests stored."""
    for copies in (embedded_postgres.data_dir() / "documents").glob("*"):
        shutil.rmtree(copies)


def made(folder: Path, *parts: Part) -> list[backup.Backup]:
    return backup.back_up(console_authority(), folder, parts=parts, on=DAY)


def inside(file: Path) -> bytes:
    with backup.opened(file, root=root_of_trust()) as reader:
        return reader.readall()


def raw(word: bytes) -> bytes:
    """Return the bytes of a key that is written in hexadecimal, other words as they are."""
    try:
        return bytes.fromhex(word.decode())
    except ValueError:
        return word


def test_each_store_has_a_backup_of_its_own_that_only_its_owner_may_read(kept):
    folder = kept.folder

    assert kept.register.file.parent == folder / "register"
    assert kept.keys.file == folder / "keys" / "keys.sealed"
    assert {p.stat().st_mode & 0o077 for p in folder.rglob("*")} == {0}
    assert sorted(p.name for p in folder.rglob("*") if p.is_file()) == sorted(
        [kept.register.file.name, "keys.sealed"]
    )


def test_the_registers_are_kept_and_the_keys_are_replaced(backed_up, monkeypatch):
    (first,) = (backed_up / "register").iterdir()
    held = (backed_up / "keys" / "keys.sealed").open("rb")
    monkeypatch.setattr(clock, "true_seconds", lambda: 4_000_000_000)

    second, _ = made(backed_up, *BOTH)

    assert sorted((backed_up / "register").iterdir()) == sorted([first, second.file])
    assert [file.name for file in (backed_up / "keys").iterdir()] == ["keys.sealed"]
    assert not any(held.read()), "the bytes of the older backup of the keys are still there"
    held.close()


def test_the_keys_hold_the_living_and_not_the_destroyed(folder):
    living, gone = person(), person()
    seal_persons([living, gone])
    (before,) = made(folder, Part.KEYS)
    assert str(gone.person_id).encode() in inside(before.file)

    shred([(gone.person_id, gone.tenure_id)])
    (after,) = made(folder, Part.KEYS)

    assert str(living.person_id).encode() in inside(after.file)
    assert str(gone.person_id).encode() not in inside(after.file)


def test_no_secret_of_the_instance_is_in_either(kept, insides):
    words = {
        line.split()[-1].rsplit(":", 1)[-1].encode()
        for file in (embedded_postgres.data_dir() / "secrets").iterdir()
        for line in file.read_text("utf-8").splitlines()
        if not line.startswith(("#", "-"))
    }

    whole = b"".join([*insides.values(), kept.register.file.read_bytes(), kept.keys.file.read_bytes()])

    assert len(words) >= 10
    assert [word for word in words | set(map(raw, words)) if word in whole] == []


def test_the_register_carries_no_key(kept, insides):
    assert kept.person_id.bytes in insides[Part.REGISTER]
    assert kept.wrapped not in insides[Part.REGISTER]


def test_a_backup_leaves_an_entry_by_which_its_file_is_known(kept):
    assert [(one["store"], one["sha256"]) for one in kept.entries] == [
        ("register", kept.register.digest),
        ("keys", kept.keys.digest),
    ]


def test_nothing_in_clear_is_left_behind(kept):
    assert kept.left_in_clear == []


@pytest.mark.parametrize("part", BOTH)
def test_a_backup_that_does_not_read_back_does_not_take_the_place_of_a_good_one(backed_up, part, monkeypatch):
    before = sealed_in(backed_up)
    spoil = backup.ArchiveWriter.finish

    def short(self):
        spoil(self)
        self._out.flush()
        os.ftruncate(self._out.fileno(), self._out.tell() - 1)

    monkeypatch.setattr(backup.ArchiveWriter, "finish", short)
    with refusing(BACKUP_DAMAGED):
        made(backed_up, part)

    assert {f for f in backed_up.rglob("*") if f.is_file()} == before.keys()
    assert sealed_in(backed_up) == before
    assert len(before) == 2


def test_a_tool_that_breaks_off_leaves_no_backup(folder, monkeypatch):
    def broken(*_: object):
        yield b"PGDMP"
        raise BACKUP_TOOL_FAILED(tool="pg_dump", why="it was killed")

    monkeypatch.setattr(pg_backup, "stream_keys", broken)

    with refusing(BACKUP_TOOL_FAILED):
        made(folder, Part.KEYS)
    assert not list((folder / "keys").iterdir())


def test_a_register_whose_pages_were_changed_is_noticed(backed_up):
    register = backup.newest(backed_up, Part.REGISTER)
    with tempfile.TemporaryDirectory(dir=embedded_postgres.data_dir()) as place:
        with backup.opened(register, root=root_of_trust()) as reader:
            backup.unpack_register(reader, to=Path(place))
        (Path(place) / "base" / "1" / "PG_VERSION").write_text("17\n", "utf-8")

        with refusing(BACKUP_TOOL_FAILED):
            pg_backup.verify_register(Path(place))


@pytest.mark.parametrize(
    ("name", "kind"),
    [("/outside", tarfile.REGTYPE), ("base/../../outside", tarfile.REGTYPE), ("pg_tblspc/1", tarfile.SYMTYPE), ("base", tarfile.LNKTYPE),
     ("pipe", tarfile.FIFOTYPE)],
)  # fmt: skip
def test_what_leads_out_of_a_register_or_is_no_file_is_not_unpacked(folder, name, kind):
    place, packed, sealed = folder / "here" / "register", io.BytesIO(), io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "../outside"
        tar.addfile(member)
    place.mkdir(parents=True)
    archive = ArchiveWriter.begin(sealed, root=root_of_trust(), note=b"{}")
    archive.write(packed.getvalue())
    archive.finish()
    sealed.seek(0)

    with pytest.raises(tarfile.FilterError):
        backup.unpack_register(ArchiveReader(sealed, root=root_of_trust()), to=place)

    assert [one for one in folder.rglob("*") if one not in (place, place.parent)] == []


def test_an_unpacked_register_is_its_owners_alone(backed_up):
    register = backup.newest(backed_up, Part.REGISTER)
    with tempfile.TemporaryDirectory(dir=embedded_postgres.data_dir()) as place:
        with backup.opened(register, root=root_of_trust()) as reader:
            backup.unpack_register(reader, to=Path(place))

        found = {
            (one.is_dir(), one.stat().st_mode & 0o777, one.stat().st_uid) for one in Path(place).rglob("*")
        }

    assert found == {(True, 0o700, os.getuid()), (False, 0o600, os.getuid())}


def test_keys_that_break_off_are_not_loaded(data_dir):
    with psycopg.connect(
        host=str(stores.socket_folder(stores.KEYS)), port=stores.KEYS.port, dbname="rollkeeper_keys", user="postgres",
        password=stores.password(stores.KEYS, "postgres"),
    ) as owner:  # fmt: skip
        before = owner.execute("SELECT count(*) FROM epoch").fetchone()

        with refusing(BACKUP_TOOL_FAILED):
            pg_backup.load_keys([b"".join(pg_backup.stream_keys())[:-200]])

        assert owner.execute("SELECT count(*) FROM epoch").fetchone() == before


def test_a_clerk_backs_up_nothing(folder):
    clerk = Authority(frozenset({StaffRole.CLERK}), None, "clerk")

    with refusing(NOT_ALLOWED):
        backup.back_up(clerk, folder, parts=BOTH, on=DAY)
    assert not list(folder.iterdir())


@pytest.mark.parametrize("inside", [".", "backups", "register"])
def test_a_backup_is_not_put_into_the_instance(data_dir, inside):
    with refusing(BACKUP_IN_THE_INSTANCE):
        backup.back_up(console_authority(), data_dir / inside, parts=BOTH, on=DAY)


def test_stores_on_other_servers_are_not_copied(folder, monkeypatch):
    away = instance().model_copy(update={"register_url": "postgresql://db.example/register"})
    monkeypatch.setattr(backup, "instance", lambda: away)

    with refusing(EXTERNAL_DATABASES):
        made(folder, *BOTH)
    with refusing(EXTERNAL_DATABASES):  # the command asks first; it tried to sign in there as the superuser
        backup.estimated_bytes(BOTH)


@pytest.mark.parametrize("url", ["register_url", "keys_url"])
def test_passwords_on_other_servers_are_not_renewed_here(monkeypatch, url):
    away = instance().model_copy(update={url: "postgresql://db.example/database"})
    monkeypatch.setattr(bootstrap, "instance", lambda: away)

    with refusing(PASSWORDS_OF_OWN_SERVERS, match="not renewed"):
        bootstrap.renew_passwords()


def test_finish_restore_works_for_external_databases_alone(monkeypatch):
    there = dt.timezone(
        dt.timedelta(hours=8)
    )  # as the runbook writes them; the ledger has its instants in UTC
    instants = {
        "register_of": dt.datetime(2012, 3, 1, tzinfo=there),
        "keys_of": dt.datetime(2012, 3, 8, tzinfo=there),
    }
    with refusing(EMBEDDED_DATABASES):
        finish_restore(console_authority(), **instants, on=DAY)
    away = instance().model_copy(update={"register_url": "postgresql://db.example/register"})
    monkeypatch.setattr(restoring, "instance", lambda: away)

    back = finish_restore(console_authority(), **instants, on=DAY)

    line_id = uuid.uuid4()
    queue_command(line_id, kind=CommandKind.RESTORE, reason="registration", at=clock.now())
    (command,) = rows("SELECT position FROM provisioning_command WHERE line_id = %s", [line_id])
    (entry,) = rows("SELECT body FROM ledger_entry WHERE verb = 'operations:instance:restored'")
    assert back.register_made_at in entry.body
    assert command.position > 1_000_000 * dt.datetime(2020, 1, 1, tzinfo=dt.UTC).timestamp()


def test_restore_says_times_to_the_second_in_the_zone_of_the_instance(folder, monkeypatch):
    back = restoring.Restored("2012-03-01T01:00:00.123456+00:00", "2012-03-08T01:00:00.654321+00:00", 2, 0, 0)
    monkeypatch.setattr(restoring, "restore", lambda *_args, **_more: back)
    monkeypatch.setattr(restoring, "backup_bytes", lambda *_args, **_more: 0)

    said = " ".join(invoke("restore", str(folder), "--secrets", str(folder)).stdout.split())

    assert "the register of 2012-03-01 09:00:00 +0800, the keys of 2012-03-08 09:00:00 +0800." in said


@pytest.mark.parametrize("which", ["register_of", "keys_of"])
def test_a_copy_from_the_future_is_refused(monkeypatch, which):
    # People who were lost with the keys would be certified as erased.
    away = instance().model_copy(update={"register_url": "postgresql://db.example/register"})
    monkeypatch.setattr(restoring, "instance", lambda: away)
    now = clock.now()
    instants = {"register_of": now, "keys_of": now} | {which: now + dt.timedelta(hours=8)}

    with refusing(COPY_FROM_THE_FUTURE):
        finish_restore(console_authority(), **instants, on=DAY)


def test_an_instance_in_use_is_not_restored_over(backed_up):
    with refusing(DATA_DIR_NOT_EMPTY):
        restore(console_authority(), backed_up, secrets=embedded_postgres.data_dir() / "secrets")


def test_what_a_killed_restore_left_behind_is_removed_by_the_next(folder, monkeypatch):
    data_dir = folder / "new"
    (data_dir / "secrets").mkdir(parents=True)
    (data_dir / "secrets" / "root.key").write_text("a copied secret", "ascii")
    (data_dir / "restoring").touch()
    monkeypatch.setenv("ROLLKEEPER_HOME", str(data_dir))

    with refusing(BACKUP_DAMAGED):  # goes on, and finds no backup
        restore(console_authority(), folder, secrets=folder)

    assert not list(data_dir.iterdir())


def test_servers_that_a_killed_restore_left_running_are_stopped_by_the_next(folder, monkeypatch):
    data_dir = folder / "new"
    folder.chmod(0o755)
    copy_empty(data_dir)
    monkeypatch.setenv("ROLLKEEPER_HOME", str(data_dir))
    common_server().run("@tests.operations.broken_restore:leave_servers", data_dir=data_dir)
    left = [int((one.data / "postmaster.pid").read_text("utf-8").split()[0]) for one in stores.STORES]
    (data_dir / "restoring").touch()

    with refusing(BACKUP_DAMAGED):
        restore(console_authority(), folder, secrets=folder)

    assert len(left) == 2
    assert not any(map(is_alive, left))
    assert not list(data_dir.iterdir())


@pytest.mark.parametrize("how", ["killed", "interrupted"])
def test_a_restore_ends_only_when_the_erased_are_erased_again(backed_up, monkeypatch, how):
    folder = backed_up
    folder.chmod(0o755)
    data_dir, secrets = folder / "new", embedded_postgres.data_dir() / "secrets"
    words = ["restore", str(folder), "--secrets", str(secrets)]

    said = common_server().run("@tests.operations.broken_restore:main", how, *words, data_dir=data_dir)

    assert said.returncode == (-9 if how == "killed" else 130), said.stderr
    assert said.stdout.split() == ["tables"]  # made once, and no step of theirs again
    left = list(data_dir.iterdir())
    if how == "interrupted":
        assert left == []
        return
    monkeypatch.setenv("ROLLKEEPER_HOME", str(data_dir))
    with refusing(RESTORE_INTERRUPTED, match="may be in it again"):
        open_instance()
    for command in (["finish-restore"], ["doctor"], ["serve", "--port", "1"], ["setup"]):
        refused = common_server().run(*command, data_dir=data_dir)
        assert "is not complete" in refused.stderr, command
    assert (data_dir / "restored").exists()
    with refusing(SECRETS_MISSING):  # begins from nothing
        restore(console_authority(), folder, secrets=folder)
    assert not list(data_dir.iterdir())


@pytest.mark.parametrize("name", ["root.key", "index.key"])
@pytest.mark.parametrize("found", [b"\xff" * 40, b""], ids=["another file", "an empty file"])
def test_a_kept_key_that_is_none_is_named_where_it_lies(backed_up, monkeypatch, name, found):
    kept = backed_up / "kept"
    kept.mkdir()
    for key in ("root.key", "index.key"):
        shutil.copy(embedded_postgres.data_dir() / "secrets" / key, kept)
    (kept / name).write_bytes(found)
    monkeypatch.setenv("ROLLKEEPER_HOME", str(backed_up / "new"))

    with pytest.raises(RootMissing) as refused:
        restore(console_authority(), backed_up, secrets=kept)

    assert str(kept / name) in str(refused.value)


def test_a_restore_that_is_under_way_is_left_alone(folder, monkeypatch):
    data_dir = folder / "new"
    monkeypatch.setenv("ROLLKEEPER_HOME", str(data_dir))

    with exclusive_lock(data_dir / "restoring"), refusing(DATA_DIR_NOT_EMPTY):
        restore(console_authority(), folder, secrets=folder)

    assert [one.name for one in data_dir.iterdir()] == ["restoring"]


@pytest.mark.parametrize("part", BOTH)
def test_a_backup_never_takes_the_last_room_and_leaves_nothing_behind(folder, monkeypatch, part):
    monkeypatch.setattr(room, "RESERVE_BYTES", 1 << 60)

    with refusing(BACKUP_NEEDS_ROOM):
        made(folder, part)

    assert not [one for one in folder.rglob("*") if one.is_file()]
    assert not list(embedded_postgres.data_dir().glob("checking-*"))


@pytest.mark.parametrize("part", BOTH)
def test_another_instance_does_not_destroy_the_only_backup_of_the_keys(backed_up, monkeypatch, part):
    folder, before = backed_up, sealed_in(backed_up)
    copy = folder / "documents" / "00" / "of-the-other" / "a-copy-0"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(b"sealed")
    monkeypatch.setattr(pg_backup, "register_identity", lambda: "7000000000000000000")

    with refusing(BACKUP_OF_ANOTHER_INSTANCE, match="Nothing was written"):
        made(folder, part)

    assert sealed_in(folder) == before
    assert len(before) == 2
    assert copy.exists()


@pytest.mark.parametrize("part", BOTH)
def test_under_another_root_the_only_backup_of_the_keys_stays(backed_up, monkeypatch, tmp_path, part):
    before = sealed_in(backed_up)
    monkeypatch.setattr(root, "root_file", lambda: tmp_path / "root.key")
    root_of_trust().ensure()

    with refusing(ROOT_DOES_NOT_FIT):
        made(backed_up, part)

    assert sealed_in(backed_up) == before
    assert len(before) == 2


@pytest.mark.parametrize("part", BOTH)
def test_backups_of_another_root_are_refused_before_anything_is_unpacked(
    backed_up, monkeypatch, tmp_path, part
):
    folder = backed_up
    archive, *_ = (folder / part.value).iterdir()
    note = backup.read_note(archive, part)
    other = tmp_path / "other"
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(root, "root_file", lambda: other / "root.key")
        root_of_trust().ensure()
        with archive.open("wb") as out:
            writer = ArchiveWriter.begin(out, root=root_of_trust(), note=json.dumps(asdict(note)).encode())
            writer.finish()
    secrets = embedded_postgres.data_dir() / "secrets"
    monkeypatch.setenv("ROLLKEEPER_HOME", str(folder / "new"))
    begun = []
    monkeypatch.setattr(restoring, "unpack_register", lambda *_, **__: begun.append("unpacking"))
    monkeypatch.setattr(root.FileRoot, "ensure", lambda _: begun.append("a root is made"))

    with refusing(ARCHIVE_OF_ANOTHER_ROOT):
        restore(console_authority(), folder, secrets=secrets)

    assert begun == []
    assert not list((folder / "new").iterdir())


@pytest.mark.parametrize(
    "changed",
    [
        {"settings": '[notices]\nsmtp_url = "smtp://mail.example:25"\n'},
        {"made_at": "2036-01-01T00:00:00+00:00"},
    ],
)
@pytest.mark.parametrize("part", BOTH)
def test_who_serves_the_folder_gives_no_other_note_than_the_backup_has(backed_up, monkeypatch, part, changed):
    folder, begun = backed_up, []
    read = restoring.read_note

    def served(file, of):
        return dataclasses.replace(read(file, of), **changed if of is part else {})

    monkeypatch.setattr(restoring, "read_note", served)
    monkeypatch.setattr(restoring, "unpack_register", lambda *_, **__: begun.append("unpacking") or 1 / 0)
    secrets = embedded_postgres.data_dir() / "secrets"
    monkeypatch.setenv("ROLLKEEPER_HOME", str(folder / "new"))

    with refusing(BACKUP_DAMAGED):
        restore(console_authority(), folder, secrets=secrets)

    assert begun == []


@pytest.mark.parametrize("link", [Path.symlink_to, Path.hardlink_to])
def test_a_link_in_the_place_of_the_old_keys_loses_no_other_file_its_content(folder, link):
    other = folder / "of someone else"
    other.write_bytes(b"kept")
    (folder / "keys").mkdir()
    link(folder / "keys" / "keys.sealed", other)

    (keys,) = made(folder, Part.KEYS)

    assert inside(keys.file)
    assert other.read_bytes() == b"kept"


@pytest.mark.parametrize(("is_shared", "removed"), [(True, ["start"]), (False, ["restore"])])
def test_an_instance_restored_for_a_look_removes_no_copy_of_a_store_it_shares(
    monkeypatch, is_shared, removed
):
    done, step = [], ["restore"]
    restored_mark().touch()
    monkeypatch.setattr(restoring.document_store, "is_in", lambda _: not is_shared)
    monkeypatch.setattr(restoring.document_store, "remove_unknown", lambda: done.append(step[0]))
    now = clock.now()
    try:
        restoring._erase_again(console_authority(), "console", register_of=now, keys_of=now, on=DAY)
        step[0] = "start"
        restoring.start_jobs(console_authority())
    finally:
        restored_mark().unlink(missing_ok=True)

    assert done == removed


@pytest.mark.parametrize("part", BOTH)
def test_an_instance_restored_for_a_look_does_not_destroy_the_newer_keys(backed_up, part):
    folder, before = backed_up, sealed_in(backed_up)
    assert len(before) == 2
    restored_mark().touch()
    try:
        with refusing(BACKUP_OF_UNFINISHED_RESTORE, match="Nothing was written"):
            made(folder, part)
        made(folder / "separate", part)
    finally:
        restored_mark().unlink()

    assert {one: one.read_bytes() for one in before} == before


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["20120301T020000Z", "20120302T020000Z", "20360101T020000Z"], "20120302T020000Z"),
        (["20120301T020000Z", "20120303T020000Z"], "20120303T020000Z"),
        (["20360101T020000Z", "20370101T020000Z"], "20370101T020000Z"),
    ],
)
def test_a_register_of_a_day_to_come_is_not_the_newest(folder, monkeypatch, names, chosen):
    now = dt.datetime(2012, 3, 2, 12, tzinfo=dt.UTC).timestamp()
    monkeypatch.setattr(clock, "true_seconds", lambda: now)
    for place in (folder / "register", folder / "keys"):
        place.mkdir()
    for name in names:
        (folder / "register" / f"{name}.sealed").touch()
    (folder / "keys" / "keys.sealed").touch()
    (
        folder / "keys" / "20120201T020000Z.sealed"
    ).touch()  # an older copy, by which the erased would come back

    assert backup.newest(folder, Part.REGISTER).stem == chosen
    assert backup.newest(folder, Part.REGISTER, name=names[0]).stem == names[0]
    assert backup.newest(folder, Part.KEYS).stem == "keys"
    with refusing(BACKUP_DAMAGED):
        backup.newest(folder, Part.REGISTER, name="20110101T020000Z")


def test_a_file_that_is_no_backup_keeps_no_one_from_backing_up(folder):
    (folder / "keys").mkdir()
    (folder / "keys" / "keys.sealed").write_bytes(b"RKARC")

    (keys,) = made(folder, Part.KEYS)

    assert inside(keys.file)


def test_backups_of_two_instances_are_not_joined(backed_up, monkeypatch):
    folder = backed_up
    shutil.rmtree(folder / "keys")
    monkeypatch.setattr(pg_backup, "register_identity", lambda: "7000000000000000000")
    made(folder / "other", Part.KEYS)
    (folder / "other" / "keys").rename(folder / "keys")
    monkeypatch.undo()
    monkeypatch.setenv("ROLLKEEPER_HOME", str(folder / "new"))

    with refusing(BACKUPS_FROM_DIFFERENT_INSTANCES):
        restore(console_authority(), folder, secrets=folder)


@pytest.mark.parametrize("raw", [b"", b"RKARCHIV\x02", b"not a backup at all"])
def test_a_file_that_is_no_backup_is_refused_in_a_sentence(folder, raw):
    (folder / "keys").mkdir()
    (folder / "keys" / "keys.sealed").write_bytes(raw)

    with refusing(BACKUP_DAMAGED, match="no backup"):
        backup.read_note(folder / "keys" / "keys.sealed", Part.KEYS)


def test_a_backup_of_the_one_store_is_not_taken_for_the_other(backed_up):
    folder = backed_up
    (backup.newest(folder, Part.REGISTER)).unlink()
    (folder / "keys" / "keys.sealed").rename(folder / "register" / "20120302T000000Z.sealed")

    with refusing(BACKUP_DAMAGED, match="no backup of the register"):
        backup.read_note(backup.newest(folder, Part.REGISTER), Part.REGISTER)


# ---- the doctor ----


def judged(monkeypatch: pytest.MonkeyPatch, part: Part, **changes: object) -> str:
    now = clock.true_seconds()
    monkeypatch.setattr(clock, "true_seconds", lambda: now)
    at = dt.datetime.fromtimestamp(now, dt.UTC) - changes.pop("age", dt.timedelta())
    epoch_id = max(backup.living_epoch_ids()) + changes.pop("epoch", 0)
    monkeypatch.setattr(doctor, "last_backup", lambda _: LastBackup(at, epoch_id))
    return doctor._fault_of_backup(part)


@pytest.mark.parametrize(
    ("days", "seconds", "bad"), [(6, 0, False), (7, 0, False), (7, 1, True), (8, 0, True)]
)
def test_a_backup_of_the_keys_may_be_seven_days_old_and_not_a_second_more(days, seconds, bad, monkeypatch):
    age = dt.timedelta(days=days, seconds=seconds)

    assert bool(judged(monkeypatch, Part.KEYS, age=age)) is bad


def test_the_greatest_age_is_the_operators_to_choose(monkeypatch):
    monkeypatch.setattr(
        doctor, "vault_settings", lambda: vault_settings().model_copy(update={"keys_backup_max_age_days": 2})
    )

    assert "older than 2 days" in judged(monkeypatch, Part.KEYS, age=dt.timedelta(days=3))


def test_a_register_may_be_old(monkeypatch):
    assert judged(monkeypatch, Part.REGISTER, age=dt.timedelta(days=400)) == ""


@pytest.mark.parametrize("part", BOTH)
def test_a_backup_from_before_a_rotation_is_no_backup(part, monkeypatch):
    assert "opens no more" in judged(monkeypatch, part, epoch=-1)


def test_an_instance_that_was_never_backed_up_hears_of_it(folder):
    assert "never" in doctor._fault_of_backup(Part.KEYS)

    made(folder, Part.KEYS)

    assert doctor._fault_of_backup(Part.KEYS) == ""
    assert json.loads(backup._state_file().read_text("utf-8")).keys() == {"keys"}


@pytest.mark.parametrize(("seconds", "over"), [(-1, False), (0, False), (1, True)])
def test_an_epoch_is_too_old_after_its_days_and_not_before(seconds, over):
    begun = dt.datetime(2026, 3, 1, 10, tzinfo=dt.UTC)
    now = begun + dt.timedelta(days=30, seconds=seconds)

    assert doctor.is_over(begun, 30, now=now) is over
