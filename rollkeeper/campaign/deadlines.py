# SPDX-License-Identifier: EUPL-1.2
"""From lines to clocks and back: the law counts each distinct clock once, however many lines share it.

A caller puts the lines into the temporary table `member_clock (line_id, anchor_on, days, pauses, …)`; afterwards
`law_due` says for each distinct clock when its last day is and from when a stage may follow. Separate because
planning, the nightly run, preparing and running all count in the same way.

Two views of the same clock: *as known* takes pauses and stays as they are recorded; *at least* leaves out pauses and
stays after a day, since they may still be taken back. The second view can only be too early; `next_check_on` and
promised days rest on it. Where a caller acts on promised days, each is moved by the pauses and stays before it.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from rollkeeper.campaign.rules import HORIZON_DAYS, Days, clipped
from rollkeeper.kernel.database import prepared_rows, rows, run, sql
from rollkeeper.law.clock_sql import open_days
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import count_clock

_MAY_FIND: Final = {
    "due_clocks": "SELECT FROM campaign_member WHERE campaign_id = %(campaign_id)s AND stage = %(stage)s AND step = %(before)s"
    " AND stage IN ('running', 'suspended') AND next_check_on <= %(due_on)s ORDER BY next_check_on LIMIT 1",
    "recheck_clocks": "SELECT FROM campaign_member WHERE campaign_id = %(campaign_id)s AND stage IN ('running', 'suspended')"
    " AND next_check_on <= %(on)s ORDER BY next_check_on LIMIT 1",
    "remind_clocks": "SELECT FROM campaign_member WHERE campaign_id = %(campaign_id)s AND stage = 'running' AND remind_on <= %(on)s"
    " ORDER BY remind_on LIMIT 1",
}
"""By statement: a query that tells whether it would find any member. On most days nothing is due, and in a small register an empty table
costs more than the rest of a night. `ORDER BY` makes the planner use the index instead of reading all members.
"""


def make_clocks(name: str, values: Mapping[str, Any]) -> int:
    """Fill `member_clock` by one of this package's statements; return how many lines it holds. If there are none, the table may be missing."""
    if name in _MAY_FIND and not prepared_rows(_MAY_FIND[name], values):
        return 0
    run("DROP TABLE IF EXISTS pg_temp.member_clock")
    return run(sql("campaign", name), values)


def count_as_known(pack: Pack, *, stays: list[Days], through: dt.date) -> None:
    """Count every clock through a day, with pauses and stays as they are recorded now."""
    _keep_promises(_count(pack, stays=stays, through=through, known_through=None))


def count_at_least(
    pack: Pack,
    *,
    stays: list[Days],
    on: dt.date,
    from_day: dt.date | None = None,
    then_days: int | None = None,
    keeps_promises: bool = False,
) -> None:
    """Count every clock to its end, with no pause and no stay after `on`.

    With `then_days`, also count the clock that would begin on `on` and run for that many days, with the same pauses.
    """
    ahead = dt.timedelta(days=pack.campaign.most_days + HORIZON_DAYS)
    through = max(on, from_day or on) + ahead
    days = _count(pack, stays=clipped(stays, on=on), through=through, known_through=on, then_days=then_days)
    if keeps_promises:
        _keep_promises(days)


def last_day_if_notified(pack: Pack, *, stays: list[Days], begins_on: dt.date, on: dt.date) -> dt.date | None:
    """Return the last day to register for a subscriber notified on a day, without a pause; None if it cannot be determined."""
    anchor_on = max(begins_on, pack.campaign.starts_on(on))
    days = pack.campaign.grace_after(anchor_on)
    through = anchor_on + dt.timedelta(days=days + HORIZON_DAYS)
    counted = count_clock(pack, anchor_on=anchor_on, days=days, stays=clipped(stays, on=on), through=through)
    return counted.last_day_on


def _count(
    pack: Pack,
    *,
    stays: list[Days],
    through: dt.date,
    known_through: dt.date | None,
    then_days: int | None = None,
) -> dict[str, Any]:
    (found,) = rows(sql("campaign", "clock_pauses"), {"known_through": known_through})
    begins = (found.first, known_through if then_days is not None else None)
    first = min((one for one in begins if one is not None), default=None)
    days = open_days(pack, first=first, through=through, stays=stays)
    run(sql("campaign", "count_clocks"), days | {"on": known_through, "then_days": then_days})
    return days


def _keep_promises(days: Mapping[str, Any]) -> None:
    run(sql("campaign", "kept_promises"), days)
