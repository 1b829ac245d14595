# SPDX-License-Identifier: EUPL-1.2
"""How often a registration waits for the register: statements that need no answer of one another are sent at once."""

import psycopg
import pytest
from django.db import connection
from django.db.utils import DataError
from psycopg.pq import PipelineStatus, TransactionStatus

from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import action, prepared_rows
from rollkeeper.registration import pipeline
from rollkeeper.registration.receipts import ConcurrentChange
from rollkeeper.registration.services import register_subscriber
from tests.builders.staff import employ
from tests.registration.people import ON, fresh_number, person, submission

pytestmark = pytest.mark.usefixtures("vaulted_committed")
AT_MOST = 11
"""Answers of the register for which a registration of a new line waits, the end of its transaction included."""


@pytest.fixture
def waits(monkeypatch):
    """Return a list that gets an entry for each answer waited for on the register's connection."""
    waited, execute, sent, commit = (
        [],
        psycopg.Cursor.execute,
        psycopg.Connection.pipeline,
        psycopg.Connection.commit,
    )

    def is_waiting(line):
        return line.info.dbname == "rollkeeper_register" and line.pgconn.pipeline_status == PipelineStatus.OFF

    def executed(self, query, *words, **more):
        if is_waiting(self.connection):
            waited.append(str(query)[:60])
        return execute(self, query, *words, **more)

    def together(self):
        if is_waiting(self):
            waited.append("several at once")
        return sent(self)

    def committed(self):
        waited.append("commit")
        return commit(self)

    monkeypatch.setattr(psycopg.Cursor, "execute", executed)
    monkeypatch.setattr(psycopg.Connection, "pipeline", together)
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
