# SPDX-License-Identifier: EUPL-1.2
"""An attribute of a person or of a line that a pack asks for is asked, checked, sealed and shown; one that it forbids has no place."""

import pytest
from django.db import ProgrammingError, transaction

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.counter.record_form import RecordForm
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.law.attributes import ATTRIBUTES, HAVE_A_FORM, LINE_ATTRIBUTES, fault_of, written
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.queries import current_tenure
from rollkeeper.registration.errors import INVALID_VALUE, MISSING_ATTRIBUTE, UNKNOWN_ATTRIBUTE
from rollkeeper.registration.services import register_subscriber, replace_sim, transfer_line
from rollkeeper.registration.submissions import RegistrationKind
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import begin_first_epoch, open_sealed, shred
from tests.builders.packs import REFERENCE, use_pack, with_line_attributes, write_pack
from tests.refusals import refusing
from tests.registration.people import fresh_number, given_by, person, submission
from tests.selfcare.people import ON

pytestmark = pytest.mark.usefixtures("law_put_back")
SIGHT = "    verification:\n      - method: sight\n"
NUMBER = '      - name: document_number\n        required: "yes"\n'


@pytest.fixture(autouse=True)
def rolled_back(request):
    """What is sealed is opened by separate commits; all other tests leave nothing."""
    if "committed" not in request.fixturenames:
        request.getfixturevalue("register")


@pytest.mark.parametrize("name", [*ATTRIBUTES, *LINE_ATTRIBUTES])
def test_a_text_is_wrong_or_written_otherwise_only_where_its_attribute_has_a_form(name):
    text = "any text"

    is_looked_at = fault_of(name, text, on=ON) is not None or written(name, text) != text

    assert is_looked_at == (name in HAVE_A_FORM)


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
    assert set(ATTRIBUTES) | set(LINE_ATTRIBUTES) <= set(Field.values)
    assert not set(ATTRIBUTES) & set(LINE_ATTRIBUTES)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("birth_date", "1980-01-01"), ("national_number", "12345"), ("tax_number", "A-1"), ("email", "tashi@mail.example"),
        ("telephone", "+86 139 0000 0000"), ("citizenship", "CHE, ITA"),
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
        ("citizenship", "Tibetan"), ("citizenship", "NPL, Han"), ("citizenship", "CHE,"), ("citizenship", "NPL IND"), ("email", "tashi"), ("email", "a@b"), ("telephone", "call me"), ("telephone", "1"),
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


@pytest.mark.parametrize("name", [*ATTRIBUTES, *LINE_ATTRIBUTES])
def test_each_attribute_changes_the_form_of_a_pack_that_asks_it(name):
    there = f'      - name: {name}\n        required: "yes"\n'
    without = REFERENCE.replace(there, there.replace('"yes"', "forbidden"), 1)
    asked = (
        with_line_attributes(f"name: {name}, required: optional")
        if name in LINE_ATTRIBUTES
        else asking(**{name: "optional"})
    )
    packs = [load_pack(write_pack(text)) for text in (without, REFERENCE if there in REFERENCE else asked)]

    forms = [
        RecordForm(action_kind=RegistrationKind.REGISTER, kind=PartyKind.INDIVIDUAL, pack=pack)
        for pack in packs
    ]

    assert [f"subscriber__{name}" in form.fields for form in forms] == [False, True]


def test_a_text_has_no_type_to_miss():
    assert fault_of("name", "anything", on=ON) is None


# ---- of a line ----

SIM, OTHER_SIM = "8986041000000000003", "89860410000000000013"
VALUES = {
    "iccid": SIM, "imsi": "460000123456789", "point_of_sale": "Invented Corner Shop", "installation_address": "Nowhere Road 99, 3rd floor",
}  # fmt: skip
PRINTED = (
    "898604101234567890", "8986041012345678901", "89860410123456789019", "898600B5101234567890", "8986041012345678901F", "898604101234567890120F",
)  # fmt: skip
"""Without a check digit, with one that is none or that fits, with the letters of an operator or a filler, with a digit more."""
NETWORKS = ("46000012345678", "460000123456789", "999990123456789", "001010123456789")
"""With a code of a country, of a private network, of one for tests."""
ALL_OF_A_LINE = with_line_attributes(*(f'name: {name}, required: "yes"' for name in LINE_ATTRIBUTES))


