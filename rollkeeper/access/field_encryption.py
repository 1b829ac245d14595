# SPDX-License-Identifier: EUPL-1.2
"""Seals short texts that an app keeps in the register for itself, under a secret of the instance, one key for each purpose."""

import base64
from functools import cache
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

INVALID: Final = InvalidToken
"""Raised if the value was made by something else or with another key."""


def encrypt(text: str, *, secret: str, purpose: bytes) -> str:
    """Return the sealed text to store."""
    return _cipher(secret, purpose).encrypt(text.encode()).decode()


def decrypt(kept: str, *, secret: str, purpose: bytes) -> str:
    """Return the text. Raises: INVALID."""
    return _cipher(secret, purpose).decrypt(kept.encode()).decode()


@cache
def _cipher(secret: str, purpose: bytes) -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose)
    return Fernet(base64.urlsafe_b64encode(derive.derive(secret.encode())))
