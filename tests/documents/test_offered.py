# SPDX-License-Identifier: EUPL-1.2
"""The kinds of document in every list are those of the law's country, each checked as its issuer makes it."""

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.documents.choices import DocumentType
from rollkeeper.documents.offered import is_offered, offered_types
from rollkeeper.documents.rules import check_number, is_known_type
from rollkeeper.documents.verdicts import Verdict
from rollkeeper.kernel import clock
from rollkeeper.law.countries import country_of, shipped_countries
from rollkeeper.lines.queries import find_line_by_input
from rollkeeper.registration.services import register_subscriber
from tests.builders.packs import REFERENCE, use_pack
from tests.registration.people import person, submission
from tests.selfcare.people import ON

pytestmark = pytest.mark.usefixtures("register", "law_put_back")
SOUTH_AFRICA = REFERENCE.replace("jurisdiction: CN-XZ", "jurisdiction: ZA")


def test_the_reference_law_offers_what_it_always_did():
    assert offered_types() == DocumentType.choices


def test_a_law_of_another_country_offers_that_countrys_documents():
    use_pack(SOUTH_AFRICA)

    assert [kind for kind, _ in offered_types()] == ["za-idnr", "passport", "other"]
    assert dict(offered_types())["za-idnr"] == "South African identity document"
    assert not is_offered("cn-resident-card")


@pytest.mark.parametrize("code", shipped_countries())
def test_every_document_of_a_country_file_is_of_a_known_kind(code):
    assert all(is_known_type(one.type) for one in country_of(code).documents)


@pytest.mark.parametrize(
    ("number", "verdict"), [("8001015009087", Verdict.VALID), ("80010150090", Verdict.INVALID)]
)
def test_its_number_is_checked_as_its_issuer_makes_it(number, verdict):
    assert check_number("za-idnr", number, clock.today()).verdict is verdict


def test_a_person_is_registered_by_it():
    use_pack(SOUTH_AFRICA)
    who = person(document_type="za-idnr", document_number="8001015009087")

    register_subscriber(console_authority(), submission("+27821234567", who), on=ON)

    assert find_line_by_input("+27821234567").is_registered
