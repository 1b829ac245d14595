# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of an app or a worker: a day's limit holds for every way to what it limits."""

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import find_line
from rollkeeper.operations.bootstrap import set_limits
from tests.campaign.test_batches import notified_lines
from tests.operations.test_app_roles import new_day, refusal, refused  # noqa: F401
from tests.registration.conftest import clerk, new_line, vaulted, vaulted_committed  # noqa: F401
from tests.registration.people import ON
from tests.registration.test_concurrency import together

TOLD = {
    "counter": (
        "SELECT campaign_line_deadline(%(line)s)",
        "SELECT lines_registered_as(%(line)s)",
        "SELECT lines_sim_replaced_on(%(line)s)",
        "SELECT lines_pauses_of(%(line)s)",
    ),
    "backoffice": (
        "SELECT campaign_promised_since(%(line)s, '2012-03-01')",
        "SELECT lines_pauses_of(%(line)s)",
    ),
}


@pytest.mark.parametrize(
    ("role", "statement"), [(role, one) for role, all_of in TOLD.items() for one in all_of]
)
def test_what_is_told_of_one_line_is_told_of_no_more_lines_than_the_limit(register, as_role, role, statement):
    lines = notified_lines(4)
    run(f"SELECT setval('access_lookups_{role}', 0)")
    set_limits(lookups_per_day=3)

    with as_role(role):
        assert [refused(statement, {"line": one}) for one in lines] == [False, False, False, True]


def test_a_counter_tries_no_more_numbers_of_pages_than_the_limit(new_day, clerk, as_role):  # noqa: F811
    line_id = notified_lines(1)[0]
    set_limits(lookups_per_day=3)
    tried = "SELECT selfcare_hand_over_code(uuidv7(), %s, %s, 'counter', 'a', 10, 5, 10)"

    with as_role("counter"):
        entry = append_entry(
            clerk, verb=Verb.CODE_SENT, role="clerk", on=ON, line_id=line_id, facts={"channel": "counter"}
        )
        said = [refused(tried, [line_id, entry]) for _ in range(4)]

    assert said == [False, False, False, True]


def test_a_counter_tries_for_no_more_lines_than_the_limit_whether_a_case_is_open(new_day, as_role):  # noqa: F811
    lines = notified_lines(3)
    opened = (
        "INSERT INTO selfcare_case (case_id, line_id, kind, opened_on, due_on)"
        " VALUES (uuidv7(), %s, 'inherit', '2012-03-02', '2012-04-02')"
    )
    run(opened, [lines[0]])
    set_limits(lookups_per_day=3)
    heard = []

    with as_role("counter"):
        for one in (*lines, lines[0]):
            heard.append("")
            try:
                with transaction.atomic():
                    run(opened, [one])
            except DatabaseError as fault:
                heard[-1] = str(fault)

    assert ["open_twice" in one for one in heard] == [True, False, False, False]
    assert "lookup_limit" in heard[-1]


def as_worker(verb, line_id, **more):
    """The entry of a worker."""
    return append_entry(worker_authority(), verb=verb, role="worker", on=ON, line_id=line_id, **more)


ENDED = {
    "in another name": "UPDATE lines_line SET state = 'terminated', terminated_on = '2012-03-02', terminated_by = 'x' WHERE line_id = %(line)s",
    "by a function": "SELECT lines_terminate(%(line)s, %(entry)s, '2030-01-01')",
    "by a right": "UPDATE lines_line SET state = 'terminated', terminated_on = '2012-03-02', terminated_by = 'subscriber' WHERE line_id = %(line)s",
}


@pytest.mark.parametrize("how", ENDED)
def test_a_worker_ends_no_more_contracts_in_a_day_than_counters_may(new_day, as_role, how):  # noqa: F811
    lines = notified_lines(3)
    run("DELETE FROM lines_countertermination")
    set_limits(terminations_per_day=2)
    said = []

    with as_role("worker"):
        for one in lines:
            entry = as_worker(Verb.LINE_TERMINATED, one, pack="a1" * 32)
            said.append(refused(ENDED[how], {"line": one, "entry": entry}))

    assert said == [False, False, True]


GIVEN_AWAY = {
    "by a function": "SELECT * FROM lines_register(ARRAY[%(line)s]::uuid[], ARRAY[uuidv7()], ARRAY['individual'], ARRAY[uuidv7()],"
                      " ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY['declared'], ARRAY[NULL]::text[],"
                      " ARRAY[NULL]::text[], ARRAY[NULL]::date[], ARRAY[%(entry)s]::bigint[], ARRAY['en'], ARRAY[true])",
    "by a right": "UPDATE lines_tenure SET held = tstzrange(lower(held), now()), ended_by_entry = %(entry)s WHERE line_id = %(line)s AND upper_inf(held)",
    "by a right, with the entry of an end":
        "UPDATE lines_tenure SET held = tstzrange(lower(held), now()), ended_by_entry = %(ended)s WHERE line_id = %(line)s AND upper_inf(held)",
}  # fmt: skip


@pytest.mark.parametrize("how", GIVEN_AWAY)
def test_a_worker_gives_away_no_more_lines_in_a_day_than_counters_may(new_day, new_line, as_role, how):  # noqa: F811
    lines = [held_by_someone(find_line(new_line()).line_id) for _ in range(3)]
    run("DELETE FROM lines_countertermination")
    set_limits(terminations_per_day=2)
    said = []

    with as_role("worker"):
        for one in lines:
            values = {
                "line": one,
                "entry": as_worker(
                    Verb.TENURE_TRANSFERRED, one, person_id=new_uuid(), commitment="00" * 32, pack="a1" * 32,
                    facts={"assurance": "declared", "party_kind": "individual"},
                ),
                "ended": as_worker(Verb.LINE_TERMINATED, one, pack="a1" * 32),
            }  # fmt: skip
            said.append(refused(GIVEN_AWAY[how], values))

    assert said == [False, False, True]


