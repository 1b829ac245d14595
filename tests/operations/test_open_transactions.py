# SPDX-License-Identifier: EUPL-1.2
"""An attacker has database sessions of a process, and keeps transactions open in them: what they hide, and what they see too late."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import database, stores
from rollkeeper.kernel.database import run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.sequencer import integrate
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from tests.builders.lines import make_line
from tests.operations.test_app_roles import ENTERED, forged
from tests.superuser import as_superuser

pytestmark = pytest.mark.usefixtures("committed")
BATCH = (
    "INSERT INTO campaign_batch (batch_id, campaign_id, action, due_on, state, line_count, pack_hash, max_lines_per_hour, pilot_count,"
    " prepared_at, excluded, position_done) VALUES (%(batch)s, uuidv7(), 'suspend', %(on)s, 'waiting', 1, 'a', 1, 1, now(), '{}', 0)"
)
ADDED = "INSERT INTO campaign_batchline (line_id, batch_id, position, line_version, outcome) VALUES (%(line)s, %(batch)s, 2, 1, 'waiting')"
HASHED = "UPDATE campaign_batch SET content = 'a' WHERE batch_id = %(batch)s"


@pytest.fixture
def batch(data_dir: object) -> dict[str, Any]:
    """A batch whose content is not hashed yet, and a line that is not in it."""
    values = {"batch": new_uuid(), "line": new_uuid(), "on": dt.date(2012, 3, 2)}
    run(BATCH, values)
    return values


@pytest.fixture
def late() -> Iterator[psycopg.Connection[Any]]:
    """A session of the worker whose transaction stays open."""
    with database.connect(stores.REGISTER, "worker") as session:
        session.autocommit = False
        yield session
        session.rollback()


@pytest.fixture
def worker() -> Iterator[psycopg.Connection[Any]]:
    """Another session of the worker, which waits for no one for long."""
    with database.connect(stores.REGISTER, "worker") as session:
        session.execute("SET lock_timeout = '300ms'")
        yield session


def test_a_batch_is_not_hashed_while_a_line_of_it_waits_to_be_committed(
    batch: dict[str, Any], late: psycopg.Connection[Any], worker: psycopg.Connection[Any]
) -> None:
    late.execute(ADDED, batch)

    with pytest.raises(psycopg.errors.LockNotAvailable):
        worker.execute(HASHED, batch)


def test_a_transaction_from_before_the_hash_puts_no_line_into_a_batch(
    batch: dict[str, Any], late: psycopg.Connection[Any], worker: psycopg.Connection[Any]
) -> None:
    late.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    late.execute("SELECT count(*) FROM campaign_batch")
    worker.execute(HASHED, batch)

    with pytest.raises(psycopg.errors.SerializationFailure):
        late.execute(ADDED, batch)


@pytest.mark.parametrize(
    ("statement", "held_up"), [("ALTER ROLE CURRENT_USER SET work_mem = '4MB'", 1), ("SELECT 1", 0)]
)
def test_an_auditor_holds_up_no_leaf_and_reads_for_long(statement: str, held_up: int) -> None:
    with as_superuser() as owner, database.connect(stores.REGISTER, "auditor") as auditor:
        (text,) = owner.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = 'kernel_end_long_transactions'"
        ).fetchone() or ("",)
        auditor.autocommit = False
        auditor.execute(statement.encode())
        append_entry(
            console_authority(),
            verb=Verb.EPOCH_BEGUN,
            role="console",
            on=dt.date(2012, 3, 2),
            facts={"epoch": 1, "public_half": "a1" * 32},
        )
        added = integrate().added
        owner.execute(text.replace("3 minutes", "0 minutes").encode())  # as three minutes later

        assert (added, integrate().added) == (1 - held_up, held_up)
        if held_up:
            with pytest.raises(psycopg.OperationalError):
                auditor.execute("SELECT 1")
        auditor.close()


def test_a_counter_that_sees_an_older_count_terminates_no_contract() -> None:
    line_id = make_line()

    with database.connect(stores.REGISTER, "counter") as counter:
        counter.autocommit, counter.isolation_level = False, psycopg.IsolationLevel.REPEATABLE_READ
        entered = counter.execute(
            ENTERED + " RETURNING entry_id", forged("line:line:terminated", pack="a1" * 32, line=line_id)
        )
        (entry,) = entered.fetchone() or (None,)

        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="lines_counted_in_an_older_snapshot"):
            counter.execute("SELECT lines_terminate(%s, %s, '2050-01-01')", [line_id, entry])
        counter.rollback()
