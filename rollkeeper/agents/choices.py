# SPDX-License-Identifier: EUPL-1.2
"""The choices of this package: states of an agent, reasons of suspension, unusual patterns, a supervisor's verdicts."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AgentState(TextChoices):
    """The states of an agent."""

    CANDIDATE = "candidate", _("Candidate")
    """Added; may not register people."""
    APPROVED = "approved", pgettext_lazy("agent", "Approved")
    SUSPENDED = "suspended", _("Agent suspended")
    TERMINATED = "terminated", _("Agent terminated")


class SuspensionCause(TextChoices):
    """Why an agent is suspended."""

    FRAUD = "fraud", _("Fraud")
    """Every living line that the agent registered is re-verified, and none is cut off first."""
    REQUIREMENT = "requirement", _("A requirement is not met any more")
    """A requirement is not met any more."""
    AUDIT = "audit", _("A finding was not remediated")
    """A finding was not remediated."""
    COMPLAINT = "complaint", _("A complaint")
    ASKED = "asked", _("The agent asked for it")
    """The agent asked for it."""


class Severity(TextChoices):
    """How grave a finding is."""

    MINOR = "minor", _("Minor")
    MAJOR = "major", _("Major")
    """If not remediated by its day, the agent may not register people."""


class Pattern(TextChoices):
    """What is unusual about a registration. The registration remains valid, with its date; a supervisor checks it."""

    RATE = "rate", _("More in ten minutes than one account can handle")
    """More in ten minutes than one account can look after."""
    ONE_PERSON = "one_person", _("One document behind many lines")
    """One document behind many lines."""
    OUTLETS = "outlets", _("One account at two outlets on one day")
    """One account at two outlets on one day."""
    HOURS = "hours", _("Registered outside the opening hours and submitted later")
    """Recorded outside the hours of the outlet, and submitted later."""
    AFTER_SUSPENSION = (
        "after_suspension",
        _("Registered before the agent was suspended, submitted afterwards"),
    )
    """Recorded offline before the agent was suspended, and submitted after."""
    DUPLICATE_IMAGE = "duplicate_image", _("The same document image for another line")
    """The document image was kept once before, for another line."""
    ABANDONED = "abandoned", _("Many document images, few registrations")
    """Many document images taken and few people registered. About no line."""
    NOT_CONFIRMED = "not_confirmed", _("Asked to be confirmed, and its days are over: decide")
    """A line was to be confirmed and its days are over. Nothing is done to it; a person decides."""


class Verdict(TextChoices):
    """A supervisor's verdict on a case."""

    CLEARED = "cleared", _("Nothing is wrong")
    REVERIFY = "reverify", _("Ask the subscriber to confirm")
    """The subscriber is asked to confirm the record within a new period; the line is not suspended."""


class ReverificationOutcome(TextChoices):
    """How the re-verification of a line ended."""

    CONFIRMED = "confirmed", _("Confirmed by the subscriber")
    """The subscriber showed the document again, at a counter."""
    OVER = "over", _("The line ended otherwise")
    """The line ended otherwise."""
    CLEARED = "cleared", _("Not confirmed in time; a supervisor found nothing wrong")
    """It was not confirmed in time, and a supervisor found that nothing is wrong."""
