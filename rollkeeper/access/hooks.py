# SPDX-License-Identifier: EUPL-1.2
"""What access calls and higher packages provide."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from rollkeeper.kernel.hooks import Hook
from rollkeeper.kernel.ids import StaffId

if TYPE_CHECKING:
    from rollkeeper.access.authority import Authority
    from rollkeeper.access.dual_control import PendingSubject
    from rollkeeper.access.staff_requests import Asked, Outcome

SERVICE_SIGN_IN: Final[Hook[Callable[[str, str, Callable[[], str]], StaffId]]] = Hook(
    "access: sign in at the vault service"
)
"""Signs in with a user name, a password and a function that asks for the code, where this process cannot check a second factor itself.
`vault` registers its service.
"""

ACCOUNT_FINDERS: Final[Hook[Callable[[str], Sequence[StaffId]]]] = Hook("access: the accounts of a thing")
"""Finds the accounts of staff that belong to a thing, by the operator's name for it; keyed by its kind. `agents` registers "agent"."""

SIGN_OUTS: Final[Hook[Callable[[], int]]] = Hook("access: end sessions")
"""Ends all sessions of one kind and returns how many there were. `selfcare` registers those of the portal."""

PENDING_SUBJECTS: "Final[Hook[Callable[[], Sequence[PendingSubject]]]]" = Hook(
    "access: what waits for approvers"
)
"""Finds what waits for approvers; keyed by the permission with which it is approved."""

STAFF_REQUESTS: "Final[Hook[Callable[[Authority, Mapping[str, Any], dt.date], Mapping[str, Any]]]]" = Hook(
    "access: what a worker does for staff who asked on a page"
)
"""Carries out what a member of staff asked for on a page, in their name, and returns references and counts; keyed by its kind."""

LONG_REQUESTS: "Final[Hook[Callable[[Authority, Asked, dt.date], Outcome]]]" = Hook(
    "access: what a worker does for staff in several transactions"
)
"""As `STAFF_REQUESTS`, for long work: it commits by itself, may go on later, and repeats nothing after an interruption."""
