"""An attacker controls an app: its process, its user, its files, its sessions. The real one, as `serve` starts it."""

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

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import PersonId, TenureId, new_uuid
from rollkeeper.operations.credential_handover import AppCredentials
from rollkeeper.site.web_apps import APPS, app_named
from rollkeeper.vault import document_store, services
from rollkeeper.vault.fields import Field
from rollkeeper.vault.services import PersonRecord
from tests.operations import test_process_supervisor
from tests.operations.test_process_supervisor import below, end_all_served, limits_of_cores, serve_all
from tests.processes import words_of
from tests.vault.conftest import person

ROOT = Path(__file__).parents[2]
NAME = "Somebody Sealed"
TAKEN = []
as_root = pytest.mark.skipif(
    os.geteuid() != 0,
    reason="Only root can give each app a user of its own: nothing stands between them here.",
)


@pytest.fixture(scope="module")
def taken(data_dir, request):
    """A served instance with a sealed record, and the processes of each app.

    It is left to the tests of the process supervisor, where these come next.
    """
    # Copies that other tests left were written by this process, whose mask is wider than that of the command line.
    for copy in (one for one in (data_dir / "documents").rglob("*") if one.is_file()):
        copy.unlink()
    record = person(name=NAME)
    services.seal_persons([record])
    parent, port, said = serve_all(data_dir)
    pids = {app.name: processes(parent, port + app.port_offset) for app in APPS}
    TAKEN[:] = [(data_dir, pids, spoils(record))]
    yield {"data_dir": data_dir, "said": said, "pids": pids}
    TAKEN.clear()
    files = [item.path for item in request.session.items]
    if Path(test_process_supervisor.__file__) not in files[files.index(request.path) :]:
        end_all_served()


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
        "name": NAME, "person": record.person_id.hex, "tenure": record.tenure_id.hex, "epoch": key.epoch_id,
        "ciphertext": bytes(sealed.ciphertext).hex(), "wrapped": bytes(key.wrapped).hex(),
        "secret_wrapped": bytes(key.secret_wrapped).hex(),
    }  # fmt: skip


def processes(parent, port):
    """The process of the app on this port, and all below it."""
    lines = {pid: words_of(pid) for pid in below(parent.pid)[1:]}
    app = next(pid for pid, line in lines.items() if line[-2:-1] == [str(port).encode()])
    return below(app)


@cache
def steal_as(app):
    """What the thief gets as the app's own user, notified the name of every file in the instance."""
    data_dir, _, _ = TAKEN[0]
    return steal(
        app, user=f"rollkeeper-{app}", names=[str(file) for file in data_dir.rglob("*") if file.is_file()]
    )


