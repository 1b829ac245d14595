# SPDX-License-Identifier: EUPL-1.2
"""One name can be a domain, a site and an access at once: three lines with three people, none of whom is reached by another's."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.database import rows
from rollkeeper.lines.counter_codes import hand_line, number_index_of_handle
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import (
    current_subscribers,
    find_line_by_input,
    last_tenure_by_number,
    number_index_of,
)
from rollkeeper.registration.errors import NOT_THE_SUBSCRIBER, NUMBER_IN_USE
from rollkeeper.registration.services import (
    install_line,
    register_subscriber,
    terminate_line,
    transfer_line,
)
from rollkeeper.selfcare.portal_client import request_code
from tests.builders.commands import change_commands
from tests.imports.conftest import written  # noqa: F401 - a fixture that is shared
from tests.imports.test_import import side_file, take_in
from tests.refusals import refusing
from tests.registration.people import ON, given_by, person, submission

pytestmark = pytest.mark.usefixtures("vaulted")

NAME = "tashi-shop.example.cn"
TYPED = {Service.DOMAIN: NAME, Service.HOSTED_SITE: f"https://{NAME}", Service.INTERNET_ACCESS: f"#{NAME}"}
"""How each is written where only the text is known; with its service, the name alone will do."""
RAW = {
    "number": {"column": "line"},
    "service": {"from": [{"column": "kind", "values": {one.value: one.value for one in Service}}]},
    "activated_on": {"column": "since"},
}


@pytest.fixture
def people(clerk):
    """Each service of the name, registered to another person at a counter."""
    found = {service: person() for service in TYPED}
    for service, who in found.items():
        register_subscriber(clerk, submission(NAME, who, service=service), on=ON)
    return found


def subscriber(service):
    line = find_line_by_input(TYPED[service])
    return current_subscribers([line.line_id]).get(line.line_id)


def documents(who):
    return who["document_type"], who["document_number"]


def end(clerk, service, who, on=ON):
    return terminate_line(clerk, submission_key=f"end-{service}", number=TYPED[service], document=documents(who), on=on)  # fmt: skip


def test_one_name_of_three_services_is_three_lines_of_three_people(people):
    lines = [find_line_by_input(TYPED[service]) for service in TYPED]

    assert [line.service for line in lines] == list(TYPED)
    assert len({line.line_id for line in lines}) == len({subscriber(service) for service in TYPED}) == 3


@pytest.mark.parametrize("service", TYPED)
def test_a_contract_that_ends_leaves_the_other_lines_of_its_name_alone(clerk, people, service):
    others = {other: subscriber(other) for other in TYPED if other is not service}

    end(clerk, service, people[service])

    assert find_line_by_input(TYPED[service]).is_over
    assert {other: subscriber(other) for other in others} == others
    assert not any(find_line_by_input(TYPED[other]).is_over for other in others)


def test_a_released_name_goes_to_the_next_person_as_that_service_alone(clerk, people):
    site = subscriber(Service.HOSTED_SITE)
    end(clerk, Service.DOMAIN, people[Service.DOMAIN])
    change_commands(kind="terminate", state="confirmed", read_back="absent")
    later = ON + dt.timedelta(days=2)

    register_subscriber(clerk, submission(NAME, person(), service=Service.DOMAIN), on=later)

    assert find_line_by_input(NAME).is_registered
    assert subscriber(Service.HOSTED_SITE) == site
    with refusing(NUMBER_IN_USE):
        install_line(clerk, submission(NAME, person(), service=Service.HOSTED_SITE), on=later)


def test_a_transfer_moves_the_line_of_its_service_alone(clerk, people):
    domain, site = subscriber(Service.DOMAIN), subscriber(Service.HOSTED_SITE)
    given = submission(TYPED[Service.HOSTED_SITE], person(), transferor=given_by(people[Service.HOSTED_SITE]))

    transfer_line(clerk, given, on=ON)

    assert subscriber(Service.HOSTED_SITE) != site
    assert subscriber(Service.DOMAIN) == domain


def test_a_document_of_the_site_ends_no_domain(clerk, people):
    before = subscriber(Service.DOMAIN)

    with refusing(NOT_THE_SUBSCRIBER):
        end(clerk, Service.DOMAIN, people[Service.HOSTED_SITE])

    assert subscriber(Service.DOMAIN) == before


@pytest.mark.parametrize("service", TYPED)
def test_every_lookup_leads_to_the_line_of_the_service_that_is_typed(clerk, people, service):
    line = find_line_by_input(TYPED[service])

    handed = hand_line(clerk, TYPED[service], on=ON)
    request_code(TYPED[service], source="198.51.100.7", language="en")

    assert handed.line == line
    assert number_index_of_handle(clerk, handed.handle) == number_index_of(TYPED[service])
    assert last_tenure_by_number(TYPED[service]).line_id == line.line_id
    (asked,) = rows("SELECT n.line_id FROM selfcare_coderequest JOIN lines_number n USING (number_index)")
    assert asked.line_id == line.line_id


def test_who_asks_for_the_site_of_a_name_learns_nothing_of_its_domain(clerk):
    register_subscriber(clerk, submission(NAME, person(), service=Service.DOMAIN), on=ON)

    with refusing(LineNotFound):
        hand_line(clerk, TYPED[Service.HOSTED_SITE], on=ON)


def test_a_file_brings_one_name_as_several_services_and_each_of_them_once(written):  # noqa: F811 - the fixture
    names = [
        ("domain", NAME),
        ("hosted_site", NAME),
        ("internet_access", f"#{NAME}"),
        ("hosted_site", f"http://{NAME}/"),
    ]
    file = written([{"kind": kind, "line": name, "since": "2011-05-01"} for kind, name in names])

    taken = take_in(file, RAW)

    assert (taken.lines, taken.refused) == (3, 1)
    assert [row for row, _, _ in side_file(file)] == [5]
    assert [find_line_by_input(typed).service for typed in TYPED.values()] == list(TYPED)


def test_a_person_registers_for_the_site_that_a_file_brought(written):  # noqa: F811 - the fixture
    take_in(written([{"kind": "domain", "line": NAME, "since": "2011-05-01"}]), RAW)
    take_in(written([{"kind": "hosted_site", "line": NAME, "since": "2011-05-01"}], "more.csv"), RAW)

    register_subscriber(console_authority(), submission(NAME, service=Service.HOSTED_SITE), on=ON)

    assert find_line_by_input(TYPED[Service.HOSTED_SITE]).is_registered
    assert not find_line_by_input(NAME).is_registered
