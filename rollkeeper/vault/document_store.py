# SPDX-License-Identifier: EUPL-1.2
"""Where copies of documents lie: sealed objects in a folder of the instance, or in any S3-compatible store by its address.

The register has one row for each copy, with its digest; the bytes are too large for a table. The copies of one person and tenure have
their own key (before 0.3.0: the record's key). Destroying that key destroys the copies in every store and backup, and leaves the rest of the
record; the objects themselves are removed at the same time. An app that seals may add objects and, if it has its own user, can neither
list nor read them.
"""

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from io import BytesIO
from itertools import batched
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import PersonId, TenureId
from rollkeeper.kernel.settings import data_dir
from rollkeeper.vault import copy_folder, wire
from rollkeeper.vault.errors import DOCUMENT_STORE_UNAVAILABLE, CannotOpen
from rollkeeper.vault.settings import settings

MAX_COPIES = 4
"""Copies of one document: the maximum number of pages of a file that is read."""
_LARGEST_BYTES = 64 << 20
"""More than any copy has: a longer object is not a copy, and its digest does not match."""
PREFIXES = tuple(f"{number:02x}" for number in range(256))
"""The folders of the store's first level."""
_RETRIES = dt.timedelta(seconds=8)
_PATIENCE = {"timeout": "10s", "connect_timeout": "3s"}


@dataclass(frozen=True, slots=True)
class StoredCopy:
    """A copy as the register knows it."""

    person_id: PersonId
    tenure_id: TenureId
    position: int
    digest: bytes

    @property
    def name(self) -> str:
        """Return the name of its object."""
        return name_of(self.person_id, self.tenure_id, self.position)


def name_of(person_id: PersonId, tenure_id: TenureId, position: int) -> str:
    """Return the name of an object: nothing in it but references."""
    return f"{_prefix(tenure_id)}{person_id}-{position}"


def folder() -> Path | None:
    """Return the folder of the store, None where it is elsewhere."""
    if settings().documents_url is None:
        return data_dir() / "documents"
    parts = urlsplit(settings().documents_url)
    return Path(unquote(str(parts.path))) if parts.scheme == "file" else None


def is_in(place: Path) -> bool:
    """Tell whether the store lies in this folder, and so belongs to no other instance."""
    own = folder()
    return own is not None and own.is_relative_to(place)


def keep(key: bytes, copies: Sequence[bytes], *, person_id: PersonId, tenure_id: TenureId) -> None:
    """Seal copies under their key, put them into the store, and note them in the present transaction.

    An object that was stored but not recorded is found by its tenure and removed with its key. Refuses: DOCUMENT_STORE_UNAVAILABLE.
    """
    if len(copies) > MAX_COPIES:
        raise ValueError("more copies than a document has pages")
    person, tenure = person_id.bytes, tenure_id.bytes
    for position, copy in enumerate(copies):
        sealed = wire.seal_copy(key, copy, person=person, tenure=tenure, position=position)
        try:
            _put(name_of(person_id, tenure_id, position), sealed)
        except (BaseError, OSError) as fault:
            raise DOCUMENT_STORE_UNAVAILABLE() from fault
        run(sql("vault", "note_copy"), [person_id, tenure_id, position, sha256(sealed).digest()])


def fetch(person_id: PersonId, tenure_id: TenureId, *, position: int) -> bytes:
    """Return one copy as it was sealed. Refuses: CannotOpen, DOCUMENT_STORE_UNAVAILABLE."""
    kept = next((one for one in copies_of(person_id, tenure_id) if one.position == position), None)
    if kept is None:
        raise CannotOpen
    try:
        sealed = _bytes_of(kept.name)
    except (NotFoundError, FileNotFoundError):
        raise CannotOpen from None
    except (BaseError, OSError) as fault:
        raise DOCUMENT_STORE_UNAVAILABLE() from fault
    if sha256(sealed).digest() != kept.digest:
        raise CannotOpen
    return sealed


def copies_of(person_id: PersonId, tenure_id: TenureId) -> list[StoredCopy]:
    """Return the copies that were kept of a person with a tenure."""
    found = rows(
        "SELECT person_id, tenure_id, position, digest FROM vault_copy WHERE person_id = %s AND tenure_id = %s"
        " ORDER BY position",
        [person_id, tenure_id],
        using="vault",
    )
    return [_stored_copy(row) for row in found]


def remove(pairs: Iterable[tuple[PersonId, TenureId]]) -> int:
    """Remove the objects of these persons and tenures, whose keys are already destroyed; return how many the register knows.

    Their rows go with the other rows of the record. Refuses: DOCUMENT_STORE_UNAVAILABLE.
    """
    persons, tenures = zip(*pairs, strict=True)
    found = rows(sql("vault", "copies_of"), {"persons": list(persons), "tenures": list(tenures)})
    return _delete([_stored_copy(row).name for row in found])


