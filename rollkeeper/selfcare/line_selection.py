# SPDX-License-Identifier: EUPL-1.2
"""The limits that a subscriber has reached: how many lines are allowed, and which ones count, so that they can choose.

A limit suspends no line: all lines stay until their subscriber ends them, each in a separate act. If a law requires people to reduce
their lines, a campaign asks which they keep. Contested lines do not count towards a limit. Numbers are opened only on request, so that
the subscriber does not end the wrong line.
"""

import datetime as dt
from typing import Any

from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.limit_rules import LimitRule
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import LineState
from rollkeeper.selfcare.personal_data import open_numbers
from rollkeeper.selfcare.sessions import PortalSession, Tenure

type Shown = dict[str, Any]


def show_limits(session: PortalSession) -> list[Shown]:
    """Return the limits that the verified subscriber has reached, each with its article and the lines that count."""
    if not session.is_verified:
        return []
    pack, held = load_pack(instance().pack), session.tenures()
    if pack.unsupported_fields:
        return []
    found = [
        (rule, [one for one in held if _fills(rule, one)])
        for rule in pack.limits
        if not rule.window and not rule.channel
    ]
    return [
        {
            "n": rule.n,
            "article": rule.article,
            "lines": [str(one.line_id) for one in filling],
            "has_too_many": rule.reduces and len(filling) > rule.n,
        }
        for rule, filling in found
        if len(filling) >= rule.n
    ]


def show_selection(session: PortalSession, _: dict[str, Any], *, on: dt.date) -> Shown:
    """Return the lines that fill a limit that is reached, with their numbers.

    Ledger: vault:sealed:opened for each number. Refuses: VERIFICATION_NEEDED.
    """
    session.require_verification()
    session = session.with_tenures_read()
    limits = show_limits(session)
    named = {line for limit in limits for line in limit["lines"]}
    lines = [one for one in session.tenures() if one.is_present and str(one.line_id) in named]
    numbers = open_numbers(session, lines, on=on)
    return {
        "limits": limits,
        "lines": [_said(session, one, numbers.get(one.line_id, "")) for one in lines],
    }


def _fills(rule: LimitRule, tenure: Tenure) -> bool:
    """Tell whether a line counts for a limit: the same lines that `lines.line_counts` counts."""
    return (
        tenure.is_present
        and tenure.contested_on is None
        and tenure.state in {LineState.ACTIVE, LineState.SUSPENDED}
        and rule.concerns(
            tenure.party_kind,
            tenure.service.value,
            tenure.payment.value,
            activated_on=tenure.activated_on,
            region=tenure.region,
        )
    )


def _said(session: PortalSession, tenure: Tenure, number: str) -> Shown:
    line_id: LineId = tenure.line_id
    return {
        "line": str(line_id), "number": number, "here": line_id == session.line_id, "service": tenure.service.value,
        "state": tenure.state.value, "since": clock.local_day(session.since_of(tenure)).isoformat(),
    }  # fmt: skip
