# SPDX-License-Identifier: EUPL-1.2
"""The first engine: the pure rules, line by line, on every processor there is.

Separate from the rules because it is about many lines, not about law. It needs no database and no instance. Days are indices from
the first day of the run; NEVER means that it does not happen.
"""

import datetime as dt
import os
from collections.abc import Collection, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from multiprocessing import get_context

import numpy as np
import polars as pl

from rollkeeper.kernel.console import Bar
from rollkeeper.law.calendar_cache import NEVER, Stretch, merge
from rollkeeper.law.campaign_rules import CampaignRules
from rollkeeper.law.events import (
    LAST_DAY,
    LINES,
    PARTY_KINDS,
    PAYMENTS,
    REGION,
    REGISTERING,
    SERVICES,
    STAY_OF,
    VERIFYING,
    Events,
)
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import Days, Run, Span, make_run
from rollkeeper.law.service_rules import differs_by_service

_EPOCH = dt.date(1970, 1, 1).toordinal()
_LINES_AT_ONCE = 20_000
_FEW_LINES = 60_000
"""Below this many lines, starting processes costs more than it saves."""

OUTCOMES = {
    "suspended_on": pl.Date,
    "restored_on": pl.Date,
    "ended_on": pl.Date,
    "ended_by": pl.String,
    "erased_on": pl.Date,
}
MOMENTS_OF_A_LINE = ("activated_on", "notified_on", "registered_on", "ended_on")

type Stretches = dict[int, tuple[Stretch, ...]]
"""By line, as indices, merged."""


@dataclass(slots=True)
class _Piece:
    """Some lines: four columns of indices (int64), and the stretches of the few lines that have any."""

    moments: np.ndarray
    pauses: Stretches
    holds: Stretches
    services: pl.Series | None
    """The service of each line; None if the law keeps the records of all services equally long."""


def span_of(events: Events, first: dt.date, last: dt.date) -> Span:
    """Return the days of a simulation with what the file says about every line."""

    def stretches(*kinds: str) -> tuple[Days, ...]:
        rows = events.rows.filter(
            pl.col("line").is_null(), pl.col("event").is_in(kinds), pl.col("day") <= last
        )
        return tuple(rows.select("day", "until").sort("day", "until").iter_rows())

    named = events.rows.filter(
        pl.col("line").is_null(), pl.col("event").str.starts_with(STAY_OF), pl.col("day") <= last
    ).select("event", "day", "until")
    return Span(
        first, last, stretches("stay", "pause"), stretches("outage"), stretches("hold"),
        tuple((event.removeprefix(STAY_OF), (day, until)) for event, day, until in named.sort("event", "day", "until").iter_rows()),
    )  # fmt: skip


def moments(events: Events, *, pack: Pack, through: dt.date) -> pl.DataFrame:
    """Return one row for each line, in the order of the names: the first day of each sort of event, NULL if there is none.

    In a campaign that asks again, `registered_on` of an asked line is the day of its verification. A line that is not asked, or is of
    another service, region or way of paying, has no `activated_on`.
    """
    rules = pack.campaign if pack.has_campaign else None
    meant: dict[str, Collection[str]] = {
        "activated_on": ["activated"],
        "notified_on": ["notice_delivered"],
        "registered_on": [*REGISTERING, *VERIFYING],
        "ended_on": ["ended"],
    }
    if rules and rules.asks_again:
        kinds = rules.assurance or REGISTERING
        meant |= {
            "recorded_on": REGISTERING,
            "asked_on": kinds,
            "verified_on": VERIFYING,
            "last_day_on": [LAST_DAY],
        }
    known = events.rows.filter(pl.col("day") <= through)
    first = [pl.col("day").filter(pl.col("event").is_in(kinds)).min().alias(n) for n, kinds in meant.items()]
    own = known.filter(pl.col("line").is_not_null()).group_by("line").agg(first)
    lines = pl.DataFrame({"line": pl.arange(0, len(events.names), dtype=pl.UInt32, eager=True)})
    all_lines = lines.join(own, on="line", how="left", maintain_order="left")
    for_all = known.filter(pl.col("line").is_null()).select(first)
    found = all_lines.select(
        "line", *(pl.min_horizontal(pl.col(n), pl.lit(for_all[n].item(), pl.Date)) for n in meant)
    )
    if rules is None:
        return found
    found = _of_payments(_of_regions(_of_services(found, known, rules), known, rules), known, rules)
    return _as_asked(found, known, rules) if rules.asks_again else found


