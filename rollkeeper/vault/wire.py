# SPDX-License-Identifier: EUPL-1.2
"""The bytes: how an attribute is sealed under a person's key, and a person's key or a line's value to an epoch.

The package's docstring draws the formats. This module knows no database, no file and no clock, so that golden tests can pin its
formats. Everything that does not open raises one opaque error.
"""

import hashlib
import hmac
import os
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from rollkeeper.vault.errors import CannotOpen

VERSION = 1
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 6
KIND_SYMMETRIC = 1
KIND_PUBLIC = 2
MLKEM_PUBLIC_BYTES = 1184
SUITE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

_ATTRIBUTE = b"rollkeeper/attribute\x00" + bytes([VERSION])
_COPY = b"rollkeeper/document-copy\x00" + bytes([VERSION])
_COPY_PADDED_TO_BYTES = 4096
_VERSION_BYTE = bytes([VERSION])
_OF_SIM_BYTE = bytes([2])
_END = b"\x80"
_MARKED_END = b"\x80\x01"


class Sealer(Protocol):
    """Seals secrets to one epoch, each bound to its context."""

    def seal(self, secrets: Sequence[bytes], *, contexts: Sequence[bytes]) -> list[bytes]:
        """Return an envelope for each secret."""
        ...


def random_keys(count: int) -> list[bytes]:
    """Make so many keys of 32 random bytes with one call of the system."""
    noise = os.urandom(KEY_BYTES * count)
    return [noise[i : i + KEY_BYTES] for i in range(0, len(noise), KEY_BYTES)]


def random_nonces(count: int) -> list[bytes]:
    """Make so many nonces of 12 random bytes with one call of the system."""
    noise = os.urandom(NONCE_BYTES * count)
    return [noise[i : i + NONCE_BYTES] for i in range(0, len(noise), NONCE_BYTES)]


def pad(value: bytes, *, to_bytes: int, marked: bool = False) -> bytes:
    """Fill a value up to a multiple of `to_bytes`: the byte 0x80, then zeros (ISO/IEC 7816-4).

    A canary's value has a byte 01 after the 80: it is recognised only by opening it.
    """
    ended = value + (_MARKED_END if marked else _END)
    return ended + bytes(-len(ended) % to_bytes)


def unpad(padded: bytes) -> bytes:
    """Remove the padding, a canary's like any other. Refuses: CannotOpen."""
    value = padded.rstrip(b"\x00")
    for end in (_END, _MARKED_END):
        if value.endswith(end):
            return value[: -len(end)]
    raise CannotOpen


def is_marked(padded: bytes) -> bool:
    """Tell whether an opened value, still padded, is a canary's."""
    return padded.rstrip(b"\x00").endswith(_MARKED_END)


# ---- attributes, under a person's key ----


def attribute_binding(person: bytes, tenure: bytes) -> bytes:
    """Return what an attribute's ciphertext is bound to, without the field's name, which follows it."""
    return _ATTRIBUTE + person + tenure


def attribute_sealer(key: bytes, *, binding: bytes) -> Callable[[bytes, bytes, bytes], bytes]:
    """Return a function that seals under one person's key: it takes the nonce, the padded value and the field's name."""
    encrypt = AESGCM(key).encrypt

    def seal(nonce: bytes, padded: bytes, field: bytes) -> bytes:
        return _VERSION_BYTE + nonce + encrypt(nonce, padded, binding + field)

    return seal


def open_attribute(key: bytes, sealed: bytes, *, binding: bytes, field: bytes) -> bytes:
    """Open one attribute and remove its padding. Refuses: CannotOpen."""
    return unpad(open_padded_attribute(key, sealed, binding=binding, field=field))


def open_padded_attribute(key: bytes, sealed: bytes, *, binding: bytes, field: bytes) -> bytes:
    """Open one attribute, still padded. Refuses: CannotOpen."""
    if sealed[:1] != _VERSION_BYTE:
        raise CannotOpen
    return _decrypt(key, sealed[1:], binding + field)


def of_another_sim(sealed: bytes, sim: int) -> bytes:
    """Return a sealed attribute as one of another SIM, under that SIM's own key."""
    return _OF_SIM_BYTE + sim.to_bytes(2) + sealed[1:]


def sim_of(sealed: bytes) -> tuple[int | None, bytes]:
    """Return the number of an attribute's later SIM, None if the record's own key seals it; and the attribute in the usual form."""
    if sealed[:1] != _OF_SIM_BYTE:
        return None, sealed
    return int.from_bytes(sealed[1:3]), _VERSION_BYTE + sealed[3:]


