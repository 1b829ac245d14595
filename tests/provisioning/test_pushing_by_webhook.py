"""The whole way from a command to the operator's own system and back, over real HTTP."""

import datetime as dt
import json
import uuid

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import database
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.models import Line
from rollkeeper.provisioning.choices import CommandKind, CommandState
from rollkeeper.provisioning.gateways.registry import network_gateway
from rollkeeper.provisioning.gateways.signing import webhook_secret
from rollkeeper.provisioning.services import push_due, queue_command
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values
from tests.builders.commands import retry_commands
from tests.provisioning.fakes import HttpElement

ON = dt.date(2012, 3, 2)
AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)
NUMBER = "+8613900001234"


@pytest.fixture
def element(committed):
    running = HttpElement(webhook_secret())
    write_settings(provisioning={"webhook": {"url": running.url}})
    yield running
    write_settings(provisioning={"webhook": {"url": None}})
    running.close()


@pytest.fixture
def line(committed):
    made = uuid.uuid4()
    (sealed,) = seal_line_values(LineField.NUMBER, [(made, NUMBER)])
    Line.objects.create(
        line_id=made, service="mobile", state="suspended", activated_on=ON, number_sealed=sealed
    )
    return made


def bar(line, kind=CommandKind.BAR):
    return queue_command(line, kind=kind, reason="registration", at=AT)


def push():
    retry_commands()
    return push_due(worker_authority(), on=ON, gateway=network_gateway())


def command(command_id):
    (row,) = database.rows("SELECT * FROM provisioning_command WHERE command_id = %s", [command_id])
    return row


def opened():
    return database.rows(
        "SELECT line_id, body FROM ledger_entry WHERE verb = 'vault:sealed:opened' ORDER BY entry_id"
    )


def test_a_command_goes_out_signed_with_the_number_opened_for_it_and_comes_true(element, line):
    asked = bar(line)

    pushed = push()

    (order, question) = (json.loads(body) for body in element.bodies)
    assert pushed.counts[CommandState.CONFIRMED] == 1
    assert order["data"]["number"] == NUMBER
    assert "number" not in question["data"]
    assert element.headers[0]["webhook-id"] == str(asked)
    assert not element.refused
    assert [(one.line_id, json.loads(one.body)["facts"]["purpose"]) for one in opened()] == [
        (line, "network")
    ]


def test_an_instance_that_keeps_numbers_to_itself_opens_none(element, line):
    write_settings(provisioning={"webhook": {"numbers": False}})
    bar(line)

    push()
    write_settings(provisioning={"webhook": {"numbers": True}})

    assert "number" not in json.loads(element.bodies[0])["data"]
    assert opened() == []


@pytest.mark.parametrize("status", [500, 503, 302, 401])
def test_a_system_that_comes_back_gets_the_same_command_under_the_same_key(element, line, status):
    asked = bar(line)
    element.status = status
    before = push().counts[CommandState.WAITING]
    element.status = 200

    after = push().counts[CommandState.CONFIRMED]

    keys = [h["webhook-id"] for h, b in zip(element.headers, element.bodies, strict=True) if b"line.bar" in b]
    assert (before, after) == (1, 1)
    assert keys == [str(asked)] * 2


def test_a_registration_a_moment_later_restores_and_the_bar_never_comes_behind_it(element, line):
    bar(line)
    bar(line, CommandKind.RESTORE)

    push()

    assert element.states[str(line)] == "open"
    assert not [body for body in element.bodies if b"line.bar" in body]


def test_a_late_bar_does_not_outlive_a_restore_that_was_not_taken(element, line):
    barring, said = bar(line), []
    carry_out, element._carry_out = element._carry_out, lambda *order: said.append(order) or 204
    push()
    Line.objects.update(state="active")
    restoring = bar(line, CommandKind.RESTORE)
    element._carry_out = lambda *_: 503
    push()
    meanwhile = command(restoring).state
    element._carry_out = carry_out
    carry_out(*said[0])

    push()

    assert (command(barring).state, meanwhile, command(restoring).state) == (
        "superseded",
        "waiting",
        "confirmed",
    )
    assert element.states[str(line)] == "open"


@pytest.mark.parametrize("missing", ["emergency", "care", "registration"])
def test_an_element_that_bars_too_much_is_told_to_restore_in_the_same_run(element, line, missing):
    bar(line)
    element.allows.remove(missing)

    pushed = push()

    assert pushed.floor_breaks == 1
    assert element.states[str(line)] == "open"


def test_a_line_whose_number_is_erased_is_named_by_its_reference(element, line):
    Line.objects.update(number_sealed=None)
    bar(line)

    assert push().counts[CommandState.CONFIRMED] == 1
    assert "number" not in json.loads(element.bodies[0])["data"]
