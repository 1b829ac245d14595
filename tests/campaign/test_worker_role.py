# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of a worker: no line loses service that two people did not approve, and none is made up."""

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.staff_requests import ask
from rollkeeper.campaign import batch_control, batch_execution
from rollkeeper.campaign.choices import BatchState
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import BatchId, LineId, new_uuid
from rollkeeper.operations.bootstrap import set_limits
from tests.builders.commands import make_command
from tests.builders.lines import make_line
from tests.builders.packs import write_pack
from tests.builders.stages import staged
from tests.campaign.population import state
from tests.campaign.test_batches import DUE, NOTIFIED, approve, drawn, notified_lines

type People = tuple[Authority, Authority]
type AsRole = Callable[[str], AbstractContextManager[None]]

SUSPENDED = (
    "INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at, batch_id)"
    " VALUES (%(line)s, uuidv7(), 'registration', %(on)s, now(), %(batch)s)"
)
NO_BATCH = SUSPENDED.replace("%(batch)s", "NULL")
OWN_BATCH = (
    "INSERT INTO campaign_batch (batch_id, campaign_id, action, due_on, state, line_count, pack_hash, max_lines_per_hour, pilot_count,"
    " prepared_at, excluded, content, position_done) SELECT uuidv7(), campaign_id, action, due_on, '{}', 1, pack_hash, 1000000, 1, now(), '{{}}',"
    " content, 0 FROM campaign_batch"
)
ADDED = "INSERT INTO campaign_batchline (line_id, batch_id, position, line_version, outcome) VALUES (%(line)s, %(batch)s, 2, 1, 'waiting')"
ERASED = (
    "INSERT INTO retention_erasure (line_id, erasure_id, ground, article, last_day_kept, begun_at)"
    " VALUES (%(line)s, uuidv7(), 'erased_before_restore', 'a', %(on)s, now())"
)
RUNS = "UPDATE campaign_batch SET state = 'running' WHERE batch_id = %(batch)s"


def refused(*statements: str, **values: object) -> bool:
    """Whether the register refuses one of these statements, at the latest when they are committed."""
    try:
        with transaction.atomic():
            for one in statements:
                run(one, values)
            run("SET CONSTRAINTS ALL IMMEDIATE")
    except DatabaseError:
        return True
    return False


@pytest.fixture
def waiting(people: People) -> tuple[BatchId, LineId]:
    """A batch of one line that no one has approved yet."""
    (line_id,) = notified_lines(1)
    return drawn(), line_id


@pytest.fixture
def approved(waiting: tuple[BatchId, LineId], people: People) -> tuple[BatchId, LineId]:
    """A batch of one line that two people approved."""
    approve(waiting[0], people)
    return waiting


@pytest.mark.parametrize(
    "statements",
    [
        [NO_BATCH],
        [SUSPENDED],
        [RUNS, SUSPENDED],
        ["UPDATE campaign_batch SET state = 'approved' WHERE batch_id = %(batch)s"],
        [OWN_BATCH.format("running")],
        [OWN_BATCH.format("approved")],
        ["UPDATE lines_line SET state = 'suspended' WHERE line_id = %(line)s"],
        ["UPDATE lines_line SET state = 'terminated', terminated_on = %(on)s, terminated_by = 'campaign' WHERE line_id = %(line)s"],
        ["UPDATE lines_line SET state = 'terminated', terminated_on = %(on)s, terminated_by = 'subscriber' WHERE line_id = %(line)s"],
        ["UPDATE lines_line SET state = 'terminated', terminated_on = %(on)s, terminated_by = 'import_undone' WHERE line_id = %(line)s"],
        ["UPDATE lines_line SET state = 'released', erased_on = %(on)s WHERE line_id = %(line)s"],
        [ERASED, "UPDATE lines_line SET state = 'released', erased_on = %(on)s WHERE line_id = %(line)s"],
        ["INSERT INTO provisioning_command (line_id, kind, reason, requested_at) VALUES (%(line)s, 'bar', 'registration', now())"],
    ],
)  # fmt: skip
def test_a_worker_takes_service_from_no_line_of_a_batch_that_waits(
    waiting: tuple[BatchId, LineId], as_role: AsRole, statements: list[str]
) -> None:
    batch_id, line_id = waiting

    with as_role("worker"):
        assert refused(*statements, batch=batch_id, line=line_id, on=DUE)


