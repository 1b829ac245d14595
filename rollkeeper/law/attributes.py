# SPDX-License-Identifier: EUPL-1.2
"""What a law may have the operator ask about a party or about a line, and the type of each answer.

A new attribute is a line here, a name in the vault (`vault.fields.Field`) with its label, and its translation: forms, files, corrections,
exports and erasure follow. No pack can ask for what is not here: ethnicity, religion, politics, a portrait, sex, the device that a person
carries (IMEI).
"""

import datetime as dt
import re
from enum import StrEnum
from typing import Final

from rollkeeper.kernel.states import is_state

_OLDEST_YEARS: Final = 130
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")
_TELEPHONE: Final = re.compile(r"\+?[0-9][0-9 ()./-]{4,24}", re.ASCII)
_SIM_CARD: Final = re.compile(r"[0-9A-F]{18,22}", re.ASCII)
_IMSI: Final = re.compile(r"[0-9]{14,15}", re.ASCII)


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
    SIM_CARD = "sim_card"
    """The number printed on a SIM card (ITU-T E.118). Cards show it with or without its check digit, filled up, or with letters."""
    IMSI = "imsi"
    """The identity of a SIM in the network (ITU-T E.212): 14 or 15 digits."""
    STATES = "states"
    """Codes of states as in a passport, separated by commas. Not free text: people could write an ethnicity there."""


ATTRIBUTES: Final = {
    "name": AttributeType.TEXT,
    "address": AttributeType.LONG_TEXT,
    "document_type": AttributeType.DOCUMENT_TYPE,
    "document_number": AttributeType.TEXT,
    "birth_date": AttributeType.DATE,
    "citizenship": AttributeType.STATES,
    "national_number": AttributeType.TEXT,
    "tax_number": AttributeType.TEXT,
    "email": AttributeType.EMAIL,
    "telephone": AttributeType.TELEPHONE,
}

LINE_ATTRIBUTES: Final = {
    "iccid": AttributeType.SIM_CARD,
    "imsi": AttributeType.IMSI,
    "point_of_sale": AttributeType.TEXT,
    "installation_address": AttributeType.LONG_TEXT,
}
"""What a law may ask about a line. The answers are part of the subscriber's record: sealed, shown, corrected and erased with it."""

OF_THE_SIM: Final = frozenset({"iccid", "imsi"})
"""The attributes that change when a line gets another SIM."""

KNOWN_TO_OPERATOR_ALONE: Final = frozenset({"imsi", "point_of_sale"})
"""Attributes that are not asked of a subscriber who registers a line remotely: only the operator can know them."""


HAVE_A_FORM: Final = frozenset(
    name
    for name, kind in (ATTRIBUTES | LINE_ATTRIBUTES).items()
    if kind not in {AttributeType.TEXT, AttributeType.LONG_TEXT, AttributeType.DOCUMENT_TYPE}
)
"""The attributes whose values `fault_of` and `written` handle; a text is recorded as it is."""


def fault_of(name: str, value: str, *, on: dt.date) -> str | None:
    """Say what is wrong with the value of an attribute, without the value; None if it fits its type."""
    match ATTRIBUTES.get(name) or LINE_ATTRIBUTES.get(name):
        case AttributeType.DATE if not _is_past_day(value, on=on):
            return "no day in the past, written as YYYY-MM-DD"
        case AttributeType.EMAIL if not _EMAIL.fullmatch(value):
            return "no e-mail address"
        case AttributeType.TELEPHONE if not _TELEPHONE.fullmatch(value):
            return "no telephone number"
        case AttributeType.SIM_CARD if not _SIM_CARD.fullmatch(written(name, value)):
            return "no number of a SIM card: 18 to 22 figures, and letters from A to F"
        case AttributeType.IMSI if not _IMSI.fullmatch(value):
            return "no IMSI: 14 or 15 figures"
        case AttributeType.STATES if not all(map(is_state, _states(value))):
            return "no codes of states as in a passport, separated by commas"
        case _:
            return None


def written(name: str, value: str) -> str:
    """Return a value as it is recorded: codes in capital letters, however they were typed."""
    match ATTRIBUTES.get(name) or LINE_ATTRIBUTES.get(name):
        case AttributeType.SIM_CARD:
            return value.upper()
        case AttributeType.STATES:
            return ", ".join(_states(value))
        case _:
            return value


def _states(value: str) -> list[str]:
    return [one.strip().upper() for one in value.split(",")]


def _is_past_day(value: str, *, on: dt.date) -> bool:
    try:
        day = dt.date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2012-01-01") and dt.date(on.year - _OLDEST_YEARS, 1, 1) <= day <= on
