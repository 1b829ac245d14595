# SPDX-License-Identifier: EUPL-1.2
"""The lock on a job's run, and what a page says of a job that began at a wrong hour."""

import threading
import time

import pytest

from rollkeeper.kernel import stores
from rollkeeper.kernel.database import Role, connect, run
from rollkeeper.kernel.jobs import hold_run, is_late, job_views, last_runs
from tests.operations.test_scheduler import job

RUNS, JOB = 0x526F6C6C + 2, "made-up"


@pytest.fixture
def impatient(committed):
    """A session that the database lets wait for no lock."""
    run("SET lock_timeout = '50ms'")
    yield
    run("RESET lock_timeout")


def test_who_waits_for_a_run_waits_longer_than_statements_wait_for_locks(impatient):
    with connect(stores.REGISTER, Role.WORKER) as other:
        other.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [RUNS, JOB])
        threading.Timer(0.5, other.execute, ["SELECT pg_advisory_unlock_all()"]).start()
        began = time.monotonic()

        with hold_run(JOB, wait=True) as is_mine:
            waited_s = time.monotonic() - began

    assert is_mine
    assert waited_s > 0.3


@pytest.mark.parametrize(("began", "late"), [("-1 hour", True), ("-1 minute", False), ("1 hour", True)])
def test_a_page_and_the_doctor_call_the_same_runs_late(committed, began, late):
    run(
        "INSERT INTO kernel_job (job, began_at, ended_at, interval_s) VALUES (%s, clock_timestamp() + %s::interval, clock_timestamp(), 60)",
        [JOB, began],
    )
    now, ran = last_runs()

    (shown,) = job_views()

    assert shown.is_late is late
    assert is_late(job(int, interval_s=lambda: 60.0), ran[JOB], now=now) is late
