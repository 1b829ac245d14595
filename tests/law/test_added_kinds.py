# SPDX-License-Identifier: EUPL-1.2
"""Kinds of subscriber that a pack adds, as `law test` and the law's page show them."""

import datetime as dt
import json

import pytest

from rollkeeper.law.form_summary import form_summaries
from rollkeeper.law.packs import load_pack
from rollkeeper.law.page import law_page
from tests.builders.kinds import INSTITUTION, TOURIST, VISITOR, until_majority, with_kinds
from tests.builders.packs import read_text
from tests.in_process import invoke

ON = dt.date(2012, 3, 2)


@pytest.mark.parametrize(
    ("pack", "kind", "sentence"),
    [
        ("ng-nin-sim", "visitor", "visitor (of individual): name, document_type, document_number; by passport with the visa page; good through the day on the document or permit"),
        ("ng-nin-sim", "diplomat", "diplomat (of individual): document_type, document_number; by passport with the letter of request of the mission"),
        ("ph-ra11934", "visitor", "visitor (of individual): name, document_type, document_number; by passport; good through 30 days after it"),
    ],
)  # fmt: skip
def test_the_shipped_kinds_are_shown_with_their_forms(pack, kind, sentence):
    found = {one.kind: one.sentence for one in form_summaries(load_pack(pack))}

    assert found[kind] == sentence
    assert sentence in " ".join(invoke("law", "test", pack).stdout.split())
    forms = json.loads(invoke("law", "test", pack, "--json").stdout)["forms"]
    assert kind in [one["kind"] for one in forms]


def test_a_summary_shows_what_comes_from_the_kind_that_it_is_of():
    found = {one.kind: one for one in form_summaries(read_text(with_kinds(TOURIST, INSTITUTION)))}

    assert found["tourist"].asked == found["individual"].asked
    assert found["institution"].asked == found["company"].asked
    assert found["institution"].documents == ("other",)


def test_the_law_page_names_a_kind_its_documents_and_its_last_day():
    page = law_page(read_text(with_kinds(VISITOR, TOURIST)), language="zh-hans", on=ON)

    assert '<h3 class="govuk-heading-s">短期停留者</h3>' in page
    assert "签证页" in page
    assert "the last day on the document or permit" in page
    assert "days after the registration: 30" in page
    assert "the same is asked as of" in page


@pytest.mark.parametrize(
    ("after", "summary", "page"),
    [
        ("", "the end of the month of coming of age", "the end of the month in which the subscriber comes of age"),
        ("after: {n: 90, unit: day}, ", "the end of the month 90 days after coming of age",
         "days after the subscriber comes of age, then to the end of the month: 90"),
        ("after: {n: 1, unit: month}, ", "the end of the month 1 month after coming of age",
         "months after the subscriber comes of age, then to the end of the month: 1"),
    ],
)  # fmt: skip
def test_a_last_day_at_majority_is_shown_with_its_time(after, summary, page):
    pack = read_text(with_kinds(until_majority(after)))

    assert {one.kind: one.last_day for one in form_summaries(pack)}["pupil"] == summary
    assert page in law_page(pack, language="en", on=ON)


def test_the_label_of_a_kind_is_escaped_once():
    page = law_page(
        read_text(with_kinds(TOURIST.replace("A tourist", "Tourists <b> & others"))), language="en", on=ON
    )

    assert "Tourists &lt;b&gt; &amp; others" in page
