"""Invented populations for the two engines: everything that can happen to a line, near the days where it matters."""

import datetime as dt
from collections.abc import Callable
from pathlib import Path

from hypothesis import strategies as st

from tests.law.day_by_day import REGISTERING, Row

EPOCH = dt.date(2011, 11, 1)


def days(first: int = 0, last: int = 620) -> st.SearchStrategy[dt.date]:
    """Days around the campaign, its holidays and its leap day, now and then far from them."""
    near = st.integers(first, last).map(lambda n: EPOCH + dt.timedelta(days=n))
    edges = st.sampled_from(
        [dt.date(2011, 12, 31), dt.date(2012, 1, 1), dt.date(2012, 2, 29), dt.date(2012, 3, 1),
         dt.date(2012, 3, 2), dt.date(2012, 3, 31), dt.date(2012, 4, 1), dt.date(2012, 4, 4), dt.date(2012, 4, 5), dt.date(2012, 2, 21), dt.date(2012, 2, 22), dt.date(2012, 2, 29)]
    )  # fmt: skip
    return st.one_of(near, near, edges)


@st.composite
def stretches(draw: st.DrawFn) -> tuple[dt.date, dt.date]:
    first = draw(days())
    return first, first + dt.timedelta(days=draw(st.one_of(st.integers(0, 3), st.integers(0, 90))))


@st.composite
def rows_of(draw: st.DrawFn, line: str) -> list[Row]:
    rows: list[Row] = [
        (
            line,
            draw(st.sampled_from([dt.date(2010, 5, 1), dt.date(2011, 12, 31), dt.date(2012, 1, 1)])),
            "activated",
            None,
        )
    ]
    notified = st.sampled_from(["notice_delivered", "notice_delivered", "notice_delivered", "notice_bounced"])
    rows += [(line, draw(days(0, 200)), draw(notified), None) for _ in range(draw(st.integers(0, 2)))]
    happens = st.sampled_from(["registered", "transferred", "ended", "activated"])
    rows += [
        (line, draw(days()), draw(happens), None) for _ in range(draw(st.sampled_from([0, 0, 0, 1, 1, 2])))
    ]
    for _ in range(draw(st.sampled_from([0, 0, 1, 2, 3]))):
        first, last = draw(stretches())
        rows.append((line, first, draw(st.sampled_from(["pause", "pause", "hold"])), last))
    if draw(st.booleans()):
        return rows
    return [*rows, *_together(draw, line)]


def _together(draw: st.DrawFn, line: str) -> list[Row]:
    """Several things on one day."""
    day = draw(days())
    events = draw(
        st.sets(st.sampled_from(["registered", "ended", "notice_delivered", "transferred"]), max_size=3)
    )
    return [(line, day, event, None) for event in sorted(events)]


@st.composite
def registered_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line that is mostly registered before it is asked again, and what happens to it afterwards."""
    recorded = [dt.date(2010, 6, 1), dt.date(2011, 6, 29), dt.date(2011, 6, 30), dt.date(2011, 7, 1), None]
    rows: list[Row] = draw(rows_of(line))
    for on in draw(st.lists(st.sampled_from(recorded), min_size=1, max_size=2)):
        day, event = (
            on or draw(days(0, 200)),
            draw(st.sampled_from([*sorted(REGISTERING), "declared", "transferred"])),
        )
        rows.append((line, day, event, None))
    if draw(st.booleans()):
        rows.append((line, draw(days()), "verified", None))
    kinds = draw(st.sampled_from([["individual"], ["minor"], ["company"], ["individual", "company"], []]))
    rows += [(line, draw(st.sampled_from([D_OF_SERVICE, D_OF_LATE_WORD])), kind, None) for kind in kinds]
    # Mostly about the days of the notices.
    rows += [(line, draw(days(0, 200)), "last_day", None) for _ in range(draw(st.sampled_from([0, 1, 1, 2])))]
    return rows


@st.composite
def served_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line of which the file says the service, or says none; registered before, or not."""
    rows: list[Row] = draw(st.one_of(rows_of(line), registered_rows(line)))
    service = draw(st.sampled_from(["mobile", "data_card", "fixed_line", "domain", None]))
    return [*rows, (line, D_OF_SERVICE, service, None)] if service else rows


@st.composite
def placed_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line of which the file says service and region, or says neither."""
    rows: list[Row] = draw(served_rows(line))
    said = [f"region:{one}" for one in ("Lhasa", "Shigatse", "Nagqu")]
    regions = draw(st.sampled_from([said[:1], said[1:2], said[2:], said[:2], []]))
    return [*rows, *((line, D_OF_SERVICE, region, None) for region in regions)]


@st.composite
def paid_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line of which the file says how it is paid, or says nothing, or both ways."""
    rows: list[Row] = draw(placed_rows(line))
    said = draw(st.sampled_from([["prepaid"], ["postpaid"], ["prepaid", "postpaid"], []]))
    return [
        *rows,
        *((line, draw(st.sampled_from([D_OF_SERVICE, D_OF_LATE_WORD])), one, None) for one in said),
    ]


@st.composite
def counted_rows(draw: st.DrawFn, line: str) -> list[Row]:
    """A line that is mostly registered, of whose subscriber the file says, once or several times, how many lines they have."""
    rows: list[Row] = draw(registered_rows(line))
    whose = st.sampled_from([line, line, line, "*"])
    near = st.one_of(st.just(D_OF_SERVICE), days(0, 260))
    said = draw(st.lists(st.tuples(whose, near, st.sampled_from([1, 2, 3, 3, 12])), max_size=3))
    return [*rows, *((of, on, f"lines:{n}", None) for of, on, n in said)]


D_OF_SERVICE = dt.date(2009, 1, 1)
D_OF_LATE_WORD = dt.date(2012, 6, 1)


@st.composite
def populations(
    draw: st.DrawFn, most: int = 8, of: Callable[[str], st.SearchStrategy[list[Row]]] = rows_of
) -> list[Row]:
    rows: list[Row] = []
    for number in range(draw(st.integers(1, most))):
        rows += draw(of(f"L{number}"))
    for _ in range(draw(st.sampled_from([0, 0, 1, 2, 3]))):
        first, last = draw(stretches())
        kind = draw(st.sampled_from(["stay", "outage", "outage", "pause", "hold"]))
        rows.append(("*", first, kind, last))
    if draw(st.integers(0, 9)) == 0:
        rows.append(
            (
                "*",
                draw(days()),
                draw(st.sampled_from(["notice_delivered", "registered", "ended", "minor"])),
                None,
            )
        )
    return draw(st.permutations(rows))


def write_rows(file: Path, rows: list[Row]) -> Path:
    lines = [f"{line},{day},{event},{until or ''}" for line, day, event, until in rows]
    file.write_text("\n".join(["line,date,event,until", *lines, ""]), "utf-8")
    return file
