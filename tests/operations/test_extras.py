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
from tests.command_server import run, warm_up
warm_up()
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


def typed(folder, place, *commands):
    """Run commands in an instance as they are without any extra, each forked of a process that has none but everything else."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, json.dumps(commands, default=str)], stdin=subprocess.DEVNULL, capture_output=True,
        env=os.environ | {"ROLLKEEPER_ROLE": "console", "PYTHONPATH": str(ROOT), "ROLLKEEPER_HOME": str(place)},
        text=True, check=False, timeout=300, cwd=folder,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert len(said) == len(commands)
    return said


@pytest.fixture
def place():
    """An instance where no other test was, for a job meets its files, too: made but for its `setup`, which reads every migration again."""
    with tempfile.TemporaryDirectory(prefix="rollkeeper-base-") as folder:
        copy_empty(Path(folder) / "instance")
        (Path(folder) / "instance" / "made").unlink()
        common_server().hold_servers(Path(folder) / "instance")
        yield Path(folder) / "instance"
        common_server().release_servers(Path(folder) / "instance")


def test_the_base_does_all_but_what_needs_an_extra_which_names_it(place, tmp_path):
    export, workbook = tmp_path / "lines.csv", tmp_path / "lines.xlsx"
    export.write_text("number,service,activated on\n13800000001,mobile,2011-05-01\n", "utf-8")
    workbook.write_bytes(b"PK\x03\x04")
    works = (
        ["setup"],
        ["law", "list"],
        ["import", export, "--yes"],
        ["worker", "--once"],
        ["campaign", "status"],
    )
    lacks = (
        ["import", workbook, "--propose"],
        ["simulate", "none", tmp_path / "x", "--from", "2012-01-01", "--to", "2012-01-02", "--out", tmp_path / "y"],
    )  # fmt: skip

    said = typed(tmp_path, place, *works, *lacks)

    assert [(words, out[-600:] + err[-300:]) for words, code, out, err in said[: len(works)] if code] == []
    assert [code for _, code, *_ in said[len(works) :]] == [1, 1]
    assert all("'tables'" in err and "pip install" in err for *_, err in said[len(works) :])


def test_the_extras_of_the_package_are_those_that_are_named():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert set(MODULES) <= set(project["optional-dependencies"])
    assert project["optional-dependencies"]["all"] == ["rollkeeper[documents,tables,print]"]
