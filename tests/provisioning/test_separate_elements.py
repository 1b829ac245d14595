"""Elements that serve different lines have their own jobs: one that hangs holds up no line of the others, and doctor names it."""

import datetime as dt
import threading
from contextvars import copy_context
from typing import get_args

import pytest
from django.db import connections

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel import clock, database
from rollkeeper.kernel.settings import write_settings
from rollkeeper.operations.peer_check import look_at_peers
from rollkeeper.provisioning.choices import Answer, CommandKind, ReadBack
from rollkeeper.provisioning.gateways.registry import (
    ELEMENT_GROUPS,
    all_services,
    network_gateway,
    services_of_group,
)
from rollkeeper.provisioning.services import push_due, queue_command
from rollkeeper.provisioning.settings import NetworkElement
from tests.builders.commands import change_commands
from tests.builders.lines import make_line
from tests.provisioning.fakes import Element

ON = dt.date(2012, 3, 2)  # a Friday: counters are open
ELEMENTS = {
    "by_service": {
        "mobile": ["osmo_hlr", "kamailio"], "data_card": ["osmo_hlr"], "fixed_line": ["kamailio"],
        "internet_access": ["freeradius"],
    },
    "hlr": {"ctrl": "127.0.0.1:9", "vty": "127.0.0.1:9"},
    "kamailio": {"url": "http://127.0.0.1:9/rollkeeper"},
    "radius": {"coa": "127.0.0.1:9", "auth": "127.0.0.1:9"},
    "webhook": {"url": "http://127.0.0.1:9/"},
}  # fmt: skip


@pytest.fixture(autouse=True)
def an_open_day(request):
    request.getfixturevalue("committed" if "committed" in request.fixturenames else "register")
    clock.set_demo_date(ON)


@pytest.fixture
def elements():
    write_settings(provisioning=ELEMENTS)
    yield
    write_settings(
        provisioning={
            "by_service": {}, "hlr": {"ctrl": None, "vty": None}, "kamailio": {"url": None},
            "radius": {"coa": None, "auth": None}, "webhook": {"url": None},
        }
    )  # fmt: skip


def restore(service):
    line = make_line(service=service)
    queue_command(line, kind=CommandKind.RESTORE, reason="registration", at=clock.now())
    return line


def state(line):
    (row,) = database.rows("SELECT state FROM provisioning_command WHERE line_id = %s", [line])
    return row.state


def push(element, *services):
    return push_due(worker_authority(), on=ON, gateway=element, services=services)


def push_apart(*given):
    """Push as another thread does, with its own connections."""
    try:
        push(*given)
    finally:
        connections.close_all()


def test_an_element_that_hangs_holds_up_no_line_of_another(committed):
    by_radius, by_phone = restore("internet_access"), restore("mobile")
    begun, may_answer, silent = threading.Event(), threading.Event(), Element()
    silent.answer = lambda _: (begun.set(), may_answer.wait(60), Answer.ACCEPTED)[-1]
    hanging = threading.Thread(target=copy_context().run, args=[push_apart, silent, "internet_access"])
    hanging.start()

    try:
        assert begun.wait(10)
        push(Element(), "mobile")
        while_it_hangs = state(by_radius), state(by_phone)
    finally:
        may_answer.set()
        hanging.join()

    assert while_it_hangs == ("waiting", "confirmed")
    assert state(by_radius) == "confirmed"


def test_a_run_for_one_element_leaves_the_others_lines_alone(register):
    by_radius, by_phone, element = restore("internet_access"), restore("mobile"), Element()

    push(element, "internet_access", "")

    assert [one.line_id for one in element.heard] == [by_radius]
    assert state(by_phone) == "waiting"


def test_no_role_chooses_the_element_of_a_command(register, as_role):
    line = make_line(service="internet_access")
    with pytest.raises(Exception, match="permission denied"), as_role("worker"):
        database.run(
            "INSERT INTO provisioning_command (line_id, kind, reason, requested_at, service)"
            " VALUES (%s, 'restore', 'registration', now(), 'mobile')",
            [line],
        )

    queue_command(line, kind=CommandKind.RESTORE, reason="registration", at=clock.now())

    (row,) = database.rows("SELECT service FROM provisioning_command WHERE line_id = %s", [line])
    assert row.service == "internet_access"


def test_every_service_has_exactly_one_job(register, elements):
    served = [service for group in ELEMENT_GROUPS for service in services_of_group(group)]

    assert sorted(served) == sorted(all_services())
    assert services_of_group("hlr-kamailio") == ["mobile"]
    assert services_of_group("freeradius") == ["internet_access"]


def test_every_element_has_a_job_of_which_it_is_alone():
    assert {frozenset({one}) for one in get_args(NetworkElement)} <= set(ELEMENT_GROUPS.values())


def test_an_instance_with_one_way_to_the_network_has_one_job(register):
    assert {group for group in ELEMENT_GROUPS if services_of_group(group)} == {"network"}


def test_an_element_without_its_secret_stops_no_other(register, elements):
    hlr = network_gateway(["data_card"])

    assert hlr.push([]) == []


def test_doctor_names_the_element_that_does_not_answer(register, elements):
    line, away = restore("internet_access"), Element()
    away.answer, away.says = (lambda _: Answer.RETRY), (lambda _: ReadBack.UNKNOWN)
    for _ in range(2):
        change_commands(line_id=line, next_try_at=clock.now())
        push(away, "internet_access")
    before = [one.health for one in look_at_peers()]
    change_commands(line_id=line, requested_at=clock.now() - dt.timedelta(minutes=6))

    (found,) = look_at_peers()

    assert before == ["ok"]
    assert found.sentence.startswith("'freeradius' has not carried out 1 commands, the oldest of 2012-03-02")
