# SPDX-License-Identifier: EUPL-1.2
"""The counter in the reader's language, refusals included."""

import re

import pytest

from tests.counter.test_pages import SECRET, post

PAGES = (
    "/", "/register/?kind=company", "/register/?kind=minor", "/transfer/", "/install/", "/relocate/", "/change/",
    "/replace-sim/", "/end/", "/pause/", "/dispute/",
)  # fmt: skip
# What stays Latin on a Chinese page: names of things, and the language's own name in the switch.
LATIN = {"Rollkeeper", "English", "SIM", "PDF", "Cookie", "UUID", "NPL", "zh", "hans", "bo", "en", "cn", "xz"}


def spoken(client, address, language):
    client.cookies["django_language"] = language
    return client.get(address).content.decode()


def words(page):
    """Return the Latin words that a reader sees."""
    main = page[page.index("<main") : page.index("</main>")]
    shown = re.sub(r"<(script|select|code)\b.*?</\1>|<[^>]*>", " ", main, flags=re.DOTALL)
    return set(re.findall(r"[A-Za-z]{2,}", shown)) - LATIN


@pytest.mark.parametrize("address", PAGES)
def test_a_page_in_chinese_has_no_english_on_it(at_counter, address):
    page = spoken(at_counter, address, "zh-hans")

    assert 'lang="zh-hans"' in page
    assert not words(page)


def test_a_refusal_in_chinese_has_no_english_in_it(at_counter):
    at_counter.cookies["django_language"] = "zh-hans"

    answer = post(at_counter, "transfer", "+8613912345678", who=SECRET)

    assert answer.status_code == 422
    assert "本登记簿中没有使用该号码的线路。" in answer.content.decode()
    assert not words(answer.content.decode())


def test_why_a_field_is_asked_is_said_in_the_readers_language_or_marked_as_english(at_counter):
    chinese = spoken(at_counter, "/register/", "zh-hans")
    tibetan = spoken(at_counter, "/register/", "bo")

    assert "由谁对该号码负责" in chinese
    assert '<span lang="en">who answers for the line</span>' in tibetan


def test_what_has_no_tibetan_yet_is_said_in_english_and_marked(at_counter):
    at_counter.cookies["django_language"] = "bo"

    answer = post(at_counter, "transfer", "+8613912345678", who=SECRET)

    assert '<span lang="en">No line of this register has that number.' in answer.content.decode()
