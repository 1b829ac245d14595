# SPDX-License-Identifier: EUPL-1.2
"""An e-mail address that is given to who has the line already opens no more than helps the line: a counter might have given its own."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel.choices import Channel, Service
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.notices import one_time_codes
from rollkeeper.registration.services import change_record, register_subscriber, transfer_line
from rollkeeper.registration.submissions import Submission
from rollkeeper.selfcare.choices import PortalRequestKind
from rollkeeper.subscribers.choices import PartyKind, PartyRole
from tests.registration.people import given_by, person
from tests.selfcare.people import ON, PERSON, Telephone, ask, session

DOMAIN = "tashi.example.cn"
OWN, OTHER = "tashi@mail.example", "attacker@mail.example"


@pytest.fixture
def mailbox(at_portal, monkeypatch):
    made = Telephone()
    monkeypatch.setattr(one_time_codes, "gateways", lambda: {Channel.EMAIL: made})
    return made


def recorded(act, who=PERSON, **more):
    given = {
        "submission_key": str(new_uuid()), "number": DOMAIN, "kind": PartyKind.INDIVIDUAL, "parts": {PartyRole.SUBSCRIBER: who},
        "language": "en", "double_checked": True,
    } | more  # fmt: skip
    act(console_authority(), Submission(**given), on=ON)


def registered(address=OWN):
    recorded(register_subscriber, service=Service.DOMAIN, contact_email=address)


def is_limited(mailbox, *, at):
    """Whether who has this mailbox signs in to what helps the line alone."""
    token = session(mailbox, DOMAIN)
    assert mailbox.messages[-1][0] == at
    return ask(token, PortalRequestKind.EXPORT).get("refused") == "limited_session"


@pytest.mark.parametrize("before", [OWN, None])
def test_an_address_that_is_given_later_signs_in_to_what_helps_the_line_alone(mailbox, before):
    registered(before)

    recorded(change_record, contact_email=OTHER)

    assert is_limited(mailbox, at=OTHER)


def test_the_address_that_came_with_the_registration_signs_in_to_all(mailbox):
    registered()
    recorded(change_record)

    assert not is_limited(mailbox, at=OWN)


def test_a_line_that_was_given_away_and_back_is_no_way_round_it(mailbox):
    registered()
    somebody_else = person()
    recorded(transfer_line, somebody_else, transferor=given_by(PERSON))

    recorded(transfer_line, PERSON, transferor=given_by(somebody_else), contact_email=OTHER)

    assert is_limited(mailbox, at=OTHER)


def test_the_next_subscriber_is_reached_at_their_own_address_in_full(mailbox):
    registered()

    recorded(transfer_line, person(), transferor=given_by(PERSON), contact_email=OTHER)

    assert not is_limited(mailbox, at=OTHER)


@pytest.mark.parametrize("kind", ["later", None])
def test_an_address_that_is_given_later_is_no_postal_address(mailbox, kind):
    registered()
    if kind:
        recorded(change_record, contact_email=OTHER)

    (line,) = rows("SELECT line_id, contact_kind FROM lines_line")

    assert line.contact_kind == kind
    assert one_time_codes.channels_of(line.line_id) <= {Channel.EMAIL}
