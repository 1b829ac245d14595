# SPDX-License-Identifier: EUPL-1.2
"""The job runner: every job of every package, each in a separate thread, so that none waits for another.

A process holds the leases of the jobs that it runs (`kernel/jobs.py`), and waits for leases that another process holds. A monotonic
clock measures the time to the next run. If the database does not answer, the process waits for it. To run a package's jobs, name the
package below.
"""

import ctypes
import logging
import os
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module
from typing import Final

from django.conf import settings as django_settings
from django.db import Error, InterfaceError, OperationalError, connection, connections

from rollkeeper.kernel.claims import hold_claim
from rollkeeper.kernel.database import run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.health import NotReady, Part, answering, disk_part, register_part, require_set_up
from rollkeeper.kernel.jobs import LEASE_S, LastRun, NotRun, PeriodicJob, end_stale_run, lease_jobs, run_once
from rollkeeper.kernel.settings import read_settings_again
from rollkeeper.operations.settings import may_run_jobs
from rollkeeper.operations.worker_processes import JobKind
from rollkeeper.platform import embedded_postgres
from rollkeeper.platform.errors import ServerDidNotStart
from rollkeeper.vault.epochs import may_open, secret_of
from rollkeeper.vault.keys import living_epoch_ids

# Packages that do something by themselves. Each has a tuple `JOBS` in its `jobs.py`.
PACKAGES_WITH_JOBS: Final = (
    "access", "agents", "campaign", "disclosures", "imports", "incidents", "lawbook", "ledger", "notices", "offline", "operations", "provisioning", "retention",
    "selfcare",
)  # fmt: skip

log = logging.getLogger("rollkeeper.jobs")

_RENEWALS_A_LEASE: Final = 6
_TICK_S: Final = 0.5
_BUSY_RETRY_S: Final = 1.0
_MAX_AWAY_S: Final = 5.0
_MAX_BACKOFF_S: Final = 600.0
_LONG_WAIT_S: Final = 15.0
"""For waits as long as this, an idle connection (3 MB on the server) costs more than a new one."""
_SETTINGS_INTERVAL_S: Final = 60.0


def all_jobs() -> list[PeriodicJob]:
    """Return every job that this instance uses; if it may do nothing by itself, only the jobs that people at an app wait for."""
    found = (
        job for package in PACKAGES_WITH_JOBS for job in import_module(f"rollkeeper.{package}.jobs").JOBS
    )
    return [job for job in found if (job.for_apps or may_run_jobs()) and job.is_enabled()]


def jobs_of_this_process() -> list[PeriodicJob]:
    """Return the jobs to run here: of the kind asked for, those that need keys if this process has keys, else those that need none."""
    kind = JobKind(os.environ.get("ROLLKEEPER_JOBS", JobKind.ALL))
    return [
        job
        for job in all_jobs()
        if job.needs_keys() is may_open()
        and (kind is JobKind.ALL or job.for_apps is (kind is JobKind.FOR_APPS))
    ]


def run_jobs(stop: threading.Event) -> None:
    """Run this process's jobs until asked to stop; a run under way is finished first.

    Ends by itself when changed settings lead to other jobs: the process that started it starts it again.
    """
    runner = Runner(jobs_of_this_process())
    with answering(f"{os.environ.get('ROLLKEEPER_PROCESS', 'worker')}.{os.getpid()}", _parts(runner)):
        runner.run(stop)


def _parts(runner: "Runner") -> list[Part]:
    """Return what this process needs to do its work."""
    opens = [Part("keys", living_epoch_ids), Part("root", _require_root)] if may_open() else []
    return [register_part(), *opens, disk_part(), Part("jobs", runner.require_working)]


def _require_root() -> None:
    secret_of(max(living_epoch_ids()))


class JobThread:
    """One job in its thread: until when its lease is ours, and when it runs next. Written by the thread and by the runner."""

    def __init__(self, job: PeriodicJob, *, lease_s: float = LEASE_S) -> None:
        self.job = job
        self._lease_s = lease_s
        self.wake = threading.Event()
        self.claim = 0
        self.held_until = 0.0
        self.next_at = 0.0
        self.is_called = False
        self.faults = 0
        self.busy_since: float | None = None

    def hold(self, claim: int, *, until: float, ago_s: float | None) -> None:
        """Note that the lease was renewed; if this process did not hold it before, plan the next run from the job's last run."""
        is_new = not self.is_held()
        self.claim, self.held_until = claim, until
        if is_new:
            interval_s = self.job.interval_s()
            self.next_at = (
                0.0 if ago_s is None or ago_s < 0 else time.monotonic() + interval_s - min(ago_s, interval_s)
            )
            self.wake.set()

    def call(self) -> None:
        """Have it run at once: there is work."""
        self.is_called = True
        self.wake.set()

    def is_held(self) -> bool:
        """Tell whether the lease is ours, as far as is known without asking."""
        return time.monotonic() < self.held_until

    def work(self, stop: threading.Event) -> None:
        """Run the job whenever it is due, or called, and the lease is ours."""
        while not stop.is_set():
            self.wake.wait(max(0.0, self.next_at - time.monotonic()) if self.is_held() else None)
            self.wake.clear()
            is_due = time.monotonic() >= self.next_at or (self.is_called and not self.faults)
            if not stop.is_set() and self.is_held() and is_due:
                self.is_called = False
                self._run()
        connections.close_all()

    def _run(self) -> None:
        began = time.monotonic()
        try:
            ran = run_once(self.job, claim=self.claim)
            if ran is NotRun.BUSY and self._is_long_busy(began):
                end_stale_run(self.job.name, claim=self.claim)
        except Error:  # the database is away, or ended this session: wait until the lease is renewed
            ran = NotRun.LEASE_LOST
        if ran is not NotRun.BUSY:
            self.busy_since = None
        if ran is NotRun.LEASE_LOST:
            self.held_until = 0.0
        self.next_at = self._next_at(ran, began)
        broke = ran is NotRun.LEASE_LOST or (isinstance(ran, LastRun) and ran.fault is not None)
        _close_connections(is_whole=broke or self.job.interval_s() >= _LONG_WAIT_S)

    def _is_long_busy(self, now: float) -> bool:
        """Tell whether another session has run the job for long, although this process holds the lease."""
        self.busy_since = self.busy_since or now
        return now - self.busy_since > self._lease_s

    def _next_at(self, ran: LastRun | NotRun, began: float) -> float:
        if isinstance(ran, NotRun):
            return time.monotonic() + _BUSY_RETRY_S
        is_fault = ran.fault is not None and not self.job.expects(ran.fault)
        self.faults = self.faults + 1 if is_fault else 0
        interval_s = self.job.interval_s()
        if self.faults:
            return time.monotonic() + min(_MAX_BACKOFF_S, max(interval_s, 5.0 * (1 << min(self.faults, 10))))
        if self.job.batch_size is not None and ran.did >= self.job.batch_size:
            return began
        return began + interval_s


