# SPDX-License-Identifier: EUPL-1.2
"""Which accounts stand behind something that a package above knows: an agent has those of whoever ever worked for it.

Separate because a package that asks (an incident starts from an agent) and the one that knows are strangers to each other.
"""

from rollkeeper.access.hooks import ACCOUNT_FINDERS
from rollkeeper.kernel.ids import StaffId


def linked_accounts(what: str, called: str) -> list[StaffId]:
    """Return the accounts behind it. Refuses: whatever the package refuses that knows it."""
    return list(ACCOUNT_FINDERS.only(what)(called))