@pytest.mark.parametrize(
    "statements",
    [
        [RUNS, SUSPENDED],
        [ADDED],
        [ADDED, RUNS],
        ["UPDATE campaign_batch SET content = NULL WHERE batch_id = %(batch)s"],
        ["UPDATE campaign_batchline SET line_id = %(line)s"],
        [RUNS, "UPDATE lines_line SET state = 'terminated', terminated_on = %(on)s, terminated_by = 'campaign' WHERE line_id = %(line)s"],
    ],
)  # fmt: skip
def test_an_approved_batch_takes_service_from_no_other_line(
    approved: tuple[BatchId, LineId], as_role: AsRole, statements: list[str]
) -> None:
    other = make_line()

    with as_role("worker"):
        assert refused(*statements, batch=approved[0], line=other, on=DUE)


@pytest.mark.parametrize("kind", ["bar", "terminate"])
def test_a_worker_commands_nothing_by_a_temporary_table_that_it_made(
    register: None, as_role: AsRole, kind: str
) -> None:
    line_id = make_line()

    with as_role("worker"):
        assert refused(
            "CREATE TEMPORARY TABLE lines_line (line_id uuid, state text, is_essential boolean)",
            "DISCARD PLANS",  # as in a new session
            "INSERT INTO provisioning_command (line_id, kind, reason, requested_at) VALUES (%(line)s, %(kind)s, 'registration', now())",
            line=line_id,
            kind=kind,
        )


def test_an_approved_batch_is_not_run_before_its_day(
    approved: tuple[BatchId, LineId], as_role: AsRole
) -> None:
    batch_id, line_id = approved

    with as_role("worker"):
        assert refused(RUNS, SUSPENDED, batch=batch_id, line=line_id, on=DUE - dt.timedelta(days=1))
        assert not refused(RUNS, SUSPENDED, batch=batch_id, line=line_id, on=DUE)


@pytest.mark.parametrize(
    ("state", "kind", "promised", "may"),
    [
        ("delivered", "register_by", -1, True),
        ("delivered", "register_by", 0, False),
        ("delivered", "register_by", 1, False),
        ("sent", "reminder", 0, False),
        ("withdrawn", "reminder", 1, True),
    ],
)
def test_an_approved_batch_cuts_no_line_through_a_day_that_a_notice_named(
    approved: tuple[BatchId, LineId], as_role: AsRole, state: str, kind: str, promised: int, *, may: bool
) -> None:
    batch_id, line_id = approved
    run(
        "INSERT INTO notices_notice (line_id, kind, campaign_id, language, state, queued_on, promised_on, pack_hash, delivered_on)"
        " SELECT %(line)s, %(kind)s, campaign_id, 'en', %(state)s, %(on)s, %(promised)s, '', CASE WHEN %(state)s = 'delivered' THEN %(on)s::date END"
        " FROM campaign_member WHERE line_id = %(line)s",
        {"line": line_id, "kind": kind, "state": state, "on": NOTIFIED, "promised": DUE + dt.timedelta(days=promised)},
    )  # fmt: skip

    with as_role("worker"):
        assert refused(RUNS, SUSPENDED, batch=batch_id, line=line_id, on=DUE) is not may


def test_an_approved_batch_cuts_no_line_of_whom_no_notice_arrived(
    approved: tuple[BatchId, LineId], as_role: AsRole
) -> None:
    batch_id, line_id = approved
    run("UPDATE notices_notice SET state = 'sent', delivered_on = NULL")

    with as_role("worker"):
        assert refused(RUNS, SUSPENDED, batch=batch_id, line=line_id, on=DUE)


