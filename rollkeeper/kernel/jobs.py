# SPDX-License-Identifier: EUPL-1.2
"""Jobs: work that a package does by itself in bounded runs, the lease on each job, and the note of its last run.

A package that has such work names it in its `jobs.py`; `operations/scheduler.py` runs it. A run may be killed at any
point and is repeated: it consists of actions, and each action is done completely or not at all.

Machines share the register and nothing else, so two things in the register prevent two processes from doing one job:

- The *lease*, a row of `kernel_job`, says which process runs the job again and again. It ends by the database's clock,
  and at once where the session of that process is gone.
- The *run lock*, an advisory lock of the session in which a run works, is held during the run. PostgreSQL gives it to
  one session at a time, whatever any clock says. A command that does a job by hand takes it as well.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from django.db import Error, connection

from rollkeeper.kernel.claims import FAMILY
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.errors import RollkeeperError

LEASE_S: Final = 30.0
MIN_GRACE_S: Final = 600
_RECORD_INTERVAL_S: Final = 60
_LOCK_POLL_S: Final = 0.2
_RUNS: Final = FAMILY + 2  # sets the run locks apart from claims
_SESSION: Final = "rollkeeper job"


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """One kind of work."""

    name: str
    run: Callable[[], int]
    """Does a bounded amount of work and returns how much it did."""
    interval_s: Callable[[], float]
    """How long after the beginning of a run the next one begins."""
    needs_keys: Callable[[], bool] = lambda: True
    """Whether it opens sealed data or destroys keys. If not, it runs in a worker without keys."""
    is_enabled: Callable[[], bool] = lambda: True
    """Whether this instance has any use for it."""
    batch_size: int | None = None
    """If a run did this much, more is left to do, and the next run follows at once."""
    expected_errors: frozenset[str] = frozenset()
    """Refusal codes that need human action but must not trigger back-off."""
    wakes_on: str | None = None
    """The PostgreSQL channel on which an app notifies that there is work: the next run then begins at once."""
    for_apps: bool = False
    """Whether people at an app wait for it: then it runs even in an instance that does nothing by itself."""

    def expects(self, fault: str) -> bool:
        """Tell whether every code in the noted fault of a run is expected."""
        return self.expected_errors.issuperset(fault.split(", "))


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is known of a job's last run; instants in seconds since 1970, by the database's clock."""

    began: int
    ended: int | None = None
    did: int = 0
    fault: str | None = None
    """The codes of the refusals, with ", " between them, or the class of the error. Never its text, which may hold a value."""


class NotRun(Enum):
    """Why a run did not begin."""

    BUSY = auto()
    """Another session runs the job."""
    LEASE_LOST = auto()
    """Another process has the lease by now."""


def lease_jobs(names: Sequence[str], *, claim: int, lease_s: float = LEASE_S) -> dict[str, float | None]:
    """Renew or take the lease of each job that no other living process has; return these jobs with the seconds since their last run began.

    None instead of seconds: the job never ran, or its last run failed or did not end. `claim` is that of this session (`hold_claim`).
    """
    asked = {"jobs": list(names), "claim": claim, "lease_s": lease_s, "family": FAMILY}
    return {row.job: row.ago_s for row in rows(sql("kernel", "lease_jobs"), asked)}


