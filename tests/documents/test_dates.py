# SPDX-License-Identifier: EUPL-1.2
"""Dates of which a part is unknown."""

import datetime as dt

import pytest

from rollkeeper.documents.dates import PartialDate, is_of_age, read_partial_date


@pytest.mark.parametrize("text", ["1950-00-00", "19500000", "1950-XX-XX", "1950<<<<"])
def test_a_year_alone_is_kept_as_a_year_alone(text):
    assert read_partial_date(text) == PartialDate(1950)


@pytest.mark.parametrize("text", ["1950-13-01", "1950-02-30", "1950-00-05", "50-01-01", "yesterday", ""])
def test_what_no_calendar_has_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_partial_date(text)


def test_an_unknown_day_is_settled_in_the_persons_favour():
    born = read_partial_date("1994-00-00")

    assert is_of_age(born, years=18, on=dt.date(2012, 1, 1))
    assert not is_of_age(born, years=18, on=dt.date(2012, 12, 30), claims_youth=True)


@pytest.mark.parametrize(
    ("on", "of_age"),
    [(dt.date(2014, 2, 28), False), (dt.date(2014, 3, 1), True), (dt.date(2014, 3, 2), True)],
)
def test_born_on_29_february_a_year_is_complete_on_1_march(on, of_age):
    assert is_of_age(PartialDate(1996, 2, 29), years=18, on=on) is of_age
