# SPDX-License-Identifier: EUPL-1.2
"""The signature that proves that a public half is this instance's own; a seal-only process can verify it but not make it.

::

    signature (64) = Ed25519( "rollkeeper/public-half" || 00 || kind || 00 || number (4) || public half )
    kind           = "epoch" | "capture"

The signing key is in `secrets/public-keys.key`, which no app gets; the verification key is in `secrets/public-keys.pub`, which
sealing apps get. Neither is kept elsewhere: if they are lost, `setup` makes new ones and signs again every half that the root
proves to be this instance's.
"""

import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rollkeeper.kernel.settings import data_dir
from rollkeeper.vault import wire
from rollkeeper.vault.errors import RootMissing
from rollkeeper.vault.key_files import read_keys, write_keys

_NAME = "public-keys"


def ensure_signing_key() -> None:
    """Ensure that there is a signing key and, next to it, its verification key. Again: nothing."""
    if not _key_file().exists():
        write_keys(_key_file(), {_NAME: secrets.token_bytes(wire.KEY_BYTES)})
    public = {_NAME: _key().public_key().public_bytes_raw()}
    if not _public_file().exists() or read_keys(_public_file()) != public:
        write_keys(_public_file(), public)


def sign_public_key(kind: str, number: int, public_key: bytes) -> bytes:
    """Sign one of this instance's public halves."""
    ensure_signing_key()
    return _key().sign(_text(kind, number, public_key))


def is_genuine(kind: str, number: int, public_key: bytes, signature: bytes) -> bool:
    """Tell whether this instance signed a public half."""
    try:
        return _is_signed(read_keys(_public_file())[_NAME], signature, _text(kind, number, public_key))
    except RootMissing:
        return False


@lru_cache(maxsize=8)
def _is_signed(by: bytes, signature: bytes, text: bytes) -> bool:
    # Every sealing asks about the same public half.
    try:
        Ed25519PublicKey.from_public_bytes(by).verify(signature, text)
    except InvalidSignature:
        return False
    return True


def _text(kind: str, number: int, public_key: bytes) -> bytes:
    return b"rollkeeper/public-half\x00" + kind.encode() + b"\x00" + number.to_bytes(4) + public_key


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(read_keys(_key_file())[_NAME])


def _key_file() -> Path:
    return data_dir() / "secrets" / "public-keys.key"


def _public_file() -> Path:
    return data_dir() / "secrets" / "public-keys.pub"
