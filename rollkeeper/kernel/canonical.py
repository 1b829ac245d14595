# SPDX-License-Identifier: EUPL-1.2
"""One value, one sequence of bytes: JSON as RFC 8785 (JCS) writes it, and its hash.

Everything that is signed, hashed or compared is encoded here, so that two programs in two languages agree on the bytes. Dates and
instants become ISO 8601 text, ids become their text.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import rfc8785


def canonical_bytes(value: object) -> bytes:
    """Return the UTF-8 bytes of `value` in the JSON Canonicalization Scheme. Refuses floats: no law needs them."""
    return rfc8785.dumps(_plain(value))


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 of `data` as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def instant_text(instant: dt.datetime) -> str:
    """Write an aware instant in UTC with milliseconds: ``2012-03-02T01:00:00.000Z``."""
    return instant.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03d}Z"


def _plain(value: Any) -> Any:
    match value:
        case dt.datetime():
            return instant_text(value)
        case dt.date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case float():
            raise TypeError("canonical bytes hold no floats")
        case _:
            return value
