# SPDX-License-Identifier: EUPL-1.2
"""Rows of a chunk as PostgreSQL's binary COPY takes them, made before the transaction begins.

    tuple = number of columns (2 bytes), then for each column its length (4 bytes; -1: NULL) and its bytes, big-endian
    text  = UTF-8    boolean = 1 byte    bigint = 8 bytes    date = days since 2000-01-01 (4 bytes)    uuid = 16 bytes

Adapting each value takes longer than sealing it, so tuples are put together from parts; what many lines share (service,
day, region) is made once.
"""

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

SIGNATURE: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
_EPOCH = dt.date(2000, 1, 1).toordinal()
_NULL = b"\xff\xff\xff\xff"
_UUID = (16).to_bytes(4)
_LINE_COLUMNS = (13).to_bytes(2)
_FALSE, _TRUE = b"\x00\x00\x00\x01\x00", b"\x00\x00\x00\x01\x01"
_FIRST_VERSION = (8).to_bytes(4) + (1).to_bytes(8)


def line_tuples(
    ids: Sequence[bytes],
    middles: Sequence[bytes],
    number_indexes: Sequence[bytes],
    numbers_sealed: Sequence[bytes],
    contacts_sealed: Sequence[bytes | None],
) -> list[bytes]:
    """Return tuples for `import_copy_lines.sql`."""
    head = _LINE_COLUMNS + _UUID
    index_length = len(number_indexes[0]).to_bytes(4) if number_indexes else b""
    return [
        b"".join((head, line, middle, index_length, index, len(sealed).to_bytes(4), sealed, _bytes(contact)))
        for line, middle, index, sealed, contact in zip(
            ids, middles, number_indexes, numbers_sealed, contacts_sealed, strict=True
        )
    ]


def index_tuples(indexes: Sequence[bytes], ids: Sequence[bytes]) -> list[bytes]:
    """Return tuples for `import_copy_numbers.sql` and `import_copy_references.sql`."""
    if not indexes:
        return []
    head = b"\x00\x02" + len(indexes[0]).to_bytes(4)
    return [head + index + _UUID + line for index, line in zip(indexes, ids, strict=True)]


@lru_cache(maxsize=50_000)
def middle(
    service: str, activated_on: dt.date, language: str | None, region: str | None, registered: bool, protected: bool  # noqa: FBT001
) -> bytes:
    """Return what stands between a line's id and its number: state, version, marks, day, language, region."""
    return b"".join(
        (
            _text(service), _text("active"), _FIRST_VERSION, _TRUE if registered else _FALSE, _FALSE,
            _TRUE if protected else _FALSE, (4).to_bytes(4), (activated_on.toordinal() - _EPOCH).to_bytes(4, signed=True),
            _text(language), _text(region),
        )
    )  # fmt: skip


def _text(value: str | None) -> bytes:
    return _bytes(None if value is None else value.encode())


def _bytes(value: bytes | None) -> bytes:
    return _NULL if value is None else len(value).to_bytes(4) + value
