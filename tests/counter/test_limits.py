# SPDX-License-Identifier: EUPL-1.2
"""Limits of lines at the counter: said in the clerk's language, and passed only by a supervisor."""

import pytest

from rollkeeper.access.roles import StaffRole
from rollkeeper.lines.queries import find_line
from tests.builders.complaints import BODY, complaining
from tests.builders.packs import use_pack
from tests.builders.staff import sign_in
from tests.counter.test_pages import SECRET, post
from tests.registration.people import fresh_number

ONE = "what: lines, group: person, scope: operator, kind: stock, n: 1, over: refuse"


@pytest.mark.parametrize(
    ("language", "said", "article"),
    [
        ("en", "The law allows 1 lines to one subscriber", "(art. 2 ¶1)"),
        ("zh-hans", "法律允许同一机主最多登记 1 个号码", "（第二条第一款）"),
    ],
)
def test_a_limit_is_said_with_its_article_and_what_to_do_in_the_clerk_s_language(
    at_counter, limited, language, said, article
):
    limited(ONE)
    post(at_counter, "register", fresh_number(), double_checked="on")
    at_counter.cookies["django_language"] = language

    page = post(at_counter, "register", fresh_number(), double_checked="on").content.decode()

    assert said in page
    assert article in page
    assert SECRET["document_number"] not in page


@pytest.mark.parametrize(("over", "is_asked"), [("review", True), ("refuse", False)])
def test_the_mark_of_a_supervisor_is_on_the_form_only_where_the_law_has_one(
    at_counter, limited, over, is_asked
):
    limited(ONE.replace("refuse", over))

    page = at_counter.get("/register/").content.decode()

    assert ("overrides_limit" in page) == is_asked


@pytest.mark.parametrize(("role", "is_taken"), [(StaffRole.CLERK, False), (StaffRole.SUPERVISOR, True)])
def test_a_supervisor_passes_a_limit_and_a_clerk_who_says_so_does_not(at_counter, limited, role, is_taken):
    limited(ONE.replace("refuse", "review"))
    post(at_counter, "register", fresh_number(), double_checked="on")
    number = fresh_number()

    post(sign_in(role), "register", number, double_checked="on", overrides_limit="on")

    assert (find_line(number) is not None) == is_taken


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_paper_with_the_reason_of_a_refusal_names_who_decides_a_complaint(
    at_counter, law_put_back, language
):
    use_pack(complaining())
    at_counter.cookies["django_language"] = language

    page = post(at_counter, "register", "no number", double_checked="on").content.decode()

    assert '<div class="rk-only-print"><p class="govuk-body-s">' in page
    assert BODY[language] in page


def test_a_refusal_under_a_law_that_names_no_one_says_nothing_of_complaints(at_counter):
    page = post(at_counter, "register", "no number", double_checked="on").content.decode()

    assert "rk-refusal" in page
    assert "Who decides a complaint" not in page
