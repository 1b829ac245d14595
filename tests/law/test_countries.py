# SPDX-License-Identifier: EUPL-1.2
"""Country files: each is read strictly, and every element and its example configuration hold its emergency numbers."""

import re
from pathlib import Path

import pytest

from rollkeeper.law.countries import Country, country_of, shipped_countries
from rollkeeper.law.errors import EMERGENCY_NUMBERS_MISSING
from rollkeeper.law.packs import load_pack
from tests.refusals import refusing

KAMAILIO = Path(__file__).parents[2] / "ops" / "kamailio" / "rollkeeper.cfg"


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
    with pytest.raises(ValueError, match="emergency_numbers"):
        Country.model_validate({"country": "CN", "emergency_numbers": (number,)})


def test_the_example_of_kamailio_lets_exactly_these_numbers_through():
    lists = re.findall(r"\((\d{3}(?:\|\d{3})+)\)#", KAMAILIO.read_text("utf-8"))

    assert len(lists) == 2
    assert {tuple(one.split("|")) for one in lists} == {load_pack("cn-xz-2011").emergency_numbers()}
