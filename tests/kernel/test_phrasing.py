"""Days, lists, brackets, lengths of time and articles are written as the reader's language does."""

import datetime as dt

import pytest
from django.utils import translation

from rollkeeper.kernel.phrasing import (
    bracketed,
    cite,
    colon,
    gap,
    listed,
    write_day,
    write_period,
    write_report_period,
)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("1", "第一条"), ("10", "第十条"), ("11", "第十一条"), ("20", "第二十条"), ("42", "第四十二条"),
        ("100", "第一百条"), ("105", "第一百零五条"), ("110", "第一百一十条"), ("154", "第一百五十四条"),
        ("1024", "第1024条"),
    ],
)  # fmt: skip
def test_a_chinese_statute_is_cited_in_characters(number, written):
    with translation.override("zh-hans"):
        assert cite(number) == written


def test_other_languages_cite_in_figures():
    with translation.override("en"):
        assert (cite("154"), cite("2 ¶1"), cite("operator's rule 4")) == (
            "art. 154",
            "art. 2 ¶1",
            "operator's rule 4",
        )
        assert (cite(None), cite(""), cite("Section 7(2)")) == ("", "", "Section 7(2)")


@pytest.mark.parametrize(
    ("language", "joined", "in_brackets", "after_a_label"),
    [("en", "a, b", " (a)", ": "), ("zh-hans", "a、b", "（a）", "：")],
)
def test_lists_brackets_and_labels_have_the_marks_of_the_language(
    language, joined, in_brackets, after_a_label
):
    with translation.override(language):
        assert (listed(["a", "b"]), bracketed("a"), bracketed(""), colon()) == (
            joined,
            in_brackets,
            "",
            after_a_label,
        )


@pytest.mark.parametrize(
    ("language", "units", "written"),
    [
        ("en", (1, 0, 0), "1 year"), ("en", (2, 6, 0), "2 years and 6 months"), ("en", (0, 0, 90), "90 days"),
        ("en", (0, 0, 0), "0 days"), ("zh-hans", (1, 0, 0), "1 年"), ("zh-hans", (1, 6, 0), "1 年 6 个月"),
        ("bo", (1, 0, 0), "ལོ་ 1"),
    ],
)  # fmt: skip
def test_a_length_of_time_has_no_unit_that_is_zero(language, units, written):
    years, months, days = units
    with translation.override(language):
        assert write_period(years=years, months=months, days=days) == written


@pytest.mark.parametrize(("language", "written"), [("en", "1 March 2012"), ("zh-hans", "2012年3月1日")])
def test_a_day_is_written_as_the_pages_do(language, written):
    with translation.override(language):
        assert write_day(dt.date(2012, 3, 1)) == written
        assert write_day(dt.datetime(2012, 3, 1, 9, 30, tzinfo=dt.UTC)).startswith(written)


def test_only_the_last_label_of_a_tibetan_list_keeps_its_stroke():
    with translation.override("bo"):
        assert listed(["མིང་ཆ་ཚང་།", "སྡོད་གནས།", "ཨང་གྲངས།"]) == "མིང་ཆ་ཚང་དང་ སྡོད་གནས་དང་ ཨང་གྲངས།"
        assert listed(["འཕྲིན་ཐུང་།", "ཡི་གེ", "ཁ་པར།"]) == "འཕྲིན་ཐུང་དང་ ཡི་གེ་དང་ ཁ་པར།"
        assert listed(["a", "b"]) == "a དང་ b"


@pytest.mark.parametrize(
    ("language", "quarter", "year"),
    [
        ("en", "2012-Q1", "2012"),
        ("zh-hans", "2012年第1季度", "2012年"),
        ("bo", "2012 ལོའི་དུས་ཚིགས་ 1 པ།", "2012 ལོ།"),
    ],
)
def test_a_period_of_the_reports_is_named_in_the_language(language, quarter, year):
    with translation.override(language):
        assert (write_report_period("2012-Q1"), write_report_period("2012")) == (quarter, year)


def test_tibetan_has_words_where_english_has_a_comma_and_a_sign():
    with translation.override("bo"):
        assert write_day(dt.datetime(2012, 3, 20, 16, 41)) == "2012 ལོའི་ཟླ་ 3 པའི་ཚེས་ 20 ཆུ་ཚོད་ 16:41"
        assert cite("2 ¶1") == "དོན་ཚན་ 2 ནང་གསེས་ 1"


@pytest.mark.parametrize(("language", "parted"), [("en", " "), ("zh-hans", ""), ("bo", " ")])
def test_a_chinese_sentence_needs_no_space_after_it(language, parted):
    with translation.override(language):
        assert gap() == parted
