"""The units for systemd: they are well formed, and what they start is a command that exists."""

import configparser
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command

from rollkeeper.operations.cli import make_app

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
def test_a_unit_does_not_take_the_servers_from_another(unit):
    assert read(unit)["Service"]["KillMode"] == "process"


def read(unit):
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(unit.read_text("utf-8"))
    return parser
