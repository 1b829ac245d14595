# SPDX-License-Identifier: EUPL-1.2
"""The verdicts of a check, and the kinds of documents. Codes are stable; the sentence is for people.

It does not use Django, since the process that reads pictures loads it.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

RESIDENT_CARD: Final = "cn-resident-card"
RESIDENCE_PERMIT: Final = "cn-residence-permit"
PASSPORT: Final = "passport"
IDENTITY_CARD: Final = "identity-card"
BUSINESS_LICENCE: Final = "cn-business-licence"
OTHER: Final = "other"


class Verdict(StrEnum):
    """The verdict on a number."""

    VALID = "valid"
    DOUBTFUL = "doubtful"
    """Two people must look at the document again; it is not refused."""
    INVALID = "invalid"
    """No document of this type has such a number: most likely a typing error or the wrong type."""


class Reason(StrEnum):
    """One finding."""

    EMPTY = "empty"
    LENGTH = "length"
    CHARACTERS = "characters"
    CHECK_DIGIT = "check_digit"
    BIRTH_DATE_IMPOSSIBLE = "birth_date_impossible"
    BIRTH_DATE_PARTIAL = "birth_date_partial"
    BIRTH_DATE_IN_THE_FUTURE = "birth_date_in_the_future"
    BIRTH_DATE_TOO_LONG_AGO = "birth_date_too_long_ago"
    REGION_UNKNOWN = "region_unknown"
    OLD_FORM = "old_form"
    UNUSUAL_FORM = "unusual_form"
    COMPONENT = "component"
    EXPIRED = "expired"
    EXPIRY_NOT_READ = "expiry_not_read"
    UNKNOWN_TYPE = "unknown_type"
    UNKNOWN_STATE = "unknown_state"
    LOOKS_ALIKE = "looks_alike"

    @property
    def sentence(self) -> str:
        """Return it as a sentence for people."""
        return _SENTENCES[self]


_SENTENCES = {
    Reason.EMPTY: "Nothing was given.",
    Reason.LENGTH: "No document of this type has a number of this length.",
    Reason.CHARACTERS: "It has characters that no number of this type has.",
    Reason.CHECK_DIGIT: "The check digit does not fit: look again. Genuine cards with faulty numbers exist.",
    Reason.BIRTH_DATE_IMPOSSIBLE: "The date of birth in it is in no calendar: look again.",
    Reason.BIRTH_DATE_PARTIAL: "The day or month of birth in it is unknown.",
    Reason.BIRTH_DATE_IN_THE_FUTURE: "The date of birth in it lies in the future.",
    Reason.BIRTH_DATE_TOO_LONG_AGO: "No living person was born in that year.",
    Reason.REGION_UNKNOWN: "Its region is in no list known here; lists age, so this is advice only.",
    Reason.OLD_FORM: "It is the old 15-digit form, shown here as its 18-digit form: ask for the new card, but do not turn the person away.",
    Reason.UNUSUAL_FORM: "It is not of the usual form: look again.",
    Reason.COMPONENT: "A part of it is unknown to the list used here; lists age.",
    Reason.EXPIRED: "The document has expired.",
    Reason.EXPIRY_NOT_READ: "The date of expiry cannot be read.",
    Reason.UNKNOWN_TYPE: "No rule is known for this type of document: look at it with care.",
    Reason.UNKNOWN_STATE: "No state has the code in it.",
    Reason.LOOKS_ALIKE: "A letter and a digit that look alike could not be distinguished by themselves: compare each character.",
}


@dataclass(frozen=True, slots=True)
class Checked:
    """The outcome of a check. `normalised` is personal: it is shown only to the person who typed it."""

    verdict: Verdict
    normalised: str
    reasons: tuple[Reason, ...]

    def __repr__(self) -> str:
        """Show everything but the number."""
        return f"Checked({self.verdict.value}, {', '.join(self.reasons)})"


def worst(*verdicts: Verdict) -> Verdict:
    """Return the worst of several verdicts; none is valid."""
    order = [Verdict.VALID, Verdict.DOUBTFUL, Verdict.INVALID]
    return max(verdicts, key=order.index, default=Verdict.VALID)
