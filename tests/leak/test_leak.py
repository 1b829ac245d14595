# SPDX-License-Identifier: EUPL-1.2
"""The leak test at a small size; `make leaktest` runs the same with 10,000 people, beside two baselines."""

import os

import pytest

from tests.leak.machine import Machine
from tests.leak.story import Story

SIZE = 150


@pytest.fixture(scope="module")
def lived():
    """A machine on which everything was done once, switched off, and the values of everybody who was ever on it."""
    machine = Machine()
    try:
        story = Story(machine, size=SIZE)
        story.live()
        machine.switch_off()
        yield machine, story.people.values
    finally:
        machine.switch_off()
        machine.destroy()


def test_no_value_of_anybody_lies_anywhere_in_any_form(lived):
    machine, values = lived

    found = {
        str(file.relative_to(machine.root)): dict(counts) for file, counts in machine.hits(values).items()
    }

    assert found == {}


def test_everything_that_was_written_was_searched(lived):
    machine, _ = lived

    searched = {str(file.relative_to(machine.root)) for file in machine.searched()}

    wanted = (
        "home/register/pg/base/", "home/register/pg/pg_wal/", "home/register/server.log", "home/keys/pg/base/",
        "home/logs/counter.log", "home/logs/office.log", "home/outbox/messages.jsonl", "home/network/journal.jsonl",
        "published/", "backup/", "said/", "answers/", "inputs/wrong.csv.refused.csv", "inputs/wrong.jsonl.refused.jsonl",
    )  # fmt: skip
    assert [start for start in wanted if not any(name.startswith(start) for name in searched)] == []
    assert "inputs/export.csv" not in searched


def test_one_value_planted_anywhere_is_found(lived):
    machine, values = lived
    kind, value = next(pair for pair in values if pair[0] == "document number")
    places = ("home/register/pg/base/1/planted", "home/logs/office.log", "tmp/planted", "said/planted")
    sizes = {file: file.stat().st_size if file.exists() else 0 for file in map(machine.root.joinpath, places)}

    for file in sizes:
        with file.open("ab") as out:
            out.write(b"\x00" * 1000 + value.encode() + b"\xff" * 1000)
    found = machine.hits(values)
    for file, size in sizes.items():
        os.truncate(file, size)

    assert {file: counts[kind, "utf-8"] for file, counts in found.items()} == dict.fromkeys(sizes, 1)


def test_the_operators_own_files_hold_what_was_searched(lived):
    machine, values = lived
    own = (machine.inputs / "export.csv").read_text("utf-8")

    held = {kind for kind, value in values if value in own}

    assert held >= {
        "name",
        "address",
        "document number",
        "telephone number",
        "e-mail",
        "operator's reference",
    }
