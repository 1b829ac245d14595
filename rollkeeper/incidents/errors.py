# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package incidents."""

from rollkeeper.kernel.errors import Kind, Refusal

INCIDENT_NOT_FOUND = Refusal(
    "incident_not_found",
    Kind.NOT_FOUND,
    "There is no incident with this reference.",
    "The page of incidents lists them.",
)
INCIDENT_CLOSED = Refusal(
    "incident_closed",
    Kind.CONFLICT,
    "The incident was closed on {on}.",
    "Open a new one on the page of incidents.",
)
INCIDENT_NOT_SCOPED = Refusal(
    "incident_not_scoped",
    Kind.CONFLICT,
    "It is not known yet who is affected.",
    "Find out who was affected first: it is the first step of the incident's page.",
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
    "The newest epoch has the greatest number; older ones count down from it.",
)
DUTIES_OPEN = Refusal(
    "duties_open",
    Kind.CONFLICT,
    "Duties that are not met yet: {count}.",
    "Remedy, notify and report first; the clocks on the incident's page show what is left.",
)
REPORT_NOTED = Refusal(
    "report_noted",
    Kind.CONFLICT,
    "It was noted already that the report went out.",
    "The incident's page says which reports are still owed.",
)
NOTHING_TO_SUSPEND = Refusal(
    "nothing_to_suspend",
    Kind.CONFLICT,
    "This incident is not about an account, so there is none to close.",
    "Use another remedy, or close an account that you name on the page of staff.",
)
PEOPLE_ALREADY_NOTIFIED = Refusal(
    "people_already_notified",
    Kind.CONFLICT,
    "The people affected by this incident were notified on {on}.",
    "Open a further incident if more has come to light since.",
)
NOTICE_REWORDED = Refusal(
    "notice_reworded",
    Kind.CONFLICT,
    "The text of the notice is another than the one that you read.",
    "Read it again on the incident's page; then approve it.",
)
NOTICE_BEING_APPROVED = Refusal(
    "notice_being_approved",
    Kind.CONFLICT,
    "The notice waits for approvers, and its text stays as they read it.",
    "Withdraw the step first, on the incident's page; then change the text.",
)