def _of_services(found: pl.DataFrame, known: pl.DataFrame, rules: CampaignRules) -> pl.DataFrame:
    """Remove the activation of each line for which the file names a service that is not the campaign's."""
    said = known.filter(pl.col("event").is_in(SERVICES))
    if said.is_empty():
        return found
    own = said.filter(pl.col("line").is_not_null()).group_by("line").agg(pl.col("event").min())
    for_all = said.filter(pl.col("line").is_null())["event"].min()
    service = found.join(own, on="line", how="left", maintain_order="left")["event"].fill_null(
        pl.lit(for_all)
    )
    is_other = (service.is_not_null() & ~service.is_in(sorted(rules.services))).fill_null(value=False)
    return found.with_columns(pl.when(~is_other).then(pl.col("activated_on")).alias("activated_on"))


def _of_regions(found: pl.DataFrame, known: pl.DataFrame, rules: CampaignRules) -> pl.DataFrame:
    """Remove the activation of each line for which the file names no region of the campaign."""
    if not rules.regions:
        return found
    region = _said(found, known, pl.col("event").str.starts_with(REGION))
    fits = region.is_in([f"{REGION}{one}" for one in sorted(rules.regions)]).fill_null(value=False)
    return found.with_columns(pl.when(fits).then(pl.col("activated_on")).alias("activated_on"))


def _of_payments(found: pl.DataFrame, known: pl.DataFrame, rules: CampaignRules) -> pl.DataFrame:
    """Remove the activation of each line for which the file names no way of paying of the campaign."""
    if not rules.asks_payment:
        return found
    fits = (
        _said(found, known, pl.col("event").is_in(PAYMENTS))
        .is_in(sorted(rules.payments))
        .fill_null(value=False)
    )
    return found.with_columns(pl.when(fits).then(pl.col("activated_on")).alias("activated_on"))


def _said(found: pl.DataFrame, known: pl.DataFrame, is_meant: pl.Expr) -> pl.Series:
    """Return each line's event of one sort in the file: the first of them by name; NULL if there is none."""
    said = known.filter(is_meant)
    own = said.filter(pl.col("line").is_not_null()).group_by("line").agg(pl.col("event").min())
    for_all = said.filter(pl.col("line").is_null())["event"].min()
    joined = found.join(own, on="line", how="left", maintain_order="left")
    return joined["event"].fill_null(pl.lit(for_all, pl.String))


def _as_asked(found: pl.DataFrame, known: pl.DataFrame, rules: CampaignRules) -> pl.DataFrame:
    recorded = pl.col("recorded_on")
    is_asked = (
        (recorded == pl.col("asked_on"))
        & (recorded < rules.registered_before)
        & (pl.col("notified_on").is_null() | (recorded <= pl.col("notified_on")))
    ).fill_null(value=False)
    if rules.party_kinds:
        kinds = _said(found, known, pl.col("event").is_in(PARTY_KINDS))
        found = found.with_columns(
            kinds.is_in(sorted(rules.party_kinds)).fill_null(value=False).alias("of_kind")
        )
        is_asked &= pl.col("of_kind")
    if rules.last_day_over:
        last_day, notified = pl.col("last_day_on"), pl.col("notified_on")
        is_asked &= (last_day.is_not_null() & (notified.is_null() | (last_day < notified))).fill_null(
            value=False
        )
    verified = pl.col("verified_on")
    if rules.lines_over is not None:
        found = _with_lines(found, known, rules.lines_over)
        over, within, notified = pl.col("over_on"), pl.col("within_on"), pl.col("notified_on")
        is_asked &= (
            pl.when(notified.is_null())
            .then(over.is_not_null() & within.is_null())
            .otherwise((over <= notified) & (within.is_null() | (within > notified)))
            .fill_null(value=False)
        )
        verified = pl.min_horizontal(verified, within)
    return found.select(
        "line",
        pl.when(is_asked).then(pl.col("activated_on")).alias("activated_on"),
        "notified_on",
        pl.when(is_asked).then(verified).otherwise(pl.col("registered_on")).alias("registered_on"),
        "ended_on",
    )


