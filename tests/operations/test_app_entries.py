# SPDX-License-Identifier: EUPL-1.2
"""An attacker has the database session of an app: what it writes is what its entry says, of the same line and the same account."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from rollkeeper.access.authority import staff_commitment
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import SuspensionReason
from rollkeeper.lines.queries import find_line
from rollkeeper.registration import services
from tests.builders.staff import employ
from tests.registration.conftest import clerk, new_line, vaulted  # noqa: F401
from tests.registration.people import ON, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")
DUE = ON + dt.timedelta(days=15)
OPENED = (
    "INSERT INTO selfcare_case (case_id, line_id, tenure_id, kind, about, opened_on, due_on, against)"
    " VALUES (%(case)s, %(line)s, %(tenure)s, %(kind)s, %(about)s, %(opened)s, %(due)s, %(against)s)"
)


def refused_at_commit(act):
    """By what the register refuses what is done, at the latest when it is committed; nothing where it does not. It is taken back."""
    try:
        with transaction.atomic():
            act()
            run("SET CONSTRAINTS ALL IMMEDIATE")
            transaction.set_rollback(True)
    except DatabaseError as fault:
        return str(fault)
    return ""


@pytest.fixture
def two_lines(clerk, new_line):  # noqa: F811
    """Two lines with their tenures, of two people."""
    found = []
    for _ in range(2):
        number = new_line()
        services.register_subscriber(clerk, submission(number, person()), on=ON)
        line_id = find_line(number).line_id
        (held,) = rows("SELECT tenure_id FROM lines_tenure WHERE line_id = %s", [line_id])
        found.append((line_id, held.tenure_id))
    return found


@pytest.mark.parametrize(
    ("said", "may"),
    [
        ({}, True),
        ({"tenure": None}, True),
        ({"opened": ON - dt.timedelta(days=1)}, True),
        ({"line": "another", "tenure": None}, False),
        ({"line": "another", "tenure": "another"}, False),
        ({"tenure": "another"}, False),
        ({"kind": "correct"}, False),
        ({"about": "name"}, False),
        ({"opened": ON - dt.timedelta(days=400)}, False),
        ({"due": DUE + dt.timedelta(days=400)}, False),
        ({"against": "another"}, False),
    ],
)
def test_a_counter_opens_the_case_that_its_entry_says_and_no_other(clerk, two_lines, as_role, said, *, may):  # noqa: F811
    (line_id, tenure_id), (other, others_tenure) = two_lines
    foreign = new_uuid()
    run(OPENED, {"case": foreign, "line": other, "tenure": others_tenure, "kind": "correct", "about": None, "opened": ON,
                 "due": DUE, "against": None})  # fmt: skip
    case_id = new_uuid()
    another = {"line": other, "tenure": others_tenure, "against": foreign}
    usual = {"case": case_id, "line": line_id, "tenure": tenure_id, "kind": "appeal", "about": None, "opened": ON, "due": DUE,
             "against": None}  # fmt: skip
    row = usual | {name: another[name] if value == "another" else value for name, value in said.items()}

    def open_it():
        run(OPENED, row)
        facts = {"case": str(case_id), "due_on": DUE.isoformat(), "kind": "appeal"}
        append_entry(clerk, verb=Verb.CASE_OPENED, role="clerk", on=ON, line_id=line_id, facts=facts)

    with as_role("counter"):
        found = refused_at_commit(open_it)

    assert (found == "") is may, found


@pytest.mark.parametrize("closed", [["named"], ["named", "other"], ["other"]])
def test_the_back_office_closes_no_account_but_that_of_an_entry(as_role, closed):
    accounts = {name: employ(StaffRole.CLERK, username=name).staff_id for name in ("named", "other")}
    administrator = employ(StaffRole.ADMINISTRATOR)
    (named,) = rows("SELECT salt FROM access_staff WHERE username = 'named'")
    facts = {"staff": staff_commitment(bytes(named.salt), accounts["named"])}

    def close():
        for name in closed:
            run("UPDATE access_staff SET is_active = false WHERE staff_id = %s", [accounts[name]])
        append_entry(administrator, verb=Verb.STAFF_SUSPENDED, role="administrator", on=ON, facts=facts)

    with as_role("backoffice"):
        found = refused_at_commit(close)

    assert (found == "") is (closed == ["named"]), found


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT lines_restore(%(line)s, 'registration', %(on)s, now())",
        "SELECT lines_mark_wrongful(%(line)s, '2000-01-01', NULL)",
    ],
)
def test_a_counter_lifts_no_suspension_of_a_line_that_it_looked_up(clerk, new_line, as_role, statement):  # noqa: F811
    line_id = find_line(new_line(SuspensionReason.REGISTRATION)).line_id
    if "wrongful" in statement:
        run("UPDATE lines_suspension SET restored_on = %s, restored_at = now()", [ON])

    def lift():
        append_entry(clerk, verb=Verb.LINE_LOOKED_UP, role="clerk", on=ON, line_id=line_id)
        run(statement, {"line": line_id, "on": ON})

    with as_role("counter"):
        assert "lines_suspension_changed_without_its_ledger_entry" in refused_at_commit(lift)