@pytest.mark.parametrize(("name", "value"), VALUES.items())
def test_what_is_asked_of_a_line_is_sealed_with_its_subscriber_or_refused(name, value):
    use_pack(with_line_attributes(f'name: {name}, required: "yes"'))

    with refusing(MISSING_ATTRIBUTE, match=name):
        register()
    assert name in sealed_of(register(**{name: value}))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iccid", SIM[:-2]), ("iccid", f"{OTHER_SIM}000"), ("iccid", f"{SIM[:-1]}G"), ("iccid", "the one in the drawer"),
        ("imsi", "4600001234567"), ("imsi", "4600001234567890"), ("imsi", "46000012345678F"), ("imsi", "46000 012345678"),
    ],
)  # fmt: skip
def test_a_number_of_a_sim_that_is_none_is_refused_without_being_said(name, value):
    use_pack(ALL_OF_A_LINE)

    with refusing(INVALID_VALUE) as refused:
        register(**VALUES | {name: value})
    assert value not in str(refused.value)


def test_a_number_of_a_sim_is_recorded_as_it_is_printed_with_large_letters(committed):
    use_pack(ALL_OF_A_LINE)
    begin_first_epoch()

    for printed in (*PRINTED, "898600b5101234567890"):
        assert opened(register(**VALUES | {"iccid": f" {printed} "}), "iccid") == printed.upper()


@pytest.mark.parametrize(
    ("name", "value"), [*(("iccid", one) for one in PRINTED), *(("imsi", one) for one in NETWORKS)]
)
def test_numbers_as_cards_and_networks_have_them_are_taken(name, value):
    assert fault_of(name, value, on=ON) is None


@pytest.mark.parametrize("required", ["optional", "if_on_document", "forbidden"])
def test_of_a_line_is_left_out_what_the_law_lets(required):
    use_pack(with_line_attributes(f"name: iccid, required: {required}"))

    assert "iccid" not in sealed_of(register())
    if required == "forbidden":
        with refusing(UNKNOWN_ATTRIBUTE, match="iccid"):
            register(iccid=SIM)


@pytest.mark.parametrize(
    "rule", ["name: iccid, required: optional, services: [fixed_line]", "name: iccid, required: optional, payment: postpaid"]
)  # fmt: skip
def test_what_is_asked_of_other_lines_is_not_taken(rule):
    use_pack(with_line_attributes(rule))
    who = person(iccid=SIM)

    with refusing(UNKNOWN_ATTRIBUTE, match="iccid"):
        register_subscriber(
            console_authority(), submission(fresh_number(), who, payment=Payment.PREPAID), on=ON
        )


def test_what_rests_on_nothing_confirmed_is_not_asked_of_a_line():
    unread = '{article: "2 ¶1", confirmed: false}'
    use_pack(with_line_attributes('name: iccid, required: "yes"', because=unread))

    assert "iccid" not in sealed_of(register())
    with refusing(UNKNOWN_ATTRIBUTE, match="iccid"):
        register(iccid=SIM)


@pytest.mark.parametrize("service", [None, Service.MOBILE, Service.FIXED_LINE])
def test_the_form_asks_of_a_line_what_is_asked_of_its_service_next_to_its_number(service):
    law = with_line_attributes(
        'name: iccid, required: "yes"', 'name: installation_address, required: "yes", services: [fixed_line]'
    )
    pack = load_pack(write_pack(law))

    form = RecordForm(
        action_kind=RegistrationKind.REGISTER, kind=PartyKind.INDIVIDUAL, pack=pack, initial={"service": service} if service else None
    )  # fmt: skip

    asked = {
        field.name.partition("__")[2]: field.field.required for field in form.before() if "__" in field.name
    }
    if service is None:
        place = form.fields["subscriber__installation_address"]
        assert str(place.help_text) == "Required for these lines: Fixed line"
    assert asked == {"iccid": True} | {
        None: {"installation_address": False}, Service.MOBILE: {}, Service.FIXED_LINE: {"installation_address": True},
    }[service]  # fmt: skip
    assert "subscriber__iccid" not in {field.name for field in form.group(PartyRole.SUBSCRIBER).fields}


def opened(receipt_or_line, name):
    tenure = current_tenure(getattr(receipt_or_line, "line_id", receipt_or_line))
    return open_sealed(
        worker_authority(), person_id=tenure.person_id, tenure_id=tenure.tenure_id, field=Field(name),
        purpose=Purpose.CORRECTION, on=ON,
    ).reveal()  # fmt: skip


def paper(who):
    return who["document_type"], who["document_number"]


def test_a_transfer_seals_what_is_asked_of_the_line_for_the_new_subscriber(committed):
    use_pack(ALL_OF_A_LINE)
    begin_first_epoch()
    number, who, other = fresh_number(), person(), person()
    receipt = register_subscriber(console_authority(), submission(number, who | VALUES), on=ON)
    before = current_tenure(receipt.line_id)

    with refusing(MISSING_ATTRIBUTE, match="iccid"):
        transfer_line(
            console_authority(), submission(number, other | VALUES | {"iccid": ""}, transferor=given_by(who)), on=ON
        )  # fmt: skip
    transfer_line(
        console_authority(), submission(number, other | VALUES | {"iccid": OTHER_SIM}, transferor=given_by(who)), on=ON
    )  # fmt: skip

    assert current_tenure(receipt.line_id).person_id != before.person_id
    assert opened(receipt, "iccid") == OTHER_SIM


