"""The network from the command line."""

import datetime as dt
import json
import uuid

import pytest
from typer.testing import CliRunner

from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.models import Line
from rollkeeper.network.acts import ask
from rollkeeper.network.kinds import CommandKind
from rollkeeper.site.cli import make_app

run = CliRunner()
AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)


@pytest.fixture
def app(committed):
    return make_app()


def suspended():
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state="suspended", activated_on=AT.date())
    ask(line, kind=CommandKind.BAR, reason="registration", at=AT)
    return line


def test_commands_are_pushed_and_counted_and_everything_agrees(app):
    for _ in range(3):
        suspended()

    pushed = run.invoke(app, ["network", "push", "--on", "2012-03-02", "--json"])
    standing = run.invoke(app, ["network", "status", "--json"])
    compared = run.invoke(app, ["network", "reconcile"])

    assert pushed.exit_code == standing.exit_code == compared.exit_code == 0, pushed.output + compared.output
    assert json.loads(pushed.stdout)["confirmed"] == 3
    assert json.loads(standing.stdout) == [
        {"count": 3, "kind": "bar", "oldest_at": "2012-03-02T01:00:00.000Z", "state": "confirmed"}
    ]
    assert "agree" in compared.output


def test_a_difference_makes_the_answer_no_even_while_something_is_being_tried(app):
    suspended()

    compared = run.invoke(app, ["network", "reconcile", "--json"])

    assert compared.exit_code == 1
    assert [one["is_under_way"] for one in json.loads(compared.stdout)] == [True]


def test_a_difference_on_which_nothing_is_tried_makes_the_answer_no(app):
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state="suspended", activated_on=AT.date())

    compared = run.invoke(app, ["network", "reconcile", "--json"])

    assert compared.exit_code == 1
    assert json.loads(compared.stdout) == [
        {
            "is_under_way": False, "line_id": str(line), "network_says": "open", "register_says": "barred",
            "since": None,
        }
    ]  # fmt: skip


@pytest.fixture
def broken_network():
    write_settings(trial_network_faults=1.0, network_tries=1)
    yield
    write_settings(trial_network_faults=0.0, network_tries=8)


def test_a_command_that_was_given_up_makes_the_answer_no(app, broken_network):
    suspended()

    pushed = run.invoke(app, ["network", "push"])

    assert pushed.exit_code == 1
    assert "1 failed" in pushed.output


def test_people_can_read_the_standing_too(app):
    suspended()

    answered = run.invoke(app, ["network", "status"])

    assert answered.exit_code == 0
    assert "waiting" in answered.output
