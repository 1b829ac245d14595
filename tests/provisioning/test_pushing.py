"""Pushing commands: proof or nothing, in order, once, and never losing one."""

import datetime as dt
import uuid

import pytest

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.errors import NOT_ALLOWED
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock, database, stores
from rollkeeper.kernel.database import Role, connect
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.lines.models import Line, Suspension
from rollkeeper.operations.clock_check import look_at_the_clock
from rollkeeper.operations.findings import Health
from rollkeeper.provisioning.choices import Answer, CommandKind, CommandState, ReadBack
from rollkeeper.provisioning.errors import NO_NETWORK
from rollkeeper.provisioning.gateways.registry import network_gateway
from rollkeeper.provisioning.jobs import JOBS
from rollkeeper.provisioning.models import Command
from rollkeeper.provisioning.queries import count_due, reconcile, state_counts
from rollkeeper.provisioning.reconciliation import compare_lines
from rollkeeper.provisioning.services import advance_command_sequence, push_due, queue_command
from rollkeeper.provisioning.settings import settings as provisioning_settings
from tests.builders.commands import retry_commands
from tests.entries import entries
from tests.languages.production import production_instance
from tests.provisioning.fakes import Element
from tests.refusals import refusing

NETWORK = "provisioning:%"
ON = dt.date(2012, 3, 2)
AT = dt.datetime(2012, 3, 2, 1, tzinfo=dt.UTC)


@pytest.fixture
def element():
    return Element()


def bar(line=None, kind=CommandKind.BAR, batch_id=None):
    asked = queue_command(line or uuid.uuid4(), kind=kind, reason="registration", at=AT)
    if batch_id:
        Command.objects.filter(command_id=asked).update(batch_id=batch_id)
    return asked


def push(element, **more):
    return push_due(worker_authority(), on=ON, gateway=element, **more)


def command(command_id):
    (row,) = database.rows("SELECT * FROM provisioning_command WHERE command_id = %s", [command_id])
    return row


def make_due():
    retry_commands()


@pytest.mark.parametrize("kind", CommandKind)
def test_a_command_is_confirmed_when_the_network_says_so(register, element, kind):
    asked = bar(kind=kind)

    pushed = push(element)

    assert pushed.counts[CommandState.CONFIRMED] == 1
    assert (command(asked).state, command(asked).read_back) == ("confirmed", kind.proof)
    assert command(asked).sent_at is not None


def test_a_confirmation_stands_in_the_ledger_by_reference_alone(register, element):
    batch, line = uuid.uuid4(), uuid.uuid4()
    asked = bar(line, batch_id=batch)

    push(element)

    (entry,) = entries(NETWORK)
    assert (entry.verb, entry.line_id) == ("provisioning:command:confirmed", line)
    assert entry.body["role"] == entry.body["actor"] == "worker"
    assert entry.facts == {
        "batch": str(batch), "command": str(asked), "kind": "bar", "read_back": "barred", "tries": 1,
    }  # fmt: skip


def test_a_command_that_the_network_took_and_did_not_carry_out_is_not_confirmed(register, element):
    element.says = lambda _: ReadBack.OPEN
    asked = bar()

    push(element)

    assert (command(asked).state, command(asked).read_back) == ("sent", "open")
    assert entries(NETWORK) == []


def test_what_comes_true_late_is_confirmed_without_being_sent_again(register, element):
    element.says = lambda _: ReadBack.UNKNOWN
    asked = bar()
    push(element)
    element.says = None
    make_due()

    push(element)

    assert command(asked).state == "confirmed"
    assert len(element.heard) == 1


def test_what_does_not_come_true_is_sent_again_under_the_same_key(register, element):
    element.says = lambda _: ReadBack.OPEN
    asked = bar()
    push(element)
    make_due()

    push(element)

    assert [order.key for order in element.heard] == [asked, asked]


def test_a_network_out_of_reach_is_tried_again_later_and_not_before(register, element):
    element.answer = lambda _: Answer.RETRY
    asked = bar()

    push(element)
    push(element)

    assert (command(asked).state, command(asked).attempts, len(element.heard)) == ("waiting", 1, 1)
    assert command(asked).next_try_at > clock.now()


def test_an_element_that_was_away_for_long_is_waited_for(register, element):
    element.answer = lambda _: Answer.RETRY
    asked = bar()
    for _ in range(3 * provisioning_settings().tries):
        push(element)
        make_due()
    while_away = command(asked).state
    element.answer, element.says = None, lambda _: ReadBack.UNKNOWN
    push(element)
    element.says = None
    make_due()

    push(element)

    assert (while_away, command(asked).state) == ("waiting", "confirmed")


