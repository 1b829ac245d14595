# SPDX-License-Identifier: EUPL-1.2
"""What erasing calls and higher packages provide."""

import datetime as dt
from typing import TYPE_CHECKING, Final, Protocol

from rollkeeper.kernel.hooks import Hook

if TYPE_CHECKING:
    from rollkeeper.access.authority import Authority


class AbandonedEraser(Protocol):
    """Erases what came to nothing and returns how many there were."""

    def __call__(self, authority: "Authority", /, *, on: dt.date) -> int:
        """Erase them."""
        ...


ABANDONED_ERASERS: Final[Hook[AbandonedEraser]] = Hook("retention: erase what came to nothing")
"""Erases registrations of one kind that came to nothing. `offline` registers those recorded offline."""