def seal_copy(key: bytes, copy: bytes, *, person: bytes, tenure: bytes, position: int) -> bytes:
    """Seal one copy of a document under a key; its length says only how many pages of 4 KiB it fills."""
    nonce = os.urandom(NONCE_BYTES)
    padded = pad(copy, to_bytes=_COPY_PADDED_TO_BYTES)
    binding = _COPY + person + tenure + bytes([position])
    return _VERSION_BYTE + nonce + AESGCM(key).encrypt(nonce, padded, binding)


def open_copy(key: bytes, sealed: bytes, *, person: bytes, tenure: bytes, position: int) -> bytes:
    """Open one copy of a document. Refuses: CannotOpen."""
    if sealed[:1] != _VERSION_BYTE:
        raise CannotOpen
    return unpad(_decrypt(key, sealed[1:], _COPY + person + tenure + bytes([position])))


def commitment(key: bytes, *, person: bytes, tenure: bytes) -> str:
    """Return a person's commitment for the ledger: it can be computed again only while the person's key exists.

    ::

        salt        HKDF-Expand(person's key, "rollkeeper/commitment"), 32 bytes; disclosing it opens nothing
        commitment  HMAC-SHA-256(salt, person_id (16) || tenure_id (16)), as 64 hexadecimal digits
    """
    inner = expand(key, b"rollkeeper/commitment")
    return hmac.digest(inner, person + tenure, "sha256").hex()


def expand(key: bytes, purpose: bytes) -> bytes:
    """Derive a key of 32 bytes for one purpose: HKDF-Expand with SHA-256 (RFC 5869), one block."""
    return hmac.digest(key, purpose + b"\x01", "sha256")


# ---- secrets, to an epoch ----


def person_key_context(person: bytes, tenure: bytes) -> bytes:
    """Return what a wrapped person's key is bound to."""
    return b"rollkeeper/person-key\x00" + person + tenure


def line_value_context(line: bytes, field: bytes) -> bytes:
    """Return what a line's sealed value is bound to."""
    return b"rollkeeper/line-value\x00" + line + field


def offline_context(submission_key: str, ticket: bytes) -> bytes:
    """Return the context that an offline registration is bound to: its key, and the ticket with the user and time."""
    return b"rollkeeper/capture\x00" + ticket + submission_key.encode()


def header(kind: int, epoch_id: int) -> bytes:
    """Return the six bytes that open every envelope."""
    return bytes([VERSION, kind]) + epoch_id.to_bytes(4)


def epoch_of(envelope: bytes) -> int:
    """Return the epoch to which an envelope is sealed. Refuses: CannotOpen."""
    if len(envelope) < HEADER_BYTES or envelope[0] != VERSION:
        raise CannotOpen
    return int.from_bytes(envelope[2:HEADER_BYTES])


class SymmetricSealer:
    """Seals in the vault's own process, where the epoch's secret is at hand (kind 1)."""

    def __init__(self, epoch_id: int, key: bytes) -> None:
        self._header = header(KIND_SYMMETRIC, epoch_id)
        self._encrypt = AESGCM(key).encrypt

    def seal(self, secrets: Sequence[bytes], *, contexts: Sequence[bytes]) -> list[bytes]:
        """Return an envelope of kind 1 for each secret."""
        head, encrypt = self._header, self._encrypt
        return [
            head + nonce + encrypt(nonce, secret, head + context)
            for nonce, secret, context in zip(random_nonces(len(secrets)), secrets, contexts, strict=True)
        ]


class PublicSealer:
    """Seals with the epoch's public half alone, and cannot open the result (kind 2)."""

    def __init__(self, epoch_id: int, public_key: bytes) -> None:
        self._header = header(KIND_PUBLIC, epoch_id)
        self._public = _public(public_key)

    def seal(self, secrets: Sequence[bytes], *, contexts: Sequence[bytes]) -> list[bytes]:
        """Return an envelope of kind 2 for each secret: HPKE in one shot, the context in its `info`."""
        head, public = self._header, self._public
        return [
            head + SUITE.encrypt(secret, public, info=head + context)
            for secret, context in zip(secrets, contexts, strict=True)
        ]


@lru_cache(maxsize=4)
def _public(key: bytes) -> MLKEM768X25519PublicKey:
    """Read a public key, once for all that an epoch seals."""
    return MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(key[:MLKEM_PUBLIC_BYTES]),
        X25519PublicKey.from_public_bytes(key[MLKEM_PUBLIC_BYTES:]),
    )


