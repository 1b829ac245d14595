# SPDX-License-Identifier: EUPL-1.2
"""Who can hold a line, and the parts that people play for a subscriber."""

from enum import StrEnum
from typing import Final


class PartyKind(StrEnum):
    """Who holds a line."""

    INDIVIDUAL = "individual"
    MINOR = "minor"
    COMPANY = "company"


class Part(StrEnum):
    """What somebody is to a registration. The values are the party kinds under which a pack says what to ask."""

    SUBSCRIBER = "subscriber"
    USER = "company_user"
    BEARER = "company_bearer"
    GUARDIAN = "guardian"

    @property
    def key(self) -> str:
        """Return the word for it in a file and a form."""
        return {Part.USER: "user", Part.BEARER: "bearer"}.get(self, self.value)


PARTS: Final = {
    PartyKind.INDIVIDUAL: (Part.SUBSCRIBER,),
    PartyKind.MINOR: (Part.SUBSCRIBER, Part.GUARDIAN),
    PartyKind.COMPANY: (Part.SUBSCRIBER, Part.USER, Part.BEARER),
}
"""Whose data belong to a registration of each kind, the subscriber first."""


def pack_kind(kind: PartyKind, part: Part) -> str:
    """Return the party kind under which a pack lists what to ask of this part."""
    return kind.value if part is Part.SUBSCRIBER else part.value
