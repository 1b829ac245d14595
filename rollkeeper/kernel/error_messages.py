# SPDX-License-Identifier: EUPL-1.2
"""Translates a refusal into the language of the page's reader or the terminal; machines are answered in English.

Separate from `errors.py`, which rules import and which therefore knows no Django. The English template is the key of
the catalogue, under the context `refusal`; so are the labels of facts, such as an attribute or a state.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import TextChoices
from django.utils.html import format_html
from django.utils.translation import get_language, override, pgettext

from rollkeeper.kernel.errors import Phrase, RollkeeperError
from rollkeeper.kernel.phrasing import cite, gap, write_day
from rollkeeper.kernel.side_by_side import CHINESE, ENGLISH, is_side_by_side, side_by_side

CONTEXT: Final = "refusal"

_FIGURE = re.compile(r"\d{4}-\d{2}-\d{2}|\d+")
_CODE = re.compile(r"[a-z]+(_[a-z]+)+")
_JOINTS: Final = (", ", " or ")
_NAMES: Final = frozenset({"setting", "table", "near", "names"})
"""Facts that a reader types as they are: `country_code` does not become words."""


@dataclass(frozen=True, slots=True)
class TranslatedError:
    """A sentence, what to do next, and their language where it is not the page's own."""

    sentence: str
    remedy: str
    language: str


_CHOICES: dict[str, type[TextChoices]] = {}


def say_facts_by(**choices: type[TextChoices]) -> None:
    """Show the facts of these names by the labels of their choices, in translated texts only."""
    _CHOICES.update(choices)


def translated(fault: RollkeeperError) -> list[TranslatedError]:
    """Return each fault with its remedy, translated; an untranslated one stays entirely in English and is marked so."""
    return [_translated_one(one) for one in fault.faults]


def translated_texts(fault: RollkeeperError) -> list[str]:
    """Return each fault with its remedy as one text for a page, marked with its language where that is not the page's own."""
    return [mark(one_text(one.sentence, one.remedy, one.language), one.language) for one in translated(fault)]


def one_text(sentence: str, remedy: str, language: str) -> str:
    """Return a fault and what to do as one text; `language` where it is not the page's own."""
    return f"{sentence}{' ' if language else gap()}{remedy}"


def translated_plainly(fault: RollkeeperError) -> list[dict[str, str]]:
    """Return each fault as plain texts, to be shown by another program."""
    return [{"sentence": s.sentence, "remedy": s.remedy, "language": s.language} for s in translated(fault)]


def mark(text: str, language: str) -> str:
    """Return a text for a page, marked with its language where that is not the page's own."""
    return format_html('<span lang="{}">{}</span>', language, text) if language else text


def translated_words(text: str) -> tuple[str, str]:
    """Return the words for a fact or a stored reason, and their language where it is not the page's own."""
    said = _word(text)
    if said != text or _is_english():
        return said, ""
    return text.replace("_", " ") if _CODE.fullmatch(text) else text, ENGLISH


def catalogue_key(text: str) -> str:
    """Return a text as the catalogue has it, with places for numbers and days: '3 of 4' is '{0} of {1}'."""
    places = iter(range(len(text)))
    return _FIGURE.sub(lambda _: f"{{{next(places)}}}", text)


def _translated_one(fault: RollkeeperError) -> TranslatedError:
    sentence, remedy = _template_translated(fault.sentence), _template_translated(fault.remedy)
    if sentence is None or remedy is None:
        english = _translated_into(ENGLISH, fault)
        return TranslatedError(english.sentence, english.remedy, ENGLISH)
    if is_side_by_side(sentence + remedy):
        chinese, english = _translated_into(CHINESE, fault), _translated_into(ENGLISH, fault)
        return TranslatedError(
            side_by_side(chinese.sentence, english.sentence), side_by_side(chinese.remedy, english.remedy), ""
        )
    facts = _facts(fault.facts)
    return TranslatedError(sentence.format(**facts), remedy.format(**facts), "")


def _translated_into(language: str, fault: RollkeeperError) -> TranslatedError:
    with override(language):
        return _translated_one(fault)


def _template_translated(template: str) -> str | None:
    said = pgettext(CONTEXT, template)
    return said if said != template or _is_english() else None


def _facts(facts: Mapping[str, object]) -> dict[str, object]:
    return {name: _fact(name, fact) for name, fact in facts.items()}


def _fact(name: str, fact: object) -> object:
    if isinstance(fact, Phrase):
        return (_template_translated(fact.template) or fact.template).format(**_facts(fact.facts))
    if isinstance(fact, dt.date):
        return write_day(fact)
    return _text_of_fact(name, fact) if isinstance(fact, str) else fact


def _text_of_fact(name: str, text: str) -> str:
    if name == "article":
        return cite(text)
    if name in _NAMES:
        return text
    choices = _CHOICES.get(name)
    return str(choices(text).label) if choices and text in choices.values else _word(text)


def _word(text: str) -> str:
    said = pgettext(CONTEXT, text) if text else text
    if said != text:
        return said
    if _CODE.fullmatch(text):
        return text.replace("_", " ") if _is_english() else text
    pattern = pgettext(CONTEXT, catalogue_key(text))
    if pattern != catalogue_key(text):
        return pattern.format(*map(_figure, _FIGURE.findall(text)))
    joint = next((joint for joint in _JOINTS if joint in text), None)
    if joint is not None:
        return pgettext(CONTEXT, joint).join(map(_word, text.split(joint)))
    return _FIGURE.sub(lambda figure: _figure(figure[0]), text) if _is_english() else text


def _figure(written: str) -> str:
    try:
        return write_day(dt.date.fromisoformat(written)) if "-" in written else written
    except ValueError:  # no day of the calendar
        return written


def _is_english() -> bool:
    return (get_language() or ENGLISH).split("-")[0] == ENGLISH
