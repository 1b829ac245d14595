# SPDX-License-Identifier: EUPL-1.2
"""How many lines are under each bar, how many will reach which stage next, and how the law calls each stage.

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
    """The number of lines for one action on one day."""

    day: dt.date
    action: str
    count: int
    bars: int | None = None
    """What is barred; None: the lines are terminated."""
    title: Mapping[str, str] = field(default_factory=dict)
    """The law's name of the stage, by language; empty if it has none."""

    @property
    def level(self) -> str:
        """Return what is barred, if more than the emergency floor is left."""
        return BarLevel.partial(self.bars)


class BarCount(NamedTuple):
    """The number of lines under one bar (kernel.choices.BarLevel), and the law's name of it, by language."""

    level: str
    lines: int
    title: Mapping[str, str]


def due_soon(pack: Pack, tally: Iterable[Any], on: dt.date) -> tuple[DayCount, ...]:
    """Count by day the lines that fall due in the next two weeks; overdue lines count for today, since today's batch takes them."""
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
    """Return the law's name of a stage (1 is the first), by language; empty if it has no name or the law no longer states it."""
    rules = _stages(pack)
    return rules[step - 1].title if 0 < step <= len(rules) else {}


class StageTitles:
    """The names of the stages of batches; each pack is read once."""

    def __init__(self) -> None:
        self._packs: dict[tuple[str, str], Pack | None] = {}

    def of(self, campaign: Any, step: int, pack_hash: str) -> Mapping[str, str]:
        """Return the name of a campaign's stage in this version of the law; empty if the pack at that place is now another version.

        `campaign`: an object with the attributes `pack_id` and `campaign_name`.
        """
        if campaign is None or not campaign.pack_id:
            return {}
        key = (campaign.pack_id, campaign.campaign_name)
        if key not in self._packs:
            self._packs[key] = None
            with suppress(RollkeeperError):  # If the pack cannot be read, its stages have no names.
                self._packs[key] = pack_as_it_lies(*key)
        pack = self._packs[key]
        return title_of_stage(pack, step) if pack and pack.hash == pack_hash else {}


def summed[Key](pairs: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """Add up the counts of each key."""
    counts: dict[Key, int] = {}
    for key, count in pairs:
        counts[key] = counts.get(key, 0) + count
    return counts


def _stages(pack: Pack) -> tuple[StageRule, ...]:
    """Return the stages of a pack narrowed to one campaign; none if it has several, since it is unknown which is meant."""
    return pack.campaign.stages if len(pack.stated_campaigns) == 1 else ()
