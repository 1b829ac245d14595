# SPDX-License-Identifier: EUPL-1.2
"""An app in a container: it runs from what the worker wrote for it, and nothing else of the instance is there."""

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import yaml

from rollkeeper.kernel import stores
from rollkeeper.operations.credential_handover import VAULT_SECRETS, AppCredentials, require_handed_over
from rollkeeper.operations.errors import APP_NOT_HANDED_OVER, WHOLE_INSTANCE_HANDED_OVER
from rollkeeper.site.web_apps import APPS, app_named
from rollkeeper.vault import service
from tests.in_process import invoke
from tests.instances import copy_empty
from tests.operations.test_process_supervisor import (
    answers,
    free_ports,
    require_servers_to_come_back,
    set_up_by,
    until,
)
from tests.refusals import refusing

COMMAND = Path(sys.executable).with_name("rollkeeper")
COMPOSE = yaml.safe_load(
    (Path(__file__).parents[2] / "ops" / "container" / "compose.yaml").read_text("utf-8")
)


def test_every_container_with_the_instance_can_say_whether_it_is_ready():
    for name in ("vault", "worker"):
        (mount,) = (one for one in COMPOSE["services"][name]["volumes"] if one.startswith("sockets:"))
        assert mount == "sockets:/run/rollkeeper"


def test_no_container_of_rollkeeper_reads_the_password_of_a_superuser():
    volumes = [volume for service in COMPOSE["services"].values() for volume in service["volumes"]]

    assert all(one["file"].startswith("${SUPERUSERS:?}/") for one in COMPOSE["secrets"].values())
    assert not [volume for volume in volumes if "SUPERUSERS" in volume]
    assert {name for name, service in COMPOSE["services"].items() if service.get("secrets")} == {
        "register",
        "keys",
    }


@pytest.fixture
def place():
    with tempfile.TemporaryDirectory(prefix="rk-handed-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@contextmanager
def running(data_dir, *words, **more):
    surroundings = {key: value for key, value in os.environ.items() if key != "ROLLKEEPER_ROLE"}
    with subprocess.Popen(
        [COMMAND, *map(str, words)], stdin=subprocess.DEVNULL, env=surroundings | {"ROLLKEEPER_HOME": str(data_dir)} | more,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.terminate()
            process.wait(60)


@pytest.fixture(scope="module")
def handing_over():
    """A worker that hands over what each app needs: its process, its instance, and the folder that it writes into."""
    with tempfile.TemporaryDirectory(prefix="rk-handed-", dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        instance, written = Path(folder) / "instance", Path(folder) / "written"
        copy_empty(instance)
        with running(instance, "worker", "--hand-over", written) as process:
            until(lambda: all((written / app.name / "settings.toml").exists() for app in APPS), seconds=60)
            yield process, instance, written


# `serve` hands each app the same for as long as it runs, and is tried with all of them.
@pytest.mark.parametrize("apps", [[app_named("backoffice")], pytest.param(APPS, marks=pytest.mark.soak)])
def test_an_app_runs_from_its_own_folder_alone(handing_over, apps):
    _, instance, written = handing_over
    port, sockets = free_ports(), {"ROLLKEEPER_SOCKETS": str(instance / "run" / "sockets")}

    with ExitStack() as stack:
        for app in apps:
            words = ("serve", "--handed-over", "--app", app.name, "--port", port)
            stack.enter_context(running(written / app.name, *words, **sockets))

        for app in apps:
            until(lambda app=app: answers(port + app.port_offset, "/readyz"), seconds=90)


def test_in_tables_of_another_version_no_handed_over_app_is_served(data_dir, place):
    app = app_named("portal")
    written = AppCredentials.outside(app, place / "written")
    sockets = {"ROLLKEEPER_SOCKETS": str(stores.sockets())}

    with set_up_by("0.1.0"):
        words = ("serve", "--handed-over", "--app", app.name, "--port", free_ports())
        with running(written.folder, *words, **sockets) as tried:
            code = tried.wait(60)

    assert code == 1


def test_no_folder_of_an_app_has_a_key_of_another(handing_over):
    *_, written = handing_over

    inside = {app.name: {one.name for one in (written / app.name / "secrets").iterdir()} for app in APPS}

    assert inside["portal"] == {"index.key", "public-keys.pub", "register-portal.pgpass", "web.key"}
    assert not [name for names in inside.values() for name in names if f"secrets/{name}" in VAULT_SECRETS]
    assert len({(written / app.name / "secrets" / "web.key").read_text("utf-8") for app in APPS}) == len(APPS)


def test_a_server_that_died_comes_back_for_a_worker(handing_over):
    process, instance, _ = handing_over

    require_servers_to_come_back(process, instance)


def test_an_app_refuses_a_folder_with_the_whole_instance(data_dir):
    with refusing(WHOLE_INSTANCE_HANDED_OVER):
        require_handed_over(app_named("portal"))


def test_an_app_refuses_the_folder_of_another(data_dir, place, monkeypatch):
    written = AppCredentials.outside(app_named("counter"), place / "written")
    monkeypatch.setenv("ROLLKEEPER_HOME", str(written.folder))

    with refusing(APP_NOT_HANDED_OVER):
        require_handed_over(app_named("portal"))
    assert not stores.password_file(stores.REGISTER, "portal").exists()


@pytest.mark.parametrize(
    "words", [("serve", "--handed-over"), ("worker", "--once", "--hand-over", "written")], ids=" ".join
)
def test_what_cannot_be_handed_over_is_a_wrong_call(words):
    assert invoke(*words).exit_code == 2


@pytest.mark.parametrize("name", [app.name for app in APPS])
def test_the_container_of_an_app_mounts_its_own_folder_and_no_secrets(name):
    mounted = [str(one).split(":")[:2] for one in COMPOSE["services"][name]["volumes"]]
    inside = {place: source for source, place in mounted}

    assert inside["/srv/rollkeeper"] == name
    assert not [place for source, place in mounted if "SECRETS" in source or source == "instance"]
    assert f"{name}:/handed-over/{name}" in COMPOSE["services"]["worker"]["volumes"]


def test_the_vault_service_is_reached_by_no_app_but_the_back_office_in_its_group():
    reach = [
        app.name for app in APPS if "sockets:/run/rollkeeper:ro" in COMPOSE["services"][app.name]["volumes"]
    ]
    made = (Path(__file__).parents[2] / "ops" / "container" / "Containerfile").read_text("utf-8")

    assert [f"rollkeeper-{name}" for name in reach] == list(service.APP_USERS)
    assert COMPOSE["services"]["backoffice"]["user"] == "4700:4701"
    assert "groupadd --system --gid 4701 rollkeeper-backoffice" in made
