# SPDX-License-Identifier: EUPL-1.2
"""What the vault calls and higher packages provide."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rollkeeper.kernel.hooks import Hook
from rollkeeper.kernel.ids import EntryId

if TYPE_CHECKING:
    from rollkeeper.vault.rotation import LineValues
    from rollkeeper.vault.service import StaffRequest
    from rollkeeper.vault.worker_openings import Wanted

LINE_VALUE_TABLES: Final[Hook["Callable[[], LineValues]"]] = Hook(
    "vault: a table with sealed values of lines"
)
"""Makes a view of a table with sealed values of lines, which a rotation of keys seals again. `lines` registers its own."""

STAFF_OPERATIONS: "Final[Hook[Callable[[StaffRequest], object]]]" = Hook(
    "vault: what a signed-in person may ask of the service"
)
"""What the vault service does for a member of staff who signed in with a second factor; keyed by the operation's name."""

USED_UP_BY: Final = frozenset({"invite-staff", "invite-again", "grant-role", "end-role", "reinstate-staff"})
"""Operations that end the session in which they were asked for: an attacker who took over a page gets only one of them for one code."""

OFFLINE: Final = "offline"
"""The purpose under which an opening of what a browser sealed is counted and justified."""

JUSTIFICATIONS: "Final[Hook[Callable[[Wanted], bool]]]" = Hook("vault: rows that justify an opening")
"""Tells whether rows of a package justify that a worker opens something; keyed by the purpose. Several may have one purpose."""

CANARY_MAKER: Final[Hook[Callable[[dt.date, EntryId], None]]] = Hook("vault: make an invented person")
"""Puts one invented person among the others, inside the present transaction. `lines` registers it."""

ALARM_MAILERS: Final[Hook[Callable[[], object]]] = Hook("vault: send alarms")
"""Sends the alarms that have not been sent yet. `notices` registers its mail."""
