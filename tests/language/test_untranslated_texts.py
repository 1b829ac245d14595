"""A text that has no Tibetan is shown in Chinese and English, each marked with its language."""

import datetime as dt
import json
import time
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.http import HttpResponse
from django.test import Client
from django.utils import translation
from django.utils.translation import gettext, ngettext, pgettext

import rollkeeper
from rollkeeper.kernel.error_messages import CONTEXT, translated
from rollkeeper.kernel.phrasing import cite, write_day
from rollkeeper.kernel.side_by_side import (
    as_html,
    as_plain_text,
    fall_back_on_chinese_and_english,
    is_side_by_side,
    no_reader_note,
    side_by_side,
)
from rollkeeper.operations.docs import refusals
from rollkeeper.site.untranslated_texts import UntranslatedTextsMiddleware
from tests.builders.tibetan import catalogues, take_tibetan

PACKAGE = Path(rollkeeper.__file__).parent
SHOWN = '<span class="rk-untranslated">※ <span lang="zh-hans">冷冻期</span> <span lang="en">Quarantine</span></span>'


def entries(language):
    with (PACKAGE / f"site/locale/{language}/LC_MESSAGES/django.po").open("rb") as file:
        return {(m.context, m.id): m.string for m in read_po(file) if isinstance(m.id, str) and m.id}


@pytest.fixture
def without_tibetan(monkeypatch):
    """A text without Tibetan, and its Chinese."""
    chinese = entries("zh_Hans")
    text = next(
        text
        for where, text in entries("bo")
        if not where and chinese.get((where, text)) and "%" not in text and "{" not in text
    )
    take_tibetan(monkeypatch, None, text)
    return text, chinese[None, text]


def entries_that_count():
    with (PACKAGE / "site/locale/bo/LC_MESSAGES/django.po").open("rb") as file:
        return [(m.id, m.string) for m in read_po(file) if isinstance(m.id, tuple) and not m.context]


@pytest.fixture
def tibetan():
    with translation.override("bo"):
        yield


def test_a_text_without_tibetan_is_said_in_chinese_and_english(tibetan, without_tibetan):
    english, chinese = without_tibetan

    assert gettext(english) == side_by_side(chinese, english)


def test_a_text_that_counts_and_has_no_tibetan_is_said_in_chinese_and_english(tibetan, monkeypatch):
    (one, many), _ = next(key for key in entries_that_count() if "%" in key[0][1])
    for catalogue in catalogues():
        for key in [key for key in catalogue if key in {one, (one, 0), (one, 1)}]:
            monkeypatch.setitem(catalogue, key, one)  # as the compiler writes a text that has none

    fall_back_on_chinese_and_english()

    assert many in ngettext(one, many, 2)
    assert is_side_by_side(ngettext(one, many, 1))


def test_a_number_without_a_name_is_put_into_both_languages(tibetan, monkeypatch):
    one = "This password is too short. It must contain at least %d character."
    many = "This password is too short. It must contain at least %d characters."
    for catalogue in catalogues():
        for key in [one, (one, 0), (one, 1)]:
            monkeypatch.delitem(catalogue, key, raising=False)

    said = as_plain_text(ngettext(one, many, 12) % 12)

    assert said.count("12") == 2
    assert many % 12 in said


def test_a_text_that_no_catalogue_has_stays_as_it_is(tibetan):
    assert gettext("Nothing of this kind.") == "Nothing of this kind."
    assert pgettext("refusal", "Nothing of this kind.") == "Nothing of this kind."


def test_other_languages_are_left_alone(without_tibetan):
    english, chinese = without_tibetan

    with translation.override("zh-hans"):
        assert gettext(english) == chinese
    with translation.override("en"):
        assert gettext(english) == english


def test_a_picture_has_no_element_in_its_texts_and_one_language():
    pair = side_by_side("一", "one")

    picture = as_html(f'<svg aria-label="{pair}"><title>{pair}</title><text x="1">{pair}</text></svg>')

    assert picture == '<svg aria-label="※ 一"><title>※ 一</title><text x="1">※ 一</text></svg>'


def test_a_page_marks_each_language_where_an_element_can_be():
    pair = side_by_side("冷冻期", "Quarantine")

    page = as_html(f'<title>{pair}</title><p title="{pair}">{pair}</p><option value="1">{pair}</option>')

    plain = "※ 冷冻期 · Quarantine"
    assert page == f'<title>{plain}</title><p title="{plain}">{SHOWN}</p><option value="1">{plain}</option>'


def test_a_text_put_into_another_is_marked_too():
    pair = side_by_side(f"一 {side_by_side('二', 'two')}", f"one {side_by_side('二', 'two')}")

    assert not is_side_by_side(as_html(pair))
    assert as_plain_text(pair) == "※ 一 ※ 二 · two · one ※ 二 · two"


