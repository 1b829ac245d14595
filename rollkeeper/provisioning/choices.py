# SPDX-License-Identifier: EUPL-1.2
"""The choices of provisioning: what can be commanded, what the network can report, the state of a command.

The floor is defined here, once: the numbers that stay reachable from a barred line. No setting and no pack names it.
"""

from enum import StrEnum
from typing import Final


class CommandKind(StrEnum):
    """What the network must do to a line."""

    BAR = "bar"
    """Refuse what the law's present stage takes, and never the floor."""
    RESTORE = "restore"
    """Let everything through again."""
    TERMINATE = "terminate"
    """Take the line out of service."""

    @property
    def proof(self) -> "ReadBack":
        """Return what the network must say afterwards for the command to be confirmed."""
        return _PROOF[self]


class ReadBack(StrEnum):
    """The state of a line as the network reports it."""

    BARRED = "barred"
    """Barred as it was ordered, neither less nor more."""
    OPEN = "open"
    ABSENT = "absent"
    UNKNOWN = "unknown"
    """No answer, or an answer that cannot be understood."""
    FLOOR_MISSING = "floor_missing"
    """Barred, and emergency, care or registration calls fail too: never acceptable."""
    EXCESS = "excess"
    """More is barred than was ordered: the line has lost something that the law leaves it."""
    PARTLY = "partly"
    """Less is barred than was ordered, or several elements serve the line and report different states. It proves nothing."""


class CommandState(StrEnum):
    """How far a command has come."""

    WAITING = "waiting"
    """To be sent, at once or at its next try."""
    SENT = "sent"
    """Accepted by the network; the read-back has not yet proved it."""
    CONFIRMED = "confirmed"
    """The network's own read-back says so."""
    FAILED = "failed"
    """Given up after the last try; a person must look."""
    SUPERSEDED = "superseded"
    """A later command for the same line took its place."""


class CommandReason(StrEnum):
    """What caused a command, if not a reason of a suspension (`lines.choices.SuspensionReason`)."""

    NEW_LINE = "new_line"
    SUBSCRIBER = "subscriber"
    TEMPORARY_RECONNECTION = "temporary_reconnection"
    IN_SERVICE = "in_service"
    """A comparison found a line barred that is in service."""
    FLOOR_MISSING = "floor_missing"
    """Barred, and emergency calls failed as well."""


class Answer(StrEnum):
    """The network's answer to a command. It proves nothing: only the read-back does."""

    ACCEPTED = "accepted"
    RETRY = "retry"
    """Out of reach or busy."""
    REFUSED = "refused"
    """It will never do this, however often it is asked."""


class Allowed(StrEnum):
    """The numbers that stay reachable from a barred line."""

    EMERGENCY = "emergency"
    CARE = "care"
    REGISTRATION = "registration"


ALWAYS_ALLOWED: Final = (Allowed.EMERGENCY, Allowed.CARE, Allowed.REGISTRATION)
"""The floor. Law: art. 3 (emergency calls excepted). Goes with every bar; nothing can shorten it."""

_PROOF: Final = {
    CommandKind.BAR: ReadBack.BARRED,
    CommandKind.RESTORE: ReadBack.OPEN,
    CommandKind.TERMINATE: ReadBack.ABSENT,
}
