# SPDX-License-Identifier: EUPL-1.2
"""The checks by which a law has an identity verified: any one will do, and a list that was read in part is not applied."""

import datetime as dt

import pytest

from rollkeeper.kernel.choices import Payment
from rollkeeper.law.form_summary import form_summaries
from rollkeeper.law.packs import load_pack, read_pack
from rollkeeper.law.page import law_page
from tests.builders.kinds import TOURIST, with_checks, with_kinds
from tests.builders.packs import REFERENCE, confirmed

ON = dt.date(2012, 3, 2)


@pytest.mark.parametrize(
    ("payment", "methods"),
    [(Payment.PREPAID, ("chip", "sight")), (Payment.UNKNOWN, ("chip", "sight")), (Payment.POSTPAID, None)],
)
def test_the_checks_of_a_law_are_those_of_the_way_a_line_is_paid(payment, methods):
    rule = read_pack(confirmed(with_checks("chip", "sight", payment="prepaid")).encode(), file="p").checks(
        "individual", payment=payment
    )

    assert (rule and rule.methods) == methods
    assert rule is None or rule.article == "4 ¶1"


def test_a_kind_that_a_law_adds_has_the_checks_of_the_kind_that_it_is_of():
    pack = read_pack(confirmed(with_checks("chip", text=with_kinds(TOURIST))).encode(), file="p")

    assert pack.checks("tourist") == pack.checks("individual")
    assert pack.checks("company") is None


def test_no_other_person_than_the_subscriber_is_checked_outside():
    seen = "  - id: guardian\n"
    text = REFERENCE.replace(
        seen, f'{seen}    verification: [{{method: video, because: {{article: "4 ¶1"}}}}]\n', 1
    )
    assert text != REFERENCE

    found = read_pack(confirmed(text).encode(), file="p").unsupported_fields

    assert [one for one in found if one.endswith(".verification[0].method: video' (of a guardian)")]


def test_the_law_page_and_the_summary_of_forms_name_the_checks():
    pack = read_pack(confirmed(with_checks("chip", "sight", payment="prepaid")).encode(), file="p")

    page = law_page(pack, language="en", on=ON)
    (form,) = [one for one in form_summaries(pack) if one.kind == "individual"]

    assert "a check that is accepted: chip, prepaid" in page
    assert "checked by chip of prepaid lines or sight of prepaid lines" in form.sentence
    assert "a check that is accepted" not in law_page(load_pack("cn-xz-2011"), language="en", on=ON)
