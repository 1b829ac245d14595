"""Cells that a spreadsheet reads as they are meant."""

import pytest

from rollkeeper.kernel.table_files import cell_as_meant, inert_cell

FORMULAS = [
    "=1+A1", "+A1", "-A1", "@SUM(1)", "\t=A1", "\r\n=A1", " =A1", "\uff1dA1", "=cmd|' /C calc'!A0", "=\n\nA1"
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_marked_as_text_and_read_as_meant(text):
    assert inert_cell(text) == f"'{text}"
    assert cell_as_meant(inert_cell(text)) == text


@pytest.mark.parametrize(
    "text", ["+86 139-0000-0001", "-", "--", "-12.5", "", "'s", "Invented 1", "a=b", "2011-12-01"]
)
def test_numbers_dashes_and_words_stay_as_they_are(text):
    assert inert_cell(text) == cell_as_meant(text) == text
