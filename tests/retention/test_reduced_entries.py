# SPDX-License-Identifier: EUPL-1.2
"""An attacker with a worker's session closes no entry but of the record that goes: an erasure of less hides no access to the rest."""

import datetime as dt

import pytest

from rollkeeper.access.authority import Authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.services import append_entry, integrate
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.services import look_up_line
from rollkeeper.registration.services import register_subscriber, transfer_line
from tests.registration.people import ON, fresh_number, given_by, person, submission

pytestmark = pytest.mark.usefixtures("committed")
DAY = dt.timedelta(days=1)
CLERK = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)


@pytest.fixture(autouse=True)
def today():
    clock.set_demo_date(ON)


def registered(subscriber=None):
    number = fresh_number()
    register_subscriber(CLERK, submission(number, subscriber or person()), on=ON)
    return number, look_up_line(CLERK, number, on=ON).line_id


def tenures(line):
    return rows("SELECT * FROM lines_tenure WHERE line_id = %s ORDER BY held", [line])


def erasure_under_way(line, tenure, ground):
    """As a worker may: with the entry that says so."""
    erasure, verb = (
        new_uuid(),
        Verb.COPY_ERASED if ground == "copy_over" else Verb.RECORD_ERASED,
    )
    kept = clock.today() - DAY
    facts = {"erasure": str(erasure), "last_day_kept": str(kept), "tenure": str(tenure)}
    append_entry(
        worker_authority(), verb=verb, role="worker", on=clock.today(), line_id=line, pack="cd" * 32, article="4",
        facts=facts if verb is Verb.COPY_ERASED else facts | {"ground": ground},
    )  # fmt: skip
    run(
        "INSERT INTO retention_erasure (line_id, erasure_id, tenure_id, ground, article, last_day_kept, begun_at)"
        " VALUES (%s, %s, %s, %s, '4', %s, now())",
        [line, erasure, tenure, ground, kept],
    )


def reduced(**which):
    (column, value), *_ = which.items()
    statement = (
        f"SELECT ledger_reduce_entries(array_agg(entry_id)) AS n FROM ledger_entry WHERE {column} = %s"  # noqa: S608
    )
    return rows(statement, [value])[0].n


def lookups(line):
    found = rows("SELECT FROM ledger_entry WHERE line_id = %s AND verb = 'line:line:looked_up'", [line])
    return len(found)


def test_while_copies_go_no_entry_of_the_record_is_closed(as_role):
    _, line = registered()
    clock.set_demo_date(ON + DAY)
    integrate()

    with as_role("worker"):
        erasure_under_way(line, tenures(line)[0].tenure_id, "copy_over")
        closed = reduced(line_id=line)

    assert (closed, lookups(line)) == (0, 1)


def test_while_a_former_record_goes_no_access_to_the_present_one_is_closed(as_role):
    former, present = person(), person()
    number, line = registered(former)
    clock.set_demo_date(ON + DAY)
    transfer_line(CLERK, submission(number, present, transferor=given_by(former)), on=ON + DAY)
    clock.set_demo_date(ON + 2 * DAY)
    for _ in range(2):
        look_up_line(CLERK, number, on=ON + 2 * DAY)
    integrate()

    with as_role("worker"):
        erasure_under_way(line, tenures(line)[0].tenure_id, "tenure_ended")
        closed = reduced(line_id=line)

    assert closed > 1
    assert lookups(line) == 2


def test_while_one_record_goes_no_entry_about_a_person_with_another_is_closed(as_role):
    subscriber = person()
    registered(subscriber)
    number, line = registered(subscriber)
    ((_, who),) = [(one.tenure_id, one.person_id) for one in tenures(line)]
    append_entry(
        worker_authority(), verb=Verb.OPENING_REFUSED, role="worker", on=ON, person_id=who,
        facts={"asked": 1, "field": "name", "purpose": "correction"},
    )  # fmt: skip
    clock.set_demo_date(ON + DAY)
    transfer_line(CLERK, submission(number, person(), transferor=given_by(subscriber)), on=ON + DAY)
    clock.set_demo_date(ON + 2 * DAY)
    integrate()

    with as_role("worker"):
        erasure_under_way(line, tenures(line)[0].tenure_id, "tenure_ended")
        reduced(person_id=who)

    assert len(rows("SELECT FROM ledger_entry WHERE person_id = %s AND line_id IS NULL", [who])) == 1