def _with_lines(found: pl.DataFrame, known: pl.DataFrame, allowed: int) -> pl.DataFrame:
    """Add from when a line's subscriber had more lines than allowed, and from when no longer; a line's own rows replace those for all lines."""
    said = known.filter(pl.col("event").str.starts_with(LINES)).select(
        "line", "day", pl.col("event").str.strip_prefix(LINES).cast(pl.Int64).alias("n")
    )
    own = said.filter(pl.col("line").is_not_null())
    others = found.select("line").join(own, on="line", how="anti")
    counted = pl.concat([own, others.join(said.filter(pl.col("line").is_null()).drop("line"), how="cross")])
    over = counted.filter(pl.col("n") > allowed).group_by("line").agg(pl.col("day").min().alias("over_on"))
    within = (
        counted.filter(pl.col("n") <= allowed)
        .join(over, on="line")
        .filter(pl.col("day") >= pl.col("over_on"))
        .group_by("line")
        .agg(pl.col("day").min().alias("within_on"))
    )
    for one in (over, within):
        found = found.join(one, on="line", how="left", maintain_order="left")
    return found


def is_concerned(pack: Pack, found: pl.DataFrame) -> pl.Series:
    """Tell of each line of `moments` whether the campaign concerns it: true or false, never unknown."""
    rules, activated = pack.campaign, pl.col("activated_on")
    fits_age = (activated >= rules.activated_from) & (activated < rules.activated_before)
    return found.select(fits_age.fill_null(value=False).alias("concerned"))["concerned"]


def run_rules(pack: Pack, events: Events, span: Span, bar: Bar) -> pl.DataFrame:
    """Return the outcome of each line, in the order of the names; if the law has several campaigns, in the one that takes the line."""
    if len(pack.stated_campaigns) > 1:
        return by_campaign(
            (
                one.campaign.campaign_id,
                run_rules(one, events, span, bar),
                is_concerned(one, moments(events, pack=one, through=span.last)),
            )
            for one in pack.campaigns
        )
    run = make_run(pack, span)
    pieces = list(_pieces(pack, events, span, run.cache.first))
    bar.set_total(len(events.names))
    results: list[np.ndarray] = []
    for result in _run_all(pack, span, pieces, len(events.names)):
        results.append(result)
        bar.advance(result.shape[1])
    names = further_columns(pack)
    found = np.concatenate(results, axis=1) if results else np.empty((5 + len(names), 0), np.int64)
    return _outcomes(found, run.cache.first, names)


def by_campaign(found: Iterable[tuple[str, pl.DataFrame, pl.Series]]) -> pl.DataFrame:
    """Return each line's outcome in the first campaign that concerns it, with its name; if none does, in the last campaign, without a name.

    `found`: for each campaign, in the order in which they take lines, its name, the outcome of every line in it, and which lines it
    concerns.
    """
    parts, free, last = [], None, None
    for name, outcomes, concerned in found:
        row = pl.int_range(outcomes.height, eager=True).alias("row")
        last = outcomes.with_columns(row, pl.lit(name).alias("campaign"))
        free = pl.repeat(value=True, n=outcomes.height, eager=True) if free is None else free
        parts.append(last.filter(free & concerned))
        free = free & ~concerned
    assert last is not None  # noqa: S101 - a law with several campaigns
    assert free is not None  # noqa: S101
    of_none = last.filter(free).with_columns(pl.lit(None, pl.String).alias("campaign"))
    together = pl.concat([*parts, of_none], how="diagonal").sort("row").drop("row")
    return together.select(*(name for name in together.columns if name != "campaign"), "campaign")


def further_columns(pack: Pack) -> tuple[str, ...]:
    """Return the names of the columns that say when each bar after the first followed."""
    if not pack.has_campaign:
        return ()
    return tuple(dict.fromkeys(f"{stage.id}_on" for one in pack.campaigns for stage in one.campaign.bars[1:]))


