# SPDX-License-Identifier: EUPL-1.2
"""The command line: its table says what the packages register, and nothing is imported that was not asked for."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup
from typer.main import get_command, get_group

import rollkeeper
from rollkeeper.operations.cli import make_app
from rollkeeper.operations.command_table import COMMANDS, CommandsOnDemand, app_of
from tests.command_server import common_server

PACKAGE = Path(rollkeeper.__file__).parent
COMMAND = Path(sys.executable).with_name("rollkeeper")


def packages_from_the_lowest_up():
    """Give the packages that have commands, in the order of the layers: a package may add to a lower one's group."""
    linted = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    (layers,) = (one["layers"] for one in linted["contracts"] if one["type"] == "layers")
    names = [name.strip() for layer in reversed(layers) for name in layer.split("|")]
    return [name for name in names if list((PACKAGE / name).glob("commands*"))]


@pytest.fixture(scope="module")
def registered():
    return get_group(app_of(packages_from_the_lowest_up()))


def shape(command):
    """Describe a command: its help, its parameters, and the same of all that is below it."""
    own = command.help, [(one.name, one.opts) for one in command.params]
    below = command.commands.items() if isinstance(command, TyperGroup) else ()
    return *own, {name: shape(child) for name, child in below}


def test_the_table_names_every_command_with_the_line_its_package_gives(registered):
    listed = {entry.name: entry.help_line for entry in COMMANDS}

    said = {name: command.get_short_help_str(1000) for name, command in registered.commands.items()}

    assert listed == said


@pytest.mark.parametrize("entry", COMMANDS, ids=lambda entry: entry.name)
def test_a_command_is_whole_with_the_packages_that_the_table_names(entry, registered):
    program = get_command(make_app())

    found = program.get_command(typer.Context(program), entry.name)

    assert shape(found) == shape(registered.commands[entry.name])


def test_help_shows_what_it_would_show_with_everything_imported(registered):
    program = get_command(make_app())
    context = typer.Context(program, info_name="rollkeeper", terminal_width=80)

    shown = program.get_help(context)

    sections = registered.get_help(typer.Context(registered, terminal_width=80)).split("Commands:\n")[1]
    lines = sorted(sections.splitlines())
    assert sorted(shown.split("Commands:\n")[1].splitlines()) == lines


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["-h"], []])
def test_what_the_program_says_of_itself_imports_no_package(words):
    said = imported_by(words)

    assert not {name for name in said if name.startswith(("django", "rollkeeper.kernel.settings"))}
    assert not {name for name in said if name.endswith("commands")}


def test_the_help_of_a_command_imports_its_own_package_alone():
    said = imported_by(["reports", "--help"])

    assert {name for name in said if name.startswith("rollkeeper.") and name.endswith(".commands")} == {
        "rollkeeper.reporting.commands",
        "rollkeeper.reporting.audit_samples.commands",
    }


def test_a_process_that_only_starts_others_sets_up_no_django():
    asked = """
import sys
import typer
from rollkeeper.operations.cli import make_app
program = typer.main.get_command(make_app(with_django=False))
for name in ("serve", "demo"):
    program.get_command(typer.Context(program), name)
import rollkeeper.operations.process_supervisor
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    imported = set(done.stdout.split())

    assert not {name for name in imported if name.startswith("django.db.models")}
    assert not {name for name in imported if name.startswith("rollkeeper.") and name.endswith(".models")}
    assert not imported & {"numpy", "polars", "rollkeeper.law.pack"}


def test_the_vault_service_starts_without_what_it_never_uses():
    asked = """
import sys, django
django.setup()
import rollkeeper.platform.embedded_postgres, rollkeeper.vault.service
print(*sys.modules)
import rollkeeper.law.page, rollkeeper.operations.worker_processes
print(*sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    vault, others = (set(line.split()) for line in done.stdout.splitlines())

    assert not {"rollkeeper.law.pack", "yaml", "urllib3", "multiprocessing"} & vault
    assert not {"typer", "rich.console"} & others, "apps and workers have no terminal"


def imported_by(words):
    """Give the modules that are imported when the program has answered these words."""
    asked = f"""
import sys
from rollkeeper.operations import cli
sys.argv = ["rollkeeper", *{words}]
try:
    cli.main()
finally:
    print(*sys.modules, file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=False)
    return set(done.stderr.splitlines()[-1].split())


def test_the_version_is_said():
    done = subprocess.run([COMMAND, "--version"], capture_output=True, text=True, check=True)

    assert done.stdout == f"rollkeeper {rollkeeper.__version__}\n"


@pytest.mark.parametrize(
    "words", [[], ["agents"], ["agents", "list"], ["serve"], ["campaign", "stay", "enter"]]
)
def test_the_short_option_helps_like_the_long_one(words):
    short, long = (common_server().run(*words, option).stdout for option in ("-h", "--help"))

    assert short == long
    assert short.startswith("Usage: rollkeeper")


def test_settings_that_do_not_fit_each_other_are_refused_in_words(tmp_path):
    # Reading them loads the parts that say them in the terminal's language, before Django has its settings.
    (tmp_path / "settings.toml").write_text('[provisioning.by_service]\nmobile = ["kamailio"]\n', "utf-8")

    done = subprocess.run(
        [COMMAND, "staff", "list"], env=os.environ | {"ROLLKEEPER_HOME": str(tmp_path)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert done.returncode == 2
    assert "mobile needs osmo_hlr (data) and kamailio (calls)" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_that_there_is_not_is_answered_with_the_nearest():
    done = subprocess.run([COMMAND, "ledgr"], capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert "Did you mean 'ledger'?" in done.stderr


@pytest.mark.parametrize(
    ("typed", "place", "offered"), [("rollkeeper cam", 1, "campaign"), ("rollkeeper imports u", 2, "undo")]
)
def test_a_shell_completes_commands(typed, place, offered):
    asked = {"_ROLLKEEPER_COMPLETE": "complete_bash", "COMP_WORDS": typed, "COMP_CWORD": str(place)}

    done = subprocess.run([COMMAND], env=os.environ | asked, capture_output=True, text=True, check=False)

    assert done.stdout.split() == [offered]


def test_names_of_commands_are_completed_without_their_packages(monkeypatch):
    monkeypatch.setattr(CommandsOnDemand, "get_command", None)
    program = get_command(make_app())

    offered = program.shell_complete(typer.Context(program), "ca")

    assert [(one.value, one.help) for one in offered] == [
        (entry.name, entry.help_line) for entry in COMMANDS if entry.name in {"campaign", "cases"}
    ]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["explain"], "call_lacks_something"), (["explain", "+8613900000001", "Tashi", "Norbu"], "call_has_too_many_words"),
        (["campaign", "run", "Tashi"], "call_has_wrong_value"), (["incidents", "open", "--about", "Tashi"], "call_has_wrong_choice"),
        (["explain", "--Tashi"], "no_such_option"), (["Tashi"], "no_such_command"), (["campaign", "Tashi"], "no_such_command"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_refused_for_people_and_programs_and_not_repeated(data_dir, words, code):
    person, program = (common_server().run(*said) for said in (words, [*words, "--json"]))

    assert person.returncode == program.returncode == 2
    assert "Tashi" not in person.stderr + program.stderr
    assert "--help" in person.stderr or "Type: " in person.stderr
    assert json.loads(program.stderr)["refused"][0]["code"] == code
