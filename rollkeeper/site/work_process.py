# SPDX-License-Identifier: EUPL-1.2
"""The lanes as a child of `serve` or `work`: ``python -m rollkeeper.site.work_process``.

With ``ROLLKEEPER_OPENS=no`` it has no way to open anything and keeps the lanes that need none. With
``ROLLKEEPER_KEEPS_DOOR=yes`` it does the porter's work too, in threads.
"""

import os
import threading

from rollkeeper.site.child import live_as_child


def keep(stop: threading.Event) -> None:
    """Keep the lanes, and the door where that is wanted; where one of them ends, so does the other."""
    from rollkeeper.site import porter_process
    from rollkeeper.site.work import keep_lanes

    if os.environ.get("ROLLKEEPER_KEEPS_DOOR") != "yes":
        keep_lanes(stop)
        return
    porter = threading.Thread(target=porter_process.keep, args=(stop,), name="porter")
    porter.start()
    try:
        keep_lanes(stop)
    finally:
        stop.set()
        porter.join()


if __name__ == "__main__":
    live_as_child(keep)
