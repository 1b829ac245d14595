# SPDX-License-Identifier: EUPL-1.2
"""Lists of one plain type reach the server as psycopg itself would send them."""

import datetime as dt
from enum import StrEnum
from uuid import UUID

import pytest
from django.db import DataError

from rollkeeper.kernel.database import prepared_rows

pytestmark = pytest.mark.usefixtures("register")


class Word(StrEnum):
    ONE = "one"


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("bytea", [b"\x00\xff", b"", None]),
        ("text", ["", "རྟ", '"{,}\\', None, "NULL"]),
        ("uuid", [UUID(int=0), UUID(int=(1 << 128) - 1), None]),
        ("boolean", [True, False, None]),
        ("integer", [0, -1, 32_767]),
        ("integer", [32_768, None, -32_769]),
        ("bigint", [-(1 << 63), (1 << 63) - 1]),
        ("bigint", [1 << 31]),
        ("numeric", [1 << 64, -1]),
        ("date", [dt.date(2012, 2, 29), None]),
        ("text", [None, None]),
        ("bytea", []),
        ("text", [Word.ONE]),
        ("integer", [[1, 2], [3, None]]),
        ("text", [["a"], ["b"]]),
    ],
    ids=str,
)
def test_a_list_comes_back_as_it_was_sent(kind, values):
    again = [prepared_rows(f"SELECT %s::{kind}[] AS found", [values])[0].found for _ in range(7)]

    assert again == [values] * 7


def test_a_flat_list_and_one_of_lists_take_turns():
    statement = "SELECT %s::text[] AS flat, %s::text[] AS nested"

    assert tuple(prepared_rows(statement, [["a"], [["b"], ["c"]]])[0]) == (["a"], [["b"], ["c"]])
    assert tuple(prepared_rows(statement, [[["b"], ["c"]], ["a"]])[0]) == ([["b"], ["c"]], ["a"])


def test_text_with_a_null_byte_is_refused_before_it_is_sent():
    with pytest.raises(DataError):
        prepared_rows("SELECT %s::text[]", [["a\0b"]])

    assert prepared_rows("SELECT 1 AS one")[0].one == 1
