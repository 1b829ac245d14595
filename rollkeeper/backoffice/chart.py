# SPDX-License-Identifier: EUPL-1.2
"""Computes a campaign's chart: bands of lines for each stage over time, as coordinates that a template draws.

Pure, so that the picture can be tested as numbers. Drawn on the server: the page needs no script.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

STACK = ("out_of_scope", "terminated", "suspended", "running", "not_notified")
"""Stages from the bottom up: finished lines at the bottom, open ones on top."""

Day = tuple[dt.date, Mapping[str, int]]
_TOPS = (10, 12, 16, 20, 24, 28, 32, 40, 48, 60, 72, 80, 88, 100)
_WAVE = 0.1
"""If proofs of notice arrive on one day for at least this share of all lines, the day is a wave of notices."""


@dataclass(frozen=True, slots=True)
class Band:
    """One stage: the corners of its area, as SVG writes them."""

    stage: str
    points: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, in picture units."""

    at: float
    label: str | int | dt.date


@dataclass(frozen=True, slots=True)
class Label:
    """The name of a stage inside its band, if the band is high enough."""

    stage: str
    x: float
    y: float
    is_end: bool = False
    """The text ends at the picture's right edge."""


@dataclass(frozen=True, slots=True)
class Column:
    """One day of the chart: the area where a pointer selects it, and its counts."""

    day: dt.date
    at: float
    left: float
    width: float
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A day that explains a change: the law's start, or a wave of notices."""

    kind: str
    at: float
    day: dt.date


@dataclass(frozen=True, slots=True)
class StageChart:
    """Everything that the drawing needs, in picture units."""

    width: int
    height: int
    left: int
    right: float
    top: int
    bottom: int
    bands: tuple[Band, ...]
    days: tuple[Tick, ...]
    counts: tuple[Tick, ...]
    labels: tuple[Label, ...] = ()
    columns: tuple[Column, ...] = ()
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True)
class Frame:
    """The place of the picture on the sheet."""

    width: int
    height: int
    left: int = 56
    top: int = 8
    below: int = 26
    margin_right: int = 12
    most_days: int = 6
    most_columns: int = 60


WIDE = Frame(960, 300)
NARROW = Frame(320, 240, left=44, most_days=2, most_columns=0)
MOST_COLUMNS = 120
_LABEL_HEIGHT = 22


def chart(
    series: Sequence[Day], frame: Frame = WIDE, *, begins_on: dt.date | None = None
) -> StageChart | None:
    """Return the drawing of a campaign, None if there is nothing to draw yet."""
    days = thinned(series, MOST_COLUMNS)
    if not days:
        return None
    if len(days) == 1:
        days = [(days[0][0] - dt.timedelta(days=1), days[0][1]), days[0]]
    top = nice_top(max(sum(counts.values()) for _, counts in days))
    right, bottom = frame.width - frame.margin_right, frame.height - frame.below
    first, last = days[0][0], days[-1][0]

    def x(day: dt.date) -> float:
        return round(frame.left + (right - frame.left) * (day - first).days / (last - first).days, 1)

    def y(count: float) -> float:
        return round(bottom - (bottom - frame.top) * count / top, 1)

    return StageChart(
        frame.width,
        frame.height,
        frame.left,
        right,
        frame.top,
        bottom,
        bands=tuple(_bands(days, x, y)),
        days=tuple(Tick(x(day), day) for day in day_ticks(first, last, frame.most_days)),
        counts=tuple(Tick(y(count), count) for count in count_ticks(top)),
        labels=tuple(_labels(days, x, y, is_narrow=not frame.most_columns)),
        columns=tuple(
            one for one in _columns(thinned(days, frame.most_columns), x, right) if one.day in dict(series)
        ),
        marks=tuple(_marks(series, begins_on, first, last, x)),
    )


def thinned(series: Sequence[Day], most: int) -> list[Day]:
    """Return at most about `most` days, evenly chosen, the first and the last always among them."""
    if not most:
        return []
    step = math.ceil(len(series) / most)
    chosen = list(series[:: max(1, step)])
    if series and chosen[-1] != series[-1]:
        chosen.append(series[-1])
    return chosen