@pytest.fixture
def with_sim(committed):
    """A line whose law asks both of its SIM, and its subscriber."""
    use_pack(ALL_OF_A_LINE)
    begin_first_epoch()
    number, who = fresh_number(), person()
    receipt = register_subscriber(console_authority(), submission(number, who | VALUES), on=ON)
    return number, who, receipt


def another_sim(number, who, **sim):
    return replace_sim(
        console_authority(),
        submission_key=str(new_uuid()),
        number=number,
        document=paper(who),
        on=ON,
        sim=sim,
    )


def test_another_sim_takes_the_place_of_what_was_sealed_of_the_one_before(with_sim):
    number, who, receipt = with_sim

    another_sim(number, who, iccid=OTHER_SIM, imsi="460000123456780")
    another_sim(number, who, iccid=OTHER_SIM, imsi="460000123456781")

    assert [opened(receipt, name) for name in ("iccid", "imsi", "point_of_sale")] == [
        OTHER_SIM, "460000123456781", VALUES["point_of_sale"],
    ]  # fmt: skip
    assert sealed_of(receipt) == {*person(), *VALUES}


@pytest.mark.parametrize(
    ("sim", "fault"),
    [
        ({}, MISSING_ATTRIBUTE), ({"iccid": OTHER_SIM, "imsi": ""}, MISSING_ATTRIBUTE), ({"iccid": SIM, "imsi": "12"}, INVALID_VALUE),
        ({"iccid": OTHER_SIM, "imsi": VALUES["imsi"], "point_of_sale": "x"}, UNKNOWN_ATTRIBUTE),
    ],
)  # fmt: skip
def test_no_sim_is_replaced_without_what_the_law_asks_of_it(with_sim, sim, fault):
    number, who, receipt = with_sim

    with pytest.raises(RollkeeperError) as refused:
        another_sim(number, who, **sim)
    assert fault.code in {one.code for one in getattr(refused.value, "faults", [refused.value])}
    assert opened(receipt, "iccid") == SIM
    assert not rows("SELECT FROM ledger_entry WHERE verb = 'line:sim:replaced'")


def test_where_the_law_asks_it_no_more_a_former_sim_is_not_kept_for_the_new_one(with_sim):
    number, who, receipt = with_sim
    use_pack(REFERENCE)

    another_sim(number, who)

    assert sealed_of(receipt) == {*person(), "point_of_sale", "installation_address"}


def test_with_the_keys_of_its_tenure_nothing_of_a_line_is_read_again(with_sim):
    number, who, receipt = with_sim
    another_sim(number, who, iccid=OTHER_SIM, imsi=VALUES["imsi"])
    tenure = current_tenure(receipt.line_id)

    shred([(tenure.person_id, tenure.tenure_id)])

    assert not rows("SELECT FROM person_key WHERE person_id = %s", [tenure.person_id], using="keys")
    for name in VALUES:
        with pytest.raises(CannotOpen):
            opened(receipt, name)


def test_the_counter_replaces_what_is_sealed_of_a_sim_in_no_other_way(with_sim, as_role):
    number, who, receipt = with_sim
    tenure = current_tenure(receipt.line_id)
    clerk = Authority(frozenset({StaffRole.CLERK}), StaffId(new_uuid()), "c1" * 32)
    calls = ([], [["name"], [b"x"]], [["iccid"], [b"x"]])

    for fields, sealed in ((one or [[], []]) for one in calls):
        with (
            pytest.raises(ProgrammingError, match="without_its_ledger_entry"),
            transaction.atomic(),
            as_role("counter"),
        ):
            rows(
                "SELECT vault_replace_sim(%s, %s, %s, %s)",
                [tenure.person_id, tenure.tenure_id, fields, sealed],
            )
    with as_role("counter"):
        replace_sim(
            clerk, submission_key=str(new_uuid()), number=number, document=paper(who), on=ON,
            sim={"iccid": OTHER_SIM, "imsi": VALUES["imsi"]},
        )  # fmt: skip

    assert opened(receipt, "iccid") == OTHER_SIM


def test_of_a_line_nothing_is_in_the_ledger_or_any_other_table(with_sim):
    number, who, _ = with_sim
    another_sim(number, who, iccid=OTHER_SIM, imsi="460000123456780")
    tables = rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")

    for table in tables:
        for row in rows(f"SELECT t::text AS said FROM {table.tablename} t"):  # noqa: S608 - names of the catalogue
            assert not any(value in row.said for value in (*VALUES.values(), OTHER_SIM, "460000123456780")), (
                table
            )
