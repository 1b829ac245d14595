# SPDX-License-Identifier: EUPL-1.2
"""Reads one value of the operator's file: gives what the register keeps of it, or the class of its fault.

A column is read at once. Columns with few different values (dates, services, regions) remember what they read, so that
a million rows cost a million look-ups and a few hundred readings; numbers are read one by one.
"""

import calendar
import datetime as dt
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from rollkeeper.imports import column_dictionary
from rollkeeper.imports.column_samples import without_time
from rollkeeper.imports.row_errors import (
    AMBIGUOUS_DATE,
    EARLY_DATE,
    EMPTY,
    FOREIGN_NUMBER,
    FUTURE_DATE,
    NO_SUCH_DATE,
    NOT_A_DATE,
    NOT_MONTHS,
    NOT_YES_OR_NO,
    SHORTENED_NUMBER,
    TOO_LONG,
    UNNAMED_VALUE,
    Reason,
    bad_name,
    bad_number,
    damage_in,
)
from rollkeeper.kernel.choices import Service
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import NUMBERED, has_reference, normalise, normalise_identifier

FIRST_YEAR: Final = 1876
LONGEST_TEXT: Final = 128
_MOST_REMEMBERED = 50_000
_MOST_MONTHS = 1_800
_SHORTENED = re.compile(r"[+-]?\d+([.,]\d+)?[eE][+-]?\d+")
_DATE_SHAPE = re.compile(r"\d{1,4}\D{1,3}\d{1,2}\D{1,3}\d{1,4}\D?|\d{8}")
_SEPARATORS = str.maketrans("", "", " -()\u00a0\u2009\u2011\u2013")


