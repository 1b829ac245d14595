# SPDX-License-Identifier: EUPL-1.2
"""Shows a text without Tibetan in Chinese and in English, side by side, with a mark: no reader has to guess at a wrong text.

One mechanism for every text of the catalogues. The Tibetan catalogue falls back on both languages and returns them in
brackets that no other text has. A page turns the brackets into two elements, each with its language; other
output shows them as plain text.
"""

import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping
from gettext import NullTranslations
from typing import Any, Final

from django.utils.translation import get_language, gettext, override, trans_real

from rollkeeper.kernel.accepted_languages import NO_READER, is_spoken
from rollkeeper.kernel.phrasing import cite, write_day

TIBETAN: Final = "bo"
CHINESE: Final = "zh-hans"
ENGLISH: Final = "en"
MARK: Final = "※"

_PAIR = re.compile(r"⟦([^⟦‖⟧]*)‖([^⟦‖⟧]*)⟧")
_INLINE = "a|abbr|b|bdi|br|code|em|i|kbd|q|small|span|strong|sub|sup|time|u"
# A person may have typed these signs. They must not reach over another element: a value in one could end a tag in the other.
_SAID = rf"[^⟦‖⟧<]*+(?:</?(?:{_INLINE})\b[^⟦‖⟧<>]*+>[^⟦‖⟧<]*+)*+"
_DEEPEST: Final = 6
"""Texts lie in one another at most this deep. Signs that a person types may lie deeper, and each step reads the whole page again."""
# Days and articles are put in as Tibetan writes them, before it is known that the sentence has no Tibetan: `site/formats/bo`.
_DAY = re.compile(r"([0-9]{4}) ལོའི་ཟླ་ ([0-9]{1,2}) པའི་ཚེས་ ([0-9]{1,2})( ཆུ་ཚོད་ [0-9]{2}:[0-9]{2})?")
_ARTICLE = re.compile(r"དོན་ཚན་ ([0-9]{1,4})(?: ནང་གསེས་ ([0-9]{1,4}))?(?![0-9])")
# A browser shows no element inside a tag or inside one of these elements, and ends a picture at an element that it does not expect.
_MARKUP = re.compile(
    rf"(?s:<(script|style|title|option|textarea|svg)\b.*?</\1>)|<[^>]*>|⟦({_SAID})‖({_SAID})⟧"
)


def side_by_side(chinese: str, english: str) -> str:
    """Return both texts as one."""
    return f"⟦{chinese}‖{english}⟧"


def text_in(language: str, texts: Mapping[str, str]) -> tuple[str, str]:
    """Return a text in a language, else in the fallback languages; and the language found."""
    if language in texts:
        return texts[language], language
    if language == TIBETAN and CHINESE in texts and is_spoken(CHINESE):
        return side_by_side(texts[CHINESE], texts[ENGLISH]), language
    return texts[ENGLISH], ENGLISH


def name_in(language: str, names: Mapping[str, str]) -> str:
    """Return a name in a language, else in another language; empty if there is no name."""
    known = names if ENGLISH in names or not names else {**names, ENGLISH: next(iter(names.values()))}
    return text_in(language, known)[0] if known else ""


def named(names: Mapping[str, str] | None, what: object) -> str:
    """Return what something is, after the law's name for it in the reader's language if the law names it."""
    return " · ".join(said for said in (name_in(get_language() or ENGLISH, names or {}), str(what)) if said)


def no_reader_note(language: str, spoken: Collection[str]) -> str:
    """Return the note under texts that no native reader accepted; for Tibetan also in Chinese, if the instance has Chinese."""
    with override(language):
        said = str(NO_READER)
    if language != TIBETAN or CHINESE not in spoken:
        return said
    with override(CHINESE):
        return f"{said} {gettext('No native reader has accepted the Tibetan texts yet.')}"


def is_side_by_side(text: str) -> bool:
    """Tell whether a text, or a part of it, has no Tibetan."""
    return "⟦" in text


