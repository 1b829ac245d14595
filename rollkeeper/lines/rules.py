# SPDX-License-Identifier: EUPL-1.2
"""What may happen to a line: pure decisions on what was read."""

import datetime as dt

from rollkeeper.law.rules import Allowed, Decision, Refused
from rollkeeper.lines.states import LineState


def last_day_of_quarantine(*, ended_on: dt.date, recorded: dt.date | None, days: int) -> dt.date:
    """Return the last day on which an ended line's number is not given out; what was recorded at its end stands."""
    return recorded or ended_on + dt.timedelta(days=days)


def may_take_number(
    *, state: LineState, quarantined_until: dt.date | None, by_former_holder: bool, on: dt.date
) -> Decision:
    """Decide whether a new contract may have a number. Who held it last may have it back at any time."""
    if state in {LineState.ACTIVE, LineState.SUSPENDED}:
        return Refused(
            article="", reason="Another contract has the number.", remedy="Transfer that line instead."
        )
    if by_former_holder or quarantined_until is None or on > quarantined_until:
        return Allowed()
    return Refused(
        article="",
        reason=f"The number stays in quarantine through {quarantined_until}.",
        remedy="Choose another number, or come back on the day after.",
    )
