# SPDX-License-Identifier: EUPL-1.2
"""An access provider's lines by its own references: imported, registered, found, given back; and a mistyped number is none."""

import datetime as dt

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.imports.mapping import make_map
from rollkeeper.kernel.choices import Service
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.lines.queries import find_line_by_input, number_index_of
from rollkeeper.registration.services import register_subscriber, terminate_line
from tests.campaign.population import day
from tests.imports.conftest import written  # noqa: F401 - a fixture that is shared
from tests.imports.test_import import count, take_in
from tests.registration.people import person, submission

pytestmark = pytest.mark.usefixtures("register")

ON = day("2012-03-02")
RAW = {
    "number": {"column": "account"},
    "service": {"from": [{"column": "kind", "values": {"acc": "internet_access"}}]},
    "activated_on": {"column": "since"},
}
REFERENCES = ("tashi@isp.example", "acc-000123", "PPPoE-user-17")


@pytest.fixture
def imported(written):  # noqa: F811 - the fixture
    file = written([{"kind": "acc", "account": one, "since": "2011-05-01"} for one in REFERENCES])
    return take_in(file, RAW)


@pytest.mark.parametrize("reference", REFERENCES)
def test_an_access_is_imported_and_found_by_its_reference(imported, reference):
    assert imported.lines == len(REFERENCES)
    assert find_line_by_input(reference).service == Service.INTERNET_ACCESS


def test_figures_are_an_account_only_where_the_map_says_so(written):  # noqa: F811 - the fixture
    rows_of_file = [
        {"kind": "acc", "account": "13800138000", "since": "2011-05-01"},
        {"kind": "tel", "account": "13800138001", "since": "2011-05-01"},
    ]
    service = {"from": [{"column": "kind", "values": {"acc": "internet_access", "tel": "mobile"}}]}
    raw = RAW | {"service": service}
    with_accounts = raw | {"number": {"column": "account", "accounts": True}}

    take_in(written(rows_of_file[:1], "telephones.csv"), raw)
    take_in(written(rows_of_file, "accounts.csv"), with_accounts)

    found = {typed: find_line_by_input(typed) for typed in ("13800138000", "#13800138000", "13800138001")}
    assert [line.service for line in found.values()] == ["internet_access", "internet_access", "mobile"]
    assert len({line.line_id for line in found.values()}) == 3


def test_accounts_belong_to_a_column_of_a_map():
    with pytest.raises(RollkeeperError, match="column"):
        make_map(RAW | {"number": {"number_range": "+8613800000000", "accounts": True}}, named="m", header=[])


@pytest.mark.parametrize("reference", REFERENCES)
def test_it_is_registered_by_its_reference_and_no_second_line_is_made(imported, reference):
    register_subscriber(console_authority(), submission(reference), on=ON)

    assert find_line_by_input(reference).is_registered
    assert count("lines_line") == len(REFERENCES)


def test_a_reference_keeps_its_case_for_the_network_and_is_found_in_any():
    kept = normalise_identifier("PPPoE-user-17", service=Service.INTERNET_ACCESS, country="CN")

    assert kept == "PPPoE-user-17"
    assert number_index_of("pppoe-user-17") == number_index_of(kept)


@pytest.mark.parametrize("typed", ["1380O138000", "l3800138000", "abc", "a b-c", "-acc", "x" * 65 + "-1"])
def test_a_number_with_a_mistyped_letter_is_no_reference(typed):
    assert service_guess(typed) is Service.MOBILE


def test_a_name_that_was_given_back_is_free_the_next_day_and_a_number_is_not():
    who = person()
    for one, service in (("tashi.example.cn", Service.DOMAIN), ("+8613900005678", Service.MOBILE)):
        register_subscriber(console_authority(), submission(one, who, service=service), on=ON)
        document = (who["document_type"], who["document_number"])
        terminate_line(
            console_authority(), submission_key=f"ended-{service.value}", number=one, document=document, on=ON
        )

    assert find_line_by_input("tashi.example.cn").quarantined_until == ON
    assert find_line_by_input("+8613900005678").quarantined_until == ON + dt.timedelta(days=90)