class EpochSecret:
    """The secret half of an epoch: 32 bytes out of which all its keys are derived. Lives as long as a call needs it."""

    __slots__ = ("__secret", "epoch_id")

    def __init__(self, epoch_id: int, secret: bytes) -> None:
        self.epoch_id = epoch_id
        self.__secret = secret

    def __repr__(self) -> str:
        return f"<secret of epoch {self.epoch_id}>"

    def public_key(self) -> bytes:
        """Return the public half: 1184 bytes of ML-KEM-768, then 32 of X25519."""
        mlkem, x25519 = self._halves()
        return mlkem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()

    def is_of(self, public_key: bytes) -> bool:
        """Tell whether this is the secret half of a public one."""
        return self.public_key() == public_key

    def person_key_sealer(self) -> SymmetricSealer:
        """Return the sealer of people's keys, in this process."""
        return SymmetricSealer(self.epoch_id, self._key_of("person-keys"))

    def line_value_sealer(self) -> SymmetricSealer:
        """Return the sealer of lines' values, in this process."""
        return SymmetricSealer(self.epoch_id, self._key_of("line-values"))

    def open_person_key(self, envelope: bytes, *, context: bytes) -> bytes:
        """Return a person's key. Refuses: CannotOpen."""
        return self.open_all([envelope], contexts=[context], symmetric="person-keys")[0] or _refuse()

    def open_person_keys(
        self, envelopes: Sequence[bytes], *, contexts: Sequence[bytes]
    ) -> list[bytes | None]:
        """Return people's keys; None for each that cannot be opened."""
        return self.open_all(envelopes, contexts=contexts, symmetric="person-keys")

    def open_line_values(
        self, envelopes: Sequence[bytes], *, contexts: Sequence[bytes]
    ) -> list[bytes | None]:
        """Return lines' values, still padded; None for each that cannot be opened."""
        return self.open_all(envelopes, contexts=contexts, symmetric="line-values")

    def open_offline(self, envelope: bytes, *, context: bytes) -> bytes:
        """Return what a browser sealed, still padded. Only the public kind: offline registrations are sealed in no other way.
        Refuses: CannotOpen.
        """
        if envelope[:2] != bytes([VERSION, KIND_PUBLIC]):
            raise CannotOpen
        return self.open_all([envelope], contexts=[context], symmetric="captures")[0] or _refuse()

    def open_all(
        self, envelopes: Sequence[bytes], *, contexts: Sequence[bytes], symmetric: str
    ) -> list[bytes | None]:
        """Open envelopes of either kind; None for each that cannot be opened."""
        opener = _Opener(self.epoch_id, AESGCM(self._key_of(symmetric)), self._private_key)
        return [opener.open(e, c) for e, c in zip(envelopes, contexts, strict=True)]

    def _key_of(self, purpose: str) -> bytes:
        return expand(self.__secret, b"rollkeeper/epoch/" + purpose.encode())

    def _halves(self) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
        seed = HKDFExpand(SHA256(), 64, b"rollkeeper/epoch/ml-kem-768").derive(self.__secret)
        return MLKEM768PrivateKey.from_seed_bytes(seed), X25519PrivateKey.from_private_bytes(
            self._key_of("x25519")
        )

    def _private_key(self) -> MLKEM768X25519PrivateKey:
        return MLKEM768X25519PrivateKey(*self._halves())


class _Opener:
    def __init__(
        self, epoch_id: int, symmetric: AESGCM, private: Callable[[], MLKEM768X25519PrivateKey]
    ) -> None:
        self._heads = {header(kind, epoch_id): kind for kind in (KIND_SYMMETRIC, KIND_PUBLIC)}
        self._symmetric = symmetric
        self._private = cache(private)  # derived once, when the first envelope of kind 2 comes

    def open(self, envelope: bytes, context: bytes) -> bytes | None:
        head, body = envelope[:HEADER_BYTES], envelope[HEADER_BYTES:]
        try:
            match self._heads.get(head):
                case 1:
                    return self._symmetric.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], head + context)
                case 2:
                    return SUITE.decrypt(body, self._private(), info=head + context)
                case _:
                    return None
        except (InvalidTag, ValueError):
            return None


# ---- under one symmetric key, for the root ----


def encrypt(key: bytes, secret: bytes, *, context: bytes) -> bytes:
    """Return nonce, ciphertext and tag of one secret."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, secret, context)


def decrypt(key: bytes, body: bytes, *, context: bytes) -> bytes:
    """Open what `encrypt` returned. Refuses: CannotOpen."""
    return _decrypt(key, body, context)


def fingerprint(public_key: bytes) -> str:
    """Return the SHA-256 of a public half, by which people compare it."""
    return hashlib.sha256(public_key).hexdigest()


def _decrypt(key: bytes, body: bytes, associated: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], associated)
    except (InvalidTag, ValueError):
        raise CannotOpen from None


def _refuse() -> bytes:
    raise CannotOpen
