# SPDX-License-Identifier: EUPL-1.2
"""Whoever is registered can be told who looked."""

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from rollkeeper.kernel.ids import LineId, PersonId, new_uuid
from rollkeeper.ledger.acts import append_entry, integrate
from rollkeeper.ledger.queries import looks
from rollkeeper.ledger.verbs import Verb
from rollkeeper.site.cli import make_app

DAY = dt.date(2012, 3, 2)
PERSON, ANOTHER = PersonId(new_uuid()), PersonId(new_uuid())
LINE = LineId(new_uuid())


class Officer:
    staff_id = None
    commitment = "ab" * 32


def look(*, person=None, line=None, field="name", purpose="complaint", role="supervisor"):
    return append_entry(
        Officer(),
        verb=Verb.SEALED_OPENED,
        role=role,
        on=DAY,
        person_id=person,
        line_id=line,
        facts={"field": field, "purpose": purpose},
    )


def test_every_look_at_a_person_is_told_with_role_field_and_purpose_the_oldest_first(register):
    first = look(person=PERSON, field="name", purpose="complaint")
    second = look(person=PERSON, field="address", purpose="legal_demand", role="data_protection_officer")

    found = looks(PERSON)

    assert [one.entry_id for one in found] == [first, second]
    assert [(one.role, one.field, one.purpose) for one in found] == [
        ("supervisor", "name", "complaint"),
        ("data_protection_officer", "address", "legal_demand"),
    ]
    assert {one.day for one in found} == {DAY}
    assert {one.actor for one in found} == {Officer.commitment}


def test_looks_at_others_and_other_acts_are_not_told(register):
    look(person=ANOTHER)
    append_entry(Officer(), verb=Verb.CANARY_OPENED, role="clerk", on=DAY, person_id=PERSON)

    assert looks(PERSON) == []


def test_looks_at_the_lines_that_the_person_held_are_told_where_they_are_asked_for(register):
    at_line = look(line=LINE, field="number", purpose="notice")
    at_both = look(person=PERSON, line=LINE)

    assert [one.entry_id for one in looks(PERSON)] == [at_both]
    assert [one.entry_id for one in looks(PERSON, lines=[LINE])] == [at_line, at_both]
    assert looks(PERSON, lines=[LINE])[0].line_id == LINE


def test_a_look_says_where_it_stands_in_the_published_tree(ledger):
    look(person=ANOTHER)
    look(person=PERSON)
    before = looks(PERSON)[0].leaf_index

    integrate()

    assert (before, looks(PERSON)[0].leaf_index) == (None, 1)


@pytest.mark.parametrize("role", ["office", "auditor", "sweep"])
def test_those_who_answer_people_may_ask(register, as_role, role):
    look(person=PERSON)

    with as_role(role):
        assert len(looks(PERSON)) == 1


def test_the_command_answers_in_json(ledger):
    look(person=PERSON)

    answered = CliRunner().invoke(make_app(), ["ledger", "who-looked", str(PERSON), "--json"])

    assert answered.exit_code == 0
    (told,) = json.loads(answered.stdout)
    assert (told["role"], told["field"], told["purpose"], told["day"]) == (
        "supervisor",
        "name",
        "complaint",
        "2012-03-02",
    )


def test_the_command_answers_in_a_table(ledger):
    look(person=PERSON)

    answered = CliRunner().invoke(make_app(), ["ledger", "who-looked", str(PERSON)])

    assert "not published" in answered.stdout
    assert "supervisor" in answered.stdout
