# SPDX-License-Identifier: EUPL-1.2
"""The day until which the subscriber of a line may register before it is suspended or terminated, as a counter tells it.

Separate from `queries`, since a counter may read no table of a campaign: a database function answers for one line at a time.
"""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.access.lookups import counted_lookups
from rollkeeper.campaign.choices import Stage
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.acts import is_told
from rollkeeper.law.campaign_rules import StageRule
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import count_clock
from rollkeeper.lines.queries import PauseView, pauses_of


@dataclass(frozen=True, slots=True)
class Deadline:
    """The clock of a line: its first day, its last day (None: unknown), and the stage that follows."""

    stage: Stage
    follows: StageRule
    begun_on: dt.date
    last_day_on: dt.date | None
    article: str
    lines: int | None = None
    """How many lines the law allows one person, if the subscriber is asked because they have more."""
    pauses: tuple[PauseView, ...] = ()

    def is_paused(self, *, on: dt.date) -> bool:
        """Tell whether this day does not count for the line."""
        return any(one.first <= on and (one.last is None or on <= one.last) for one in self.pauses)

    def share(self, *, on: dt.date) -> int:
        """Return how much of the time is over, in percent."""
        whole = max(((self.last_day_on or on) - self.begun_on).days, 1)
        return min(100, max(0, round(100 * (on - self.begun_on).days / whole)))


def line_deadline(line_id: LineId) -> Deadline | None:
    """Return the clock of a line; None if no clock runs."""
    with counted_lookups():
        found = rows("SELECT * FROM campaign_line_deadline(%s)", [line_id])
    if not found:
        return None
    (row,) = found
    pack, stage = load_pack(row.pack_id).of(row.campaign_name), Stage(row.stage)
    if not is_told(pack):
        return None
    follows = pack.campaign.after(row.step)
    if follows is None:
        return None
    days, pauses = follows.term.days_after(row.anchor_on), pauses_of(line_id)
    counted = count_clock(
        pack, anchor_on=row.anchor_on, days=days, promised_on=row.promised_on, promised_since=row.promised_since,
        pauses=[(pause.first, pause.last) for pause in pauses],
        stays=[(dt.date.fromisoformat(first), _day(last)) for first, last in row.stays if first],
    )  # fmt: skip
    return Deadline(
        stage, follows, row.anchor_on, counted.kept_last_day_on, follows.clock_article, pack.campaign.lines_over, pauses
    )  # fmt: skip


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
