# SPDX-License-Identifier: EUPL-1.2
"""The jobs as a child of `serve` or `worker`: ``python -m rollkeeper.operations.job_process``.

With ``ROLLKEEPER_OPENS=no`` it has no way to open anything and keeps the jobs that need none. With
``ROLLKEEPER_IS_PORTAL_WORKER=yes`` it does the portal worker's work too, in threads.
"""

import os
import threading

from rollkeeper.operations.child_process import run_as_child


def keep(stop: threading.Event) -> None:
    """Run the jobs, and the portal worker where that is wanted; where one of them ends, so does the other."""
    from rollkeeper.operations import portal_worker_process
    from rollkeeper.operations.scheduler import run_jobs

    if os.environ.get("ROLLKEEPER_IS_PORTAL_WORKER") != "yes":
        run_jobs(stop)
        return
    portal_worker = threading.Thread(target=portal_worker_process.keep, args=(stop,), name="portal_worker")
    portal_worker.start()
    try:
        run_jobs(stop)
    finally:
        stop.set()
        portal_worker.join()


if __name__ == "__main__":
    run_as_child(keep)
