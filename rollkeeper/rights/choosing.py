# SPDX-License-Identifier: EUPL-1.2
"""Limits of lines that somebody has reached: how many there may be, and which lines fill them, so that they can choose.

A limit cuts nobody off: all lines stay until their holder ends one, and each end is an act of its own. What somebody says is
not theirs fills no limit. Numbers are opened only when asked for, so that nobody ends the wrong line.
"""

import datetime as dt
from typing import Any

from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.pack import LimitRule
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.states import LineState
from rollkeeper.rights.held import open_numbers
from rollkeeper.rights.visits import Holding, Visit

type Shown = dict[str, Any]


def show_limits(visit: Visit) -> list[Shown]:
    """Return the limits that whoever proved to be the holder has reached, each with its article and the lines that fill it."""
    if not visit.is_proved:
        return []
    pack, held = load_pack(settings().pack), visit.holdings()
    if pack.unhonoured:
        return []
    found = [
        (rule, [one for one in held if _fills(rule, one)]) for rule in pack.limits if not rule.window_days
    ]
    return [
        {"n": rule.n, "article": rule.article, "lines": [str(one.line_id) for one in filling]}
        for rule, filling in found
        if len(filling) >= rule.n
    ]


def show_choice(visit: Visit, _: dict[str, Any], *, on: dt.date) -> Shown:
    """Return the lines that fill a limit that is reached, with their numbers.

    Ledger: vault:sealed:opened for each number. Refuses: ProofNeeded.
    """
    visit.demand_proof()
    limits = show_limits(visit)
    named = {line for limit in limits for line in limit["lines"]}
    lines = [one for one in visit.holdings() if one.is_present and str(one.line_id) in named]
    numbers = open_numbers(visit, lines, on=on)
    return {
        "limits": limits,
        "lines": [_said(visit, one, numbers.get(one.line_id, "")) for one in lines],
    }


def _fills(rule: LimitRule, holding: Holding) -> bool:
    """Tell whether a line counts for a limit: the same lines that `lines.counting` counts."""
    return (
        holding.is_present
        and holding.contested_on is None
        and holding.state in {LineState.ACTIVE, LineState.SUSPENDED}
        and rule.concerns(holding.party_kind, holding.service.value)
    )


def _said(visit: Visit, holding: Holding, number: str) -> Shown:
    line_id: LineId = holding.line_id
    return {
        "line": str(line_id), "number": number, "here": line_id == visit.line_id, "service": holding.service.value,
        "state": holding.state.value, "since": holding.since.date().isoformat(),
    }  # fmt: skip