def _run_all(pack: Pack, span: Span, pieces: list[_Piece], lines: int) -> Iterator[np.ndarray]:
    if lines < _FEW_LINES:
        run = make_run(pack, span)
        yield from (_outcomes_of(run, piece) for piece in pieces)
        return
    processes = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    # Spawned, not forked: polars and the database driver keep threads that a fork would leave broken.
    with ProcessPoolExecutor(processes, get_context("spawn"), _begin, (pack, span)) as pool:
        yield from pool.map(_run_piece, pieces)


_present: list[Run] = []
"""The run of a separate process, which only handles pieces of one span."""


def _begin(pack: Pack, span: Span) -> None:
    _present[:] = [make_run(pack, span)]


def _run_piece(piece: _Piece) -> np.ndarray:
    return _outcomes_of(_present[0], piece)


def _outcomes_of(run: Run, piece: _Piece) -> np.ndarray:
    line, none = run.line, ()
    pauses, holds = piece.pauses.get, piece.holds.get
    services = repeat(None) if piece.services is None else piece.services.to_list()
    found = [
        line(activated, notified, registered, ended, pauses(number, none), holds(number, none), service)
        for number, ((activated, notified, registered, ended), service) in enumerate(
            zip(piece.moments.T.tolist(), services, strict=False)
        )
    ]
    return np.array(found, dtype=np.int64).reshape(-1, 5 + len(run.further)).T


def _pieces(pack: Pack, events: Events, span: Span, first: int) -> Iterator[_Piece]:
    days = moments(events, pack=pack, through=span.last)
    indices = days.select(
        (pl.col(n).cast(pl.Int64) + (_EPOCH - first)).fill_null(NEVER) for n in MOMENTS_OF_A_LINE
    )
    table = indices.to_numpy().T
    known = events.rows.filter(pl.col("day") <= span.last)
    services = _said(days, known, pl.col("event").is_in(SERVICES)) if differs_by_service(pack.file) else None
    pauses, holds = (_stretches(events, kind, span.last, first) for kind in ("pause", "hold"))
    for start in range(0, len(events.names), _LINES_AT_ONCE):
        end = start + _LINES_AT_ONCE
        yield _Piece(
            np.ascontiguousarray(table[:, start:end]),
            dict(_within(pauses, start, end)),
            dict(_within(holds, start, end)),
            None if services is None else services[start:end],
        )


def _stretches(events: Events, kind: str, through: dt.date, first: int) -> Stretches:
    rows = events.rows.filter(
        pl.col("event") == kind, pl.col("line").is_not_null(), pl.col("day") <= through
    ).select("line", *(pl.col(c).cast(pl.Int64) + (_EPOCH - first) for c in ("day", "until")))
    found: dict[int, list[Stretch]] = {}
    for line, begin, end in rows.iter_rows():
        found.setdefault(line, []).append((begin, end))
    return {line: merge(stretches) for line, stretches in found.items()}


def _within(stretches: Stretches, start: int, end: int) -> Iterable[tuple[int, tuple[Stretch, ...]]]:
    if not stretches:
        return ()
    return ((n - start, stretches[n]) for n in range(start, end) if n in stretches)


def _outcomes(found: np.ndarray, first: int, further: tuple[str, ...]) -> pl.DataFrame:
    """Turn indices into dates. `found`: rows (suspended, restored, ended, by campaign, erased, each further bar), a column a line."""
    names = ("suspended_on", "restored_on", "ended_on", "by_campaign", "erased_on", *further)
    raw = pl.DataFrame({name: found[place] for place, name in enumerate(names)})

    def day(name: str) -> pl.Expr:
        index = pl.when(pl.col(name) < NEVER).then(pl.col(name))
        return (index + (first - _EPOCH)).cast(pl.Int32).cast(pl.Date).alias(name)

    by = pl.when(pl.col("by_campaign") == 1).then(pl.lit("campaign")).otherwise(pl.lit("subscriber"))
    return raw.select(
        day("suspended_on"),
        day("restored_on"),
        day("ended_on"),
        pl.when(pl.col("ended_on") < NEVER).then(by).alias("ended_by"),
        day("erased_on"),
        *map(day, further),
    )
