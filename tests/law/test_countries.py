# SPDX-License-Identifier: EUPL-1.2
"""Country files: each is read strictly, and every element and its example configuration hold its emergency numbers."""

import datetime as dt
import re
from pathlib import Path

import holidays
import phonenumbers
import pytest
from phonenumbers.phonemetadata import PhoneMetadata
from pydantic import ValidationError
from stdnum import get_cc_module

from rollkeeper.documents.rules import is_known_type
from rollkeeper.law.countries import Country, country_of, shipped_countries
from rollkeeper.law.errors import EMERGENCY_NUMBERS_MISSING
from rollkeeper.law.packs import load_pack
from rollkeeper.provisioning.gateways.kamailio_country import country_config
from tests.in_process import invoke
from tests.refusals import refusing

KAMAILIO = Path(__file__).parents[2] / "ops" / "kamailio" / "country.cfg"

SAMPLE = {
    "country": "CN", "name": {"en": "Sample"}, "languages": ("en",),
    "sources": ({"id": "a", "title": "x", "read_on": dt.date(2026, 11, 28)},),
    "emergency_numbers": ({"number": "110", "what": {"en": "x"}, "source": "a"},),
    "number_plan": {
        "calling_code": "86", "international_prefixes": ("00",), "digits": {"least": 8, "most": 12}, "source": "a",
    },
}  # fmt: skip


def test_the_reference_pack_has_the_emergency_numbers_of_china():
    assert load_pack("cn-xz-2011").emergency_numbers() == ("110", "112", "119", "120", "122")


def test_a_pack_whose_country_has_no_file_can_bar_nobody():
    with refusing(EMERGENCY_NUMBERS_MISSING):
        load_pack("none").emergency_numbers()


@pytest.mark.parametrize("code", shipped_countries())
def test_every_country_file_has_its_code_and_emergency_numbers(code: str):
    country = country_of(code)

    assert country is not None
    assert country.country == code
    assert country.emergency_numbers


@pytest.mark.parametrize("number", ["", "1", "+110", "110a", "1234567", 110])
def test_what_nobody_can_dial_is_no_emergency_number(number: object):
    with pytest.raises(ValidationError, match=r"emergency_numbers\.0\.number"):
        Country.model_validate(
            SAMPLE | {"emergency_numbers": ({"number": number, "what": {"en": "x"}, "source": "a"},)}
        )


def test_a_fact_of_a_country_is_unconfirmed_until_somebody_says_otherwise():
    country = Country.model_validate(SAMPLE)

    assert not country.emergency_numbers[0].confirmed
    assert not country.number_plan.confirmed


@pytest.mark.parametrize("code", shipped_countries())
def test_a_confirmed_fact_of_a_country_has_a_source_that_was_read(code: str):
    country = country_of(code)
    sources = {one.id: one for one in country.sources}

    facts = (*country.emergency_numbers, *country.reachable_numbers, *country.documents)
    assert {one.source for one in facts} <= set(sources)
    assert not [one for one in facts if one.confirmed and one.source == "memory"]


@pytest.mark.parametrize("code", shipped_countries())
def test_the_emergency_numbers_of_the_numbering_data_are_all_there(code: str):
    # The library knows numbers that a country has given up as well; none that it knows may be missing here.
    ours = {one.number for one in (*country_of(code).emergency_numbers, *country_of(code).reachable_numbers)}
    pattern = PhoneMetadata.short_metadata_for_region(code).emergency.national_number_pattern

    theirs = {
        f"{n:0{width}}"
        for width in (3, 4, 5)
        for n in range(10**width)
        if re.fullmatch(pattern, f"{n:0{width}}")
    }
    assert theirs - ours - GIVEN_UP.get(code, set()) == set()


GIVEN_UP = {"IN": {"103", "106", "107", "1298", "2611"}}
"""Numbers of single states or for railways and the like, of which nothing more was found."""


@pytest.mark.parametrize("code", shipped_countries())
def test_every_check_of_a_document_is_known_to_the_library(code: str):
    checks = [one.check for one in country_of(code).documents if one.check]

    assert [one for one in checks if get_cc_module(*one.split(".")) is None] == []
    assert all(is_known_type(one.type) for one in country_of(code).documents)


@pytest.mark.parametrize("code", shipped_countries())
def test_the_number_plan_of_a_country_is_the_one_of_the_numbering_data(code: str):
    plan, theirs = country_of(code).number_plan, PhoneMetadata.metadata_for_region(code)

    assert plan.calling_code == str(theirs.country_code)
    assert plan.trunk_prefix == theirs.national_prefix
    sample = phonenumbers.example_number_for_type(code, phonenumbers.PhoneNumberType.MOBILE).national_number
    assert plan.digits.least <= len(str(sample)) <= plan.digits.most
    assert any(re.fullmatch(theirs.international_prefix, one) for one in plan.international_prefixes)


@pytest.mark.parametrize("code", shipped_countries())
def test_the_regions_of_a_country_are_known_to_the_calendar(code: str):
    known = holidays.country_holidays(code).subdivisions

    assert set(country_of(code).holidays.subdivisions) <= set(known)


def test_the_example_of_kamailio_is_written_from_the_country_file():
    assert KAMAILIO.read_text("utf-8") == country_config(country_of("CN"))


def test_the_law_prints_the_configuration_of_its_country():
    printed = invoke("provisioning", "kamailio", "--pack", "cn-xz-2011")

    assert printed.stdout == KAMAILIO.read_text("utf-8")
