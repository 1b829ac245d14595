# SPDX-License-Identifier: EUPL-1.2
"""The porter as a child of `serve`: ``python -m rollkeeper.site.porter_process``; beside it, in a thread, the carrier.

It serves nobody directly: what the portal wants done and what the counter handed in lies in the register.
"""

import threading
from collections.abc import Callable

from rollkeeper.site.child import live_as_child


def keep(stop: threading.Event) -> None:
    """Keep the door, and carry."""
    from rollkeeper.captures.carrying import keep_carrying
    from rollkeeper.rights.porter import keep_door

    carrier = threading.Thread(target=_until_told, args=(keep_carrying, stop))
    carrier.start()
    _until_told(keep_door, stop)
    carrier.join()


def _until_told(work: Callable[..., None], stop: threading.Event) -> None:
    """Do one of the two; where it breaks, both end, and whoever started them starts them again."""
    from rollkeeper.access.authority import sweep_authority

    try:
        work(sweep_authority(), goes_on=lambda: not stop.is_set())
    finally:
        stop.set()


if __name__ == "__main__":
    live_as_child(keep)