def nice_top(most: int) -> int:
    """Return a round number at or above `most`, so that little of the picture is empty; at least 4."""
    if most <= 4:
        return 4
    unit = int(10 ** (len(str(most)) - 1))
    return next(top for tenths in _TOPS if (top := -(-unit * tenths // 10)) >= most)


def count_ticks(top: int) -> list[int]:
    """Return the counts written next to the chart: quarters, or halves if quarters are not whole."""
    parts = 4 if top % 4 == 0 else 2 if top % 2 == 0 else 1
    return [top * part // parts for part in range(parts + 1)]


def day_ticks(first: dt.date, last: dt.date, most: int) -> list[dt.date]:
    """Return at most `most` + 1 days, evenly spread from the first to the last."""
    span = (last - first).days
    parts = max(1, min(most, span))
    return [first + dt.timedelta(days=round(span * part / parts)) for part in range(parts + 1)]


@dataclass(frozen=True, slots=True)
class Part:
    """One stage of a region's bar, out of 1000."""

    stage: str
    lines: int
    at: int
    width: int


def stacked(counts: Sequence[tuple[str, int]], most: int) -> list[Part]:
    """Return the parts of a bar, one after the other; the longest bar is 1000 long."""
    parts, at = [], 0
    for stage, lines in counts:
        if lines:
            width = max(2, round(1000 * lines / most))
            parts.append(Part(stage, lines, at, width))
            at += width
    return parts


def share(count: int, most: int) -> float:
    """Return the length of a bar of 100 units; every number above zero is visible."""
    return 0.0 if count <= 0 or most <= 0 else max(1.0, round(100 * count / most, 1))


def _labels(
    days: Sequence[Day], x: Callable[[dt.date], float], y: Callable[[float], float], *, is_narrow: bool
) -> Iterator[Label]:
    """Put each stage's name where its band is highest, away from the edges; leave out a name that does not fit.

    In a narrow picture a name in the right half ends at the edge, which would cut it.
    """
    first, last = days[0][0], days[-1][0]
    tops = {day: list(accumulate(counts.get(stage, 0) for stage in STACK)) for day, counts in days}
    inner = [day for day, _ in days[len(days) // 6 : len(days) - len(days) // 6] or days]
    for i, stage in enumerate(STACK):

        def height(day: dt.date, i: int = i) -> int:
            return tops[day][i] - (tops[day][i - 1] if i else 0)

        best = max(inner, key=height)
        is_end = y(0) - y(height(best)) < _LABEL_HEIGHT
        best = days[-1][0] if is_end else best
        if y(0) - y(height(best)) >= _LABEL_HEIGHT:
            middle = tops[best][i] - height(best) / 2
            if is_narrow and best > first + (last - first) / 2:
                is_end, best = True, last
            yield Label(stage, x(best), round(y(middle), 1), is_end)


def _columns(days: Sequence[Day], x: Callable[[dt.date], float], right: float) -> Iterator[Column]:
    for i, (day, counts) in enumerate(days):
        left = x(day) if i == 0 else (x(days[i - 1][0]) + x(day)) / 2
        end = right if i == len(days) - 1 else (x(day) + x(days[i + 1][0])) / 2
        shown = tuple((stage, counts.get(stage, 0)) for stage in reversed(STACK))
        yield Column(day, x(day), round(left, 1), round(end - left, 1), shown)


def _marks(
    series: Sequence[Day],
    begins_on: dt.date | None,
    first: dt.date,
    last: dt.date,
    x: Callable[[dt.date], float],
) -> Iterator[Mark]:
    if begins_on and first <= begins_on <= last:
        yield Mark("law", x(begins_on), begins_on)
    for (_, before), (day, counts) in pairwise(series):
        proved = before.get("not_notified", 0) - counts.get("not_notified", 0)
        if proved >= _WAVE * max(1, sum(counts.values())):
            yield Mark("wave", x(day), day)


def _bands(days: Sequence[Day], x: Callable[[dt.date], float], y: Callable[[float], float]) -> Iterator[Band]:
    floor = [0] * len(days)
    for stage in STACK:
        roof = [low + counts.get(stage, 0) for low, (_, counts) in zip(floor, days, strict=True)]
        if roof != floor:
            there = [f"{x(day)},{y(high)}" for (day, _), high in zip(days, roof, strict=True)]
            back = [
                f"{x(day)},{y(low)}" for (day, _), low in zip(reversed(days), reversed(floor), strict=True)
            ]
            yield Band(stage, " ".join(there + back))
        floor = roof