def remove_unrecorded(pairs: Iterable[tuple[PersonId, TenureId]]) -> int:
    """Remove objects stored for abandoned applications: no row records them. Refuses: DOCUMENT_STORE_UNAVAILABLE."""
    return sum(_delete(_names_under(_prefix(tenure_id))) for _, tenure_id in pairs)


def remove_unknown() -> int:
    """Remove objects that the register does not know: they are newer than a backup of it that was restored. Refuses: DOCUMENT_STORE_UNAVAILABLE."""
    gone = 0
    for names in _listed(""):
        gone += _delete(sorted(set(names) - known(names)))
    return gone


def known(names: Sequence[str]) -> set[str]:
    """Return which of these objects the register knows: not those of erased people."""
    return {row.name for row in rows(sql("vault", "known_copies"), {"names": list(names)})}


def look(*, newest: int = 20) -> tuple[int, list[str]]:
    """Count the copies that the register knows, and name those of the newest that the store lacks. Refuses: DOCUMENT_STORE_UNAVAILABLE."""
    (counted,) = rows("SELECT count(*) AS copies FROM vault_copy")
    found = rows(
        "SELECT person_id, tenure_id, position, digest FROM vault_copy ORDER BY tenure_id DESC LIMIT %s",
        [newest],
    )
    return int(counted.copies), [
        name for name in (_stored_copy(row).name for row in found) if not _is_there(name)
    ]


def prepare() -> None:
    """Make the store's folder, closed to other users, if the store is a folder."""
    place = folder()
    if place:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)


def _stored_copy(row: Any) -> StoredCopy:
    return StoredCopy(PersonId(row.person_id), TenureId(row.tenure_id), int(row.position), bytes(row.digest))


def _prefix(tenure_id: TenureId) -> str:
    # The last digits of such a reference are random, its first are the time: folders fill evenly.
    return f"{tenure_id.hex[-2:]}/{tenure_id}/"


def _store() -> S3Store:
    return _elsewhere(str(settings().documents_url), data_dir())


@cache
def _elsewhere(url: str, of_data_dir: Path) -> S3Store:
    file = of_data_dir / "secrets" / "documents.toml"
    secret: Any = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}
    secret.setdefault("allow_http", str(secret.get("endpoint", "")).startswith("http://"))
    options: Any = {**_PATIENCE, "allow_http": secret.pop("allow_http")}
    return S3Store.from_url(
        url, config=secret, client_options=options, retry_config={"max_retries": 2, "retry_timeout": _RETRIES}
    )


def _put(name: str, sealed: bytes) -> None:
    if place := folder():
        copy_folder.write_object(place, name, BytesIO(sealed), rights=0o777)
    else:
        obstore.put(_store(), name, sealed)


def _bytes_of(name: str) -> bytes:
    if place := folder():
        with copy_folder.open_object(place, name) as found:
            return found.read(_LARGEST_BYTES)
    read = bytearray()
    for piece in obstore.get(
        _store(), name
    ):  # an answer without an end would take all memory of the vault service
        read += memoryview(piece)
        if len(read) > _LARGEST_BYTES:
            break
    return bytes(read)


def _names_under(prefix: str) -> list[str]:
    return [name for names in _listed(prefix) for name in names]


def _listed(prefix: str) -> Iterator[list[str]]:
    try:
        if place := folder():
            for some in batched(copy_folder.names(place, prefix), 1000):
                yield list(some)
            return
        for batch in obstore.list(_store(), prefix or None, chunk_size=1000):
            yield [str(one["path"]) for one in batch]
    except (BaseError, OSError) as fault:
        raise DOCUMENT_STORE_UNAVAILABLE() from fault


def _delete(names: Sequence[str]) -> int:
    """Remove objects, some of which an interrupted run may have removed already; return how many names were given."""
    for name in names:
        try:
            if place := folder():
                copy_folder.remove_object(place, name)
            else:
                obstore.delete(_store(), name)
        except (NotFoundError, FileNotFoundError):
            continue
        except (BaseError, OSError) as fault:
            raise DOCUMENT_STORE_UNAVAILABLE() from fault
    return len(names)


def _is_there(name: str) -> bool:
    try:
        if place := folder():
            copy_folder.open_object(place, name).close()
        else:
            obstore.head(_store(), name)
    except (NotFoundError, FileNotFoundError):
        return False
    except (BaseError, OSError) as fault:
        raise DOCUMENT_STORE_UNAVAILABLE() from fault
    return True
