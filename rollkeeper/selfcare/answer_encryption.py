# SPDX-License-Identifier: EUPL-1.2
"""Encrypts an answer to the requesting process: HPKE (RFC 9180), X25519, HKDF-SHA256, AES-256-GCM.

The private half of the key is made for one request, exists only in that process's memory and ends with the request: no one else can
open the answer that is stored briefly in the register, and no one can open it later.
"""

import json
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_PADDED_TO_BYTES: Final = 4096
"""Answers are padded to a multiple of this, so that their length says little about their content."""


class InvalidKey(ValueError):
    """The value is not the public half of a key."""


def new_key() -> X25519PrivateKey:
    """Make the key of one request."""
    return X25519PrivateKey.generate()


def seal_answer(answer: dict[str, Any], *, public_key: bytes, request_id: UUID) -> bytes:
    """Seal an answer to the public half, bound to the request. Raises InvalidKey."""
    clear = json.dumps(answer, ensure_ascii=False).encode()
    clear += b" " * (-len(clear) % _PADDED_TO_BYTES)
    try:
        public = X25519PublicKey.from_public_bytes(public_key)
        return bytes(_SUITE.encrypt(clear, public, info=b"rollkeeper/answer" + request_id.bytes))
    except ValueError:
        raise InvalidKey from None


def open_answer(sealed: bytes, *, key: X25519PrivateKey, request_id: UUID) -> dict[str, Any]:
    """Open an answer."""
    clear = _SUITE.decrypt(sealed, key, info=b"rollkeeper/answer" + request_id.bytes)
    read: dict[str, Any] = json.loads(clear)
    return read
