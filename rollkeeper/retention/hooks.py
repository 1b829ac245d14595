# SPDX-License-Identifier: EUPL-1.2
"""The hooks that erasure calls and higher packages provide."""

import datetime as dt
from typing import TYPE_CHECKING, Final, Protocol

from rollkeeper.kernel.hooks import Hook

if TYPE_CHECKING:
    from rollkeeper.access.authority import Authority


class AbandonedEraser(Protocol):
    """Erases abandoned registrations of one kind and returns how many there were."""

    def __call__(self, authority: "Authority", /, *, on: dt.date) -> int:
        """Erase them."""
        ...


ABANDONED_ERASERS: Final[Hook[AbandonedEraser]] = Hook("retention: erase what came to nothing")
"""The erasers of abandoned registrations, one for each kind. `offline` registers the one for offline registrations."""
