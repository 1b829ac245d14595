# SPDX-License-Identifier: EUPL-1.2
"""What is disclosed of a line's SIM is that of the day asked, or nothing."""

import pytest

from rollkeeper.access.authority import Authority, console_authority, worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.disclosures import answers, services
from rollkeeper.disclosures.choices import DeferralReason
from rollkeeper.disclosures.due_actions import run_due_disclosures
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.registration.services import change_record, replace_sim
from rollkeeper.registration.submissions import Submission
from rollkeeper.retention.legal_holds import add_legal_hold
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.vault.fields import Field
from tests.builders.packs import use_pack, with_line_attributes
from tests.disclosures.conftest import DAY, NUMBER, ON
from tests.disclosures.lawful import lawful_pack

OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "c1" * 32)
FIRST, SECOND, THIRD = "8986031111111111118", "8986031111111111126", "8986031111111111134"


@pytest.fixture
def told(instance):
    """Register a line on the first day, its SIM's number with it; return what is answered of that number on a day."""
    text = with_line_attributes('name: iccid, required: "yes"', text=lawful_pack())
    use_pack(text.replace("attributes: [name, address]", "attributes: [name, address, iccid]"))
    line = instance.register_line(person=instance.person | {"iccid": FIRST})

    def answer(day):
        clock.set_demo_date(ON + 20 * DAY)
        asked = {"held_on": ON + day * DAY, "reference": str(new_uuid()), "file": new_uuid().bytes}
        disclosure_id = instance.approved(fields=[Field.NAME, Field.ICCID], received_on=ON, **asked)
        found = instance.answered(disclosure_id, held_on=ON + day * DAY)["fields"]
        assert found["name"] == instance.person["name"]
        return found.get("iccid")

    answer.line = line
    return answer


def another(sim, day):
    clock.set_demo_date(ON + day * DAY)
    replace_sim(
        console_authority(), submission_key=str(new_uuid()), number=NUMBER, document=("passport-npl", "X1234567"), on=ON + day * DAY,
        sim={"iccid": sim},
    )  # fmt: skip


def hold(line, day, *, days=5):
    last = ON + (day + days) * DAY
    add_legal_hold(OFFICER, line, case_reference="17", last=last, review_on=last, on=ON + day * DAY)


@pytest.mark.parametrize(("day", "sim"), [(1, None), (2, None), (3, SECOND)])
def test_a_sim_that_was_replaced_later_is_not_told_of_a_day_before(told, day, sim):
    another(SECOND, 2)

    assert told(day) == sim


def test_a_sim_that_was_never_replaced_is_told(told):
    assert told(1) == FIRST


def test_a_sim_replaced_in_a_later_tenure_takes_nothing_from_the_one_before(told, instance):
    clock.set_demo_date(ON + 2 * DAY)
    person = instance.person | {"iccid": SECOND, "address": "2 Invented Street"}
    change_record(
        console_authority(),
        Submission(
            submission_key=str(new_uuid()), number=NUMBER, kind=PartyKind.INDIVIDUAL, parts={PartyRole.SUBSCRIBER: person},
            language="en", double_checked=True,
        ),
        on=ON + 2 * DAY,
    )  # fmt: skip
    another(THIRD, 5)

    assert [told(day) for day in (1, 4, 6)] == [FIRST, None, THIRD]


def test_under_a_hold_each_day_is_answered_with_the_sim_of_that_day(told):
    hold(told.line, 1, days=10)
    another(SECOND, 3)
    another(THIRD, 6)

    assert [told(day) for day in (2, 3, 4, 6, 7)] == [FIRST, None, SECOND, None, THIRD]


def test_what_is_replaced_after_the_hold_is_over_is_not_kept(told):
    hold(told.line, 1, days=3)
    another(SECOND, 3)
    another(THIRD, 6)

    assert [told(day) for day in (2, 4, 7)] == [None, None, THIRD]


def test_a_sim_replaced_while_the_answer_is_made_is_not_told(told, monkeypatch):
    opened = answers.open_sealed

    def meanwhile(*given, **named):
        value = opened(*given, **named)
        if named["field"] is Field.ICCID:
            another(SECOND, 4)
        return value

    monkeypatch.setattr(answers, "open_sealed", meanwhile)

    assert told(2) is None


def test_an_answer_without_anything_takes_no_notice_from_who_was_disclosed_before(told, instance):
    disclosure_id = instance.approved(fields=[Field.ICCID])
    until = ON + 10 * DAY
    for name in ("supervisor", "officer"):
        services.defer_notification(
            instance.who[name], disclosure_id, until=until, because=DeferralReason.COURT_FORBIDS, on=ON
        )

    first = instance.answered(disclosure_id)
    another(SECOND, 0)
    again = instance.answered(disclosure_id, into=instance.folder / "again.age")
    done = run_due_disclosures(worker_authority(), on=until + DAY)

    assert (first["held"], again["held"], done.notified) == (True, False, 1)
    assert [row.line_id for row in rows("SELECT line_id FROM notices_notice WHERE kind = 'disclosed'")] == [
        told.line
    ]
