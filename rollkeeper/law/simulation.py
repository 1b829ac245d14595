# SPDX-License-Identifier: EUPL-1.2
"""Runs a law on a file of line histories before it acts on anyone, with both engines, and compares their results.

So an operator tests a law before its nightly run acts on real people. Nothing is written if a row is faulty or the engines differ.
"""

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from rollkeeper.kernel.console import Bar
from rollkeeper.kernel.table_files import inert_cell
from rollkeeper.law.choices import Engine
from rollkeeper.law.engine_rules import run_rules, span_of
from rollkeeper.law.errors import ENGINES_DISAGREE, INVALID_SPAN, RESULT_NOT_WRITTEN
from rollkeeper.law.events import LINES, PARTY_KINDS, PAYMENTS, REGION, STAY_OF, Events, read_events
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import Span
from rollkeeper.law.stages import stage_counts

type Progress = Callable[[str], AbstractContextManager[Bar]]


@dataclass(frozen=True, slots=True)
class SimulationResult:
    """The result: one row for each line, sorted, and the lines in each stage on each day."""

    outcomes: pl.DataFrame
    counts: pl.DataFrame
    unsaid: tuple[tuple[str, int], ...] = ()
    """Facts that the campaigns ask of a line, each with the number of lines that lack it in the file: those lines are not concerned."""
    idle_stays: int = 0
    """Rows with a stay of a campaign that the law does not have: they stop nothing."""


def simulate(
    pack: Pack, file: Path, *, first: dt.date, last: dt.date, engine: Engine, progress: Progress
) -> SimulationResult:
    """Say what becomes of each line. Refuses: INVALID_SPAN, EVENT_FAULT, UNSUPPORTED_PACK_FIELD, ENGINES_DISAGREE."""
    if first > last:
        raise INVALID_SPAN(first=first, last=last)
    pack.refuse_unsupported()
    with progress("Reading the histories"):
        events = read_events(file)
    span = span_of(events, first, last)
    outcomes = _run(pack, events, span, engine, progress)
    with progress("Counting the stages"):
        counts = stage_counts(pack, events, outcomes, first=first, last=last)
    return SimulationResult(
        pl.concat([events.names.alias("line").to_frame(), outcomes], how="horizontal"),
        counts,
        tuple(_unsaid(pack, events)),
        _idle_stays(pack, events),
    )


def _idle_stays(pack: Pack, events: Events) -> int:
    known, event = [STAY_OF + one.campaign.campaign_id for one in pack.campaigns], pl.col("event")
    return events.rows.filter(event.str.starts_with(STAY_OF) & ~event.is_in(known)).height


def _unsaid(pack: Pack, events: Events) -> Iterator[tuple[str, int]]:
    rules, event = [one.campaign for one in pack.campaigns], pl.col("event")
    asked = (
        (any(one.asks_payment for one in rules), event.is_in(PAYMENTS), "prepaid or postpaid"),
        (any(one.regions for one in rules), event.str.starts_with(REGION), "region:NAME"),
        (any(one.party_kinds for one in rules), event.is_in(PARTY_KINDS), "individual, minor or company"),
        (any(one.lines_over for one in rules), event.str.starts_with(LINES), "lines:NUMBER"),
    )
    for is_asked, is_said, rows in asked:
        lines = events.rows.filter(is_said)["line"]
        unsaid = 0 if lines.null_count() else events.names.len() - lines.n_unique()
        if is_asked and unsaid:
            yield rows, unsaid


def _run(pack: Pack, events: Events, span: Span, engine: Engine, progress: Progress) -> pl.DataFrame:
    results = []
    if engine is not Engine.SQL:
        with progress("Line by line, by the rules") as bar:
            results.append(run_rules(pack, events, span, bar))
    if engine is not Engine.RULES:
        from rollkeeper.kernel.instance import open_instance
        from rollkeeper.law.engine_sql import run_sql

        open_instance()
        with progress("All at once, in the database") as bar:
            results.append(run_sql(pack, events, span, bar))
    if engine is Engine.BOTH:
        refuse_difference(events.names, *results)
    return results[0]


def refuse_difference(names: pl.Series, one: pl.DataFrame, other: pl.DataFrame) -> None:
    """Refuse two results that differ in any field. Refuses: ENGINES_DISAGREE, naming the lines."""
    if one.equals(other):
        return
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_other")) for name in one.columns)
    both = pl.concat(
        [names.alias("line").to_frame(), one, other.rename(lambda n: f"{n}_other")], how="horizontal"
    )
    lines = both.filter(differs)["line"].to_list()
    raise ENGINES_DISAGREE(count=len(lines), lines=", ".join(lines))


def csv_of(outcomes: pl.DataFrame) -> str:
    """Return the result as CSV, with the names of lines written so that no spreadsheet takes one for a formula."""
    named = pl.col("line").map_elements(inert_cell, return_dtype=pl.String)
    return outcomes.with_columns(named).write_csv()


def refuse_output_path(out: Path, *, events: Path) -> None:
    """Refuse a place for the result that cannot be written or that would overwrite the histories. Refuses: RESULT_NOT_WRITTEN."""
    if not out.parent.is_dir():
        raise RESULT_NOT_WRITTEN(file=out, why="there is no such folder to write it to")
    if out.is_dir():
        raise RESULT_NOT_WRITTEN(file=out, why="it is a folder")
    if out.exists() and events.exists() and out.samefile(events):
        raise RESULT_NOT_WRITTEN(file=out, why="the result would overwrite the histories")
