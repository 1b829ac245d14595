# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of an app or a worker: a day's limit holds for every way to what it limits."""

import datetime as dt

import pytest
from django.db import transaction

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.database import rows, run
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.operations.bootstrap import set_limits
from tests.campaign.test_batches import notified_lines
from tests.operations.test_app_roles import new_day, refused  # noqa: F401
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


@pytest.mark.usefixtures("vaulted_committed")
def test_sessions_that_begin_a_day_at_once_begin_it_once():
    yesterday = (dt.date(2026, 1, 1) - dt.date(2020, 1, 1)).days * 10**12
    counted = []

    for _ in range(40):
        run("SELECT setval('access_lookups_counter', %s)", [yesterday])
        assert together(*[_count] * 6) == [None] * 6
        counted.append(
            rows("SELECT mod(last_value, 1000000000000) AS last FROM access_lookups_counter")[0].last
        )

    assert counted == [5] * 40


def _count() -> None:
    with transaction.atomic():
        run("SET LOCAL ROLE counter")
        rows("SELECT lines_pauses_of(uuidv7())")
