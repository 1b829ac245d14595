# SPDX-License-Identifier: EUPL-1.2
"""The number of a Chinese resident card (GB 11643): region, date of birth, sequence, check digit.

Rollkeeper has its own check, because the one in python-stdnum refuses living people: it raises on a county it does not know,
compares the region with the year of *birth* (so Hong Kong, Macao and newly founded districts fail), always refuses Taiwan, and
accepts births of 1800 and 2099. Only its MOD 11-2 and its table of counties are used, the table only for advice.

    18 digits:  rrrrrr yyyymmdd sss c        c by ISO 7064 MOD 11-2, 0-9 or X
    15 digits:  rrrrrr yymmdd   sss          century 19; sequences 996 to 999 were kept for people born in 18yy
"""

import datetime as dt
import re
from functools import cache

from stdnum import numdb
from stdnum.iso7064 import mod_11_2

from rollkeeper.documents.dates import PartialDate, read_partial_date
from rollkeeper.documents.verdicts import Checked, Reason, Verdict

GREATEST_AGE_YEARS = 130

_NEW = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_OLD = re.compile(r"[0-9]{15}", re.ASCII)
_CENTENARIANS = frozenset({"996", "997", "998", "999"})
_BEYOND_THE_MAINLAND = ("81", "82", "83", "91", "92", "93")
_GRAVE = frozenset({Reason.BIRTH_DATE_IN_THE_FUTURE, Reason.BIRTH_DATE_TOO_LONG_AGO})
_ADVICE = frozenset({Reason.REGION_UNKNOWN, Reason.OLD_FORM})


def check_resident_card(compact: str, *, on: dt.date) -> Checked:
    """Check a number without separators; the answer has the new form of an old number."""
    if _OLD.fullmatch(compact):
        number, reasons = modern_form(compact), [Reason.OLD_FORM]
    elif _NEW.fullmatch(compact):
        number, reasons = compact, [] if mod_11_2.is_valid(compact) else [Reason.CHECK_DIGIT]
    else:
        fault = Reason.LENGTH if len(compact) not in {15, 18} else Reason.CHARACTERS
        return Checked(Verdict.INVALID, compact, (fault,))
    reasons += _birth(number[6:14], on=on)
    if not _is_known_region(number[:6]):
        reasons.append(Reason.REGION_UNKNOWN)
    return Checked(_verdict(reasons), number, tuple(reasons))


def modern_form(old: str) -> str:
    """Return the 18 digits of a 15-digit number: both are one person."""
    body = old[:6] + ("18" if old[12:] in _CENTENARIANS else "19") + old[6:]
    return body + mod_11_2.calc_check_digit(body)


def _birth(digits: str, *, on: dt.date) -> list[Reason]:
    try:
        born = read_partial_date(digits)
    except ValueError:
        return [Reason.BIRTH_DATE_IMPOSSIBLE]
    return _living(born, on=on) + ([] if born.is_whole else [Reason.BIRTH_DATE_PARTIAL])


def _living(born: PartialDate, *, on: dt.date) -> list[Reason]:
    if born.earliest() > on:
        return [Reason.BIRTH_DATE_IN_THE_FUTURE]
    return [Reason.BIRTH_DATE_TOO_LONG_AGO] if born.year < on.year - GREATEST_AGE_YEARS else []


def _verdict(reasons: list[Reason]) -> Verdict:
    if _GRAVE & set(reasons):
        return Verdict.INVALID
    return Verdict.DOUBTFUL if set(reasons) - _ADVICE else Verdict.VALID


@cache
def _is_known_region(region: str) -> bool:
    if region.startswith(_BEYOND_THE_MAINLAND):
        return True
    return any("county" in facts for _, facts in numdb.get("cn/loc").info(region))
