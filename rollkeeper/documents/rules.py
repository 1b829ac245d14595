# SPDX-License-Identifier: EUPL-1.2
"""Decides whether a document's number is valid, doubtful or invalid, and why."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import Final

from stdnum import get_cc_module
from stdnum.exceptions import InvalidChecksum, InvalidComponent, InvalidFormat, InvalidLength, ValidationError

from rollkeeper.documents.resident_card import check_resident_card
from rollkeeper.documents.verdicts import (
    BUSINESS_LICENCE,
    IDENTITY_CARD,
    OTHER,
    PASSPORT,
    RESIDENCE_PERMIT,
    RESIDENT_CARD,
    Checked,
    Reason,
    Verdict,
)
from rollkeeper.kernel.normal_form import normal_form

GREATEST_LENGTH = 64

_PASSPORT_TYPE = re.compile(r"passport(-[a-z]{1,3})?", re.ASCII)
_IDENTITY_CARD_TYPE = re.compile(r"identity-card(-[a-z]{1,3})?", re.ASCII)
_NATIONAL_TYPE = re.compile(r"([a-z]{2})-([a-z]{2,20})", re.ASCII)
_PLAIN_TYPE = re.compile(r"[a-z]+(-[a-z]+)*", re.ASCII)
_PASSPORT = re.compile(r"[A-Z0-9]{6,9}", re.ASCII)
_IDENTITY_CARD = re.compile(r"[A-Z0-9]{5,23}", re.ASCII)
_ALIASES: Final = {"cn-business-licence": "cn-uscc", "cn-company": "cn-uscc"}
# Residence permits for people of Hong Kong, Macao and Taiwan, and for foreigners, have numbers of the form of resident cards.
_AS_RESIDENT_CARD: Final = frozenset({RESIDENT_CARD, RESIDENCE_PERMIT, "cn-permanent-residence"})
TYPES_WITH_STATE: Final = frozenset({PASSPORT, IDENTITY_CARD})
"""Kinds of document whose number is unique only within one state: a form also asks for the state."""


def check_number(document_type: str, text: str, on: dt.date) -> Checked:
    """Check the number of a document of this type as of a day.

    Types: `cn-resident-card` and its kin; `passport`, or `passport-xxx` with the issuing state; `identity-card-xxx` for
    a foreign card with a machine-readable zone; `cc-name` for the national numbers that python-stdnum knows, such as
    `in-aadhaar`; every other type is doubtful.
    """
    kind = normalise_type(document_type)
    compact = normalise_number(text)
    if not compact:
        return Checked(Verdict.INVALID, "", (Reason.EMPTY,))
    if len(compact) > GREATEST_LENGTH:
        return Checked(Verdict.INVALID, "", (Reason.LENGTH,))
    if kind in _AS_RESIDENT_CARD:
        return check_resident_card(compact, on=on)
    if _PASSPORT_TYPE.fullmatch(kind):
        return _check_travel_document(compact, usual=_PASSPORT)
    if _IDENTITY_CARD_TYPE.fullmatch(kind):
        return _check_travel_document(compact, usual=_IDENTITY_CARD)
    return _check_national(kind, compact)


def document_as_recorded(document: tuple[str, str], on: dt.date) -> tuple[str, str]:
    """Return the type and the number of a document in one spelling, however they were typed."""
    kind = normalise_type(document[0])
    return kind, check_number(kind, document[1], on).normalised


def normalise_type(text: str) -> str:
    """Return a type's one spelling: lower case, hyphens."""
    if _PLAIN_TYPE.fullmatch(text):
        return text
    return re.sub(r"[\s_-]+", "-", normal_form(text).strip().lower())


@lru_cache(maxsize=4096)
def is_known_type(kind: str) -> bool:
    """Tell whether a text is a known type, and not something else, such as a name."""
    if kind in {
        RESIDENT_CARD,
        RESIDENCE_PERMIT,
        PASSPORT,
        IDENTITY_CARD,
        BUSINESS_LICENCE,
        OTHER,
        *_ALIASES,
        *_AS_RESIDENT_CARD,
    }:
        return True
    if _PASSPORT_TYPE.fullmatch(kind) or _IDENTITY_CARD_TYPE.fullmatch(kind):
        return True
    found = _NATIONAL_TYPE.fullmatch(kind)
    return found is not None and get_cc_module(*found.groups()) is not None


def with_state(kind: str, state: str | None) -> str:
    """Return a type with its issuing state, if two states may use the same number."""
    return f"{kind}-{state.strip().lower()}" if state and state.strip() and kind in TYPES_WITH_STATE else kind


def also_without_state(kind: str) -> list[str]:
    """Return a type, and that type without its issuing state, as files and older records have it."""
    bare = normalise_type(kind).rpartition("-")[0]
    return [kind, bare] if bare in TYPES_WITH_STATE else [kind]


def normalise_number(text: str) -> str:
    """Return a number without separators: capitals, ASCII digits for digits of any script.

    Full-width letters, the Roman numeral ten and the signs that look like X become X.
    """
    if text.isascii() and text.isalnum():
        return text.upper()
    plain = normal_form(text).upper().translate(_LOOKALIKES)
    return "".join(
        str(unicodedata.digit(character)) if unicodedata.category(character) == "Nd" else character
        for character in plain
        if character.isalnum() or unicodedata.category(character)[0] not in "ZCP"
    )


_LOOKALIKES: Final = {ord("×"): "X", ord("Х"): "X", ord("Χ"): "X"}


def _check_travel_document(number: str, *, usual: re.Pattern[str]) -> Checked:
    if not (number.isascii() and number.isalnum()):
        return Checked(Verdict.INVALID, number, (Reason.CHARACTERS,))
    if not usual.fullmatch(number) or not any(map(str.isdigit, number)):
        return Checked(Verdict.DOUBTFUL, number, (Reason.UNUSUAL_FORM,))
    return Checked(Verdict.VALID, number, ())


def _check_national(kind: str, number: str) -> Checked:
    found = _NATIONAL_TYPE.fullmatch(_ALIASES.get(kind, kind))
    module = get_cc_module(found.group(1), found.group(2)) if found else None
    validate: Callable[[str], str] | None = getattr(module, "validate", None)
    if validate is None:
        return Checked(Verdict.DOUBTFUL, number, (Reason.UNKNOWN_TYPE,))
    try:
        return Checked(Verdict.VALID, validate(number), ())
    except ValidationError as fault:
        return Checked(*_finding(fault, number))
    except Exception:  # noqa: BLE001 - a fault of the library says nothing about a person's card
        return Checked(Verdict.DOUBTFUL, number, (Reason.COMPONENT,))


def _finding(fault: ValidationError, number: str) -> tuple[Verdict, str, tuple[Reason, ...]]:
    match fault:
        case InvalidLength():
            return Verdict.INVALID, number, (Reason.LENGTH,)
        case InvalidFormat():
            return Verdict.INVALID, number, (Reason.CHARACTERS,)
        case InvalidChecksum():
            return Verdict.DOUBTFUL, number, (Reason.CHECK_DIGIT,)
        case InvalidComponent():
            return Verdict.DOUBTFUL, number, (Reason.COMPONENT,)
        case _:
            return Verdict.DOUBTFUL, number, (Reason.UNUSUAL_FORM,)
