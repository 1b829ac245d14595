"""Large libraries are extras: the base works without them, and what needs one says which."""

import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

from rollkeeper.kernel.extras import MODULES

ROOT = Path(__file__).parents[2]
WITHOUT = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {sorted({module for modules in MODULES.values() for module in modules})}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from rollkeeper.operations.cli import main
main()
"""


def typed(*words, place=None):
    """Run the program as it is without any extra, in the tests' instance or in another place."""
    elsewhere = {"ROLLKEEPER_HOME": str(place)} if place else {}
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, *map(str, words)], env=os.environ | {"ROLLKEEPER_ROLE": "console"} | elsewhere,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


@pytest.fixture
def export(tmp_path):
    file = tmp_path / "lines.csv"
    file.write_text("number,service,activated on\n13800000001,mobile,2011-05-01\n", "utf-8")
    return file


@pytest.fixture
def place():
    """Where no other test was: a job meets files of the instance, too."""
    with tempfile.TemporaryDirectory(prefix="rollkeeper-base-") as folder:
        yield Path(folder) / "instance"


def test_the_base_reads_csv_says_the_law_and_runs_every_job(place, export):
    said = [
        typed("setup", place=place),
        typed("law", "list", place=place),
        typed("import", export, "--yes", place=place),
        typed("worker", "--once", place=place),
        typed("campaign", "status", place=place),
    ]

    assert [one.stdout[-600:] + one.stderr[-300:] for one in said if one.returncode] == []


def test_what_needs_an_extra_names_it(committed, tmp_path):
    workbook = tmp_path / "lines.xlsx"
    workbook.write_bytes(b"PK\x03\x04")

    said = [
        typed("import", workbook, "--propose"),
        typed(
            "simulate",
            "none",
            tmp_path / "x",
            "--from",
            "2012-01-01",
            "--to",
            "2012-01-02",
            "--out",
            tmp_path / "y",
        ),
    ]

    assert [one.returncode for one in said] == [1, 1]
    assert all("'tables'" in one.stderr and "pip install" in one.stderr for one in said)


def test_the_extras_of_the_package_are_those_that_are_named():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert set(MODULES) <= set(project["optional-dependencies"])
    assert project["optional-dependencies"]["all"] == ["rollkeeper[documents,tables,print]"]
