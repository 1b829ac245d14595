# SPDX-License-Identifier: EUPL-1.2
"""Where notices and portal codes reach the subscriber of a line that is no telephone; and that it never stays for the next one."""

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.kernel.choices import Channel, Service
from rollkeeper.kernel.errors import Faults, RollkeeperError
from rollkeeper.lines.queries import find_line_by_input
from rollkeeper.notices.one_time_codes import send_one_time_code
from rollkeeper.registration.services import change_record, register_subscriber, transfer_line
from rollkeeper.vault.fields import LineField
from rollkeeper.vault.services import seal_line_values
from tests.builders.lines import change_line
from tests.notices.fakes import Way
from tests.registration.people import ON, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted_committed")

ADDRESS = "tashi@mail.example"
KINDS = (
    ("tashi.example.cn", Service.DOMAIN), ("203.0.113.0/24", Service.ADDRESS_BLOCK), ("acc-000123", Service.INTERNET_ACCESS),
    ("+868916331234", Service.INTERNET_ACCESS),
)  # fmt: skip


def reached(identifier):
    """Return by which channel and at which address a code for the portal reaches a line now."""
    ways = {channel: Way() for channel in (Channel.SMS, Channel.EMAIL)}
    line = find_line_by_input(identifier)
    send_one_time_code(
        worker_authority(), line.line_id, code="48151623", minutes=5, language="en", on=ON, by_channel=ways
    )
    return {channel: way.addresses for channel, way in ways.items() if way.addresses}


def registered(clerk, identifier, service, **given):
    who = person()
    register_subscriber(clerk, submission(identifier, who, service=service, **given), on=ON)
    return who


@pytest.mark.parametrize(("identifier", "service"), KINDS)
def test_who_is_registered_at_a_counter_gets_codes_at_the_address_they_gave(clerk, identifier, service):
    registered(clerk, identifier, service, contact_email=ADDRESS)

    assert reached(identifier) == {Channel.EMAIL: [ADDRESS]}


def test_without_an_address_no_code_goes_anywhere(clerk):
    registered(clerk, *KINDS[0])

    assert reached(KINDS[0][0]) == {}


def test_the_address_of_the_subscriber_before_does_not_stay_for_the_next(clerk):
    domain, service = KINDS[0]
    old = registered(clerk, domain, service, contact_email=ADDRESS)

    transfer_line(clerk, submission(domain, transferor=given_by(old)), on=ON)

    assert reached(domain) == {}


def test_a_telephone_that_is_transferred_loses_the_address_from_the_operators_file(clerk, new_line):
    number = new_line()
    line_id = find_line_by_input(number).line_id
    change_line(line_id, contact_sealed=seal_line_values(LineField.CONTACT, [(line_id, ADDRESS)])[0])
    old = registered(clerk, number, None)
    before = find_contact(line_id)

    transfer_line(clerk, submission(number, transferor=given_by(old)), on=ON)

    assert before is not None
    assert find_contact(line_id) is None


def find_contact(line_id):
    from rollkeeper.lines.models import Line

    return Line.objects.get(line_id=line_id).contact_sealed


def test_a_change_by_the_same_subscriber_keeps_the_address_or_takes_the_new_one(clerk):
    domain, service = KINDS[0]
    who = registered(clerk, domain, service, contact_email=ADDRESS)

    change_record(clerk, submission(domain, who), on=ON)
    kept = reached(domain)
    change_record(clerk, submission(domain, who, contact_email="new@mail.example"), on=ON)

    assert kept == {Channel.EMAIL: [ADDRESS]}
    assert reached(domain) == {Channel.EMAIL: ["new@mail.example"]}


def test_a_telephone_is_reached_by_its_number_whatever_address_was_given(clerk, new_line):
    number = new_line()
    registered(clerk, number, None, contact_email=ADDRESS)

    assert find_contact(find_line_by_input(number).line_id) is None


def test_what_is_no_address_is_refused_without_being_repeated(clerk):
    with pytest.raises((RollkeeperError, Faults)) as refused:
        registered(clerk, *KINDS[0], contact_email="not an address")

    assert "no e-mail address" in str(refused.value)
    assert "not an address" not in str(refused.value)
