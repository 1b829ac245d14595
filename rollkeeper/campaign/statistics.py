# SPDX-License-Identifier: EUPL-1.2
"""Figures for the campaign page: by region, tomorrow and the week, what the network has not proved. Nothing personal.

Each figure comes from a tally, or from an index that contains only what went wrong, so that a page costs the same for ten
million lines as for ten thousand. `queries.py` has the other figures of the page.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rollkeeper.campaign.choices import Stage
from rollkeeper.campaign.stage_counts import DayCount
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import CampaignId, LineId

MIN_REGION_LINES: Final = 10
"""A region with fewer lines is not shown by itself: a figure of one could be a person."""
MAX_REGIONS: Final = 40
_BEFORE_ALL: Final = UUID(int=0)
COUNT_LIMIT: Final = 10_000
"""Above this, waiting commands are not counted: the page only says that there are many."""


@dataclass(frozen=True, slots=True)
class RegionCount:
    """A region's lines in each stage; `region` is None if the operator's file named none, '' for all the small ones."""

    region: str | None
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return how many lines the region has."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class ActionCounts:
    """How many lines could be suspended and ended on a day or in a week."""

    suspend: int
    terminate: int


@dataclass(frozen=True, slots=True)
class Unproven:
    """Commands of batches that the network has not proved: given up, still tried (counted up to a limit), emergency floor missing."""

    failed: int
    under_way: int
    floor_missing: int

    @property
    def many_under_way(self) -> bool:
        """Tell whether more are under way than were counted."""
        return self.under_way >= COUNT_LIMIT


@dataclass(frozen=True, slots=True)
class NotNotifiedByPost:
    """A member of the open campaign whom no notice has reached and to whom a letter failed."""

    line_id: LineId
    region: str | None
    sent_at: dt.datetime
    outcome: str
    """The outcome of the last letter: bounced, or unproven if no delivery slip came in time."""
    notice_state: str
    is_waived: bool


def not_notified_by_post(*, after: LineId | None = None, limit: int) -> list[NotNotifiedByPost]:
    """Return, by reference, members to whom a letter failed and whom no other notice reached; `after` is the last line of the previous page."""
    found = rows("SELECT * FROM campaign_not_notified_by_post(%s, %s)", [after or _BEFORE_ALL, limit])
    return [NotNotifiedByPost(*row) for row in found]


def regions(campaign_id: CampaignId) -> tuple[RegionCount, ...]:
    """Return the regions of a campaign, the largest first. The last row adds up the small regions and those that the table has no room for."""
    found = rows(
        "SELECT region, stage, sum(lines)::bigint AS lines FROM campaign_regiontally WHERE campaign_id = %s"
        " GROUP BY 1, 2 HAVING sum(lines) <> 0",
        [campaign_id],
    )
    return group_by_region((row.region, row.stage, row.lines) for row in found)


def group_by_region(counts: Iterable[tuple[str | None, str, int]]) -> tuple[RegionCount, ...]:
    """Add up counts by region. Pure, so that tests can check the limits with plain numbers."""
    by_region: dict[str | None, dict[str, int]] = {}
    for region, stage, lines in counts:
        stages = by_region.setdefault(region, dict.fromkeys((one.value for one in Stage), 0))
        stages[stage] += lines
    ordered = sorted(
        (RegionCount(region, stages) for region, stages in by_region.items()),
        key=lambda one: (-one.total, one.region or ""),
    )
    shown = [one for one in ordered if one.region is None or one.total >= MIN_REGION_LINES][:MAX_REGIONS]
    rest = [one for one in ordered if one not in shown]
    if not rest:
        return tuple(shown)
    together = {stage.value: sum(one.counts[stage.value] for one in rest) for stage in Stage}
    return (*shown, RegionCount("", together))


def action_counts(due: Iterable[DayCount], *, first: dt.date, days: int) -> ActionCounts:
    """Add up the lines that could fall due in `days` days from `first` on."""
    last = first + dt.timedelta(days=days - 1)
    within = [one for one in due if first <= one.day <= last]
    return ActionCounts(
        sum(one.count for one in within if one.action == "suspend"),
        sum(one.count for one in within if one.action == "terminate"),
    )


def unproven() -> Unproven:
    """Return how many commands of batches the network has not proved."""
    (found,) = rows(sql("campaign", "unproven_commands"), {"limit": COUNT_LIMIT, "now": clock.now()})
    return Unproven(found.failed, found.under_way, found.floor_missing)


def undone(campaign_id: CampaignId) -> int:
    """Return how many lines undos have restored, over all batches: it adds up one row for each chunk."""
    (found,) = rows(
        "SELECT coalesce(sum(c.undone), 0)::bigint AS lines FROM campaign_chunk c JOIN campaign_batch b USING (batch_id)"
        " WHERE b.campaign_id = %s",
        [campaign_id],
    )
    return int(found.lines)
