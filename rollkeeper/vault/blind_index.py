# SPDX-License-Identifier: EUPL-1.2
"""Keyed hashes: they find a whole number, document or reference again, only by an exact match.

    index = first 16 bytes of HMAC-SHA-256(index key, kind || 0x00 || normalised value in UTF-8)

**Why the key is dangerous.** There are some 10^11 telephone numbers and fewer plausible identity numbers. An attacker with the
index key *and* the table can hash them all in hours and learn which are in the register, and which line is whose. The hash hides
nothing then; the key does all the work. A salt for each row would end exact look-up.

**What limits it.** The key is in its own file (or in a key service that answers at a limited rate), in neither store and in no
backup of either. The tables can be read by few roles. A hit says that a number is known and gives its reference; name, address
and document stay sealed. Rows go when a person is erased. With sixteen bytes accidental hits are negligible (10^9 rows: one in
10^21).
"""

import logging
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from rollkeeper.kernel.database import Role, this_role
from rollkeeper.vault.errors import INDEX_OUT_OF_REACH, KeyServiceRefused, RootMissing
from rollkeeper.vault.root import index_key
from rollkeeper.vault.rules import normalise_document, normalise_number, normalise_reference

INDEX_BYTES = 16
_MARK_BYTES = 8
_APPS: Final = frozenset({Role.COUNTER, Role.BACKOFFICE, Role.PORTAL})
log = logging.getLogger("rollkeeper.vault")


def blind_numbers(numbers: Sequence[str]) -> list[bytes]:
    """Return the index of each number of a line (E.164; a domain name or an address block where the service has one)."""
    return _blind(b"number\x00", numbers, normalise_number)


def blind_documents(numbers: Sequence[str]) -> list[bytes]:
    """Return the index of each document number, the same for every spelling of one number."""
    return _blind(b"document\x00", numbers, normalise_document)


def blind_references(references: Sequence[str]) -> list[bytes]:
    """Return the index of each of the operator's own references."""
    return _blind(b"reference\x00", references, normalise_reference)


def blind_file(file_hash: str) -> str:
    """Return the mark of a file of people in the register and the ledger, 64 hexadecimal digits.

    The plain hash of a file with few rows would reveal a number in it to anyone who tries all numbers.
    """
    return _digests([b"file\x00" + file_hash.encode()])[0].hex()


def blind_once(reference: UUID, text: str) -> bytes:
    """Return the mark of a text within one exchange, given by its reference: in another exchange the same text has another mark.

    All 32 bytes: the text may be short, and the mark is not used for look-ups.
    """
    return _digests([b"once\x00" + reference.bytes + text.encode()])[0]


def blind_likeness(pieces: Sequence[bytes]) -> list[int]:
    """Return marks for parts of a copy's appearance, as whole numbers: they allow finding similar copies without showing them."""
    return [
        int.from_bytes(digest[:_MARK_BYTES], signed=True)
        for digest in _digests([b"likeness\x00" + piece for piece in pieces])
    ]


def _blind(kind: bytes, values: Sequence[str], normalise: Callable[[str], str]) -> list[bytes]:
    messages = [kind + normalise(value).encode() for value in values]
    return [digest[:INDEX_BYTES] for digest in _digests(messages)]


def _digests(messages: Sequence[bytes]) -> list[bytes]:
    try:
        return index_key().digests(messages)
    except (RootMissing, KeyServiceRefused) as fault:
        if this_role() not in _APPS:
            raise
        log.error("%s", fault)  # noqa: TRY400 - where it happened says nothing
        raise INDEX_OUT_OF_REACH() from None
