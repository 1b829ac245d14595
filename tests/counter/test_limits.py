# SPDX-License-Identifier: EUPL-1.2
"""Limits of lines at the counter: said in the clerk's language, and passed only by a supervisor."""

import html
import re

import pytest

from rollkeeper.access.authority import worker_authority
from rollkeeper.access.roles import StaffRole
from rollkeeper.lines.queries import find_line
from rollkeeper.offline.processor import process_all
from rollkeeper.vault.offline_keys import renew_offline_keys
from tests.builders.complaints import BODY, complaining
from tests.builders.packs import REFERENCE, use_pack
from tests.builders.staff import sign_in
from tests.counter.conftest import ON
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


NATIONAL = ONE.replace("operator", "national").replace("n: 1", "n: 3")
QUESTION = "How many other lines does the subscriber have with other operators?"


def field_of(page):
    (found,) = re.findall(r'<input[^>]*name="lines_elsewhere"[^>]*>', page)
    return found


@pytest.mark.parametrize("act", ["register", "install", "port_in", "transfer"])
def test_lines_with_other_operators_are_asked_for_where_a_limit_counts_them(at_counter, limited, act):
    limited(NATIONAL)

    page = at_counter.get(f"/{act}/").content.decode()

    assert QUESTION in page
    assert "Count only these: Mobile telephone, Data card" in html.unescape(page)
    assert all(said in field_of(page) for said in ('min="0"', 'max="999"', "required"))
    assert "compared with the limit and not recorded" in page


@pytest.mark.parametrize(
    ("limit", "address"),
    [
        (ONE, "/register/"),
        (f"{NATIONAL}, channel: remote", "/register/"),
        (NATIONAL, "/register/?kind=company"),
        (NATIONAL, "/change/"),
        (NATIONAL, "/relocate/"),
    ],
)
def test_lines_with_other_operators_are_not_asked_for_without_need(at_counter, limited, limit, address):
    limited(limit)

    assert "lines_elsewhere" not in at_counter.get(address).content.decode()


@pytest.mark.parametrize(
    ("limit", "hint"),
    [
        (f"{NATIONAL}, service: mobile", "Count only these: Mobile."),
        (f"{NATIONAL}, payment: prepaid", "Only lines that are paid so: Prepaid"),
        (f"{NATIONAL}, activated_from: 2011-03-01", "Only lines in service since this day or later: "),
    ],
)
def test_the_form_says_which_lines_count_and_does_not_insist_where_not_all_do(
    at_counter, limited, limit, hint
):
    limited(limit)

    page = html.unescape(at_counter.get("/register/").content.decode())

    assert hint.rstrip(".") in page
    assert "required" not in field_of(page)


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize(("said", "is_taken"), [("2", True), ("3", False), ("", False), ("1000", False)])
def test_what_is_said_of_lines_elsewhere_decides_at_the_counter(
    at_counter, limited, language, said, is_taken
):
    limited(NATIONAL)
    at_counter.cookies["django_language"] = language
    number = fresh_number()

    page = post(at_counter, "register", number, double_checked="on", lines_elsewhere=said)

    assert (find_line(number) is not None) == is_taken
    if not is_taken:
        assert "value=" not in field_of(page.content.decode())
        assert ("0 to 999" if language == "en" else "0 到 999") in page.content.decode() or said == "3"
    if said == "3":
        words = {
            "en": "with all operators together, and this would be one more",
            "zh-hans": "各电信运营企业合计",
        }
        assert words[language] in page.content.decode()


def test_a_second_person_confirms_what_was_said_of_lines_elsewhere(at_counter, limited, dual_control):
    listed = f"limits:\n  - {{{NATIONAL}, because: {{article: 2 ¶1}}}}\n"
    acts = "dual_control:\n  - {acts: [register], because: {article: 2 ¶1}}\n"
    use_pack(REFERENCE.replace("\nretention:", f"\n{listed}{acts}retention:", 1))
    renew_offline_keys(worker_authority(), lasts_days=7, on=ON)
    boss, number = sign_in(StaffRole.SUPERVISOR, "boss"), fresh_number()

    refused = post(at_counter, "register", fresh_number(), double_checked="on", lines_elsewhere="3")
    sent = post(at_counter, "register", number, double_checked="on", lines_elsewhere="2")
    submitted = sent["Location"].split("/")[2]
    boss.post("/pending-approvals/", {"key": submitted, "approved": "yes"})
    process_all(worker_authority())

    assert "with all operators together" in refused.content.decode()
    assert "?" not in sent["Location"]
    assert find_line(number).is_registered
