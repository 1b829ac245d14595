# SPDX-License-Identifier: EUPL-1.2
"""Cosignatures of witnesses under a checkpoint (c2sp.org/tlog-cosignature): how they read, and whether they are right.

Pure: text in, values out. Readers of the published ledger check them with the auditor's own code.

— witness.example BA8S5P…       base64 of: key ID 4 bytes || seconds since 1970, 8 bytes, big-endian || signature

key 04, Ed25519      64 bytes over     "cosignature/v1" 0A "time " seconds 0A || the checkpoint's text
key 06, ML-DSA-44    2,420 bytes over  "subtree/v1" 0A 00 || name || seconds 8 || origin || 0 8 || size 8 || root 32
                                       (name and origin behind their length, 1 byte; numbers big-endian)
key ID               SHA-256( name || 0A || 04 or 06 || public key ), its first 4 bytes
"""

import base64
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PublicKey

from rollkeeper.ledger.notes import Head

_ED25519 = 4
_DASH = "\u2014 "
_KEY_ID_BYTES = 4
_STAMP_END = _KEY_ID_BYTES + 8


@dataclass(frozen=True, slots=True)
class WitnessKey:
    """The key by which a cosignature is recognised and checked."""

    name: str
    key_id: bytes
    kind: int
    public: bytes


@dataclass(frozen=True, slots=True)
class Cosignature:
    """A valid cosignature: its witness, its instant (seconds since 1970), and its line under the checkpoint."""

    name: str
    at_s: int
    line: str


def witness_key(vkey: str) -> WitnessKey:
    """Read a verifier key that the settings have found right."""
    name, _, encoded = vkey.split("+", 2)
    raw = base64.b64decode(encoded)
    return WitnessKey(name, sha256(f"{name}\n".encode() + raw).digest()[:_KEY_ID_BYTES], raw[0], raw[1:])


def cosignature(lines: Iterable[str], *, head: Head, key: WitnessKey) -> Cosignature | None:
    """Return the newest valid cosignature of one witness among signature lines; skip the lines of others."""
    found = [one for line in lines if (one := _read(line, head=head, key=key))]
    return max(found, key=lambda one: one.at_s, default=None)


def with_cosignatures(note: str, lines: Iterable[str]) -> str:
    """Return the checkpoint with these lines in the place of older ones by the same keys."""
    text, _, there = note.rpartition("\n\n")
    kept = {_mark(line): line for line in [*there.splitlines(), *lines]}
    return "\n".join([text, "", *kept.values()]) + "\n"


def signature_lines(note: str) -> list[str]:
    """Return the signature lines of a note."""
    return note.rpartition("\n\n")[2].splitlines()


def _read(line: str, *, head: Head, key: WitnessKey) -> Cosignature | None:
    name, raw = _parts(line)
    at_s = int.from_bytes(raw[_KEY_ID_BYTES:_STAMP_END], "big")
    if name != key.name or raw[:_KEY_ID_BYTES] != key.key_id or not 0 < at_s < 1 << 63:
        return None
    try:
        if key.kind == _ED25519:
            signed = f"cosignature/v1\ntime {at_s}\n{head.text()}".encode()
            Ed25519PublicKey.from_public_bytes(key.public).verify(raw[_STAMP_END:], signed)
        else:
            tree = signed_tree(head, name=name, at_s=at_s)
            MLDSA44PublicKey.from_public_bytes(key.public).verify(raw[_STAMP_END:], tree)
    except InvalidSignature:
        return None
    return Cosignature(name, at_s, line)


def signed_tree(head: Head, *, name: str, at_s: int) -> bytes:
    """Return what a witness signs with ML-DSA-44: the tree from its first entry to its last."""
    parts = [b"subtree/v1\n\x00", _short(name), at_s.to_bytes(8, "big"), _short(head.origin), bytes(8)]
    return b"".join([*parts, head.size.to_bytes(8, "big"), head.root])


def _short(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(1, "big") + raw


def _mark(line: str) -> tuple[str, bytes]:
    name, raw = _parts(line)
    return name, raw[:_KEY_ID_BYTES]


def _parts(line: str) -> tuple[str, bytes]:
    name, _, encoded = line.removeprefix(_DASH).partition(" ")
    try:
        return name, base64.b64decode(encoded, validate=True)
    except ValueError:  # a sign outside ASCII raises this and no binascii.Error
        return name, b""
