# SPDX-License-Identifier: EUPL-1.2
"""A wheel is whole however it is built: with translations and front-end assets, or not built at all."""

import os
import shutil
import subprocess
import sys
import zipfile
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from rollkeeper.site.documentation import INSTALLED, PAGES

ROOT = Path(__file__).parents[2]
UV = ROOT / ".tools" / "bin" / "uv"
BUILT = "rollkeeper/site/static/built"


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """The tree as a fresh clone has it: what is ignored is not there."""
    there = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "rollkeeper", *_TOP],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split("\n")  # fmt: skip
    folder = tmp_path_factory.mktemp("tree")
    for name in filter(None, there):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


_TOP = ["hatch_build.py", "pyproject.toml", "README.md", "LICENSE", "docs"]


def built(tree, *, path):
    return subprocess.run(
        [UV, "build", "--wheel", "--offline", "--out-dir", tree / "dist", tree],
        env=os.environ | {"PATH": path}, check=False, capture_output=True, text=True,
    )  # fmt: skip


@pytest.fixture
def hook(monkeypatch):
    """The build hook's module; its base class belongs to the build backend and is not installed here."""
    interface = type(sys)("hatchling.builders.hooks.plugin.interface")
    interface.BuildHookInterface = object
    for name in (
        "hatchling",
        "hatchling.builders",
        "hatchling.builders.hooks",
        "hatchling.builders.hooks.plugin",
    ):
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
    monkeypatch.setitem(sys.modules, interface.__name__, interface)
    spec = spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_a_fresh_tree_without_npm_gives_no_wheel_and_says_what_to_do(hook, tree, monkeypatch):
    monkeypatch.setenv("PATH", "")

    with pytest.raises(RuntimeError, match="Run 'make run' once in this checkout, or install npm"):
        hook.require_assets(tree)


def test_a_wheel_has_every_translation_and_asset(tree):
    if not UV.exists():
        pytest.skip("there is no uv next to this checkout: the wheel was NOT built")
    shutil.copytree(ROOT / BUILT, tree / BUILT)

    done = built(tree, path=os.environ["PATH"])

    assert done.returncode == 0, done.stderr
    (wheel,) = (tree / "dist").glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    languages = [folder.name for folder in (ROOT / "rollkeeper/site/locale").iterdir() if folder.is_dir()]
    assert {f"rollkeeper/site/locale/{language}/LC_MESSAGES/django.mo" for language in languages} <= names
    assert {f"{BUILT}/{file.name}" for file in (ROOT / BUILT).iterdir() if file.suffix != ".gz"} <= names
    assert {str(file.relative_to(ROOT)) for file in (ROOT / "rollkeeper").rglob("*.sql")} <= names
    assert {f"rollkeeper/site/{INSTALLED.name}/{page}.md" for page in PAGES.values()} <= names
