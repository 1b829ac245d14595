# SPDX-License-Identifier: EUPL-1.2
"""The words of a campaign: where a line stands in it, what a batch does, how far a batch and its lines have come."""

from enum import StrEnum


class Stage(StrEnum):
    """Where a line stands in a campaign."""

    UNTOLD = "untold"
    """No proof yet that the holder was told: no clock runs."""
    COUNTING = "counting"
    """Told; the days of grace are counted."""
    SUSPENDED = "suspended"
    """Suspended by an approved batch; the days of suspension are counted."""
    ENDED = "ended"
    """Terminated by an approved batch."""
    LEFT = "left"
    """Registered, or ended otherwise: no longer any business of the campaign."""


class Action(StrEnum):
    """What a batch does to its lines."""

    SUSPEND = "suspend"
    END = "end"

    @property
    def from_stage(self) -> Stage:
        """Return the stage in which a line must be for it."""
        return Stage.COUNTING if self is Action.SUSPEND else Stage.SUSPENDED

    @property
    def to_stage(self) -> Stage:
        """Return the stage to which it leads."""
        return Stage.SUSPENDED if self is Action.SUSPEND else Stage.ENDED


class BatchState(StrEnum):
    """How far a batch has come."""

    WAITING = "waiting"
    """Drawn up; two people have yet to approve it."""
    APPROVED = "approved"
    RUNNING = "running"
    STOPPED = "stopped"
    """By a person or by itself. It does not go on; undo it within a day, before the network hears the rest, or draw up a new one."""
    DONE = "done"
    UNDO_ASKED = "undo_asked"
    """Somebody in the office asked for the undo; the next run carries it out."""
    UNDONE = "undone"


class PassedOver(StrEnum):
    """Why a line of a batch was left alone when its turn came."""

    REGISTERED = "registered"
    OVER = "over"
    """The contract ended otherwise."""
    DISPUTED = "disputed"
    PROTECTED = "protected"
    CHANGED = "changed"
    """Its version is not the one that was decided on."""
    CHANGING = "changing"
    """Somebody was at work on it in that very moment, or is about to undo its suspension."""
    NOT_DUE = "not_due"
    """A pause, a stay or a promise has moved its day."""
    UNBARRED = "unbarred"
    """To be ended, and the network has not proved that it is barred."""


class ExcuseReason(StrEnum):
    """Why nobody can be told about a line, as the person who answers for it says."""

    NO_WAY_KNOWN = "no_way_known"
    """Neither the line nor any address reaches anybody."""
    EVERY_CHANNEL_FAILED = "every_channel_failed"
    NO_PERSON = "no_person"
    """A machine's line, or one that never was given out."""
    HOLDER_DIED = "holder_died"
    OTHER = "other"
