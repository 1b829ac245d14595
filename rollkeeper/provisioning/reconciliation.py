# SPDX-License-Identifier: EUPL-1.2
"""Compares register and network line by line, and stores the result, so that a page can show it without asking again.

Separate from `services.py`, which sends commands to the network: this module queries it. It changes only its own stored results, with
three exceptions. A line whose emergency calls are barred is restored, whatever caused the bar. A line is restored once if more is barred
than was ordered and proved, and once if it is barred again within three days after its restore was proved, for example by an element that
came back from its backup. Other bars unknown to the register may be the operator's, for example for debt: they are lifted only on a
person's request.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Bars
from rollkeeper.kernel.database import (
    OUTLASTING_APPS,
    action,
    rows,
    run,
    sql,
    unless_locked,
    without_timeout,
)
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.provisioning.choices import ReadBack
from rollkeeper.provisioning.gateways.base import CHUNK, Gateway
from rollkeeper.provisioning.gateways.registry import all_services, network_gateway
from rollkeeper.provisioning.models import Comparison
from rollkeeper.provisioning.queries import Reconciliation, reconcile
from rollkeeper.provisioning.rules import LONGEST_WAIT

_WATCHED_FOR: Final = dt.timedelta(days=3)
"""How long a restored line is checked: longer than the time between two nightly backups of an element, over a weekend."""
_OUT_OF_SERVICE: Final = frozenset(ReadBack) - {ReadBack.OPEN, ReadBack.UNKNOWN}


@dataclass(frozen=True, slots=True)
class FloorCheck:
    """The result of a check of some barred lines."""

    asked: int
    restored: int
    """Lines on which emergency, care or registration calls were barred, or more than ordered: a restore was requested."""
    last: LineId | None
    """Where to continue; None if there are no further lines."""


@dataclass(frozen=True, slots=True)
class ServiceCheck:
    """The result of a check of some restored lines."""

    restored: int
    """Lines that the network had barred again: a restore was requested once more."""
    last: tuple[dt.datetime, LineId] | None
    """Where to continue; None if there are no further lines."""


def compare_lines(
    authority: Authority,
    *,
    on: dt.date,
    gateway: Gateway | None = None,
    lists_never_commanded: bool = False,
    restores: bool = False,
    moved: Callable[[int], None] = lambda _: None,
) -> Reconciliation:
    """Ask the network about every line; store how many differ, and restore lines that have lost emergency calls.

    `restores`: lines in service in the register but not in the network are restored, as after a backup that knows nothing of
    later bars.

    An interrupted comparison does not count.

    Refuses: NOT_ALLOWED, NO_NETWORK. Ledger: provisioning:lines:compared.
    """
    role = require(authority, Permission.RUN_PROVISIONING)
    found = reconcile(gateway=gateway, lists_never_commanded=lists_never_commanded, moved=moved)
    if restores:
        _restore(found.out_of_service)
    with action():
        if found.floor_breaks:
            _lift(found.floor_breaks)
        Comparison.objects.create(
            compared_at=clock.now(),
            line_count=found.line_count,
            difference_count=len(found.differences),
            never_commanded_count=found.never_commanded_count,
            oldest_at=found.oldest_at,
        )
        facts = {
            "differences": len(found.differences), "lines": found.line_count, "never_commanded": found.never_commanded_count,
        }  # fmt: skip
        append_entry(authority, verb=Verb.LINES_COMPARED, role=role, on=on, facts=facts)
    return found


def check_floor(
    authority: Authority,
    *,
    after: LineId | None,
    gateway: Gateway | None = None,
    services: Sequence[str] | None = None,
) -> FloorCheck:
    """Ask the network about the next barred lines, and restore those on which it bars more than it may.

    A bar is proved once, when it is carried out; this check finds later changes to an element, by hand or by configuration.
    `after` is where the last check ended, None for the first lines; `services` limits it to the lines of some elements. Refuses: NOT_ALLOWED, NO_NETWORK.
    """
    require(authority, Permission.RUN_PROVISIONING)
    network = gateway or network_gateway(services)
    asked_of = all_services() if services is None else list(services)
    page = rows(
        sql("provisioning", "barred_lines"),
        {
            "after": after or UUID(int=0),
            "page": CHUNK,
            "services": asked_of,
            "soon": clock.now() + LONGEST_WAIT,
        },
    )
    asked = [LineId(row.line_id) for row in page if row.is_settled]
    bars = {LineId(row.line_id): Bars(row.bars) for row in page}
    proved = {LineId(row.line_id) for row in page if row.was_proved}
    said = network.read_back(asked, bars=bars) if asked else []
    broken = [
        one
        for one, says in zip(asked, said, strict=True)
        if says is ReadBack.FLOOR_MISSING or (says is ReadBack.EXCESS and one in proved)
    ]
    if broken:
        with action():
            _lift(broken)
    return FloorCheck(len(asked), len(broken), LineId(page[-1].line_id) if page else None)


def check_service(
    authority: Authority,
    *,
    after: tuple[dt.datetime, LineId] | None,
    gateway: Gateway | None = None,
    services: Sequence[str] | None = None,
) -> ServiceCheck:
    """Ask the network about the next lines that it restored within three days, and have it restore those that it bars again.

    A restore is proved only once: an older bar may be carried out after it, and an element that comes back from its backup does not know it.
    `after` is where the last check ended, None for the first lines; `services` limits it to the lines of some elements. Refuses: NOT_ALLOWED, NO_NETWORK.
    """
    require(authority, Permission.RUN_PROVISIONING)
    network = gateway or network_gateway(services)
    after_at, after_line = after or (clock.now() - _WATCHED_FOR, LineId(UUID(int=0)))
    page = rows(
        sql("provisioning", "restored_lines"),
        {
            "after_at": after_at,
            "after": after_line,
            "page": CHUNK,
            "services": all_services() if services is None else list(services),
        },
    )
    asked = [LineId(row.line_id) for row in page if row.is_settled]
    said = network.read_back(asked) if asked else []
    barred = [one for one, says in zip(asked, said, strict=True) if says in _OUT_OF_SERVICE]
    if barred:
        _request_restore(barred)
    return ServiceCheck(len(barred), (page[-1].read_back_at, LineId(page[-1].line_id)) if page else None)


def _restore(lines: Sequence[LineId]) -> None:
    """Request a restore of each line; those that others have locked last, one by one: an app could lock them each time."""
    requested = _request_restore(lines)
    for line_id in lines:
        if line_id not in requested:
            unless_locked(partial(_request_restore, [line_id], waits=True))


def _request_restore(lines: Sequence[LineId], *, waits: bool = False) -> set[LineId]:
    with action(), without_timeout() if waits else nullcontext():
        if waits:
            run(OUTLASTING_APPS)
        found = rows(
            sql("provisioning", "restore_active_lines", waits=waits),
            {"line_ids": list(lines), "now": clock.now()},
        )
    return {LineId(row.line_id) for row in found}


def _lift(broken: Sequence[LineId]) -> None:
    run(sql("provisioning", "restore_floor_breaks"), {"line_ids": list(broken), "now": clock.now()})
