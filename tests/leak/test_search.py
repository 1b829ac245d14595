# SPDX-License-Identifier: EUPL-1.2
"""The search finds what is there, in every form; a search that finds nothing by mistake would prove anything."""

import base64

import pytest

from tests.leak import search
from tests.leak.search import Search, forms

NAME = "བཀྲ་ཤིས Unikat-7f3a"
NUMBER = "+8613912345678"


@pytest.mark.parametrize("value", [NAME, NUMBER, "549999195001011239"])
def test_every_form_of_a_value_is_found_in_a_file(tmp_path, value):
    for index, (_, form) in enumerate(forms(value)):
        (tmp_path / f"{index}.bin").write_bytes(b"\x00noise" + form + b"noise\xff")

    found = Search([("value", value)]).hits([tmp_path])

    assert len(found) == len(list(forms(value)))


@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc"])
@pytest.mark.parametrize("after", [b"", b"x", b"xy"])
def test_base64_is_found_wherever_the_value_starts(tmp_path, before, after):
    (tmp_path / "file").write_bytes(base64.b64encode(before + NAME.encode() + after))

    assert Search([("name", NAME)]).hits([tmp_path])


def test_a_value_across_two_blocks_is_found_once(tmp_path, monkeypatch):
    monkeypatch.setattr(search, "BLOCK_BYTES", 16)
    (tmp_path / "file").write_bytes(b"." * 9 + b"549999195001011239" + b"." * 40)

    (counts,) = Search([("document_number", "549999195001011239")]).hits([tmp_path]).values()

    assert counts == {("document_number", "utf-8"): 1}


def test_other_values_are_not_found(tmp_path):
    (tmp_path / "file").write_bytes(NAME.encode()[:-1] + b"?")

    assert Search([("name", NAME)]).hits([tmp_path]) == {}


def test_a_value_in_files_that_are_alike_is_found_in_each(tmp_path):
    files = [tmp_path / name for name in ("one", "another")]
    for file in files:
        file.write_bytes(b"." * 9 + b"549999195001011239")

    found = Search([("document_number", "549999195001011239")]).hits([tmp_path])

    assert found == {file: {("document_number", "utf-8"): 1} for file in files}
