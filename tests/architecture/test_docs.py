"""What Rollkeeper says about itself is true."""

import re
import tomllib
from pathlib import Path

import pytest

from rollkeeper.imports.mapping import make_map
from rollkeeper.kernel.settings import tables_in, variable_of
from rollkeeper.law import events
from rollkeeper.operations import docs

ROOT = Path(docs.__file__).parents[2]


@pytest.mark.parametrize("name", docs.PAGES)
def test_a_generated_page_is_what_the_code_says(name):
    assert (docs.DOCS / name).read_text("utf-8") == docs.PAGES[name](), "run `make docs`"


def test_every_setting_says_what_it_decides():
    assert [
        (path, name)
        for path, model in docs.setting_tables()
        for name, field in model.model_fields.items()
        if name not in tables_in(model) and not field.description
    ] == []


def test_every_default_may_be_copied_into_the_file():
    sections = re.findall(
        r"^## \[([^\]]+)\]\n(.*?)(?=^## |\Z)", docs.settings_page(), re.MULTILINE | re.DOTALL
    )
    written = {
        variable_of(*table.split("."), name): tomllib.loads(f"x = {default}")["x"] if default else None
        for table, rows in sections
        for name, default in re.findall(r"^- `(\w+)`(?: \(`(.*?)`\))?: ", rows, re.MULTILINE)
    }

    assert written == {
        variable_of(*path, name): field.default
        for path, model in docs.setting_tables()
        for name, field in model.model_fields.items()
        if name not in tables_in(model)
    }


def test_every_command_shows_an_example():
    assert [name for name, text in docs.commands() if "Example" not in text] == []


def test_every_command_of_the_readme_exists():
    known = {name for name, _ in docs.commands()}
    text = (ROOT / "README.md").read_text("utf-8")
    typed = re.findall(r"^(?:\$ )?(rollkeeper(?: [a-z-]+)+)", text, re.MULTILINE)

    assert typed
    assert [
        line for line in typed if not any(line == name or line.startswith(name + " ") for name in known)
    ] == []


def test_each_promise_names_files_that_are_there_and_a_test_that_proves_it():
    text = (ROOT / "README.md").read_text("utf-8")
    table = text[text.index("| promise | kept by") : text.index("## What it will not do")]
    promises = [line.split(" | ") for line in table.splitlines()[2:] if line]
    named = {
        path
        for promise in promises
        for path in re.findall(r"`((?:rollkeeper|tests)/[^`]+)`", " ".join(promise))
    }

    assert len(promises) == 9
    assert [path for path in named if not (ROOT / path).is_file()] == []
    assert all(re.search(r"`tests/[^`]+\.py`", proof) for _promise, _kept, proof in promises)


def test_the_map_on_the_page_of_imports_is_one_that_the_importer_takes():
    page = (docs.DOCS / "import.md").read_text("utf-8")
    raw = tomllib.loads(re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)[0])
    columns = [text for text in re.findall(r'"([^"]+)"', page) if not text.isascii()]

    made = make_map(raw, named="import.md", header=columns)

    assert {name for name, part in made if part is None} == set()


def test_the_page_of_imports_names_every_event_of_a_history():
    page = (docs.DOCS / "import.md").read_text("utf-8")

    assert [event for event in (*events.MOMENTS, *events.STRETCHES) if f"`{event}`" not in page] == []
    assert ", ".join(f"`{column}`" for column in events.COLUMNS) in page
