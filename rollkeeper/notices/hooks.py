# SPDX-License-Identifier: EUPL-1.2
"""What sending calls and higher packages provide."""

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from rollkeeper.kernel.hooks import Hook

if TYPE_CHECKING:
    from rollkeeper.notices.dispatch import Promise

BEFORE_SENDING: Final[Hook[Callable[[dt.date], object]]] = Hook("notices: before sending")
"""Runs before each sending, with its day: what a package owes when a day comes. `disclosures` registers its disclosure requests."""

PROMISES: Final[Hook["Callable[[dt.date], Promise | None]"]] = Hook("notices: what a notice promises")
"""Says what a notice promises if it is sent on a day, keyed by `NoticeKind`. `campaign` registers the first notice's."""
