# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package offline."""

from rollkeeper.kernel.errors import Kind, Refusal

OFFLINE_REGISTRATION_REJECTED = Refusal(
    "offline_registration_rejected",
    Kind.MALFORMED,
    "What was handed in is no sealed registration: {why}.",
    "Reload the page of the counter and send it again; where it stays, enter it again.",
)
OFFLINE_REGISTRATION_UNREADABLE = Refusal(
    "offline_registration_unreadable",
    Kind.REFUSED,
    "What was recorded offline does not open: its key is gone, or it was changed on its way. Nothing was recorded.",
    "Ask the person to come again. What is recorded offline must be sent within {days} days.",
)
OFFLINE_REGISTRATION_EXPIRED = Refusal(
    "offline_registration_expired",
    Kind.REFUSED,
    "What was recorded offline could not be recorded within a day. It was erased; nothing was recorded.",
    "Ask the person to come again with their slip, which says when they were here.",
)
APPROVAL_DENIED = Refusal(
    "approval_denied",
    Kind.REFUSED,
    "An approver looked at it and did not confirm it. It was erased; nothing was recorded.",
    "Speak with who refused it; what is then right is submitted anew.",
)
APPROVAL_EXPIRED = Refusal(
    "approval_expired",
    Kind.REFUSED,
    "No approver confirmed it within a day. It was erased; nothing was recorded.",
    "Ask the person to come again, and have an approver there.",
)
OFFLINE_REGISTRATION_MALFORMED = Refusal(
    "offline_registration_malformed",
    Kind.MALFORMED,
    "What was recorded offline is not in order ({why}). Nothing was recorded.",
    "Ask the person to come again, and enter it again.",
)
