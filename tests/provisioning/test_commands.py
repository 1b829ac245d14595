"""The network from the command line."""

import datetime as dt
import json
import os
import signal
import uuid

import pytest
from typer.testing import CliRunner

from rollkeeper.kernel.database import rows
from rollkeeper.kernel.settings import write_settings
from rollkeeper.lines.models import Line
from rollkeeper.operations.cli import make_app
from rollkeeper.provisioning import commands
from rollkeeper.provisioning.choices import CommandKind, ReadBack
from rollkeeper.provisioning.queries import last_comparison
from rollkeeper.provisioning.services import queue_command

run = CliRunner()
AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)


@pytest.fixture
def app(committed):
    return make_app()


def suspended():
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state="suspended", activated_on=AT.date())
    queue_command(line, kind=CommandKind.BAR, reason="registration", at=AT)
    return line


def test_commands_are_pushed_and_counted_and_everything_agrees(app):
    for _ in range(3):
        suspended()

    pushed = run.invoke(app, ["provisioning", "push", "--on", "2012-03-02", "--json"])
    standing = run.invoke(app, ["provisioning", "status", "--json"])
    compared = run.invoke(app, ["provisioning", "reconcile"])

    assert pushed.exit_code == standing.exit_code == compared.exit_code == 0, pushed.output + compared.output
    assert json.loads(pushed.stdout)["confirmed"] == 3
    assert json.loads(standing.stdout) == [
        {"count": 3, "kind": "bar", "oldest_at": "2012-03-02T01:00:00.000Z", "state": "confirmed"}
    ]
    assert "agree" in compared.output


def test_a_difference_makes_the_answer_no_even_while_something_is_being_tried(app):
    suspended()

    compared = run.invoke(app, ["provisioning", "reconcile", "--json"])

    assert compared.exit_code == 1
    assert [one["is_under_way"] for one in json.loads(compared.stdout)] == [True]


@pytest.mark.parametrize("state", ["active", "suspended"])
def test_reconcile_restore_unbars_active_lines(app, state):
    """As after a restore of a backup that knows nothing of the bar."""
    lines = [suspended(), suspended()]
    run.invoke(app, ["provisioning", "push", "--on", "2012-03-02"])
    Line.objects.filter(line_id=lines[0]).update(state=state)

    seen = run.invoke(app, ["provisioning", "reconcile"])
    before = len(rows("SELECT FROM provisioning_command WHERE kind = 'restore'"))
    run.invoke(app, ["provisioning", "reconcile", "--restore"])
    run.invoke(app, ["provisioning", "push", "--on", "2012-03-02"])
    after = run.invoke(app, ["provisioning", "reconcile", "--json"])

    restored = rows("SELECT line_id FROM provisioning_command WHERE kind = 'restore'")
    assert (seen.exit_code, before) == (1 if state == "active" else 0, 0)
    assert [one.line_id for one in restored] == ([lines[0]] if state == "active" else [])
    assert json.loads(after.stdout) == []


def test_people_read_when_what_differs_was_asked_for(app):
    suspended()

    compared = run.invoke(app, ["provisioning", "reconcile"])

    said = " ".join(compared.output.split())
    assert "asked" in said
    assert "2012-03" in said


def test_a_difference_on_which_nothing_is_tried_makes_the_answer_no(app):
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state="suspended", activated_on=AT.date())

    compared = run.invoke(app, ["provisioning", "reconcile", "--json"])

    assert compared.exit_code == 1
    assert json.loads(compared.stdout) == [
        {
            "is_under_way": False, "line_id": str(line), "network_says": "open", "register_says": "barred",
            "since": None,
        }
    ]  # fmt: skip


@pytest.fixture
def broken_network():
    write_settings(provisioning={"demo_faults": 1.0, "tries": 1})
    yield
    write_settings(provisioning={"demo_faults": 0.0, "tries": 8})


def test_a_command_that_was_given_up_makes_the_answer_no(app, broken_network):
    suspended()

    pushed = run.invoke(app, ["provisioning", "push", "--on", "2012-03-02"])

    assert pushed.exit_code == 1
    assert "1 failed" in pushed.output


@pytest.fixture
def stopped_after_a_push(monkeypatch):
    """The service is stopped as soon as it has reported its push."""
    say, handlers = (
        commands._show_pushed,
        {one: signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)},
    )

    def say_and_stop(pushed, **more):
        say(pushed, **more)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(commands, "_show_pushed", say_and_stop)
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)


def test_a_service_that_gave_a_command_up_says_so_when_it_is_stopped(
    app, broken_network, stopped_after_a_push
):
    suspended()

    pushed = run.invoke(app, ["provisioning", "push", "--follow", "--on", "2012-03-02"])

    assert pushed.exit_code == 1
    assert "1 failed" in pushed.output


def test_a_service_that_gave_nothing_up_ends_well(app, stopped_after_a_push):
    suspended()

    pushed = run.invoke(app, ["provisioning", "push", "--follow", "--on", "2012-03-02"])

    assert pushed.exit_code == 0, pushed.output
    assert "1 confirmed" in pushed.output


class SaysNothing:
    """An element that keeps only its orders."""

    needs_number = False

    def read_back(self, lines, *, bars=()):
        return [ReadBack.UNKNOWN] * len(lines)


def test_active_lines_never_commanded_are_counted_and_listed_on_request(app, monkeypatch):
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state="active", activated_on=AT.date())
    monkeypatch.setattr("rollkeeper.provisioning.queries.network_gateway", SaysNothing)

    counted = run.invoke(app, ["provisioning", "reconcile"])
    listed = run.invoke(app, ["provisioning", "reconcile", "--never-commanded", "--json"])

    assert (counted.exit_code, listed.exit_code) == (0, 1)
    assert "1 active line for which the network never received a command" in counted.stderr
    assert [(one["line_id"], one["since"]) for one in json.loads(listed.stdout)] == [(str(line), None)]


def test_what_a_comparison_found_is_kept_with_its_entry_and_names_no_line(app):
    line = suspended()

    run.invoke(app, ["provisioning", "reconcile"])

    kept = last_comparison()
    entries = rows("SELECT body FROM ledger_entry WHERE verb = 'provisioning:lines:compared'")
    assert (kept.line_count, kept.difference_count, kept.never_commanded_count, kept.oldest_at) == (
        1,
        1,
        0,
        AT,
    )
    assert len(entries) == 1
    assert '"facts":{"differences":1,"lines":1,"never_commanded":0}' in entries[0].body
    assert str(line) not in entries[0].body


def test_people_can_read_the_standing_too(app):
    suspended()

    answered = run.invoke(app, ["provisioning", "status"])

    assert answered.exit_code == 0
    assert "waiting" in answered.output
