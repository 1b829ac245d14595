# SPDX-License-Identifier: EUPL-1.2
"""Country files of the operator, in the folder of the instance: more countries and more numbers, never fewer."""

import json
from importlib.resources import files

import pytest

from rollkeeper.kernel.instance import instance
from rollkeeper.law.checks import check_pack
from rollkeeper.law.countries import country_bytes, country_of, own_country, own_file
from rollkeeper.law.errors import (
    COUNTRY_LACKS_NUMBERS,
    COUNTRY_OF_ANOTHER_NAME,
    EMERGENCY_NUMBERS_MISSING,
    PACK_FAULT,
)
from rollkeeper.law.packs import load_pack
from tests.builders.packs import REFERENCE, read_text
from tests.in_process import invoke
from tests.law.test_forgotten import COUNTRY, ON
from tests.refusals import refusing

CHINA = (files("rollkeeper.law.countries") / "cn.yaml").read_text("utf-8")
POLICE = '  - {number: "110"'
MORE = CHINA.replace(
    POLICE, f'  - {{number: "9110", what: {{en: harbour police}}, source: {{}}}}\n{POLICE}', 1
)
OF_XX = REFERENCE.replace("jurisdiction: CN-XZ", "jurisdiction: XX", 1)

pytestmark = pytest.mark.usefixtures("data_dir")


@pytest.fixture
def own():
    """Write an operator's own country file; it is gone afterwards."""
    written = []

    def writing(code, text):
        file = own_file(code)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        written.append(file)
        return file

    yield writing
    for file in written:
        file.unlink()


def with_more():
    source = load_pack("cn-xz-2011").country().emergency_numbers[0].source
    return MORE.replace("source: {}", f"source: {source}", 1)


def row_of(number):
    return next(one for one in CHINA.split("\n") if f'number: "{number}"' in one)


def without(number):
    """The shipped file with a number less, and without a chapter that had only this one."""
    return CHINA.replace(f"reachable_numbers:\n{row_of(number)}\n", "").replace(f"{row_of(number)}\n", "")


def numbers(code="CN-XZ"):
    return {one.number for one in country_of(code).emergency_numbers}


def about_the_country(text=REFERENCE):
    return [one.sentence for one in check_pack(read_text(text), on=ON) if one.topic == "country"]


def test_a_country_that_is_not_shipped_is_added_and_its_numbers_are_kept_open(own):
    with refusing(EMERGENCY_NUMBERS_MISSING):
        read_text(OF_XX).emergency_numbers()
    before = about_the_country(OF_XX)

    own("XX", COUNTRY)

    assert read_text(OF_XX).emergency_numbers() == tuple(
        one.number for one in country_of("XX").emergency_numbers
    )
    assert read_text(OF_XX).has_emergency_numbers
    assert (len(before), about_the_country(OF_XX)) == (1, [])


def test_a_number_more_of_a_shipped_country_holds_at_once(own):
    shipped = numbers()

    own("CN", with_more())

    assert numbers() == shipped | {"9110"}
    assert b"9110" in country_bytes("CN")
    assert about_the_country() == []


@pytest.mark.parametrize("chapter", ["emergency_numbers", "reachable_numbers"])
def test_a_file_with_a_number_fewer_is_refused_and_the_shipped_one_holds(own, chapter):
    shipped = load_pack("cn-xz-2011").country()
    number = getattr(shipped, chapter)[0].number

    file = own("CN", without(number))

    with refusing(COUNTRY_LACKS_NUMBERS, match=number):
        own_country("CN-XZ")
    assert country_of("CN-XZ") == shipped
    assert any(f"{file} is not used" in one and number in one for one in about_the_country())


def test_a_number_may_become_an_emergency_number(own):
    shipped = load_pack("cn-xz-2011").country()
    number = shipped.reachable_numbers[0].number

    own("CN", without(number).replace("emergency_numbers:\n", f"emergency_numbers:\n{row_of(number)}\n", 1))

    assert number in numbers()


@pytest.mark.parametrize(
    ("text", "refusal"), [(COUNTRY, COUNTRY_OF_ANOTHER_NAME), ("country: [", PACK_FAULT)]
)
def test_a_file_that_is_not_sound_is_as_if_it_were_not_there_and_said(own, text, refusal):
    own("CN", text)

    with refusing(refusal):
        own_country("CN")
    assert country_of("CN") == load_pack("cn-xz-2011").country()
    assert about_the_country()


@pytest.mark.parametrize("jurisdiction", ["../../etc/passwd", "..-XZ", "cn", "", "C", "CN/../ZA"])
def test_a_jurisdiction_leads_to_no_other_folder(own, jurisdiction):
    own("ZA", COUNTRY.replace("country: XX", "country: ZA"))

    assert country_of(jurisdiction) is None


def test_the_list_of_laws_has_the_operators_number(own):
    own("CN", with_more())

    listed = {one["id"]: one for one in json.loads(invoke("law", "list", "--json").output)}

    assert "9110" in listed["cn-xz-2011"]["emergency_numbers"]
    assert "9110" not in listed["za-rica-40"]["emergency_numbers"]
    assert instance().pack
