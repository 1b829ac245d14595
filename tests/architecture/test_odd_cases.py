"""Every odd case has an answer, and each answer a test that is really there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^(\d+)\. \*\*(.+?)\*\*:? ([^`]+) (`tests/.+`)?$")
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def _rows() -> list[tuple[int, str, list[tuple[str, str]]]]:
    text = (ROOT / "docs" / "odd-cases.md").read_text("utf-8")
    found = [ROW.match(line) for line in text.splitlines() if re.match(r"\d", line)]
    assert all(found), "a row that cannot be read"
    return [(int(row[1]), row[3], NAMED.findall(row[4] or "")) for row in found if row]


def test_each_of_the_seventy_five_stands_once_in_order():
    assert [number for number, _, _ in _rows()] == list(range(1, 76))


def test_a_case_is_held_by_a_test_or_said_not_to_be_served():
    missing = [number for number, what, tests in _rows() if bool(tests) == what.startswith("Not served")]

    assert missing == []


def test_every_test_that_is_named_is_there():
    missing = [
        (number, name)
        for number, _, tests in _rows()
        for file, name in tests
        if not (ROOT / file).is_file() or f"def {name}(" not in (ROOT / file).read_text("utf-8")
    ]

    assert missing == []
