# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the package offline."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class OfflineRegistrationRejected(RollkeeperError):
    """What was handed in is no sealed offline registration."""

    code = "offline_registration_rejected"
    kind = Kind.MALFORMED
    sentence = "The text handed in is not a sealed registration: {why}."
    remedy = "Reload the page of the counter and send it again; where it stays, enter it again."


class OfflineRegistrationUnreadable(RollkeeperError):
    """An offline registration does not open any more, or was changed on its way."""

    code = "offline_registration_unreadable"
    kind = Kind.REFUSED
    sentence = "What was recorded offline does not open: its key is gone, or it was changed on its way. Nothing was recorded."
    remedy = "Ask the person to come again. What is recorded offline must be sent within {days} days."


class OfflineRegistrationExpired(RollkeeperError):
    """An offline registration failed and nobody could have it processed within a day."""

    code = "offline_registration_expired"
    kind = Kind.REFUSED
    sentence = (
        "What was recorded offline could not be recorded within a day. It was erased; nothing was recorded."
    )
    remedy = "Ask the person to come again with their slip, which says when they were here."


class ApprovalDenied(RollkeeperError):
    """An approver looked at an act and did not confirm it."""

    code = "approval_denied"
    kind = Kind.REFUSED
    sentence = "An approver looked at it and did not confirm it. It was erased; nothing was recorded."
    remedy = "Speak with who refused it; what is then right is submitted anew."


class ApprovalExpired(RollkeeperError):
    """An act waited for an approver for most of a day, and nobody came."""

    code = "approval_expired"
    kind = Kind.REFUSED
    sentence = "No approver confirmed it within a day. It was erased; nothing was recorded."
    remedy = "Ask the person to come again, and have an approver there."


class OfflineRegistrationMalformed(RollkeeperError):
    """An offline registration opens and is not in order."""

    code = "offline_registration_malformed"
    kind = Kind.MALFORMED
    sentence = "What was recorded offline is not in order ({why}). Nothing was recorded."
    remedy = "Ask the person to come again, and enter it again."
