# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of a worker: no record, and no document of a person, goes or comes off record."""

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.registration import services
from rollkeeper.subscribers.services import link_persons
from tests.operations.test_app_entries import refused_at_commit
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401
from tests.registration.people import ON, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")


@pytest.fixture
def two(clerk, new_line):  # noqa: F811
    """Two people, each with a line."""
    found = []
    for _ in range(2):
        number = new_line()
        services.register_subscriber(clerk, submission(number, person()), on=ON)
        line_id = find_line(number).line_id
        found.append((line_id, tenures(line_id)[0].person_id))
    run(
        "INSERT INTO vault_copy (person_id, tenure_id, position, digest) SELECT person_id, tenure_id, 0, 'x' FROM lines_tenure"
    )
    return found


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM vault_sealed",
        "DELETE FROM vault_copy",
        "DELETE FROM subscribers_document",
        "INSERT INTO subscribers_document (document_index, person_id, document_type) SELECT 'mine', %(one)s, 'passport'",
        "SELECT subscribers_add_documents(ARRAY['mine'::bytea], ARRAY[%(stranger)s]::uuid[], ARRAY['passport'], '2012-03-02')",
        "INSERT INTO subscribers_personlink (person_id, principal_id, since) VALUES (%(one)s, %(other)s, '2012-03-02')",
        "SELECT subscribers_link(%(one)s, %(other)s, '2012-03-02', 1, '{}')",
        "SELECT subscribers_unlink_document((SELECT document_index FROM subscribers_document WHERE person_id = %(one)s), %(one)s)",
        "UPDATE subscribers_subscriber SET erased_on = '2012-03-02'",
        "UPDATE lines_tenure SET erased_on = '2012-03-02'",
        "UPDATE lines_line SET erased_on = '2012-03-02'",
        "UPDATE lines_line SET number_sealed = NULL",
        "UPDATE lines_line SET contact_sealed = number_sealed, contact_kind = 'email'",
        "UPDATE lines_line SET number_sealed = number_sealed || '\\x00'::bytea",
    ],
)
def test_a_worker_takes_no_record_and_adds_no_document_off_record(as_role, two, statement):
    (_, one), (_, other) = two

    with as_role("worker"):
        assert refused_at_commit(lambda: run(statement, {"one": one, "other": other, "stranger": new_uuid()}))


def test_a_worker_parts_no_people_and_joins_none_to_others_off_record(as_role, two):
    (line, one), (_, other) = two
    entry = append_entry(
        worker_authority(), verb=Verb.DOCUMENT_LINKED, role="worker", on=ON, line_id=line, person_id=one,
        facts={"already_known": True, "assurance": "sighted"},
    )  # fmt: skip
    link_persons(one, other, on=ON, entry_id=entry)

    with as_role("worker"):
        assert refused_at_commit(lambda: run("DELETE FROM subscribers_personlink"))
        assert refused_at_commit(lambda: run("UPDATE subscribers_personlink SET principal_id = uuidv7()"))
        assert refused_at_commit(lambda: rows("SELECT subscribers_unlink(%s, %s)", [other, entry]))
