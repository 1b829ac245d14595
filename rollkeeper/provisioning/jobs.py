# SPDX-License-Identifier: EUPL-1.2
"""Background jobs of this package: send due commands to the network, so that a registered line is restored within seconds, and
check that barred lines can still make emergency calls and that restored ones still have service.
"""

import datetime as dt
from functools import partial

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.jobs import PeriodicJob
from rollkeeper.provisioning.gateways.registry import ELEMENT_GROUPS, services_of_group

_MOST = 500
_PAGES = 5

_asked_up_to: dict[str, LineId | None] = {}
_asked_of_restored: dict[str, tuple[dt.datetime, LineId] | None] = {}
"""The position of each group's rounds: a new process starts new ones."""


def push(group: str) -> int:
    """Carry out a bounded part of the commands that are due for the lines of a group of elements."""
    from rollkeeper.provisioning.services import push_due

    services = services_of_group(group)
    return push_due(worker_authority(), on=clock.today(), limit=_MOST, services=services).total


def watch(group: str) -> int:
    """Ask about some of a group's barred and restored lines, other lines each time; return for how many a restore was requested."""
    from rollkeeper.provisioning.reconciliation import check_floor, check_service

    restored, services = 0, services_of_group(group)
    for _ in range(_PAGES):
        watched = check_floor(worker_authority(), after=_asked_up_to.get(group), services=services)
        restored, _asked_up_to[group] = restored + watched.restored, watched.last
        if watched.last is None:
            break
    for _ in range(_PAGES):
        checked = check_service(worker_authority(), after=_asked_of_restored.get(group), services=services)
        restored, _asked_of_restored[group] = restored + checked.restored, checked.last
        if checked.last is None:
            break
    return restored


def _pushes(group: str) -> PeriodicJob:
    return PeriodicJob(
        f"push-{group}",
        partial(push, group),
        interval_s=lambda: 1.0,
        needs_keys=lambda: False,
        is_enabled=lambda: bool(services_of_group(group)),
        batch_size=_MOST,
    )


def _checks(group: str) -> PeriodicJob:
    return PeriodicJob(
        f"check-floor-{group}",
        partial(watch, group),
        interval_s=lambda: 60.0,
        needs_keys=lambda: False,
        is_enabled=lambda: bool(services_of_group(group)),
        batch_size=1,
    )


# One job for the elements that serve a line together: an element that hangs delays no line of the others.
JOBS = (*map(_pushes, ELEMENT_GROUPS), *map(_checks, ELEMENT_GROUPS))
