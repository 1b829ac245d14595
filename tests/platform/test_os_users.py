# SPDX-License-Identifier: EUPL-1.2
"""Users of the operating system: one for each part, made once however many processes ask for it at once."""

import errno
import os
import pwd
import stat
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from rollkeeper.kernel.instance import Instance, InstanceKind
from rollkeeper.operations import credential_handover
from rollkeeper.operations.errors import PROGRAM_NOT_READABLE
from rollkeeper.platform.os_users import allow_traversal, is_readable_by, let_group, system_user
from rollkeeper.site.web_apps import AppName
from rollkeeper.vault import document_store
from tests.refusals import refusing

ASK = "import sys, pwd; from rollkeeper.platform.os_users import system_user; print(pwd.getpwnam(system_user(sys.argv[1])).pw_uid)"

ACL_USER = 2

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes users of the operating system")


@only_root
def test_processes_that_make_one_user_at_once_all_get_the_same():
    name = f"rollkeeper-t{os.getpid()}"
    try:
        asking = [
            subprocess.Popen([sys.executable, "-c", ASK, name], stdout=subprocess.PIPE, text=True)
            for _ in range(6)
        ]

        user_ids = {process.communicate(timeout=60)[0].strip() for process in asking}

        assert user_ids == {str(pwd.getpwnam(name).pw_uid)}
        assert [line.split(":")[0] for line in Path("/etc/passwd").read_text("utf-8").splitlines()].count(
            name
        ) == 1
    finally:
        subprocess.run(["userdel", name], check=False, capture_output=True)


@pytest.fixture
def closed():
    """A folder of root's that is closed to everyone, with a program two folders below it."""
    with tempfile.TemporaryDirectory(prefix="rollkeeper-closed-") as name:
        inside = Path(name, "checkout", "bin")
        inside.mkdir(parents=True)
        for folder in (Path(name), inside.parent):
            folder.chmod(0o700)
        inside.chmod(0o755)
        (inside / "program").write_text("")
        (inside / "program").chmod(0o755)
        yield inside / "program"


def modes(file):
    return [stat.S_IMODE(folder.stat().st_mode) & 0o7 for folder in file.parents][:3]


@only_root
def test_one_user_passes_through_a_closed_folder_and_no_one_else(closed):
    mine, before = system_user("rollkeeper-counter"), modes(closed)
    assert not is_readable_by(mine, [closed])

    for _ in range(2):
        allow_traversal(closed, mine)

    assert is_readable_by(mine, [closed])
    assert not is_readable_by("nobody", [closed])
    assert not is_readable_by(mine, [closed.parents[1]])
    assert modes(closed) == before


@only_root
def test_what_a_folder_granted_before_stays(closed):
    mine, other = system_user("rollkeeper-counter"), system_user("rollkeeper-portal")
    allow_traversal(closed, mine)
    closed.parents[1].chmod(0o700)  # takes the mask away, and with it what was granted
    assert not is_readable_by(mine, [closed])

    allow_traversal(closed, other)
    allow_traversal(closed, mine)

    assert is_readable_by(mine, [closed])
    assert is_readable_by(other, [closed])
    assert not is_readable_by("nobody", [closed])


def named_in(folder):
    """Return the users that a folder's access control list names: to try each of them takes a process."""
    entries = struct.iter_unpack("<HHI", os.getxattr(folder, "system.posix_acl_access")[4:])
    return {user for tag, _, user in entries if tag == ACL_USER}


@only_root
def test_users_that_are_let_in_at_once_are_all_let_in(closed, request):
    users = [system_user(f"rollkeeper-{name}") for name in ("counter", "portal", "backoffice", "db", "keys")]
    interval = sys.getswitchinterval()
    request.addfinalizer(lambda: sys.setswitchinterval(interval))
    sys.setswitchinterval(1e-6)  # else hardly any of them meets another

    for _ in range(10):
        for folder in (closed.parents[2], closed.parents[1]):
            os.removexattr(folder, "system.posix_acl_access") if os.listxattr(folder) else None
        with ThreadPoolExecutor(len(users)) as pool:
            list(pool.map(partial(allow_traversal, closed), users))
        for folder in (closed.parents[2], closed.parents[1]):
            assert named_in(folder) == {pwd.getpwnam(user).pw_uid for user in users}
    assert [user for user in users if not is_readable_by(user, [closed])] == []


