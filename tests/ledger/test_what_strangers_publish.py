# SPDX-License-Identifier: EUPL-1.2
"""What a stranger types at the portal leaves as many leaves of the same classes in the published ledger, whosever the number is."""

import pytest
from django.core.cache import cache
from django.test import Client

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import StaffRole
from rollkeeper.access.services import add_staff
from rollkeeper.kernel.database import rows
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import number_index_of
from rollkeeper.notices.gateways.base import GatewayBroken
from rollkeeper.selfcare import portal_client
from rollkeeper.selfcare.posted_codes import print_letters
from rollkeeper.selfcare.services import protect_subscriber
from tests.registration.conftest import vaulted  # noqa: F401
from tests.selfcare.conftest import at_portal, telephone  # noqa: F401 - a portal and a worker who answers at once
from tests.selfcare.people import NUMBER, ON, PERSON, register_line
from tests.selfcare.test_posted_codes import cut_off, printer  # noqa: F401

UNKNOWN, PROTECTED = "+8613908919999", "+8613908915555"
OTHER = PERSON | {"document_number": "X7654321"}
PASSWORD = "seven plain words of nothing"


@pytest.fixture
def new_leaves(at_portal):  # noqa: F811
    """What a reader who keeps each checkpoint sees: the classes of the leaves since the last look."""
    seen = 0

    def look():
        nonlocal seen
        found = rows("SELECT entry_id, verb FROM ledger_entry WHERE entry_id > %s ORDER BY entry_id", [seen])
        seen = max([seen, *(row.entry_id for row in found)])
        return [Verb(row.verb).leaf_class.value for row in found]

    return look


def asked(number):
    return portal_client.request_code(number, source="203.0.113.9", language="en")


def test_a_known_and_an_unknown_number_leave_the_same_leaves(new_leaves):
    register_line()
    new_leaves()
    left = {}

    for number in (NUMBER, UNKNOWN):
        asked(number)
        left[number] = new_leaves()

    assert left[NUMBER] == left[UNKNOWN] != []


def test_a_line_that_may_have_no_more_codes_leaves_the_same_leaves(new_leaves):
    register_line()
    new_leaves()
    left = []

    for _ in range(8):
        asked(NUMBER)
        left.append(new_leaves())

    assert left == [left[0]] * 8


def test_a_line_with_a_new_sim_leaves_the_same_leaves(new_leaves):
    line_id = register_line()
    append_entry(worker_authority(), verb=Verb.SIM_REPLACED, role="worker", on=ON, line_id=line_id)
    new_leaves()

    asked(NUMBER)
    mine = new_leaves()
    asked(UNKNOWN)

    assert mine == new_leaves() != []


def test_a_code_that_no_gateway_takes_leaves_the_same_leaves(new_leaves, at_portal, monkeypatch):  # noqa: F811
    register_line()
    new_leaves()

    def breaks(messages):
        raise GatewayBroken

    monkeypatch.setattr(at_portal, "send", breaks)
    asked(NUMBER)
    mine = new_leaves()
    asked(UNKNOWN)

    assert mine == new_leaves() != []


def test_a_letter_with_a_code_and_one_that_does_not_go_leave_the_same_leaves(new_leaves, printer):  # noqa: F811
    cut_off()
    cut_off(PROTECTED, person=OTHER)
    protect_subscriber(console_authority(), number_index_of(PROTECTED), protected=True, on=ON)
    left = {}

    for number in (NUMBER, PROTECTED, UNKNOWN):
        page = asked(number)
        new_leaves()
        portal_client.request_letter(page)
        print_letters(worker_authority(), on=ON)
        left[number] = new_leaves()

    assert left[NUMBER] == left[PROTECTED] == left[UNKNOWN] == ["access", "access"]
    assert len(printer.letters) == 1


@pytest.mark.parametrize("password", ["wrong wrong wrong", PASSWORD])
def test_a_name_of_staff_and_an_unknown_name_leave_the_same_leaves(new_leaves, app, password):
    app("backoffice")
    cache.clear()
    for username in ("auditor-1", "auditor-2"):
        add_staff(console_authority(), username=username, password=PASSWORD, roles=[StaffRole.AUDITOR], on=ON)
    Staff.objects.filter(username="auditor-2").update(is_active=False)
    left = {}

    for nth, username in enumerate(("auditor-1", "auditor-2", "no-one")):
        new_leaves()
        for _ in range(8):
            Client(REMOTE_ADDR=f"127.0.0.{nth + 5}").post(
                "/account/login/", {"login": username, "password": password}, HTTP_ACCEPT="text/html"
            )
        left[username] = new_leaves()

    assert left["auditor-2"] == left["no-one"] != []
    if password != PASSWORD:
        assert left["auditor-1"] == left["no-one"]
