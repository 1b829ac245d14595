# SPDX-License-Identifier: EUPL-1.2
"""What access calls and higher packages provide."""

from collections.abc import Callable, Sequence
from typing import Final

from rollkeeper.kernel.hooks import Hook
from rollkeeper.kernel.ids import StaffId

ACCOUNT_FINDERS: Final[Hook[Callable[[str], Sequence[StaffId]]]] = Hook("access: the accounts of a thing")
"""Finds the accounts of staff that belong to a thing, by what the operator calls it; keyed by its kind. `agents` registers "agent"."""

SIGN_OUTS: Final[Hook[Callable[[], int]]] = Hook("access: end sessions")
"""Ends all sessions of one kind and returns how many there were. `rights` registers those of the portal."""
