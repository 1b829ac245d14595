# SPDX-License-Identifier: EUPL-1.2
"""The words of the notices: what a subscriber can be notified, by which channel, and how far a notice and an attempt have come."""

from enum import StrEnum
from typing import Final

NO_LANGUAGE: Final = "mul"
"""The language of a notice to whoever has named none: several (ISO 639-2)."""


class NoticeKind(StrEnum):
    """What a subscriber is notified."""

    REGISTER_BY = "register_by"
    """Register until the day promised. Its delivery starts the clock."""
    REMINDER = "reminder"
    """The day promised is near."""
    SUSPENDED = "suspended"
    """Service is suspended; what still works, and until when it can be restored."""
    RESTORED = "restored"
    """Service is there again."""
    TERMINATED = "terminated"
    """The service was terminated."""
    NEW_LINE_IN_YOUR_NAME = "new_line_in_your_name"
    """A further line was registered under your document."""
    RECORD_CHANGED = "record_changed"
    """What is recorded about you was changed."""
    SIM_REPLACED = "sim_replaced"
    """The SIM of your line was replaced."""
    DATA_EXPOSED = "data_exposed"
    """What is recorded about you may have been seen by somebody who had no right to."""
    CONFIRM_RECORD = "confirm_record"
    """Show the document once more until the day promised: whoever took the record down may have done it wrongly."""
    DOCUMENT_BY = "document_by"
    """Accepted without a document through the day promised; then the clock goes on."""
    DISCLOSED = "disclosed"
    """An authority was given something that is recorded about you, on a disclosure request that the law allows."""

    AUDIT_ASKED = "audit_asked"
    """An auditor asks to see entries of the record; whoever does not want it need not answer."""

    @property
    def promises_date(self) -> bool:
        """Tell whether the text names a day, which then is never shortened."""
        return self in {
            NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.SUSPENDED, NoticeKind.CONFIRM_RECORD,
            NoticeKind.DOCUMENT_BY, NoticeKind.AUDIT_ASKED,
        }  # fmt: skip

    @property
    def is_statutory(self) -> bool:
        """Tell whether the law's duty to inform speaks of it: then its channels and attempts bind, and it says what will end."""
        return self in {NoticeKind.REGISTER_BY, NoticeKind.REMINDER}


class Channel(StrEnum):
    """A channel to reach somebody."""

    SMS = "sms"
    VOICE = "voice"
    EMAIL = "email"
    POST = "post"

    @property
    def uses_line(self) -> bool:
        """Tell whether it needs the very line that the notice is about."""
        return self in {Channel.SMS, Channel.VOICE}


class NoticeState(StrEnum):
    """How far a notice has come."""

    QUEUED = "queued"
    """To be sent, at once or at its next try."""
    SENT = "sent"
    """Handed to a gateway; nothing proves yet that it arrived."""
    DELIVERED = "delivered"
    """Proof of delivery is there."""
    BOUNCED = "bounced"
    """Every channel to the subscriber was tried and none led to proof."""
    UNREACHABLE = "unreachable"
    """There was no channel to try."""
    WITHDRAWN = "withdrawn"
    """No longer true, hence not to be sent."""


class Outcome(StrEnum):
    """What came of one attempt."""

    WAITING = "waiting"
    """Intended; after a crash nobody knows whether it went out, so it goes again under the same reference."""
    ACCEPTED = "accepted"
    """Accepted by the gateway."""
    DELIVERED = "delivered"
    BOUNCED = "bounced"
    FAILED = "failed"
    """The gateway could not be reached or was busy; tried again later."""
    DECLINED = "declined"
    """Refused for the message's or the sender's sake: tried again so often, and no attempt to reach anybody."""
    UNPROVEN = "unproven"
    """No proof of delivery came in time. One that comes later still counts."""
    UNCOUNTED = "uncounted"
    """Delivered to the very line that was barred at the time: no proof that anybody was notified."""


class CallResult(StrEnum):
    """How a call ended, in the words of the program that placed it."""

    HEARD = "heard"
    """To the end; whether anybody pressed the key stands beside it."""
    HUNG_UP = "hung_up"
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    NO_SUCH_NUMBER = "no_such_number"
