# SPDX-License-Identifier: EUPL-1.2
"""OpenBao's Transit engine as the root of trust: the wrapping key and the index key never leave it.

Two keys, `rollkeeper-epochs` and `rollkeeper-index`, made once by the operator of the service. Processes that open have a token
for both, web apps only one for the second; `ops/openbao/` defines what each token may do. Tokens are in files, which the
service's own agent renews. The bytes wrapped are the service's text, `vault:v<version>:<base64>`.
"""

import json
import re
import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from itertools import batched
from pathlib import Path
from typing import Any, Final

import urllib3

from rollkeeper.kernel.deadlines import HttpExchanges, why_no_answer
from rollkeeper.vault.errors import CannotOpen, KeyServiceRefused, RootMissing

EPOCHS_KEY = "rollkeeper-epochs"
INDEX_KEY = "rollkeeper-index"
INDEX_KEY_VERSION = 1
"""The index's key keeps one version for ever: with another, nothing that is recorded would be found."""
_TIMEOUT_SECONDS = 30
_DIGESTS_AT_ONCE = 400
"""OpenBao refuses a request with over 1,000 texts in it, the names of its fields among them."""
_LARGEST_BYTES = 16 << 20
_DONE = range(200, 300)
_BAD_REQUEST = 400
_BUSY = 429
_WAITS_SECONDS = (0.1, 0.3, 1.0, 1.0, 1.0)
_WRAPPED: Final = re.compile(r"vault:v[1-9][0-9]{0,8}:[A-Za-z0-9+/]{40,4000}={0,2}")
_HMAC: Final = re.compile(rf"vault:v{INDEX_KEY_VERSION}:([A-Za-z0-9+/]{{43}}=)")
"""The form of an answer. Any other answer would be stored as a wrapped secret, or give two numbers the same hash."""


