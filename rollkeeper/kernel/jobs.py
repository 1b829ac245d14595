# SPDX-License-Identifier: EUPL-1.2
"""Periodic jobs: bounded runs, one after another, and the record that each leaves of its last run.

A package that has work of this sort names it in its `jobs.py`; `operations/scheduler.py` keeps all of them going. A turn may be
killed at any point and runs again: it is an act, or many, and those are whole or not done. Notes hold instants, counts
and the code of a fault, and lie in the instance, since they are about this machine and not about the register.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from rollkeeper.kernel import clock
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.locks import try_exclusive_lock
from rollkeeper.kernel.settings import data_dir

MIN_GRACE_S: Final = 600
_RECORD_INTERVAL_S: Final = 60


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """One kind of work."""

    name: str
    run: Callable[[], int]
    """Does a bounded amount and returns how much it did."""
    interval_s: Callable[[], float]
    """How long after the beginning of a turn the next one begins."""
    needs_keys: Callable[[], bool] = lambda: True
    """Whether it opens what is sealed, or destroys keys: if not, it runs where no key is."""
    is_enabled: Callable[[], bool] = lambda: True
    """Whether this instance has any use for it."""
    batch_size: int | None = None
    """A run that did as much did not do all: the next one follows at once."""
    expected_errors: frozenset[str] = frozenset()
    """Refusal codes that need human action but must not trigger back-off."""


@dataclass(frozen=True, slots=True)
class LastRun:
    """What is known of a job's last turn; instants in seconds since 1970, by the machine."""

    began: int
    ended: int | None = None
    did: int = 0
    fault: str | None = None
    """The code of the refusal, or the name of what broke. Never its text, which may hold a value."""


def folder() -> Path:
    """Return where notes and locks of the jobs lie."""
    return data_dir() / "jobs"


def last_run(name: str) -> LastRun | None:
    """Return what is noted of a job, None where it never ran in this instance."""
    try:
        return LastRun(**json.loads((folder() / f"{name}.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def note(name: str, run: LastRun) -> None:
    """Replace the note of a job, whole."""
    file = folder() / f"{name}.json"
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(asdict(run)), "utf-8")
    draft.replace(file)


@contextmanager
def hold_job(name: str) -> Iterator[bool]:
    """Hold a job for the length of a block; False where another process has it, which then does the work."""
    with try_exclusive_lock(folder() / f"{name}.lock") as mine:
        yield mine


def run_once(job: PeriodicJob) -> LastRun:
    """Take one turn and note what came of it; what broke is noted and not raised, so that no job stops another.

    A job that turns every second leaves a note when it did something, when it failed, and once a minute.
    """
    began, before = clock.true_seconds(), last_run(job.name)
    is_due = before is None or before.ended is None or not 0 <= began - before.began < _RECORD_INTERVAL_S
    if is_due:
        note(job.name, LastRun(began))
    did, fault = 0, None
    try:
        did = job.run()
    except RollkeeperError as refused:
        fault = refused.code
    except Exception as broke:  # noqa: BLE001 - whatever it is, the job's next turn tries again; its text may hold values
        fault = type(broke).__name__
    done = LastRun(began, clock.true_seconds(), did, fault)
    if is_due or did or fault or (before and before.fault):
        note(job.name, done)
    return done


def is_late(job: PeriodicJob, run: LastRun, *, now: int) -> bool:
    """Tell whether a job should have begun again, or come to an end, long since; or began on a day to come, by a clock that was wrong."""
    return abs(now - run.began) > max(3 * job.interval_s(), MIN_GRACE_S)
