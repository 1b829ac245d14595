"""An attacker with the counter's database session cannot suspend a line."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.errors import COUNTER_TERMINATION_LIMIT_REACHED
from rollkeeper.lines.models import CounterTermination
from rollkeeper.lines.queries import find_line
from rollkeeper.lines.services import mark_disputed
from rollkeeper.lines.writes import lock_line
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.operations.bootstrap import set_limits
from rollkeeper.registration import services
from tests.builders.lines import suspend_line
from tests.builders.past import make_older
from tests.refusals import refusing
from tests.registration.people import ON, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")
OWED_BY = {
    "counter": {
        NoticeKind.RESTORED, NoticeKind.RECORD_CHANGED, NoticeKind.NEW_LINE_IN_YOUR_NAME, NoticeKind.SIM_REPLACED,
        NoticeKind.DOCUMENT_BY, NoticeKind.TERMINATED,
    },
    "backoffice": {NoticeKind.CONFIRM_RECORD, NoticeKind.AUDIT_ASKED},
}  # fmt: skip
LOOSENED = (
    "DELETE FROM lines_countertermination WHERE line_id = %s",
    "UPDATE lines_countertermination SET ended_at = '2000-01-01' WHERE line_id = %s",
    "CREATE OR REPLACE FUNCTION lines_counter_terminations_per_day() RETURNS integer LANGUAGE sql RETURN 10000 + length(%s::text)",
    "ALTER TABLE lines_line DISABLE TRIGGER USER -- %s",
)
SUSPENDED = (
    "INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at)"
    " VALUES (%s, uuidv7(), 'unpaid', '2012-03-02', now())"
)
ASKED = (
    "INSERT INTO provisioning_command (line_id, kind, reason, requested_at) VALUES (%s, '{}', '{}', now())"
)


def refused(statement, line_id):
    """Whether the register refuses a statement about one line."""
    try:
        with transaction.atomic():
            run(statement, [line_id])
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize(
    "statement",
    [
        ASKED.format("bar", "registration"),
        ASKED.format("bar", "unpaid"),
        ASKED.format("terminate", "subscriber"),
        ASKED.format("terminate", "registration"),
        "INSERT INTO provisioning_command (line_id, kind, reason, requested_at, batch_id) VALUES (%s, 'restore', 'x', now(), uuidv7())",
        "INSERT INTO provisioning_command (line_id, kind, reason, requested_at, state) VALUES (%s, 'restore', 'x', now(), 'confirmed')",
        "UPDATE provisioning_command SET kind = 'bar' WHERE line_id = %s",
        "DELETE FROM provisioning_command WHERE line_id = %s",
        SUSPENDED,
        "UPDATE lines_suspension SET restored_on = NULL, restored_at = NULL WHERE line_id = %s",
        "UPDATE lines_suspension SET reason = 'order' WHERE line_id = %s",
        "UPDATE lines_line SET state = 'suspended' WHERE line_id = %s",
        "UPDATE lines_line SET state = 'released' WHERE line_id = %s",
        "UPDATE lines_line SET state = 'terminated', terminated_on = '2012-03-02', terminated_by = 'campaign' WHERE line_id = %s",
        "UPDATE lines_line SET state = 'terminated', terminated_by = 'subscriber' WHERE line_id = %s",
        "UPDATE lines_line SET terminated_on = '2012-03-02', terminated_by = 'subscriber' WHERE line_id = %s",
        "UPDATE lines_line SET is_disputed = false WHERE line_id = %s",
        "UPDATE lines_line SET number_index = NULL WHERE line_id = %s",
        "UPDATE lines_line SET number_sealed = NULL WHERE line_id = %s",
        "UPDATE lines_line SET erased_on = '2012-03-02' WHERE line_id = %s",
        "UPDATE lines_line SET activated_on = '2012-03-02' WHERE line_id = %s",
        "UPDATE lines_line SET must_reverify = true WHERE line_id = %s",
        "UPDATE lines_number SET line_id = uuidv7() WHERE line_id = %s",
        "DELETE FROM lines_number WHERE line_id = %s",
        "DELETE FROM lines_pause WHERE line_id = %s",
        "UPDATE lines_pause SET days = '[2012-03-02,2012-03-03)' WHERE line_id = %s",
        "UPDATE lines_legalhold SET review_on = '2012-03-02' WHERE line_id = %s",
        "UPDATE notices_notice SET delivered_on = '2012-03-02' WHERE line_id = %s",
        "UPDATE campaign_member SET stage = 'running' WHERE line_id = %s",
    ],
)  # fmt: skip
def test_no_statement_of_the_counters_role_cuts_a_registered_line(clerk, new_line, as_role, statement):
    number = new_line(SuspensionReason.REGISTRATION)
    services.register_subscriber(clerk, submission(number, person()), on=ON)
    line_id = find_line(number).line_id
    mark_disputed(clerk, line_id, ON)

    with as_role("counter"):
        assert refused(statement, line_id)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lines_line SET state = 'active' WHERE line_id = %s",
        "UPDATE lines_suspension SET restored_on = '2012-03-02', restored_at = now() WHERE line_id = %s",
        ASKED.format("restore", "registration"),
    ],
)
def test_the_counter_gives_no_service_back_that_something_else_took(new_line, as_role, statement):
    line_id = find_line(new_line(SuspensionReason.ORDER)).line_id

    with as_role("counter"):
        assert refused(statement, line_id)


def test_a_bar_that_was_there_before_is_asked_for_again_when_registration_leaves_it(clerk, new_line, as_role):
    number = new_line(SuspensionReason.REGISTRATION)
    line_id = find_line(number).line_id
    suspend_line(line_id, reason=SuspensionReason.UNPAID, on=ON)

    with as_role("counter"):
        services.register_subscriber(clerk, submission(number, person()), on=ON)

    asked = rows(
        "SELECT kind, reason FROM provisioning_command WHERE line_id = %s ORDER BY position DESC", [line_id]
    )
    assert (asked[0].kind, asked[0].reason) == ("bar", "unpaid")
    assert lock_line(line_id).reasons == (SuspensionReason.UNPAID,)


@pytest.fixture
def three_a_day():
    set_limits(terminations_per_day=3)
    yield
    set_limits()


@pytest.mark.usefixtures("three_a_day")
def test_all_counters_together_end_no_more_contracts_in_a_day_than_the_instance_says(
    clerk, new_line, as_role
):
    numbers = [new_line() for _ in range(5)]

    def end(number):
        services.terminate_line(clerk, submission_key=str(new_uuid()), number=number, document=None, on=ON)

    with as_role("counter"):
        for number in numbers[:3]:
            end(number)
        for _ in range(2):
            with refusing(COUNTER_TERMINATION_LIMIT_REACHED), transaction.atomic():
                end(numbers[3])
    assert [find_line(number).state for number in numbers[2:4]] == [LineState.TERMINATED, LineState.ACTIVE]

    make_older(CounterTermination, dt.timedelta(hours=25), "ended_at")
    with as_role("counter"):
        end(numbers[3])
    assert find_line(numbers[3]).is_over


@pytest.mark.usefixtures("three_a_day")
def test_counters_take_off_no_more_marks_than_they_may_end_contracts(clerk, new_line, as_role):
    numbers = [new_line() for _ in range(4)]

    def mark(number, *, essential):
        services.mark_essential(
            clerk, submission_key=str(new_uuid()), number=number, essential=essential, on=ON
        )

    with as_role("counter"):
        for number in numbers:
            mark(number, essential=True)
        mark(fresh := new_line(), essential=False)
        for number in numbers[:3]:
            mark(number, essential=False)
        with refusing(COUNTER_TERMINATION_LIMIT_REACHED), transaction.atomic():
            mark(numbers[3], essential=False)

    assert [find_line(number).is_essential for number in (fresh, *numbers)] == [
        False,
        False,
        False,
        False,
        True,
    ]


@pytest.mark.usefixtures("three_a_day")
def test_the_counter_cannot_set_its_own_brake(clerk, new_line, as_role):
    numbers = [new_line() for _ in range(4)]
    ended = []

    with as_role("counter"):
        kept = [refused(statement, find_line(numbers[0]).line_id) for statement in LOOSENED]
        for number in numbers:
            try:
                with transaction.atomic():
                    services.terminate_line(
                        clerk, submission_key=str(new_uuid()), number=number, document=None, on=ON
                    )
                ended.append(True)
            except RollkeeperError:
                ended.append(False)

    assert all(kept)
    assert ended == [True, True, True, False]


@pytest.mark.parametrize("kind", sorted(NoticeKind))
@pytest.mark.parametrize("role", ["counter", "backoffice"])
def test_an_app_owes_only_the_notices_of_its_own_acts_and_marks_none_as_delivered(
    new_line, as_role, role, kind
):
    line_id = find_line(new_line()).line_id
    owed = "INSERT INTO notices_notice (line_id, kind, language, queued_on, pack_hash) VALUES (%s, '{}', 'en', '2012-03-02', '00')"
    delivered = owed.replace("queued_on,", "queued_on, delivered_on,").replace(
        "'2012-03-02',", "'2012-03-02', '2012-03-02',"
    )

    with as_role(role):
        assert refused(owed.format(kind), line_id) == (kind not in OWED_BY[role])
        assert refused(delivered.format(kind), line_id)


@pytest.mark.parametrize("role", ["counter", "backoffice"])
def test_hours_given_to_a_line_that_is_not_suspended_do_not_bar_it_at_their_end(
    clerk, new_line, as_role, role
):
    number = new_line(SuspensionReason.REGISTRATION)
    services.register_subscriber(clerk, submission(number, person()), on=ON)
    line_id = find_line(number).line_id
    given = "INSERT INTO lines_reconnection (line_id, reconnected_at, ends_at) VALUES (%s, now(), now() + interval '1 second')"

    with as_role(role):
        assert refused(given, line_id)
    assert {
        row.kind for row in rows("SELECT kind FROM provisioning_command WHERE line_id = %s", [line_id])
    } == {"restore"}