def test_what_someone_typed_costs_a_page_little_however_deep_its_brackets(tibetan):
    typed = "⟦" * 20_000 + "‖⟧" * 20_000

    begun = time.process_time()
    page = as_html(f'<p>{typed}</p><input value="{typed}">')
    as_plain_text(typed)

    assert time.process_time() - begun < 2
    assert "rk-untranslated" in page


def test_brackets_that_someone_typed_end_no_tag_and_no_element_of_a_page():
    page = '<dl><dt>Name</dt><dd>⟦x</dd><dt>Address</dt><dd><input value="b‖c"></dd><dd>y⟧</dd></dl>'

    assert as_html(page) == page


@pytest.mark.parametrize(
    "typed",
    [
        "2012 ལོའི་ཟླ་ 13 པའི་ཚེས་ 1", "0000 ལོའི་ཟླ་ 1 པའི་ཚེས་ 1", "2012 ལོའི་ཟླ་ 1 པའི་ཚེས་ 1 ཆུ་ཚོད་ 99:99", "དོན་ཚན་ " + "9" * 5000,
    ],
)  # fmt: skip
def test_no_day_and_no_article_that_someone_typed_breaks_a_page(tibetan, typed):
    assert typed in as_html(f"<p>{side_by_side(typed, typed)}</p>")
    assert typed in as_plain_text(side_by_side(typed, typed))


@pytest.mark.parametrize(
    ("kind", "sent", "shown"),
    [
        ("text/html; charset=utf-8", side_by_side("冷冻期", "Quarantine"), SHOWN),
        ("text/plain; charset=utf-8", side_by_side("冷冻期", "Quarantine"), "※ 冷冻期 · Quarantine"),
        ("application/json", json.dumps({"said": side_by_side("a", "b")}), '{"said": "※ a · b"}'),
        (
            "application/octet-stream",
            side_by_side("冷冻期", "Quarantine"),
            side_by_side("冷冻期", "Quarantine"),
        ),
    ],
)
def test_an_answer_says_both_in_its_own_way_and_a_file_stays_as_it_is(kind, sent, shown):
    answer = UntranslatedTextsMiddleware(lambda _: HttpResponse(sent, content_type=kind))(None)

    assert answer.content.decode() == shown


def test_a_day_in_it_is_written_as_each_language_does(tibetan):
    day, moment = write_day(dt.date(2012, 3, 1)), write_day(dt.datetime(2012, 3, 1, 9, 5))
    pair = side_by_side(f"自{day}起，{moment}", f"from {day}, {moment}")

    assert (
        as_plain_text(pair)
        == "※ 自2012年3月1日起，2012年3月1日 09:05 · from 1 March 2012, 1 March 2012, 09:05"
    )
    assert "ཟླ་" not in as_html(f"<p>{pair}</p>")
    assert day in as_html(f"<p>{day}</p>")


def test_an_article_in_it_is_cited_as_each_language_does(tibetan):
    pair = side_by_side(f"依据{cite('2 ¶1')}", f"by {cite('3')}")

    assert as_plain_text(pair) == "※ 依据第二条第一款 · by art. 3"


def test_a_refusal_without_tibetan_is_whole_in_both_languages(tibetan, monkeypatch):
    chinese = entries("zh_Hans")
    error = next(
        one
        for table in refusals().values()
        for one in table
        if all(chinese.get((CONTEXT, text)) for text in (one.sentence, one.remedy))
        and "{" not in one.sentence + one.remedy
    )
    take_tibetan(monkeypatch, CONTEXT, error.sentence)
    (said,) = translated(error())

    assert said.sentence == side_by_side(chinese[CONTEXT, error.sentence], error.sentence)
    assert said.remedy == side_by_side(chinese[CONTEXT, error.remedy], error.remedy)


def test_a_printout_says_it_in_chinese_too_where_chinese_is_spoken():
    both, alone = no_reader_note("bo", ["bo", "zh-hans"]), no_reader_note("bo", ["bo"])

    assert both == f"{alone} 藏文文本尚未经母语读者认可。"
    assert "藏文" not in no_reader_note("zh-hans", ["bo", "zh-hans"])


def test_a_tibetan_page_says_in_both_languages_that_it_awaits_a_reader(app, tibetan):
    app("backoffice")
    client = Client()
    client.post("/i18n/setlang/", {"language": "bo", "next": "/account/login/"})

    page = client.get("/account/login/").content.decode()

    assert '<span lang="zh-hans">藏文文本尚未经母语读者认可。</span>' in page
    assert not is_side_by_side(page)
