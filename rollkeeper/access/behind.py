# SPDX-License-Identifier: EUPL-1.2
"""Which accounts stand behind something that a room above knows: an agent has those of whoever ever worked for it.

Separate because a room that asks (an incident starts from an agent) and the one that knows are strangers to each other.
"""

from rollkeeper.access.hooks import ACCOUNT_FINDERS
from rollkeeper.kernel.ids import StaffId


def accounts_behind(what: str, called: str) -> list[StaffId]:
    """Return the accounts behind it. Refuses: whatever the room refuses that knows it."""
    return list(ACCOUNT_FINDERS.only(what)(called))
