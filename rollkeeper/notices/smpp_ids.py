# SPDX-License-Identifier: EUPL-1.2
"""How a short message centre writes the ids of messages, in its answers and in its reports. Pure.

Many centres answer with an id in hexadecimal and report of it in decimal, a few the other way round. Then 26 in a report is
the message that was answered 1A, while another one was answered 26: taken by the letter, its report would prove that somebody was
told whom nobody reached. Which way it is cannot be told from figures alone, and is told by letters: where answers have some and
twenty reports have none, or the other way round, they are written in two ways.
"""

import re
from collections.abc import Collection
from enum import StrEnum
from typing import Final

ENOUGH: Final = 20
"""Reports after which their having no letter means something: of twenty ids in hexadecimal, of two figures each, one in 10^8 has
none."""
_FIGURES: Final = re.compile(r"[0-9]+")
_SIXTEEN: Final = re.compile(r"[0-9A-Fa-f]+")


class ReportIds(StrEnum):
    """How reports name a message."""

    SAME = "same"
    """As its answer did; zeros before it and small or large letters say nothing."""
    DECIMAL = "decimal"
    """In decimal, where the answer has the same number in hexadecimal."""
    HEXADECIMAL = "hexadecimal"


def of_answer(given: str, how: ReportIds) -> str | None:
    """Return the one spelling of an id in an answer; None for one that contradicts what is known."""
    return _spelled(given, {ReportIds.SAME: 0, ReportIds.DECIMAL: 16, ReportIds.HEXADECIMAL: 10}[how])


def of_report(given: str, how: ReportIds) -> str | None:
    """Return the one spelling of an id in a report; None for one that contradicts what is known."""
    return _spelled(given, {ReportIds.SAME: 0, ReportIds.DECIMAL: 10, ReportIds.HEXADECIMAL: 16}[how])


def found_out(answers: Collection[str], reports: Collection[str]) -> ReportIds | None:
    """Return how reports write ids where that is certain; None where it is not yet, or where they are written in two ways."""
    letters = _has_letters(answers), _has_letters(reports)
    if letters == (True, True) or (letters == (False, False) and len(reports) >= ENOUGH):
        return ReportIds.SAME
    return None


def are_unlike(answers: Collection[str], reports: Collection[str]) -> bool:
    """Tell whether answers and reports certainly write ids in two ways."""
    letters = _has_letters(answers), _has_letters(reports)
    return letters == (False, True) or (letters == (True, False) and len(reports) >= ENOUGH)


def _has_letters(ids: Collection[str]) -> bool:
    return any(not _FIGURES.fullmatch(one) for one in ids)


def _spelled(given: str, base: int) -> str | None:
    if not base:
        return given.lower().lstrip("0") or "0" if _SIXTEEN.fullmatch(given) else given
    if not (_FIGURES if base == 10 else _SIXTEEN).fullmatch(given):
        return None
    return str(int(given, base))
