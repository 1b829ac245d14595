# SPDX-License-Identifier: EUPL-1.2
"""The portal worker as a child of `serve`: ``python -m rollkeeper.operations.portal_worker_process``; beside it, in a thread, the offline worker.

It serves nobody directly: what the portal wants done and what the counter handed in lies in the register.
"""

import threading
from collections.abc import Callable

from rollkeeper.operations.child_process import run_as_child


def keep(stop: threading.Event) -> None:
    """Answer the portal, and process offline registrations."""
    from rollkeeper.offline.processor import run_offline_worker
    from rollkeeper.selfcare.portal_worker import run_portal_worker

    offline_worker = threading.Thread(target=_run_until_stopped, args=(run_offline_worker, stop))
    offline_worker.start()
    _run_until_stopped(run_portal_worker, stop)
    offline_worker.join()


def _run_until_stopped(work: Callable[..., None], stop: threading.Event) -> None:
    """Do one of the two; where it breaks, both end, and whoever started them starts them again."""
    from rollkeeper.access.authority import worker_authority

    try:
        work(worker_authority(), goes_on=lambda: not stop.is_set())
    finally:
        stop.set()


if __name__ == "__main__":
    run_as_child(keep)
