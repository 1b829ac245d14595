# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room access."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class NotAllowed(RollkeeperError):
    """Whoever asks has no role with this power."""

    code = "not_allowed"
    kind = Kind.FORBIDDEN
    sentence = "This needs the power '{power}', which you do not have."
    remedy = "Ask somebody whose role is one of: {needed}."


class NotSignedIn(RollkeeperError):
    """User name and password do not belong together, or the account is closed."""

    code = "not_signed_in"
    kind = Kind.FORBIDDEN
    sentence = "User name or password is wrong, or the account is closed."
    remedy = "Try again, or ask an administrator."
