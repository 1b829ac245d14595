# SPDX-License-Identifier: EUPL-1.2
"""The sheets with what is held about a subscriber: every letter of a name is on them, whatever its script, and inside its column."""

import datetime as dt
import io
import re

import pypdfium2
import pytest

from rollkeeper.ledger.errors import FontsMissing
from rollkeeper.portal import record_sheets

pytestmark = pytest.mark.usefixtures("register")
OURS = {"NotoSans", "NotoSansCJKsc", "NotoSerifTibetan"}
ARABIC = "عمر بن خالد"


def sheets(name):
    """The sheets of a record that has only a name, or nothing where the fonts are missing."""
    record = {
        "number": "+86 … 7003", "service": "mobile line", "last_day": None, "kept_article": "", "copy": None,
        "entries": [{"field": "Full name", "value": name, "article": "art. 2 ¶1"}],
    }  # fmt: skip
    try:
        return record_sheets.pdf({"records": [record]}, on=dt.date(2012, 3, 2), language="bo")
    except FontsMissing as fault:
        pytest.skip(f"NO FONTS HERE: {fault.advice}")


def test_a_name_in_a_script_of_no_language_here_gets_a_font_that_has_it():
    fonts = {
        one.decode().split("-")[0] for one in re.findall(rb"/BaseFont/[A-Z]{6}\+([A-Za-z-]+)", sheets(ARABIC))
    }

    assert fonts - OURS


@pytest.mark.parametrize(
    "name", ["W" * 180, "བསྒྲུབས" * 20, "བསྒྲུབས་" * 20], ids=["latin", "tibetan", "with tsheg"]
)
def test_a_very_long_word_stays_in_its_column(name):
    page = pypdfium2.PdfDocument(io.BytesIO(sheets(name)))[0].render(scale=2).to_numpy()

    margin = page[:, -int(17 / 210 * page.shape[1]) :]
    assert margin.min() == 255