def test_a_bar_is_given_up_after_its_last_try_and_the_ledger_says_so(register, element):
    element.says = lambda _: ReadBack.OPEN
    asked = bar()

    for _ in range(provisioning_settings().tries):
        push(element)
        make_due()

    assert command(asked).state == "failed"
    assert [entry.verb for entry in entries(NETWORK)] == ["provisioning:command:failed"]


def test_a_later_command_takes_the_place_of_an_older_one_that_waits(register, element):
    line = uuid.uuid4()
    older, newer = bar(line), bar(line, kind=CommandKind.RESTORE)

    pushed = push(element)

    assert (command(older).state, command(newer).state) == ("superseded", "confirmed")
    assert pushed.counts[CommandState.SUPERSEDED] == 1
    assert [order.kind for order in element.heard] == [CommandKind.RESTORE]


def test_a_later_command_takes_the_place_of_one_that_was_sent_and_not_proved(register, element):
    line = uuid.uuid4()
    element.says = lambda _: ReadBack.UNKNOWN
    older = bar(line)
    push(element)
    element.says = None
    newer = bar(line, kind=CommandKind.RESTORE)
    make_due()

    push(element)

    assert (command(older).state, command(newer).state) == ("superseded", "confirmed")
    assert element.states[line] is ReadBack.OPEN


def test_who_is_to_be_restored_goes_first(register, element):
    for _ in range(3):
        bar()
    bar(kind=CommandKind.TERMINATE)
    bar(kind=CommandKind.RESTORE)

    push(element)

    assert [order.kind for order in element.heard] == ["restore", "bar", "bar", "bar", "terminate"]


def test_a_limit_limits(register, element):
    for _ in range(5):
        bar()

    assert push(element, limit=2).total == 2
    assert len(element.heard) == 2
    assert count_due() == 3


def test_a_second_run_finds_nothing_to_do(register, element):
    bar()
    push(element)

    assert push(element).total == 0
    assert len(element.heard) == 1


def test_a_bar_without_the_floor_is_lifted_at_once(register, element):
    line = uuid.uuid4()
    said = iter([ReadBack.FLOOR_MISSING, ReadBack.OPEN])
    element.says = lambda _: next(said)
    asked = bar(line)

    pushed = push(element)

    assert (pushed.floor_breaks, command(asked).state) == (1, "failed")
    assert [order.kind for order in element.heard] == ["bar", "restore"]
    assert element.states[line] is ReadBack.OPEN


def test_what_a_restored_register_asks_is_younger_than_all_that_it_has_forgotten(register):
    before = command(bar()).position

    advance_command_sequence()

    asked = [command(bar()).position for _ in range(2)]
    assert asked[0] > before + 10**15
    assert asked[1] == asked[0] + 1


SATURDAY, MONDAY = ON + dt.timedelta(days=1), ON + dt.timedelta(days=3)


def push_on(day, element):
    clock.set_demo_date(day)
    return push_due(worker_authority(), on=day, gateway=element)


def test_on_a_closed_day_what_bars_waits_and_what_restores_goes(register, element):
    line, other = uuid.uuid4(), uuid.uuid4()
    barring, restoring = bar(line), bar(other, kind=CommandKind.RESTORE)

    push_on(SATURDAY, element)
    on_saturday = command(barring).state, command(barring).attempts, command(restoring).state
    push_on(MONDAY, element)

    assert on_saturday == ("waiting", 0, "confirmed")
    assert command(barring).state == "confirmed"


def test_what_is_put_off_takes_no_restoring_command_s_place(register, element):
    line = uuid.uuid4()
    restoring, barring = bar(line, kind=CommandKind.RESTORE), bar(line)

    push_on(SATURDAY, element)

    assert (command(restoring).state, command(barring).state) == ("confirmed", "waiting")


def test_on_a_closed_day_sent_commands_are_read_back_and_not_resent(register, element):
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state="suspended", activated_on=ON)
    asked = bar(line)
    element.says = lambda _: ReadBack.OPEN
    push_on(ON, element)
    make_due()
    push_on(SATURDAY, element)
    in_between = command(asked).state, command(asked).attempts, len(element.heard)
    element.says = lambda _: ReadBack.FLOOR_MISSING
    make_due()

    pushed = push_on(SATURDAY, element)

    assert in_between == ("sent", 1, 1)
    assert (command(asked).state, pushed.floor_breaks) == ("failed", 1)
    assert [order.kind for order in element.heard] == ["bar", "restore"]


