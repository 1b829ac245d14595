# SPDX-License-Identifier: EUPL-1.2
"""The leak test at a small size; `make leaktest` runs the same with 10,000 people, next to two baselines."""

import os

import pytest

from tests.instances import copy_empty
from tests.leak.integers import LEAST, integers_in
from tests.leak.machine import CONFIGURATION, Machine
from tests.leak.search import hits_of
from tests.leak.story import Story

SIZE = 150


@pytest.fixture(scope="module")
def lived():
    """A machine on which everything was done once, switched off, and the values of everybody who was ever on it."""
    machine = Machine()
    copy_empty(machine.data_dir, configuration=CONFIGURATION)
    (machine.data_dir / "made").unlink()  # the story has it set up, under a law of its own
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


def test_no_number_lies_anywhere_as_an_integer(lived):
    machine, values = lived

    found = integers_in(values, machine.searched())

    assert not found.is_a_leak, found


def test_numbers_kept_as_integers_are_found(lived, tmp_path):
    _, values = lived
    numbers = [int(value[1:]) for kind, value in values if kind == "telephone number"][: LEAST + 5]
    (tmp_path / "table").write_bytes(b"".join(number.to_bytes(8, "big") for number in numbers))

    assert integers_in(values, [tmp_path / "table"]).is_a_leak


def test_everything_that_was_written_was_searched(lived):
    machine, _ = lived

    searched = {str(file.relative_to(machine.root)) for file in machine.searched()}

    wanted = (
        "data_dir/register/pg/base/", "data_dir/register/pg/pg_wal/", "data_dir/register/server.log", "data_dir/keys/pg/base/",
        "data_dir/logs/counter.log", "data_dir/logs/backoffice.log", "data_dir/outbox/messages.jsonl", "data_dir/network/journal.jsonl",
        "data_dir/logs/portal.log", "data_dir/logs/portal-worker.log", "evidence/", "answer.age", "published/", "backup/", "restored/register/pg/base/", "said/", "answers/", "inputs/wrong.csv.refused.csv", "inputs/wrong.jsonl.refused.jsonl",
    )  # fmt: skip
    assert [start for start in wanted if not any(name.startswith(start) for name in searched)] == []
    assert "inputs/export.csv" not in searched


def test_one_value_planted_anywhere_is_found(lived):
    machine, values = lived
    kind, value = next(pair for pair in values if pair[0] == "document number")
    places = (
        "data_dir/register/pg/base/1/planted",
        "data_dir/logs/backoffice.log",
        "tmp/planted",
        "said/planted",
    )
    sizes = {file: file.stat().st_size if file.exists() else 0 for file in map(machine.root.joinpath, places)}

    for file in sizes:
        with file.open("ab") as out:
            out.write(b"\x00" * 1000 + value.encode() + b"\xff" * 1000)
    searched = machine.searched()
    found = hits_of(values, sizes)
    for file, size in sizes.items():
        os.truncate(file, size)

    assert set(sizes) <= set(searched)
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
        "number of a SIM card",
        "identity of a SIM",
        "point of sale",
        "address of a connection",
    }
