# SPDX-License-Identifier: EUPL-1.2
"""How lists of one plain type are sent to PostgreSQL, as binary arrays.

psycopg looks at every value of a list and makes two objects for each list of each statement. A registration sends some forty lists of one
value each, and preparing them took longer than the server's work. psycopg itself still sends all other lists.
"""

import struct
from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any, Final
from uuid import UUID

from psycopg import DataError
from psycopg.abc import DumperKey
from psycopg.adapt import Dumper, PyFormat
from psycopg.pq import Format
from psycopg.types.array import ListBinaryDumper

_NULL: Final = b"\xff\xff\xff\xff"
# The head of an array: its dimensions, whether a value is null, the type of a value, the number of values, the index of the first.
_head: Final = struct.Struct("!iIIii").pack
_length: Final = struct.Struct("!i").pack


def _text(value: str) -> bytes:
    if "\0" in value:
        raise DataError("PostgreSQL text fields cannot contain NUL (0x00) bytes")
    return value.encode()


_PLAIN: Final[dict[Any, tuple[int, int, Callable[[Any], bytes]]]] = {
    bytes: (17, 1001, bytes),
    str: (25, 1009, _text),
    UUID: (2950, 2951, lambda value: value.bytes),
    bool: (16, 1000, lambda value: b"\1" if value else b"\0"),
    2: (21, 1005, lambda value: value.to_bytes(2, signed=True)),
    4: (23, 1007, lambda value: value.to_bytes(4, signed=True)),
    8: (20, 1016, lambda value: value.to_bytes(8, signed=True)),
}
"""For each type: its number in PostgreSQL, the number of an array of it, how to write a value. Whole numbers are listed by their bytes."""


class PlainListDumper(ListBinaryDumper):
    """Sends a flat list of one plain type, with or without None; leaves every other list to psycopg."""

    def get_key(self, obj: list[Any], format: PyFormat) -> DumperKey:  # noqa: A002 - as psycopg calls it
        """Return the key under which psycopg keeps the dumper of such a list."""
        plain = _plain_type(obj)
        return super().get_key(obj, format) if plain is None else ("plain", plain)  # type: ignore[return-value]

    def upgrade(self, obj: list[Any], format: PyFormat) -> Any:  # noqa: A002 - as psycopg calls it
        """Return the dumper of such a list."""
        plain = _plain_type(obj)
        return super().upgrade(obj, format) if plain is None else _OfType(plain)


class _OfType(Dumper):
    format = Format.BINARY

    def __init__(self, plain: Any) -> None:
        super().__init__(list)
        self._element, self.oid, self._write = _PLAIN[plain]

    def dump(self, obj: list[Any]) -> bytes:
        parts, write, has_null = [b""], self._write, False
        for value in obj:
            if value is None:
                has_null = True
                parts.append(_NULL)
            else:
                written = write(value)
                parts += _length(len(written)), written
        parts[0] = _head(1, has_null, self._element, len(obj), 1)
        return b"".join(parts)


def _plain_type(values: Sequence[Any]) -> Any:
    types = set(map(type, values)) - {NoneType}
    (found,) = types if len(types) == 1 else (None,)
    if found is not int:
        return found if found in _PLAIN else None
    numbers = [value for value in values if value is not None]
    low, high = min(numbers), max(numbers)
    return next(
        (size for size in (2, 4, 8) if -(1 << 8 * size - 1) <= low and high < 1 << 8 * size - 1), None
    )