def as_plain_text(text: str) -> str:
    """Return a text for output that is not a page."""
    return _innermost_first(
        _PAIR, lambda found: f"{MARK} {_said_in_chinese(found[1])} · {_said_in_english(found[2])}", text
    )


def as_html(page: str) -> str:
    """Return a page in which each language has its element, wherever elements are allowed."""
    return _innermost_first(_MARKUP, _marked_up, page)


def fall_back_on_chinese_and_english() -> None:
    """Have the Tibetan catalogue show texts that it lacks in Chinese and English."""
    # Django offers no way to choose the fallback of a catalogue or to remove a text from it.
    tibetan: Any = trans_real.translation(TIBETAN)
    for catalogue in tibetan._catalog._catalogs:  # noqa: SLF001
        # For a text that counts and has no Tibetan, the compiler wrote the English singular.
        untranslated = [
            key
            for key, said in catalogue.items()
            if isinstance(key, tuple) and said == _without_context(key[0])
        ]
        for key in untranslated:
            del catalogue[key]
    tibetan._fallback = _ChineseAndEnglish()  # noqa: SLF001


class _Both(str):
    """Both texts as one; values for places such as `%d` are put into each."""

    __slots__ = ()

    def __mod__(self, values: Any) -> str:
        chinese, joint, english = self[1:-1].partition("‖")
        return side_by_side(chinese % values, english % values) if joint else super().__mod__(values)


class _ChineseAndEnglish(NullTranslations):
    """Looks a text up in Chinese; a text that has no Chinese stays as it is."""

    def gettext(self, message: str) -> str:
        chinese = trans_real.translation(CHINESE).gettext(message)
        return (
            message
            if chinese == message or not is_spoken(CHINESE)
            else _Both(side_by_side(chinese, _without_context(message)))
        )

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        chinese = trans_real.translation(CHINESE).ngettext(msgid1, msgid2, n)
        english = msgid1 if n == 1 else msgid2
        return (
            english
            if chinese == english or not is_spoken(CHINESE)
            else _Both(side_by_side(chinese, _without_context(english)))
        )


def _without_context(message: str) -> str:
    return message.rpartition(trans_real.CONTEXT_SEPARATOR)[2]


def _marked_up(found: re.Match[str]) -> str:
    if found[1] == "svg":  # there is no room for two languages in a picture
        return _innermost_first(_PAIR, lambda pair: f"{MARK} {_said_in_chinese(pair[1])}", found[0])
    if found[0].startswith("<"):
        return as_plain_text(found[0])
    return f'<span class="rk-untranslated">{MARK} <span lang="{CHINESE}">{_said_in_chinese(found[2])}</span> <span lang="{ENGLISH}">{_said_in_english(found[3])}</span></span>'


def _said_in_chinese(text: str) -> str:
    return _with_facts_in(CHINESE, text)


def _said_in_english(text: str) -> str:
    return _with_facts_in(ENGLISH, text)


def _with_facts_in(language: str, text: str) -> str:
    """Return a text with each Tibetan day, moment and article as the language writes it."""

    def written(found: re.Match[str]) -> str:
        year, month, day, time = found.groups()
        try:
            on = dt.date(int(year), int(month), int(day))
            return write_day(dt.datetime.combine(on, dt.time.fromisoformat(time[-5:])) if time else on)
        except ValueError:  # someone typed it: the calendar has no such day
            return found[0]

    with override(language):
        return _ARTICLE.sub(
            lambda found: cite(" ¶".join(filter(None, found.groups()))), _DAY.sub(written, text)
        )


def _innermost_first(pattern: re.Pattern[str], written: Callable[[re.Match[str]], str], text: str) -> str:
    # A text that was put into another may be a pair too.
    for _ in range(_DEEPEST):
        if (changed := pattern.sub(written, text)) == text:
            break
        text = changed
    return text
