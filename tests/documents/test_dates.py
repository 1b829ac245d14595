# SPDX-License-Identifier: EUPL-1.2
"""Dates of which a part is unknown."""

import pytest

from rollkeeper.documents.dates import PartialDate, read_partial_date


@pytest.mark.parametrize("text", ["1950-00-00", "19500000", "1950-XX-XX", "1950<<<<"])
def test_a_year_alone_is_kept_as_a_year_alone(text):
    assert read_partial_date(text) == PartialDate(1950)


@pytest.mark.parametrize(
    "text", ["1950-13-01", "1950-02-30", "1950-00-05", "50-01-01", "yesterday", "", "0000-00-00", "00000101"]
)
def test_what_no_calendar_has_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        read_partial_date(text)
