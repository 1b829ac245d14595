# SPDX-License-Identifier: EUPL-1.2
"""What an operator's file says about a line: does it work, is it barred and why, or is it not taken in."""

from enum import StrEnum
from typing import Final

from rollkeeper.lines.choices import SuspensionReason


class LineStatus(StrEnum):
    """The meaning of a value in the file's column of line status. Barred lines are named by the reason."""

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
"""The reason for suspension with which a barred line comes in."""
