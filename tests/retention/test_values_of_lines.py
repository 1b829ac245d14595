# SPDX-License-Identifier: EUPL-1.2
"""What a correction left out about a line outlives the former record, and nothing else of that does."""

import pytest

from rollkeeper.access.authority import console_authority, worker_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.lines.queries import current_tenure, tenures
from rollkeeper.registration.services import change_record, register_subscriber, transfer_line
from rollkeeper.vault.errors import TOO_MANY_OPENINGS, CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import begin_first_epoch, open_sealed
from tests.builders.packs import REFERENCE, use_pack
from tests.registration.people import fresh_number, given_by, person, submission
from tests.registration.test_attributes import ALL_OF_A_LINE, VALUES, another_sim
from tests.retention.test_copies import DAY, ON, end, erase

pytestmark = pytest.mark.usefixtures("committed", "law_put_back")
CORRECTED = ON + 40 * DAY
FORMER_GOES = CORRECTED.replace(year=CORRECTED.year + 1) + DAY


@pytest.fixture
def registered():
    use_pack(ALL_OF_A_LINE)
    begin_first_epoch()
    clock.set_demo_date(ON)
    number, who = fresh_number(), person()
    receipt = register_subscriber(console_authority(), submission(number, who | VALUES), on=ON)
    return number, who, receipt.line_id


def correct(number, who, on=CORRECTED, **values):
    clock.set_demo_date(on)
    change_record(console_authority(), submission(number, who | values), on=on)


def read(tenure, name, on=FORMER_GOES):
    try:
        return open_sealed(
            worker_authority(), person_id=tenure.person_id, tenure_id=tenure.tenure_id, field=Field(name), purpose=Purpose.CORRECTION, on=on
        ).reveal()  # fmt: skip
    except CannotOpen:
        return None


def read_all(line_id):
    return {name: read(current_tenure(line_id), name) for name in VALUES}


def keys_of(tenure):
    return rows("SELECT FROM person_key WHERE tenure_id = %s", [tenure.tenure_id], using="keys")


def test_it_is_sealed_with_the_present_record_before_the_former_goes(registered):
    number, who, line_id = registered
    former = current_tenure(line_id)
    correct(number, who, point_of_sale="Invented Kiosk", name="བསོད་ནམས་ཚེ་རིང་")

    erase(FORMER_GOES - DAY)
    assert read(former, "iccid") == VALUES["iccid"]
    assert read_all(line_id) == dict.fromkeys(VALUES) | {"point_of_sale": "Invented Kiosk"}
    erase(FORMER_GOES)
    assert read_all(line_id) == VALUES | {"point_of_sale": "Invented Kiosk"}
    assert (read(former, "iccid"), read(former, "name"), keys_of(former)) == (None, None, [])
    assert read(current_tenure(line_id), "name") == "བསོད་ནམས་ཚེ་རིང་"
    assert (
        len(rows("SELECT FROM ledger_entry WHERE verb = 'vault:sealed:opened' AND line_id = %s", [line_id]))
        == 3
    )


def test_the_role_of_the_worker_may_do_it(registered, as_role):
    number, who, line_id = registered
    correct(number, who)

    with as_role("worker"):
        erase(FORMER_GOES)

    assert read_all(line_id) == VALUES


def test_it_goes_with_the_record_that_has_it_then(registered):
    number, who, line_id = registered
    correct(number, who)
    erase(FORMER_GOES)
    present = current_tenure(line_id)
    end(line_id, on=FORMER_GOES)
    erase(FORMER_GOES.replace(year=FORMER_GOES.year + 1) + DAY)

    assert {name: read(present, name) for name in VALUES} == dict.fromkeys(VALUES)
    assert not rows("SELECT FROM person_key WHERE person_id = %s", [present.person_id], using="keys")


def test_of_several_corrections_the_latest_that_says_it_counts(registered):
    number, who, line_id = registered
    correct(number, who, point_of_sale="Invented Kiosk")
    correct(number, who, on=CORRECTED + DAY)

    erase(FORMER_GOES + DAY)  # both at once
    assert read_all(line_id) == VALUES | {"point_of_sale": "Invented Kiosk"}


def test_a_sim_that_was_replaced_since_does_not_come_back(registered):
    number, who, line_id = registered
    correct(number, who)
    use_pack(REFERENCE)
    another_sim(number, who)
    use_pack(ALL_OF_A_LINE)

    erase(FORMER_GOES)
    assert read_all(line_id) == VALUES | {"iccid": None, "imsi": None}


@pytest.mark.parametrize("law", [REFERENCE])
def test_what_the_law_asks_no_more_goes_with_the_former_record(registered, law):
    number, who, line_id = registered
    correct(number, who)
    use_pack(law)

    erase(FORMER_GOES)
    assert read_all(line_id) == dict.fromkeys(VALUES)


def test_nothing_of_it_comes_to_who_takes_the_line(registered):
    number, who, line_id = registered
    use_pack(REFERENCE)
    clock.set_demo_date(CORRECTED)
    transfer_line(console_authority(), submission(number, person(), transferor=given_by(who)), on=CORRECTED)
    use_pack(ALL_OF_A_LINE)

    erase(FORMER_GOES)
    assert read_all(line_id) == dict.fromkeys(VALUES)
    assert len(tenures(line_id)) == 2


def test_no_record_stays_because_no_more_may_be_opened_that_day(registered, monkeypatch):
    number, who, line_id = registered
    former = current_tenure(line_id)
    correct(number, who)

    def refuses(*_, **__):
        raise TOO_MANY_OPENINGS(article="art. 11", reason="", remedy="")

    monkeypatch.setattr("rollkeeper.retention.values_of_lines.open_sealed", refuses)
    erase(FORMER_GOES)

    assert keys_of(former) == []
    assert read_all(line_id) == dict.fromkeys(VALUES)
