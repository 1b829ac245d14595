"""What the package, the image and the compose file name is there: commands, options, settings, files."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from rollkeeper import __version__
from rollkeeper.operations.settings import all_tables
from tests.in_process import invoke

ROOT = Path(__file__).parents[2]
CONTAINER = ROOT / "ops" / "container"
COMPOSE = yaml.safe_load((CONTAINER / "compose.yaml").read_text("utf-8"))
OURS = {name: one for name, one in COMPOSE["services"].items() if one["image"].startswith("rollkeeper")}
NFPM = yaml.safe_load((ROOT / "ops" / "packaging" / "nfpm.yaml").read_text("utf-8"))


@pytest.mark.parametrize("name", OURS)
def test_each_container_runs_a_command_with_options_that_there_are(name):
    words = OURS[name]["command"]
    options = {word for word in words if word.startswith("--")}
    called = [word for word in words[: 2 if words[0] == "vault" else 1] if not word.startswith("--")]

    said = invoke(*called, "--help")

    assert said.exit_code == 0
    assert not {option for option in options if option not in said.output}


def test_each_setting_in_the_environment_is_one():
    tables = all_tables()
    named = [
        key.removeprefix("ROLLKEEPER_").lower().split("__")
        for key in OURS["setup"]["environment"]
        if "__" in key
    ]

    assert named
    assert not [path for path in named if path[1] not in tables[path[0]].model_fields]


def test_an_app_is_asked_for_its_health_on_its_own_port():
    ports = {name: OURS[name]["ports"][0].split(":")[1] for name in ("backoffice", "counter", "portal")}

    assert ports == {"backoffice": "8000", "counter": "8001", "portal": "8002"}
    assert all(port in str(OURS[name]["healthcheck"]["test"]) for name, port in ports.items())


def test_everything_waits_for_what_it_needs():
    services = COMPOSE["services"]

    assert not [
        name for one in services.values() for name in one.get("depends_on", {}) if name not in services
    ]


def test_no_process_runs_as_root_or_with_capabilities():
    assert re.search(r"^USER rollkeeper$", (CONTAINER / "Containerfile").read_text("utf-8"), re.MULTILINE)
    assert all(one["cap_drop"] == ["ALL"] and one["read_only"] for one in OURS.values())


def test_the_image_is_that_of_this_version():
    assert {one["image"] for one in OURS.values()} == {f"rollkeeper:{__version__}"}


def test_the_files_that_the_package_takes_from_the_tree_are_there():
    sources = [one["src"] for one in NFPM["contents"] if one["src"].startswith("ops/")]
    scripts = [*NFPM["scripts"].values(), "bin/package"]

    assert [name for name in (*sources, *scripts) if not (ROOT / name).exists()] == []


@pytest.mark.parametrize(
    "script", ["bin/package", "ops/packaging/postinst", "ops/packaging/prerm", "ops/postgresql/passwords.sh"]
)
def test_a_script_is_one_that_the_shell_reads(script):
    subprocess.run(["sh", "-n", ROOT / script], check=True)


def test_the_packages_program_runs_only_as_a_program_and_leaves_nothing_behind():
    """A process of a pool reads the program's file again: without the guard each would run the command once more."""
    assert 'if __name__ == "__main__":\\n    main()' in (ROOT / "bin" / "package").read_text("utf-8")
    assert "__pycache__" in (ROOT / "ops" / "packaging" / "prerm").read_text("utf-8")