class Transit:
    """One OpenBao, spoken to with one token."""

    def __init__(self, url: str, *, token_file: Path) -> None:
        self._url, self._token_file = url.rstrip("/"), token_file
        self._exchanges = HttpExchanges(largest_bytes=_LARGEST_BYTES)

    def ask(self, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Post a request, or read where there is no body. Refuses: KeyServiceRefused, RootMissing."""
        text = self._patiently(path, None if body is None else json.dumps(body).encode())
        data = _read(text).get("data") if text else {}
        if not isinstance(data, dict):
            raise self.no_answer()
        return data

    def no_answer(self) -> KeyServiceRefused:
        """Return the refusal of an answer that no key service gives. It repeats nothing of the answer."""
        return self._refusal("its answer is none")

    def _patiently(self, path: str, body: bytes | None) -> bytes:
        """Send a request, and again a little later while the service's limit on requests is reached."""
        headers = {"X-Vault-Token": self._token(), "Content-Type": "application/json"}
        for wait in (*_WAITS_SECONDS, None):
            try:
                status, text = self._exchanges.ask(
                    "GET" if body is None else "POST", f"{self._url}/v1/transit/{path}", body=body, headers=headers,
                    within_s=_TIMEOUT_SECONDS,
                )  # fmt: skip
            except urllib3.exceptions.HTTPError as fault:
                raise self._refusal(why_no_answer(fault)) from None
            if status in _DONE:
                return text
            if status != _BUSY or wait is None:
                is_its_own = isinstance(_read(text).get("errors"), list)  # else a program in between answered
                raise self._refusal(f"status {status}", status=status if is_its_own else None)
            time.sleep(wait)
        raise self._refusal("busy")

    def _token(self) -> str:
        try:
            return self._token_file.read_text("ascii").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise RootMissing(file=self._token_file) from fault

    def _refusal(self, why: str, *, status: int | None = None) -> KeyServiceRefused:
        return KeyServiceRefused(url=self._url, why=why, token_file=self._token_file, status=status)


class TransitRoot:
    """The root of trust in a key service: a copy of this machine does not contain it."""

    def __init__(self, url: str, *, token_file: Path) -> None:
        self._transit = Transit(url, token_file=token_file)

    def ensure(self) -> None:
        """Check that the key exists: only the operator of the service makes one. Refuses: KeyServiceRefused."""
        self._versions()

    def wrap(self, secret: bytes, *, context: bytes) -> bytes:
        """Return the service's text for the secret under the newest version."""
        asked = {"plaintext": _text(secret), "associated_data": _text(context)}
        wrapped = self._transit.ask(f"encrypt/{EPOCHS_KEY}", asked).get("ciphertext")
        if not isinstance(wrapped, str) or not _WRAPPED.fullmatch(wrapped):
            raise self._transit.no_answer()
        return wrapped.encode()

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Return the secret. Refuses: CannotOpen, also if the version is destroyed; KeyServiceRefused."""
        asked = {"ciphertext": wrapped.decode("ascii", "replace"), "associated_data": _text(context)}
        try:
            return b64decode(self._transit.ask(f"decrypt/{EPOCHS_KEY}", asked)["plaintext"], validate=True)
        except KeyServiceRefused as fault:
            if fault.facts["status"] == _BAD_REQUEST:
                raise CannotOpen from None
            raise
        except (KeyError, TypeError, ValueError):
            raise self._transit.no_answer() from None

    def begin_version(self) -> None:
        """Have the service make a new version."""
        self._transit.ask(f"keys/{EPOCHS_KEY}/rotate", {})

    def destroy_older_versions(self) -> None:
        """Make the service refuse every older version, then trim them permanently."""
        newest = self._versions()
        self._transit.ask(
            f"keys/{EPOCHS_KEY}/config", {"min_decryption_version": newest, "min_encryption_version": newest}
        )
        self._transit.ask(f"keys/{EPOCHS_KEY}/trim", {"min_available_version": newest})

    def _versions(self) -> int:
        newest = self._transit.ask(f"keys/{EPOCHS_KEY}").get("latest_version")
        if type(newest) is not int or newest < 1:
            raise self._transit.no_answer()
        return newest


class TransitIndexKey:
    """The key of the blind index, used over the wire: an attacker who controls an app can use it at the service's rate, not steal
    it.

    The service limits requests, and one request can contain thousands. So batch requests are refused for an app's token
    (`ops/openbao/index.hcl`): it sends one at a time. Only the root's token may send batches.
    """

    def __init__(self, url: str, *, token_file: Path, in_bulk: bool) -> None:
        self._transit = Transit(url, token_file=token_file)
        self._in_bulk = in_bulk

    def digests(self, messages: Sequence[bytes]) -> list[bytes]:
        """Return the HMAC-SHA-256 of each message."""
        if not self._in_bulk:
            return [self._ask_one(message) for message in messages]
        return [digest for some in batched(messages, _DIGESTS_AT_ONCE) for digest in self._ask(some)]

    def _ask_one(self, message: bytes) -> bytes:
        asked = {"input": _text(message), "key_version": INDEX_KEY_VERSION}
        return self._digest(self._transit.ask(f"hmac/{INDEX_KEY}/sha2-256", asked))

    def _ask(self, messages: Sequence[bytes]) -> list[bytes]:
        asked = {"batch_input": [{"input": _text(m)} for m in messages], "key_version": INDEX_KEY_VERSION}
        results = self._transit.ask(f"hmac/{INDEX_KEY}/sha2-256", asked).get("batch_results")
        if not isinstance(results, list) or len(results) != len(messages):
            raise self._transit.no_answer()
        return [self._digest(result) for result in results]

    def _digest(self, result: object) -> bytes:
        said = result.get("hmac") if isinstance(result, dict) else None
        found = _HMAC.fullmatch(said) if isinstance(said, str) else None
        if found is None:
            raise self._transit.no_answer()
        return b64decode(found[1])


def _read(text: bytes) -> dict[str, Any]:
    """Return the object in an answer; an empty one if the answer is not an object."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _text(data: bytes) -> str:
    return b64encode(data).decode("ascii")