def test_on_a_closed_day_unproven_commands_are_read_back_too(register, element):
    asked = bar()
    element.says = lambda _: ReadBack.OPEN
    push_on(ON, element)
    element.answer = lambda _: Answer.RETRY
    make_due()
    push_on(ON, element)
    away = command(asked).state
    make_due()
    element.says = lambda _: ReadBack.BARRED

    push_on(SATURDAY, element)

    assert (away, command(asked).state) == ("waiting", "confirmed")
    assert [order.kind for order in element.heard] == ["bar", "bar"]


def test_a_bar_after_an_end_of_another_batch_waits_for_the_desks_like_any_other(register, element):
    line, ending = uuid.uuid4(), uuid.uuid4()
    bar(line, kind=CommandKind.TERMINATE, batch_id=ending)
    push_on(ON, element)
    of_the_undo, of_a_lift = bar(line, batch_id=ending), None
    push_on(SATURDAY, element)
    of_a_lift = bar(line)
    push_on(SATURDAY, element)

    assert (command(of_the_undo).state, command(of_a_lift).state) == ("confirmed", "waiting")


def test_a_run_that_goes_on_past_midnight_obeys_the_day_that_it_is_then(register, element, monkeypatch):
    monkeypatch.setattr("rollkeeper.provisioning.services.CHUNK", 1)
    lines = [uuid.uuid4() for _ in range(3)]
    for line in lines:
        bar(line)
    element.answer = lambda _: clock.set_demo_date(SATURDAY) or Answer.ACCEPTED

    push_on(ON, element)

    assert sum(one is ReadBack.BARRED for one in element.states.values()) <= 1
    assert len(element.heard) == 1


def test_nobody_who_has_ended_meanwhile_is_given_service_back_for_a_broken_floor(register, element):
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state="terminated", activated_on=ON)
    ending = bar(line, kind=CommandKind.TERMINATE)
    restoring = bar(line, kind=CommandKind.RESTORE)

    push(element)

    assert (command(ending).state, command(restoring).state) == ("confirmed", "superseded")


def test_no_clerk_pushes_commands(register, element):
    clerk = Authority(frozenset({StaffRole.CLERK}), None, "x")

    with refusing(NOT_ALLOWED):
        push_due(clerk, on=ON, gateway=element)


def test_the_workers_own_role_has_the_rights_that_pushing_needs(register, element, as_role):
    asked = bar()

    with as_role("worker"):
        push(element)
        assert state_counts()
        assert reconcile(gateway=element).differences == []

    assert command(asked).state == "confirmed"


def test_a_line_whose_older_command_is_being_sent_by_another_process_waits(committed, element):
    line = uuid.uuid4()
    older = bar(line)
    with connect(stores.REGISTER, Role.WORKER) as other:
        other.execute("SELECT pg_advisory_lock(%s, 7)", [0x526F6C6C])
        other.execute("UPDATE provisioning_command SET claimed_by = 7")
        newer = bar(line, kind=CommandKind.RESTORE)

        push(element)
        meanwhile = command(newer).state

    while (
        count_due() and command(newer).state != "confirmed"
    ):  # the other process is gone: its claim dies with it
        push(element)

    assert meanwhile == "waiting"
    assert command(newer).state == "confirmed"
    assert command(older).state == "superseded"
    assert [order.kind for order in element.heard] == ["restore"]


def test_a_run_whose_claim_was_lost_writes_nothing_down(register, element):
    asked = bar()
    element.says = lambda _: Command.objects.update(claimed_by=5) and ReadBack.BARRED

    push(element)

    assert command(asked).state == "waiting"
    assert entries(NETWORK) == []


@pytest.fixture
def production():
    with production_instance():
        yield


def test_a_production_instance_without_a_network_says_so_and_touches_nothing(register, production):
    asked = bar()

    with refusing(NO_NETWORK):
        push_due(console_authority(), on=ON)

    assert command(asked).attempts == 0


def test_a_demo_instance_has_a_network_in_a_file(register, data_dir):
    line = uuid.uuid4()
    bar(line)

    push_due(console_authority(), on=ON)

    assert network_gateway().read_back([line]) == [ReadBack.BARRED]
    assert (data_dir / "network" / "journal.jsonl").exists()


