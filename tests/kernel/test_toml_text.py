# SPDX-License-Identifier: EUPL-1.2
"""A file that an operator wrote is changed: its content becomes right in every case, its comments stay where that can be."""

import datetime as dt
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollkeeper.kernel.toml_text import changed_toml, toml_text

VALUES = st.one_of(
    st.booleans(),
    st.integers(-9, 9),
    st.text("ab #\"'\\\n=[", max_size=4),
    st.times().map(lambda one: one.replace(microsecond=0)),
    st.dates(dt.date(2012, 1, 1), dt.date(2013, 1, 1)),
    st.lists(st.integers(0, 3) | st.text("a#", max_size=2), max_size=2),
)
KEYS = st.sampled_from(["a", "b", "c d", "e.f"])
TABLES = st.dictionaries(
    KEYS, st.dictionaries(KEYS, VALUES | st.dictionaries(KEYS, VALUES, min_size=1), min_size=1)
)


@given(TABLES, TABLES)
def test_the_changed_file_says_the_new_content_whatever_it_said_before(before, after):
    commented = toml_text(before).replace("]\n[", "]\n# why\n[")

    assert without_empty(tomllib.loads(changed_toml(commented, after))) == after


def without_empty(content):
    kept = {key: without_empty(one) if isinstance(one, dict) else one for key, one in content.items()}
    return {key: one for key, one in kept.items() if one != {}}


@pytest.mark.parametrize(
    ("before", "content", "after"),
    [
        ("# x\n[a] # y\nb = 1 # z\nc = 2\n", {"a": {"b": 2, "c": 2}}, "# x\n[a] # y\nb = 2 # z\nc = 2\n"),
        ("[a]\n# why\nb = 1\n[c]\nd = 1\n", {"c": {"d": 1}}, "[a]\n# why\n[c]\nd = 1\n"),
        ("[a]\nb = 1\n[c]\nd = 1\n", {"c": {"d": 1}}, "[c]\nd = 1\n"),
        ("a.b = 1 # x\na.c = 2\n", {"a": {"b": 1, "c": 3}}, "a.b = 1 # x\na.c = 3\n"),
        ("[a]\nb = {c = 1} # x\n", {"a": {"b": {"c": 2}}}, "[a]\nb = {c = 2} # x\n"),
        ("[a.b]\nc = 1 # x\n[d]\ne = 1\n[a.f]\ng = 1\n", {"a": {"b": {"c": 1}, "f": {"g": 2}}, "d": {"e": 1}},
         "[a.b]\nc = 1 # x\n[d]\ne = 1\n[a.f]\ng = 2\n"),
    ],
)  # fmt: skip
def test_what_did_not_change_keeps_its_place_its_comments_and_its_spelling(before, content, after):
    assert changed_toml(before, content) == after
