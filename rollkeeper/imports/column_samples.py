# SPDX-License-Identifier: EUPL-1.2
"""Detects the content of a column from its first rows: telephone numbers, dates of some format, e-mail addresses."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Final

import phonenumbers

from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import normalise

DATE_FORMATS: Final = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
    "%d %m %Y", "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%d/%m/%y", "%m/%d/%y", "%d.%m.%y", "%Y%m%d%H%M%S",
)  # fmt: skip
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[^@\s,;<>\".]{2,63}")
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_DIGITS = re.compile(r"\+?[\d\s().-]{3,}")
_ENOUGH = 200
_ENOUGH_DATES = 2_000
_RARE = 0.02
_HALF = 0.5
_MOSTLY = 0.8
_MOST_SHOWN = 40
_LONGEST_SHOWN = 40
_ALMOST_AS_MANY = 0.9


def values_of(sample: Sequence[Sequence[str]], place: int) -> list[str]:
    """Return the values of one column, without empty ones."""
    return [row[place].strip() for row in sample if place < len(row) and row[place].strip()]


def shown_values(values: Sequence[str]) -> str:
    """List the values of a column of kinds; many or long values may be a person's data, and are only counted."""
    if len(values) > _MOST_SHOWN or any(len(value) > _LONGEST_SHOWN for value in values):
        return f"{len(values):,} different ones"
    return ", ".join(repr(value) for value in values)


def share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    """Return the share of values that fit; 0 if there are none."""
    return sum(map(fits, values[:_ENOUGH])) / len(values[:_ENOUGH]) if values else 0.0


def telephone_share(values: Sequence[str], country: str) -> float:
    """Return the share of values that are written as telephone numbers of at least eight digits."""
    return share(values, lambda text: sum(c.isdecimal() for c in text) >= 8 and _is_number(text, country))


def are_mobile(values: Sequence[str], country: str) -> bool:
    """Tell whether the country's number plan gives all telephone numbers here to mobile networks, and to nothing else."""
    numbers = [text for text in values[:_ENOUGH] if _is_number(text, country)]
    kinds = {phonenumbers.number_type(phonenumbers.parse(text, country)) for text in numbers}
    return kinds == {phonenumbers.PhoneNumberType.MOBILE}


def are_seconds(values: Sequence[str]) -> bool:
    """Tell whether a column holds seconds since 1970, which look like telephone numbers of ten digits: all from 1990 to 2040."""
    return bool(values) and all(
        len(v) <= 10 and v.isdecimal() and 631_152_000 <= int(v) < 2_208_988_800 for v in values[:_ENOUGH]
    )


def are_days(values: Sequence[str]) -> bool:
    """Tell whether a column holds days, which look like telephone numbers of eight digits, or of ten if they are seconds."""
    return are_seconds(values) or share(values, _is_day) >= _MOSTLY


def _is_day(text: str) -> bool:
    return any(is_date(without_time(text), form=form) for form in DATE_FORMATS)


def is_email(text: str) -> bool:
    """Tell whether a text has the form of an e-mail address."""
    return _EMAIL.fullmatch(text) is not None


def without_time(text: str) -> str:
    """Return a date without the time of day that some exports add."""
    return _TIME_OF_DAY.sub("", text)


def date_forms(values: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the forms that read a column of dates, and the forms between which the sample cannot decide.

    Exports mix forms: the form that reads most dates is chosen for these, then the rest is examined again. If another form reads
    almost as many of them, but to different days, a person must decide.
    """
    left = [without_time(value) for value in values[:_ENOUGH_DATES]]
    whole, chosen = len(left), list[str]()
    while left:
        read = {form: [text for text in left if is_date(text, form=form)] for form in DATE_FORMATS}
        best = max(read, key=lambda form: len(read[form]))
        if len(read[best]) < max(1, whole * _RARE):
            break
        rivals = [
            f
            for f in DATE_FORMATS
            if len(read[f]) >= _ALMOST_AS_MANY * len(read[best]) and _differ(read[best], best, f)
        ]
        if rivals:
            return tuple(chosen), (best, *rivals)
        chosen.append(best)
        left = [text for text in left if not is_date(text, form=best)]
    return (tuple(chosen), ()) if whole - len(left) >= whole * _HALF else ((), ())


def _differ(texts: Sequence[str], one: str, other: str) -> bool:
    """Tell whether two forms read some text to different days."""
    return any(
        is_date(text, form=other) and dt.datetime.strptime(text, one) != dt.datetime.strptime(text, other)  # noqa: DTZ007
        for text in texts
    )


def looks_like_a_value(name: str) -> str | None:
    """Return which kind of value a heading is, if it can only be a value."""
    if is_email(name):
        return "an e-mail address"
    if _is_day(name):
        return "a date"
    return "a number" if _DIGITS.fullmatch(name) else None


def is_date(text: str, *, form: str) -> bool:
    """Tell whether a text is a date of one form, without a time of day, in a year in which there were telephones."""
    try:
        return dt.datetime.strptime(text, form).year >= 1876  # noqa: DTZ007 - a plain date
    except ValueError:
        return False


def _is_number(text: str, country: str) -> bool:
    try:
        normalise(text, country)
    except NumberNotRead:
        return False
    return True