@pytest.mark.parametrize(
    "before",
    [
        "UPDATE notices_notice SET campaign_id = uuidv7(), queued_on = queued_on - 700, promised_on = promised_on - 700",
        "UPDATE campaign_member SET reentered_on = (SELECT max(queued_on) + 1 FROM notices_notice)",
    ],
)
def test_a_notice_of_an_earlier_campaign_or_subscriber_is_none(
    approved: tuple[BatchId, LineId], as_role: AsRole, before: str
) -> None:
    batch_id, line_id = approved
    run(before)

    with as_role("worker"):
        assert refused(RUNS, SUSPENDED, batch=batch_id, line=line_id, on=DUE)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE notices_notice SET promised_on = promised_on - 1",
        "UPDATE notices_notice SET promised_on = NULL",
        "UPDATE notices_notice SET state = 'withdrawn', delivered_on = NULL",
        "UPDATE notices_notice SET kind = 'restored'",
        "UPDATE notices_notice SET queued_on = '2000-01-01'",
        "UPDATE notices_notice SET campaign_id = NULL",
        "UPDATE campaign_member SET promised_on = promised_on - 1",
        "UPDATE campaign_member SET promised_on = NULL",
        "UPDATE campaign_member SET anchor_on = anchor_on - 1",
        "UPDATE campaign_campaign SET campaign_id = uuidv7()",
        "UPDATE campaign_member SET reentered_on = NULL",
        "UPDATE campaign_member SET reentered_on = '2012-01-01'",
    ],
)
def test_a_worker_takes_no_promised_day_back(people: People, as_role: AsRole, statement: str) -> None:
    notified_lines(1)
    run("UPDATE campaign_member SET promised_on = '2012-03-02', reentered_on = '2012-01-02'")

    with as_role("worker"):
        assert refused(statement)
        assert not refused("UPDATE notices_notice SET promised_on = promised_on + 1")
        assert not refused(
            "UPDATE campaign_member SET promised_on = promised_on + 1, anchor_on = anchor_on + 1"
        )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE subscribers_document SET until = '2012-01-01'",
        "SELECT subscribers_replace_document(document_index, person_id, '2012-01-01') FROM subscribers_document",
    ],
)
def test_a_worker_marks_no_document_as_replaced_without_an_entry(
    people: People, as_role: AsRole, statement: str
) -> None:
    run(
        "SELECT subscribers_make(%(who)s, ARRAY['person'], ARRAY['en'], '2012-01-01')",
        {"who": [person := new_uuid()]},
    )
    run(
        "SELECT subscribers_add_documents(ARRAY['\\x01'::bytea], %s, ARRAY['passport'], '2012-01-01')",
        [[person]],
    )

    with as_role("worker"):
        assert refused(statement)


def test_a_batch_of_whom_an_account_is_closed_takes_service_from_no_line(
    approved: tuple[BatchId, LineId], people: People, as_role: AsRole
) -> None:
    batch_id, line_id = approved
    run("UPDATE access_staff SET is_active = false WHERE staff_id = %s", [people[1].staff_id])

    with as_role("worker"):
        assert refused(RUNS, batch=batch_id)
    run(RUNS, {"batch": batch_id})
    with as_role("worker"):
        assert refused(SUSPENDED, batch=batch_id, line=line_id, on=DUE)


def test_a_batch_never_goes_back(approved: tuple[BatchId, LineId], as_role: AsRole) -> None:
    batch_id, line_id = approved
    run("DISCARD TEMP")  # what the plan counted: the worker has a session without it
    with as_role("worker"):
        ran = batch_execution.run_batch(worker_authority(), batch_id, on=DUE)

    with as_role("worker"):
        back = [
            refused(f"UPDATE campaign_batch SET {one} WHERE batch_id = %(batch)s", batch=batch_id)  # noqa: S608 - our own words
            for one in ("position_done = 0", "pilot_done_at = NULL", "state = 'running'", "state = 'waiting'")
        ]

    assert (ran.state, state(line_id)) == (BatchState.DONE, "suspended")
    assert back == [True] * 4


POSTPONED = (
    "SELECT campaign_postpone_commands('infinity', NULL, 0, 0)",
    "SELECT campaign_postpone_commands('-infinity', NULL, 0, 0)",
    "SELECT campaign_postpone_commands(now(), NULL, -9999, -9999)",
    "SELECT campaign_postpone_commands(NULL, '9999-12-31', 'infinity')",
    "SELECT campaign_postpone_commands(NULL, '2000-01-01', '2000-01-01')",
)


