# SPDX-License-Identifier: EUPL-1.2
"""Rows of a chunk as PostgreSQL's binary COPY takes them, made before the transaction begins.

    tuple = number of columns (2 bytes), then for each column its length (4 bytes; -1: NULL) and its bytes, big-endian
    text  = UTF-8    boolean = 1 byte    bigint = 8 bytes    date = days since 2000-01-01 (4 bytes)    uuid = 16 bytes
    array = dimensions, whether any value is null, type, how many, the number of the first (4 bytes each); then each value as a column

Adapting each value takes longer than sealing it, so tuples are put together from parts; what many lines share (service,
day, region) is made once.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
_EPOCH = dt.date(2000, 1, 1).toordinal()
_NULL = b"\xff\xff\xff\xff"
_UUID = (16).to_bytes(4)
_LINE_COLUMNS = (15).to_bytes(2)
_CHUNK_COLUMNS = (3).to_bytes(2)
_ARRAY_OF_UUIDS = (1).to_bytes(4) + (0).to_bytes(4) + (2950).to_bytes(4)
_FALSE, _TRUE = b"\x00\x00\x00\x01\x00", b"\x00\x00\x00\x01\x01"
_FIRST_VERSION = (8).to_bytes(4) + (1).to_bytes(8)


def line_tuples(
    ids: Sequence[bytes],
    middles: Sequence[bytes],
    number_indexes: Sequence[bytes],
    numbers_sealed: Sequence[bytes],
    contacts_sealed: Sequence[bytes | None],
    contact_kinds: Sequence[str | None],
) -> list[bytes]:
    """Return tuples for `lines/sql/copy_lines.sql`."""
    head = _LINE_COLUMNS + _UUID
    index_length = len(number_indexes[0]).to_bytes(4) if number_indexes else b""
    ends: _Made[int] = _Made(lambda length: length.to_bytes(4))
    kinds: _Made[str | None] = _Made(_text)
    return [
        head
        + line
        + middle
        + index_length
        + index
        + ends[len(sealed)]
        + sealed
        + (_NULL if contact is None else _bytes(contact))
        + kinds[kind]
        for line, middle, index, sealed, contact, kind in zip(
            ids, middles, number_indexes, numbers_sealed, contacts_sealed, contact_kinds, strict=True
        )
    ]


def index_tuples(indexes: Sequence[bytes], ids: Sequence[bytes]) -> list[bytes]:
    """Return tuples for `lines/sql/copy_numbers.sql` and `lines/sql/copy_references.sql`."""
    if not indexes:
        return []
    head = b"\x00\x02" + len(indexes[0]).to_bytes(4)
    return [head + index + _UUID + line for index, line in zip(indexes, ids, strict=True)]


def chunk_tuple(import_id: UUID, rows_before: int, line_ids: Sequence[bytes]) -> bytes:
    """Return the tuple for `imports/sql/copy_chunk.sql`."""
    values = _UUID + _UUID.join(line_ids)
    array = _ARRAY_OF_UUIDS + len(line_ids).to_bytes(4) + (1).to_bytes(4) + values
    return _CHUNK_COLUMNS + _UUID + import_id.bytes + _bytes(rows_before.to_bytes(8)) + _bytes(array)


def middles(
    services: Sequence[str],
    states: Sequence[str],
    registered: Sequence[bool],
    essential: Sequence[bool],
    days: Sequence[dt.date],
    languages: Sequence[str | None],
    regions: Sequence[str | None],
    payments: Sequence[str],
) -> list[bytes]:
    """Return the fields between a line's id and its number: service, state, version, marks, payment, day, language, region.

    Each part is made once for each different value: a part has few different values, but their combinations are many.
    """
    heads, dates, texts = _Made(_head), _Made(_date), _Made(_text)
    marks = zip(services, states, registered, essential, payments, strict=True)
    parts = (
        map(heads.__getitem__, marks),
        map(dates.__getitem__, days),
        map(texts.__getitem__, languages),
        map(texts.__getitem__, regions),
    )
    return list(map(b"".join, zip(*parts, strict=True)))


class _Made[K](dict[K, bytes]):
    """Makes the bytes of each different value once."""

    def __init__(self, make: Callable[[K], bytes]) -> None:
        super().__init__()
        self._make = make

    def __missing__(self, value: K) -> bytes:
        made = self[value] = self._make(value)
        return made


def _head(marks: tuple[str, str, bool, bool, str]) -> bytes:
    service, state, is_registered, is_essential, payment = marks
    flags = (_TRUE if is_registered else _FALSE) + _FALSE + (_TRUE if is_essential else _FALSE)
    return _text(service) + _text(state) + _FIRST_VERSION + flags + _text(payment)


def _date(day: dt.date) -> bytes:
    return (4).to_bytes(4) + (day.toordinal() - _EPOCH).to_bytes(4, signed=True)


def _text(value: str | None) -> bytes:
    return _bytes(None if value is None else value.encode())


def _bytes(value: bytes | None) -> bytes:
    return _NULL if value is None else len(value).to_bytes(4) + value
