# SPDX-License-Identifier: EUPL-1.2
"""What can be drawn: actions on one line, each by the verb of its entry."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from rollkeeper.ledger.verbs import Verb


class SampledAction(TextChoices):
    """What happened to the drawn lines."""

    REGISTERED = "registered", _("registered")
    CORRECTED = "corrected", _("record corrected")
    TRANSFERRED = "transferred", _("transferred to another subscriber")
    SUSPENDED = "suspended", _("suspended for a missing registration")
    RESTORED = "restored", _("restored by an undo")
    TERMINATED = "terminated", _("terminated")
    NOTICE_DELIVERED = "notice_delivered", _("a notice provably arrived")

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
