"""What the network is asked without an order: whether it bars more than it may, and whether who was restored still has service."""

import datetime as dt
import shutil
import sqlite3
import uuid

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.database import Role
from rollkeeper.lines.models import Line, Suspension
from rollkeeper.provisioning.choices import Answer, CommandKind, CommandState, ReadBack
from rollkeeper.provisioning.jobs import JOBS
from rollkeeper.provisioning.reconciliation import compare_lines
from rollkeeper.provisioning.services import push_due, queue_command
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values
from tests.builders.commands import change_commands, make_command
from tests.locked_lines import locked_until_someone_waits
from tests.provisioning.elements import KamailioProgram, running, wanted
from tests.provisioning.fakes import Element

ON = dt.date(2012, 3, 2)
AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)
SATURDAY = ON + dt.timedelta(days=1)
NUMBER = "+8689100000001"


@pytest.fixture
def element():
    return Element()


@pytest.fixture
def watch(monkeypatch, element, as_role):
    """The job, as a worker that has just begun runs it."""
    (job,) = [one for one in JOBS if one.name == "check-floor-network"]

    def run(*, of=element):
        monkeypatch.setattr("rollkeeper.provisioning.reconciliation.network_gateway", lambda _: of)
        monkeypatch.setattr("rollkeeper.provisioning.jobs._asked_up_to", {})
        monkeypatch.setattr("rollkeeper.provisioning.jobs._asked_of_restored", {})
        with as_role("worker"):
            return job.run()

    return run


def push(element, on=ON):
    clock.set_demo_date(on)
    return push_due(worker_authority(), on=on, gateway=element)


def suspended(element=None):
    """A suspended line; barred where an element is given."""
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state="suspended", activated_on=ON)
    Suspension.objects.create(
        line_id=line, suspension_id=line, reason="registration", begun_on=ON, begun_at=AT
    )
    queue_command(line, kind=CommandKind.BAR, reason="registration", at=AT)
    if element:
        push(element)
    return line


def with_number(line):
    (sealed,) = seal_line_values(LineField.NUMBER, [(line, NUMBER)])
    Line.objects.filter(line_id=line).update(number_sealed=sealed)
    return line


def restored(element, line):
    """Register the line and restore it."""
    Suspension.objects.filter(line_id=line).update(restored_on=ON, restored_at=AT)
    Line.objects.filter(line_id=line).update(state="active")
    queue_command(line, kind=CommandKind.RESTORE, reason="registration", at=AT)
    pushed = push(element)
    assert pushed.counts[CommandState.CONFIRMED] == 1
    return line


def asked(line):
    """What the network is still to do to a line."""
    found = database.rows(
        "SELECT kind, reason FROM provisioning_command WHERE line_id = %s AND state IN ('waiting', 'sent')"
        " ORDER BY position DESC LIMIT 1",
        [line],
    )
    return tuple(found[0]) if found else None


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        (ReadBack.EXCESS, "restore"), (ReadBack.FLOOR_MISSING, "restore"),
        (ReadBack.BARRED, None), (ReadBack.PARTLY, None), (ReadBack.UNKNOWN, None),
    ],
)  # fmt: skip
def test_a_line_barred_of_more_than_its_stage_takes_is_restored(register, element, watch, says, kind):
    line = suspended(element)
    element.says = lambda _: says

    watch()

    assert (asked(line) or (None,))[0] == kind


def test_a_bar_whose_answer_was_lost_and_that_waits_for_days_is_asked_about(register, element, watch):
    line = suspended()
    element.answer, element.says = (lambda _: Answer.RETRY), (lambda _: ReadBack.UNKNOWN)
    push(element)
    change_commands(line_id=line, next_try_at=AT)
    push(element, SATURDAY)
    before = asked(line)
    element.says = lambda _: ReadBack.FLOOR_MISSING
    clock.set_demo_date(ON)  # in the last minutes of Saturday it would be tried soon, and is not asked about

    watch()

    assert (before, asked(line)) == (("bar", "registration"), ("restore", "floor_missing"))


def test_a_line_on_which_something_is_tried_at_this_time_is_not_asked_about(register, element, watch):
    line = suspended()
    element.answer, element.says = (lambda _: Answer.RETRY), (lambda _: ReadBack.FLOOR_MISSING)

    watch()

    assert asked(line) == ("bar", "registration")


@pytest.mark.parametrize(
    ("says", "is_restored"),
    [
        (ReadBack.BARRED, True), (ReadBack.PARTLY, True), (ReadBack.EXCESS, True), (ReadBack.ABSENT, True),
        (ReadBack.FLOOR_MISSING, True), (ReadBack.OPEN, False), (ReadBack.UNKNOWN, False),
    ],
)  # fmt: skip
def test_a_restored_line_that_the_network_bars_again_is_restored_again(
    register, element, watch, says, is_restored
):
    line = restored(element, suspended(element))
    element.says = lambda _: says

    restored_by_watch = watch()

    assert (restored_by_watch, asked(line)) == ((1, ("restore", "in_service")) if is_restored else (0, None))