def steal(app, *, user, names):
    data_dir, pids, sought = TAKEN[0]
    asked = {
        "pids": pids[app], "spoils": sought, "data_dir": str(data_dir), "sockets": str(stores.sockets()),
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
@pytest.mark.parametrize("app", [app.name for app in APPS])
def test_an_attacker_with_an_app_opens_nothing_with_all_it_has(taken, app):
    seen = steal_as(app)

    mine = {f"{app}@register"} | ({"sealer@keys"} if app in {"counter", "backoffice"} else set())
    assert seen["ways"] == []
    assert set(seen["sessions"]) == mine
    assert not [read for read in seen["sessions"].values() if read]


@as_root
def test_the_same_thief_with_the_instances_own_user_opens_by_every_way(taken):
    kept = [str(file) for file in (taken["data_dir"] / "secrets").iterdir()]

    seen = steal("counter", user=None, names=kept)

    assert "as the root" in seen["ways"]
    assert f"as a command in {taken['data_dir']}" in seen["ways"]
    assert seen["sessions"]["vault@keys"] == [
        "SELECT wrapped FROM person_key",
        "SELECT secret_wrapped FROM epoch",
    ]


@as_root
def test_an_app_reads_nothing_of_the_instance_but_what_it_was_handed(taken):
    data_dir = taken["data_dir"]
    # Made by the tests' own process, whose mask is wider than that of the command line; the ledger's are public.
    no_secret = {
        data_dir / name
        for name in (
            "settings.toml", "made", "making.lock", "run/clock.json", "run/start.lock", "run/users.lock", "ledger/receipts", "ledger/vkey", "ledger/checkpoint",
        )
    }  # fmt: skip

    for app in (app.name for app in APPS):
        (credentials,) = (data_dir / "run" / "apps").glob(f"{app}.*")
        seen = steal_as(app)
        inside = {Path(file) for file in seen["files"] if Path(file).is_relative_to(data_dir)}
        assert inside
        others = {file for file in inside if not file.is_relative_to(credentials)}
        assert {
            file for file in others if not file.is_relative_to(data_dir / "ledger" / "public")
        } <= no_secret


WITH_THE_COPIES = """
import io, json, os, pathlib, sys
from rollkeeper.vault import copy_folder
folder, kept, number = sys.argv[1:]
def can(what):
    try:
        what()
    except OSError:
        return False
    return True
def put(name):
    copy_folder.write_object(pathlib.Path(folder), name, io.BytesIO(b"sealed"), rights=0o777)
prefix = os.path.dirname(os.path.dirname(kept))
names = [f"{n:02x}/{number}/copy" for n in range(256)]
print(json.dumps({
    "lists": can(lambda: os.listdir(folder)),
    "lists below": can(lambda: os.listdir(prefix)),
    "lists what it put": can(lambda: os.listdir(os.path.join(folder, "00"))),
    "reads": can(lambda: open(kept, "rb").read()),
    "removes": can(lambda: os.unlink(kept)),
    "writes over": can(lambda: open(kept, "wb")),
    "puts": all([can(lambda name=name: put(name)) for name in names]),
}))
"""


@as_root
def test_a_counter_puts_copies_into_their_folder_and_lists_and_reads_none(taken):
    record = PersonRecord(
        PersonId(new_uuid()), TenureId(new_uuid()), {Field.NAME: "Copied"}, copies=(b"a copy",)
    )
    before = os.umask(0o077)  # as the command line has it
    services.seal_persons([record])
    os.umask(before)
    folder = taken["data_dir"] / "documents"
    kept = folder / document_store.name_of(record.person_id, record.tenure_id, 0)

    able = {}
    for app in (app.name for app in APPS):
        done = subprocess.run(
            [sys.executable, "-c", WITH_THE_COPIES, folder, kept, app], capture_output=True, text=True, check=True,
            user=f"rollkeeper-{app}", group=f"rollkeeper-{app}", extra_groups=[], umask=0o077,
        )  # fmt: skip
        able[app] = {what for what, can in json.loads(done.stdout).items() if can}

    assert kept.read_bytes()
    assert able == {"counter": {"puts"}, "backoffice": set(), "portal": set()}


@as_root
def test_no_two_parts_of_the_register_run_as_one_user(taken):
    uids = {name: {user_of(pid) for pid in pids} for name, pids in taken["pids"].items()}
    for store in stores.STORES:
        pid = int((store.data / "postmaster.pid").read_text("utf-8").splitlines()[0])
        uids[store.name] = {user_of(pid)}

    assert all(len(one) == 1 for one in uids.values())
    assert len(set.union(*uids.values())) == len(APPS) + len(stores.STORES)
    assert 0 not in set.union(*uids.values())


def user_of(pid):
    (line,) = (one for one in Path(f"/proc/{pid}/status").read_text().splitlines() if one.startswith("Uid:"))
    return int(line.split()[1])


def test_no_process_of_an_app_dumps_a_core(taken):
    limits = {tuple(limits_of_cores(pid)) for pids in taken["pids"].values() for pid in pids}

    assert limits == {("0", "0")}


@as_root
def test_no_process_of_an_app_can_be_looked_into_by_another_of_its_user(taken):
    # The system gives what lies under a process that cannot be dumped to root.
    owners = {Path(f"/proc/{pid}/mem").stat().st_uid for pids in taken["pids"].values() for pid in pids}

    assert owners == {0}


@as_root
def test_counter_memory_holds_no_opening_key_and_no_other_roles_password(taken):
    secret = taken["data_dir"] / "secrets"
    root_lines = [
        line.split()[1] for line in (secret / "root.key").read_text().splitlines() if line[0] != "#"
    ]
    others = [
        stores.password(store, role)
        for store, role in ((stores.KEYS, "vault"), (stores.REGISTER, "vault"), (stores.REGISTER, "postgres"))
    ]
    sought = {
        **{key: key.encode() for key in root_lines}, **{f"{key} raw": bytes.fromhex(key) for key in root_lines},
        **{word: word.encode() for word in others},
        "control": stores.derived_secret("app counter").encode(),
    }  # fmt: skip

    found = {what for pid in taken["pids"]["counter"] for what in in_memory(pid, sought)}

    assert found == {"control"}


def in_memory(pid, sought):
    """What of all that is sought lies in the memory of a process, which is read once."""
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            place, rights = line.split()[:2]
            first, last = (int(end, 16) for end in place.split("-"))
            if "r" not in rights or "[v" in line:
                continue
            with suppress(OSError, ValueError, OverflowError):
                memory.seek(first)
                read = memory.read(last - first)
                yield from (what for what, value in sought.items() if value in read)


@as_root
def test_the_environment_of_an_app_has_nothing_of_its_callers(taken):
    for pids in taken["pids"].values():
        for pid in pids:
            names = {
                pair.split(b"=")[0].decode()
                for pair in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
                if pair
            }
            assert not {name for name in names if "PASSWORD" in name or "TOKEN" in name or "BAO" in name}
            assert {name for name in names if name.startswith("ROLLKEEPER_")} == {
                "ROLLKEEPER_APP", "ROLLKEEPER_HOME", "ROLLKEEPER_HOSTS", "ROLLKEEPER_PORT", "ROLLKEEPER_ROLE",
                "ROLLKEEPER_SOCKETS",
            }  # fmt: skip


def test_a_counter_is_handed_the_few_files_it_needs_and_a_backoffice_fewer(data_dir):
    kept = {
        name: data_dir / "secrets" / name
        for name in ("root.token", "index.token", "smtp.password", "webhook.key")
    }
    for file in kept.values():
        file.write_text("kept", "utf-8")
        file.chmod(0o600)

    try:
        given = {app.name: names(AppCredentials.to(app)) for app in APPS}
    finally:
        for file in kept.values():
            file.unlink()

    common = {
        "settings.toml",
        "secrets/web.key",
        "secrets/staff.key",
        "secrets/index.key",
        "secrets/index.token",
    }
    assert given["counter"] - {"secrets/receipts.key", "ledger/receipts", "ledger/vkey", "ledger/checkpoint", "secrets/public-keys.pub"} == common | {
        "secrets/register-counter.pgpass", "secrets/keys-sealer.pgpass",
    }  # fmt: skip
    assert given["backoffice"] - {"ledger/vkey", "secrets/public-keys.pub"} == common | {
        "secrets/register-backoffice.pgpass", "secrets/keys-sealer.pgpass", "fixed-settings",
    }  # fmt: skip
    assert given["portal"] - {"ledger/vkey", "secrets/public-keys.pub"} == (common - {"secrets/staff.key"}) | {
        "secrets/register-portal.pgpass",
    }  # fmt: skip


def names(credentials):
    found = {
        str(file.relative_to(credentials.folder)) for file in credentials.folder.rglob("*") if file.is_file()
    }
    credentials.clear()
    return found


def test_what_is_renewed_in_the_instance_is_handed_over_again(data_dir):
    token = data_dir / "secrets" / "index.token"
    token.write_text("before", "utf-8")
    credentials = AppCredentials.to(app_named("counter"))

    try:
        token.write_text("after", "utf-8")
        credentials.renew()
        assert (credentials.folder / "secrets" / "index.token").read_text("utf-8") == "after"
    finally:
        token.unlink()
        credentials.clear()


def test_an_app_is_told_when_the_settings_were_last_written(data_dir):
    credentials = AppCredentials.to(app_named("backoffice"))

    try:
        at = [(one / "settings.toml").stat().st_mtime_ns for one in (data_dir, credentials.folder)]
    finally:
        credentials.clear()

    assert at[0] == at[1]


def test_one_app_cannot_sign_for_another_nor_for_the_instance(data_dir):
    signing = {stores.derived_secret(f"app {app.name}") for app in APPS} | {
        stores.web_secret(), stores.staff_secret(),
    }  # fmt: skip

    assert len(signing) == len(APPS) + 2


def test_an_app_is_not_told_whom_an_alarm_goes_to(data_dir, monkeypatch):
    from rollkeeper.operations import credential_handover

    said = {
        "instance": {"languages": ["en"]},
        "notices": {"alarms_to": "dpo@operator.example", "smtp_url": "smtp://mail", "tries": 2},
    }
    monkeypatch.setattr(credential_handover, "current_content", lambda: said)

    credentials = AppCredentials.to(app_named("backoffice"))
    try:
        given = tomllib.loads((credentials.folder / "settings.toml").read_text("utf-8"))
    finally:
        credentials.clear()

    assert given.pop("ledger").keys() == {"folder"}
    assert {name: values for name, values in given.items() if values} == {
        "instance": {"languages": ["en"]},
        "notices": {"tries": 2},
    }


def test_two_servers_of_one_instance_share_no_credentials_and_remove_stale_ones(data_dir):
    left = data_dir / "run" / "apps" / "counter.999999999"
    left.mkdir(parents=True)
    other = data_dir / "run" / "apps" / f"counter.{os.getppid()}"
    other.mkdir()

    credentials = AppCredentials.to(app_named("counter"))
    try:
        assert credentials.folder != other
        assert (left.exists(), other.exists()) == (False, True)
    finally:
        credentials.clear()
        other.rmdir()
