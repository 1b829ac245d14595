# SPDX-License-Identifier: EUPL-1.2
"""Which accounts belong to something that a higher package knows: for an agent, the accounts of all who ever worked for it.

Separate because a package that asks (an incident starts from an agent) and the one that knows are strangers to each other.
"""

from rollkeeper.access.hooks import ACCOUNT_FINDERS
from rollkeeper.kernel.ids import StaffId


def linked_accounts(what: str, called: str) -> list[StaffId]:
    """Return the linked accounts. Refuses: the errors of the package that knows them."""
    return list(ACCOUNT_FINDERS.only(what)(called))
