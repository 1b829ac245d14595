# SPDX-License-Identifier: EUPL-1.2
"""A token behind PKCS#11 (a smart card, a hardware security module, SoftHSM) as the root of trust.

The wrapping key has one AES-256 key a version, made in the token, which it never leaves: label `rollkeeper-epochs`, its id the
version. Wrapped bytes have the form of a file root's (`vault.root`). One PIN opens a whole token, so an app must not have it: the key
of the blind index is derived once from a key in the token and then stored in its own file, as with a file root. Needs the extra
`pkcs11`; the PIN is in `secrets/root.pin`.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from rollkeeper.vault import wire
from rollkeeper.vault.errors import TOKEN_REFUSED, CannotOpen, RootMissing

EPOCHS_KEY = "rollkeeper-epochs"
INDEX_KEY = "rollkeeper-index"
_TAG_BITS = 8 * wire.TAG_BYTES
_KEY_BITS = 8 * wire.KEY_BYTES


class Pkcs11Root:
    """The root of trust in a token: a copy of this machine's disks does not contain it."""

    def __init__(self, url: str, *, pin_file: Path) -> None:
        self._token, self._module = parts_of(url)
        self._pin_file = pin_file

    def ensure(self) -> None:
        """Make the first version of the wrapping key where the token has none. Refuses: TOKEN_REFUSED, RootMissing."""
        with self._session() as session:
            if not list(_versions(session)):
                _make_version(session, 1)

    def wrap(self, secret: bytes, *, context: bytes) -> bytes:
        """Return version byte, version of the root, nonce, ciphertext and tag."""
        with self._session() as session:
            newest = max(_versions(session))
            head, nonce = wire.header(0, newest), secrets.token_bytes(wire.NONCE_BYTES)
            sealed: bytes = _key(session, newest).encrypt(secret, **_gcm(nonce, head + context))
            return head + nonce + sealed

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Return the secret. Refuses: CannotOpen, also if the version is destroyed; TOKEN_REFUSED."""
        from pkcs11 import exceptions

        version = wire.epoch_of(wrapped)
        head, body = wrapped[: wire.HEADER_BYTES], wrapped[wire.HEADER_BYTES :]
        if head != wire.header(0, version) or len(body) < wire.NONCE_BYTES + wire.TAG_BYTES:
            raise CannotOpen
        nonce, sealed = body[: wire.NONCE_BYTES], body[wire.NONCE_BYTES :]
        with self._session() as session:
            if version not in _versions(session):
                raise CannotOpen
            try:
                return bytes(_key(session, version).decrypt(sealed, **_gcm(nonce, head + context)))
            except (
                exceptions.EncryptedDataInvalid,
                exceptions.EncryptedDataLenRange,
                exceptions.GeneralError,
            ):
                raise CannotOpen from None

    def begin_version(self) -> None:
        """Have the token make a new version."""
        with self._session() as session:
            _make_version(session, max(_versions(session), default=0) + 1)

    def destroy_older_versions(self) -> None:
        """Have the token destroy every version but the newest."""
        with self._session() as session:
            found = _versions(session)
            for version in sorted(found)[:-1]:
                _key(session, version).destroy()

    def index_seed(self) -> bytes:
        """Return the seed of the blind index's key: an HMAC that the token makes, the same every time."""
        import pkcs11

        with self._session() as session:
            kept = {pkcs11.Attribute.LABEL: INDEX_KEY, pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY}
            key: Any = next(iter(session.get_objects(kept)), None)
            key = key or session.generate_key(
                pkcs11.KeyType.GENERIC_SECRET, _KEY_BITS, label=INDEX_KEY, store=True,
                capabilities=pkcs11.MechanismFlag.SIGN, template=_stays_inside(),
            )  # fmt: skip
            return bytes(key.sign(b"rollkeeper/blind-index", mechanism=pkcs11.Mechanism.SHA256_HMAC))

    @contextmanager
    def _session(self) -> Iterator[Any]:
        import pkcs11

        try:
            token = pkcs11.lib(self._module).get_token(token_label=self._token)
            with token.open(rw=True, user_pin=self._pin()) as session:
                yield session
        except (pkcs11.PKCS11Error, RuntimeError) as fault:
            raise TOKEN_REFUSED(token=self._token, why=type(fault).__name__, module=self._module) from None

    def _pin(self) -> str:
        try:
            return self._pin_file.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as fault:
            raise RootMissing(file=self._pin_file) from fault


def parts_of(url: str) -> tuple[str, str]:
    """Return the token's label and the path of its library out of an address (RFC 7512). Raises ValueError."""
    parts = urlsplit(url)
    named = dict(pair.split("=", 1) for pair in parts.path.split(";") if "=" in pair)
    module = parse_qs(parts.query).get("module-path", [""])[0]
    if parts.scheme != "pkcs11" or not named.get("token") or not module.startswith("/"):
        raise ValueError("write it as pkcs11:token=LABEL?module-path=/path/of/the/library.so")
    return unquote(named["token"]), module


def _versions(session: Any) -> set[int]:
    import pkcs11

    found = session.get_objects(
        {pkcs11.Attribute.LABEL: EPOCHS_KEY, pkcs11.Attribute.CLASS: pkcs11.ObjectClass.SECRET_KEY}
    )
    return {int.from_bytes(key.id) for key in found}


def _key(session: Any, version: int) -> Any:
    import pkcs11

    return session.get_key(
        object_class=pkcs11.ObjectClass.SECRET_KEY, label=EPOCHS_KEY, id=version.to_bytes(4)
    )


def _make_version(session: Any, version: int) -> None:
    import pkcs11

    session.generate_key(
        pkcs11.KeyType.AES, _KEY_BITS, label=EPOCHS_KEY, id=version.to_bytes(4), store=True,
        capabilities=pkcs11.MechanismFlag.ENCRYPT | pkcs11.MechanismFlag.DECRYPT, template=_stays_inside(),
    )  # fmt: skip


def _stays_inside() -> dict[Any, bool]:
    import pkcs11

    return {
        pkcs11.Attribute.SENSITIVE: True,
        pkcs11.Attribute.EXTRACTABLE: False,
        pkcs11.Attribute.PRIVATE: True,
    }


def _gcm(nonce: bytes, associated: bytes) -> dict[str, Any]:
    import pkcs11

    return {
        "mechanism": pkcs11.Mechanism.AES_GCM,
        "mechanism_param": pkcs11.GCMParams(nonce, aad=associated, tag_bits=_TAG_BITS),
    }
