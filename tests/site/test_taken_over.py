"""Somebody takes over a face: its process, its user, its files, its sessions. The real one, as `serve` starts it."""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from contextlib import suppress
from functools import cache
from pathlib import Path

import pytest

from rollkeeper.kernel import server
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import HoldingId, PersonId, new_uuid
from rollkeeper.site.faces import FACES, face_called
from rollkeeper.site.handing import Handed
from rollkeeper.vault import acts, copies
from rollkeeper.vault.acts import PersonRecord
from rollkeeper.vault.fields import Field
from tests.site.test_serving import below, cores_allowed, free_ports, limits_of_cores, started
from tests.vault.conftest import person

ROOT = Path(__file__).parents[2]
NAME = "Somebody Sealed"
TAKEN = []
as_root = pytest.mark.skipif(
    os.geteuid() != 0,
    reason="Only root can give each face a user of its own: nothing stands between them here.",
)


@pytest.fixture(scope="module")
def taken(home):
    """A home that is served, somebody sealed in it, and the processes of each face."""
    # Copies that other tests left were written by this process, whose mask is wider than that of the command line.
    for copy in (one for one in (home / "documents").rglob("*") if one.is_file()):
        copy.unlink()
    record = person(name=NAME)
    acts.seal_persons([record])
    port = free_ports()
    with cores_allowed(), started(home, port) as (parent, said):
        pids = {face.name: processes(parent, port + face.port_offset) for face in FACES}
        TAKEN[:] = [(home, pids, spoils(record))]
        yield {"home": home, "said": said, "pids": pids}
    TAKEN.clear()


def spoils(record):
    """Rows of both stores, as a stolen backup would have them: all that is missing is a key."""
    (sealed,) = rows(
        "SELECT ciphertext FROM vault_sealed WHERE person_id = %s AND field = 'name'", [record.person_id], using="vault"
    )  # fmt: skip
    (key,) = rows(
        "SELECT wrapped, epoch_id, secret_wrapped FROM person_key JOIN epoch USING (epoch_id) WHERE person_id = %s",
        [record.person_id], using="keys",
    )  # fmt: skip
    return {
        "name": NAME, "person": record.person_id.hex, "holding": record.holding_id.hex, "epoch": key.epoch_id,
        "ciphertext": bytes(sealed.ciphertext).hex(), "wrapped": bytes(key.wrapped).hex(),
        "secret_wrapped": bytes(key.secret_wrapped).hex(),
    }  # fmt: skip


def processes(parent, port):
    """The process of the face on this port, and all below it."""
    lines = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in below(parent.pid)[1:]}
    face = next(pid for pid, line in lines.items() if line[-2:-1] == [str(port).encode()])
    return below(face)


@cache
def steal_as(face):
    """What the thief gets as the face's own user, told the name of every file in the home."""
    home, _, _ = TAKEN[0]
    return steal(
        face, user=f"rollkeeper-{face}", names=[str(file) for file in home.rglob("*") if file.is_file()]
    )