def test_reconciling_lists_every_difference_the_oldest_first(register, element):
    lines = {name: uuid.uuid4() for name in ("agrees", "new", "old", "never_commanded", "gone")}
    states = {
        "agrees": "suspended",
        "new": "suspended",
        "old": "active",
        "never_commanded": "active",
        "gone": "active",
    }
    for name, state in states.items():
        Line.objects.create(line_id=lines[name], service="mobile", state=state, activated_on=ON)
    queue_command(lines["agrees"], kind=CommandKind.BAR, reason="registration", at=AT)
    queue_command(lines["old"], kind=CommandKind.RESTORE, reason="registration", at=AT - dt.timedelta(days=9))
    push(element)
    queue_command(lines["new"], kind=CommandKind.BAR, reason="registration", at=AT)
    element.states[lines["old"]] = ReadBack.BARRED
    element.states[lines["gone"]] = ReadBack.ABSENT

    found = reconcile(gateway=element).differences

    assert [(one.line_id, one.register_says, one.network_says, one.is_under_way) for one in found] == [
        (lines["old"], "open", "barred", False),
        (lines["new"], "barred", "open", True),
        (lines["gone"], "open", "absent", False),
    ]


@pytest.mark.parametrize(
    ("state", "is_notified", "listed"),
    [
        ("suspended", True, "differences"), ("suspended", False, "differences"),
        ("active", True, "differences"), ("active", False, "never_commanded"),
        ("terminated", True, "differences"), ("terminated", False, None),
    ],
)  # fmt: skip
def test_an_unknown_line_is_a_difference_unless_terminated_and_never_commanded(
    register, element, state, is_notified, listed
):
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state=state, activated_on=ON)
    element.states[line] = ReadBack.UNKNOWN
    if is_notified:
        queue_command(line, kind=CommandKind.BAR, reason="registration", at=AT)

    compared = reconcile(gateway=element, lists_never_commanded=True)

    found = {
        name: [one.line_id for one in getattr(compared, name)] for name in ("differences", "never_commanded")
    }
    assert found == {"differences": [], "never_commanded": []} | ({listed: [line]} if listed else {})


@pytest.mark.parametrize(
    ("state", "is_tried", "restored"),
    [
        ("suspended", False, True),
        ("active", False, True),
        ("suspended", True, False),
        ("terminated", False, False),
    ],
)
def test_a_comparison_restores_lines_that_lost_emergency_calls(register, element, state, is_tried, restored):
    line = uuid.uuid4()
    Line.objects.create(line_id=line, service="mobile", state=state, activated_on=ON)
    queue_command(
        line,
        kind=CommandKind.TERMINATE if state == "terminated" else CommandKind.BAR,
        reason="registration",
        at=AT,
    )
    push(element)
    element.says = lambda _: ReadBack.FLOOR_MISSING
    if is_tried:
        queue_command(line, kind=CommandKind.RESTORE, reason="registration", at=AT)

    compared = compare_lines(worker_authority(), on=ON, gateway=element)
    asked = database.rows(
        "SELECT reason FROM provisioning_command WHERE kind = 'restore' AND reason = 'floor_missing'"
    )

    assert compared.floor_breaks == ([line] if restored else [])
    assert len(asked) == restored
    element.says = None
    push(element)
    if restored:
        assert element.states[line] is ReadBack.OPEN


def seen_late(kind):
    """Ask for something whose place is before everything: its transaction came to an end later than those of others."""
    (row,) = database.rows(
        "INSERT INTO provisioning_command (line_id, kind, reason, requested_at, position) OVERRIDING SYSTEM VALUE"
        " SELECT gen_random_uuid(), %s, 'registration', %s, min(position) - 1 FROM provisioning_command RETURNING command_id",
        [kind.value, AT],
    )
    return row.command_id


@pytest.mark.parametrize(
    ("kind", "place"), [(CommandKind.BAR, 6), (CommandKind.TERMINATE, 5), (CommandKind.RESTORE, 2)]
)
def test_a_command_that_becomes_visible_late_is_pushed_in_the_same_run(
    register, element, monkeypatch, kind, place
):
    monkeypatch.setattr("rollkeeper.provisioning.services.CHUNK", 1)
    asked = [bar() for _ in range(4)] + [bar(kind=CommandKind.TERMINATE)]
    late = []

    push(element, moved=lambda _: late or late.append(seen_late(kind)))

    assert [order.key for order in element.heard].index(late[0]) + 1 == place
    assert {command(one).state for one in [*asked, *late]} == {"confirmed"}


