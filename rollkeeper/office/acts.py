# SPDX-License-Identifier: EUPL-1.2
"""What the office does by itself: look at one line, which leaves a mark, and let it work for some hours."""

from rollkeeper.campaign.looking_up import look_up_line
from rollkeeper.lines.lifting import lift_for_hours

__all__ = ["lift_for_hours", "look_up_line"]
