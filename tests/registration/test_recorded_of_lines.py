# SPDX-License-Identifier: EUPL-1.2
"""What is recorded of a line stays when its subscriber's record is corrected, and turns no one away a second time."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel.database import rows
from rollkeeper.law.attributes import LINE_ATTRIBUTES
from rollkeeper.law.packs import load_pack
from rollkeeper.registration.errors import (
    INVALID_VALUE,
    MISSING_ATTRIBUTE,
    NOT_THE_SUBSCRIBER,
    UNKNOWN_ATTRIBUTE,
)
from rollkeeper.registration.services import change_record, check_subscriber, register_subscriber
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault.services import begin_first_epoch
from tests.builders.packs import REFERENCE, use_pack, with_line_attributes, write_pack
from tests.refusals import refusing
from tests.registration.people import fresh_number, person, submission, without_address
from tests.registration.test_attributes import (
    ALL_OF_A_LINE,
    OTHER_SIM,
    VALUES,
    another_sim,
    opened,
    paper,
)
from tests.selfcare.people import ON

pytestmark = pytest.mark.usefixtures("law_put_back", "committed")


@pytest.fixture
def registered():
    """Register someone with what this law asks of a line; return the number, who it is and the receipt."""

    def do(law=ALL_OF_A_LINE, **values):
        use_pack(law)
        begin_first_epoch()
        number, who = fresh_number(), person()
        return number, who, register_subscriber(console_authority(), submission(number, who | values), on=ON)

    return do


def correct(number, who, **values):
    return change_record(console_authority(), submission(number, who | values), on=ON)


def test_a_correction_demands_nothing_of_the_line_again(registered):
    number, who, receipt = registered(**VALUES)

    correct(number, who, name="བསོད་ནམས་ཚེ་རིང་")

    assert opened(receipt, "name") == "བསོད་ནམས་ཚེ་རིང་"


def test_a_correction_demands_nothing_of_a_line_from_before_the_law(registered):
    number, who, _ = registered(REFERENCE)
    use_pack(ALL_OF_A_LINE)

    correct(number, who)


def test_a_correction_records_what_is_said_of_the_line(registered):
    number, who, receipt = registered(**VALUES)

    correct(number, who, point_of_sale="Invented Kiosk")

    assert opened(receipt, "point_of_sale") == "Invented Kiosk"
    with refusing(INVALID_VALUE, match="iccid"):
        correct(number, who, iccid="x")


def test_the_form_of_a_correction_lets_out_what_is_recorded_of_the_line():
    pack = load_pack(write_pack(ALL_OF_A_LINE))

    form = RecordForm(action_kind=RegistrationKind.CHANGE, kind=PartyKind.INDIVIDUAL, pack=pack)

    of_line = [form.fields[f"subscriber__{name}"] for name in LINE_ATTRIBUTES]
    assert {(one.required, str(one.help_text)) for one in of_line} == {
        (False, "Leave it empty where it is as recorded.")
    }
    assert form.fields["subscriber__address"].required


# ---- of which subscribers ----

OF_PEOPLE = with_line_attributes('name: point_of_sale, required: "yes", party_kinds: [individual, minor]')


def company(number, **values):
    firm = person(document_type="cn-business-licence", document_number="91540000MA6T0000XX") | values
    parts = {PartyRole.SUBSCRIBER: firm, PartyRole.BEARER: without_address(), PartyRole.USER: person()}
    return submission(number, kind=PartyKind.COMPANY, parts=parts)


def test_what_is_asked_of_the_lines_of_people_is_not_asked_of_a_company(registered):
    use_pack(OF_PEOPLE)
    pack = load_pack(write_pack(OF_PEOPLE))

    asked = {
        kind: [one.name for one in pack.attributes("mobile", kind) if one.is_of_line]
        for kind in ("individual", "minor", "company")
    }

    assert asked == {"individual": ["point_of_sale"], "minor": ["point_of_sale"], "company": []}
    with refusing(MISSING_ATTRIBUTE, match="point_of_sale"):
        registered(OF_PEOPLE)


def test_a_sim_asks_what_is_asked_of_its_kind_of_subscriber(registered):
    rule = 'name: iccid, required: "yes", party_kinds: [{}]'
    number, who, receipt = registered(with_line_attributes(rule.format("company")))

    another_sim(number, who)
    with refusing(UNKNOWN_ATTRIBUTE, match="iccid"):
        another_sim(number, who, iccid=OTHER_SIM)
    use_pack(with_line_attributes(rule.format("individual")))
    with refusing(MISSING_ATTRIBUTE, match="iccid"):
        another_sim(number, who)
    another_sim(number, who, iccid=OTHER_SIM)

    assert opened(receipt, "iccid") == OTHER_SIM


# ---- in which order ----


@pytest.mark.parametrize("sim", [{"iccid": "the wrong one"}, {"iccid": OTHER_SIM, "imsi": "12"}])
def test_a_slip_in_a_number_of_a_sim_compares_no_document(registered, sim):
    number, who, _ = registered(**VALUES)
    before = rows("SELECT count(*) AS n FROM ledger_entry")

    for shown in (who, person()):
        with refusing(INVALID_VALUE):
            another_sim(number, shown, **sim)
        with refusing(INVALID_VALUE):
            check_subscriber(console_authority(), number=number, document=paper(shown), on=ON, sim=sim)

    assert rows("SELECT count(*) AS n FROM ledger_entry") == before
    with refusing(NOT_THE_SUBSCRIBER):
        another_sim(number, person(), iccid=OTHER_SIM, imsi=VALUES["imsi"])
