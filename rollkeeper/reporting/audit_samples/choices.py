# SPDX-License-Identifier: EUPL-1.2
"""What can be drawn: acts that are done to one line, each by the verb of its entry."""

from enum import StrEnum

from rollkeeper.ledger.verbs import Verb


class SampledAction(StrEnum):
    """What happened to the lines that are drawn."""

    REGISTERED = "registered"
    CORRECTED = "corrected"
    TRANSFERRED = "transferred"
    SUSPENDED = "suspended"
    RESTORED = "restored"
    TERMINATED = "terminated"
    NOTICE_DELIVERED = "notice_delivered"

    @property
    def verb(self) -> Verb:
        """Return the verb of the entries among which it is drawn."""
        return _VERBS[self]


_VERBS = {
    SampledAction.REGISTERED: Verb.TENURE_REGISTERED,
    SampledAction.CORRECTED: Verb.TENURE_CORRECTED,
    SampledAction.TRANSFERRED: Verb.TENURE_TRANSFERRED,
    SampledAction.SUSPENDED: Verb.LINE_SUSPENDED,
    SampledAction.RESTORED: Verb.LINE_RESTORED,
    SampledAction.TERMINATED: Verb.LINE_TERMINATED,
    SampledAction.NOTICE_DELIVERED: Verb.NOTICE_DELIVERED,
}