@only_root
def test_an_app_runs_as_its_own_user_from_a_closed_folder(closed, monkeypatch):
    before = modes(closed)
    monkeypatch.setattr(credential_handover.sys, "executable", str(closed))

    user = credential_handover._user_of(AppName.COUNTER)

    assert user == "rollkeeper-counter"
    assert is_readable_by(user, [closed])
    assert modes(closed) == before


@only_root
@pytest.mark.parametrize("kind", InstanceKind)
def test_where_nothing_can_be_granted_a_production_instance_serves_no_app_as_root(closed, monkeypatch, kind):
    def unsupported(*_):
        raise OSError(errno.EOPNOTSUPP, "no access control lists")

    monkeypatch.setattr(os, "setxattr", unsupported)
    monkeypatch.setattr(credential_handover.sys, "executable", str(closed))
    monkeypatch.setattr(credential_handover, "instance", lambda: Instance(kind=kind))

    if kind is InstanceKind.DEMO:
        assert credential_handover._user_of(AppName.COUNTER) is None
    else:
        with refusing(PROGRAM_NOT_READABLE):
            credential_handover._user_of(AppName.COUNTER)


@pytest.mark.skipif(os.geteuid() == 0, reason="root makes users")
def test_an_ordinary_user_runs_every_part_alone():
    assert system_user("rollkeeper-anything") is None


PUTS_AND_LISTS = """
import os, sys
from contextlib import suppress
folder = sys.argv[1]
for place in (folder, *(os.path.join(folder, f"{number:02x}") for number in range(256))):
    try:
        os.listdir(place)
        print("lists", place)
    except PermissionError:
        pass
    if place != folder:
        with suppress(PermissionError):
            open(os.path.join(place, "copy"), "xb").close()
            print("puts")
"""


@only_root
def test_a_counter_puts_copies_into_folders_that_were_made_again(tmp_path, monkeypatch):
    folder = tmp_path / "documents"
    monkeypatch.setattr(document_store, "folder", lambda: folder)
    counter, vault = credential_handover._user_of(AppName.COUNTER), system_user("rollkeeper-vault")
    credential_handover._allow_reading_copies(vault)
    for place in folder.iterdir():
        place.rmdir()

    credential_handover._allow_writing_copies(counter)

    put = subprocess.run(
        [sys.executable, "-c", PUTS_AND_LISTS, folder],
        user=counter, group=counter, extra_groups=[], umask=0o077, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert put.stdout.split() == ["puts"] * 256
    assert is_readable_by(vault, [folder / one / "copy" for one in document_store.PREFIXES])


@only_root
def test_a_counter_gets_no_other_folder_by_a_link_and_replaces_none(tmp_path, monkeypatch):
    folder, foreign = tmp_path / "documents", tmp_path / "secrets"
    foreign.mkdir(mode=0o700)
    monkeypatch.setattr(document_store, "folder", lambda: folder)
    counter, vault = credential_handover._user_of(AppName.COUNTER), system_user("rollkeeper-vault")
    credential_handover._allow_reading_copies(vault)
    as_counter = {"user": counter, "group": counter, "extra_groups": [], "capture_output": True}

    moved = subprocess.run(["mv", folder / "00", folder / "away"], check=False, **as_counter)
    (folder / "01").rmdir()
    planted = subprocess.run(["ln", "-s", foreign, folder / "01"], check=False, **as_counter)
    credential_handover._allow_writing_copies(counter)

    assert (moved.returncode, planted.returncode) == (1, 0)
    assert not (folder / "01").is_symlink()
    assert (foreign.owner(), foreign.group(), foreign.stat().st_mode & 0o777) == ("root", "root", 0o700)


@only_root
def test_no_link_is_given_to_a_group(tmp_path):
    foreign, link = tmp_path / "secrets", tmp_path / "00"
    foreign.mkdir(mode=0o700)
    link.symlink_to(foreign)
    counter = credential_handover._user_of(AppName.COUNTER)

    with pytest.raises(OSError, match="symbolic links"):
        let_group(link, counter, 0o3)

    assert (foreign.group(), foreign.stat().st_mode & 0o777) == ("root", 0o700)
