"""One value, one sequence of bytes."""

import datetime as dt
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.kernel.canonical import canonical_bytes, instant_text

FLAT = st.dictionaries(
    st.text(max_size=8), st.one_of(st.text(), st.integers(-(2**53) + 1, 2**53 - 1), st.booleans())
)


def test_keys_are_sorted_by_their_utf_16_code_units():
    value = {
        "\u20ac": 1,
        "\r": 2,
        "\ufb33": 3,
        "1": 4,
        "\U0001f600": 5,
        "\x80": 6,
        "\xf6": 7,
    }  # RFC 8785, 3.2.3

    assert list(json.loads(canonical_bytes(value))) == [
        "\r",
        "1",
        "\x80",
        "\xf6",
        "\u20ac",
        "\U0001f600",
        "\ufb33",
    ]


@given(FLAT)
def test_the_order_in_which_a_value_was_built_leaves_no_trace(value):
    backwards = dict(reversed(value.items()))

    assert canonical_bytes(value) == canonical_bytes(backwards)


@given(FLAT)
def test_canonical_bytes_read_back_as_the_same_value(value):
    assert json.loads(canonical_bytes(value)) == value


def test_dates_instants_and_ids_become_text():
    instant = dt.datetime(2012, 3, 2, 9, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))
    reference = uuid.UUID(int=1)

    assert canonical_bytes({"a": instant, "b": instant.date(), "c": reference}) == (
        b'{"a":"2012-03-02T01:00:00.000Z","b":"2012-03-02","c":"00000000-0000-0000-0000-000000000001"}'
    )


def test_an_instant_is_cut_to_milliseconds_not_rounded():
    assert instant_text(dt.datetime(2012, 1, 1, 0, 0, 0, 999_999, tzinfo=dt.UTC)).endswith("00.999Z")


def test_a_float_is_refused_since_two_programs_may_write_it_differently():
    with pytest.raises(TypeError, match="floats"):
        canonical_bytes({"share": 0.1})
