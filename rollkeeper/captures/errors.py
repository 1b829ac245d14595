# SPDX-License-Identifier: EUPL-1.2
"""Refusals of the room captures."""

from rollkeeper.kernel.errors import Kind, RollkeeperError


class CaptureNotTaken(RollkeeperError):
    """What was handed in is no sealed capture."""

    code = "capture_not_taken"
    kind = Kind.MALFORMED
    sentence = "What was handed in is no sealed registration: {why}."
    remedy = "Reload the page of the counter and send it again; where it stays, take it down anew."


class CaptureNotOpened(RollkeeperError):
    """A capture does not open any more, or was changed on its way."""

    code = "capture_not_opened"
    kind = Kind.REFUSED
    sentence = "What was taken down does not open: its key is gone, or it was changed on its way. Nothing was recorded."
    remedy = (
        "Ask the person to come again. What is taken down without a network must be sent within {days} days."
    )


class CaptureGivenUp(RollkeeperError):
    """A capture broke, was held, and nobody could have it carried within a day."""

    code = "capture_given_up"
    kind = Kind.REFUSED
    sentence = "What was taken down could not be recorded within a day. It was erased; nothing was recorded."
    remedy = "Ask the person to come again with their slip, which says when they were here."


class CaptureNotRead(RollkeeperError):
    """A capture opens and is not in order."""

    code = "capture_not_read"
    kind = Kind.MALFORMED
    sentence = "What was taken down is not in order ({why}). Nothing was recorded."
    remedy = "Ask the person to come again, and take it down anew."
