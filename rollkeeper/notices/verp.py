# SPDX-License-Identifier: EUPL-1.2
"""The address to which mail servers report about one message: a mailbox of ours with a tag that reveals nothing.

    NAME+TAG@DOMAIN    TAG = base32, small letters: attempt's id (16 bytes) and HMAC-SHA256(secret, id)[:12]

The tag is in the envelope of that one message. Only a person who saw the message or its channel knows it, so a report sent to a
valid tag is about that message. The secret is 32 random bytes in ``secrets/bounces.key``, made on first use.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import Final
from uuid import UUID

from rollkeeper.kernel.files import made_once
from rollkeeper.kernel.settings import data_dir

_MAC_BYTES: Final = 12
_TAG: Final = re.compile(r"[^\s<>@+]{1,64}\+([a-z2-7]{45})@[^\s<>@]+", re.IGNORECASE)


def return_address(mailbox: str, *, attempt_id: UUID, secret: bytes) -> str:
    """Return the address for reports about one attempt."""
    name, _, domain = mailbox.rpartition("@")
    tag = base64.b32encode(attempt_id.bytes + _mac(attempt_id.bytes, secret)).decode().rstrip("=").lower()
    return f"{name}+{tag}@{domain}"


def attempts_named(text: str, *, secret: bytes) -> set[UUID]:
    """Return the attempts whose return addresses occur in a text; addresses with an invalid tag are ignored."""
    found = set()
    for tag in _TAG.findall(text):
        octets = base64.b32decode(tag.upper() + "===")
        if hmac.compare_digest(octets[16:], _mac(octets[:16], secret)):
            found.add(UUID(bytes=octets[:16]))
    return found


def return_secret() -> bytes:
    """Return the secret of this instance's tags, made on first use, in a file of mode 0600."""
    file = data_dir() / "secrets" / "bounces.key"
    return base64.b64decode(made_once(file, lambda: base64.b64encode(secrets.token_bytes(32)) + b"\n"))


def _mac(octets: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, octets, hashlib.sha256).digest()[:_MAC_BYTES]