def test_it_is_restored_again_once_since_a_later_bar_may_be_the_operators(register, element, watch):
    line = restored(element, suspended(element))
    element.states[line] = ReadBack.BARRED
    watch()
    push(element)
    again = element.states[line]
    element.states[line] = ReadBack.BARRED

    watch()

    assert (again, asked(line)) == (ReadBack.OPEN, None)


@pytest.mark.parametrize(("ago", "is_asked"), [(71, True), (72, True), (73, False)])
def test_a_restored_line_is_watched_for_three_days(register, element, watch, ago, is_asked):
    line = restored(element, suspended(element))
    now = clock.now()
    change_commands(
        line_id=line, kind="restore", read_back_at=now - dt.timedelta(hours=ago) + dt.timedelta(minutes=1)
    )
    element.states[line] = ReadBack.BARRED

    watch()

    assert (asked(line) is not None) == is_asked


@pytest.mark.parametrize("then", ["suspended", "terminated"])
def test_a_line_that_lost_service_rightly_since_is_not_restored(register, element, watch, then):
    line = restored(element, suspended(element))
    Line.objects.filter(line_id=line).update(state=then)
    make_command("bar" if then == "suspended" else "terminate", line_id=line, state="confirmed",
                 read_back="barred" if then == "suspended" else "absent", at=AT)  # fmt: skip
    element.says = lambda _: ReadBack.BARRED

    watch()

    assert asked(line) is None


def test_the_restored_are_asked_about_in_rounds(register, element, watch, monkeypatch):
    monkeypatch.setattr("rollkeeper.provisioning.reconciliation.CHUNK", 2)
    lines = [restored(element, suspended(element)) for _ in range(5)]
    element.says = lambda _: ReadBack.BARRED

    assert watch() == 5

    assert {asked(line) for line in lines} == {("restore", "in_service")}


def test_a_number_taken_over_is_restored_at_an_element_that_has_forgotten_its_line(register, tmp_path):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    former, line = (with_number(suspended()) for _ in range(2))
    for kamailio in running(KamailioProgram(tmp_path)):
        gateway = kamailio.gateway()
        push(gateway)
        for state in ("terminated", "released"):
            Line.objects.filter(line_id=former).update(state=state)
        restored(gateway, line)
        kamailio.kill()
        with sqlite3.connect(tmp_path / "rollkeeper.sqlite") as tables:
            tables.execute("DELETE FROM rk_order WHERE line = ?", [str(line)])
            tables.execute(
                "UPDATE rk_order SET number = ?, state = 'barred' WHERE line = ?", [NUMBER, str(former)]
            )
        tables.close()
        kamailio.start()

        compare_lines(worker_authority(), on=ON, gateway=gateway, restores=True)
        push(gateway)

        assert gateway.read_back([line, former]) == [ReadBack.OPEN, ReadBack.ABSENT]


@pytest.mark.usefixtures("committed")
def test_a_comparison_restores_a_line_that_an_app_keeps_locked(element):
    line, other = (restored(element, suspended(element)) for _ in range(2))
    element.says = lambda _: ReadBack.BARRED

    with locked_until_someone_waits(line, Role.COUNTER):
        compare_lines(worker_authority(), on=ON, gateway=element, restores=True)

    assert {asked(one) for one in (line, other)} == {("restore", "in_service")}


def test_an_element_that_comes_back_from_its_backup_bars_no_registered_line(register, tmp_path, watch):
    wanted("kamailio and kamailio-sqlite-modules", "kamailio")
    line = with_number(suspended())
    tables, kept = tmp_path / "rollkeeper.sqlite", tmp_path / "backup.sqlite"
    for kamailio in running(KamailioProgram(tmp_path)):
        gateway = kamailio.gateway()
        push(gateway)
        kamailio.kill()
        for suffix in ("", "-wal", "-shm"):
            if tables.with_name(tables.name + suffix).exists():
                shutil.copy(tables.with_name(tables.name + suffix), kept.with_name(kept.name + suffix))
        kamailio.start()
        restored(gateway, line)
        kamailio.kill()
        for suffix in ("", "-wal", "-shm"):
            tables.with_name(tables.name + suffix).unlink(missing_ok=True)
            if kept.with_name(kept.name + suffix).exists():
                shutil.copy(kept.with_name(kept.name + suffix), tables.with_name(tables.name + suffix))
        kamailio.start()
        barred_again = gateway.read_back([line])

        watch(of=gateway)
        push(gateway)

        assert (barred_again, gateway.read_back([line])) == ([ReadBack.BARRED], [ReadBack.OPEN])
