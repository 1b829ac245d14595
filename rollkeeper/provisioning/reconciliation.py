# SPDX-License-Identifier: EUPL-1.2
"""Compare register and network line by line, and keep what came of it, so that a page can say it without asking again.

Separate from `acts.py`, which commands the network: this asks it. It changes nothing but its own memory, with one exception: a line
on which emergency calls are barred is restored, whoever barred them and however long ago. Other bars of which the register knows nothing
may be somebody else's, for a bill: they are lifted where a person asks for it.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.provisioning.choices import ReadBack
from rollkeeper.provisioning.gateways.base import CHUNK, Gateway
from rollkeeper.provisioning.gateways.registry import network_gateway
from rollkeeper.provisioning.models import Comparison
from rollkeeper.provisioning.queries import Reconciliation, reconcile


@dataclass(frozen=True, slots=True)
class FloorCheck:
    """What a look at some barred lines found."""

    asked: int
    restored: int
    """Lines on which emergency, care or registration calls were barred: their restoring was asked for."""
    last: LineId | None
    """Where to go on; None where there is nobody further."""


def compare_lines(
    authority: Authority,
    *,
    on: dt.date,
    gateway: Gateway | None = None,
    lists_never_commanded: bool = False,
    restores: bool = False,
    moved: Callable[[int], None] = lambda _: None,
) -> Reconciliation:
    """Ask the network about every line; keep how many differ, and restore who has lost emergency calls.

    `restores`: whoever is in service in the register and not in the network as well, as when a backup knows nothing of later bars.

    A comparison that breaks off is none.

    Refuses: NOT_ALLOWED, NO_NETWORK. Ledger: network:lines:compared.
    """
    role = require(authority, Permission.RUN_PROVISIONING)
    found = reconcile(gateway=gateway, lists_never_commanded=lists_never_commanded, moved=moved)
    with action():
        if found.floor_breaks:
            _lift(found.floor_breaks)
        if restores and found.out_of_service:
            run(
                sql("provisioning", "restore_active_lines"),
                {"line_ids": found.out_of_service, "now": clock.now()},
            )
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


def check_floor(authority: Authority, *, after: LineId | None, gateway: Gateway | None = None) -> FloorCheck:
    """Ask the network about the next barred lines, and restore those on which it bars more than it may.

    A bar is proved once, when it is carried out; whoever changes an element afterwards, by hand or by its configuration, is
    found here. `after` is where the last look ended, None for the first lines. Refuses: NOT_ALLOWED, NO_NETWORK.
    """
    require(authority, Permission.RUN_PROVISIONING)
    network = gateway or network_gateway()
    page = rows(sql("provisioning", "barred_lines"), {"after": after or UUID(int=0), "page": CHUNK})
    asked = [LineId(row.line_id) for row in page if row.is_settled]
    said = network.read_back(asked) if asked else []
    broken = [one for one, says in zip(asked, said, strict=True) if says is ReadBack.FLOOR_MISSING]
    if broken:
        with action():
            _lift(broken)
    return FloorCheck(len(asked), len(broken), LineId(page[-1].line_id) if page else None)


def _lift(broken: Sequence[LineId]) -> None:
    run(sql("provisioning", "restore_floor_breaks"), {"line_ids": list(broken), "now": clock.now()})
