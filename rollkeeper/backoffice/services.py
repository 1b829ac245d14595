# SPDX-License-Identifier: EUPL-1.2
"""What the back office does by itself: look at one line, which leaves a mark, and let it work for some hours."""

from rollkeeper.campaign.line_lookup import look_up_line
from rollkeeper.lines.reconnection import reconnect_temporarily

__all__ = ["look_up_line", "reconnect_temporarily"]
