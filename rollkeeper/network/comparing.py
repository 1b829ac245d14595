# SPDX-License-Identifier: EUPL-1.2
"""Compare register and network line by line, and keep what came of it, so that a page can say it without asking again.

Separate from `acts.py`, which tells the network: this asks it and changes nothing but its own memory.
"""

import datetime as dt
from collections.abc import Callable

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.network.gateways import Gateway
from rollkeeper.network.models import Comparison
from rollkeeper.network.queries import Compared, reconcile


def compare_lines(
    authority: Authority,
    *,
    on: dt.date,
    gateway: Gateway | None = None,
    lists_untold: bool = False,
    moved: Callable[[int], None] = lambda _: None,
) -> Compared:
    """Ask the network about every line; keep how many differ. A comparison that breaks off is none.

    Refuses: NotAllowed, NoNetwork. Ledger: network:lines:compared.
    """
    role = demand(authority, Power.PUSH_COMMANDS)
    found = reconcile(gateway=gateway, lists_untold=lists_untold, moved=moved)
    with act():
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
