# SPDX-License-Identifier: EUPL-1.2
"""How the reader's language writes a day, a list, brackets, a length of time and an article of the law."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

CONTEXT: Final = "punctuation"

_ARTICLE = re.compile(r"(operator's rule )?([0-9]+)(?: ¶([0-9]+))?")
_LINK: Final = re.compile(
    r"\bhttps?\b|\bwww\b|://|[/\\@#]|\b[\w-]+\.[^\W\d_]{2,}\b|\b\d{1,3}(\.\d{1,3}){3}\b", re.IGNORECASE
)
_TSHEG: Final = "\u0f0b"
_STROKE_BEFORE_AND: Final = re.compile("(?<=[\u0f40-\u0fbc])\u0f0b?\u0f0d? (?=དང་ )")
_QUARTER: Final = re.compile(r"([0-9]{4})-Q([1-4])")
_FILLERS: Final = frozenset("\u115f\u1160\u3164\uffa0")
"""Korean letters that are invisible."""
_UNSEEN: Final = frozenset({"Cf", "Mn", "Me"})
"""The categories of signs that are invisible between letters. They contain visible signs too, but no address has those."""
_DAY_OR_TIME: Final = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b(?:[01]?\d|2[0-3]):[0-5]\d\b")
_CHINESE_FIGURES: Final = "〇一二三四五六七八九"
_SPOKEN_FIGURES: Final = str.maketrans("零幺" + _CHINESE_FIGURES, "01" + "0123456789")
_CHINESE_PLACES: Final = ("", "十", "百")


class Count(int):
    """A number that a text shows with its noun: ``{days:day|days}`` becomes 1 day or 2 days."""

    def __format__(self, how: str) -> str:
        """Write the number with the word for one or for several; a language without such words writes the number alone."""
        one, is_named, several = how.partition("|")
        return f"{int(self)} {one if self == 1 else several}" if is_named else int(self).__format__(how)


def write_day(day: dt.date) -> str:
    """Write a day, or a moment, as the pages of this language do."""
    if isinstance(day, dt.datetime):
        return date_format(timezone.localtime(day) if timezone.is_aware(day) else day, "DATETIME_FORMAT")
    return date_format(day, "DATE_FORMAT")


def listed(items: Iterable[object]) -> str:
    """Join the items of a list. A Tibetan label ends with a stroke, which only the last one in a list keeps."""
    joint = pgettext(CONTEXT, ", ")
    return _STROKE_BEFORE_AND.sub(_TSHEG, joint.join(map(str, items)))


def clauses(items: Iterable[object]) -> str:
    """Join clauses that are more than the items of one list."""
    return pgettext(CONTEXT, "; ").join(map(str, items))


def bracketed(text: object) -> str:
    """Put a text that follows another one into brackets; an empty text stays empty."""
    return pgettext(CONTEXT, " (%s)") % text if text else ""


def colon() -> str:
    """Return the sign between a label and its value."""
    return pgettext(CONTEXT, ": ")


def comma() -> str:
    """Return the sign between two items of a list."""
    return pgettext(CONTEXT, ", ")


def gap() -> str:
    """Return the space between two sentences: none in Chinese, whose full stop includes it."""
    return "" if (get_language() or "").startswith("zh") else " "


def write_report_period(name: str) -> str:
    """Write a quarter or a year of the reports in the reader's language; its name is 2012-Q1 or 2012."""
    if quarter := _QUARTER.fullmatch(name):
        return pgettext("report period", "%(year)s-Q%(quarter)s") % {
            "year": quarter[1],
            "quarter": quarter[2],
        }
    return pgettext("report period", "%(year)s") % {"year": name}


def write_period(*, years: int, months: int, days: int) -> str:
    """Write a length of time without the units that are zero."""
    units = (
        years and ngettext("%(n)d year", "%(n)d years", years) % {"n": years},
        months and ngettext("%(n)d month", "%(n)d months", months) % {"n": months},
        (days or not (years or months)) and ngettext("%(n)d day", "%(n)d days", days) % {"n": days},
    )
    return pgettext(CONTEXT, " and ").join(unit for unit in units if unit)


def cite(article: str | None) -> str:
    """Cite an article as the reader's language does; a text that is no number, with or without a paragraph, is only translated."""
    found = _ARTICLE.fullmatch(article or "")
    if found is None:
        return gettext(article) if article else ""
    is_operators_rule, number, paragraph = found.groups()
    if is_operators_rule:
        return gettext("operator's rule %(number)s") % {"number": _numeral(number)}
    if paragraph is None:
        return gettext("art. %(number)s") % {"number": _numeral(number)}
    return gettext("art. %(number)s ¶%(paragraph)s") % {
        "number": _numeral(number), "paragraph": _numeral(paragraph),
    }  # fmt: skip


def _numeral(figures: str) -> str:
    """Write the number of an article; Chinese statutes write it in characters."""
    if not (get_language() or "").startswith("zh") or len(figures) > len(_CHINESE_PLACES):
        return figures
    written = "".join(
        _CHINESE_FIGURES[int(figure)] + (_CHINESE_PLACES[len(figures) - 1 - at] if figure != "0" else "")
        for at, figure in enumerate(figures)
    )
    return re.sub("〇+", "零", written.rstrip("〇")).removeprefix("一" if written.startswith("一十") else "")


def looks_like_link(text: str) -> bool:
    """Tell whether something in a text could be taken for a web address."""
    return _LINK.search(_as_read(text)) is not None


def looks_like_number(text: str, *, figures: int) -> bool:
    """Tell whether a text has this many digits without a letter between them, which people could call. Days and times of day do not count."""
    plain = _DAY_OR_TIME.sub("x", _as_read(text)).translate(_SPOKEN_FIGURES)
    return re.search(rf"\d(?:[\W_]*\d){{{figures - 1}}}", plain) is not None


def _as_read(text: str) -> str:
    """Return a text as a person reads it: wide and circled characters become plain, and invisible signs are left out."""
    seen = (sign for sign in text if sign not in _FILLERS and unicodedata.category(sign) not in _UNSEEN)
    return unicodedata.normalize("NFKC", "".join(seen))
