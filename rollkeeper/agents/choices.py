# SPDX-License-Identifier: EUPL-1.2
"""The words of this package: how an agent stands, why one is suspended, what is unusual, what a supervisor says to it."""

from enum import StrEnum


class AgentState(StrEnum):
    """How an agent stands."""

    CANDIDATE = "candidate"
    """Entered; may register nobody."""
    APPROVED = "approved"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class SuspensionCause(StrEnum):
    """Why an agent is suspended."""

    FRAUD = "fraud"
    """Every living line that the agent registered is re-verified, and none is cut off first."""
    REQUIREMENT = "requirement"
    """A requirement is not met any more."""
    AUDIT = "audit"
    """A finding was not remediated."""
    COMPLAINT = "complaint"
    ASKED = "asked"
    """The agent asked for it."""


class Severity(StrEnum):
    """How grave a finding is."""

    MINOR = "minor"
    MAJOR = "major"
    """Not remediated on its day, it keeps the agent from registering anybody."""


class Pattern(StrEnum):
    """What is unusual about a registration. It stands, with its date; a supervisor looks at it."""

    RATE = "rate"
    """More in ten minutes than one account can look after."""
    ONE_PERSON = "merged_persons"
    """One document behind many lines."""
    OUTLETS = "outlets"
    """One account at two outlets on one day."""
    HOURS = "hours"
    """Taken down outside the hours of the outlet, and submitted later."""
    AFTER_SUSPENSION = "after_suspension"
    """Recorded offline before the agent was suspended, and submitted after."""
    DUPLICATE_IMAGE = "duplicate_image"
    """The document image was kept once before, for another line."""
    ABANDONED = "abandoned"
    """Many document images taken and few people registered. About no line."""
    NOT_CONFIRMED = "not_confirmed"
    """A line was to be confirmed and its days are over. Nothing is done to it; a person decides."""


class Verdict(StrEnum):
    """What a supervisor says to a case."""

    CLEARED = "cleared"
    REVERIFY = "reverify"
    """The subscriber is asked to confirm the record, with days of their own; nothing is cut off."""


class ReverificationOutcome(StrEnum):
    """How the re-verification of a line ended."""

    CONFIRMED = "confirmed"
    """The subscriber showed the document again, at a counter."""
    OVER = "over"
    """The line ended otherwise."""
