# SPDX-License-Identifier: EUPL-1.2
"""How often a registration waits for the register: statements that need no answer of one another are sent at once."""

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DataError, IntegrityError
from psycopg._pipeline_base import BasePipeline
from psycopg.pq import PipelineStatus, TransactionStatus

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import action, commit_with_it, prepared_rows, prepared_run, run
from rollkeeper.kernel.database import pipeline as together
from rollkeeper.registration import pipeline
from rollkeeper.registration.receipts import ConcurrentChange
from rollkeeper.registration.services import register_subscriber
from tests.builders.staff import employ
from tests.registration.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("vaulted_committed")
AT_MOST = 5
"""Answers of the register for which a registration of a new line waits, the end of its transaction included."""


@pytest.fixture
def waits(monkeypatch):
    """Return a list that gets an entry for each answer waited for on the register's connection."""
    waited, execute, sync, commit = (
        [],
        psycopg.Cursor.execute,
        BasePipeline._enqueue_sync,
        psycopg.Connection.commit,
    )

    def is_registers(line):
        return line.info.dbname == "rollkeeper_register"

    def executed(self, query, *words, **more):
        if is_registers(self.connection) and self.connection.pgconn.pipeline_status == PipelineStatus.OFF:
            waited.append(str(query)[:60])
        return execute(self, query, *words, **more)

    def together(self):
        if is_registers(self._conn):
            waited.append("several at once")
        return sync(self)

    def committed(self):
        if self.info.transaction_status != TransactionStatus.IDLE:
            waited.append("commit")
        return commit(self)

    monkeypatch.setattr(psycopg.Cursor, "execute", executed)
    monkeypatch.setattr(BasePipeline, "_enqueue_sync", together)
    monkeypatch.setattr(psycopg.Connection, "commit", committed)
    return waited


def test_a_registration_waits_for_few_answers(waits):
    who = employ(StaffRole.CLERK)
    register_subscriber(who, submission(fresh_number(), person()), on=ON)
    waits.clear()

    register_subscriber(who, submission(fresh_number(), person()), on=ON)

    assert len(waits) <= AT_MOST, waits


def test_a_transaction_begins_with_its_first_statement(waits):
    with action():
        prepared_rows("SELECT 1 AS one")
        (first,) = waits
        assert connection.connection.info.transaction_status == TransactionStatus.INTRANS

    assert (first, waits) == ("several at once", ["several at once", "commit"])


def test_what_an_action_writes_last_is_answered_with_its_commit(waits):
    with action(), together():
        prepared_run("CREATE TABLE IF NOT EXISTS invented_last (one integer)")
        commit_with_it()

    assert waits == ["several at once"]
    run("DROP TABLE invented_last")


def test_an_action_within_another_is_not_committed_by_itself():
    with action():
        with action(), together():
            prepared_run("CREATE TABLE invented_last (one integer)")
            commit_with_it()
        transaction.set_rollback(True)

    assert prepared_rows("SELECT to_regclass('invented_last') AS there")[0].there is None


def test_a_refusal_at_the_commit_itself_undoes_the_action():
    run("CREATE TABLE invented_last (one integer UNIQUE DEFERRABLE INITIALLY DEFERRED)")

    def twice():
        with action(), together():
            prepared_run("INSERT INTO invented_last VALUES (1), (1)")
            commit_with_it()

    with pytest.raises(IntegrityError):
        twice()

    assert prepared_rows("SELECT count(*) AS n FROM invented_last")[0].n == 0
    run("DROP TABLE invented_last")


def test_a_first_statement_that_is_refused_is_refused_in_its_place(waits):
    with pytest.raises(DataError), action():
        prepared_rows("SELECT 1 / %s::integer AS one", [0])

    assert prepared_rows("SELECT 1 AS one")[0].one == 1


def test_a_second_attempt_announces_again_that_it_seals(monkeypatch):
    who, announced, real = employ(StaffRole.CLERK), [], pipeline.announce_sealing
    monkeypatch.setattr(pipeline, "announce_sealing", lambda: (announced.append(1), real()))
    given, written = [ConcurrentChange], pipeline.persistence.write

    def write(*words):
        if given:
            raise given.pop()
        return written(*words)

    monkeypatch.setattr(pipeline.persistence, "write", write)

    register_subscriber(who, submission(fresh_number(), person()), on=ON)

    assert len(announced) == 2
