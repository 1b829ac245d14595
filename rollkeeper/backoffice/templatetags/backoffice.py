# SPDX-License-Identifier: EUPL-1.2
"""Filters with which templates say words and draw bars."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from rollkeeper.access.dual_control import reference_of
from rollkeeper.backoffice import labels
from rollkeeper.backoffice.chart import share
from rollkeeper.campaign.choices import Action
from rollkeeper.imports.row_errors import NAME_NOT_READ, NUMBER_NOT_READ
from rollkeeper.incidents.errors import INCIDENT_NOT_SCOPED, NOTHING_TO_SUSPEND
from rollkeeper.kernel import phrasing
from rollkeeper.kernel.error_messages import TranslatedError, mark, translated, translated_words
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.side_by_side import ENGLISH, name_in

register = template.Library()
_FAILURES: Final = {one.code: one for one in (INCIDENT_NOT_SCOPED, NOTHING_TO_SUSPEND)}


@register.filter
def say(word: str | None, vocabulary: str) -> str:
    """Say a word of the register: ``{{ batch.state|say:"state" }}``."""
    return labels.say(word, vocabulary)


@register.filter
def stage_said(one: Any) -> str:
    """Say what a batch, or what is due, does to its lines: ``{{ batch|stage_said }}``. An answer of a worker is a dictionary."""
    if isinstance(one, Mapping):
        return labels.say_stage(one["action"], one.get("level"), one.get("title"))
    return labels.say_stage(one.action, one.level, one.title)


@register.filter
def name_of(title: Mapping[str, str] | None) -> str:
    """Say what the law calls something, in the reader's language or in one that is there; nothing where it has no name."""
    return name_in(get_language() or ENGLISH, title or {})


@register.filter
def say_stored(text: str) -> str:
    """Say a reason as it was stored: Rollkeeper's own in the reader's language, what a person wrote as it is."""
    return mark(*translated_words(text))


@register.filter
def say_row_fault(text: str) -> str:
    """Say why a row of a file is refused, as it was stored. Why a number was not read has two parts, each with its own text."""
    for reason in (NUMBER_NOT_READ, NAME_NOT_READ):
        head = reason.removesuffix("{value_class}")
        said, _ = translated_words(reason)
        if text.startswith(head) and said != reason:
            return said.format(value_class=translated_words(text.removeprefix(head))[0])
    return say_stored(text)


@register.filter
def say_failure(code: str) -> str:
    """Say why a step of an incident was refused; its code is what is kept."""
    refusal = _FAILURES.get(code)
    return mark(*((one := translated(refusal())[0]).sentence, one.language)) if refusal else say_stored(code)


@register.filter
def colour(state: str) -> str:
    """Return the colour of a batch's state."""
    return labels.STATE_COLOURS.get(str(state), "grey")


@register.filter
def bar(count: int, most: int) -> str:
    """Return a bar's length out of 100, written with a point in every language."""
    return f"{share(count, most):g}"


@register.filter
def stage_after(action: str) -> str:
    """Return the stage to which an action leads, for its colour."""
    return str(Action(action).to_stage)


@register.filter
def as_day(text: str | None) -> dt.date | None:
    """Return a day that was kept as text."""
    return dt.date.fromisoformat(text) if text and text != "None" else None


@register.filter
def month_days(days: Sequence[dt.date]) -> str:
    """Write days without their year, the first and the last of more than three."""
    written = [date_format(day, "MONTH_DAY_FORMAT") for day in days]
    return phrasing.listed(written) if len(written) <= 3 else f"{written[0]} … {written[-1]}"


@register.filter
def said(faults: Sequence[RollkeeperError]) -> list[TranslatedError]:
    """Say refusals that were kept, with their remedies."""
    return [one for fault in faults for one in translated(fault)]


@register.filter
def hatch(stage: str) -> int:
    """Return the angle of a stage's hatch: two neighbours are told apart without colour."""
    return {"out_of_scope": 0, "terminated": 45, "suspended": 90, "running": 135, "not_notified": 20}.get(
        stage, 0
    )


@register.filter
def short_reference(reference: object) -> str:
    """Return the end of a reference, by which people tell rows apart; the whole one is in the address."""
    return reference_of(str(reference))


@register.filter
def with_code(text: str) -> SafeString:
    """Mark what is between backticks as code. Nothing is put around the rest: it may be a text in two languages, and is split later."""
    parts = text.split("`")
    return format_html_join(
        "",
        "{}",
        ((format_html("<code>{}</code>", part) if nth % 2 else part,) for nth, part in enumerate(parts)),
    )


@register.filter
def opening_hours(text: str) -> str:
    """Write opening hours with the reader's names of the days; days with the same hours together."""
    return labels.opening_hours(text)


@register.filter
def named(name: str, titles: Mapping[str, str]) -> str:
    """Return what the pack calls one of its campaigns."""
    return titles.get(name, name)
