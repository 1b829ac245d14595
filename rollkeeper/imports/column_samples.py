# SPDX-License-Identifier: EUPL-1.2
"""Detects the content of a column from its first rows: telephone numbers, dates of some format, e-mail addresses."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import phonenumbers

from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import normalise

DATE_FORMATS: Final = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d", "%Y年%m月%d日", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%m-%d-%Y",
)  # fmt: skip
_EMAIL = re.compile(r"[^@\s,;<>\"]{1,64}@[^@\s,;<>\"]{1,190}\.[^@\s,;<>\".]{2,63}")
_TIME_OF_DAY = re.compile(r"[T ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_DIGITS = re.compile(r"\+?[\d\s().-]{3,}")
_ENOUGH = 200
_MOST = 0.6
_ALMOST_AS_MANY = 0.9


def values_of(sample: Sequence[Sequence[str]], place: int) -> list[str]:
    """Return the values of one column that are there."""
    return [row[place].strip() for row in sample if place < len(row) and row[place].strip()]


def share(values: Sequence[str], fits: Callable[[str], bool]) -> float:
    """Return the share of values that fit; 0 if there are none."""
    return sum(map(fits, values[:_ENOUGH])) / len(values[:_ENOUGH]) if values else 0.0


def telephone_share(values: Sequence[str], country: str) -> float:
    """Return the share of values that are written as telephone numbers of at least eight digits."""
    return share(values, lambda text: sum(c.isdecimal() for c in text) >= 8 and _is_number(text, country))


def are_mobile(values: Sequence[str], country: str) -> bool:
    """Tell whether the plan of their country gives every telephone number here to mobile networks, and to nothing else."""
    numbers = [text for text in values[:_ENOUGH] if _is_number(text, country)]
    kinds = {phonenumbers.number_type(phonenumbers.parse(text, country)) for text in numbers}
    return kinds == {phonenumbers.PhoneNumberType.MOBILE}


def is_email(text: str) -> bool:
    """Tell an address of e-mail by its form."""
    return _EMAIL.fullmatch(text) is not None


def without_time(text: str) -> str:
    """Return a date without the time of day that some exports add."""
    return _TIME_OF_DAY.sub("", text)


def date_formats(values: Sequence[str]) -> list[str]:
    """Return the formats of the sample's dates: several if almost as many dates fit one as another."""
    shown = [without_time(value) for value in values[:_ENOUGH]]
    shares = {form: share(shown, partial(_is_date, form=form)) for form in DATE_FORMATS}
    best = max(shares.values())
    return [form for form, part in shares.items() if best >= _MOST and part >= _ALMOST_AS_MANY * best]


def looks_like_a_value(name: str) -> str | None:
    """Return what a heading is, where it can only be a value."""
    if is_email(name):
        return "an e-mail address"
    if date_formats([name]):
        return "a date"
    return "a number" if _DIGITS.fullmatch(name) else None


def _is_date(text: str, *, form: str) -> bool:
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
