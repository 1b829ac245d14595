# SPDX-License-Identifier: EUPL-1.2
"""Gives deep calls one piece of memory for their frames.

Python keeps frames in pieces of 16 KiB that it maps and unmaps at each crossing of a border. A loop just at a border crosses it thousands
of times: without this the kernel takes a twentieth of the time of a test of pages for it.
"""

from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

_SLOTS: Final = 140_000  # more than a mebibyte, so Python maps two, and the calls below have what is left


def _call(function: Callable[..., Any], *given: Any) -> Any:
    return function(*given)


call_with_room = FunctionType(_call.__code__.replace(co_stacksize=_SLOTS), globals(), "call_with_room")
"""Calls a function whose calls, hundreds deep, have their frames in one piece."""