class Runner:
    """Holds the leases of some jobs and keeps a thread for each."""

    def __init__(self, jobs: Sequence[PeriodicJob], *, lease_s: float = LEASE_S) -> None:
        self._kept = {job.name: JobThread(job, lease_s=lease_s) for job in jobs}
        self._lease_s = lease_s
        self._threads: list[threading.Thread] = []
        self._is_leasing = False

    def require_working(self) -> None:
        """See that every job has its thread, and that leases are renewed. Raises NotReady."""
        if not self._is_leasing or not all(one.is_alive() for one in self._threads):
            raise NotReady("a job does not run")

    def run(self, stop: threading.Event) -> None:
        """Run the jobs until asked to stop. The leases end with the session of this thread."""
        threads = [
            threading.Thread(target=kept.work, args=(stop,), name=name) for name, kept in self._kept.items()
        ]
        self._threads = threads
        for one in threads:
            one.start()
        try:
            self._keep_leases(stop)
        finally:
            stop.set()
            for kept in self._kept.values():
                kept.wake.set()
            for one in threads:
                one.join()
            connection.close()

    def _keep_leases(self, stop: threading.Event) -> None:
        """Hold the leases and listen; where the database is away, wait and begin again."""
        away_s = _TICK_S
        while not stop.is_set():
            try:
                with hold_claim() as claim:
                    require_set_up()
                    for channel in {kept.job.wakes_on for kept in self._kept.values()} - {None}:
                        run(f"LISTEN {channel}")
                    self._renew(claim)
                    away_s = _TICK_S
                    self._is_leasing = True
                    self._listen(claim, stop)
            except (OperationalError, InterfaceError, RollkeeperError) as fault:
                if isinstance(fault, RollkeeperError) and away_s == _TICK_S:
                    log.warning("no job runs: %s", fault)
                self._is_leasing = False
                connection.close()
                if not stop.wait(away_s):
                    with suppress(ServerDidNotStart):  # an embedded server that stopped is started again
                        embedded_postgres.ensure_embedded_running()
                away_s = min(_MAX_AWAY_S, 2 * away_s)

    def _listen(self, claim: int, stop: threading.Event) -> None:
        """Call the jobs for which there is work and renew the leases, until asked to stop or the settings name other jobs."""
        renew_s = self._lease_s / _RENEWALS_A_LEASE
        renew_at, settings_at = time.monotonic() + renew_s, time.monotonic() + _SETTINGS_INTERVAL_S
        while not stop.is_set():
            with connection.wrap_database_errors:
                heard = [one.channel for one in connection.connection.notifies(timeout=_TICK_S, stop_after=1)]
            for kept in self._kept.values():
                if kept.job.wakes_on in heard:
                    kept.call()
            now = time.monotonic()
            if now >= renew_at:
                self._renew(claim)
                renew_at = now + renew_s
            if now >= settings_at:
                give_back_memory()
                read_settings_again()
                settings_at = now + _SETTINGS_INTERVAL_S
                if [job.name for job in jobs_of_this_process()] != list(self._kept):
                    stop.set()

    def _renew(self, claim: int) -> None:
        asked_at = time.monotonic()
        held = lease_jobs(list(self._kept), claim=claim, lease_s=self._lease_s)
        for name, kept in self._kept.items():
            if name in held:
                kept.hold(claim, until=asked_at + self._lease_s, ago_s=held[name])
            else:
                kept.held_until = 0.0


def give_back_memory() -> None:
    """Give the system back what finished runs left free between what is in use: 8 MB of a worker of a demo."""
    with suppress(AttributeError):  # a C library other than glibc
        ctypes.CDLL(None).malloc_trim(0)


def _close_connections(*, is_whole: bool) -> None:
    """Close the connections that open data, so that no rotation of keys is blocked; with `is_whole` (a fault, a long wait), close all."""
    for name in django_settings.DATABASES:
        if is_whole or name != "default":
            connections[name].close()


def run_each_once(jobs: Sequence[PeriodicJob]) -> dict[str, LastRun]:
    """Run each job once, one after the other; leave out those that another process is running."""
    done = {job.name: run_once(job) for job in jobs}
    return {name: ran for name, ran in done.items() if isinstance(ran, LastRun)}
