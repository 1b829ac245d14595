# SPDX-License-Identifier: EUPL-1.2
"""The apps of a demo share memory: what forks them knows no instance, and each fork is what it was asked to be."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rollkeeper.kernel.settings import data_dir as data_folder
from rollkeeper.operations import worker_processes
from rollkeeper.operations.credential_handover import AppCredentials
from rollkeeper.operations.preloader import Preloader
from rollkeeper.platform.os_users import system_user
from rollkeeper.site import common_settings
from rollkeeper.site import settings as site_settings
from rollkeeper.site.web_apps import APPS
from tests.operations.test_process_supervisor import free_ports, until

ROOT = Path(__file__).parents[2]


@contextmanager
def preloading():
    with pytest.MonkeyPatch.context() as surroundings:
        surroundings.setenv("ROLLKEEPER_PASSWORD", "an invented pass phrase")
        made = Preloader()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def preloader():
    """What forks, for all tests but the one that takes it away."""
    with preloading() as made:
        yield made


@contextmanager
def forked(preloader):
    """The counter in a fork, with its address."""
    (app,) = (one for one in APPS if one.name == "counter")
    port, handed = free_ports(), AppCredentials.to(app)
    process = preloader.fork(
        "rollkeeper.operations.app_process", "127.0.0.1", str(port), folder=handed.folder, user=handed.user,
        environment=handed.environment() | {
            "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings", "ROLLKEEPER_APP": app.name, "ROLLKEEPER_HOSTS": "",
            "ROLLKEEPER_PORT": str(port), "ROLLKEEPER_ROLE": app.role.value,
        },
    )  # fmt: skip
    try:
        yield process, f"http://127.0.0.1:{port}/healthz", handed
    finally:
        process.kill()
        process.wait(10)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # the server's own child outlives its parent
        process.stdin.close()
        process.stdout.close()
        handed.clear()


@pytest.fixture
def counter(data_dir, preloader):
    with forked(preloader) as made:
        yield made


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:  # noqa: S310 - an address of this test
            return answer.status == 200
    except OSError:
        return False


def of_process(pid, name):
    """Give the words after this name in the kernel's page about a process."""
    lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    return next(line.split()[1:] for line in lines if line.startswith(f"{name}:"))


def test_an_app_in_a_fork_runs_as_itself_and_ends_when_it_is_told_to(counter):
    process, address, handed = counter

    until(lambda: answers(address), seconds=60)
    assert process.poll() is None
    has_its_own_user_folder_and_session(process, handed)
    process.terminate()

    assert process.wait(20) == 0
    assert process.poll() == 0
    assert not answers(address)


def has_its_own_user_folder_and_session(process, handed):
    assert os.getsid(process.pid) == process.pid
    assert Path(f"/proc/{process.pid}/cwd").readlink() == handed.folder
    if user := system_user("rollkeeper-counter"):
        import pwd

        uid, gid = pwd.getpwnam(user).pw_uid, pwd.getpwnam(user).pw_gid
        assert of_process(process.pid, "Uid") == [str(uid)] * 4
        assert of_process(process.pid, "Gid") == [str(gid)] * 4
        assert of_process(process.pid, "Groups") == []


def test_an_app_in_a_fork_ends_when_its_parent_lets_go_of_it(counter):
    process, address, _ = counter
    until(lambda: answers(address), seconds=60)

    process.stdin.close()

    assert process.wait(20) == 0


def test_the_end_of_a_fork_by_a_signal_is_reported_as_such(counter):
    process, _, _ = counter

    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.05)
    process.kill()

    assert process.wait(10) == -signal.SIGKILL


def test_what_forks_knows_no_instance_and_no_secret(counter, preloader):
    pid = preloader._process.pid
    names = {
        pair.split(b"=")[0].decode()
        for pair in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        if pair
    }
    open_files = []
    for one in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed meanwhile
            open_files.append(str(one.readlink()))

    about_its_run = names - {"PATH", "PYTHONPATH", "VIRTUAL_ENV", "LANG", "LC_CTYPE"}
    assert about_its_run <= {"PYTHONUNBUFFERED", "MALLOC_ARENA_MAX"}  # how it runs, not for whom
    assert not [file for file in open_files if str(data_folder()) in file]
    assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")


