# SPDX-License-Identifier: EUPL-1.2
"""What a check of the installation found."""

from dataclasses import dataclass
from enum import StrEnum


class Health(StrEnum):
    """The result of a check."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Urgency(StrEnum):
    """When something is to be done, in the order in which the doctor lists it."""

    BEFORE_GOING_LIVE = "before going live"
    NOW = "now"
    SOON = "soon"
    NOTHING = "in order"


@dataclass(frozen=True, slots=True)
class Finding:
    """The finding of one check, and what to do about it."""

    check: str
    health: Health
    sentence: str
    remedy: str = ""
    stops_going_live: bool = False
    """Whether this must be in order before real subscribers are served."""

    @property
    def urgency(self) -> Urgency:
        """Return when it is to be done."""
        if self.health is Health.OK:
            return Urgency.NOTHING
        if self.stops_going_live:
            return Urgency.BEFORE_GOING_LIVE
        return Urgency.NOW if self.health is Health.ERROR else Urgency.SOON
