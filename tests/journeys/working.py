# SPDX-License-Identifier: EUPL-1.2
"""Does what pages asked of the workers; runs in the instance of a journey, in a separate process."""

from rollkeeper.kernel.instance import open_instance
from rollkeeper.operations.scheduler import all_jobs, run_each_once

_LONG = {"examine", "publish-ledger"}
"""What looks at ten thousand entries and brings no page on, so that `worker --once` takes five times as long."""


def main() -> int:
    """Run every other job once, and expect no fault."""
    open_instance()
    assert {job.name for job in all_jobs()} > _LONG
    faults = {name: run.fault for name, run in run_each_once([job for job in all_jobs() if job.name not in _LONG]).items() if run.fault}  # fmt: skip
    assert not faults, faults
    return 0
