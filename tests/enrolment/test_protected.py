# SPDX-License-Identifier: EUPL-1.2
"""Whoever presses a clerk gets nowhere: the line of somebody under protection is moved by nobody who may not know of it."""

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.enrolment import acts
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines.errors import RecordProtected
from rollkeeper.lines.queries import find_line, holdings, present_holding
from rollkeeper.lines.states import Service
from rollkeeper.subscribers.acts import protect_subscriber
from rollkeeper.subscribers.kinds import Part, PartyKind
from tests.enrolment.people import ON, given_by, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted")

OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "d0" * 32)


def shown(who):
    return who["document_type"], who["document_number"]


def by_document(act, authority, number, who):
    return act(authority, submission_key=str(new_uuid()), number=number, document=shown(who), on=ON)


ACTS = {
    "transfer": lambda who, number, holder: acts.transfer_line(
        who, submission(number, giver=given_by(holder)), on=ON
    ),
    "relocate": lambda who, number, holder: acts.relocate_line(who, submission(number, holder), on=ON),
    "change": lambda who, number, holder: acts.change_record(who, submission(number, holder), on=ON),
    "replace_sim": lambda who, number, holder: by_document(acts.replace_sim, who, number, holder),
    "end": lambda who, number, holder: by_document(acts.end_line, who, number, holder),
}


@pytest.fixture
def held(clerk, new_line):
    """A fixed line and its holder, who lives under a threat."""
    number, holder = new_line(service=Service.FIXED_LINE), person()
    acts.register_subscriber(clerk, submission(number, holder), on=ON)
    protect_subscriber(present_holding(find_line(number).line_id).person_id, protected=True)
    return number, holder


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_clerk_moves_no_line_of_somebody_under_protection_even_with_their_document(clerk, held, act):
    number, holder = held
    before = find_line(number), holdings(find_line(number).line_id)

    with pytest.raises(RecordProtected) as told:
        act(clerk, number, holder)

    assert (find_line(number), holdings(before[0].line_id)) == before
    assert "data protection officer" in told.value.advice
    assert rows("SELECT FROM network_command WHERE line_id = %s AND kind = 'end'", [before[0].line_id]) == []


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_the_data_protection_officer_does_it_for_them(held, act):
    number, holder = held

    assert act(OFFICER, number, holder).line_id == find_line(number).line_id


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_once_the_threat_is_over_every_clerk_may_again(clerk, held, act):
    number, holder = held
    protect_subscriber(present_holding(find_line(number).line_id).person_id, protected=False)

    assert act(clerk, number, holder).line_id == find_line(number).line_id


def test_a_line_that_somebody_under_protection_uses_for_a_company_is_left_alone_too(clerk, new_line):
    number, user = new_line(), person()
    firm = person(document_type="cn-business-licence", document_number="91110000600037341L")
    parts = {Part.HOLDER: firm, Part.USER: user, Part.BEARER: without_address()}
    acts.register_subscriber(clerk, submission(number, kind=PartyKind.COMPANY, parts=parts), on=ON)
    protect_subscriber(present_holding(find_line(number).line_id).user_person_id, protected=True)

    with pytest.raises(RecordProtected):
        by_document(acts.end_line, clerk, number, firm)


def test_somebody_under_protection_gets_a_new_line_like_everybody(clerk, held, new_line):
    _, holder = held
    another = new_line()

    acts.register_subscriber(clerk, submission(another, holder), on=ON)

    assert find_line(another).is_registered


def test_the_counters_role_sees_only_that_the_record_is_sealed(clerk, held, as_role):
    number, holder = held

    with as_role("counter"), pytest.raises(RecordProtected):
        by_document(acts.end_line, clerk, number, holder)
