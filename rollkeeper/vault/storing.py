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


def copy_binary(statement: str, tuples: Sequence[bytes], *, using: str) -> None:
    """Send tuples through ``COPY … FROM STDIN (FORMAT BINARY)`` on one of Django's connections."""
    connections[using].ensure_connection()
    with connections[using].connection.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write(_SIGNATURE + b"".join(tuples) + _TRAILER)