@contextmanager
def hold_run(name: str, *, wait: bool = False) -> Iterator[bool]:
    """Hold the run lock of a job for the length of a block; yield False if another session holds it. The same session can take it again.

    With `wait`, try until the lock is free: a run may take longer than the database lets a statement wait for a lock.
    """
    while not (is_mine := _try_run_lock(name)) and wait:
        time.sleep(_LOCK_POLL_S)
    try:
        yield is_mine
    finally:
        # A session that is gone has dropped its locks already.
        if is_mine and connection.connection is not None:
            with suppress(Error):
                rows("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_RUNS, name])


def _try_run_lock(name: str) -> bool:
    (found,) = rows("SELECT pg_try_advisory_lock(%s, hashtext(%s)) AS is_mine", [_RUNS, name])
    return bool(found.is_mine)


def end_stale_run(name: str, *, claim: int) -> bool:
    """End the session of a former process that hangs in a run, if the lease is ours; return whether there was such a session."""
    asked = {"job": name, "claim": claim, "family": _RUNS, "session": _SESSION}
    return any(row.was_ended for row in rows(sql("kernel", "end_stale_run"), asked))


def run_once(job: PeriodicJob, *, claim: int | None = None) -> LastRun | NotRun:
    """Run a job once and note the result; an error is noted and not raised, so that no job stops another.

    With `claim`, it runs only if this claim has the lease. A job that runs every second leaves a note when it did something, when it
    failed, and once a minute.
    """
    with hold_run(job.name) as is_mine:
        if not is_mine:
            return NotRun.BUSY
        found = rows(sql("kernel", "begin_run"), {"job": job.name, "claim": claim, "session": _SESSION})
        if not found:
            return NotRun.LEASE_LOST
        (before,), started = found, time.monotonic()
        is_due = not before.has_ended or not 0 <= before.now - before.began < _RECORD_INTERVAL_S
        if is_due:
            _note(job.name, LastRun(before.now), interval_s=job.interval_s())
        did, fault = 0, None
        try:
            did = job.run()
        except RollkeeperError as refused:
            fault = ", ".join(dict.fromkeys(one.code for one in refused.faults))
        except Exception as broke:  # noqa: BLE001 - whatever it is, the next run tries again; its text may hold values
            fault = type(broke).__name__
        done = LastRun(before.now, before.now + int(time.monotonic() - started), did, fault)
        if is_due or did or fault or before.fault:
            _note(job.name, done, interval_s=job.interval_s())
        return done


def last_runs() -> tuple[int, dict[str, LastRun]]:
    """Return the database's instant and what is noted of each job; a job that never ran is not among them."""
    (clock,) = rows("SELECT extract(epoch FROM clock_timestamp())::bigint AS now")
    found = rows(
        "SELECT job, extract(epoch FROM began_at)::bigint AS began, extract(epoch FROM ended_at)::bigint AS ended, did, fault"
        " FROM kernel_job WHERE began_at IS NOT NULL"
    )
    return clock.now, {row.job: LastRun(row.began, row.ended, row.did, row.fault) for row in found}


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as a page shows it; instants by the database's clock."""

    name: str
    began_at: dt.datetime
    ended_at: dt.datetime | None
    next_at: dt.datetime | None
    did: int
    fault: str | None
    is_late: bool


def job_views() -> list[JobView]:
    """Return what is known of every job that ever ran, jobs with a fault first."""
    found = rows(
        "SELECT job, began_at, ended_at, did, fault, began_at + interval_s * interval '1 second' AS next_at,"
        " abs(extract(epoch FROM clock_timestamp() - began_at)) > greatest(3 * interval_s, %s) AS is_late"  # as `is_late`
        " FROM kernel_job WHERE began_at IS NOT NULL ORDER BY fault IS NULL, job",
        [MIN_GRACE_S],
    )
    return [
        JobView(row.job, row.began_at, row.ended_at, row.next_at, row.did, row.fault, bool(row.is_late))
        for row in found
    ]


def is_late(job: PeriodicJob, last: LastRun, *, now: int) -> bool:
    """Tell whether a job is long overdue, to begin again or to end; or whether it began in the future, by a clock that was wrong."""
    return abs(now - last.began) > max(3 * job.interval_s(), MIN_GRACE_S)


def _note(name: str, noted: LastRun, *, interval_s: float) -> None:
    values = {"began": noted.began, "ended": noted.ended, "did": noted.did, "fault": noted.fault}
    run(sql("kernel", "note_run"), {"job": name, "interval_s": int(interval_s), **values})
