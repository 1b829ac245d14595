# SPDX-License-Identifier: EUPL-1.2
"""What a correction left out of a line is disclosed out of the record before it, for the days on which it is true."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel import clock
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.registration.services import change_record, replace_sim
from rollkeeper.registration.submissions import Submission
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault.fields import Field
from tests.builders.packs import use_pack, with_line_attributes
from tests.disclosures.conftest import DAY, NUMBER, ON
from tests.disclosures.lawful import lawful_pack

OF_LINE = {"iccid": "8986031111111111118", "point_of_sale": "Invented Corner Shop"}
OTHER = {"iccid": "8986031111111111126"}


@pytest.fixture
def told(instance):
    """Register a line on the first day with what is asked of it; return what is answered of it on a day."""

    def asking(*names):
        text = with_line_attributes(*(f'name: {name}, required: "yes"' for name in names), text=lawful_pack())
        return text.replace(
            "attributes: [name, address]", f"attributes: [name, address, {', '.join(OF_LINE)}]"
        )

    use_pack(asking(*OF_LINE))
    instance.register_line(person=instance.person | OF_LINE)

    def answer(day):
        clock.set_demo_date(ON + 20 * DAY)
        held_on, fields = ON + day * DAY, [Field(name) for name in OF_LINE]
        asked = {
            "held_on": held_on,
            "reference": str(new_uuid()),
            "file": new_uuid().bytes,
            "received_on": ON,
        }
        return instance.answered(instance.approved(fields=fields, **asked), held_on=held_on)["fields"]

    answer.asking = asking
    return answer


def correct(person, day):
    clock.set_demo_date(ON + day * DAY)
    given = {"kind": PartyKind.INDIVIDUAL, "parts": {PartyRole.SUBSCRIBER: person}, "language": "en"}
    change_record(
        console_authority(), Submission(submission_key=str(new_uuid()), number=NUMBER, double_checked=True, **given), on=ON + day * DAY
    )  # fmt: skip


def another(day, sim):
    clock.set_demo_date(ON + day * DAY)
    replace_sim(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER, document=("passport-npl", "X1234567"), on=ON + day * DAY,
        sim=sim,
    )  # fmt: skip


def test_what_a_correction_left_out_is_told_out_of_the_record_before(told, instance):
    correct(instance.person, 2)
    correct(instance.person | {"point_of_sale": "Invented Kiosk"}, 4)
    correct(instance.person, 6)

    assert [told(day) for day in (1, 3)] == [OF_LINE, OF_LINE]
    assert [told(day) for day in (5, 7)] == [OF_LINE | {"point_of_sale": "Invented Kiosk"}] * 2


def test_of_a_sim_that_was_replaced_since_the_former_is_not_told(told, instance):
    correct(instance.person, 2)
    use_pack(told.asking("point_of_sale"))
    another(5, {})

    assert [told(day) for day in (3, 7)] == [{"point_of_sale": OF_LINE["point_of_sale"]}] * 2


def test_another_sim_is_told_with_what_the_correction_left_out(told, instance):
    correct(instance.person, 2)
    another(5, OTHER)

    assert told(7) == OF_LINE | OTHER