def steal(face, *, user, names):
    home, pids, sought = TAKEN[0]
    asked = {
        "pids": pids[face], "spoils": sought, "home": str(home), "sockets": str(server.socket_folder()),
        "names": names, "roots": [] if user is None else [*map(str, other_places())],
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.site.thief"],
        input=json.dumps(asked), capture_output=True, text=True, check=False, cwd=ROOT, user=user, group=user,
        extra_groups=[] if user else None, env={"PATH": os.environ["PATH"], "HOME": tempfile.gettempdir()},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def other_places():
    return [place for place in Path(tempfile.gettempdir()).glob("rollkeeper*") if place.is_dir()]


@as_root
@pytest.mark.parametrize("face", [face.name for face in FACES])
def test_whoever_takes_over_a_face_opens_nothing_with_all_that_it_has(taken, face):
    seen = steal_as(face)

    mine = {f"{face}@register"} | ({"sealer@keys"} if face == "counter" else set())
    assert seen["ways"] == []
    assert set(seen["sessions"]) == mine
    assert not [read for read in seen["sessions"].values() if read]


@as_root
def test_the_same_thief_with_the_homes_own_user_opens_by_every_way(taken):
    kept = [str(file) for file in (taken["home"] / "secrets").iterdir()]

    seen = steal("counter", user=None, names=kept)

    assert "as the root" in seen["ways"]
    assert f"as a command in {taken['home']}" in seen["ways"]
    assert seen["sessions"]["vault@keys"] == [
        "SELECT wrapped FROM person_key",
        "SELECT secret_wrapped FROM epoch",
    ]


@as_root
def test_a_face_reads_nothing_of_the_home_but_what_it_was_handed(taken):
    home = taken["home"]
    # Made by the tests' own process, whose mask is wider than that of the command line; the ledger's are public.
    no_secret = {
        home / name
        for name in (
            "home.toml", "made", "making.lock", "run/start.lock", "run/users.lock", "ledger/receipts", "ledger/vkey", "ledger/checkpoint",
        )
    }  # fmt: skip

    for face in (face.name for face in FACES):
        (handed,) = (home / "run" / "faces").glob(f"{face}.*")
        seen = steal_as(face)
        inside = {Path(file) for file in seen["files"] if Path(file).is_relative_to(home)}
        assert inside
        others = {file for file in inside if not file.is_relative_to(handed)}
        assert {file for file in others if not file.is_relative_to(home / "ledger" / "public")} <= no_secret


WITH_THE_COPIES = """
import json, os, sys, obstore
from obstore.store import LocalStore
folder, kept, number = sys.argv[1:]
def can(what):
    try:
        what()
    except (OSError, obstore.exceptions.BaseError):
        return False
    return True
store = LocalStore(folder)
prefix = os.path.dirname(os.path.dirname(kept))
names = [f"{n:02x}/{number}/copy" for n in range(256)]
print(json.dumps({
    "lists": can(lambda: os.listdir(folder)),
    "lists below": can(lambda: os.listdir(prefix)),
    "lists what it put": can(lambda: os.listdir(os.path.join(folder, "00"))),
    "reads": can(lambda: open(kept, "rb").read()),
    "removes": can(lambda: os.unlink(kept)),
    "writes over": can(lambda: open(kept, "wb")),
    "puts": all([can(lambda name=name: obstore.put(store, name, b"sealed")) for name in names]),
}))
"""


@as_root
def test_a_counter_puts_copies_into_their_folder_and_lists_and_reads_none(taken):
    record = PersonRecord(
        PersonId(new_uuid()), HoldingId(new_uuid()), {Field.NAME: "Copied"}, copies=(b"a copy",)
    )
    before = os.umask(0o077)  # as the command line has it
    acts.seal_persons([record])
    os.umask(before)
    folder = taken["home"] / "documents"
    kept = folder / copies.name_of(record.person_id, record.holding_id, 0)

    able = {}
    for face in (face.name for face in FACES):
        done = subprocess.run(
            [sys.executable, "-c", WITH_THE_COPIES, folder, kept, face], capture_output=True, text=True, check=True,
            user=f"rollkeeper-{face}", group=f"rollkeeper-{face}", extra_groups=[], umask=0o077,
        )  # fmt: skip
        able[face] = {what for what, can in json.loads(done.stdout).items() if can}

    assert kept.read_bytes()
    assert able == {"counter": {"puts"}, "office": set(), "portal": set()}


@as_root
def test_no_two_parts_of_the_house_run_as_one_user(taken):
    uids = {name: {user_of(pid) for pid in pids} for name, pids in taken["pids"].items()}
    for store in server.STORES:
        pid = int((store.data / "postmaster.pid").read_text("utf-8").splitlines()[0])
        uids[store.name] = {user_of(pid)}

    assert all(len(one) == 1 for one in uids.values())
    assert len(set.union(*uids.values())) == len(FACES) + len(server.STORES)
    assert 0 not in set.union(*uids.values())


def user_of(pid):
    (line,) = (one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("Uid:"))
    return int(line.split()[1])


def test_no_process_of_a_face_dumps_a_core(taken):
    limits = {tuple(limits_of_cores(pid)) for pids in taken["pids"].values() for pid in pids}

    assert limits == {("0", "0")}


@as_root
def test_no_process_of_a_face_can_be_looked_into_by_another_of_its_user(taken):
    # The system gives what lies under a process that cannot be dumped to root.
    owners = {Path(f"/proc/{pid}/mem").stat().st_uid for pids in taken["pids"].values() for pid in pids}

    assert owners == {0}


@as_root
def test_the_memory_of_the_counter_holds_no_key_that_opens_and_no_other_roles_password(taken):
    secret = taken["home"] / "secrets"
    root_lines = [
        line.split()[1] for line in (secret / "root.key").read_text().splitlines() if line[0] != "#"
    ]
    others = [
        server.password(store, role)
        for store, role in ((server.KEYS, "vault"), (server.REGISTER, "vault"), (server.REGISTER, "postgres"))
    ]
    sought = {
        **{key: key.encode() for key in root_lines}, **{f"{key} raw": bytes.fromhex(key) for key in root_lines},
        **{word: word.encode() for word in others},
        "control": server.derived_secret("face counter").encode(),
    }  # fmt: skip

    found = {
        what for pid in taken["pids"]["counter"] for what, value in sought.items() if in_memory(pid, value)
    }

    assert found == {"control"}


def in_memory(pid, value):
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            first, last = (int(end, 16) for end in place.split("-"))
            if "r" not in rights or "[v" in line:
                continue
            with suppress(OSError, ValueError, OverflowError):
                memory.seek(first)
                if value in memory.read(last - first):
                    return True
    return False


@as_root
def test_the_environment_of_a_face_has_nothing_of_its_callers(taken):
    for pids in taken["pids"].values():
        for pid in pids:
            names = {
                pair.split(b"=")[0].decode()
                for pair in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                if pair
            }
            assert not {name for name in names if "PASSWORD" in name or "TOKEN" in name or "BAO" in name}
            assert {name for name in names if name.startswith("ROLLKEEPER_")} == {
                "ROLLKEEPER_FACE", "ROLLKEEPER_HOME", "ROLLKEEPER_HOSTS", "ROLLKEEPER_PORT", "ROLLKEEPER_ROLE",
                "ROLLKEEPER_SOCKETS",
            }  # fmt: skip


def test_a_counter_is_handed_the_few_files_it_needs_and_an_office_fewer(home):
    kept = {
        name: home / "secrets" / name
        for name in ("root.token", "index.token", "smtp.password", "webhook.key")
    }
    for file in kept.values():
        file.write_text("kept", "utf-8")
        file.chmod(0o600)

    try:
        given = {face.name: names(Handed.to(face)) for face in FACES}
    finally:
        for file in kept.values():
            file.unlink()

    common = {"home.toml", "secrets/web.key", "secrets/staff.key", "secrets/index.key", "secrets/index.token"}
    assert given["counter"] - {"secrets/receipts.key", "ledger/receipts", "ledger/vkey", "ledger/checkpoint", "secrets/halves.pub"} == common | {
        "secrets/register-counter.pgpass", "secrets/keys-sealer.pgpass",
    }  # fmt: skip
    assert given["office"] - {"ledger/vkey", "secrets/halves.pub"} == common | {
        "secrets/register-office.pgpass"
    }
    assert given["portal"] - {"ledger/vkey", "secrets/halves.pub"} == (common - {"secrets/staff.key"}) | {
        "secrets/register-portal.pgpass",
    }  # fmt: skip


def names(handed):
    found = {str(file.relative_to(handed.folder)) for file in handed.folder.rglob("*") if file.is_file()}
    handed.clear()
    return found


def test_what_is_renewed_in_the_home_is_handed_over_again(home):
    token = home / "secrets" / "index.token"
    token.write_text("before", "utf-8")
    handed = Handed.to(face_called("counter"))

    try:
        token.write_text("after", "utf-8")
        handed.renew()
        assert (handed.folder / "secrets" / "index.token").read_text("utf-8") == "after"
    finally:
        token.unlink()
        handed.clear()


def test_one_face_cannot_sign_for_another_nor_for_the_home(home):
    signing = {server.derived_secret(f"face {face.name}") for face in FACES} | {
        server.web_secret(), server.staff_secret(),
    }  # fmt: skip

    assert len(signing) == len(FACES) + 2


def test_a_face_is_not_told_whom_an_alarm_goes_to(home, monkeypatch):
    from rollkeeper.site import handing

    told = home / "told.toml"
    told.write_text(
        'format = 1\nalarms_to = "dpo@operator.example"\nsmtp_url = "smtp://mail"\nlanguages = ["en"]\n'
    )
    monkeypatch.setattr(handing, "settings_file", lambda: told)

    handed = Handed.to(face_called("office"))
    try:
        given = tomllib.loads((handed.folder / "home.toml").read_text("utf-8"))
    finally:
        handed.clear()
        told.unlink()

    assert given.keys() - {"ledger_folder"} == {"format", "languages"}


def test_two_that_serve_one_home_do_not_share_what_they_hand_over_and_what_a_dead_one_left_is_removed(home):
    left = home / "run" / "faces" / "counter.999999999"
    left.mkdir(parents=True)
    other = home / "run" / "faces" / f"counter.{os.getppid()}"
    other.mkdir()

    handed = Handed.to(face_called("counter"))
    try:
        assert handed.folder != other
        assert (left.exists(), other.exists()) == (False, True)
    finally:
        handed.clear()
        other.rmdir()