def test_what_is_tried_again_keeps_nothing_new_waiting(register, element, monkeypatch):
    monkeypatch.setattr("rollkeeper.provisioning.services.CHUNK", 1)
    again = bar()
    Command.objects.update(next_try_at=clock.now() - dt.timedelta(minutes=1))
    for _ in range(3):
        bar(kind=CommandKind.TERMINATE)
    fresh = []

    push(element, moved=lambda _: fresh or fresh.append(bar()))

    assert [order.key for order in element.heard][:2] == [again, fresh[0]]


def test_after_so_many_chunks_it_is_looked_for_from_the_beginning(register, element, monkeypatch):
    monkeypatch.setattr("rollkeeper.provisioning.services.CHUNK", 1)
    monkeypatch.setattr("rollkeeper.provisioning.services._CHUNKS_ONWARDS", 2)
    asked, late = [bar() for _ in range(4)], []

    push(element, moved=lambda _: late or late.append(seen_late(CommandKind.BAR)))

    assert [order.key for order in element.heard].index(late[0]) == 2
    assert {command(one).state for one in [*asked, *late]} == {"confirmed"}


def test_the_floor_of_the_barred_is_watched_in_rounds(register, element, monkeypatch):
    monkeypatch.setattr("rollkeeper.provisioning.reconciliation.CHUNK", 2)
    monkeypatch.setattr("rollkeeper.provisioning.jobs._PAGES", 1)
    monkeypatch.setattr("rollkeeper.provisioning.jobs._asked_up_to", {})
    monkeypatch.setattr("rollkeeper.provisioning.reconciliation.network_gateway", lambda _: element)
    lines = sorted(new_uuid() for _ in range(5))
    for line, state in zip(
        lines, ("suspended", "terminated", "suspended", "active", "suspended"), strict=True
    ):
        Line.objects.create(line_id=line, service="mobile", state=state, activated_on=ON)
        if state != "active":
            Suspension.objects.create(
                line_id=line, suspension_id=line, reason="registration", begun_on=ON, begun_at=AT
            )
            bar(line)
    push(element)
    first, third, last = lines[0], lines[2], lines[4]
    broken = {third}
    element.says = lambda line: ReadBack.FLOOR_MISSING if line in broken else ReadBack.BARRED

    (job,) = [one for one in JOBS if one.name == "check-floor-network"]
    turns = [job.run() for _ in range(3)]
    restored = database.rows("SELECT line_id FROM provisioning_command WHERE reason = 'floor_missing'")

    assert turns == [0, 1, 0]
    assert [row.line_id for row in restored] == [third]
    broken |= {first, last}
    assert [job.run() for _ in range(3)] == [1, 1, 0]  # what is being restored is not asked about
    element.says = None
    push(element)
    assert {element.states[line] for line in (first, third, last)} == {ReadBack.OPEN}


@pytest.mark.parametrize("ahead", [dt.timedelta(days=1), dt.timedelta(days=7)])
def test_a_restore_asked_for_by_a_clock_that_was_ahead_is_due_at_once(register, element, ahead):
    asked = bar(kind=CommandKind.RESTORE)
    Command.objects.filter(command_id=asked).update(attempts=1, next_try_at=clock.now() + ahead)

    pushed = push(element)

    assert pushed.counts[CommandState.CONFIRMED] == 1
    assert command(asked).state == "confirmed"


def test_a_restore_waits_its_quarter_of_an_hour_and_a_postponed_bar_its_days(register, element):
    restore, put_off = bar(kind=CommandKind.RESTORE), bar()
    Command.objects.filter(command_id=restore).update(
        attempts=9, next_try_at=clock.now() + dt.timedelta(minutes=14)
    )
    Command.objects.filter(command_id=put_off).update(
        attempts=3, next_try_at=clock.now() + dt.timedelta(days=3)
    )

    pushed = push(element)

    assert pushed.total == 0
    assert [command(one).state for one in (restore, put_off)] == ["waiting", "waiting"]


def test_the_doctor_counts_what_a_clock_that_was_ahead_put_off(register):
    before = look_at_the_clock().health
    asked = bar(kind=CommandKind.RESTORE)
    Command.objects.filter(command_id=asked).update(
        attempts=1, next_try_at=clock.now() + dt.timedelta(days=1)
    )

    found = look_at_the_clock()

    assert (before, found.health) == (Health.OK, Health.WARNING)
    assert "1 restore commands lie further ahead" in found.sentence
