# SPDX-License-Identifier: EUPL-1.2
"""A law that has only some kinds of registered subscriber verify again: whom it asks, and what a pack cannot say."""

import datetime as dt

import pytest

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.law.packs import read_pack
from rollkeeper.law.rules import History, current_stage
from tests.builders.kinds import VISITOR
from tests.builders.packs import REFERENCE, confirmed, read_text
from tests.builders.stages import asking_again, phased

D = dt.date
FIRMS = asking_again(kinds="company")
AGAIN = "registered: true, registered_before: 2011-06-30, party_kinds"


@pytest.mark.parametrize(
    ("kind", "stage"),
    [
        ("company", "suspended"),
        ("individual", "registered"),
        ("minor", "registered"),
        (None, "registered"),
    ],
)
def test_a_campaign_of_companies_asks_no_one_else_and_no_one_who_is_not_known(kind, stage):
    history = History(D(2010, 5, 1), D(2011, 12, 20), registered_on=D(2011, 6, 29), party_kind=kind)

    assert current_stage(read_text(FIRMS), history, on=D(2012, 3, 2)) == stage


@pytest.mark.parametrize(
    ("kind", "stage"), [("company", "suspended"), ("individual", "registered"), ("", "registered")]
)
def test_a_pack_s_own_case_says_of_which_kind_the_subscriber_is(kind, stage):
    def law(expected):
        said = f"party_kind: {kind}, " if kind else ""
        case = (
            f"tests:\n  - {{name: a case, given: {{activated: 2010-05-01, registered: 2011-06-29, {said}notices_delivered: [2011-12-20]}},"
            f" on: 2012-03-02, expect: {expected}}}\nopen_questions:"
        )
        return confirmed(FIRMS.replace("open_questions:", case, 1)).encode()

    assert read_pack(law(stage), file="pack.yaml").file.tests
    with pytest.raises(RollkeeperError, match="a case"):
        read_pack(law("running"), file="pack.yaml")


@pytest.mark.parametrize(
    ("law", "fault"),
    [
        (
            REFERENCE.replace("registered: false", "registered: false, party_kinds: [company]", 1),
            "kinds of subscriber, of lines without one",
        ),
        (
            asking_again(before="", kinds="company"),
            "of registered lines, without the day, the assurance or the last day of their registrations",
        ),
        (
            asking_again(
                REFERENCE.replace("  - id: minor\n", f"{VISITOR}  - id: minor\n", 1), kinds="visitor"
            ),
            "cohort.when.party_kinds[0]: visitor",
        ),
        (asking_again(kinds="guardian"), "cohort.when.party_kinds[0]: guardian"),
    ],
)
def test_a_kind_that_no_line_is_known_by_is_refused_by_its_name(law, fault):
    assert fault in str(read_text(law).unsupported_fields)


def test_a_kind_of_which_the_law_has_others_is_refused():
    law = asking_again(
        REFERENCE.replace("  - id: minor\n", f"{VISITOR}  - id: minor\n", 1), kinds="individual"
    )

    assert "from which the register does not tell visitor" in str(read_text(law).unsupported_fields)


def test_campaigns_of_different_kinds_share_no_line():
    crossed = phased(
        f"id: one, cohort: {{{AGAIN}: [company]}}, deadline: {{base: 2012-02-01, not_before_notice: true, after: {{n: 60, unit: day}}, floor: {{n: 5, unit: day}}, because: {{article: '3'}}}}",
        f"id: two, cohort: {{{AGAIN}: [individual, minor]}}",
    )

    assert read_text(crossed).unsupported_fields == ()
    assert "share lines" in str(read_text(crossed.replace("individual,", "company,")).unsupported_fields)
