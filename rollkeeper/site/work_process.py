# SPDX-License-Identifier: EUPL-1.2
"""The lanes as a child of `serve` or `work`: ``python -m rollkeeper.site.work_process``.

With ``ROLLKEEPER_OPENS=no`` it has no way to open anything and keeps the lanes that need none.
"""

import threading

from rollkeeper.site.child import live_as_child


def keep(stop: threading.Event) -> None:
    """Keep the lanes."""
    from rollkeeper.site.work import keep_lanes

    keep_lanes(stop)


if __name__ == "__main__":
    live_as_child(keep)
