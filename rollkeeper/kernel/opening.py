# SPDX-License-Identifier: EUPL-1.2
"""How a command gets at its home without knowing who makes one.

Making a home needs every room's tables and rights and so lives in ``site``; ``site`` hands its way of doing it down
to here, and commands of all floors ask here.
"""

from collections.abc import Callable

_opener: list[Callable[[], None]] = []


def open_home_with(opener: Callable[[], None]) -> None:
    """State how a home is opened. Called once, by ``site``."""
    _opener[:] = [opener]


def open_home() -> None:
    """Open this process's home: servers started, tables there. An empty trial home is made where there is none."""
    _opener[0]()
