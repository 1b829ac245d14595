# SPDX-License-Identifier: EUPL-1.2
"""Many rows at once into either store: PostgreSQL's binary COPY, its tuples made ready beforehand.

Made ready beforehand, because a COPY that waits for cryptography runs into the statement timeout; and by hand, because
adapting each value takes longer than sealing it.

    tuple = number of columns (2 bytes), then for each column its length (4 bytes) and its bytes, all big-endian
"""

from collections.abc import Sequence

from django.db import connections

_SIGNATURE = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER = b"\xff\xff"


MAX_INLINE_ROWS = 16
"""Up to this many rows, more than one act at a counter makes, go as arrays in one statement: a COPY needs two round trips."""


def columns_of(tuples: Sequence[bytes]) -> list[list[bytes]]:
    """Return the columns of tuples that were made ready for a COPY, none of them NULL."""
    return [list(column) for column in zip(*map(_values_of, tuples), strict=True)]


def _values_of(made: bytes) -> list[bytes]:
    values, at = [], 2
    for _ in range(int.from_bytes(made[:2])):
        ends = at + 4 + int.from_bytes(made[at : at + 4])
        values.append(made[at + 4 : ends])
        at = ends
    return values


def copy_binary(statement: str, tuples: Sequence[bytes], *, using: str) -> None:
    """Send tuples through ``COPY … FROM STDIN (FORMAT BINARY)`` on one of Django's connections."""
    connections[using].ensure_connection()
    with connections[using].connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(_SIGNATURE + b"".join(tuples) + _TRAILER)
