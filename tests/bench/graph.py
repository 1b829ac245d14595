# SPDX-License-Identifier: EUPL-1.2
"""Draws the values of a bench by size: log-log, one line for each row, as an SVG for `docs/measured.md`.

It is drawn from the kept values, so that picture and tables agree, and without a plotting library, since its fifty shapes need less
code. A line as steep as the dotted one grows in proportion to the size; a flat line does not grow. A limit is dashed in the row's
colour, or a mark if it is for one size only.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Protocol

COLOURS = ("#005a9c", "#b5430d", "#00703c", "#7a2a7e", "#8a6100", "#3d3d3d", "#00768a", "#a3195b")
WIDTH, PLOT, LEFT, TOP, HIGH, STEP = 960, 500, 64, 16, 360, 34
_AT = re.compile(r"([\d.]+) (ms|s) at 10\^(\d+)")
_TIMES = re.compile(r"^(?:at most )?(\d+(?:\.\d+)?)$")


class Kept(Protocol):
    """What is drawn of a measured row."""

    @property
    def what(self) -> str: ...
    @property
    def n(self) -> str: ...
    @property
    def seconds(self) -> str: ...
    @property
    def baseline(self) -> str: ...
    @property
    def limit(self) -> str: ...


@dataclass(slots=True)
class Series:
    """One row of a bench, by size: seconds, the seconds that the limit allows, the limit's own words."""

    what: str
    seconds: dict[int, float] = field(default_factory=dict)
    allowed: dict[int, float] = field(default_factory=dict)
    limit: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Decades along both axes, as (first, last) orders of magnitude."""

    sizes: tuple[int, int]
    seconds: tuple[int, int]

    def x(self, size: float) -> float:
        return round(LEFT + PLOT * _part(size, self.sizes), 1)

    def y(self, seconds: float) -> float:
        return round(TOP + HIGH * (1 - _part(seconds, self.seconds)), 1)


def series(rows: Iterable[Kept]) -> list[Series]:
    """Return the rows of seconds that were measured at two sizes or more."""
    found: dict[str, Series] = {}
    for row in rows:
        one = found.setdefault(row.what, Series(row.what))
        one.seconds[int(row.n)] = float(row.seconds)
        one.limit = row.limit
        one.allowed |= _allowed(int(row.n), row.baseline, row.limit)
    return [one for one in found.values() if len(one.seconds) > 1 and "bytes" not in one.what]


def _allowed(size: int, baseline: str, limit: str) -> dict[int, float]:
    if at := _AT.search(limit):
        return {10 ** int(at[3]): float(at[1]) / (1000 if at[2] == "ms" else 1)}
    if baseline and (times := _TIMES.match(limit)):
        return {size: float(baseline) * float(times[1])}
    return {}


def draw(title: str, lines: Sequence[Series]) -> str:
    """Return the drawing. Precondition: at least one line."""
    scale = Scale(
        _decades(size for one in lines for size in (*one.seconds, *one.allowed)),
        _decades(each for one in lines for each in (*one.seconds.values(), *one.allowed.values())),
    )
    high = max(TOP + HIGH + 48, TOP + STEP * len(lines) + 30)
    shapes = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" role="img" font-family="sans-serif"'
            f' font-size="12"><title>{escape(title)}</title><rect width="{WIDTH}" height="{high}" fill="#fff"/>'
        ),
        *_grid(scale),
        *(shape for place, one in enumerate(lines) for shape in _line(one, place, scale)),
        "</svg>",
    ]
    return "\n".join(shapes) + "\n"


def _grid(scale: Scale) -> Iterator[str]:
    bottom, right = TOP + HIGH, LEFT + PLOT
    for permission in range(scale.sizes[0], scale.sizes[1] + 1):
        x = scale.x(10**permission)
        yield f'<path d="M{x} {TOP}V{bottom}" stroke="#ddd"/>'
        yield f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{10**permission:,}</text>'
    for permission in range(scale.seconds[0], scale.seconds[1] + 1):
        y = scale.y(10.0**permission)
        yield f'<path d="M{LEFT} {y}H{right}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{_said(10.0**permission)}</text>'
    decades = min(scale.sizes[1] - scale.sizes[0], scale.seconds[1] - scale.seconds[0])
    yield (
        f'<path d="M{scale.x(10 ** scale.sizes[0])} {scale.y(10.0 ** scale.seconds[0])}'
        f'L{scale.x(10 ** (scale.sizes[0] + decades))} {scale.y(10.0 ** (scale.seconds[0] + decades))}"'
        ' stroke="#888" stroke-dasharray="1 4"/>'
    )
    yield f'<text x="{LEFT + PLOT / 2}" y="{bottom + 36}" text-anchor="middle">how many</text>'


def _line(one: Series, place: int, scale: Scale) -> Iterator[str]:
    colour, y = COLOURS[place % len(COLOURS)], TOP + 12 + STEP * place
    points = [(scale.x(size), scale.y(seconds)) for size, seconds in sorted(one.seconds.items())]
    yield f'<path d="M{"L".join(f"{x} {up}" for x, up in points)}" fill="none" stroke="{colour}" stroke-width="2"/>'
    yield from (f'<circle cx="{x}" cy="{up}" r="3.5" fill="{colour}"/>' for x, up in points)
    allowed = [(scale.x(size), scale.y(seconds)) for size, seconds in sorted(one.allowed.items())]
    if len(allowed) > 1:
        yield (
            f'<path d="M{"L".join(f"{x} {up}" for x, up in allowed)}" fill="none" stroke="{colour}"'
            ' stroke-dasharray="6 4"/>'
        )
    elif allowed:
        x, up = allowed[0]
        yield f'<path d="M{x - 9} {up}h18m-9 0v9m-4 -4l4 4l4 -4" fill="none" stroke="{colour}" stroke-width="2"/>'
    aside = LEFT + PLOT + 20
    yield f'<path d="M{aside} {y - 4}h18" stroke="{colour}" stroke-width="3"/>'
    yield f'<text x="{aside + 26}" y="{y}">{escape(_short(one.what))}</text>'
    if one.limit.strip("-"):
        yield f'<text x="{aside + 26}" y="{y + 14}" fill="#505a5f">limit: {escape(one.limit)}</text>'


def _part(value: float, decades: tuple[int, int]) -> float:
    return (math.log10(value) - decades[0]) / (decades[1] - decades[0])


def _decades(values: Iterator[float]) -> tuple[int, int]:
    known = [math.log10(value) for value in values if value > 0]
    first, last = math.floor(min(known) + 1e-9), math.ceil(max(known) - 1e-9)
    return first, max(last, first + 1)


def _said(seconds: float) -> str:
    return f"{seconds * 1000:g} ms" if seconds < 1 else f"{seconds:,.0f} s"


def _short(what: str) -> str:
    words = what.split(": ", 1)[-1]
    return words if len(words) <= 56 else words[:55] + "…"
