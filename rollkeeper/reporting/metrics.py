# SPDX-License-Identifier: EUPL-1.2
"""The metrics of a report (``metrics.toml``), parsed: tables, and which entries each row counts."""

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

OTHER = "other"
_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Metric:
    """One row: how many entries of a verb fit its conditions, or the sum of one of their facts."""

    row: str
    verb: str
    sum: str | None = None
    where: Mapping[str, str | bool] | None = None
    is_not: tuple[str, tuple[str, ...]] | None = None
    day_by: str | None = None
    late: str | None = None

    def weight(self, day: str, facts: Mapping[str, Any]) -> int:
        """Return what one entry of the verb adds to the row: 0 where it does not fit."""
        if any(facts.get(key) != value for key, value in (self.where or {}).items()):
            return 0
        if self.is_not and facts.get(self.is_not[0]) in self.is_not[1]:
            return 0
        if self.day_by and _is_late(day, facts.get(self.day_by)):
            return 0
        if self.late and not _is_late(day, facts.get(self.late)):
            return 0
        return int(facts.get(self.sum, 0)) if self.sum else 1


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a report; `people` says that its rows count people or lines, so that small numbers are hidden."""

    id: str
    title: Mapping[str, str]
    people: bool
    total: bool
    rows: tuple[Metric, ...]


@dataclass(frozen=True, slots=True)
class NeededFacts:
    """The facts that the rows of a report need from the entries of one verb: at most two facts, and perhaps the day."""

    keys: tuple[str, ...]
    is_dated: bool


@cache
def needed_facts() -> Mapping[str, NeededFacts]:
    """Return, for each counted verb, the facts that reports need from its entries."""
    found: dict[str, tuple[set[str], bool]] = {}
    for one in (metric for table in tables() for metric in table.rows):
        keys, dated = found.get(one.verb, (set(), False))
        by_day = one.day_by or one.late
        named = {*(one.where or {}), one.sum, by_day, one.is_not and one.is_not[0]} - {None}
        found[one.verb] = {*keys, *map(str, named)}, dated or by_day is not None
    return {verb: NeededFacts(tuple(sorted(keys)), dated) for verb, (keys, dated) in found.items()}


@cache
def tables() -> tuple[Table, ...]:
    """Return every table, in the order of a report."""
    raw = tomllib.loads((files("rollkeeper") / "reporting" / "metrics.toml").read_text("utf-8"))
    return tuple(
        Table(
            one["id"], one["title"], one.get("people", False), one.get("total", False),
            tuple(metric for row in one["rows"] for metric in _metrics(row)),
        )
        for one in raw["table"]
    )  # fmt: skip


def _metrics(row: dict[str, Any]) -> list[Metric]:
    if "by" not in row:
        return [Metric(**row)]
    named = [Metric(value, row["verb"], where={row["by"]: value}) for value in row["values"]]
    return [*named, Metric(OTHER, row["verb"], is_not=(row["by"], tuple(row["values"])))]


def _is_late(day: str, last: Any) -> bool:
    return last is not None and dt.date.fromisoformat(day) > dt.date.fromisoformat(str(last)) + _A_DAY
