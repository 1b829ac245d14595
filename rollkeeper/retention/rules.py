# SPDX-License-Identifier: EUPL-1.2
"""Decides which contracts ended so long ago that their records must be erased today. Pure."""

import datetime as dt
from collections.abc import Callable

from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import keeps_until

_FIRST_DAY = dt.date(1900, 1, 1)


def last_termination_to_erase(pack: Pack, *, on: dt.date) -> dt.date | None:
    """Return the latest contract end whose last day kept is before `on`, None if there is none."""
    return last_day_to_erase(lambda day: keeps_until(pack, day), on=on)


def last_day_to_erase(kept: Callable[[dt.date], dt.date], *, on: dt.date) -> dt.date | None:
    """Return the latest first day of a count whose last day kept is before `on`, None if there is none.

    A later first day has no earlier last day kept, so that halving finds it.
    """
    low, high = _FIRST_DAY.toordinal(), on.toordinal()
    if kept(_FIRST_DAY) >= on:
        return None
    while low < high:
        middle = (low + high + 1) // 2
        if kept(dt.date.fromordinal(middle)) < on:
            low = middle
        else:
            high = middle - 1
    return dt.date.fromordinal(low)
