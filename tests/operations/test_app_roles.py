"""An attacker has the database session of an app: what its role writes, reads and holds up, and where that ends."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.errors import COUNTER_TERMINATION_LIMIT_REACHED
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.operations.bootstrap import set_limits
from rollkeeper.registration import services
from rollkeeper.retention import services as retention
from tests.refusals import refusing
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401
from tests.registration.people import ON, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")
APPS = ("counter", "backoffice", "portal")


def refused(statement, parameters=()):
    """Whether the register refuses a statement."""
    try:
        with transaction.atomic():
            run(statement, parameters)
    except DatabaseError:
        return True
    return False


@pytest.fixture
def held(clerk, new_line):  # noqa: F811
    """A line with a subscriber: its reference, its number and its subscriber."""
    number, who = new_line(SuspensionReason.REGISTRATION), person()
    services.register_subscriber(clerk, submission(number, who), on=ON)
    return find_line(number).line_id, number, who


@pytest.fixture
def production():
    """The register as a production instance's, where the database alone says what day and instant it is."""
    set_limits(production=True)


@pytest.mark.parametrize("role", APPS)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines_tenure SET held = tstzrange(lower(held), lower(held) + interval '1 second') WHERE line_id = %s",
        "UPDATE lines_tenure SET ended_by_entry = 1 WHERE line_id = %s",
        "INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, assurance) VALUES (%s, 'empty', uuidv7(), 'a', uuidv7(), 'b')",
        "SELECT lines_terminate(%s, NULL, '2030-01-01')",
        "SELECT lines_terminate(%s, (SELECT max(entry_id) FROM ledger_entry), '2030-01-01')",
    ],
)
def test_no_app_ends_a_tenure_without_its_entry(held, as_role, role, statement):
    line_id, _, _ = held

    with as_role(role):
        assert refused(statement, [line_id])
    assert [one.until for one in tenures(line_id)] == [None]


TAKEN = (
    "SELECT * FROM lines_register(ARRAY[%(line)s], ARRAY[uuidv7()], ARRAY['individual'], ARRAY[uuidv7()], ARRAY[NULL]::uuid[],"
    " ARRAY[NULL]::uuid[], ARRAY[NULL]::uuid[], ARRAY['sighted'], ARRAY[NULL]::text[], ARRAY[NULL]::text[], ARRAY[NULL]::date[],"
    " ARRAY[%(entry)s]::bigint[], ARRAY['en'], ARRAY[true])"
)


@pytest.mark.parametrize("entry", ["NULL", "that of the true registration"])
def test_the_counter_takes_over_no_line_without_an_entry_of_the_same_transaction(held, as_role, entry):
    line_id, _, _ = held
    (true,) = rows("SELECT begun_by_entry AS entry FROM lines_tenure WHERE line_id = %s", [line_id])
    # All of a test is one transaction: an earlier one is that of another line.
    (other,) = rows("SELECT max(entry_id) AS entry FROM ledger_entry WHERE entry_id < %s", [true.entry])

    with as_role("counter"):
        assert refused(TAKEN, {"line": line_id, "entry": None if entry == "NULL" else other.entry})


def test_the_database_sets_the_instant_of_a_termination_in_production(held, clerk, as_role, production):  # noqa: F811
    line_id, number, who = held
    clock.set_demo_date(dt.date(2001, 1, 1))
    today = dt.datetime.now(clock.zone()).date()

    with as_role("counter"):
        services.terminate_line(
            clerk, submission_key="end-1000", number=number,
            document=(who["document_type"], who["document_number"]), on=today,
        )  # fmt: skip

    (line,) = rows("SELECT terminated_on FROM lines_line WHERE line_id = %s", [line_id])
    assert line.terminated_on == today
    assert tenures(line_id)[-1].until.year >= 2026


def test_lines_that_go_to_other_people_count_against_the_limit_of_terminations(clerk, new_line, as_role):  # noqa: F811
    owners = [(new_line(), person()) for _ in range(3)]
    for number, who in owners:
        services.register_subscriber(clerk, submission(number, who), on=ON)
    set_limits(terminations_per_day=2)

    def give_away(number, who):
        services.transfer_line(clerk, submission(number, person(), transferor=given_by(who)), on=ON)

    with as_role("counter"):
        for number, who in owners[:2]:
            give_away(number, who)
        with refusing(COUNTER_TERMINATION_LIMIT_REACHED), transaction.atomic():
            give_away(*owners[2])


def test_a_tenure_that_ended_without_its_entry_is_never_erased(held):
    line_id, _, _ = held
    run("UPDATE lines_tenure SET held = '[2011-01-01,2011-01-02)'")
    later = ON + dt.timedelta(days=800)

    due = retention.count_due(worker_authority(), on=later)
    erased = retention.erase_due(worker_authority(), on=later)

    assert (due.tenures, due.not_entered, erased.tenures, erased.keys_destroyed) == (0, 1, 0, 0)
    assert [
        row.erased_on for row in rows("SELECT erased_on FROM lines_tenure WHERE line_id = %s", [line_id])
    ] == [None]


def test_a_line_marked_as_terminated_without_its_entry_is_never_erased(new_line):  # noqa: F811
    line_id = find_line(new_line()).line_id
    run(
        "UPDATE lines_line SET state = 'terminated', terminated_on = '2011-01-01', terminated_by = 'subscriber' WHERE line_id = %s",
        [line_id],
    )

    assert retention.erase_due(worker_authority(), on=ON).lines == 0


@pytest.mark.usefixtures("held")
def test_the_worker_too_ends_no_tenure_without_its_entry(as_role):
    ended = "UPDATE lines_tenure SET held = tstzrange(lower(held), now()), ended_by_entry = %s"

    with as_role("worker"):
        assert refused(ended, [None])
        assert refused(ended, [10**9])


def test_a_line_that_the_attacker_made_up_gets_no_subscriber(as_role):
    with as_role("counter"):
        assert refused(TAKEN, {"line": new_uuid(), "entry": None})
