# SPDX-License-Identifier: EUPL-1.2
"""The words of this room: how an agent stands, why one is suspended, what is unusual, what a supervisor says to it."""

from enum import StrEnum


class AgentState(StrEnum):
    """How an agent stands."""

    CANDIDATE = "candidate"
    """Entered; may register nobody."""
    ADMITTED = "admitted"
    SUSPENDED = "suspended"
    ENDED = "ended"


class Because(StrEnum):
    """Why an agent is suspended."""

    FRAUD = "fraud"
    """Every living line that the agent registered is re-verified, and none is cut off first."""
    REQUIREMENT = "requirement"
    """A requirement is not met any more."""
    AUDIT = "audit"
    """A finding was not mended."""
    COMPLAINT = "complaint"
    ASKED = "asked"
    """The agent asked for it."""


class Severity(StrEnum):
    """How grave a finding is."""

    MINOR = "minor"
    MAJOR = "major"
    """Not mended on its day, it keeps the agent from registering anybody."""


class Pattern(StrEnum):
    """What is unusual about a registration. It stands, with its date; a supervisor looks at it."""

    RATE = "rate"
    """More in ten minutes than one account can look after."""
    ONE_PERSON = "one_person"
    """One document behind many lines."""
    PLACES = "places"
    """One account at two places on one day."""
    HOURS = "hours"
    """Taken down outside the hours of the place, and handed in later."""
    AFTER_SUSPENSION = "after_suspension"
    """Taken down without a network before the agent was suspended, and handed in after."""
    COPY_TWICE = "copy_twice"
    """The picture of the document was kept once before, for another line."""
    ABANDONED = "abandoned"
    """Many pictures taken and few people registered. About no line."""
    NOT_CONFIRMED = "not_confirmed"
    """A line was to be confirmed and its days are over. Nothing is done to it; a person decides."""


class Verdict(StrEnum):
    """What a supervisor says to a case."""

    CLEARED = "cleared"
    RECHECK = "recheck"
    """The holder is asked to confirm the record, with days of their own; nothing is cut off."""


class RecheckOutcome(StrEnum):
    """How the re-verification of a line ended."""

    CONFIRMED = "confirmed"
    """The holder showed the document again, at a counter."""
    OVER = "over"
    """The line ended otherwise."""
