# SPDX-License-Identifier: EUPL-1.2
"""The choices of notices: of what a subscriber can be notified, by which channel, and how far a notice and an attempt have come."""

from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

NO_LANGUAGE: Final = "mul"
"""The language of a notice to a subscriber who has named none: several (ISO 639-2)."""


class NoticeKind(TextChoices):
    """The kinds of notices to subscribers."""

    REGISTER_BY = "register_by", _("Register by a day")
    """Register until the day promised. Its delivery starts the clock."""
    REMINDER = "reminder", _("Reminder")
    """The day promised is near."""
    SUSPENDED = "suspended", _("Service suspended")
    """Service is suspended; what still works, and until when it can be restored."""
    RESTORED = "restored", _("Service restored")
    """Service is there again."""
    TERMINATED = "terminated", _("Service terminated")
    """The service was terminated."""
    NEW_LINE_IN_YOUR_NAME = "new_line_in_your_name", _("New line in your name")
    """A further line was registered under your document."""
    RECORD_CHANGED = "record_changed", _("Record changed")
    """The data recorded about you was changed."""
    SIM_REPLACED = "sim_replaced", _("SIM replaced")
    """The SIM of your line was replaced."""
    DATA_EXPOSED = "data_exposed", _("Data exposed")
    """The data recorded about you may have been seen by an unauthorised person."""
    CONFIRM_RECORD = "confirm_record", _("Confirm the record")
    """Show the document once more by the promised day: the person who registered you may have done it wrongly."""
    DOCUMENT_BY = "document_by", _("Show a document by a day")
    """Accepted without a document through the day promised; then the clock goes on."""
    GOOD_THROUGH = "good_through", _("Show the document again by a day")
    """The registration is good through the day promised; a document shown again extends it."""
    DISCLOSED = "disclosed", _("Disclosed to an authority")
    """An authority was given something that is recorded about you, on a disclosure request that the law allows."""
    CASE_DECIDED = "case_decided", _("Case decided")
    """A case of yours is decided; the decision and its reason are on your page. `about` says of which kind the case is."""
    AUDIT_ASKED = "audit_asked", _("An auditor asks for consent")
    """An auditor asks to see entries of the record; a subscriber who does not agree need not answer."""

    @property
    def promises_date(self) -> bool:
        """Tell whether the text names a day, which then is never shortened."""
        return self in {
            NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.SUSPENDED, NoticeKind.CONFIRM_RECORD,
            NoticeKind.DOCUMENT_BY, NoticeKind.AUDIT_ASKED, NoticeKind.GOOD_THROUGH,
        }  # fmt: skip

    @property
    def is_statutory(self) -> bool:
        """Tell whether the law's duty to inform covers this kind: then the law's channels and attempts bind, and the notice says what will end."""
        return self in {NoticeKind.REGISTER_BY, NoticeKind.REMINDER}


class NoticeState(TextChoices):
    """How far a notice has come."""

    QUEUED = "queued", _("To be sent")
    """To be sent, at once or at its next try."""
    SENT = "sent", _("Sent, not proved")
    """Handed to a gateway; nothing proves yet that it arrived."""
    DELIVERED = "delivered", pgettext_lazy("notice", "Delivered")
    """Proof of delivery is there."""
    BOUNCED = "bounced", _("Failed")
    """Every channel to the subscriber was tried and none led to proof."""
    UNREACHABLE = "unreachable", _("No channel known")
    """There was no channel to try."""
    WITHDRAWN = "withdrawn", _("Withdrawn")
    """No longer true, hence not to be sent."""


class Outcome(TextChoices):
    """The outcome of one attempt."""

    WAITING = "waiting", _("To be sent")
    """Intended; after a crash it is unknown whether it was sent, so it is sent again under the same reference."""
    ACCEPTED = "accepted", _("Under way")
    """Accepted by the gateway."""
    DELIVERED = "delivered", _("Arrived")
    BOUNCED = "bounced", _("Returned")
    FAILED = "failed", _("The gateway was not reached")
    """The gateway could not be reached or was busy; tried again later."""
    DECLINED = "declined", _("Declined by the gateway")
    """Declined because of the message or the sender: retried a limited number of times, and not an attempt to reach the
    subscriber.
    """
    UNPROVEN = "unproven", _("No proof of delivery in time")
    """No proof of delivery came in time. One that comes later still counts."""
    UNCOUNTED = "uncounted", _("Delivered to the suspended line: does not count")
    """Delivered to the same line that was barred at the time: no proof that the subscriber was notified."""


class CallResult(StrEnum):
    """How a call ended, in the words of the program that placed it."""

    HEARD = "heard"
    """Heard to the end; a separate field says whether the key was pressed."""
    HUNG_UP = "hung_up"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NO_SUCH_NUMBER = "no_such_number"


class LetterVerdict(TextChoices):
    """Rollkeeper's verdict on a recorded reference."""

    ARRIVED = "arrived", _("Arrived")
    """A slip of ours: the letter was opened."""
    RETURNED = "returned", _("Returned")
    """The envelope of a letter of ours, which came back."""
    NOT_OURS = "not_ours", _("Not found here")
    """No letter of ours has it, or its last signs are not genuine."""
