# SPDX-License-Identifier: EUPL-1.2
"""Checkpoints as signed notes (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), and the key that signs them.

ledger.operator.example                          origin: which log this is
70000                                            how many entries the tree holds
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=     its root, base64
                                                 (empty line: the text that is signed ends above it)
— ledger.operator.example Az3grl…                base64 of: key ID 4 bytes || Ed25519 signature 64 bytes

key ID      SHA-256( name || 0A || 01 || public key 32 bytes ), its first 4 bytes
vkey        name + "+" + key ID in hex + "+" + base64( 01 || public key )
"""

import base64
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from rollkeeper.kernel.files import made_once
from rollkeeper.kernel.settings import data_dir
from rollkeeper.ledger.errors import INVALID_CHECKPOINT
from rollkeeper.ledger.settings import settings

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_LONGEST_SIZE = 19
_DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class Head:
    """A tree at one moment: which log, how many entries, which root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def sign(head: Head, key: Ed25519PrivateKey) -> str:
    """Return the checkpoint over `head`, signed in the name of its origin."""
    return sign_text(head.text(), name=head.origin, key=key)


def sign_text(text: str, *, name: str, key: Ed25519PrivateKey) -> str:
    """Return a signed note: the text, which ends with a line break, and a signature in this name."""
    signature = base64.b64encode(key_id(name, key.public_key()) + key.sign(text.encode()))
    return f"{text}\n{_DASH}{name} {signature.decode()}\n"


def is_signed_by(note: str, *, name: str, public: Ed25519PublicKey) -> bool:
    """Tell whether the note bears a good signature of this key in this name. Signatures of others are skipped."""
    text, _, signatures = note.rpartition("\n\n")
    for line in signatures.splitlines():
        signer, _, encoded = line.removeprefix(_DASH).partition(" ")
        raw = _from_base64(encoded)
        if signer != name or raw[:_KEY_ID_BYTES] != key_id(name, public):
            continue
        try:
            public.verify(raw[_KEY_ID_BYTES:], f"{text}\n".encode())
        except InvalidSignature:
            return False
        return True
    return False


def read_head(note: str, *, file: object = "The text") -> Head:
    """Read the content of a checkpoint, from any signer. Refuses: INVALID_CHECKPOINT."""
    lines = note.rpartition("\n\n")[0].split("\n")
    if len(lines) < 3:
        raise INVALID_CHECKPOINT(file=file, why="it has fewer than three lines before its signatures")
    origin, size, root = lines[0], lines[1], _from_base64(lines[2])
    if not size.isascii() or not size.isdecimal() or len(size) > _LONGEST_SIZE or size != str(int(size)):
        raise INVALID_CHECKPOINT(file=file, why="its second line is not a number of entries")
    if not origin or len(root) != sha256().digest_size:
        raise INVALID_CHECKPOINT(
            file=file, why="it lacks an origin, or its third line is not a hash in base64"
        )
    return Head(origin, int(size), root)


def key_id(name: str, public: Ed25519PublicKey) -> bytes:
    """Return the four bytes that name a key in a signature line."""
    return sha256(name.encode() + b"\n" + _ED25519 + public.public_bytes_raw()).digest()[:_KEY_ID_BYTES]


def vkey(name: str, public: Ed25519PublicKey) -> str:
    """Return the verifier key: what outsiders need to check signatures, in one line."""
    encoded = base64.b64encode(_ED25519 + public.public_bytes_raw()).decode()
    return f"{name}+{key_id(name, public).hex()}+{encoded}"


def origin() -> str:
    """Return what this instance's log is called."""
    return settings().origin


def key_file() -> Path:
    """Return where the signing key lies."""
    return data_dir() / "secrets" / "ledger.key"


def signing_key() -> Ed25519PrivateKey:
    """Return the key that signs checkpoints, made on first use, in a file of mode 0600."""
    return kept_key(key_file())


def kept_key(file: Path) -> Ed25519PrivateKey:
    """Return the key in a file, made if missing, with mode 0600."""
    key = load_pem_private_key(made_once(file, _new_key), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{file} is not an Ed25519 key")
    return key


def _new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _from_base64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # a sign outside ASCII is no binascii.Error
        return b""
