# SPDX-License-Identifier: EUPL-1.2
"""A process runs this program's code, and none that lies in the folder in which someone typed a command."""

from pathlib import Path

import pytest

import rollkeeper
from rollkeeper.imports.parquet import open_parquet
from rollkeeper.operations.worker_processes import JobKind, JobProcess

pl = pytest.importorskip("polars")


@pytest.fixture
def foreign_folder(tmp_path, monkeypatch):
    """The folder of another user, in which a command is typed: modules lie in it that say that they ran."""
    folder = tmp_path / "foreign"
    folder.mkdir()
    for name in ("logging", "signal", "polars", "fastexcel", "json"):
        (folder / f"{name}.py").write_text(
            f"import os\nopen({str(folder / 'ran')!r}, 'a').write('{name} ')\nos._exit(0)\n"
        )
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.usefixtures("data_dir")
def test_a_worker_with_keys_runs_no_code_of_the_folder_it_was_started_in(foreign_folder):
    worker = JobProcess("worker-with-keys", JobKind.ALL)

    process = worker._started()
    process.stdin.close()  # it ends once it has begun
    process.wait(60)

    assert not (foreign_folder / "ran").exists()
    assert process.returncode == 0


def test_a_file_is_tried_without_code_of_the_folder_it_lies_in(foreign_folder):
    pl.DataFrame({"number": ["13800138000"]}).write_parquet(foreign_folder / "lines.parquet")

    opened = open_parquet(foreign_folder / "lines.parquet")

    assert opened.columns == ("number",)
    assert not (foreign_folder / "ran").exists()


def test_every_start_of_an_interpreter_leaves_the_folder_out():
    """What the tests above would not meet: the apps, whose folder is theirs, and a program that starts itself again."""
    code = Path(rollkeeper.__file__).parent
    found = [
        line.strip()
        for file in code.rglob("*.py")
        for line in file.read_text("utf-8").splitlines()
        if "[sys.executable, " in line
    ]

    assert found
    assert [line for line in found if '"-P"' not in line and '"-I"' not in line] == []
