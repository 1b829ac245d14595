# SPDX-License-Identifier: EUPL-1.2
"""The status that an operator's file gives a line (works, barred and why, not imported), and the states of an upload."""

from enum import StrEnum
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from rollkeeper.lines.choices import SuspensionReason


class LineStatus(StrEnum):
    """The meaning of a value in the file's column of line status. For a barred line it is the reason."""

    ACTIVE = "active"
    UNPAID = "unpaid"
    LOST_OR_STOLEN = "lost_or_stolen"
    ORDER = "order"
    SUBSCRIBER_REQUEST = "subscriber_request"
    OPERATOR = "operator"
    """Barred by the operator; the file does not say why."""
    LEFT_OUT = "left_out"
    """Terminated, ported out, or never activated: no line of this operator."""


BARRED: Final = {
    LineStatus.UNPAID: SuspensionReason.UNPAID,
    LineStatus.LOST_OR_STOLEN: SuspensionReason.LOST_OR_STOLEN,
    LineStatus.ORDER: SuspensionReason.ORDER,
    LineStatus.SUBSCRIBER_REQUEST: SuspensionReason.SUBSCRIBER_REQUEST,
    LineStatus.OPERATOR: SuspensionReason.OPERATOR,
}
"""The reason for suspension with which a barred line is imported."""


class UploadState(TextChoices):
    """How far a file is that was handed in on a page."""

    RECEIVED = "received", _("Being read")
    PROPOSED = "proposed", _("Waits for its mapping")
    COUNT_REQUESTED = "count_requested", _("Being counted")
    COUNTED = "counted", _("Counted, not imported")
    IMPORT_REQUESTED = "import_requested", _("Being imported")
    IMPORTED = "imported", _("Imported")
    DISCARD_REQUESTED = "discard_requested", _("Being destroyed")
    DISCARDED = "discarded", _("Destroyed unused")
    UNREADABLE = "unreadable", _("Not readable")

    @property
    def is_moving(self) -> bool:
        """Tell whether the worker has something to do."""
        return self in {
            UploadState.RECEIVED, UploadState.COUNT_REQUESTED, UploadState.IMPORT_REQUESTED,
            UploadState.DISCARD_REQUESTED,
        }  # fmt: skip
