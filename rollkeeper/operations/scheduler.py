# SPDX-License-Identifier: EUPL-1.2
"""Background jobs: every job of every package, each in a thread of its own, so that none waits for another.

A job that opens nothing runs in a process that cannot: there is no connection there over which things are opened, and
the store of keys gives it public halves alone. To have a package's jobs kept, name the package below.
"""

import threading
import time
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from django.conf import settings as django_settings
from django.db import connections

from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import LastRun, PeriodicJob, hold_job, last_run, run_once
from rollkeeper.kernel.settings import forget_settings
from rollkeeper.operations.settings import may_run_jobs
from rollkeeper.vault.epochs import may_open

# Packages that do something by themselves. Each has a tuple `JOBS` in its `jobs.py`.
PACKAGES_WITH_JOBS: Final = ("agents", "incidents", "ledger", "provisioning", "notices", "retention")

_POLL_INTERVAL_S: Final = 0.5
_MAX_BACKOFF_S: Final = 600.0
_LONG_WAIT_S: Final = 60.0
"""From here on an idle connection, 3 MB of the server each, costs more than a new one."""
_SETTINGS_INTERVAL_S: Final = 60.0


def all_jobs() -> list[PeriodicJob]:
    """Return every job that this instance has a use for: none, where it may do nothing by itself."""
    if not may_run_jobs():
        return []
    found = (
        job for package in PACKAGES_WITH_JOBS for job in import_module(f"rollkeeper.{package}.jobs").JOBS
    )
    return [job for job in found if job.is_enabled()]


def jobs_of_this_process() -> list[PeriodicJob]:
    """Return the jobs to be kept here: those that open where things can be opened, the others where they cannot."""
    return [job for job in all_jobs() if job.needs_keys() is may_open()]


def run_jobs(stop: threading.Event) -> None:
    """Keep this process's jobs going until asked to stop; what a job is at, it ends first.

    Ends by itself when the settings come to name other jobs: whoever started it starts it again.
    """
    jobs = jobs_of_this_process()
    threads = [threading.Thread(target=run_periodically, args=(job, stop), name=job.name) for job in jobs]
    for one in threads:
        one.start()
    names = [job.name for job in jobs]
    while not stop.wait(_SETTINGS_INTERVAL_S):
        forget_settings()
        if [job.name for job in jobs_of_this_process()] != names:
            stop.set()
    for one in threads:
        one.join()


def run_periodically(job: PeriodicJob, stop: threading.Event) -> None:
    """Take a job's turns as they come due; after a fault wait longer each time, up to some minutes."""
    faults, known = 0, last_run(job.name)
    next_at = known.began + job.interval_s() if known and known.fault is None else 0.0
    while not stop.is_set():
        # A wait longer than any that is given out: the clock has been set back meanwhile.
        if 0 < next_at - time.time() <= max(job.interval_s(), _MAX_BACKOFF_S):
            stop.wait(min(_POLL_INTERVAL_S, job.interval_s()))
            continue
        with hold_job(job.name) as mine:
            run = run_once(job) if mine else None
        broke = run is not None and run.fault is not None
        _close_connections(is_whole=broke or job.interval_s() >= _LONG_WAIT_S)
        faults = faults + 1 if run and run.fault and run.fault not in job.expected_errors else 0
        next_at = _next_at(job, run, faults=faults)


def _next_at(job: PeriodicJob, run: LastRun | None, *, faults: int) -> float:
    if faults:
        return time.time() + min(_MAX_BACKOFF_S, max(job.interval_s(), 5.0 * (1 << min(faults, 10))))
    if run and job.batch_size is not None and run.did >= job.batch_size:
        return 0.0
    return (run.began if run else clock.true_seconds()) + job.interval_s()


def _close_connections(*, is_whole: bool) -> None:
    """Close what opens, so that a rotation of keys is not blocked; whole, every connection: what broke, or waits for long."""
    for name in django_settings.DATABASES:
        if is_whole or name != "default":
            connections[name].close()


def run_each_once(jobs: Sequence[PeriodicJob]) -> dict[str, LastRun]:
    """Take one turn of each job, one after the other; leave out those that another process is at."""
    done = {}
    for job in jobs:
        with hold_job(job.name) as mine:
            if mine:
                done[job.name] = run_once(job)
    return done
