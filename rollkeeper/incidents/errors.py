# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package incidents."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class IncidentNotFound(RollkeeperError):
    """No incident has that reference."""

    code = "incident_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no incident with this reference."
    remedy = "See 'rollkeeper incidents status'."


class IncidentClosed(RollkeeperError):
    """An incident is closed and stays as it is."""

    code = "incident_closed"
    kind = Kind.CONFLICT
    sentence = "The incident was closed on {on}."
    remedy = "Open a new one with 'rollkeeper incidents open'."


class IncidentNotScoped(RollkeeperError):
    """Nobody knows yet who was exposed."""

    code = "incident_not_scoped"
    kind = Kind.CONFLICT
    sentence = "Who was exposed is not known yet."
    remedy = "Run 'rollkeeper incidents scope' first."


class IncidentSubjectMissing(RollkeeperError):
    """What an incident starts from was not given, or more than it has."""

    code = "incident_subject_missing"
    kind = Kind.MALFORMED
    sentence = "An incident about '{about}' is named by {needed}."
    remedy = "Give exactly that; a time may be added with --since and --until."


class EpochNotFound(RollkeeperError):
    """No epoch of keys has that number."""

    code = "epoch_not_found"
    kind = Kind.NOT_FOUND
    sentence = "There is no epoch of keys with the number {epoch}."
    remedy = "'rollkeeper doctor' names the present one; older ones count down from it."


class DutiesOpen(RollkeeperError):
    """An incident cannot be closed while a duty of the law is not met."""

    code = "duties_open"
    kind = Kind.CONFLICT
    sentence = "{count} duties are not met yet: {duties}."
    remedy = "Remedy, notify and report first; 'rollkeeper incidents status' shows the clocks."


class NothingToSuspend(RollkeeperError):
    """The incident names no account."""

    code = "nothing_to_suspend"
    kind = Kind.CONFLICT
    sentence = "This incident is about no account, so there is none to close."
    remedy = "Use another remedy, or 'rollkeeper staff suspend' for an account that you name."


class PeopleAlreadyNotified(RollkeeperError):
    """Everybody exposed is notified once."""

    code = "people_already_notified"
    kind = Kind.CONFLICT
    sentence = "The people affected by this incident were notified on {on}."
    remedy = "Open a further incident if more has come to light since."
