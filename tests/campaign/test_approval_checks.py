"""A batch runs only if enough people approved exactly its content, regardless of its stored state."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import Authority, console_authority
from rollkeeper.access.models import RoleGrant, Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.campaign import batch_control
from rollkeeper.campaign.approvals import content_of
from rollkeeper.campaign.choices import BatchState
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import BatchId, LineId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from tests.builders.lines import make_line
from tests.builders.staff import employ
from tests.campaign.population import state
from tests.campaign.test_batches import DUE, approve, carry_out, drawn, notified_lines

type People = tuple[Authority, Authority]
type AsRole = Callable[[str], AbstractContextManager[None]]


@pytest.fixture
def waiting(people: People) -> tuple[BatchId, LineId]:
    """A batch of one line that no one has approved yet."""
    (line_id,) = notified_lines(1)
    return drawn(), line_id


def set_approved(batch_id: BatchId) -> None:
    run("UPDATE campaign_batch SET state = 'approved' WHERE batch_id = %s", [batch_id])


def entered(batch_id: BatchId, who: Authority, *, content: str | None = None) -> int:
    """Enter an approval in a person's name, as the back office's role can."""
    facts = {"batch": str(batch_id), "enough": True, "people": 2} | ({"content": content} if content else {})
    return append_entry(who, verb=Verb.BATCH_APPROVED, role="supervisor", on=DUE, pack="ab" * 32, facts=facts)


def is_refused(statement: str, values: list[object]) -> bool:
    try:
        with transaction.atomic():
            run(statement, values)
    except DatabaseError:
        return True
    return False


def test_what_two_people_approved_is_run(waiting: tuple[BatchId, LineId], people: People) -> None:
    batch_id, line_id = waiting
    approve(batch_id, people)

    assert carry_out(batch_id).state is BatchState.DONE
    assert state(line_id) == "suspended"


@pytest.mark.parametrize(
    "forged", ["a state", "rows", "rows that name one entry", "rows with entries of something else"]
)
def test_a_state_or_rows_that_say_approved_are_not_enough(
    waiting: tuple[BatchId, LineId], people: People, as_role: AsRole, forged: str
) -> None:
    batch_id, line_id = waiting
    row = (
        "INSERT INTO access_approval (permission, subject, staff_id, approves, day, content, entry_id)"
        " VALUES ('approve_batch', %s, %s, true, '2012-03-02', %s, %s)"
    )

    with as_role("backoffice"):
        content = content_of(batch_id)
        one = entered(batch_id, people[0], content=content)
        entries = {
            "rows": [None, None],
            "rows that name one entry": [one, one],
            "rows with entries of something else": [
                entered(batch_id, who, content="00" * 32) for who in people
            ],
        }
        for who, entry_id in zip(people, entries.get(forged, []), strict=False):
            run(row, [batch_id, who.staff_id, content, entry_id])
        set_approved(batch_id)
    ran = carry_out(batch_id)

    assert (ran.state, ran.done) == (BatchState.STOPPED, 0)
    assert state(line_id) == "active"


def test_a_batch_into_which_a_line_was_put_after_the_approvals_is_not_run(
    waiting: tuple[BatchId, LineId], people: People
) -> None:
    batch_id, line_id = waiting
    approve(batch_id, people)
    run(
        "INSERT INTO campaign_batchline (line_id, batch_id, position, line_version, outcome) VALUES (%s, %s, 2, 1, 'waiting')",
        [make_line(), batch_id],
    )

    assert carry_out(batch_id).state is BatchState.STOPPED
    assert state(line_id) == "active"


def test_a_line_of_another_version_is_another_content(waiting: tuple[BatchId, LineId]) -> None:
    before = content_of(waiting[0])

    run("UPDATE campaign_batchline SET line_version = line_version + 1 WHERE batch_id = %s", [waiting[0]])

    assert content_of(waiting[0]) != before


def test_who_lost_the_account_before_the_run_has_not_approved(
    waiting: tuple[BatchId, LineId], people: People
) -> None:
    batch_id, line_id = waiting
    approve(batch_id, people)
    Staff.objects.filter(staff_id=people[1].staff_id).update(is_active=False)

    assert carry_out(batch_id).state is BatchState.STOPPED
    assert state(line_id) == "active"


def test_who_leaves_the_role_later_had_it_when_approving(
    waiting: tuple[BatchId, LineId], people: People
) -> None:
    approve(waiting[0], people)
    RoleGrant.objects.filter(staff_id=people[1].staff_id).update(until=DUE)

    assert carry_out(waiting[0]).state is BatchState.DONE


def test_the_office_revives_no_batch_that_was_stopped(
    waiting: tuple[BatchId, LineId], people: People, as_role: AsRole
) -> None:
    batch_id, _ = waiting
    approve(batch_id, people)
    batch_control.stop_batch(console_authority(), batch_id, on=DUE)

    with as_role("backoffice"):
        refused = {
            to: is_refused("UPDATE campaign_batch SET state = %s WHERE batch_id = %s", [to, batch_id])
            for to in ("waiting", "approved", "running", "done", "undo_requested")
        }

    assert refused == {
        "waiting": True,
        "approved": True,
        "running": True,
        "done": True,
        "undo_requested": False,
    }


def test_the_counter_enters_nobodys_approval(
    waiting: tuple[BatchId, LineId], people: People, as_role: AsRole
) -> None:
    with (
        as_role("counter"),
        pytest.raises(DatabaseError, match="ledger_entry_not_allowed_for_this_role"),
        transaction.atomic(),
    ):
        entered(waiting[0], people[0])


def test_the_office_makes_no_account_and_gives_no_role(people: People, as_role: AsRole) -> None:
    who = employ(StaffRole.CAMPAIGN_MANAGER).staff_id
    statements = {
        "INSERT INTO access_rolegrant (grant_id, staff_id, role, since) VALUES (uuidv7(), %s, 'supervisor', '2012-01-01')",
        "UPDATE access_rolegrant SET role = 'supervisor' WHERE staff_id = %s",
        "UPDATE access_rolegrant SET until = NULL WHERE staff_id = %s",
        "INSERT INTO access_staff (staff_id, username, password, is_active, salt) VALUES (uuidv7(), %s, '!', true, '')",
        "UPDATE access_staff SET salt = '' WHERE staff_id = %s",
    }

    with as_role("backoffice"):
        assert all(is_refused(statement, [who]) for statement in statements)
