# SPDX-License-Identifier: EUPL-1.2
"""What a law may have the operator ask about a party, and the type of each answer.

A new attribute is a line here, a name in the vault (`vault.fields.Field`) with its label, and its translation: forms, files, corrections,
exports and erasure follow. What no pack can ever ask is not here: ethnicity, religion, politics, a portrait, sex.
"""

import datetime as dt
import re
from enum import StrEnum
from typing import Final

_OLDEST_YEARS: Final = 130
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_TELEPHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{4,24}", re.ASCII)


class AttributeType(StrEnum):
    """The type of an attribute's value: the form field follows from it."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    DOCUMENT_TYPE = "document_type"
    """One of the kinds of documents that are known, with the state that issued it."""
    DATE = "date"
    """A day in the past, as YYYY-MM-DD."""
    EMAIL = "email"
    TELEPHONE = "telephone"


ATTRIBUTES: Final = {
    "name": AttributeType.TEXT,
    "address": AttributeType.LONG_TEXT,
    "document_type": AttributeType.DOCUMENT_TYPE,
    "document_number": AttributeType.TEXT,
    "birth_date": AttributeType.DATE,
    "national_number": AttributeType.TEXT,
    "tax_number": AttributeType.TEXT,
    "email": AttributeType.EMAIL,
    "telephone": AttributeType.TELEPHONE,
}


def fault_of(name: str, value: str, *, on: dt.date) -> str | None:
    """Say what is wrong with the value of an attribute, without the value; None where it is of its type."""
    match ATTRIBUTES.get(name):
        case AttributeType.DATE if not _is_past_day(value, on=on):
            return "no day in the past, written as YYYY-MM-DD"
        case AttributeType.EMAIL if not _EMAIL.fullmatch(value):
            return "no e-mail address"
        case AttributeType.TELEPHONE if not _TELEPHONE.fullmatch(value):
            return "no telephone number"
        case _:
            return None


def _is_past_day(value: str, *, on: dt.date) -> bool:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2012-01-01") and dt.date(on.year - _OLDEST_YEARS, 1, 1) <= day <= on
