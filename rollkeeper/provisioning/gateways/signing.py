# SPDX-License-Identifier: EUPL-1.2
"""Signed requests to the operator's own systems, after Standard Webhooks 1.0, and the other side's check of them.

    webhook-id:         the idempotency key; the same at every try of the same command
    webhook-timestamp:  seconds since 1970 at this try
    webhook-signature:  "v1," and base64 of HMAC-SHA256(secret, id "." timestamp "." body)

The secret is 32 random bytes, written as ``whsec_`` and base64 in ``secrets/webhook.key``, made on first use. A receiver in
Python can use `Verifier` directly, others a library of that specification.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from pathlib import Path

from rollkeeper.kernel.files import made_once
from rollkeeper.kernel.settings import data_dir
from rollkeeper.provisioning.errors import REQUEST_NOT_GENUINE

TOLERANCE_S = 300
_PREFIX = "whsec_"


def sign(secret: str, *, key: str, at_s: int, body: bytes) -> dict[str, str]:
    """Return the three headers under which `body` is sent."""
    return {
        "webhook-id": key,
        "webhook-timestamp": str(at_s),
        "webhook-signature": "v1," + base64.b64encode(_mac(secret, key, at_s, body)).decode(),
    }


class Verifier:
    """The receiver's side: checks signature and age, and refuses a request that it has seen.

    A retry of the same command has a new timestamp and so a new signature: it is accepted. An identical request is refused. Seen
    requests are forgotten once they would be refused for their age. Not shared between processes.
    """

    def __init__(self, secret: str, *, tolerance_s: int = TOLERANCE_S) -> None:
        self._secret, self._tolerance_s = secret, tolerance_s
        self._seen: dict[bytes, int] = {}

    def check(self, headers: Mapping[str, str], body: bytes, *, now_s: int) -> str:
        """Return the idempotency key of a genuine request. Refuses: REQUEST_NOT_GENUINE."""
        given = {name.lower(): value for name, value in headers.items()}
        key, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
        if not key or not stamp.isascii() or not stamp.isdecimal():
            raise REQUEST_NOT_GENUINE(why="a header is missing")
        mac = _mac(self._secret, key, int(stamp), body)
        if not any(hmac.compare_digest(mac, one) for one in _signatures(given.get("webhook-signature", ""))):
            raise REQUEST_NOT_GENUINE(why="the signature does not fit")
        if abs(now_s - int(stamp)) > self._tolerance_s:
            raise REQUEST_NOT_GENUINE(why="it is too old, or from the future")
        self._remember(mac, now_s=now_s)
        return key

    def _remember(self, mac: bytes, *, now_s: int) -> None:
        self._seen = {one: until for one, until in self._seen.items() if until >= now_s}
        if mac in self._seen:
            raise REQUEST_NOT_GENUINE(why="it came before")
        self._seen[mac] = now_s + 2 * self._tolerance_s


def webhook_secret() -> str:
    """Return the secret shared with the receiver, made on first use, in a file of mode 0600."""
    text = made_once(
        webhook_secret_file(), lambda: _PREFIX.encode() + base64.b64encode(secrets.token_bytes(32)) + b"\n"
    )
    return text.decode().strip()


def webhook_secret_file() -> Path:
    """Return where the secret lies."""
    return data_dir() / "secrets" / "webhook.key"


def _mac(secret: str, key: str, at_s: int, body: bytes) -> bytes:
    shared = base64.b64decode(secret.removeprefix(_PREFIX))
    return hmac.new(shared, f"{key}.{at_s}.".encode() + body, hashlib.sha256).digest()


def _signatures(text: str) -> list[bytes]:
    found = []
    for one in text.split():
        version, _, value = one.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(value, validate=True))
            except ValueError:
                continue
    return found
