"""Cells that a spreadsheet reads as they are meant."""

import pytest

from rollkeeper.kernel.table_files import cell_as_meant, inert_cell

FORMULAS = [
    "=1+A1", "+A1", "-A1", "@SUM(1)", " =A1", "\uff1dA1", "=cmd|' /C calc'!A0", "=\n\nA1"
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_marked_as_text_and_read_as_meant(text):
    assert inert_cell(text) == f"'{text}"
    assert cell_as_meant(inert_cell(text)) == text


@pytest.mark.parametrize(
    ("text", "inert"),
    [
        ("Tashi;=HYPERLINK(A1)", "Tashi;'=HYPERLINK(A1)"),
        ("Tashi\t@SUM(A1)", "Tashi\t'@SUM(A1)"),
        ("Tashi\n=A1", "Tashi\n'=A1"),
        ("\t=A1", "'\t'=A1"),
        ("\r\n=A1", "'\r\n'=A1"),
        ("Tashi\n\n=A1", "Tashi\n\n'=A1"),
        ("=A1;; +A1;-1", "'=A1;;' +A1;-1"),
        ("\ufeff=A1", "'\ufeff=A1"),
    ],
)
def test_a_formula_behind_what_some_spreadsheets_take_for_the_end_of_a_cell_is_none(text, inert):
    assert inert_cell(text) == inert
    assert cell_as_meant(inert) == text


@pytest.mark.parametrize(
    "text",
    [
        "+86 139-0000-0001",
        "-",
        "--",
        "-12.5",
        "",
        "'s",
        "Invented 1",
        "a=b",
        "2011-12-01",
        "Block 5; flat 2",
        "1;-2;+86",
    ],
)
def test_numbers_dashes_and_words_stay_as_they_are(text):
    assert inert_cell(text) == cell_as_meant(text) == text
