# SPDX-License-Identifier: EUPL-1.2
"""How a short message centre writes the ids of messages, in its answers and in its reports. Pure.

Many centres answer with an id in hexadecimal and report it in decimal; a few do the opposite. Then 26 in a report means the message
with the answer 1A, although another message has the answer 26: read literally, the report would prove a notification that did not
happen. A program cannot be sure which format it is; the operator configures it once, and until then no report is believed.
"""

import re
from enum import StrEnum
from typing import Final

LONGEST_ID: Final = 64
"""Signs. Source: SMPP 3.4, 5.2.23."""
_FIGURES: Final = re.compile(r"[0-9]+")
_SIXTEEN: Final = re.compile(r"[0-9A-Fa-f]+")


class ReportIds(StrEnum):
    """How reports name a message."""

    SAME = "same"
    """As its answer did; leading zeros and the case of letters do not matter."""
    DECIMAL = "decimal"
    """In decimal, while the answer has the same number in hexadecimal."""
    HEXADECIMAL = "hexadecimal"


_ANSWERS: Final = {ReportIds.SAME: 0, ReportIds.DECIMAL: 16, ReportIds.HEXADECIMAL: 10}
_REPORTS: Final = {ReportIds.SAME: 0, ReportIds.DECIMAL: 10, ReportIds.HEXADECIMAL: 16}


def of_answer(given: str | None, how: ReportIds) -> str | None:
    """Return the canonical form of an id in an answer; None if it is malformed or missing."""
    return _spelled(given, _ANSWERS[how])


def of_report(given: str, how: ReportIds) -> str | None:
    """Return the canonical form of an id in a report; None if it is malformed or missing."""
    return _spelled(given, _REPORTS[how])


def _spelled(given: str | None, base: int) -> str | None:
    if not given or len(given) > LONGEST_ID:
        return None
    if not base:
        return (given.lower().lstrip("0") or "0") if _SIXTEEN.fullmatch(given) else given
    if not (_FIGURES if base == 10 else _SIXTEEN).fullmatch(given):
        return None
    return str(int(given, base))
