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


class NothingToConfirm(RollkeeperError):
    """Nothing waits for a second person under this key."""

    code = "nothing_to_confirm"
    kind = Kind.CONFLICT
    sentence = "Nothing waits to be confirmed there any more."
    remedy = "Somebody else has confirmed or refused it, or nobody did within a day. Look at the list again."


class SecondIsTheFirst(RollkeeperError):
    """Somebody wants to confirm what they submitted themselves."""

    code = "second_is_the_first"
    kind = Kind.REFUSED
    sentence = "Whoever submitted an act does not confirm it."
    remedy = (
        "Ask somebody else to look at the person and the papers, and to confirm it on a session of their own."
    )


class ActNotConfirmed(RollkeeperError):
    """A second person looked at an act and did not confirm it."""

    code = "act_not_confirmed"
    kind = Kind.REFUSED
    sentence = "A second person looked at it and did not confirm it. It was erased; nothing was recorded."
    remedy = "Speak with who refused it; what is then right is submitted anew."


class NobodyConfirmed(RollkeeperError):
    """An act waited for a second person for most of a day, and nobody came."""

    code = "nobody_confirmed"
    kind = Kind.REFUSED
    sentence = "No second person confirmed it within a day. It was erased; nothing was recorded."
    remedy = "Ask the person to come again, and have a second person there."


class CaptureNotRead(RollkeeperError):
    """A capture opens and is not in order."""

    code = "capture_not_read"
    kind = Kind.MALFORMED
    sentence = "What was taken down is not in order ({why}). Nothing was recorded."
    remedy = "Ask the person to come again, and take it down anew."
