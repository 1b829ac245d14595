# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room incidents."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class IncidentUnknown(RollkeeperError):
    """No incident has that reference."""

    code = "incident_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no incident with this reference."
    remedy = "See 'rollkeeper incident status'."


class IncidentClosed(RollkeeperError):
    """An incident is closed and stays as it is."""

    code = "incident_closed"
    kind = Kind.CONFLICT
    sentence = "The incident was closed on {on}."
    remedy = "Open a new one with 'rollkeeper incident open'."


class IncidentNotScoped(RollkeeperError):
    """Nobody knows yet who was exposed."""

    code = "incident_not_scoped"
    kind = Kind.CONFLICT
    sentence = "Who was exposed is not known yet."
    remedy = "Run 'rollkeeper incident scope' first."


class IncidentNotNamed(RollkeeperError):
    """What an incident starts from was not given, or more than it has."""

    code = "incident_not_named"
    kind = Kind.MALFORMED
    sentence = "An incident about '{about}' is named by {needed}."
    remedy = "Give exactly that; a time may be added with --since and --until."


class EpochUnknown(RollkeeperError):
    """No epoch of keys has that number."""

    code = "epoch_unknown"
    kind = Kind.NOT_FOUND
    sentence = "There is no epoch of keys with the number {epoch}."
    remedy = "'rollkeeper doctor' names the present one; older ones count down from it."


class DutiesOpen(RollkeeperError):
    """An incident cannot be closed while a duty of the law is not met."""

    code = "duties_open"
    kind = Kind.CONFLICT
    sentence = "{count} duties are not met yet: {duties}."
    remedy = "Remedy, notify and report first; 'rollkeeper incident status' shows the clocks."


class NothingToSuspend(RollkeeperError):
    """The incident names no account."""

    code = "nothing_to_suspend"
    kind = Kind.CONFLICT
    sentence = "This incident is about no account, so there is none to close."
    remedy = "Use another remedy, or 'rollkeeper staff suspend' for an account that you name."


class StepNeedsPerson(RollkeeperError):
    """Who agrees to a step is somebody: the console and the house are nobody."""

    code = "step_needs_person"
    kind = Kind.FORBIDDEN
    sentence = "A step that is asked for is asked for by a named person."
    remedy = "Sign in at the office; at the console use 'rollkeeper incident' instead."


class AgreedAlready(RollkeeperError):
    """The second yes comes from somebody else."""

    code = "agreed_already"
    kind = Kind.CONFLICT
    sentence = "You said yes to this already; it waits for somebody else, or for the house to do it."
    remedy = "Have another person with that power look at it."


class PeopleToldAlready(RollkeeperError):
    """Everybody exposed is told once."""

    code = "people_told_already"
    kind = Kind.CONFLICT
    sentence = "The people of this incident were told on {on}."
    remedy = "Open a further incident if more has come to light since."


class StepNotWaiting(RollkeeperError):
    """There is nothing to withdraw."""

    code = "step_not_waiting"
    kind = Kind.CONFLICT
    sentence = "Nothing of this kind waits for a yes."
    remedy = "Look at the incident again: it may have been done since."
