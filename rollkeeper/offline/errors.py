# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package offline."""

from rollkeeper.kernel.errors import Kind, Refusal

OFFLINE_REGISTRATION_REJECTED = Refusal(
    "offline_registration_rejected",
    Kind.MALFORMED,
    "The text handed in is not a sealed registration: {why}.",
    "Reload the page of the counter and send it again; if that fails, enter it again.",
)
OFFLINE_REGISTRATION_UNREADABLE = Refusal(
    "offline_registration_unreadable",
    Kind.REFUSED,
    "The offline registration cannot be opened: its key is gone, or it was changed in transit. Nothing was recorded.",
    "Ask the person to come again. Offline registrations must be sent within {days} days.",
)
OFFLINE_REGISTRATION_EXPIRED = Refusal(
    "offline_registration_expired",
    Kind.REFUSED,
    "The offline registration could not be processed within a day. It was erased; nothing was recorded.",
    "Ask the person to come again with their slip, which says when they were here.",
)
APPROVAL_DENIED = Refusal(
    "approval_denied",
    Kind.REFUSED,
    "An approver checked it and refused. It was erased; nothing was recorded.",
    "Speak with the approver, then submit a corrected form.",
)
APPROVAL_EXPIRED = Refusal(
    "approval_expired",
    Kind.REFUSED,
    "No approver confirmed it within a day. It was erased; nothing was recorded.",
    "Ask the person to come again, when an approver is present.",
)
OFFLINE_REGISTRATION_MALFORMED = Refusal(
    "offline_registration_malformed",
    Kind.MALFORMED,
    "The offline registration is not valid ({why}). Nothing was recorded.",
    "Ask the person to come again, and enter it again.",
)
