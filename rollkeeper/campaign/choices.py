# SPDX-License-Identifier: EUPL-1.2
"""The choices of a campaign: the stage of a line, what a batch does, the state of a batch and its lines."""

from enum import StrEnum
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    # This import would take a tenth of the time of a start.
    from rollkeeper.law.campaign_rules import StageRule


class Stage(TextChoices):
    """The stage of a line in a campaign."""

    NOT_NOTIFIED = "not_notified", _("Not yet notified")
    """No proof yet that the subscriber was notified: no clock runs."""
    RUNNING = "running", _("Notified, days running")
    """Notified; the days to register are counted."""
    SUSPENDED = "suspended", _("Suspended")
    """Suspended by an approved batch; the days of suspension are counted."""
    TERMINATED = "terminated", _("Terminated")
    """Terminated by an approved batch."""
    OUT_OF_SCOPE = "out_of_scope", _("Registered or left")
    """Registered, or ended otherwise: the campaign no longer concerns it."""


class Action(TextChoices):
    """What a batch does to its lines."""

    SUSPEND = "suspend", _("Suspend")
    TERMINATE = "terminate", _("Terminate")

    @property
    def to_stage(self) -> Stage:
        """Return the stage to which it leads."""
        return Stage.SUSPENDED if self is Action.SUSPEND else Stage.TERMINATED

    @classmethod
    def of(cls, rule: "StageRule") -> "Action":
        """Return what a batch does to carry out a stage of the law."""
        return cls.TERMINATE if rule.is_end else cls.SUSPEND


def stage_before(step: int) -> Stage:
    """Return the stage of a line before the law's stage of this number, 1 the first."""
    return Stage.RUNNING if step == 1 else Stage.SUSPENDED


class BatchState(TextChoices):
    """How far a batch has come."""

    WAITING = "waiting", _("Waiting for approval")
    """Prepared; two people have yet to approve it."""
    APPROVED = "approved", _("Approved")
    RUNNING = "running", _("Running")
    STOPPED = "stopped", _("Stopped")
    """Stopped by a person or by itself, permanently. Undo it within a day, before the rest of its commands are sent, or prepare a new batch."""
    DONE = "done", _("Done")
    UNDO_REQUESTED = "undo_requested", _("To be undone")
    """The back office requested the undo; the next run carries it out."""
    UNDONE = "undone", _("Undone")


class StopReason(TextChoices):
    """Why a person stops a batch, or cancels one that has not begun. Only these fixed words are stored, so no name can be."""

    WRONG_LINES = "wrong_lines", _("It has lines that should not be in it")
    COMPLAINTS = "complaints", _("Subscribers complain")
    NETWORK = "network", _("The network does not carry out commands")
    LAW = "law", _("A court, an authority or the law says so")
    NOT_NEEDED = "not_needed", _("It is not needed any more")


class WorkKind(TextChoices):
    """What staff ask for on a page and the worker does."""

    PLAN_CHECK = "plan_check", _("Dry run of the plan")
    PLAN = "plan", _("Plan the campaign")
    BATCH_CHECK = "batch_check", _("Dry run of a day")
    PREPARE = "prepare", _("Prepare the batches of a day")
    RUN = "run", _("Run a batch")
    UNDO = "undo", _("Undo a batch")
    CLOSE = "close", _("Close the campaign")


class SkipReason(TextChoices):
    """Why a line of a batch was left alone when its turn came."""

    REGISTERED = "registered", _("registered in the meantime")
    OVER = "over", _("the contract was terminated otherwise")
    """The contract ended otherwise."""
    DISPUTED = "disputed", _("disputed")
    ESSENTIAL = "essential", _("essential")
    CHANGED = "changed", _("changed since it was prepared")
    """Its version is not the one that people approved."""
    CHANGING = "changing", _("another process was working on it")
    """Another process was working on it at that moment, or is about to undo its suspension."""
    NOT_DUE = "not_due", _("no longer due")
    """A pause, a stay or a promised day has moved its last day."""
    PAUSE_CONTRADICTED = "pause_contradicted", _("its pauses contradict the ledger")
    """Pause days that the ledger records are missing in the register: find out who removed them."""
    UNBARRED = "unbarred", _("the network does not bar it")
    """It is to be terminated, but the network has not proved that it is barred."""
    WITHIN_NUMBER = "within_number", _("the law lets its subscriber keep it")
    """Its subscriber has no more lines than the law allows, not counting those that lose service anyway."""


class LineOutcome(StrEnum):
    """The outcome for one line of a batch."""

    WAITING = "waiting"
    DONE = "done"
    SKIPPED = "skipped"
    UNDONE = "undone"


class OutOfScopeReason(StrEnum):
    """Why a line is out of the campaign's scope."""

    REGISTERED = "registered"
    TERMINATED = "terminated"
    NOT_CONCERNED = "not_concerned"
    """The law does not concern it, or no longer does."""


class WaiverReason(TextChoices):
    """Why a line's subscriber cannot be notified, as the person who waives it states."""

    NO_CHANNEL_KNOWN = "no_channel_known", _("Neither the line nor any address reaches a person")
    """Neither the line nor any address reaches a person."""
    EVERY_CHANNEL_FAILED = "every_channel_failed", _("All channels failed")
    NO_PERSON = "no_person", _("There is no person: a machine, or a line never given out")
    """A machine's line, or one that never was given out."""
    SUBSCRIBER_DIED = "subscriber_died", _("The subscriber died")
    OTHER = "other", _("Another reason")
