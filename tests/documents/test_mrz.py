# SPDX-License-Identifier: EUPL-1.2
"""Machine-readable zones: the specimens of ICAO Doc 9303 (its invented state Utopia), and what is wrong with others."""

import datetime as dt

import pytest

from rollkeeper.documents.mrz import birth, check_digit, check_mrz, expiry, looks_like_mrz, read_zone
from rollkeeper.documents.verdicts import Reason, Verdict

ON = dt.date(2012, 3, 1)
TD3 = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"
TD1 = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"
TD2 = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6"
MRV_A = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL8988901C4XXX4009078F96121096ZE184226B<<<<<<"
MRV_B = "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nL8988901C4XXX4009078F9612109<<<<<<<<"


@pytest.mark.parametrize(("text", "number"), [(TD3, "L898902C3"), (TD1, "D23145890"), (TD2, "D23145890")])
def test_the_specimens_are_valid(text, number):
    checked = check_mrz(text, on=ON)

    assert (checked.verdict, checked.normalised) == (Verdict.VALID, number)


@pytest.mark.parametrize("code", ["PD", "PO", "PS"])
def test_a_diplomatic_or_service_passport_is_a_passport(code):
    checked = check_mrz(TD3.replace("P<", code, 1), on=ON)

    assert (checked.verdict, checked.normalised) == (Verdict.VALID, "L898902C3")


@pytest.mark.parametrize("text", [MRV_A, MRV_B])
def test_the_specimen_visas_are_valid_on_their_own_day(text):
    assert check_mrz(text, on=dt.date(1996, 12, 10)).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("on", "reasons"),
    [(dt.date(2012, 4, 14), ()), (dt.date(2012, 4, 15), ()), (dt.date(2012, 4, 16), (Reason.EXPIRED,))],
)
def test_a_document_holds_through_its_last_day(on, reasons):
    assert check_mrz(TD3, on=on).reasons == reasons


@pytest.mark.parametrize("text", [TD1, TD2, TD3])
def test_every_changed_character_of_the_checked_part_is_noticed(text):
    lines = text.split("\n")
    checked_line = 0 if text is TD1 else 1
    first = 5 if text is TD1 else 0

    noticed = []
    for place in range(first, first + 10):
        line = lines[checked_line]
        values = (
            "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # neighbours: weights and modulus miss tens, as I for 8
        )
        changed = values[(values.find(line[place]) + 1) % 36]
        lines_now = [*lines]
        lines_now[checked_line] = line[:place] + changed + line[place + 1 :]
        noticed.append(check_mrz("\n".join(lines_now), on=ON).verdict is not Verdict.VALID)

    assert all(noticed)


def test_a_long_number_of_an_identity_card_is_read_whole():
    number = "D23145890734"
    first = f"I<UTO{number[:9]}<{number[9:]}{check_digit(number)}<<<<<<<<<<<"
    second = "7408122F1204159UTO<<<<<<<<<<<"
    whole = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    text = f"{first}\n{second}{check_digit(whole)}\nERIKSSON<<ANNA<MARIA<<<<<<<<<<"

    checked = check_mrz(text, on=ON)

    assert (checked.verdict, checked.normalised) == (Verdict.VALID, number)


def test_an_empty_personal_number_may_carry_a_filler_for_its_digit():
    line = "L898902C36UTO7408122F1204159<<<<<<<<<<<<<<<"
    text = f"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n{line}{check_digit(line[0:10] + line[13:20] + line[21:43])}"

    assert check_mrz(text, on=ON).verdict is Verdict.VALID


def test_a_birth_of_which_only_the_year_is_known_is_read():
    born = "74<<<<"
    line = f"L898902C36UTO{born}{check_digit(born)}F1204159<<<<<<<<<<<<<<<"
    text = f"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\n{line}{check_digit(line[0:10] + line[13:20] + line[21:43])}"

    assert check_mrz(text, on=ON).verdict is Verdict.VALID


@pytest.mark.parametrize(
    "spoilt",
    [
        TD3.replace("\n", "\r\n"), TD3.replace("\n", ""), TD3.lower(), " " + TD3.replace("\n", " \n\n "),
        TD3.replace("<<", "«"),
    ],
)  # fmt: skip
def test_a_zone_pasted_untidily_is_read(spoilt):
    assert looks_like_mrz(spoilt)
    assert check_mrz(spoilt, on=ON).verdict is Verdict.VALID


