# SPDX-License-Identifier: EUPL-1.2
"""Compare register and network line by line, and keep what came of it, so that a page can say it without asking again.

Separate from `acts.py`, which tells the network: this asks it. It changes nothing but its own memory, with one exception: a line
on which emergency calls are barred is restored, whoever barred them and however long ago. Other bars of which the register knows nothing
may be somebody else's, for a bill: they are lifted where a person asks for it.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.network.gateways.base import CHUNK, Gateway
from rollkeeper.network.gateways.registry import network_gateway
from rollkeeper.network.kinds import ReadBack
from rollkeeper.network.models import Comparison
from rollkeeper.network.queries import Compared, reconcile


@dataclass(frozen=True, slots=True)
class Watched:
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
    lists_untold: bool = False,
    restores: bool = False,
    moved: Callable[[int], None] = lambda _: None,
) -> Compared:
    """Ask the network about every line; keep how many differ, and restore who has lost emergency calls.

    `restores`: whoever is in service in the register and not in the network as well, as when a backup knows nothing of later bars.

    A comparison that breaks off is none.

    Refuses: NotAllowed, NoNetwork. Ledger: network:lines:compared.
    """
    role = demand(authority, Power.PUSH_COMMANDS)
    found = reconcile(gateway=gateway, lists_untold=lists_untold, moved=moved)
    with act():
        if found.floor_breaks:
            _lift(found.floor_breaks)
        if restores and found.shut_out:
            run(sql("network", "reopen"), {"line_ids": found.shut_out, "now": clock.now()})
        Comparison.objects.create(
            compared_at=clock.now(),
            line_count=found.line_count,
            difference_count=len(found.differences),
            untold_count=found.untold_count,
            oldest_at=found.oldest_at,
        )
        facts = {
            "differences": len(found.differences), "lines": found.line_count, "untold": found.untold_count,
        }  # fmt: skip
        append_entry(authority, verb=Verb.LINES_COMPARED, role=role, on=on, facts=facts)
    return found


def watch_floor(authority: Authority, *, after: LineId | None, gateway: Gateway | None = None) -> Watched:
    """Ask the network about the next barred lines, and restore those on which it bars more than it may.

    A bar is proved once, when it is carried out; whoever changes an element afterwards, by hand or by its configuration, is
    found here. `after` is where the last look ended, None for the first lines. Refuses: NotAllowed, NoNetwork.
    """
    demand(authority, Power.PUSH_COMMANDS)
    network = gateway or network_gateway()
    page = rows(sql("network", "barred_lines"), {"after": after or UUID(int=0), "page": CHUNK})
    asked = [LineId(row.line_id) for row in page if row.is_settled]
    said = network.read_back(asked) if asked else []
    broken = [one for one, says in zip(asked, said, strict=True) if says is ReadBack.FLOOR_MISSING]
    if broken:
        with act():
            _lift(broken)
    return Watched(len(asked), len(broken), LineId(page[-1].line_id) if page else None)


def _lift(broken: Sequence[LineId]) -> None:
    run(sql("network", "lift_floor_breaks"), {"line_ids": list(broken), "now": clock.now()})
