# SPDX-License-Identifier: EUPL-1.2
"""The root of trust: what wraps the secret of an epoch, and what keys the blind index.

Two small interfaces, because a web app needs the second and must not come near the first. The implementation here keeps both in
files of mode 0600 inside the instance; a key service (`vault.transit`) and a token (`vault.pkcs11`) implement the same
interfaces.

`secrets/root.key` has a line a version of the wrapping key and one for the index; destroying a version makes every
epoch that it wrapped unreadable, in every copy of the store of keys. `secrets/index.key` can be made again from it.
"""

import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

from rollkeeper.kernel.settings import data_dir
from rollkeeper.vault import wire
from rollkeeper.vault.errors import CannotOpen, RootMissing
from rollkeeper.vault.key_files import read_keys, write_keys
from rollkeeper.vault.pkcs11 import Pkcs11Root
from rollkeeper.vault.settings import settings

_WARNING = """\
A root of trust was made: {file}
With this file and both stores, every record that is not erased can be read; without it, none can be read again. Keep a copy away
from this machine and away from every backup of the stores. For real people use a key service.\
"""
_INDEX = "index"


class RootOfTrust(Protocol):
    """Wraps and unwraps secrets, each bound to a context, under a key that has versions."""

    def ensure(self) -> None:
        """Make the root where this instance has none yet and may make one."""
        ...

    def wrap(self, secret: bytes, *, context: bytes) -> bytes:
        """Return the secret under the newest version."""
        ...

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Return the secret. Refuses: CannotOpen."""
        ...

    def begin_version(self) -> None:
        """Make a new version; what is wrapped from now on is under it."""
        ...

    def destroy_older_versions(self) -> None:
        """Destroy every version but the newest."""
        ...


class IndexKey(Protocol):
    """Makes keyed hashes for exact look-ups, and nothing else."""

    def digests(self, messages: Sequence[bytes]) -> list[bytes]:
        """Return the HMAC-SHA-256 of each message."""
        ...


class FileRoot:
    """A root of trust in a file: for demos and for small operators who keep the file's copy apart."""

    def wrap(self, secret: bytes, *, context: bytes) -> bytes:
        """Return version byte, version of the root, nonce, ciphertext and tag."""
        newest, key = max(self._versions().items())
        head = wire.header(0, newest)
        return head + wire.encrypt(key, secret, context=head + context)

    def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Return the secret. Refuses: CannotOpen, also if the version is destroyed."""
        head, body = wrapped[: wire.HEADER_BYTES], wrapped[wire.HEADER_BYTES :]
        key = self._versions().get(wire.epoch_of(wrapped))
        if key is None or head != wire.header(0, wire.epoch_of(wrapped)):
            raise CannotOpen
        return wire.decrypt(key, body, context=head + context)

    def ensure(self) -> None:
        """Make the file and the index's file next to it if missing, and log it."""
        if not root_file().exists():
            fresh = {name: secrets.token_bytes(wire.KEY_BYTES) for name in (_INDEX, "1")}
            write_keys(root_file(), fresh)
            from rollkeeper.kernel.console import err  # imported only here: web apps load this module too

            err.print(_WARNING.format(file=root_file()), style="bold red", markup=False)
        if not index_file().exists():
            seed = read_keys(root_file())[_INDEX]
            write_keys(index_file(), {_INDEX: wire.expand(seed, b"rollkeeper/blind-index")})

    def begin_version(self) -> None:
        """Add a line to the file."""
        kept = read_keys(root_file())
        kept[str(max(self._versions()) + 1)] = secrets.token_bytes(wire.KEY_BYTES)
        write_keys(root_file(), kept)

    def destroy_older_versions(self) -> None:
        """Rewrite the file with only the newest version."""
        kept = read_keys(root_file())
        newest = str(max(self._versions()))
        write_keys(root_file(), {_INDEX: kept[_INDEX], newest: kept[newest]})

    def _versions(self) -> dict[int, bytes]:
        return {int(name): key for name, key in read_keys(root_file()).items() if name != _INDEX}


class TokenRoot(Pkcs11Root):
    """A token as the root, with the key of the blind index in a file, since an app must not have the token's PIN."""

    def ensure(self) -> None:
        """Make the wrapping key in the token and the index's file next to it, if missing."""
        super().ensure()
        if not index_file().exists():
            write_keys(index_file(), {_INDEX: wire.expand(self.index_seed(), b"rollkeeper/blind-index")})


class FileIndexKey:
    """The key of the blind index in its own file, which an app may read."""

    def __init__(self) -> None:
        file = index_file()
        self._begun = _begun(file, _stamp(file))

    def digests(self, messages: Sequence[bytes]) -> list[bytes]:
        """Return the HMAC-SHA-256 of each message."""
        found = []
        for message in messages:
            one = self._begun.copy()
            one.update(message)
            found.append(one.finalize())
        return found


@lru_cache(maxsize=1)
def _begun(file: Path, stamp: tuple[int, ...]) -> HMAC:
    """Return an HMAC with its key and no message yet, made once as long as the file does not change."""
    del stamp
    return HMAC(read_keys(file)[_INDEX], SHA256())


def _stamp(file: Path) -> tuple[int, ...]:
    try:
        found = file.stat()
    except OSError as fault:
        raise RootMissing(file=file) from fault
    return found.st_ino, found.st_mtime_ns, found.st_size


def root_of_trust() -> RootOfTrust:
    """Return the root of trust of this instance: the token or the key service that its settings name, or the file."""
    url = settings().root_url
    if url is None:
        return FileRoot()
    if url.startswith("pkcs11:"):
        return TokenRoot(url, pin_file=data_dir() / "secrets" / "root.pin")
    from rollkeeper.vault.transit import TransitRoot  # only a key service needs a client of HTTP

    return TransitRoot(url, token_file=data_dir() / "secrets" / "root.token")


def index_key(*, as_app: bool = False) -> IndexKey:
    """Return the key of the blind index; a key service gets this process's token or, with `as_app`, the apps'. Refuses: RootMissing."""
    url = settings().root_url
    if url is None or url.startswith("pkcs11:"):
        return FileIndexKey()
    roots = data_dir() / "secrets" / "root.token"  # commands have it, no app does
    in_bulk = roots.exists() and not as_app
    from rollkeeper.vault.transit import TransitIndexKey

    return TransitIndexKey(
        url, token_file=roots if in_bulk else data_dir() / "secrets" / "index.token", in_bulk=in_bulk
    )


def root_file() -> Path:
    """Return where the root of trust lies."""
    return data_dir() / "secrets" / "root.key"


def index_file() -> Path:
    """Return where the key of the blind index lies."""
    return _index_file(data_dir())


@lru_cache(maxsize=1)
def _index_file(folder: Path) -> Path:
    # One request of a page asks for this several times: the path is joined only once.
    return folder / "secrets" / "index.key"
