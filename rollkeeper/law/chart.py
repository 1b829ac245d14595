# SPDX-License-Identifier: EUPL-1.2
"""Draws the lines in each stage over time: bars in the terminal, areas in an SVG file that can also be heard.

The SVG is written by hand: it needs no library, carries a title and a description with the numbers, names each area
by text as well as by colour, and loads nothing.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from html import escape
from typing import Final

import polars as pl
from rich.text import Text

from rollkeeper.kernel.console import out, show_table

_LABELS: Final = {
    "out_of_scope": "not concerned",
    "not_notified": "still to be reached",
    "running": "notified, days are counted",
    "suspended": "suspended",
    "registered": "registered",
    "terminated": "terminated",
    "erased": "erased",
}
# Distinct for colour-blind eyes (after Okabe and Ito), and in grey by their order.
_COLOURS: Final = {
    "out_of_scope": "#d9d9d9",
    "not_notified": "#f0e442",
    "running": "#56b4e9",
    "suspended": "#d55e00",
    "registered": "#009e73",
    "terminated": "#7b4173",
    "erased": "#f7f7f7",
}
_GLYPHS: Final = {
    "out_of_scope": ("·", "dim"),
    "not_notified": ("?", "yellow"),
    "running": ("░", "blue"),
    "suspended": ("█", "red"),
    "registered": ("▒", "green"),
    "terminated": ("▓", "magenta"),
    "erased": ("_", "dim"),
}
_BARS: Final = ("#fdae61", "#f46d43", "#d55e00", "#a63603", "#7f2704")
"""Colours for the bars of a law with several: the more a bar takes, the darker."""
_LEVELS: Final = ("▂", "▃", "▄", "▅", "▆", "▇")
"""Signs for the bars of a law with several: the more a bar takes, the higher."""
_MOST_BARS: Final = 24
_BAR_CELLS: Final = 60
_WIDTH, _HEIGHT = 960, 540
_LEFT, _RIGHT, _TOP, _BOTTOM = 90, 250, 60, 60
_MOST_POINTS: Final = 1200
_SVG_HEAD: Final = (
    f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
    'aria-labelledby="title desc" font-family="system-ui, sans-serif" font-size="14">'
)
_SVG_STYLE: Final = (
    "<style>text{fill:#1a1a1a}.ground{fill:#fff}.grid{stroke:#767676;stroke-width:.5}"
    "@media (prefers-color-scheme:dark){text{fill:#f2f2f2}.ground{fill:#16181c}}</style>"
)


def _stages(counts: pl.DataFrame) -> list[str]:
    return [name for name in counts.columns if name != "day"]


def _label(stage: str) -> str:
    return _LABELS.get(stage, stage.replace("_", " "))


def _glyphs(counts: pl.DataFrame) -> dict[str, tuple[str, str]]:
    return _GLYPHS | {
        bar: (level, _GLYPHS["suspended"][1]) for bar, level in _by_width(_bars_of(counts), _LEVELS)
    }


def _colours(counts: pl.DataFrame) -> dict[str, str]:
    return _COLOURS | dict(_by_width(_bars_of(counts), _BARS))


def _bars_of(counts: pl.DataFrame) -> list[str]:
    return [stage for stage in _stages(counts) if stage not in _COLOURS]


def _by_width(bars: list[str], signs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Assign signs to the bars, in order."""
    yield from ((bar, signs[place * len(signs) // len(bars)]) for place, bar in enumerate(bars))


def print_chart(counts: pl.DataFrame) -> None:
    """Print a bar for each of some days, cut into the stages, and the counts at the end."""
    stages, glyphs = _stages(counts), _glyphs(counts)
    out.print("Lines in each stage", style="bold")
    for row in _some(counts, _MOST_BARS).iter_rows(named=True):
        bar = Text(f"{row['day']}  ")
        for stage, cells in zip(stages, _cells([row[stage] for stage in stages]), strict=False):
            glyph, style = glyphs[stage]
            bar.append(glyph * cells, style=style)
        out.print(bar)
    last = counts.row(-1, named=True)
    show_table(
        f"Lines by stage on {last['day']}",
        ["", "stage", "lines"],
        [(glyphs[stage][0], _label(stage), last[stage]) for stage in stages],
    )


def _cells(numbers: Sequence[int]) -> list[int]:
    """Divide a bar of the chart into cells: each stage with a line gets one, and the largest remainders decide about the rest."""
    total = sum(numbers)
    if not total:
        return []
    shares = [number * _BAR_CELLS / total for number in numbers]
    cells = [max(int(share), 1) if number else 0 for share, number in zip(shares, numbers, strict=True)]
    while sum(cells) < _BAR_CELLS:
        cells[max(range(len(cells)), key=lambda i: shares[i] - cells[i])] += 1
    while sum(cells) > _BAR_CELLS:
        cells[max(range(len(cells)), key=lambda i: cells[i] - shares[i] if cells[i] > 1 else -1)] -= 1
    return cells


def svg_chart(counts: pl.DataFrame, *, pack: str) -> str:
    """Return the drawing as SVG text."""
    points = _some(counts, _MOST_POINTS)
    first, last = counts["day"][0], counts["day"][-1]
    total = sum(counts.row(-1)[1:])
    title = f"Lines in each stage under {pack}, {first} to {last}"
    at_end = "; ".join(f"{_label(s)}: {counts[s][-1]:,}" for s in _stages(counts) if counts[s].max())
    desc = f"{total:,} lines, drawn as areas one above the other. On {last}: {at_end}."
    return "\n".join(
        [
            _SVG_HEAD,
            f'<title id="title">{escape(title)}</title>',
            f'<desc id="desc">{escape(desc)}</desc>',
            _SVG_STYLE,
            f'<rect class="ground" width="{_WIDTH}" height="{_HEIGHT}"/>',
            f'<text x="{_LEFT}" y="32" font-size="18" font-weight="600">{escape(title)}</text>',
            *_areas(points, first, last, total),
            *_scales(first, last, total),
            *_legend(counts),
            "</svg>",
            "",
        ]
    )


def _areas(counts: pl.DataFrame, first: dt.date, last: dt.date, total: int) -> Iterator[str]:
    below = [0] * counts.height
    xs = [_x(day, first, last) for day in counts["day"]]
    colours = _colours(counts)
    for stage in _stages(counts):
        above = [b + n for b, n in zip(below, counts[stage], strict=True)]
        if above != below:
            upper = _steps(xs, [_y(n, total) for n in above])
            lower = _steps(xs, [_y(n, total) for n in below])
            path = "L".join(f"{x:.1f} {y:.1f}" for x, y in [*upper, *reversed(lower)])
            yield (
                f'<path d="M{path}Z" fill="{colours[stage]}" stroke="#fff" stroke-width=".5">'
                f"<title>{_label(stage)}</title></path>"
            )
        below = above


def _steps(xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float]]:
    """Draw a count as it is: level through the day, then a step."""
    corners = [(xs[0], ys[0])]
    for x, y in zip(xs[1:], ys[1:], strict=True):
        if y != corners[-1][1]:
            corners += [(x, corners[-1][1]), (x, y)]
    return [*corners, (float(_WIDTH - _RIGHT), ys[-1])]


def _scales(first: dt.date, last: dt.date, total: int) -> Iterator[str]:
    for quarter in range(5):
        number = total * quarter // 4
        y = _y(number, total)
        yield f'<line class="grid" x1="{_LEFT}" y1="{y:.1f}" x2="{_WIDTH - _RIGHT}" y2="{y:.1f}"/>'
        yield f'<text x="{_LEFT - 8}" y="{y + 5:.1f}" text-anchor="end">{number:,}</text>'
    span = max((last - first).days, 1)
    for part in range(5):
        day = first + dt.timedelta(days=span * part // 4)
        x = _x(day, first, last)
        anchor = ("start", "middle", "middle", "middle", "end")[part]
        yield f'<text x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 24}" text-anchor="{anchor}">{day}</text>'


def _legend(counts: pl.DataFrame) -> Iterator[str]:
    x, y, colours = _WIDTH - _RIGHT + 16, _TOP, _colours(counts)
    apart = min(56, (_HEIGHT - _TOP) // len(_stages(counts)))
    for stage in reversed(_stages(counts)):
        yield f'<rect x="{x}" y="{y}" width="16" height="16" fill="{colours[stage]}" stroke="#767676"/>'
        yield f'<text x="{x + 24}" y="{y + 13}">{_label(stage)}</text>'
        yield f'<text x="{x + 24}" y="{y + 30}" font-size="12">{counts[stage][-1]:,} at the end</text>'
        y += apart


def _x(day: dt.date, first: dt.date, last: dt.date) -> float:
    return float(_LEFT + (_WIDTH - _LEFT - _RIGHT) * (day - first).days / max((last - first).days, 1))


def _y(number: int, total: int) -> float:
    return float(_HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * number / max(total, 1))


def _some(counts: pl.DataFrame, most: int) -> pl.DataFrame:
    """Return at most `most` of the days, evenly spaced, with the first and the last."""
    if counts.height <= most:
        return counts
    return counts[[place * (counts.height - 1) // (most - 1) for place in range(most)]]