def held_by_someone(line_id):
    """The line, with a subscriber of some years."""
    run(
        "INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, assurance)"
        " VALUES (%s, tstzrange('2010-01-01', NULL), uuidv7(), 'individual', uuidv7(), 'declared')",
        [line_id],
    )
    return line_id


MOVED = {
    "back to who had it": "tstzrange(lower(held), NULL), ended_by_entry = NULL",
    "to an earlier beginning": "tstzrange('1999-01-01', upper(held))",
    "to an earlier end": "tstzrange(lower(held), '2010-02-01')",
    "to no time": "'empty'",
}


@pytest.mark.parametrize("moved", MOVED)
def test_a_worker_moves_no_tenure_that_is_over(new_day, new_line, as_role, moved):  # noqa: F811
    line_id = held_by_someone(find_line(new_line()).line_id)
    run("UPDATE lines_tenure SET held = tstzrange(lower(held), '2011-01-01') WHERE line_id = %s", [line_id])

    with as_role("worker"):
        assert refused(f"UPDATE lines_tenure SET held = {MOVED[moved]} WHERE line_id = %s", [line_id])  # noqa: S608 - our own words


@pytest.mark.parametrize("moved", ["tstzrange('1999-01-01', NULL)", "'empty'"])
def test_a_worker_moves_no_tenure_in_force(new_day, new_line, as_role, moved):  # noqa: F811
    line_id = held_by_someone(find_line(new_line()).line_id)

    with as_role("worker"):
        assert refused(f"UPDATE lines_tenure SET held = {moved} WHERE line_id = %s", [line_id])  # noqa: S608 - our own words


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO kernel_countmark VALUES ('access_lookups_counter', '2020-01-01', 1000000)",
        "DELETE FROM kernel_countmark",
        "SELECT setval('access_lookups_counter_since', 0)",
        "SELECT nextval('access_lookups_counter_since')",
        "SELECT setval('vault_sims_replaced_since', 0)",
        "SELECT kernel_count_in_day('access_lookups_counter', 'access_lookups_counter_since', 1)",
    ],
)
@pytest.mark.parametrize("role", ["counter", "backoffice", "portal", "worker"])
def test_no_one_who_is_counted_writes_the_counts(register, as_role, role, statement):
    with as_role(role):
        assert "permission denied" in refusal(statement)


def test_a_worker_gives_no_line_to_anyone_by_its_own_rights_outside_an_import(new_day, new_line, as_role):  # noqa: F811
    line_id = find_line(new_line()).line_id

    with as_role("worker"):
        assert refused(
            "INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, assurance)"
            " VALUES (%s, tstzrange(now(), NULL), uuidv7(), 'individual', uuidv7(), 'declared')",
            [line_id],
        )


def pass_by(hours):
    """As if so many hours went by since all that was counted."""
    run("UPDATE kernel_countmark SET marked_at = marked_at - make_interval(hours => %s)", [hours])
    run("SELECT setval('access_lookups_counter_since', 0)")


def looked_up(times):
    """What comes of so many lookups, each in a transaction of its own."""
    return [refused("SELECT lines_pauses_of(uuidv7())") for _ in range(times)]


@pytest.mark.parametrize(("hours", "may"), [([23], False), ([12, 11], False), ([25], True), ([12, 13], True)])
def test_what_was_looked_up_counts_for_24_hours_whatever_the_day(new_day, as_role, hours, may):  # noqa: F811
    set_limits(lookups_per_day=3)
    with as_role("counter"):
        looked_up(1)
    pass_by(1)
    with as_role("counter"):
        assert looked_up(3) == [False, False, True]

    for some in hours:
        pass_by(some)
        with as_role("counter"):
            last = looked_up(1)

    assert last == [not may]


def rest(hours):
    """As if nothing was asked for so many hours: no mark was made meanwhile."""
    run("UPDATE kernel_countmark SET marked_at = marked_at - make_interval(hours => %s)", [hours])
    run(
        "SELECT setval('access_lookups_counter_since', last_value - %s * 10000000000000) FROM access_lookups_counter_since",
        [hours],
    )


@pytest.mark.parametrize(("hours", "may"), [(23, False), (26, True), (72, True)])
def test_an_app_that_rested_a_day_at_its_limit_looks_up_again(new_day, as_role, hours, may):  # noqa: F811
    set_limits(lookups_per_day=3)
    with as_role("counter"):
        assert looked_up(4) == [False, False, False, True]

    rest(hours)

    with as_role("counter"):
        assert looked_up(3) == [not may] * 3


def test_a_mark_that_is_rolled_back_takes_no_count_back(new_day, as_role):  # noqa: F811
    set_limits(lookups_per_day=3)
    for _ in range(3):
        pass_by(2)
        with as_role("counter"), transaction.atomic():
            looked_up(1)
            transaction.set_rollback(True)

    with as_role("counter"):
        assert looked_up(1) == [True]


@pytest.mark.usefixtures("vaulted_committed")
def test_sessions_that_begin_an_hour_at_once_count_each_lookup():
    for _ in range(10):
        run("SELECT setval('access_lookups_counter', 7), setval('access_lookups_counter_since', 0)")
        assert together(*[_count] * 6) == [None] * 6
        (counted,) = rows("SELECT last_value AS last FROM access_lookups_counter")
        assert counted.last == 13


def _count() -> None:
    with transaction.atomic():
        run("SET LOCAL ROLE counter")
        rows("SELECT lines_pauses_of(uuidv7())")
