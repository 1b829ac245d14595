# SPDX-License-Identifier: EUPL-1.2
"""A registered subscriber can see who accessed their record."""

import datetime as dt
import json
import re

import pytest
from django.db.utils import ProgrammingError
from typer.testing import CliRunner

from rollkeeper.kernel.ids import LineId, PersonId, new_uuid
from rollkeeper.ledger.queries import accesses
from rollkeeper.ledger.services import append_entry, integrate
from rollkeeper.ledger.verbs import Verb
from rollkeeper.operations.cli import make_app

DAY = dt.date(2012, 3, 2)
PERSON, ANOTHER = PersonId(new_uuid()), PersonId(new_uuid())
LINE = LineId(new_uuid())


class Officer:
    staff_id = None
    commitment = "ab" * 32


def access(*, person=None, line=None, field="name", purpose="complaint", role="supervisor"):
    return append_entry(
        Officer(),
        verb=Verb.SEALED_OPENED,
        role=role,
        on=DAY,
        person_id=person,
        line_id=line,
        facts={"field": field, "purpose": purpose},
    )


def test_every_access_to_a_person_is_listed_with_role_field_and_purpose(register):
    first = access(person=PERSON, field="name", purpose="complaint")
    second = access(
        person=PERSON, field="address", purpose="legal_disclosure", role="data_protection_officer"
    )

    found = accesses(PERSON)

    assert [one.entry_id for one in found] == [first, second]
    assert [(one.role, one.field, one.purpose) for one in found] == [
        ("supervisor", "name", "complaint"),
        ("data_protection_officer", "address", "legal_disclosure"),
    ]
    assert {one.day for one in found} == {DAY}
    assert {one.actor for one in found} == {Officer.commitment}


def test_accesses_to_others_and_other_actions_are_not_listed(register):
    access(person=ANOTHER)
    append_entry(Officer(), verb=Verb.CANARY_OPENED, role="clerk", on=DAY, person_id=PERSON)

    assert accesses(PERSON) == []


def test_accesses_to_the_lines_of_a_person_are_listed_on_request(register):
    at_line = access(line=LINE, field="number", purpose="notice")
    at_both = access(person=PERSON, line=LINE)

    assert [one.entry_id for one in accesses(PERSON)] == [at_both]
    assert [one.entry_id for one in accesses(PERSON, lines=[LINE])] == [at_line, at_both]
    assert accesses(PERSON, lines=[LINE])[0].line_id == LINE


def test_an_access_has_its_place_in_the_published_tree(ledger):
    access(person=ANOTHER)
    access(person=PERSON)
    before = accesses(PERSON)[0].leaf_index

    integrate()

    assert (before, accesses(PERSON)[0].leaf_index) == (None, 1)


def test_a_worker_answers_people_and_an_app_only_by_a_function(register, as_role):
    access(person=PERSON)

    with as_role("worker"):
        assert len(accesses(PERSON)) == 1
    for role in ("backoffice", "counter", "auditor"):
        with pytest.raises(ProgrammingError, match="permission denied"), as_role(role):
            accesses(PERSON)


def test_the_command_answers_in_json(ledger):
    access(person=PERSON)

    answered = CliRunner().invoke(make_app(), ["ledger", "access-history", str(PERSON), "--json"])

    assert answered.exit_code == 0
    (notified,) = json.loads(answered.stdout)
    assert (notified["role"], notified["field"], notified["purpose"], notified["day"]) == (
        "supervisor",
        "name",
        "complaint",
        "2012-03-02",
    )


def test_the_command_answers_in_a_table(ledger):
    access(person=PERSON)

    answered = CliRunner().invoke(make_app(), ["ledger", "access-history", str(PERSON)])

    assert {"not", "published", "supervisor"} <= set(re.findall(r"\w+", answered.stdout))
