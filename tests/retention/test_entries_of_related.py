# SPDX-License-Identifier: EUPL-1.2
"""Entries without a line, as of a refused opening, go with the person whom they name, in whatever part: and with their last record."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.ledger.checks import check_leaves
from rollkeeper.ledger.queries import tree_size
from rollkeeper.lines.opening import open_field
from rollkeeper.registration.services import register_subscriber
from rollkeeper.retention import services
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault import opening
from rollkeeper.vault.errors import TOO_MANY_OPENINGS
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.settings import Vault
from tests.builders.lines import terminate_line
from tests.builders.staff import employ
from tests.refusals import refusing
from tests.registration.people import ON, fresh_number, person, submission, without_address

pytestmark = pytest.mark.usefixtures("committed")
DAY = dt.timedelta(days=1)
ENDED = ON + 30 * DAY
ERASED = ENDED.replace(year=ENDED.year + 1) + DAY


@pytest.fixture(autouse=True)
def nothing_opens(monkeypatch):
    monkeypatch.setattr(opening, "settings", lambda: Vault().model_copy(update={"opens_per_day": 0}))
    clock.set_demo_date(ON)


def minor(guardian):
    parts = {PartyRole.SUBSCRIBER: person(), PartyRole.GUARDIAN: guardian}
    given = submission(fresh_number(), kind=PartyKind.MINOR, parts=parts)
    return register_subscriber(console_authority(), given, on=ON).line_id


def refuse_to_open(line, part):
    officer = employ(StaffRole.DATA_PROTECTION_OFFICER)
    with refusing(TOO_MANY_OPENINGS):
        open_field(officer, str(line), field=Field.NAME, purpose=Purpose.CORRECTION, on=ON, part=part)


def end(line):
    clock.set_demo_date(ENDED)
    terminate_line(line, quarantined_until=ENDED + 90 * DAY, on=ENDED)


def erase():
    clock.set_demo_date(ERASED)
    return services.erase_due(worker_authority(), on=ERASED, after_gap=True).lines


def refused():
    return rows(
        "SELECT person_id, body FROM ledger_entry WHERE verb = 'vault:sealed:refused' ORDER BY entry_id"
    )


@pytest.mark.parametrize("part", [PartyRole.SUBSCRIBER, PartyRole.GUARDIAN])
def test_a_refused_opening_goes_with_the_person_and_the_ledger_is_whole(part):
    line = minor(without_address())
    refuse_to_open(line, part)
    assert refused()[0].person_id is not None
    end(line)

    assert erase() == 1

    (entry,) = refused()
    assert (entry.person_id, '"erased":true' in entry.body) == (None, True)
    assert check_leaves(0, tree_size()) == []


def test_it_stays_while_the_person_is_a_guardian_of_another_line():
    guardian = without_address()
    line, other = minor(guardian), minor(guardian)
    refuse_to_open(line, PartyRole.GUARDIAN)
    (before,) = refused()
    end(line)

    assert erase() == 1
    (after,) = refused()
    assert (after.person_id, after.body) == (before.person_id, before.body)
    assert check_leaves(0, tree_size()) == []

    end(other)
    assert erase() == 1
    assert refused()[0].person_id is None
    assert check_leaves(0, tree_size()) == []


def test_it_stays_while_a_former_subscriber_is_a_guardian():
    both = person()
    line = register_subscriber(console_authority(), submission(fresh_number(), both), on=ON).line_id
    minor({name: value for name, value in both.items() if name != "address"})
    refuse_to_open(line, PartyRole.SUBSCRIBER)
    end(line)

    assert erase() == 1

    assert refused()[0].person_id is not None
    assert check_leaves(0, tree_size()) == []
