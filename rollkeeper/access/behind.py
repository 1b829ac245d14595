# SPDX-License-Identifier: EUPL-1.2
"""Which accounts stand behind something that a room above knows: an agent has those of whoever ever worked for it.

Separate because a room that asks (an incident starts from an agent) and the one that knows are strangers to each other.
"""

from collections.abc import Callable, Sequence

from rollkeeper.kernel.ids import StaffId

_known: dict[str, Callable[[str], Sequence[StaffId]]] = {}


def accounts_are_known(what: str, find: Callable[[str], Sequence[StaffId]]) -> None:
    """Note who finds the accounts behind one kind of thing by what the operator calls it."""
    _known[what] = find


def accounts_behind(what: str, called: str) -> list[StaffId]:
    """Return the accounts behind it. Refuses: whatever the room refuses that knows it."""
    return list(_known[what](called))
