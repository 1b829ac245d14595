# SPDX-License-Identifier: EUPL-1.2
"""A batch's preview as a picture: a timeline for each line, equal lines folded into one row, and their differences in words.

Pure, so that the picture can be tested as numbers. Drawn on the server: the page needs no script.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.campaign.queries import PreviewLine
from rollkeeper.law.explain import Sentence

WIDTH = 600
_MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Span:
    """A period of days: its place in the picture, in picture units."""

    at: float
    width: float


@dataclass(frozen=True, slots=True)
class Row:
    """Lines that are alike: counted by service and region, and drawn once."""

    lines: tuple[PreviewLine, ...]
    services: tuple[tuple[str, int], ...]
    regions: tuple[tuple[str, int], ...]
    other_regions: int
    notified_on: dt.date | None
    last_day_on: dt.date | None
    days: int
    paused_days: int
    bounced_on: tuple[dt.date, ...]
    """Each day on which a notice to any of them failed."""
    runs: Span | None
    pauses: tuple[Span, ...]
    sentences: tuple[Sentence, ...]
    """The reasons that all these lines have."""
    own: tuple[tuple[PreviewLine, tuple[Sentence, ...]], ...]
    """Each line with the reasons that only it has, such as the day on which its service began."""

    @property
    def count(self) -> int:
        """Return how many lines these are."""
        return len(self.lines)

    @property
    def reason_count(self) -> int:
        """Return how many reasons each of them has."""
        return len(self.lines[0].sentences)


@dataclass(frozen=True, slots=True)
class PreviewPicture:
    """All rows on one axis of days."""

    first: dt.date
    last: dt.date
    due_on: dt.date
    due_at: float
    rows: tuple[Row, ...]
    width: int = WIDTH

    @property
    def count(self) -> int:
        """Return how many lines are shown."""
        return sum(row.count for row in self.rows)


def preview_picture(lines: Sequence[PreviewLine], *, due_on: dt.date) -> PreviewPicture | None:
    """Return the picture of some lines of a batch, None without lines."""
    if not lines:
        return None
    days = [
        due_on,
        *(day for line in lines for day in (line.notified_on, line.anchor_on, line.last_day_on) if day),
    ]
    first, last = min(days) - dt.timedelta(days=3), max(days) + dt.timedelta(days=3)
    axis = _Axis(first, last)
    folded: dict[tuple[object, ...], list[PreviewLine]] = {}
    for line in lines:
        folded.setdefault(_alike(line), []).append(line)
    rows = sorted((_row(some, axis) for some in folded.values()), key=lambda row: -row.count)
    return PreviewPicture(first, last, due_on, axis.at(due_on), tuple(rows))


@dataclass(frozen=True, slots=True)
class _Axis:
    first: dt.date
    last: dt.date

    def at(self, day: dt.date) -> float:
        inside = min(max(day, self.first), self.last)
        return round(WIDTH * (inside - self.first).days / (self.last - self.first).days, 1)

    def span(self, first: dt.date, last: dt.date) -> Span:
        start = self.at(first)
        return Span(start, round(max(2.0, self.at(last + dt.timedelta(days=1)) - start), 1))


def _alike(line: PreviewLine) -> tuple[object, ...]:
    return (
        line.notified_on, line.anchor_on, line.last_day_on, bool(line.bounced_on), line.pauses,
        tuple(sentence.article for sentence in line.sentences),
    )  # fmt: skip


def _row(lines: list[PreviewLine], axis: _Axis) -> Row:
    one = lines[0]
    services = Counter(line.service for line in lines).most_common()
    regions = Counter(line.region or "" for line in lines).most_common()
    anchor, last_day = one.anchor_on, one.last_day_on
    runs = axis.span(anchor, last_day) if anchor and last_day else None
    shared = tuple(said for said in one.sentences if all(said in line.sentences for line in lines))
    within = _within(one.pauses, anchor, last_day)
    paused = {first + dt.timedelta(days=i) for first, last in within for i in range((last - first).days + 1)}
    return Row(
        tuple(lines), tuple(services), tuple(regions[:_MOST_NAMED]), sum(n for _, n in regions[_MOST_NAMED:]),
        one.notified_on, last_day, (last_day - anchor).days if anchor and last_day else 0, len(paused),
        tuple(sorted({day for line in lines for day in line.bounced_on})), runs, tuple(axis.span(first, last) for first, last in within), shared,
        tuple((line, tuple(said for said in line.sentences if said not in shared)) for line in lines),
    )  # fmt: skip


def _within(
    pauses: Sequence[tuple[dt.date, dt.date | None]], anchor: dt.date | None, last_day: dt.date | None
) -> list[tuple[dt.date, dt.date]]:
    """Return the pauses, cut to the days between the anchor and the last day."""
    if anchor is None or last_day is None:
        return []
    cut = [(max(first, anchor), min(last or last_day, last_day)) for first, last in pauses]
    return [(first, last) for first, last in cut if first <= last]
