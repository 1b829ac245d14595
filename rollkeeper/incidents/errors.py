# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package incidents."""

from rollkeeper.kernel.errors import Kind, Refusal

INCIDENT_NOT_FOUND = Refusal(
    "incident_not_found",
    Kind.NOT_FOUND,
    "There is no incident with this reference.",
    "See 'rollkeeper incidents status'.",
)
INCIDENT_CLOSED = Refusal(
    "incident_closed",
    Kind.CONFLICT,
    "The incident was closed on {on}.",
    "Open a new one with 'rollkeeper incidents open'.",
)
INCIDENT_NOT_SCOPED = Refusal(
    "incident_not_scoped",
    Kind.CONFLICT,
    "It is not known yet who is affected.",
    "Run 'rollkeeper incidents scope' first.",
)
INCIDENT_SUBJECT_MISSING = Refusal(
    "incident_subject_missing",
    Kind.MALFORMED,
    "An incident about '{about}' is named by {needed}.",
    "Give exactly that; a time may be added with --since and --until.",
)
EPOCH_NOT_FOUND = Refusal(
    "epoch_not_found",
    Kind.NOT_FOUND,
    "There is no key epoch with the number {epoch}.",
    "'rollkeeper doctor' names the present one; older ones count down from it.",
)
DUTIES_OPEN = Refusal(
    "duties_open",
    Kind.CONFLICT,
    "{count} duties are not met yet: {duties}.",
    "Remedy, notify and report first; 'rollkeeper incidents status' shows the clocks.",
)
NOTHING_TO_SUSPEND = Refusal(
    "nothing_to_suspend",
    Kind.CONFLICT,
    "This incident is not about an account, so there is none to close.",
    "Use another remedy, or 'rollkeeper staff suspend' for an account that you name.",
)
PEOPLE_ALREADY_NOTIFIED = Refusal(
    "people_already_notified",
    Kind.CONFLICT,
    "The people affected by this incident were notified on {on}.",
    "Open a further incident if more has come to light since.",
)
