# SPDX-License-Identifier: EUPL-1.2
"""How many lines are under which bar, what the law has for how many next, and what it calls each of its stages.

Separate from the queries because all of this is read from the pack.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from rollkeeper.campaign.choices import Action, Stage
from rollkeeper.campaign.open_campaign import pack_as_it_lies
from rollkeeper.kernel.choices import BarLevel, Bars
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.campaign_rules import StageRule
from rollkeeper.law.pack import Pack

_DAYS_AHEAD: Final = 14


@dataclass(frozen=True, slots=True)
class DayCount:
    """So many lines for one action on one day."""

    day: dt.date
    action: str
    count: int
    bars: int | None = None
    """What the lines are kept from; None: they end."""
    title: Mapping[str, str] = field(default_factory=dict)
    """What the law calls the stage, by language; empty where it gives it no name."""

    @property
    def level(self) -> str:
        """Return what the lines are kept from, where more than the floor is left."""
        return BarLevel.partial(self.bars)


class BarCount(NamedTuple):
    """So many lines under one bar (kernel.choices.BarLevel), and what the law calls it, by language."""

    level: str
    lines: int
    title: Mapping[str, str]


def due_soon(pack: Pack, tally: Iterable[Any], on: dt.date) -> tuple[DayCount, ...]:
    """Count by day what comes up in the next two weeks; what is overdue waits for today's batch."""
    rules = _stages(pack)
    counts = summed(
        ((max(row.next_check_on, on), row.step), row.lines)
        for row in tally
        if row.stage in {Stage.RUNNING, Stage.SUSPENDED}
        and row.step < len(rules)
        and row.next_check_on is not None
        and (row.next_check_on - on).days < _DAYS_AHEAD
    )
    return tuple(
        DayCount(day, Action.of(rules[step]).value, count, rules[step].bars, rules[step].title)
        for (day, step), count in sorted(counts.items())
    )


def bar_counts(pack: Pack, tally: Iterable[Any]) -> tuple[BarCount, ...]:
    """Count the suspended lines by the bar that they are under, in the order of the law's bars."""
    counts = summed((row.step, row.lines) for row in tally if row.stage == Stage.SUSPENDED)
    bars = [rule for rule in _stages(pack) if not rule.is_end]
    return tuple(
        BarCount(BarLevel.of(rule.bars or Bars.ALL).value, counts.get(step, 0), rule.title)
        for step, rule in enumerate(bars, 1)
    )


def title_of_stage(pack: Pack, step: int) -> Mapping[str, str]:
    """Return what the law calls a stage, 1 the first, by language; empty where it gives it no name or states it no more."""
    rules = _stages(pack)
    return rules[step - 1].title if 0 < step <= len(rules) else {}


class StageTitles:
    """What the stages of batches are called, each pack read once."""

    def __init__(self) -> None:
        self._packs: dict[tuple[str, str], Pack | None] = {}

    def of(self, campaign: Any, step: int, pack_hash: str) -> Mapping[str, str]:
        """Return what a stage of a campaign is called by this version of the law; empty where the pack at that place is another law.

        `campaign`: what has the `pack_id` and the `campaign_name`.
        """
        if campaign is None or not campaign.pack_id:
            return {}
        key = (campaign.pack_id, campaign.campaign_name)
        if key not in self._packs:
            self._packs[key] = None
            with suppress(RollkeeperError):  # a law that cannot be read names nothing
                self._packs[key] = pack_as_it_lies(*key)
        pack = self._packs[key]
        return title_of_stage(pack, step) if pack and pack.hash == pack_hash else {}


def summed[Key](pairs: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """Add counts up by their keys."""
    counts: dict[Key, int] = {}
    for key, count in pairs:
        counts[key] = counts.get(key, 0) + count
    return counts


def _stages(pack: Pack) -> tuple[StageRule, ...]:
    """Return the stages of a law that means one campaign; of one that means several no one can say which."""
    return pack.campaign.stages if len(pack.stated_campaigns) == 1 else ()
