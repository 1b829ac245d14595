# SPDX-License-Identifier: EUPL-1.2
"""What ended under a version of the law keeps the retention of that version, unless the present one is shorter."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rollkeeper.access.authority import worker_authority
from rollkeeper.campaign.queries import explain_line
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.lawbook.queries import kept_until
from rollkeeper.lawbook.services import note_law
from rollkeeper.retention import services
from tests.builders.packs import REFERENCE, use_pack, with_copy_row
from tests.campaign.population import day
from tests.retention.test_erasure import ended_line, tenure_of

pytestmark = pytest.mark.usefixtures("committed", "law_put_back")
CASES, QUESTIONS = REFERENCE.index("\ntests:"), REFERENCE.index("\nopen_questions:")
WHOLE = REFERENCE[:CASES] + REFERENCE[QUESTIONS:]
NOTED, CHANGED = day("2012-01-02"), day("2012-09-01")
ENDED, ENDED_LATER = day("2012-04-05"), day("2012-10-05")
LATEST = day("2012-11-01")
DAY = dt.timedelta(days=1)


def kept(years):
    """The reference law that keeps records for so many years."""
    assert WHOLE.count("keep: {n: 1, unit: year}") == 1
    return WHOLE.replace("keep: {n: 1, unit: year}", f"keep: {{n: {years}, unit: year}}")


def change(first, then):
    """Make one law that of the instance on a day, and another on a later day."""
    for text, on in ((first, NOTED), (then, CHANGED)):
        use_pack(text)
        note_law(on=on)


def erase(on):
    clock.set_demo_date(on)
    services.erase_due(worker_authority(), on=on, after_gap=True)
    return {row.line_id for row in rows("SELECT line_id FROM lines_line WHERE erased_on IS NOT NULL")}


@pytest.mark.parametrize(
    ("before", "after", "last_kept", "last_kept_later"),
    [
        (1, 3, day("2013-04-05"), day("2015-10-05")),
        (3, 1, day("2013-04-05"), day("2013-10-05")),
        (2, 2, day("2014-04-05"), day("2014-10-05")),
    ],
)
def test_the_shorter_of_the_two_times_holds(before, after, last_kept, last_kept_later):
    change(kept(before), kept(after))
    line, later = ended_line(ENDED), ended_line(ENDED_LATER)

    gone = {
        on: erase(on) for on in sorted({last_kept, last_kept + DAY, last_kept_later, last_kept_later + DAY})
    }

    assert line not in gone[last_kept]
    assert line in gone[last_kept + DAY]
    assert later not in gone[last_kept_later]
    assert later in gone[last_kept_later + DAY]
    certified = rows("SELECT line_id, last_day_kept FROM retention_erasure ORDER BY last_day_kept")
    assert [(row.line_id, row.last_day_kept) for row in certified] == [
        (line, last_kept),
        (later, last_kept_later),
    ]


@pytest.mark.parametrize(("before", "after"), [(1, 3), (3, 1)])
def test_people_are_told_the_shorter_of_the_two_times(as_role, before, after):
    change(kept(before), kept(after))
    line = ended_line(ENDED)

    said = [one.text for one in explain_line(line, on=ENDED_LATER).sentences]

    assert [text.partition(" and ")[0] for text in said if "is kept through" in text] == [
        "The record of the subscriber is kept through 5 April 2013"
    ]
    for app in ("portal", "counter", "backoffice"):
        with as_role(app):
            assert kept_until(load_pack(instance().pack), ENDED, service="mobile") == day("2013-04-05")


def test_an_ended_line_is_explained_by_the_version_under_which_it_ended():
    full, more = "plus: {n: 30, unit: day, full: true}", "plus: {n: 45, unit: day, full: true}"
    assert kept(1).count(full) == 1
    change(kept(1), kept(1).replace(full, more))
    line, later = ended_line(ENDED), ended_line(ENDED_LATER)

    said = {
        one: " ".join(said.text for said in explain_line(one, on=LATEST).sentences) for one in (line, later)
    }

    assert "suspended for 30 counted days" in said[line]
    assert "suspended for 45 counted days" in said[later]


def test_an_explanation_reads_the_periods_of_the_law_once():
    line = ended_line(ENDED)

    with CaptureQueriesContext(connection) as asked:
        explain_line(line, on=LATEST)

    assert sum("lawbook_period" in one["sql"] for one in asked.captured_queries) == 1


def test_what_ended_before_a_law_was_noted_belongs_to_the_first_one():
    change(kept(1), kept(3))
    line = ended_line(day("2011-06-01"))

    assert line in erase(day("2012-09-02"))


def test_a_past_tenure_follows_the_version_under_which_it_ended():
    change(kept(1), kept(3))
    line = ended_line(day("2015-01-01"))
    tenure_of(line, day("2011-01-01"), ENDED)
    tenure_of(line, ENDED + DAY, day("2015-01-01"))

    erase(day("2013-04-05"))
    before = _past()
    erase(day("2013-04-06"))

    assert before == []
    assert _past() == [day("2013-04-05")]


def _past():
    found = rows(
        "SELECT last_day_kept FROM retention_erasure WHERE ground = 'tenure_ended' ORDER BY last_day_kept"
    )
    return [row.last_day_kept for row in found]


@pytest.mark.parametrize(
    "copies", ["", "anchor: termination, keep: {n: 1, unit: month}", "anchor: registration, keep: {n: 1, unit: month}"]
)  # fmt: skip
def test_the_count_of_what_is_due_is_what_goes(copies):
    change(kept(1), with_copy_row(copies).replace("keep: {n: 1, unit: year}", "keep: {n: 3, unit: year}"))
    for ended in (day("2011-06-01"), ENDED, ENDED_LATER):
        ended_line(ended)
    on = day("2013-04-06")
    clock.set_demo_date(on)

    due = services.count_due(worker_authority(), on=on)

    assert (due.lines, len(erase(on))) == (2, 2)
