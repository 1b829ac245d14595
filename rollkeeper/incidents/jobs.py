# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: steps on an incident's page that enough people requested."""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.jobs import PeriodicJob


def run_steps() -> int:
    """Run the approved steps that need no key; return how many."""
    from rollkeeper.incidents.approvals import run_approved_steps

    return run_approved_steps(worker_authority(), on=clock.today(), with_keys=False)


def run_key_steps() -> int:
    """Run the approved steps that need the keys; return how many."""
    from rollkeeper.incidents.approvals import run_approved_steps

    return run_approved_steps(worker_authority(), on=clock.today(), with_keys=True)


JOBS = (
    PeriodicJob("incident-steps", run_steps, interval_s=lambda: 5.0, needs_keys=lambda: False, for_apps=True),
    PeriodicJob("incident-key-steps", run_key_steps, interval_s=lambda: 5.0),
)
