"""Large libraries are extras: the base works without them, and what needs one says which."""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

from rollkeeper.kernel.extras import MODULES
from tests.command_server import common_server
from tests.instances import copy_empty

ROOT = Path(__file__).parents[2]
WITHOUT = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {sorted({module for modules in MODULES.values() for module in modules})}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
import json, os
from importlib import import_module
from rollkeeper.operations.preloader import PRELOADED
from tests.command_server import run
for name in PRELOADED:
    import_module(name)
said = []
for words in json.loads(sys.argv[1]):
    child = os.fork()
    if not child:
        os.dup2(os.open("out", os.O_CREAT | os.O_WRONLY), 1)
        os.dup2(os.open("err", os.O_CREAT | os.O_WRONLY), 2)
        run(words)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    said.append([words, code, *(open(name, encoding="utf-8").read() for name in ("out", "err"))])
    os.unlink("out"), os.unlink("err")
print(json.dumps(said))
"""


def typed(folder, *commands, place=None):
    """Run commands as they are without any extra, each forked of a process that has none, in the tests' instance or in another place."""
    elsewhere = {"ROLLKEEPER_HOME": str(place)} if place else {}
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, json.dumps(commands, default=str)], stdin=subprocess.DEVNULL, capture_output=True,
        env=os.environ | {"ROLLKEEPER_ROLE": "console", "PYTHONPATH": str(ROOT)} | elsewhere,
        text=True, check=False, timeout=300, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert len(said) == len(commands)
    return said


@pytest.fixture
def export(tmp_path):
    file = tmp_path / "lines.csv"
    file.write_text("number,service,activated on\n13800000001,mobile,2011-05-01\n", "utf-8")
    return file


@pytest.fixture
def place():
    """An instance where no other test was, for a job meets its files, too: made but for its `setup`, which reads every migration again."""
    with tempfile.TemporaryDirectory(prefix="rollkeeper-base-") as folder:
        copy_empty(Path(folder) / "instance")
        (Path(folder) / "instance" / "made").unlink()
        common_server().hold_servers(Path(folder) / "instance")
        yield Path(folder) / "instance"
        common_server().release_servers(Path(folder) / "instance")


def test_the_base_reads_csv_says_the_law_and_runs_every_job(place, export):
    said = typed(
        export.parent, ["setup"], ["law", "list"], ["import", export, "--yes"], ["worker", "--once"], ["campaign", "status"],
        place=place,
    )  # fmt: skip

    assert [(words, out[-600:] + err[-300:]) for words, code, out, err in said if code] == []


def test_what_needs_an_extra_names_it(committed, tmp_path):
    workbook = tmp_path / "lines.xlsx"
    workbook.write_bytes(b"PK\x03\x04")

    said = typed(
        tmp_path, ["import", workbook, "--propose"],
        ["simulate", "none", tmp_path / "x", "--from", "2012-01-01", "--to", "2012-01-02", "--out", tmp_path / "y"],
    )  # fmt: skip

    assert [code for _, code, *_ in said] == [1, 1]
    assert all("'tables'" in err and "pip install" in err for *_, err in said)


def test_the_extras_of_the_package_are_those_that_are_named():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert set(MODULES) <= set(project["optional-dependencies"])
    assert project["optional-dependencies"]["all"] == ["rollkeeper[documents,tables,print]"]