@pytest.mark.parametrize("code", ["CHN", "NPL", "D<<", "XXA", "UNO", "RKS", "GBN"])
def test_states_and_the_additions_of_the_standard_are_known(code):
    assert Reason.UNKNOWN_STATE not in check_mrz(TD3.replace("UTO", code), on=ON).reasons


@pytest.mark.parametrize("code", ["ZZZ", "QQQ", "<<<", "DDD"])
def test_a_state_that_nobody_knows_asks_for_a_second_look(code):
    checked = check_mrz(TD3.replace("UTO", code), on=ON)

    assert (checked.verdict, checked.reasons) == (Verdict.DOUBTFUL, (Reason.UNKNOWN_STATE,))


@pytest.mark.parametrize(
    ("born", "on", "reasons"),
    [
        ("120301", dt.date(2012, 2, 29), ()),
        ("120301", dt.date(2012, 3, 1), ()),
        ("120301", dt.date(2012, 3, 2), ()),
        ("991231", dt.date(2012, 3, 1), ()),
        ("000229", dt.date(2012, 3, 1), ()),
        ("010229", dt.date(2012, 3, 1), (Reason.BIRTH_DATE_IMPOSSIBLE,)),
        ("7413<<", dt.date(2012, 3, 1), (Reason.BIRTH_DATE_IMPOSSIBLE,)),
        ("<<<<<<", dt.date(2012, 3, 1), ()),
        ("74<<08", dt.date(2012, 3, 1), (Reason.BIRTH_DATE_IMPOSSIBLE,)),
    ],
)
def test_a_birth_lies_last_before_the_day(born, on, reasons):
    assert check_mrz(passport(born=born), on=on).reasons == reasons


@pytest.mark.parametrize(
    ("born", "on", "year"),
    [
        ("120301", dt.date(2012, 2, 29), 1912),
        ("120301", dt.date(2012, 3, 1), 2012),
        ("120301", dt.date(2012, 3, 2), 2012),
        ("990101", dt.date(2012, 3, 1), 1999),
        ("000101", dt.date(2099, 1, 1), 2000),
    ],
)
def test_the_century_of_a_birth_is_the_last_that_can_be(born, on, year):
    assert birth(read_zone(passport(born=born)), on=on).year == year


@pytest.mark.parametrize(
    ("expires", "on", "year"),
    [
        ("620301", dt.date(2012, 3, 1), 2062),
        ("630301", dt.date(2012, 3, 1), 1963),
        ("990101", dt.date(2012, 3, 1), 1999),
        ("050101", dt.date(2098, 3, 1), 2105),
        ("480101", dt.date(2098, 3, 1), 2048),
    ],
)
def test_the_century_of_an_expiry_is_the_nearest(expires, on, year):
    assert expiry(read_zone(passport(expires=expires)), on=on).year == year


@pytest.mark.parametrize(
    "name", ["ERIKSSON<<ANNA<MARIA", "TASHI", "DE<LA<CRUZ<<JOSE", "A<<B"]
)  # fmt: skip
def test_names_with_fillers_where_the_standard_has_them_are_usual(name):
    assert check_mrz(passport(name=name), on=ON).verdict is Verdict.VALID


@pytest.mark.parametrize("name", ["<ERIKSSON<<ANNA", "ERIKSSON<<<ANNA", "ERIKS5ON<<ANNA", "A<<B<<<<C", ""])
def test_names_with_fillers_or_digits_where_it_has_none_are_unusual(name):
    assert Reason.UNUSUAL_FORM in check_mrz(passport(name=name), on=ON).reasons


def test_a_zone_without_a_number_is_doubtful():
    assert Reason.EMPTY in check_mrz(passport(number="<<<<<<<<<"), on=ON).reasons


def test_what_a_zone_says_does_not_show_in_its_repr():
    assert "ERIKSSON" not in repr(read_zone(TD3))


def passport(*, number="L898902C3", born="740812", expires="120415", name="ERIKSSON<<ANNA<MARIA"):
    second = "".join(
        (
            number,
            check_digit(number),
            "UTO",
            born,
            check_digit(born),
            "F",
            expires,
            check_digit(expires),
            "<" * 15,
        )
    )
    second += check_digit(second[0:10] + second[13:20] + second[21:43])
    return f"{'P<UTO' + name:<<44}\n{second}"


@pytest.mark.parametrize("text", ["", "P<UTO", TD3[:-1], TD3 + "\n" + TD3, "é" * 44 + "\n" + "<" * 44])
def test_what_is_no_zone_is_invalid(text):
    assert check_mrz(text, on=ON).verdict is Verdict.INVALID
