# SPDX-License-Identifier: EUPL-1.2
"""The doctor's check of the background jobs: whether any runs, which fail and by which fault, and which are late."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from rollkeeper.kernel.console import counted
from rollkeeper.kernel.jobs import LastRun, PeriodicJob, is_late, last_runs
from rollkeeper.operations.findings import Finding, Health
from rollkeeper.operations.scheduler import all_jobs
from rollkeeper.operations.settings import may_run_jobs, restored_mark

_KEEP_RUNNING: Final = (
    "Keep 'rollkeeper worker' or 'rollkeeper serve' running (ops/systemd/). See their logs in logs/."
)
_NAMED: Final = 4
"""How many jobs a sentence names; it only counts the others."""


def look_at_the_jobs() -> Iterator[Finding]:
    """Say whether every job runs when it should; yield one sentence for each reason why some do not."""
    if not may_run_jobs():
        yield _warning(
            "This instance does nothing by itself: no notice, no command to the network, no publication, no erasure.",
            "If it replaces the instance that it was restored from: 'rollkeeper finish-restore'."
            if restored_mark().exists()
            else "Write 'background_jobs = true' under [jobs] into settings.toml.",
        )
        return
    now, runs = last_runs()
    if not runs:
        yield _warning("No background job ever ran.", _KEEP_RUNNING)
        return
    troubled = [*_troubled(all_jobs(), runs, now=now)]
    if not troubled:
        detail = ", ".join(f"{job.name} {_ago(runs[job.name], now)} ago" for job in all_jobs())
        yield Finding("", Health.OK, f"Everything ran when it should: {detail}.")
    yield from troubled


def _troubled(jobs: Sequence[PeriodicJob], runs: Mapping[str, LastRun], *, now: int) -> Iterator[Finding]:
    ran = {job.name: runs[job.name] for job in jobs if job.name in runs}
    failed = {name: last for name, last in ran.items() if last.fault is not None}
    late = {
        job.name: ran[job.name]
        for job in jobs
        if job.name in ran and job.name not in failed and is_late(job, ran[job.name], now=now)
    }
    never = [job.name for job in jobs if job.name not in ran]
    if len(ran) > 1 and len(late) + len(never) == len(jobs):
        newest = max(ran.values(), key=lambda last: last.began)
        yield _warning(
            f"No background job runs: the last one began {_ago(newest, now)} ago.",
            "Start 'rollkeeper worker' or 'rollkeeper serve' (ops/systemd/): what is due is done then.",
        )
        return
    for fault in dict.fromkeys(last.fault for last in failed.values()):
        yield _failed({name: last for name, last in failed.items() if last.fault == fault}, str(fault), now)
    if never:
        yield _warning(f"{_named(never)} never ran.", _KEEP_RUNNING)
    if late:
        oldest = min(late.values(), key=lambda last: last.began)
        least = "" if len(late) == 1 else " or less"
        yield _warning(f"{_named([*late])} began last {_ago(oldest, now)}{least} ago.", _KEEP_RUNNING)


def _failed(alike: Mapping[str, LastRun], fault: str, now: int) -> Finding:
    newest = max(alike.values(), key=lambda last: last.began)
    return _warning(
        f"{_named([*alike])} failed {_ago(newest, now)} ago ({fault}).",
        "See logs/ and docs/runbook/. All is tried again by itself, or now with 'rollkeeper worker --once'.",
    )


def _warning(sentence: str, remedy: str) -> Finding:
    return Finding("", Health.WARNING, sentence, remedy)


def _named(names: Sequence[str]) -> str:
    named = ", ".join(f"'{name}'" for name in names[:_NAMED])
    more = len(names) - _NAMED
    return f"{named} and {counted(more, 'more job', 'more jobs')}" if more > 0 else named


def _ago(last: LastRun, now: int) -> str:
    return age_text(dt.timedelta(seconds=now - last.began))


def age_text(age: dt.timedelta) -> str:
    """Write an age in minutes, in hours or in days, whichever is precise enough."""
    minutes = max(0, int(age.total_seconds()) // 60)
    if minutes < 2 * 60:
        return counted(minutes, "minute", "minutes")
    return f"{minutes // 60} hours" if minutes < 3 * 24 * 60 else f"{minutes // (24 * 60):,} days"
