# SPDX-License-Identifier: EUPL-1.2
"""How a command gets at its instance without knowing who makes one.

Making an instance needs every package's tables and rights and so lives in ``site``; ``site`` hands its way of doing it down
to here, and commands of all layers ask here.
"""

from collections.abc import Callable
from typing import Final

from rollkeeper.kernel.hooks import Hook

INSTANCE_OPENER: Final[Hook[Callable[[], None]]] = Hook("kernel: open the instance")
"""Hook that opens this process's instance, and makes an empty demo instance if there is none. `site` registers it."""


def open_instance() -> None:
    """Open this process's instance: servers started, tables present. Makes an empty demo instance if there is none."""
    INSTANCE_OPENER.only()()
