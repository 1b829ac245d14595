# SPDX-License-Identifier: EUPL-1.2
"""What the office does by itself: look at one line, which leaves a mark that it was looked at."""

from rollkeeper.campaign.looking_up import look_up_line

__all__ = ["look_up_line"]
