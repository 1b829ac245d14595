# SPDX-License-Identifier: EUPL-1.2
"""An attribute that a pack asks for is asked, checked, sealed and shown; one that it forbids has no place."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel.database import rows
from rollkeeper.law.attributes import ATTRIBUTES, fault_of
from rollkeeper.law.packs import load_pack
from rollkeeper.registration.errors import INVALID_VALUE, MISSING_ATTRIBUTE, UNKNOWN_ATTRIBUTE
from rollkeeper.registration.services import register_subscriber
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.vault.fields import Field
from tests.builders.packs import REFERENCE, use_pack, write_pack
from tests.refusals import refusing
from tests.registration.people import fresh_number, person, submission
from tests.selfcare.people import ON

pytestmark = pytest.mark.usefixtures("register", "law_put_back")
SIGHT = "    verification:\n      - method: sight\n"
NUMBER = '      - name: document_number\n        required: "yes"\n'


def asking(**attributes):
    """Return the reference pack whose individuals are asked for these too."""
    more = "".join(
        f'      - {{name: {name}, required: {required}, purpose: {{en: why}}, because: {{article: "2 ¶1"}}}}\n'
        for name, required in attributes.items()
    )
    return REFERENCE.replace(SIGHT, more + SIGHT, 1)


def register(**values):
    who = person(**values)
    return register_subscriber(console_authority(), submission(fresh_number(), who), on=ON)


def sealed_of(receipt):
    found = rows(
        "SELECT s.field FROM vault_sealed s JOIN lines_tenure h ON h.person_id = s.person_id AND h.tenure_id = s.tenure_id"
        " WHERE h.line_id = %s",
        [receipt.line_id],
    )
    return {one.field for one in found}


def test_every_attribute_has_its_place_in_the_vault_and_a_label():
    assert set(ATTRIBUTES) <= set(Field.values)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("birth_date", "1980-01-01"), ("national_number", "12345"), ("tax_number", "A-1"), ("email", "tashi@mail.example"),
        ("telephone", "+86 139 0000 0000"),
    ],
)  # fmt: skip
def test_what_is_asked_is_sealed_and_what_is_left_out_is_refused(name, value):
    use_pack(asking(**{name: '"yes"'}))

    with refusing(MISSING_ATTRIBUTE, match=name):
        register()
    assert name in sealed_of(register(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("birth_date", "1980-02-30"), ("birth_date", "01/02/1980"), ("birth_date", "2012-03-03"), ("birth_date", "1800-01-01"),
        ("email", "tashi"), ("email", "a@b"), ("telephone", "call me"), ("telephone", "1"),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_without_being_said(name, value):
    use_pack(asking(**{name: '"yes"'}))

    with refusing(INVALID_VALUE) as refused:
        register(**{name: value})
    assert value not in str(refused.value)


@pytest.mark.parametrize("required", ["optional", "if_on_document"])
def test_what_is_optional_may_be_left_out(required):
    use_pack(asking(birth_date=required))

    assert "birth_date" not in sealed_of(register())


def test_what_is_forbidden_is_not_asked_and_not_taken():
    use_pack(REFERENCE.replace(NUMBER, NUMBER.replace('"yes"', "forbidden"), 1))

    with refusing(UNKNOWN_ATTRIBUTE, match="document_number"):
        register()
    without = {name: value for name, value in person().items() if name != "document_number"}
    receipt = register_subscriber(console_authority(), submission(fresh_number(), without), on=ON)
    assert "document_number" not in sealed_of(receipt)


def test_the_form_has_a_field_of_the_attributes_type():
    pack = load_pack(write_pack(asking(birth_date='"yes"', email='"yes"', telephone="optional")))

    form = RecordForm(action_kind=RegistrationKind.REGISTER, kind=PartyKind.INDIVIDUAL, pack=pack)

    assert [form.fields[f"subscriber__{name}"].widget.input_type for name in ("birth_date", "email", "telephone")] == [
        "date", "email", "tel",
    ]  # fmt: skip
    assert not form.fields["subscriber__telephone"].required


def test_a_text_has_no_type_to_miss():
    assert fault_of("name", "anything", on=ON) is None
