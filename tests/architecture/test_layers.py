"""The register itself: packages, furniture, and the words that are not used."""

import ast
import re
import subprocess
import sys
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

from tests.source import PACKAGE, modules, nodes_of, text_of

ROOT = PACKAGE.parent
PACKAGES = sorted(f.name for f in PACKAGE.iterdir() if (f / "__init__.py").exists())


def test_packages_stand_on_their_layers():
    checked = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


@pytest.fixture
def imports():
    """The graph of our modules; imports inside functions count, imports for types alone do not."""
    return grimp.build_graph("rollkeeper", exclude_type_checking_imports=True, cache_dir=None)


def cycle_in(imports):
    """Give one cycle of imports, or None."""
    try:
        TopologicalSorter(
            {m: imports.find_modules_directly_imported_by(m) for m in imports.modules}
        ).prepare()
    except CycleError as found:
        return found.args[1]
    return None


def test_no_modules_import_each_other(imports):
    assert len(imports.modules) > 500

    assert cycle_in(imports) is None


def test_a_cycle_of_imports_is_found(imports):
    protocol, gateway = "rollkeeper.notices.gateways.base", "rollkeeper.notices.gateways.smtp"

    imports.add_import(importer=protocol, imported=gateway)

    assert {protocol, gateway} <= set(cycle_in(imports))


def test_every_file_opens_with_its_licence_and_a_sentence():
    assert not [
        str(file.relative_to(ROOT))
        for file, tree in modules().items()
        if not text_of(file).startswith("# SPDX-License-Identifier: EUPL-1.2\n")
        or not ast.get_docstring(tree)
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_has_tests(package):
    assert list((ROOT / "tests" / package).glob("test_*.py")), f"tests/{package} is empty"


def test_no_package_has_a_module_for_odds_and_ends():
    names = {
        part
        for file in modules()
        if file.parts[-2:] != ("gateways", "base.py")  # holds the protocol that the gateways next to it keep
        for part in file.relative_to(PACKAGE).with_suffix("").parts
    }

    assert not names & {"utils", "common", "core", "helpers", "base", "misc"}


# The auditor is one file by promise: an outsider copies it and runs it with only `cryptography`.
CARRIED_AWAY = PACKAGE / "ledger" / "auditor.py"


def test_no_module_is_longer_than_can_be_read():
    assert not [
        str(file.relative_to(ROOT))
        for file in modules()
        if len(text_of(file).splitlines()) > 500 and file != CARRIED_AWAY
    ]


def test_no_function_is_longer_than_can_be_read():
    assert not [
        f"{file.relative_to(ROOT)}: {node.name}"
        for file, tree in modules().items()
        for node in nodes_of(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno >= 60
    ]


def test_a_function_of_the_database_is_named_by_a_package():
    made = re.compile(r"CREATE OR REPLACE FUNCTION (?:public\.)?(\w+)")
    keys = PACKAGE / "vault" / "sql" / "keys.sql"  # another database, in which no name has a prefix
    assert not [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sorted(set(PACKAGE.rglob("*.sql")) - {keys})
        for name in made.findall(text_of(file))
        if name.split("_")[0] not in PACKAGES
    ]


def test_every_statement_file_says_what_it_does_and_which_law_it_serves():
    lacking = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in PACKAGE.rglob("*.sql")
        for word in ("Law:", "Reads:", "Writes:", "Plan:", "Again:")
        if not re.search(rf"^-- .*{word}", file.read_text("utf-8"), re.MULTILINE)
    ]

    assert not lacking


def test_nothing_is_formatted_into_sql():
    verbs = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|TRUNCATE|COPY)\b")
    guilty = [
        f"{file.relative_to(ROOT)}:{node.lineno}"
        for file, tree in modules().items()
        for node in nodes_of(tree)
        if isinstance(node, ast.JoinedStr)
        and any(isinstance(p, ast.Constant) and verbs.search(str(p.value)) for p in node.values)
        and any(isinstance(p, ast.FormattedValue) for p in node.values)
    ]

    assert not guilty


def test_nobody_but_the_clock_asks_the_machine_for_the_time():
    asking = re.compile(r"(datetime|dt|date)\.(now|today|utcnow)\(|timezone\.now\(")
    guilty = [
        str(file.relative_to(ROOT))
        for file in modules()
        if file != PACKAGE / "kernel" / "clock.py" and asking.search(text_of(file))
    ]

    assert not guilty
