"""The set-based count gives each distinct clock the days that the pure rule gives it."""

import datetime as dt

from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.kernel import database
from rollkeeper.law.clock_sql import fill_due, multirange
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rules import count_clock
from tests.law.populations import days, stretches
from tests.law.test_engines import quiet

D = dt.date
PACK = load_pack("cn-xz-2011")
THROUGH = D(2013, 1, 31)
open_ended = st.one_of(stretches(), stretches(), days().map(lambda day: (day, None)))
clocks = st.tuples(days(61, 300), st.sampled_from([1, 2, 30, 60]), st.lists(open_ended, max_size=4))


def make_clocks(rows) -> None:
    database.run("DROP TABLE IF EXISTS law_clock, made")
    database.run(
        "CREATE TEMP TABLE made (number int, anchor_on date, days int, pauses datemultirange) ON COMMIT DROP"
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO made VALUES (%s, %s, %s, %s)",
            [(number, anchor, n, multirange(pauses)) for number, (anchor, n, pauses) in enumerate(rows)],
        )
    database.run(
        "CREATE TEMP TABLE law_clock ON COMMIT DROP AS SELECT DISTINCT anchor_on, days, pauses FROM made"
    )


def due() -> list[tuple]:
    found = database.rows(
        "SELECT last_day_on, earliest_on FROM made LEFT JOIN law_due USING (anchor_on, days, pauses) ORDER BY number"
    )
    return [tuple(row) for row in found]


@quiet(14)
@given(rows=st.lists(clocks, min_size=1, max_size=80), stays=st.lists(open_ended, max_size=2))
def test_the_statement_counts_as_the_rule_does(register, rows, stays):
    make_clocks(rows)

    fill_due(PACK, stays=stays, through=THROUGH)

    counted = [
        count_clock(PACK, anchor_on=anchor, days=n, pauses=pauses, stays=stays, through=THROUGH)
        for anchor, n, pauses in rows
    ]
    assert due() == [(c.last_day_on, c.earliest_on) for c in counted]


def test_a_clock_that_begins_after_the_last_day_leads_nowhere(register):
    make_clocks([(THROUGH, 1, []), (THROUGH + dt.timedelta(days=9), 1, [])])

    fill_due(PACK, through=THROUGH)

    assert due() == [(None, None), (None, None)]


def test_no_clock_is_no_work(register):
    make_clocks([])

    fill_due(PACK, through=THROUGH)

    assert database.rows("SELECT * FROM law_due") == []


def test_the_count_can_be_made_again_in_one_transaction(register):
    make_clocks([(D(2012, 1, 1), 60, [])])
    fill_due(PACK, through=THROUGH)
    fill_due(PACK, through=D(2012, 3, 1))

    assert due() == [(D(2012, 3, 1), None)]


def test_the_role_of_the_worker_can_count(register, as_role):
    with as_role("worker"):
        make_clocks([(D(2012, 1, 1), 60, [])])
        fill_due(PACK, through=THROUGH)

        assert due() == [(D(2012, 3, 1), D(2012, 3, 2))]
