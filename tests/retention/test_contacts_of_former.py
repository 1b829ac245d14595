# SPDX-License-Identifier: EUPL-1.2
"""The address of a subscriber who left a line that goes on: sealed with the line, it is erased with the subscriber's record."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.writes import unlink_line
from rollkeeper.retention import services
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values
from tests.builders.lines import change_line
from tests.selfcare.people import NUMBER, ON, PERSON, register_line

pytestmark = pytest.mark.usefixtures("committed")
DAY = dt.timedelta(days=1)
LEFT = ON + 30 * DAY
ERASED = LEFT.replace(year=LEFT.year + 1) + DAY


@pytest.fixture
def line():
    clock.set_demo_date(ON)
    line = register_line(NUMBER)
    (sealed,) = seal_line_values(LineField.CONTACT, [(line, "Invented Person\n1 Invented Street")])
    change_line(line, contact_sealed=sealed, contact_kind="postal")
    return line


def unlink(line):
    clock.set_demo_date(LEFT)
    (held,) = rows("SELECT tenure_id FROM lines_tenure WHERE line_id = %s", [line])
    with action():
        entry = append_entry(
            console_authority(), verb=Verb.CASE_SETTLED, role="console", on=LEFT, line_id=line,
            facts={"case": str(line), "kind": "not_mine", "upheld": True},
        )  # fmt: skip
        unlink_line(line, tenure_id=held.tenure_id, for_good=True, at=clock.now(), entry_id=entry)


def erase(on=ERASED):
    clock.set_demo_date(on)
    return services.erase_due(worker_authority(), on=on, after_gap=True).tenures


def left(line):
    (one,) = rows(
        "SELECT state, contact_sealed, contact_kind, number_sealed FROM lines_line WHERE line_id = %s", [line]
    )
    return (
        one.state,
        one.contact_sealed is not None,
        one.contact_kind is not None,
        one.number_sealed is not None,
    )


def test_it_goes_on_the_day_of_the_record_and_the_number_stays_with_the_line(line):
    unlink(line)

    assert (erase(ERASED - DAY), left(line)) == (0, ("active", True, True, True))
    assert (erase(), left(line)) == (1, ("active", False, False, True))


def test_it_stays_where_the_same_person_has_the_line_again(line):
    unlink(line)
    register_line(NUMBER, PERSON, on=LEFT)
    (sealed,) = seal_line_values(LineField.CONTACT, [(line, "Invented Person\n2 Invented Street")])
    change_line(line, contact_sealed=sealed, contact_kind="postal")

    assert (erase(), left(line)) == (1, ("active", True, True, True))


def test_the_role_of_the_worker_may_do_it(line, as_role):
    unlink(line)
    clock.set_demo_date(ERASED)

    with as_role("worker"):
        services.erase_due(worker_authority(), on=ERASED, after_gap=True)

    assert left(line) == ("active", False, False, True)
