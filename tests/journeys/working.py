# SPDX-License-Identifier: EUPL-1.2
"""Runs the jobs that pages requested. Runs in the instance of a journey, in a separate process."""

from rollkeeper.kernel.instance import open_instance
from rollkeeper.operations.scheduler import all_jobs, run_each_once

_LONG = {"examine", "publish-ledger"}
"""What looks at ten thousand entries and brings no page on, so that `worker --once` takes five times as long."""


def main(*names: str) -> int:
    """Run each of these jobs once, or every other one, and expect no fault."""
    open_instance()
    known = {job.name for job in all_jobs()}
    assert known > {*names, *_LONG}
    chosen = [job for job in all_jobs() if job.name in (names or known - _LONG)]
    faults = {name: run.fault for name, run in run_each_once(chosen).items() if run.fault}
    assert not faults, faults
    return 0
