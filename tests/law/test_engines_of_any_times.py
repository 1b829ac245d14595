# SPDX-License-Identifier: EUPL-1.2
"""Both engines on laws with other times than the reference's, and on files with days far off and rows for every line."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.kernel.console import progress
from rollkeeper.law.engine_rules import run_rules, span_of
from rollkeeper.law.engine_sql import run_sql
from rollkeeper.law.packs import load_pack
from tests.builders.packs import REFERENCE, write_pack
from tests.law.day_by_day import Row
from tests.law.populations import (
    counted_rows,
    days,
    paid_rows,
    populations,
    registered_rows,
    rows_of,
)
from tests.law.test_engines import events_of, quiet

D = dt.date
WHOLE = REFERENCE[: REFERENCE.index("\ntests:")] + REFERENCE[REFERENCE.index("\nopen_questions:") :]
FLOOR = "\n      floor: {n: 10, unit: day}"
TO_REGISTER = ["60, unit: day", "1, unit: day", "1, unit: month", "2, unit: month", "1, unit: year"]
KEPT = [
    "1, unit: year", "90, unit: year", "6, unit: month", "13, unit: month", "0, unit: month", "0, unit: day", "45, unit: day",
    "1, unit: end_of_next_calendar_year", "2, unit: end_of_next_calendar_year",
]  # fmt: skip
FAR = st.sampled_from([D(1, 1, 1), D(1970, 1, 1), D(2011, 12, 31), D(2012, 2, 29), D(9999, 12, 31)])
MOMENTS = st.sampled_from(
    ["activated", "notice_delivered", "declared", "registered", "verified", "transferred", "last_day", "ended",
     "mobile", "domain", "prepaid", "minor", "company", "lines:3", "lines:1", "region:Lhasa"]
)  # fmt: skip
STRETCHES = st.sampled_from(["pause", "hold", "stay:registration_2012", "outage"])


@st.composite
def laws(draw: st.DrawFn) -> str:
    """Return the reference law with other times."""
    given = draw(st.sampled_from(TO_REGISTER))
    floor = FLOOR if draw(st.booleans()) and given != "1, unit: day" else ""
    kept, overflow = (
        draw(st.sampled_from(KEPT)),
        draw(st.sampled_from(["first_of_next", "last_day_of_month"])),
    )
    text = WHOLE.replace("after: {n: 60, unit: day}", f"after: {{n: {given}}}{floor}", 1)
    text = text.replace("keep: {n: 1, unit: year}", f"keep: {{n: {kept}}}", 1)
    return text.replace("month_overflow: first_of_next", f"month_overflow: {overflow}", 1)


@st.composite
def histories(draw: st.DrawFn) -> list[Row]:
    """Return a population with a few rows more: on days far off, for every line, for a line of which nothing else is known."""
    rows: list[Row] = draw(
        populations(of=draw(st.sampled_from([rows_of, registered_rows, paid_rows, counted_rows])))
    )
    day, line = st.one_of(days(), FAR), st.sampled_from(["*", "L0", "L1", "L99"])
    for on, of, event in draw(st.lists(st.tuples(day, line, MOMENTS), max_size=3)):
        rows.append((of, on, event, None))
    for on, of, event, long in draw(
        st.lists(st.tuples(day, line, STRETCHES, st.sampled_from([0, 1, 5, 400, 100_000])), max_size=3)
    ):
        whose = "*" if event not in {"pause", "hold"} else of
        rows.append((whose, on, event, D.fromordinal(min(on.toordinal() + long, D.max.toordinal()))))
    return rows


@quiet(8)
@given(rows=histories(), first=days(0, 300), length=st.integers(0, 900), law=laws())
def test_both_engines_read_any_times_of_a_law_alike(register, tmp_path, rows, first, length, law):
    pack, events = load_pack(str(write_pack(law))), events_of(tmp_path, rows)
    span = span_of(events, first, first + dt.timedelta(days=length))

    with progress("law") as bar:
        found = [run(pack, events, span, bar).rows() for run in (run_rules, run_sql)]

    assert found[0] == found[1]
