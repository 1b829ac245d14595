# SPDX-License-Identifier: EUPL-1.2
"""The job runner as a child of `serve` or `worker`: ``python -m rollkeeper.operations.job_process``.

``ROLLKEEPER_JOBS`` says which jobs it runs. With ``ROLLKEEPER_OPENS=no`` it has no way to open anything, and runs those that need none.
"""

import threading

from rollkeeper.operations.child_process import run_as_child


def keep(stop: threading.Event) -> None:
    """Run the jobs of this process."""
    from rollkeeper.operations.scheduler import run_jobs

    run_jobs(stop)


def main() -> None:
    """Run until asked to stop."""
    run_as_child(keep)


if __name__ == "__main__":
    main()