def test_what_forks_has_read_no_setting_that_is_an_instances():
    script = """
import functools, gc, json
from rollkeeper.operations import preloader
preloader.preload()
kept = [one for one in gc.get_objects() if type(one) is functools._lru_cache_wrapper and one.cache_info().currsize]
print(json.dumps([[*vars(preloader.settings)], [f"{one.__module__}.{one.__qualname__}" for one in kept]]))
"""
    read, kept = json.loads(
        subprocess.check_output([sys.executable, "-P", "-c", script], text=True, timeout=120)
    )

    assert "INSTALLED_APPS" in read
    shared = set(filter(str.isupper, dir(common_settings)))
    instances = set(filter(str.isupper, dir(site_settings))) - shared
    # `django.setup` reads both again in each fork.
    assert instances & set(read) <= {"FORCE_SCRIPT_NAME", "LOGGING"}
    assert kept
    assert not [name for name in kept if name.startswith("rollkeeper.")]


def test_django_in_a_fork_is_set_up_as_in_a_process_that_shares_nothing(data_dir, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    with preloading() as preloader:
        for app in APPS:
            handed = AppCredentials.to(app)
            surroundings = handed.environment() | {
                "DJANGO_SETTINGS_MODULE": "rollkeeper.site.settings", "ROLLKEEPER_APP": app.name, "ROLLKEEPER_HOSTS": "register.example",
                "ROLLKEEPER_PORT": "9000", "ROLLKEEPER_ROLE": app.role.value, "PYTHONPATH": str(ROOT),
            }  # fmt: skip
            process = preloader.fork(
                "tests.site.django_state", folder=handed.folder, environment=surroundings
            )
            with process.stdin, process.stdout:
                forked = json.loads(process.stdout.read())
                assert process.wait(20) == 0
            plain = subprocess.check_output(
                [sys.executable, "-P", "-m", "tests.site.django_state"], env=surroundings, cwd=handed.folder, timeout=120
            )  # fmt: skip
            handed.clear()

            assert forked == json.loads(plain)
            assert forked["ROLLKEEPER_APP"] == app.name


def test_where_what_forks_is_gone_its_apps_count_as_ended(data_dir):
    with preloading() as preloader, forked(preloader) as (process, _, _):
        preloader._process.kill()
        preloader._process.wait()

        assert process.wait(10) == -signal.SIGKILL
    with suppress(ProcessLookupError):  # it ends by itself when its input is closed
        os.killpg(process.pid, signal.SIGKILL)


def started(apps=APPS, **how):
    return [
        (one.name, one.opens, one.jobs.value)
        for one in worker_processes.processes_for(apps, with_workers=True, **how)
        if isinstance(one, worker_processes.JobProcess)
    ]


def test_only_a_compact_start_makes_one_process_of_portal_worker_and_worker():
    assert started() == [
        ("portal-worker", False, "for-apps"), ("worker-with-keys", True, "all"),
        ("worker-without-keys", False, "background"),
    ]  # fmt: skip
    assert started(preloader=object()) == [
        ("worker-with-keys", True, "all"), ("worker-without-keys", False, "all"),
    ]  # fmt: skip


def test_the_back_office_alone_has_a_portal_worker_and_without_an_app_there_is_none():
    backoffice = [app for app in APPS if app.name == "backoffice"]

    assert started(backoffice)[0] == ("portal-worker", False, "for-apps")
    assert started([])[-1] == ("worker-without-keys", False, "all")


def test_a_compact_start_without_workers_still_has_a_portal_worker():
    assert [
        one.name for one in worker_processes.processes_for(APPS, with_workers=False, preloader=object())
    ] == ["vault", "portal-worker"]


def test_a_worker_in_a_fork_runs_as_itself_and_ends_when_it_is_asked_to(data_dir, preloader):
    (worker,) = (one for one in worker_processes.workers(preloader=preloader) if not one.opens)
    worker.keep_going()
    process = worker._process

    until(lambda: int(of_process(process.pid, "Threads")[0]) > 2, seconds=60)  # its jobs have begun
    assert os.getsid(process.pid) == process.pid
    assert process.poll() is None
    worker.stop()

    assert process.poll() == 0
