# SPDX-License-Identifier: EUPL-1.2
"""A registration that is good until a day: stored with the tenure alone, told, reminded of, extended, and never cut by itself."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.lines.queries import count_past_last_day, find_line, registered_as
from rollkeeper.notices.last_days import remind_of_last_days
from rollkeeper.notices.settings import settings
from rollkeeper.registration.receipts import receipt_for
from rollkeeper.registration.services import change_record, register_subscriber
from tests.builders.kinds import TOURIST, VISITOR, with_kinds
from tests.builders.packs import REFERENCE, use_pack
from tests.registration.people import ON, fresh_number, person, submission
from tests.registration.test_added_kinds import register, visitor

pytestmark = pytest.mark.usefixtures("vaulted", "law_put_back")
LAST = dt.date(2012, 5, 31)
DAY = dt.timedelta(days=1)


def reminded(line_id):
    found = rows(
        "SELECT promised_on, queued_on, state FROM notices_notice WHERE line_id = %s AND kind = 'good_through'"
        " ORDER BY queued_on, promised_on",
        [line_id],
    )
    return [(one.promised_on, one.queued_on, one.state) for one in found]


def remind(on):
    return remind_of_last_days(worker_authority(), on=on, limit=500)


@pytest.mark.parametrize(
    ("unit", "last"), [("day", dt.date(2012, 2, 2)), ("month", dt.date(2012, 3, 31)), ("year", dt.date(2014, 1, 31))]
)  # fmt: skip
def test_months_and_years_are_counted_by_the_calendar(unit, last):
    use_pack(with_kinds(TOURIST.replace("n: 30, unit: day", f"n: 2, unit: {unit}")))
    number, on = fresh_number(), dt.date(2012, 1, 31)

    register_subscriber(console_authority(), submission(number, added_kind="tourist"), on=on)

    assert registered_as(find_line(number).line_id).good_through == last


@pytest.fixture
def registered():
    use_pack(with_kinds(VISITOR, TOURIST))
    number, who = fresh_number(), visitor(document_number=f"P{fresh_number()[-8:]}")
    register(number, who, last_day=LAST.isoformat())
    return number, who, find_line(number).line_id


def test_the_day_on_the_paper_is_the_last_day_of_the_registration(registered):
    *_, line_id = registered

    assert registered_as(line_id).good_through == LAST


def test_so_many_days_are_counted_from_the_day_after_the_registration():
    use_pack(with_kinds(TOURIST))
    number = fresh_number()

    register(number, person(), as_kind="tourist", last_day=None)

    assert registered_as(find_line(number).line_id).good_through == ON + 30 * DAY


def test_who_is_registered_as_every_law_has_it_gets_no_last_day():
    use_pack(with_kinds(VISITOR))
    number = fresh_number()

    register_subscriber(console_authority(), submission(number), on=ON)

    assert registered_as(find_line(number).line_id).good_through is None


def test_a_document_shown_again_extends_it_and_the_day_before_is_forgotten(registered):
    number, who, line_id = registered
    later = LAST + 90 * DAY
    given = submission(number, who, added_kind="visitor", looked_over=True, last_day=later.isoformat())

    change_record(console_authority(), given, on=LAST)

    assert registered_as(line_id).good_through == later
    kept = rows("SELECT good_through FROM lines_tenure WHERE line_id = %s ORDER BY held", [line_id])
    assert [one.good_through for one in kept] == [None, later]


def test_who_proves_what_a_resident_proves_has_no_last_day_any_more(registered):
    number, who, line_id = registered
    former = (who["document_type"], who["document_number"])

    change_record(console_authority(), submission(number, person(), former_document=former), on=LAST)

    assert registered_as(line_id).good_through is None


@pytest.mark.parametrize(("before", "told"), [(15, 0), (14, 1), (13, 1)])
def test_a_subscriber_is_reminded_so_many_days_before(registered, before, told):
    *_, line_id = registered
    assert settings().last_day_days == 14

    remind(LAST - before * DAY)

    assert len(reminded(line_id)) == told


def test_a_subscriber_is_reminded_once_before_and_once_after(registered):
    *_, line_id = registered

    done = [
        remind(on) for on in (LAST - 14 * DAY, LAST - DAY, LAST, LAST + DAY, LAST + 2 * DAY, LAST + 99 * DAY)
    ]

    assert done == [1, 0, 0, 1, 0, 0]
    assert reminded(line_id) == [(LAST, LAST - 14 * DAY, "queued"), (LAST, LAST + DAY, "queued")]


def test_a_reminder_of_a_day_that_was_extended_is_taken_back(registered):
    number, who, line_id = registered
    remind(LAST)
    given = submission(number, who, added_kind="visitor", looked_over=True, last_day="2013-01-31")
    change_record(console_authority(), given, on=LAST)

    remind(LAST)

    assert reminded(line_id) == [(LAST, LAST, "withdrawn")]


def test_nobody_is_reminded_under_a_law_that_registers_nobody(registered):
    *_, line_id = registered
    use_pack(with_kinds(VISITOR, text=REFERENCE.replace("\nstatus: confirmed", "\nstatus: struck_down", 1)))

    assert remind(LAST) == 0
    assert reminded(line_id) == []


def test_nothing_is_cut_when_the_day_is_over_and_staff_see_how_many(registered):
    number, *_ = registered
    counts = [count_past_last_day(on=on) for on in (LAST, LAST + DAY)]

    remind(LAST + DAY)

    assert counts[1] == counts[0] + 1
    line = find_line(number)
    assert (line.state, line.is_registered) == ("active", True)


def test_the_day_goes_with_the_tenure_that_a_worker_erases(as_role, registered):
    *_, line_id = registered
    (tenure,) = rows("SELECT tenure_id FROM lines_tenure WHERE line_id = %s", [line_id])
    erasing = sql("lines", "erase_many").rstrip().rstrip(",")
    run(
        "INSERT INTO retention_erasure (line_id, erasure_id, tenure_id, ground, article, last_day_kept, begun_at)"
        " VALUES (%s, uuidv7(), %s, 'tenure_ended', '5', %s, now())",
        [line_id, tenure.tenure_id, LAST],
    )

    with as_role("worker"):
        run(
            f"WITH erase_slice AS (SELECT %(line)s::uuid AS line_id, %(tenure)s::uuid AS tenure_id), {erasing} SELECT 1",
            {"line": line_id, "tenure": tenure.tenure_id, "on": LAST},
        )

    assert registered_as(line_id).good_through is None


@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "auditor"])
def test_no_app_reads_the_days_of_all_lines(as_role, registered, role):
    with as_role(role), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        rows("SELECT good_through FROM lines_tenure")


def test_a_counter_reads_the_day_of_one_line_and_the_back_office_a_number(as_role, registered):
    *_, line_id = registered

    with as_role("counter"):
        assert registered_as(line_id).good_through == LAST
    with as_role("backoffice"):
        assert count_past_last_day(on=LAST + DAY) >= 1
    with as_role("backoffice"), pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        registered_as(line_id)


def test_a_receipt_tells_the_day_of_the_registration_that_it_is_for(registered):
    use_pack(with_kinds(VISITOR))
    number = fresh_number()
    receipt = register(number, visitor(document_number=f"R{number[-8:]}"), last_day=LAST.isoformat())
    found = receipt_for(receipt.submission_key)

    assert registered_as(found.line_id, begun_by=found.entry_id).good_through == LAST
    assert registered_as(found.line_id, begun_by=0).good_through is None
