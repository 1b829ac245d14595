# SPDX-License-Identifier: EUPL-1.2
"""A runner of one made-up job, which says whether it runs alone; in a separate process, forked by the command server."""

import threading
import time

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.operations.scheduler import Runner


def main(*words: str) -> None:
    """Run the job again and again; with a word, hang in its first run."""

    def run() -> int:
        # Held by the session that runs the job: a second one at once would not get it.
        (found,) = rows("SELECT pg_try_advisory_lock(7, 7) AS is_alone")
        print("alone" if found.is_alone else "TWO", flush=True)
        time.sleep(1000 if words else 0.01)
        rows("SELECT pg_advisory_unlock(7, 7)")
        return 1

    Runner([PeriodicJob("made-up", run, interval_s=lambda: 0.01)], lease_s=1.0).run(threading.Event())
