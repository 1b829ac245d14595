# SPDX-License-Identifier: EUPL-1.2
"""Template filters that show labels, texts and bars."""

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
    """Return the label of a stored value: ``{{ batch.state|say:"state" }}``."""
    return labels.say(word, vocabulary)


@register.filter
def stage_said(one: Any) -> str:
    """Say what a batch does, or will do, to its lines: ``{{ batch|stage_said }}``. A worker's answer is a dictionary."""
    if isinstance(one, Mapping):
        return labels.say_stage(one["action"], one.get("level"), one.get("title"))
    return labels.say_stage(one.action, one.level, one.title)


@register.filter
def name_of(title: Mapping[str, str] | None) -> str:
    """Return the law's name of something, in the reader's language or else in another one; empty if it has no name."""
    return name_in(get_language() or ENGLISH, title or {})


@register.filter
def say_stored(text: str) -> str:
    """Return a stored reason: Rollkeeper's own reasons in the reader's language, a person's text unchanged."""
    return mark(*translated_words(text))


@register.filter
def say_row_fault(text: str) -> str:
    """Say why a row of a file is refused, from the stored reason. For an unreadable number the reason has two parts, each with its own text."""
    for reason in (NUMBER_NOT_READ, NAME_NOT_READ):
        head = reason.removesuffix("{value_class}")
        said, _ = translated_words(reason)
        if text.startswith(head) and said != reason:
            return said.format(value_class=translated_words(text.removeprefix(head))[0])
    return say_stored(text)


@register.filter
def say_failure(code: str) -> str:
    """Say why a step of an incident was refused; only the code of the refusal is stored."""
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
    """Return the stage to which an action leads; the stage gives the colour."""
    return str(Action(action).to_stage)


@register.filter
def as_day(text: str | None) -> dt.date | None:
    """Return the day that a stored text means."""
    return dt.date.fromisoformat(text) if text and text != "None" else None


@register.filter
def month_days(days: Sequence[dt.date]) -> str:
    """Write days without their year; if there are more than three, only the first and the last."""
    written = [date_format(day, "MONTH_DAY_FORMAT") for day in days]
    return phrasing.listed(written) if len(written) <= 3 else f"{written[0]} … {written[-1]}"


@register.filter
def said(faults: Sequence[RollkeeperError]) -> list[TranslatedError]:
    """Say stored refusals, with their remedies."""
    return [one for fault in faults for one in translated(fault)]


@register.filter
def hatch(stage: str) -> int:
    """Return the angle of a stage's hatching, so that neighbouring stages differ even without colour."""
    return {"out_of_scope": 0, "terminated": 45, "suspended": 90, "running": 135, "not_notified": 20}.get(
        stage, 0
    )


@register.filter
def short_reference(reference: object) -> str:
    """Return the end of a reference, by which people tell rows apart; the address has the whole reference."""
    return reference_of(str(reference))


@register.filter
def with_code(text: str) -> SafeString:
    """Mark text between backticks as code. The rest gets no tags: it may be a text in two languages, which is split later."""
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
    """Return the pack's title of one of its campaigns."""
    return titles.get(name, name)