class CachedParser[T](dict[str, T | Reason]):
    """Reads each different text once."""

    def __init__(self, read: Callable[[str], T | Reason]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> T | Reason:
        if len(self) >= _MOST_REMEMBERED:
            self.clear()
        found = self[text] = damage_in(text) or self._read(text.strip())
        return found


def read_numbers(texts: Sequence[str], *, country: str, prefix: str) -> list[str | Reason]:
    """Read telephone numbers into E.164; `prefix` is the calling code that all must have."""
    found: list[str | Reason] = []
    for text in texts:
        try:
            number = normalise(text if text.isdecimal() else _without_separators(text), country)
        except NumberNotRead as fault:
            found.append(_number_fault(text, fault))
        else:
            found.append(number if number.startswith(prefix) else FOREIGN_NUMBER)
    return found


def read_identifiers(
    texts: Sequence[str], *, services: Sequence[str | Reason], country: str, prefix: str
) -> list[str | Reason | None]:
    """Read each line's identifier by its service: a telephone number, a name or an address block.

    If a line's service could not be read, nothing else is checked, and its row is refused for that.
    """
    found: list[str | Reason | None] = []
    for text, service in zip(texts, services, strict=True):
        if isinstance(service, Reason):
            found.append(None)
        elif service in NUMBERED and not (service == Service.INTERNET_ACCESS and has_reference(text)):
            found += read_numbers([text], country=country, prefix=prefix)
        else:
            found.append(_read_name(text, Service(service), country=country))
    return found


def _read_name(text: str, service: Service, *, country: str) -> str | Reason:
    if not text.strip():
        return EMPTY
    try:
        return damage_in(text) or normalise_identifier(text, service=service, country=country)
    except NumberNotRead as fault:
        return bad_name(str(fault.facts["value_class"]))


def _without_separators(text: str) -> str:
    """Return digits without the separators between them, so that the fast path reads them; other texts as they are."""
    bare = text.translate(_SEPARATORS)
    return bare if bare.removeprefix("+").isdecimal() else text


def _number_fault(text: str, fault: NumberNotRead) -> Reason:
    if spoiling := damage_in(text):
        return spoiling
    if not text.strip():
        return EMPTY
    return (
        SHORTENED_NUMBER
        if _SHORTENED.fullmatch(text.strip())
        else bad_number(str(fault.facts["value_class"]))
    )


def date_reader(
    forms: Sequence[str], *, latest: dt.date, takes_first: bool = False, unknown: dt.date | None = None
) -> CachedParser[dt.date]:
    """Return a reader of dates in any of some forms, none later than `latest`.

    A text that two forms read as two days is refused, unless the first form wins (`takes_first`). With `unknown`, a text that
    is empty or no date gives that day.
    """

    def read(text: str) -> dt.date | Reason:
        if not text:
            return unknown or EMPTY
        plain = without_time(text)
        days = list(dict.fromkeys(day for form in forms if (day := _day(plain, form))))
        if not days:
            return unknown or _date_fault(plain, forms)
        possible = [day for day in days if day.year >= FIRST_YEAR and day <= latest]
        if len(possible) > 1 and not takes_first:
            return AMBIGUOUS_DATE
        if possible:
            return possible[0]
        return FUTURE_DATE if days[0] > latest else EARLY_DATE

    return CachedParser(read)


def _day(text: str, form: str) -> dt.date | None:
    try:
        return dt.datetime.strptime(text, form).date()  # noqa: DTZ007 - a plain date
    except ValueError:
        return None


def _date_fault(text: str, forms: Sequence[str]) -> Reason:
    is_of_a_form = _DATE_SHAPE.fullmatch(text) and any(_is_of_form(text, form) for form in forms)
    return NO_SUCH_DATE if is_of_a_form else NOT_A_DATE


def months_reader(as_of: dt.date) -> CachedParser[dt.date]:
    """Return a reader that counts whole months back from a day; the 31st becomes the last day of a shorter month."""

    def read(text: str) -> dt.date | Reason:
        if not text:
            return EMPTY
        if not (text.isdecimal() and int(text) <= _MOST_MONTHS):
            return NOT_MONTHS
        year, month = divmod(as_of.year * 12 + as_of.month - 1 - int(text), 12)
        return dt.date(year, month + 1, min(as_of.day, calendar.monthrange(year, month + 1)[1]))

    return CachedParser(read)


def table_reader(values: Mapping[str, str]) -> CachedParser[str]:
    """Return a reader that looks up values in a table; a value that the table does not name is a fault."""

    def read(text: str) -> str | Reason:
        return values.get(text) or (UNNAMED_VALUE if text else EMPTY)

    return CachedParser(read)


def text_reader() -> CachedParser[str | None]:
    """Return a reader that keeps short texts as they are; an empty text is no value."""
    return CachedParser(lambda text: TOO_LONG if len(text) > LONGEST_TEXT else text or None)


def language_reader(values: Mapping[str, str], *, known: Collection[str]) -> CachedParser[str | None]:
    """Return the reader of languages; a language that the instance does not use is no value."""
    return CachedParser(lambda text: found if (found := values.get(text, text)) in known else None)


def payment_reader(values: Mapping[str, str]) -> CachedParser[str | None]:
    """Return the reader of how lines are paid; an empty value says nothing."""
    return CachedParser(lambda text: values.get(text) or (UNNAMED_VALUE if text else None))


def yes_reader(yes: Collection[str]) -> CachedParser[bool]:
    """Return a reader of yes and no."""
    said = {text.strip().casefold() for text in yes}

    def read(text: str) -> bool | Reason:
        if text.casefold() in said:
            return True
        return False if column_dictionary.says_no(text) else NOT_YES_OR_NO

    return CachedParser(read)


def read_references(texts: Sequence[str]) -> list[str | Reason]:
    """Read the operator's own references; a line without one could not be found again."""
    return [
        reference
        if (reference := text.strip()) and len(reference) <= LONGEST_TEXT and not damage_in(text)
        else damage_in(text) or (TOO_LONG if reference else EMPTY)
        for text in texts
    ]


def _is_of_form(text: str, form: str) -> bool:
    """Tell whether a text has the form of a date, so that only the calendar can be at fault."""
    pattern = re.escape(form).replace("%Y", r"\d{4}").replace("%y", r"\d{2}")
    return re.fullmatch(re.sub(r"%[mdjHMS]", r"\\d{1,2}", pattern.replace(r"\%", "%")), text) is not None
