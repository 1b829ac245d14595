# SPDX-License-Identifier: EUPL-1.2
"""Filters that every template has: lists, brackets, lengths of time and articles as the reader's language writes them."""

import datetime as dt

from django import template
from django.forms import BoundField
from django.utils.translation import gettext, ngettext, pgettext

from rollkeeper.kernel import clock, phrasing
from rollkeeper.law.retention_rules import RetentionRules

register = template.Library()
register.filter("listed", phrasing.listed)
register.filter("bracketed", phrasing.bracketed)
register.filter("cite", phrasing.cite)
register.filter("report_period", phrasing.write_report_period)
register.simple_tag(phrasing.colon, name="colon")
register.simple_tag(phrasing.comma, name="comma")
register.simple_tag(phrasing.gap, name="gap")


@register.filter
def calendar(instant: dt.datetime | None) -> dt.datetime | None:
    """Convert an instant of the machine's clock to the calendar of a demo instance, which is on another day."""
    return instant and clock.on_calendar(instant)


@register.filter
def region(name: str) -> str:
    """Write the name of a region in the reader's language, if there is a translation; the operator's file has only one language."""
    return pgettext("region", name) if name else name


@register.filter
def whose(field: BoundField) -> str:
    """Write the label of a field; in a form about several people, with the person it is about."""
    part_of = getattr(field.form, "part_of", None)
    return " · ".join(str(one) for one in (part_of(field.name) if part_of else "", field.label) if one)


@register.filter
def period(kept: RetentionRules) -> str:
    """Write how long something is kept."""
    return phrasing.write_period(years=kept.years, months=kept.months, days=kept.days)


@register.filter
def kept_after_end(kept: RetentionRules) -> str:
    """Write how long a record is kept once the contract is over, with the article."""
    article = phrasing.cite(kept.article)
    if kept.calendar_years:
        said = ngettext(
            "It is kept to the end of %(n)d calendar year after the one in which the contract ended (%(article)s), then erased, from the backups too.",
            "It is kept to the end of %(n)d calendar years after the one in which the contract ended (%(article)s), then erased, from the backups too.",
            kept.calendar_years,
        )
        return said % {"n": kept.calendar_years, "article": article}
    if not (kept.years or kept.months or kept.days):
        said = gettext("It is erased once the contract is over (%(article)s), from the backups too.")
        return said % {"article": article}
    said = gettext(
        "After the end of the contract it is kept for %(kept)s (%(article)s), then erased, from the backups too."
    )
    return said % {"kept": period(kept), "article": article}
