"""Invented populations for the two engines: everything that can happen to a line, near the days that decide.

Each strategy is made once: Hypothesis looks a new one through and through, which takes longer than to draw from it.
"""

import datetime as dt
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from tests.law.day_by_day import REGISTERING, Row

EPOCH = dt.date(2011, 11, 1)


@lru_cache(maxsize=None, typed=True)
def one_of(*choices: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(choices)


@cache
def number(least: int, most: int) -> st.SearchStrategy[int]:
    return st.integers(least, most)


@cache
def days(first: int = 0, last: int = 620) -> st.SearchStrategy[dt.date]:
    """Days around the campaign, its holidays and its leap day, and some far from them."""
    near = st.integers(first, last).map(lambda n: EPOCH + dt.timedelta(days=n))
    edges = st.sampled_from(
        [dt.date(2011, 12, 31), dt.date(2012, 1, 1), dt.date(2012, 2, 29), dt.date(2012, 3, 1),
         dt.date(2012, 3, 2), dt.date(2012, 3, 31), dt.date(2012, 4, 1), dt.date(2012, 4, 4), dt.date(2012, 4, 5), dt.date(2012, 2, 21), dt.date(2012, 2, 22), dt.date(2012, 2, 29)]
    )  # fmt: skip
    return st.one_of(near, near, edges)


LENGTH = st.one_of(st.integers(0, 3), st.integers(0, 90))
YES_OR_NO = st.booleans()


@cache
@st.composite
def stretches(draw: st.DrawFn) -> tuple[dt.date, dt.date]:
    first = draw(days())
    return first, first + dt.timedelta(days=draw(LENGTH))


@cache
@st.composite
def rows_of(draw: st.DrawFn, line: str) -> list[Row]:
    rows: list[Row] = [
        (
            line,
            draw(one_of(dt.date(2010, 5, 1), dt.date(2011, 12, 31), dt.date(2012, 1, 1))),
            "activated",
            None,
        )
    ]
    notified = one_of("notice_delivered", "notice_delivered", "notice_delivered", "notice_bounced")
    rows += [(line, draw(days(0, 200)), draw(notified), None) for _ in range(draw(number(0, 2)))]
    happens = one_of("registered", "transferred", "ended", "activated")
    rows += [(line, draw(days()), draw(happens), None) for _ in range(draw(one_of(0, 0, 0, 1, 1, 2)))]
    for _ in range(draw(one_of(0, 0, 1, 2, 3))):
        first, last = draw(stretches())
        rows.append((line, first, draw(one_of("pause", "pause", "hold")), last))
    if draw(YES_OR_NO):
        return rows
    return [*rows, *_together(draw, line)]


TOGETHER = st.sets(st.sampled_from(["registered", "ended", "notice_delivered", "transferred"]), max_size=3)


def _together(draw: st.DrawFn, line: str) -> list[Row]:
    """Several things on one day."""
    day = draw(days())
    events = draw(TOGETHER)
    return [(line, day, event, None) for event in sorted(events)]


RECORDED = st.lists(
    st.sampled_from(
        [dt.date(2010, 6, 1), dt.date(2011, 6, 29), dt.date(2011, 6, 30), dt.date(2011, 7, 1), None]
    ),
    min_size=1,
    max_size=2,
)


@cache
@st.composite
def registered_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line that is mostly registered before it is asked again, and what happens to it afterwards."""
    rows: list[Row] = draw(rows_of(line))
    for on in draw(RECORDED):
        day, event = (
            on or draw(days(0, 200)),
            draw(one_of(*sorted(REGISTERING), "declared", "transferred")),
        )
        rows.append((line, day, event, None))
    if draw(YES_OR_NO):
        rows.append((line, draw(days()), "verified", None))
    kinds = draw(one_of(("individual",), ("minor",), ("company",), ("individual", "company"), ()))
    rows += [(line, draw(one_of(D_OF_SERVICE, D_OF_LATE_WORD)), kind, None) for kind in kinds]
    # Mostly about the days of the notices.
    rows += [(line, draw(days(0, 200)), "last_day", None) for _ in range(draw(one_of(0, 1, 1, 2)))]
    return rows


@cache
def _any_rows(line: str) -> st.SearchStrategy[list[Row]]:
    return st.one_of(rows_of(line), registered_rows(line))


@cache
@st.composite
def served_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line of which the file says the service, or says none; registered before, or not."""
    rows: list[Row] = draw(_any_rows(line))
    service = draw(one_of("mobile", "data_card", "fixed_line", "domain", None))
    return [*rows, (line, D_OF_SERVICE, service, None)] if service else rows


@cache
@st.composite
def placed_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line of which the file says service and region, or says neither."""
    rows: list[Row] = draw(served_rows(line))
    said = tuple(f"region:{one}" for one in ("Lhasa", "Shigatse", "Nagqu"))
    regions = draw(one_of(said[:1], said[1:2], said[2:], said[:2], ()))
    return [*rows, *((line, D_OF_SERVICE, region, None) for region in regions)]


@cache
@st.composite
def paid_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line of which the file says how it is paid, or says nothing, or both ways."""
    rows: list[Row] = draw(placed_rows(line))
    said = draw(one_of(("prepaid",), ("postpaid",), ("prepaid", "postpaid"), ()))
    return [
        *rows,
        *((line, draw(one_of(D_OF_SERVICE, D_OF_LATE_WORD)), one, None) for one in said),
    ]


@cache
def _numbers(line: str) -> st.SearchStrategy[list[tuple[str, dt.date, int]]]:
    near = st.one_of(st.just(D_OF_SERVICE), days(0, 260))
    return st.lists(st.tuples(one_of(line, line, line, "*"), near, one_of(1, 2, 3, 3, 12)), max_size=3)


@cache
@st.composite
def counted_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line that is mostly registered, of whose subscriber the file says, once or several times, how many lines they have."""
    rows: list[Row] = draw(registered_rows(line))
    said = draw(_numbers(line))
    return [*rows, *((of, on, f"lines:{n}", None) for of, on, n in said)]


D_OF_SERVICE = dt.date(2009, 1, 1)
D_OF_LATE_WORD = dt.date(2012, 6, 1)


@st.composite
def populations(
    draw: st.DrawFn, most: int = 8, of: Callable[[str], st.SearchStrategy[list[Row]]] = rows_of
) -> list[Row]:
    rows: list[Row] = []
    for place in range(draw(number(1, most))):
        rows += draw(of(f"L{place}"))
    for _ in range(draw(one_of(0, 0, 1, 2, 3))):
        first, last = draw(stretches())
        kind = draw(one_of("stay", "outage", "outage", "pause", "hold"))
        rows.append(("*", first, kind, last))
    if draw(number(0, 9)) == 0:
        rows.append(
            (
                "*",
                draw(days()),
                draw(one_of("notice_delivered", "registered", "ended", "minor")),
                None,
            )
        )
    return draw(st.permutations(rows))


def write_rows(file: Path, rows: list[Row]) -> Path:
    lines = [f"{line},{day},{event},{until or ''}" for line, day, event, until in rows]
    file.write_text("\n".join(["line,date,event,until", *lines, ""]), "utf-8")
    return file
