"""The units for systemd: they are well formed, and what they start is a command that exists."""

import configparser
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from rollkeeper.documents.reading import sandbox
from rollkeeper.operations.cli import make_app
from rollkeeper.platform.embedded_postgres import KEYS_SYSTEM_USER, SYSTEM_USER
from rollkeeper.site.web_apps import APPS
from tests.operations.test_process_supervisor import CAPABILITIES

GIVEN_UP = (
    "NoNewPrivileges", "RestrictRealtime", "RestrictSUIDSGID", "LockPersonality", "PrivateDevices", "PrivateTmp", "ProtectHome",
    "ProtectClock", "ProtectControlGroups", "ProtectHostname", "ProtectKernelLogs", "ProtectKernelModules", "ProtectKernelTunables",
)  # fmt: skip
UNITS = sorted((Path(__file__).parents[2] / "ops" / "systemd").glob("rollkeeper-*.*"))
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="LOUD: no systemd-analyze on this machine"
)
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong_with_a_unit(unit, tmp_path):
    for one in UNITS:
        text = one.read_text("utf-8")
        (tmp_path / one.name).write_text(
            text.replace("/opt/rollkeeper/bin/rollkeeper", str(Path(sys.executable).with_name("rollkeeper")))
        )

    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", "--recursive-errors=no", str(tmp_path / unit.name)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip

    assert checked.returncode == 0, checked.stderr
    assert unit.name not in checked.stderr, checked.stderr


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_starts_a_command_that_there_is(unit):
    words = read(unit)["Service"]["ExecStart"].split()
    command, rest = get_command(make_app()), words[1:]
    while isinstance(command, TyperGroup):
        command = command.get_command(typer.Context(command), rest.pop(0))
    options = {option for parameter in command.params for option in parameter.opts}

    assert Path(words[0]).name == "rollkeeper"
    assert {word for word in words[2:] if word.startswith("--")} <= options


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_begins_nothing_where_the_instance_is_not_mounted(unit):
    parts = read(unit)
    place = parts["Service"]["Environment"].partition("ROLLKEEPER_HOME=")[2]

    assert parts["Unit"]["RequiresMountsFor"] == place
    assert parts["Unit"]["AssertPathExists"] == f"{place}/made"


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_does_not_take_the_servers_from_another(unit):
    assert read(unit)["Service"]["KillMode"] == "process"


@pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="LOUD: no systemd-analyze on this machine"
)
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_systemd_rates_the_exposure_of_a_unit_below_three(unit):
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--no-pager", str(unit)],
        capture_output=True, text=True, check=False, timeout=60,
    ).stdout  # fmt: skip

    (exposure,) = re.findall(r"Overall exposure level for \S+: ([0-9.]+)", rated)
    assert float(exposure) < 3.0, rated


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_unit_gives_up_what_it_does_not_need(unit):
    service = read(unit)["Service"]

    assert {name for name in GIVEN_UP if service.get(name) != "yes"} == set()
    assert service["ProtectSystem"] == "strict"
    assert set(service["CapabilityBoundingSet"].split()) == CAPABILITIES
    assert service["SystemCallFilter"].split()[0] == "@system-service"
    assert set(service["SystemCallFilter"].split()[1:]) <= {"@sandbox"}
    assert "/etc" not in service["ReadWritePaths"]


@pytest.mark.parametrize(
    ("name", "allowed"),
    [("serve", "user net"), ("worker", "user net"), ("backup", "yes"), ("campaign-run", "yes")],
)
def test_what_reads_pictures_may_have_a_network_namespace_and_nothing_else_has_any(name, allowed):
    (unit,) = (one for one in SERVICES if one.stem == f"rollkeeper-{name}")

    assert read(unit)["Service"]["RestrictNamespaces"] == allowed


def test_the_reader_of_pictures_takes_the_one_namespace_that_is_allowed(monkeypatch):
    asked = []

    class Manager:
        def unshare(self, flags):
            asked.append(flags)
            return 0 if flags == sandbox._CLONE_NEWNET | sandbox._CLONE_NEWUSER else -1

    monkeypatch.setattr(sandbox, "_LIBC", Manager())

    assert sandbox.unshare_namespaces() == ["network"]
    assert len(asked) == 4


def test_the_users_of_all_parts_are_made_beforehand():
    lines = (UNITS[0].parent / "rollkeeper.conf").read_text("utf-8").splitlines()

    assert {line.split()[1] for line in lines if line.startswith("u ")} == {
        SYSTEM_USER, KEYS_SYSTEM_USER, "rollkeeper-vault", *(f"rollkeeper-{app.name}" for app in APPS),
    }  # fmt: skip


def read(unit):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(unit.read_text("utf-8"))
    return parser
