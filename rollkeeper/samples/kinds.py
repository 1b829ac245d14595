# SPDX-License-Identifier: EUPL-1.2
"""What can be drawn: acts that are done to one line, each by the verb of its entry."""

from enum import StrEnum

from rollkeeper.ledger.verbs import Verb


class Kind(StrEnum):
    """What happened to the lines that are drawn."""

    REGISTERED = "registered"
    CORRECTED = "corrected"
    TRANSFERRED = "transferred"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    ENDED = "ended"
    NOTICE_DELIVERED = "notice_delivered"

    @property
    def verb(self) -> Verb:
        """Return the verb of the entries among which it is drawn."""
        return _VERBS[self]


_VERBS = {
    Kind.REGISTERED: Verb.HOLDING_REGISTERED,
    Kind.CORRECTED: Verb.HOLDING_CORRECTED,
    Kind.TRANSFERRED: Verb.HOLDING_TRANSFERRED,
    Kind.SUSPENDED: Verb.LINE_SUSPENDED,
    Kind.RESTORED: Verb.LINE_RESTORED,
    Kind.ENDED: Verb.LINE_ENDED,
    Kind.NOTICE_DELIVERED: Verb.NOTICE_DELIVERED,
}
