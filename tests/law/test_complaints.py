# SPDX-License-Identifier: EUPL-1.2
"""Who decides a complaint about the operator: said in the reader's language, and only where a reader confirmed it."""

import datetime as dt

import pytest

from rollkeeper.law.packs import read_pack
from rollkeeper.law.page import law_page
from rollkeeper.law.rights import complaint_body
from tests.builders.complaints import BODY, complaining
from tests.builders.packs import confirmed, read_text

ON = dt.date(2026, 11, 29)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_it_is_said_in_the_reader_s_language_with_its_article(language):
    found = complaint_body(read_text(complaining()), language, on=ON)

    assert (found.text, found.language, found.article) == (BODY[language], language, "12")


def test_a_language_without_a_text_falls_back():
    assert complaint_body(read_text(complaining()), "de", on=ON).language == "en"
    assert BODY["zh-hans"] in complaint_body(read_text(complaining()), "bo", on=ON).text


@pytest.mark.parametrize("on", [dt.date(2011, 12, 31), dt.date(2030, 1, 2)])
def test_no_one_is_sent_before_the_law_or_after_it(on):
    law = read_text(complaining().replace("valid:\n", "valid:\n  ends: 2030-01-01\n", 1))

    assert law.file.valid.ends == dt.date(2030, 1, 1)
    assert complaint_body(law, "en", on=on) is None


@pytest.mark.parametrize(
    "law",
    [
        complaining(is_confirmed=False),
        complaining().replace("status: confirmed", "status: draft"),
        complaining().replace("day_kind: calendar", "day_kind: working"),
        complaining(text=""),
    ],
    ids=["not confirmed", "a draft", "not supported", "silent"],
)
def test_no_one_is_sent_where_the_law_may_not_send_them(law):
    pack = read_pack(confirmed(law).encode(), file="pack.yaml")

    assert complaint_body(pack, "en", on=ON) is None
    assert "Who decides a complaint" not in law_page(pack, language="en", on=ON)


def test_the_law_page_says_it():
    page = law_page(read_text(complaining()), language="en", on=ON)

    assert f"Who decides a complaint about the operator</h2><p>{BODY['en']} (article 12)</p>" in page


def test_a_pack_says_it_in_english_too():
    pack = read_text(complaining(text="zh-hans: 某局"))

    assert pack.unsupported_fields == ("'rights.complain_to' (without English)",)


def test_it_is_all_that_a_pack_has_to_say_and_it_is_supported():
    assert read_text(complaining()).unsupported_fields == ()
