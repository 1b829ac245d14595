# SPDX-License-Identifier: EUPL-1.2
"""The words of a campaign: where a line stands in it, what a batch does, how far a batch and its lines have come."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a line stands in a campaign."""

    NOT_NOTIFIED = "not_notified"
    """No proof yet that the subscriber was notified: no clock runs."""
    RUNNING = "running"
    """Notified; the days of grace are counted."""
    SUSPENDED = "suspended"
    """Suspended by an approved batch; the days of suspension are counted."""
    TERMINATED = "terminated"
    """Terminated by an approved batch."""
    OUT_OF_SCOPE = "out_of_scope"
    """Registered, or ended otherwise: no longer any business of the campaign."""


class Action(StrEnum):
    """What a batch does to its lines."""

    SUSPEND = "suspend"
    TERMINATE = "terminate"

    @property
    def from_stage(self) -> Stage:
        """Return the stage in which a line must be for it."""
        return Stage.RUNNING if self is Action.SUSPEND else Stage.SUSPENDED

    @property
    def to_stage(self) -> Stage:
        """Return the stage to which it leads."""
        return Stage.SUSPENDED if self is Action.SUSPEND else Stage.TERMINATED


class BatchState(StrEnum):
    """How far a batch has come."""

    WAITING = "waiting"
    """Prepared; two people have yet to approve it."""
    APPROVED = "approved"
    RUNNING = "running"
    STOPPED = "stopped"
    """By a person or by itself. It does not go on; undo it within a day, before the network hears the rest, or prepare a new one."""
    DONE = "done"
    UNDO_REQUESTED = "undo_requested"
    """Somebody in the back office asked for the undo; the next run carries it out."""
    UNDONE = "undone"


class SkipReason(StrEnum):
    """Why a line of a batch was left alone when its turn came."""

    REGISTERED = "registered"
    OVER = "over"
    """The contract ended otherwise."""
    DISPUTED = "disputed"
    ESSENTIAL = "essential"
    CHANGED = "changed"
    """Its version is not the one that was decided on."""
    CHANGING = "changing"
    """Somebody was at work on it in that very moment, or is about to undo its suspension."""
    NOT_DUE = "not_due"
    """A pause, a stay or a promise has moved its day."""
    UNBARRED = "unbarred"
    """To be ended, and the network has not proved that it is barred."""


class WaiverReason(StrEnum):
    """Why nobody can be notified about a line, as the person who answers for it says."""

    NO_CHANNEL_KNOWN = "no_channel_known"
    """Neither the line nor any address reaches a person."""
    EVERY_CHANNEL_FAILED = "every_channel_failed"
    NO_PERSON = "no_person"
    """A machine's line, or one that never was given out."""
    SUBSCRIBER_DIED = "subscriber_died"
    OTHER = "other"
