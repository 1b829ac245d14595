# SPDX-License-Identifier: EUPL-1.2
"""The job runner as a child of `serve` or `worker`: ``python -m rollkeeper.operations.job_process``.

``ROLLKEEPER_JOBS`` says which jobs it runs. With ``ROLLKEEPER_OPENS=no`` it has no keys, and runs the jobs that need none.
"""

from rollkeeper.operations.child_process import Keep, run_as_child


def load() -> Keep:
    """Import the jobs, and return the function that runs the jobs of this process."""
    from rollkeeper.operations.scheduler import all_jobs, run_jobs

    all_jobs()
    return run_jobs


def main() -> None:
    """Run until asked to stop."""
    run_as_child(load)


if __name__ == "__main__":
    main()
