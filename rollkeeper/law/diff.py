# SPDX-License-Identifier: EUPL-1.2
"""Compares two packs: which values differ, and what that does to people."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from rollkeeper.kernel.choices import Bars
from rollkeeper.law.choices import Engine
from rollkeeper.law.engine_rules import further_columns
from rollkeeper.law.pack import Pack
from rollkeeper.law.schema import PackFile
from rollkeeper.law.simulation import Progress, simulate
from rollkeeper.law.strict_yaml import written_value
from rollkeeper.law.supported_fields import leaves

_NO_VALUES = ("articles", "confirmations", "tests", "open_questions", "sources", "recorded_at", "declined")


@dataclass(frozen=True, slots=True)
class ChangedLeaf:
    """One value that differs; empty where a pack does not say it."""

    leaf: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ChangedOutcomes:
    """What a change of the law does to lines with these histories."""

    lines: int
    gain: int
    lose: int
    alike: int


def changed_leaves(before: PackFile, after: PackFile) -> list[ChangedLeaf]:
    """Return every value on which the two packs differ, in the order of the pack."""
    was, now = _values(before), _values(after)
    return [
        ChangedLeaf(leaf, written_value(was.get(leaf)), written_value(now.get(leaf)))
        for leaf in dict.fromkeys([*was, *now])
        if was.get(leaf) != now.get(leaf)
    ]


def changed_outcomes(
    before: Pack,
    after: Pack,
    events: Path,
    *,
    first: dt.date,
    last: dt.date,
    engine: Engine,
    progress: Progress,
) -> ChangedOutcomes:
    """Count the lines that lose a service or the contract earlier or later. A loss that never comes counts as on the latest day there is.

    Refuses: EVENT_FAULT, UNSUPPORTED_PACK_FIELD, ENGINES_DISAGREE.
    """
    was, now = (
        _losses(
            pack, simulate(pack, events, first=first, last=last, engine=engine, progress=progress).outcomes
        )
        for pack in (before, after)
    )
    loses = gains = pl.repeat(value=False, n=was.height, eager=True)
    for name in was.columns:
        old, new = was[name], now[name]
        loses, gains = loses | (new < old), gains | (new > old)
    lose, gain = int(loses.sum()), int((gains & ~loses).sum())
    return ChangedOutcomes(was.height, gain, lose, was.height - gain - lose)


def _losses(pack: Pack, outcomes: pl.DataFrame) -> pl.DataFrame:
    """Return the day on which each line loses calls from it, calls to it, data and the contract; the latest day for what it never loses."""
    if len(pack.stated_campaigns) > 1:
        taken = outcomes["campaign"].fill_null(pack.campaigns[-1].campaign.campaign_id)
        parts = [(taken == one.campaign.campaign_id, _losses(one, outcomes)) for one in pack.campaigns]
        found = parts[0][1]
        for mine, losses in parts[1:]:
            found = found.select(
                losses[name].zip_with(mine, found[name]).alias(name) for name in found.columns
            )
        return found
    columns = (
        dict(zip(pack.campaign.bars, ("suspended_on", *further_columns(pack)), strict=True))
        if pack.has_campaign
        else {}
    )
    never = pl.lit(dt.date.max)
    lost = {
        bar.name or "": [column for stage, column in columns.items() if stage.bars and bar in stage.bars]
        for bar in (Bars.OUTGOING, Bars.INCOMING, Bars.DATA)
    } | {"ended": ["ended_on"]}
    return outcomes.select(pl.min_horizontal(never, *names).alias(name) for name, names in lost.items())


def _values(file: PackFile) -> dict[str, Any]:
    return {
        path: value
        for path, value in leaves(file)
        if path.split(".")[0].split("[")[0] not in _NO_VALUES and ".because." not in path
    }
