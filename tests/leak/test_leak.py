# SPDX-License-Identifier: EUPL-1.2
"""The leak test at a small size; `make leaktest` runs the same with 10,000 people, next to two baselines."""

import os

import pytest

from tests.instances import copy_empty
from tests.leak.integers import LEAST, hits_and_integers
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


@pytest.fixture(scope="module")
def found(lived):
    """What lies in all that was written."""
    machine, values = lived
    return hits_and_integers(values, machine.searched())


def test_no_value_of_anybody_lies_anywhere_in_any_form(lived, found):
    machine, _ = lived
    hits, _ = found

    assert {str(file.relative_to(machine.root)): dict(counts) for file, counts in hits.items()} == {}


def test_no_number_lies_anywhere_as_an_integer(found):
    _, integers = found

    assert not integers.is_a_leak, integers


def test_numbers_kept_as_integers_are_found(lived, tmp_path):
    _, values = lived
    numbers = [pair for pair in values if pair[0] == "telephone number"]
    (tmp_path / "table").write_bytes(
        b"".join(int(number[1:]).to_bytes(8, "big") for _, number in numbers[: LEAST + 5])
    )

    _, integers = hits_and_integers(numbers, [tmp_path / "table"])

    assert integers.is_a_leak


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
    documents = [pair for pair in values if pair[0] == "document number"]
    kind, value = documents[0]
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
    found = hits_of(documents, sizes)
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
