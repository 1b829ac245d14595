# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of a worker: no record, and no document of a person, goes or comes off record."""

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.staff_requests import ask
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import find_line, tenures
from rollkeeper.registration import services
from rollkeeper.subscribers.services import link_persons
from tests.builders.staff import employ
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


def enter(verb, line, **facts):
    append_entry(worker_authority(), verb=verb, role="worker", on=ON, line_id=line, facts=facts)


CONTESTED = "UPDATE lines_tenure SET contested_on = '2012-03-02' WHERE line_id = %s"


def test_a_worker_contests_no_line_off_record_and_keeps_no_one_from_their_notices(as_role, two):
    (one, _), (other, _) = two

    def contest(entered):
        run(CONTESTED, [one])
        enter(Verb.CASE_OPENED, entered, case=str(new_uuid()), kind="not_mine", due_on=str(ON))

    with as_role("worker"):
        assert "without_its_ledger_entry" in refused_at_commit(lambda: run(CONTESTED, [one]))
        assert "without_its_ledger_entry" in refused_at_commit(lambda: contest(other))
        assert refused_at_commit(lambda: contest(one)) == ""


def test_a_worker_dismisses_no_claim_that_a_line_is_not_theirs_off_record(as_role, two):
    (one, _), _ = two
    run(CONTESTED, [one])

    with as_role("worker"):
        assert "without_its_ledger_entry" in refused_at_commit(
            lambda: run("UPDATE lines_tenure SET contested_on = NULL WHERE line_id = %s", [one])
        )


def test_a_worker_asks_no_registered_subscriber_again_unless_a_person_planned_it(as_role, two):
    (one, _), _ = two
    asked = ["UPDATE lines_line SET must_reverify = true, version = version + 1 WHERE line_id = %s", [one]]

    with as_role("worker"):
        assert "access_no_person_asked_for_it" in refused_at_commit(lambda: run(*asked))
    manager = employ(StaffRole.CAMPAIGN_MANAGER)
    ask(manager, "campaign-plan", job=RequestJob.CAMPAIGN)
    with as_role("worker"):
        assert refused_at_commit(lambda: run(*asked)) == ""


NAMED = "INSERT INTO selfcare_delegate (person_id, part, document_mark, named_on) VALUES (%s, %s, 'x', '2012-03-02')"


def test_a_worker_names_a_person_only_by_the_entry_on_a_line_of_who_names_them(as_role, two):
    (line, one), (_, other) = two

    def name(person_id, part):
        run(NAMED, [person_id, part])
        enter(Verb.DELEGATE_ADDED, line, part="heir")

    with as_role("worker"):
        assert "selfcare_delegate_changed" in refused_at_commit(lambda: name(other, "heir"))
        assert "selfcare_delegate_changed" in refused_at_commit(lambda: name(one, "representative"))
        assert refused_at_commit(lambda: name(one, "heir")) == ""


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM selfcare_delegate WHERE person_id = %s",
        "UPDATE selfcare_delegate SET document_mark = 'mine' WHERE person_id = %s",
        "UPDATE selfcare_delegate SET person_id = uuidv7() WHERE person_id = %s",
        "UPDATE selfcare_delegate SET part = 'representative' WHERE person_id = %s",
    ],
)
def test_a_worker_removes_and_replaces_no_named_person_off_record(as_role, two, statement):
    (line, one), (_, other) = two
    run(NAMED, [one, "heir"])
    run(NAMED, [other, "heir"])

    def with_entry():
        run(statement, [other])
        enter(
            Verb.DELEGATE_REMOVED if statement.startswith("DELETE") else Verb.DELEGATE_ADDED,
            line,
            part="heir",
        )

    with as_role("worker"):
        assert refused_at_commit(lambda: run(statement, [one]))
        assert refused_at_commit(with_entry)
