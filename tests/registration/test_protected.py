# SPDX-License-Identifier: EUPL-1.2
"""Pressure on a clerk achieves nothing: a protected subscriber's line can be moved only by staff with the permission."""

import pytest

from rollkeeper.access.authority import Authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import current_tenure, find_line, tenures
from rollkeeper.registration import services
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from rollkeeper.subscribers.services import set_protection
from tests.refusals import refusing
from tests.registration.people import ON, given_by, person, submission, without_address

pytestmark = pytest.mark.usefixtures("vaulted")

OFFICER = Authority(frozenset({StaffRole.DATA_PROTECTION_OFFICER}), StaffId(new_uuid()), "d0" * 32)


def shown(who):
    return who["document_type"], who["document_number"]


def by_document(act, authority, number, who):
    return act(authority, submission_key=str(new_uuid()), number=number, document=shown(who), on=ON)


ACTS = {
    "transfer": lambda who, number, subscriber: services.transfer_line(
        who, submission(number, transferor=given_by(subscriber)), on=ON
    ),
    "relocate": lambda who, number, subscriber: services.relocate_line(
        who, submission(number, subscriber), on=ON
    ),
    "change": lambda who, number, subscriber: services.change_record(
        who, submission(number, subscriber), on=ON
    ),
    "replace_sim": lambda who, number, subscriber: by_document(services.replace_sim, who, number, subscriber),
    "terminate": lambda who, number, subscriber: by_document(
        services.terminate_line, who, number, subscriber
    ),
}


@pytest.fixture
def held(clerk, new_line):
    """A fixed line and its subscriber, who lives under a threat."""
    number, subscriber = new_line(service=Service.FIXED_LINE), person()
    services.register_subscriber(clerk, submission(number, subscriber), on=ON)
    set_protection(current_tenure(find_line(number).line_id).person_id, protected=True)
    return number, subscriber


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_a_clerk_moves_no_line_of_somebody_protected_even_with_their_document(clerk, held, act):
    number, subscriber = held
    before = find_line(number), tenures(find_line(number).line_id)

    with refusing(LineNotFound) as raised:
        act(clerk, number, subscriber)

    assert (find_line(number), tenures(before[0].line_id)) == before
    assert "data protection officer" in raised.value.advice
    assert (
        rows(
            "SELECT FROM provisioning_command WHERE line_id = %s AND kind = 'terminate'", [before[0].line_id]
        )
        == []
    )


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_the_data_protection_officer_does_it_for_them(held, act):
    number, subscriber = held

    assert act(OFFICER, number, subscriber).line_id == find_line(number).line_id


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_once_the_threat_is_over_every_clerk_may_again(clerk, held, act):
    number, subscriber = held
    set_protection(current_tenure(find_line(number).line_id).person_id, protected=False)

    assert act(clerk, number, subscriber).line_id == find_line(number).line_id


def test_a_line_that_somebody_protected_uses_for_a_company_is_left_alone_too(clerk, new_line):
    number, user = new_line(), person()
    firm = person(document_type="cn-business-licence", document_number="91110000600037341L")
    parts = {PartyRole.SUBSCRIBER: firm, PartyRole.USER: user, PartyRole.BEARER: without_address()}
    services.register_subscriber(clerk, submission(number, kind=PartyKind.COMPANY, parts=parts), on=ON)
    set_protection(current_tenure(find_line(number).line_id).user_person_id, protected=True)

    with refusing(LineNotFound):
        by_document(services.terminate_line, clerk, number, firm)


def test_somebody_protected_gets_a_new_line_like_everybody(clerk, held, new_line):
    _, subscriber = held
    another = new_line()

    services.register_subscriber(clerk, submission(another, subscriber), on=ON)

    assert find_line(another).is_registered


def test_the_counters_role_sees_only_that_the_record_is_sealed(clerk, held, as_role):
    number, subscriber = held

    with as_role("counter"), refusing(LineNotFound):
        by_document(services.terminate_line, clerk, number, subscriber)
