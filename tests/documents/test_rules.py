# SPDX-License-Identifier: EUPL-1.2
"""Numbers of documents: what is valid, what asks for a second look, what cannot be."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_11_2

from rollkeeper.documents.rules import RESIDENT_CARD, check_number, is_known_type
from rollkeeper.documents.verdicts import Reason, Verdict

ON = dt.date(2012, 3, 1)


def card(body: str) -> str:
    return body + mod_11_2.calc_check_digit(body)


def check(text: str, on: dt.date = ON):
    return check_number(RESIDENT_CARD, text, on)


@pytest.mark.parametrize("ending", ["X", "x", "Ｘ", "Ⅹ", "ⅹ", "×", "Х"])
def test_a_card_that_ends_in_x_is_one_number_however_the_x_was_typed(ending):
    checked = check("11010519491231002" + ending)

    assert (checked.verdict, checked.normalised) == (Verdict.VALID, "11010519491231002X")


@pytest.mark.parametrize(
    "text",
    [
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105-19491231-002x",
        "༡༡༠༡༠༥༡༩༤༩༡༢༣༡༠༠༢X",
    ],
)
def test_digits_of_every_width_and_script_and_any_separator_are_one_number(text):
    assert check(text).normalised == "11010519491231002X"


def test_the_old_form_is_the_same_person_as_the_new_one_and_is_refused_to_nobody():
    checked = check("110105491231002")

    assert (checked.verdict, checked.normalised) == (Verdict.VALID, "11010519491231002X")
    assert checked.reasons == (Reason.OLD_FORM,)


def test_a_centenarian_of_the_old_form_was_born_in_the_nineteenth_century():
    assert check("110105991231996").normalised.startswith("11010518991231996")


@pytest.mark.parametrize("born", ["00000000", "00000100", "00000101"])
def test_a_card_of_the_year_0_is_refused_like_any_date_that_never_was(born):
    assert check(card(f"110101{born}001")).reasons == (Reason.BIRTH_DATE_IMPOSSIBLE,)


def test_a_wrong_check_digit_asks_for_a_second_look_and_is_no_wall():
    checked = check("110105194912310021")

    assert (checked.verdict, checked.reasons) == (Verdict.DOUBTFUL, (Reason.CHECK_DIGIT,))


@pytest.mark.parametrize("region", ["810000", "820000", "830000", "110118", "540199", "999999", "000000"])
def test_no_living_person_is_refused_for_the_region_in_their_number(region):
    assert check(card(region + "19900101001")).verdict is Verdict.VALID


def test_a_region_that_no_list_knows_is_advice():
    assert check(card("00000019900101001")).reasons == (Reason.REGION_UNKNOWN,)


@pytest.mark.parametrize("born", ["18000101", "20990101"])
def test_nobody_alive_was_born_in_1800_or_2099(born):
    assert check(card(f"110105{born}001")).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("on", "verdict"),
    [
        (dt.date(2012, 2, 29), Verdict.INVALID),
        (dt.date(2012, 3, 1), Verdict.VALID),
        (dt.date(2012, 3, 2), Verdict.VALID),
    ],
)
def test_a_person_can_be_registered_from_the_day_of_birth(on, verdict):
    assert check(card("11010520120301001"), on).verdict is verdict


@pytest.mark.parametrize("born", ["19500000", "19500400"])
def test_an_unknown_birth_day_is_doubtful_and_never_refused(born):
    checked = check(card(f"542122{born}001"))

    assert (checked.verdict, checked.reasons) == (Verdict.DOUBTFUL, (Reason.BIRTH_DATE_PARTIAL,))


def test_a_birth_date_of_another_calendar_is_doubtful_and_never_refused():
    assert check(card("54212219500230001")).verdict is Verdict.DOUBTFUL


@pytest.mark.parametrize("text", ["", "   ", "1234", "A" * 18, "1" * 19, "1" * 100_000])
def test_what_is_no_number_of_a_card_is_invalid(text):
    assert check(text).verdict is Verdict.INVALID


@pytest.mark.parametrize(
    ("kind", "text", "verdict"),
    [
        ("passport", "E12345678", Verdict.VALID),
        ("passport", "e 1234 5678", Verdict.VALID),
        ("passport-nep", "01234567", Verdict.VALID),
        ("passport-d", "C01X00T47", Verdict.VALID),
        ("Passport_NEP", "01234567", Verdict.VALID),
        ("identity-card-uto", "D23145890734", Verdict.VALID),
        ("identity-card-d", "T22000129", Verdict.VALID),
        ("identity-card", "1", Verdict.DOUBTFUL),
        ("identity-card", "身份证12345", Verdict.INVALID),
        ("passport", "ABCDEFGH", Verdict.DOUBTFUL),
        ("passport", "A1", Verdict.DOUBTFUL),
        ("passport", "护照12345", Verdict.INVALID),
        ("cn-business-licence", "91110000600037341L", Verdict.VALID),
        ("cn-business-licence", "91110000600037341M", Verdict.DOUBTFUL),
        ("in-aadhaar", "234123412346", Verdict.VALID),
        ("monastery-letter", "Letter 7", Verdict.DOUBTFUL),
        ("xx-yy", "7", Verdict.DOUBTFUL),
        ("../etc", "7", Verdict.DOUBTFUL),
    ],
)
def test_other_documents_are_checked_as_far_as_a_rule_is_known(kind, text, verdict):
    assert check_number(kind, text, ON).verdict is verdict


def test_the_outcome_of_a_check_does_not_show_the_number():
    assert "1949" not in repr(check("11010519491231002X"))


@given(st.text(max_size=40), st.sampled_from([RESIDENT_CARD, "passport", "cn-uscc", "es-nie", "other"]))
def test_no_text_whatever_makes_a_check_fail(text, kind):
    assert check_number(kind, text, ON).verdict in set(Verdict)


@given(
    st.dates(dt.date(1900, 1, 1), dt.date(2012, 2, 29)),
    st.integers(1, 999),
    st.sampled_from(["542122", "330106"]),
)
def test_every_wellformed_card_of_a_person_of_today_is_valid(born, sequence, region):
    assert check(card(f"{region}{born:%Y%m%d}{sequence:03d}")).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("kind", "known"),
    [
        ("identity-card-uto", True), ("identity-card-tashi", False), ("cn-resident-card", True), ("passport", True), ("passport-npl", True), ("in-aadhaar", True), ("cn-uscc", True),
        ("other", True), ("tashi", False), ("tashi-dorje", False), ("cn-dorje", False), ("zz-dorje", False), ("", False),
    ],
)  # fmt: skip
def test_a_name_in_the_wrong_column_is_no_type_of_document(kind, known):
    assert is_known_type(kind) is known
