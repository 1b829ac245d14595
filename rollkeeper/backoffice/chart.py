# SPDX-License-Identifier: EUPL-1.2
"""Works out a campaign's picture: bands of lines per stage over time, as coordinates that a template draws.

Pure, so that the picture can be tested as numbers. Drawn on the server: the page needs no script.
"""

import datetime as dt
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

STACK = ("out_of_scope", "terminated", "suspended", "running", "not_notified")
"""Stages from the bottom up: what is settled lies at the ground, what is still open on top."""

Day = tuple[dt.date, Mapping[str, int]]


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
class StageChart:
    """Everything that the drawing needs; units are the picture's own."""

    width: int
    height: int
    left: int
    right: float
    top: int
    bottom: int
    bands: tuple[Band, ...]
    days: tuple[Tick, ...]
    counts: tuple[Tick, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """Where on the sheet the picture lies."""

    width: int
    height: int
    left: int = 56
    top: int = 8
    below: int = 26
    margin_right: int = 12
    most_days: int = 6


WIDE = Frame(960, 300)
NARROW = Frame(320, 240, left=44, most_days=2)
MOST_COLUMNS = 120


def chart(series: Sequence[Day], frame: Frame = WIDE) -> StageChart | None:
    """Return the drawing of a campaign, None where there is nothing to draw yet."""
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
    )


def thinned(series: Sequence[Day], most: int) -> list[Day]:
    """Return at most about `most` days, evenly chosen, the first and the last always among them."""
    step = math.ceil(len(series) / most) if most else 1
    chosen = list(series[:: max(1, step)])
    if series and chosen[-1] != series[-1]:
        chosen.append(series[-1])
    return chosen


def nice_top(most: int) -> int:
    """Return a round number at or above `most`: 1, 2, 4, 5 or 8 times a power of ten; at least 4."""
    if most <= 4:
        return 4
    permission = int(10 ** (len(str(most)) - 1))
    return min(factor * permission for factor in (1, 2, 4, 5, 8, 10) if factor * permission >= most)


def count_ticks(top: int) -> list[int]:
    """Return the counts written next to the chart: quarters, or halves if quarters are not whole."""
    parts = 4 if top % 4 == 0 else 2 if top % 2 == 0 else 1
    return [top * part // parts for part in range(parts + 1)]


def day_ticks(first: dt.date, last: dt.date, most: int) -> list[dt.date]:
    """Return at most `most` + 1 days, evenly spread from the first to the last."""
    span = (last - first).days
    parts = max(1, min(most, span))
    return [first + dt.timedelta(days=round(span * part / parts)) for part in range(parts + 1)]


def share(count: int, most: int) -> float:
    """Return the length of a bar of 100 units; every number above zero is visible."""
    return 0.0 if count <= 0 or most <= 0 else max(1.0, round(100 * count / most, 1))


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
