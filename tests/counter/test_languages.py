# SPDX-License-Identifier: EUPL-1.2
"""The counter in the reader's language, refusals included."""

import re

import pytest

from tests.counter.test_pages import SECRET, post

PAGES = (
    "/", "/register/?kind=company", "/register/?kind=minor", "/transfer/", "/install/", "/port_in/", "/relocate/", "/change/",
    "/replace-sim/", "/terminate/", "/pause/", "/dispute/", "/reconnect/", "/essential/", "/document-check/", "/suspect-forgery/", "/receipts/", "/figures/", "/offline/forms/",
)  # fmt: skip
# What stays Latin on a Chinese page: names of things, and the language's own name in the switch.
LATIN = {
    "Rollkeeper",
    "https",
    "Invented",
    "Telecom",
    "English",
    "SIM",
    "PDF",
    "Cookie",
    "UUID",
    "NPL",
    "zh",
    "hans",
    "bo",
    "en",
    "cn",
    "xz",
}


def spoken(client, address, language):
    client.cookies["django_language"] = language
    return client.get(address).content.decode()


def words(page):
    """Return the Latin words that a reader sees."""
    main = page[page.index("<main") : page.index("</main>")]
    main = re.sub(r'<span lang="en">.*?</span>', " ", main, flags=re.DOTALL)
    shown = re.sub(r"<(script|select|code)\b.*?</\1>|<[^>]*>", " ", main, flags=re.DOTALL)
    return set(re.findall(r"[A-Za-z]{2,}", shown)) - LATIN


@pytest.mark.parametrize("language", ["zh-hans", "bo"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_another_language_has_no_english_on_it_but_what_is_marked_so(at_counter, address, language):
    page = spoken(at_counter, address, language)

    assert f'lang="{language}"' in page
    assert not words(page)


def test_a_refusal_in_chinese_has_no_english_in_it(at_counter):
    at_counter.cookies["django_language"] = "zh-hans"

    answer = post(at_counter, "transfer", "+8613912345678", who=SECRET)

    assert answer.status_code == 422
    assert "此处查不到该号码。" in answer.content.decode()
    assert re.search(r"<title>错误：\w", answer.content.decode())  # without a space
    assert not words(answer.content.decode())


def test_a_fields_reason_is_in_the_readers_language_or_in_chinese_and_english(at_counter):
    chinese = spoken(at_counter, "/register/", "zh-hans")
    tibetan = spoken(at_counter, "/register/", "bo")

    assert "由谁对该号码负责" in chinese
    assert '<span lang="zh-hans">由谁对该号码负责' in tibetan
    assert '<span lang="en">who answers for the line</span>' in tibetan


def test_a_refusal_is_in_tibetan_or_in_chinese_and_english(at_counter):
    at_counter.cookies["django_language"] = "bo"

    said = at_counter.post("/by-code/", {"submission_key": "12345678", "code": "0123456789"}).content.decode()
    unsaid = at_counter.post("/receipts/", {"submission_key": "12345678", "code": "4711"}).content.decode()

    assert "ཨང་རྟགས་དེས་ཁ་པར་གང་ཡང་མི་སྟོན།" in said
    assert not words(said)
    assert '<span class="rk-untranslated">※ <span lang="zh-hans">' in unsaid
    assert '<span lang="en">That is not a receipt code.' in unsaid
