# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: steps on an incident's page that enough people requested."""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob


def run_steps() -> int:
    """Do what was asked for; return how many steps that were."""
    from rollkeeper.incidents.approvals import run_approved_steps

    return run_approved_steps(worker_authority(), on=clock.today())


JOBS = (PeriodicJob("incident-steps", run_steps, interval_s=lambda: 5.0),)
