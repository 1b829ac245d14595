# SPDX-License-Identifier: EUPL-1.2
"""Who looked: everything about one person, staff included, for as long as the person held the line, and nothing else."""

import datetime as dt
import json
import uuid

import pytest
from django.utils import translation
from typer.testing import CliRunner

from rollkeeper.access.authority import Authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Service, label_of
from rollkeeper.kernel.ids import PersonId, StaffId, TenureId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.access_history import accesses_by_number, person_accesses
from rollkeeper.lines.writes import NewTenure
from rollkeeper.operations.cli import make_app
from rollkeeper.vault.fields import Field, LineField, Paper, Purpose, field_label, purpose_label
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.lines import activate_line, begin_tenure, terminate_line, transfer_tenure
from tests.refusals import refusing
from tests.registration.people import fresh_number

DAY, DAYS = dt.date(2012, 3, 2), dt.timedelta(days=1)
OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(uuid.UUID(int=9)), "ab" * 32)


@pytest.fixture
def world(register):
    """Two people and a line that went from one to the other on the third of March."""
    begin_first_epoch()
    number = fresh_number()
    line_id = activate_line(number, service=Service.MOBILE, on=DAY)
    people = [PersonId(new_uuid()), PersonId(new_uuid())]

    def tenure(person):
        return NewTenure(line_id, TenureId(new_uuid()), "individual", person, "checked", None)

    clock.set_demo_date(DAY)
    begin_tenure(tenure(people[0]), at=clock.now())
    clock.set_demo_date(DAY + DAYS)
    transfer_tenure(tenure(people[1]), at=clock.now())
    return number, line_id, people


def look(on, *, person=None, line=None, verb=Verb.SEALED_OPENED, role="supervisor", **facts):
    clock.set_demo_date(on)
    said = {"field": "name", "purpose": "complaint"} | facts if verb is Verb.SEALED_OPENED else facts
    return append_entry(OFFICER, verb=verb, role=role, on=on, person_id=person, line_id=line, facts=said)


def test_looks_at_a_line_belong_to_the_subscriber_of_that_time(world):
    _, line_id, (former, present) = world
    early = look(DAY + DAYS * 0, line=line_id, field="number", purpose="notice", role="worker")
    late = look(DAY + DAYS * 2, line=line_id, field="number", purpose="network", role="worker")

    assert late in [one.entry_id for one in person_accesses(OFFICER, present)]
    assert late not in [one.entry_id for one in person_accesses(OFFICER, former)]
    assert early not in [one.entry_id for one in person_accesses(OFFICER, present)]


def test_accesses_after_termination_are_shown_to_the_last_subscriber_alone(world):
    _, line_id, (former, last) = world
    clock.set_demo_date(DAY + DAYS * 2)
    terminate_line(line_id, by="subscriber", quarantined_until=DAY + DAYS * 92, on=DAY + DAYS * 2)
    late = look(DAY + DAYS * 9, line=line_id, field="number", purpose="complaint", role="auditor")

    assert late in [one.entry_id for one in person_accesses(OFFICER, last)]
    assert late not in [one.entry_id for one in person_accesses(OFFICER, former)]


def test_looking_a_line_up_and_explaining_it_are_looks_too(world):
    _, line_id, (_, present) = world
    up = look(DAY + DAYS * 2, line=line_id, verb=Verb.LINE_LOOKED_UP, role="clerk")
    explained = look(
        DAY + DAYS * 3, line=line_id, verb=Verb.LINE_EXPLAINED, role="auditor", about="2012-04-01"
    )

    found = person_accesses(OFFICER, present)

    assert [(one.entry_id, one.role, one.field) for one in found] == [
        (up, "clerk", ""),
        (explained, "auditor", ""),
    ]


def test_an_access_that_names_both_person_and_line_is_listed_once(world):
    _, line_id, (_, present) = world
    look(DAY + DAYS * 2, person=present, line=line_id)

    assert len(person_accesses(OFFICER, present)) == 1


def test_a_subscriber_who_asks_by_the_number_is_in_the_list(world):
    number, line_id, (_, present) = world
    look(DAY + DAYS * 2, person=present)

    found = accesses_by_number(OFFICER, number, on=DAY + DAYS * 2)

    assert (found.line_id, found.is_held) == (line_id, True)
    assert [(one.role, one.field) for one in found.accesses] == [
        ("supervisor", "name"), ("data_protection_officer", ""),
    ]  # fmt: skip


def test_of_a_line_that_nobody_holds_the_accesses_to_the_line_are_listed(register):
    begin_first_epoch()
    number = fresh_number()
    line_id = activate_line(number, service=Service.MOBILE, on=DAY)
    look(DAY, line=line_id, field="number", purpose="notice", role="worker")

    found = accesses_by_number(OFFICER, number, on=DAY)

    assert not found.is_held
    assert [one.role for one in found.accesses] == ["worker", "data_protection_officer"]


@pytest.mark.parametrize("role", [StaffRole.CLERK, StaffRole.SUPERVISOR, StaffRole.CAMPAIGN_MANAGER])
def test_only_who_may_read_the_ledger_may_ask(world, role):
    someone = Authority(frozenset({role}), None, "cd" * 32)

    with refusing(NOT_ALLOWED):
        person_accesses(someone, world[2][0])
    with refusing(NOT_ALLOWED):
        accesses_by_number(someone, world[0], on=DAY)


def test_the_office_may_ask_in_its_own_role(world, as_role):
    with as_role("backoffice"):
        assert accesses_by_number(OFFICER, world[0], on=DAY).is_held


@pytest.mark.parametrize("language", ["en", "zh-hans", "bo"])
@pytest.mark.parametrize(
    ("said_by", "used"),
    [
        (field_label, [*Field, *LineField, *Paper]),
        (purpose_label, Purpose),
        (lambda role: label_of(role, StaffRole), StaffRole),
    ],
    ids=["fields", "purposes", "roles"],
)
def test_every_word_of_a_look_is_said_in_plain_words_in_every_language(language, said_by, used):
    with translation.override("en"):
        english = {word: said_by(word.value) for word in used}

    with translation.override(language):
        said = {word: said_by(word.value) for word in used}

    assert len(set(said.values())) == len(list(used))
    assert language == "en" or all(said[word] != english[word] for word in used)


def test_the_command_takes_a_reference_or_a_number_and_speaks_three_languages(world):
    number, _, (_, present) = world
    look(DAY + DAYS * 2, person=present, field="address", purpose="legal_disclosure")

    def run(*words):
        return CliRunner().invoke(make_app(), ["ledger", "access-history", *map(str, words)])

    assert "people approved" in run(present).stdout  # the cell is folded
    assert "住址" in run(present, "--language", "zh-hans").stdout
    assert json.loads(run(present, "--json").stdout)[0]["field"] == "address"
    assert "a supervisor" in run(number, "--on", "2012-03-04").stdout
    assert run(uuid.uuid4()).exit_code == 0
