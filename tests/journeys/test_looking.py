# SPDX-License-Identifier: EUPL-1.2
"""What `Visitor.look` finds: every harm to a page that it has found sound, though it asks axe once about pages that differ in their words."""

import pytest

from tests.journeys.conftest import Visitor

pytestmark = pytest.mark.browser

PAGE = """<!doctype html><html lang="{language}"><head><title>{word}</title><style>
  body {{ background: white; color: black; font-size: 16px }} button {{ min-width: 48px; min-height: 48px }}
  .narrow {{ width: 200px; height: 40px; overflow: auto; white-space: nowrap }}</style></head><body>
  <header><nav aria-label="{word} 1"><a href="/">{word}</a></nav></header>
  <main><h1>{word}</h1><h2>{word}</h2><p>{word} <a href="/there">{word}</a></p><nav aria-label="{word} 2"><a href="/where">{word}</a></nav>
    <label for="one">{word}</label><input id="one"><button>{word}</button><button>{word}</button>
    <section><h3>{word}</h3><label for="other">{word}</label><p>{word}</p><input id="other"><p><a href="/away">{word}</a></p></section>
    <section hidden><p style="color: #cccccc">{word}</p></section>
    <p class="narrow">{word}</p><img alt="{word}" src="data:," width="24" height="24"></main></body></html>"""
HARMS = [
    ("button-name", "document.querySelector('button').textContent = ' '"),
    ("label", "document.querySelector('label').removeAttribute('for')"),
    ("color-contrast", "document.querySelector('main p').style.color = '#cccccc'"),
    ("image-alt", "document.querySelector('img').removeAttribute('alt')"),
    ("landmark-unique", "document.querySelector('main nav').ariaLabel = document.querySelector('nav').ariaLabel"),
    ("heading-order", "document.querySelector('h2').outerHTML = '<h5>' + document.querySelector('h2').innerHTML + '</h5>'"),
    ("target-size", "for (const one of document.querySelectorAll('button')) one.style = 'all: unset; display: block; width: 10px; height: 10px'"),
    ("scrollable-region-focusable", "document.querySelector('.narrow').textContent = 'word '.repeat(80)"),
    ("aria-valid-attr-value", "document.querySelector('input').setAttribute('aria-invalid', 'perhaps')"),
    ("document-title", "document.title = ''"),
    ("label", "document.querySelector('label').remove()"),
    ("color-contrast", "document.querySelector('main').style.background = '#333333'"),
    ("color-contrast", "document.querySelector('main').style.opacity = '0.3'"),
    ("aria-hidden-focus", "document.querySelector('main').ariaHidden = 'true'"),
    ("region", "document.querySelector('main').insertAdjacentHTML('beforebegin', '<p>adrift</p>')"),
    ("label", "document.querySelector('section label').htmlFor = 'one'"),
    ("color-contrast", "document.querySelector('section[hidden]').hidden = false"),
    ("heading-order", "document.querySelector('section').insertAdjacentHTML('beforeend', '<h6>word</h6>')"),
    ("color-contrast", "document.querySelector('section').insertAdjacentHTML('beforeend', '<h4 style=color:#cccccc>word</h4>')"),
    ("link-name", "document.querySelector('section a').textContent = ''"),
    ("nested-interactive", "document.querySelector('section p:last-child').role = 'button'"),
]  # fmt: skip


@pytest.fixture(scope="module")
def visitor(chromium):
    context = chromium.new_context()
    yield Visitor(context.new_page(), None, takes_scripts=True)
    context.close()


@pytest.mark.parametrize(("rule", "harm"), HARMS)
def test_a_harm_to_a_sound_page_is_found_by_its_rule(visitor, rule, harm):
    visitor.page.set_content(PAGE.format(language="en", word="Word"))
    visitor.look("sound")

    visitor.page.evaluate(harm)

    with pytest.raises(AssertionError, match=rule):
        visitor.look("harmed")


def test_a_colour_that_large_letters_may_have_is_judged_again_in_small_ones(visitor):
    visitor.page.set_content(PAGE.format(language="bo", word="Word"))
    visitor.page.evaluate("document.querySelector('main p').style = 'font-size: 30px; color: #888888'")
    visitor.look("large")

    visitor.page.evaluate("document.querySelector('main p').style.fontSize = '16px'")

    with pytest.raises(AssertionError, match="color-contrast"):
        visitor.look("small")


def test_other_words_of_the_same_page_are_not_judged_again(visitor, monkeypatch):
    visitor.page.set_content(PAGE.format(language="en", word="Word"))
    visitor.look("sound")
    monkeypatch.setattr(Visitor, "_axe", lambda *_: pytest.fail("axe is asked again"))

    visitor.page.set_content(PAGE.format(language="zh-hans", word="虚构"))

    visitor.look("sound")


def test_a_page_in_no_language_of_ours_is_refused(visitor):
    visitor.page.set_content(PAGE.format(language="xx", word="Word"))

    with pytest.raises(AssertionError):
        visitor.look("unknown")
