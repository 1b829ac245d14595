# SPDX-License-Identifier: EUPL-1.2
"""How many lines are in which stage, day by day: the data of a simulation's chart.

Separate because it only reads the outcome and decides nothing. Cost: one sort of each column, for any span.
"""

import datetime as dt
from typing import Final

import polars as pl

from rollkeeper.law.engine_rules import further_columns, is_concerned, moments
from rollkeeper.law.events import Events
from rollkeeper.law.pack import Pack

_BEFORE: Final = ("out_of_scope", "not_notified", "running")
_AFTER: Final = ("registered", "terminated", "erased")


def stage_names(pack: Pack) -> tuple[str, ...]:
    """Return the stages in which a line can be, in order; bars have the names that the law gives them."""
    bars = [stage.id for one in pack.campaigns for stage in one.campaign.bars] or ["suspended"]
    return (*_BEFORE, *dict.fromkeys(bars), *_AFTER)


def stage_counts(
    pack: Pack, events: Events, outcomes: pl.DataFrame, *, first: dt.date, last: dt.date
) -> pl.DataFrame:
    """Return how many lines are in each stage (a column, Int64) at the end of each day (a row); each row sums up to all lines."""
    if len(pack.stated_campaigns) < 2:
        return _counts(pack, moments(events, pack=pack, through=last), outcomes, first=first, last=last)
    days = pl.DataFrame({"day": pl.date_range(first, last, eager=True)})
    totals = {name: pl.zeros(days.height, pl.Int64, eager=True) for name in stage_names(pack)}
    # A line that no campaign concerns is counted in the last campaign, as one that this campaign does not concern.
    taken = outcomes["campaign"].fill_null(pack.campaigns[-1].campaign.campaign_id)
    for one in pack.campaigns:
        mine = taken == one.campaign.campaign_id
        seen = moments(events, pack=one, through=last).filter(mine)
        counts = _counts(one, seen, outcomes.filter(mine), first=first, last=last)
        totals |= {name: totals[name] + counts[name] for name in stage_names(one)}
    return days.with_columns(**totals)


def _counts(
    pack: Pack, seen: pl.DataFrame, outcomes: pl.DataFrame, *, first: dt.date, last: dt.date
) -> pl.DataFrame:
    lines = pl.concat([seen, outcomes.rename({"ended_on": "over_on"})], how="horizontal")
    concerned = pl.repeat(value=False, n=seen.height, eager=True)
    if pack.has_campaign:
        concerned = is_concerned(pack, seen)
    by_stage = lines.select(
        concerned.alias("concerned"),
        pl.when(concerned).then(pl.col("notified_on")).alias("notified_on"),
        "suspended_on",
        *further_columns(pack),
        # A registration after the end of the contract belongs to a new contract.
        pl.when(pl.col("over_on").is_null() | (pl.col("registered_on") <= pl.col("over_on")))
        .then(pl.col("registered_on"))
        .alias("registered_on"),
        pl.col("over_on").alias("ended_on"),
        "erased_on",
    )
    days = pl.DataFrame({"day": pl.date_range(first, last, eager=True)})
    ranked = ("notified_on", "suspended_on", *further_columns(pack), "registered_on", "ended_on", "erased_on")
    return _differences(by_stage, days, ranked, stage_names(pack))


def _differences(
    by_stage: pl.DataFrame, days: pl.DataFrame, ranked: tuple[str, ...], names: tuple[str, ...]
) -> pl.DataFrame:
    """Return the lines in each stage: those that entered it or a higher stage, less those that entered a higher one. A line is in the
    highest stage that it has entered.
    """
    outside = by_stage.filter(~pl.col("concerned"))
    inside = by_stage.filter(pl.col("concerned"))
    reached = {
        (name, part): _entered(lines, ranked[rank:], days)
        for part, lines in (("out_of_scope", outside), ("inside", inside))
        for rank, name in enumerate(ranked)
    }
    both = [reached[name, "out_of_scope"] + reached[name, "inside"] for name in ranked]
    columns = {
        "day": days["day"],
        "out_of_scope": outside.height - reached["notified_on", "out_of_scope"],
        "not_notified": inside.height - reached["notified_on", "inside"],
    }
    for place, stage in enumerate(names[2:]):
        columns[stage] = both[place] - both[place + 1] if place + 1 < len(both) else both[place]
    return pl.DataFrame(columns)


def _entered(lines: pl.DataFrame, names: tuple[str, ...], days: pl.DataFrame) -> pl.Series:
    """Return for each day how many lines had entered one of these stages by then."""
    firsts = lines.select(pl.min_horizontal(names).alias("day")).drop_nulls()
    counted = firsts.group_by("day").len().sort("day").with_columns(pl.col("len").cum_sum().cast(pl.Int64))
    return days.join_asof(counted, on="day")["len"].fill_null(0)
