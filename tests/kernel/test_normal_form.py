# SPDX-License-Identifier: EUPL-1.2
"""No typed text, however it is made, occupies a process for long only by being spelled one way."""

import datetime as dt
import time
import unicodedata

import pytest

from rollkeeper.documents.rules import check_number, is_known_type, normalise_type
from rollkeeper.documents.verdicts import Verdict
from rollkeeper.imports import column_dictionary
from rollkeeper.imports.column_dictionary import (
    is_known,
    is_personal,
    meaning_of,
    says_yes,
    sensitive_about,
    service_in,
)
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.normal_form import LONGEST, normal_form
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import normalise, normalise_identifier, service_guess
from rollkeeper.registration.rules import clean, fault_of_value
from rollkeeper.selfcare.rules import normalise_name
from rollkeeper.vault.rules import normalise_document, normalise_reference
from rollkeeper.vault.rules import normalise_number as index_form
from tests.refusals import refusing

ON = dt.date(2012, 3, 1)
MARKS = "\u0301\u0323" * 60_000
"""Each pair has to change places with all before it."""


@pytest.mark.parametrize(
    "spell",
    [
        normalise_type, normalise_name, normalise_document, normalise_reference, index_form, service_guess, is_known, says_yes, clean,
        is_known_type,
    ],
)  # fmt: skip
def test_a_long_row_of_combining_marks_costs_nothing(spell):
    begun = time.process_time()

    spell(MARKS)

    assert time.process_time() - begun < 1


def test_what_is_too_long_to_be_spelled_is_refused_for_its_length():
    assert check_number("other", MARKS, ON).verdict is Verdict.INVALID
    assert fault_of_value("name", MARKS, on=ON)
    with refusing(NumberNotRead, match="too long"):
        normalise(MARKS, "CN")
    with refusing(NumberNotRead, match="too long"):
        normalise_identifier(MARKS, service=Service.DOMAIN, country="CN")


def test_a_text_of_usual_length_has_its_normal_form():
    text = "é".join("ａ" for _ in range(LONGEST // 2))

    assert normal_form(text) == unicodedata.normalize("NFKC", text) != text
    assert normal_form("e\u0301", "NFC") == "é"


@pytest.mark.parametrize("look", [is_known, is_personal, service_in, sensitive_about, meaning_of])
@pytest.mark.parametrize("cell", ["a " * 30_000, "1-" * 30_000, "aB" * 30_000, "号 " * 30_000, "x" * 60_000])
def test_a_cell_of_many_words_costs_a_file_little(look, cell):
    begun = time.process_time()

    look(cell)

    assert time.process_time() - begun < 1


def test_no_word_of_the_dictionary_is_longer_than_what_is_looked_for():
    def texts(found):
        if isinstance(found, dict):
            return [*found, *(text for one in found.values() for text in texts(one))]
        return [text for one in found for text in texts(one)] if isinstance(found, list) else [str(found)]

    assert max(map(len, texts(column_dictionary._dictionary()))) <= column_dictionary._LONGEST_WORD
