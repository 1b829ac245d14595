# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: send due commands to the network, so that a registered line is restored within seconds, and
check that barred lines can still make emergency calls.
"""

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.provisioning.gateways.registry import has_network

_MOST = 500
_PAGES = 5

_asked_up_to: LineId | None = None


def push() -> int:
    """Carry out a bounded part of the commands that are due."""
    from rollkeeper.provisioning.services import push_due

    return push_due(worker_authority(), on=clock.today(), limit=_MOST).total


def watch() -> int:
    """Ask about some of the barred lines, another part each time; return on how many emergency calls were missing."""
    global _asked_up_to  # the position of the round: a new process starts a new round
    from rollkeeper.provisioning.reconciliation import check_floor

    restored = 0
    for _ in range(_PAGES):
        watched = check_floor(worker_authority(), after=_asked_up_to)
        restored, _asked_up_to = restored + watched.restored, watched.last
        if _asked_up_to is None:
            break
    return restored


JOBS = (
    PeriodicJob(
        "push-network",
        push,
        interval_s=lambda: 1.0,
        needs_keys=lambda: False,
        is_enabled=has_network,
        batch_size=_MOST,
    ),
    PeriodicJob(
        "check-floor",
        watch,
        interval_s=lambda: 60.0,
        needs_keys=lambda: False,
        is_enabled=has_network,
        batch_size=1,
    ),
)
