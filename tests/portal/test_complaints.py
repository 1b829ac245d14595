# SPDX-License-Identifier: EUPL-1.2
"""The portal says who decides a complaint about the operator where a person meets a decision against them."""

import re

import pytest

from rollkeeper.access.authority import console_authority
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.selfcare.case_decisions import settle_case
from rollkeeper.selfcare.choices import DecisionReason
from rollkeeper.selfcare.queries import open_cases
from tests.builders.complaints import BODY, complaining
from tests.builders.packs import use_pack
from tests.portal.test_line_selection import text
from tests.selfcare.people import ON, register_line

pytestmark = pytest.mark.usefixtures("law_put_back")


@pytest.fixture
def disputed(come_in):
    """A subscriber's browser whose dispute is open."""
    line_id, browser = register_line(), come_in()
    browser.post(
        "/do/dispute/", {"key": str(new_uuid()), "line": str(line_id), "about": "dispute_days_wrong"}
    )
    return browser


def decide(*, upheld, because=None):
    settle_case(console_authority(), open_cases()[0].case_id, upheld=upheld, because=because, on=ON)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_case_that_was_decided_against_a_person_names_who_decides_a_complaint(disputed, language):
    use_pack(complaining())
    disputed.cookies["django_language"] = language
    before = text(disputed.get("/lines/"))

    decide(upheld=False)

    assert BODY[language] not in before
    assert BODY[language] in text(disputed.get("/lines/"))


@pytest.mark.parametrize(
    ("upheld", "because"), [(True, None), (False, DecisionReason.TAKEN_BACK)], ids=["upheld", "taken back"]
)
def test_a_case_that_no_one_lost_names_no_one(disputed, upheld, because):
    use_pack(complaining())

    decide(upheld=upheld, because=because)

    assert BODY["en"] not in text(disputed.get("/lines/"))


def test_the_reason_is_read_where_the_notice_says_after_the_second_proof(disputed, prove):
    decide(upheld=False, because=DecisionReason.RECORD_RIGHT)

    before = text(disputed.get("/lines/"))
    prove()
    after = text(disputed.get("/lines/"))

    assert "The record is right" not in before
    assert re.search(r"To read the reason of a decision, show who you are[^<]*<a [^>]*/verify/", before)
    assert "Reason: The record is right" in after
    assert "To read the reason" not in after


def test_a_body_that_no_reader_confirmed_is_not_named(disputed):
    use_pack(complaining(is_confirmed=False))

    decide(upheld=False)
    page = text(disputed.get("/lines/"))

    assert "it stays as it is" in page
    assert BODY["en"] not in page
    assert "Who decides a complaint" not in page


def test_who_sees_an_access_learns_where_to_complain_as_the_notice_says(disputed):
    use_pack(complaining())

    assert BODY["en"] in text(disputed.get("/access-history/"))