@pytest.mark.parametrize("role", ["backoffice", "worker"])
@pytest.mark.parametrize("statement", POSTPONED)
def test_what_people_stopped_waits_a_day_whatever_an_app_or_a_worker_says(
    waiting: tuple[BatchId, LineId], as_role: AsRole, role: str, statement: str
) -> None:
    batch_id, line_id = waiting
    make_command("bar", line_id=line_id, batch_id=batch_id)
    set_limits(production=True)
    batch_control.stop_batch(console_authority(), batch_id, on=DUE)

    with as_role(role):
        refused(statement)

    asked = "SELECT next_try_at - clock_timestamp() BETWEEN '23 hours' AND '24 hours' AS waits FROM provisioning_command"
    assert [row.waits for row in rows(asked)] == [True]


OF_COMMANDS = "INSERT INTO provisioning_command (line_id, kind, reason, requested_at) VALUES (%(line)s, 'restore', 'in_service', %(at)s)"


@pytest.mark.parametrize("at", ["infinity", "-infinity", "9999-12-31"])
def test_the_database_says_when_the_network_was_asked(people: People, as_role: AsRole, at: str) -> None:
    line_id = make_line()
    set_limits(production=True)

    with as_role("worker"):
        run(OF_COMMANDS, {"line": line_id, "at": at})

    asked = "SELECT now() - requested_at BETWEEN '-1 minute' AND '25 hours' AS is_lately FROM provisioning_command"
    assert [row.is_lately for row in rows(asked)] == [True]


@pytest.mark.parametrize(("days", "may"), [("1 day", True), ("3 days", False), ("infinity", False)])
def test_a_worker_puts_no_command_off_for_longer_than_a_day_of_rest(
    people: People, as_role: AsRole, days: str, *, may: bool
) -> None:
    make_command("bar", line_id=make_line())
    set_limits(production=True)

    with as_role("worker"):
        put_off = refused(
            "UPDATE provisioning_command SET next_try_at = now() + %(days)s::interval", days=days
        )

    assert put_off is not may


OF_ANOTHER_STAGE = (
    "INSERT INTO lines_suspension (line_id, suspension_id, reason, begun_on, begun_at, batch_id, step, bars)"
    " VALUES (%(line)s, uuidv7(), 'registration', %(on)s, now(), %(batch)s, %(step)s, %(bars)s)"
)


@pytest.mark.parametrize(("step", "bars", "may"), [(1, 1, True), (1, 3, False), (1, 7, False), (2, 1, False)])
def test_an_approved_batch_takes_no_more_from_a_line_than_people_approved(
    people: People, as_role: AsRole, step: int, bars: int, *, may: bool
) -> None:
    (line_id,) = notified_lines(1, pack_id=str(write_pack(staged(20, 30))))
    batch_id = drawn()
    approve(batch_id, people)
    values = {"batch": batch_id, "line": line_id, "on": DUE}

    with as_role("worker"):
        assert refused(RUNS, OF_ANOTHER_STAGE, **values, step=step, bars=bars) is not may
        assert refused("UPDATE campaign_batch SET bars = 7 WHERE batch_id = %(batch)s", **values)
        assert refused("UPDATE lines_suspension SET bars = 7 WHERE line_id = %(line)s", **values)


def test_a_suspension_that_is_over_is_not_opened_again(
    approved: tuple[BatchId, LineId], as_role: AsRole
) -> None:
    batch_id, line_id = approved
    batch_execution.run_batch(worker_authority(), batch_id, on=DUE)
    run("UPDATE lines_suspension SET restored_on = %s, restored_at = now()", [DUE])

    with as_role("worker"):
        assert refused("UPDATE lines_suspension SET restored_on = NULL, restored_at = NULL")
        assert refused("UPDATE lines_suspension SET line_id = %(line)s", line=line_id)


LINE = (
    "INSERT INTO lines_line (line_id, service, state, version, is_registered, is_disputed, is_essential, activated_on, language)"
    " VALUES (uuidv7(), 'mobile', 'active', 1, false, false, false, '2012-01-01', 'en')"
)
MADE = "SELECT lines_create(ARRAY[uuidv7()], ARRAY['mobile'], ARRAY['en'], ARRAY['Lhasa'], ARRAY['\\x01'::bytea], ARRAY['\\x01'::bytea], '2012-01-01')"


@pytest.mark.parametrize("statement", [LINE, MADE])
def test_a_worker_makes_no_line_that_no_import_or_registration_has(
    people: People, as_role: AsRole, statement: str
) -> None:
    with as_role("worker"):
        assert refused(statement)


IMPORTED = (
    "INSERT INTO imports_import (import_id, file_hash, started_at, rows_done, lines_made, rows_known, rows_refused, rows_left_out,"
    " lines_barred, lines_completed, registered) VALUES (uuidv7(), 'a file', now(), 0, 0, 0, 0, 0, 0, 0, 0)"
)
UNPAID = NO_BATCH.replace("'registration'", "'unpaid'")


@pytest.mark.parametrize(
    ("statement", "later", "may"),
    [(NO_BATCH, 11, False), (UNPAID, 11, False), (NO_BATCH, 0, False), (UNPAID, 0, True)],
)
def test_an_import_that_runs_takes_service_from_no_line_that_is_there(
    people: People, as_role: AsRole, statement: str, later: int, *, may: bool
) -> None:
    line_id = make_line()
    ask(people[0], "imports-import", job=RequestJob.CAMPAIGN)
    run("UPDATE access_staffrequest SET made_at = now() + make_interval(mins => %s)", [later])

    with as_role("worker"):
        run(IMPORTED)

        assert refused(statement, line=line_id, on=DUE) is not may


FOREIGN_BATCH = (
    "INSERT INTO campaign_batch (batch_id, campaign_id, action, due_on, state, line_count, pack_hash, max_lines_per_hour, pilot_count,"
    " prepared_at, excluded, position_done, bars) SELECT %(batch)s, %(campaign)s, action, due_on, 'waiting', 1, pack_hash, 1000000, 1, now(),"
    " '{}', 0, bars FROM campaign_batch"
)
FORGED = (
    "INSERT INTO notices_notice (line_id, kind, campaign_id, language, state, queued_on, promised_on, pack_hash, delivered_on)"
    " VALUES (%(line)s, 'register_by', %(campaign)s, 'en', 'delivered', '2012-02-01', '2012-02-02', '', '2012-02-01')"
)
HASHED = "UPDATE campaign_batch SET content = campaign_batch_content(batch_id) WHERE batch_id = %(batch)s"


A_TENURE = (
    "INSERT INTO lines_tenure (line_id, held, tenure_id, party_kind, person_id, assurance)"
    " SELECT line_id, tstzrange(now(), NULL), uuidv7(), 'individual', uuidv7(), 'declared' FROM campaign_member"
)
"""A tenure that no entry began, as an import writes them."""


@pytest.mark.parametrize(
    "meanwhile", ["SELECT", "UPDATE campaign_member SET reentered_on = '2012-02-01'", A_TENURE]
)
@pytest.mark.parametrize("is_of_another", [True, False])
@pytest.mark.parametrize(("days", "may"), [(5, False), (-5, True)])
def test_a_worker_leaves_no_promised_day_behind_by_another_campaign(
    waiting: tuple[BatchId, LineId], people: People, as_role: AsRole, meanwhile: str, days: int, *, is_of_another: bool, may: bool
) -> None:  # fmt: skip
    (there,) = rows("SELECT campaign_id FROM campaign_campaign")
    campaign_id = new_uuid() if is_of_another else there.campaign_id
    batch_id = BatchId(new_uuid())
    values = {"batch": batch_id, "line": waiting[1], "campaign": campaign_id}
    run("UPDATE notices_notice SET promised_on = %s", [DUE + dt.timedelta(days=days)])
    with as_role("worker"):
        for one in (FOREIGN_BATCH, ADDED.replace(", 2, 1,", ", 1, 1,"), FORGED, HASHED):
            run(one, values)
    with as_role("console" if meanwhile == A_TENURE else "worker"):
        run(meanwhile)
    approve(batch_id, people)

    with as_role("worker"):
        assert refused(RUNS, SUSPENDED, **values, on=DUE) is not may
