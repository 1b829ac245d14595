# SPDX-License-Identifier: EUPL-1.2
"""Makes rows for the database out of entries, both in its binary form: a secret and a leaf for each entry.

Entries that come together get their leaves in a random order. In the order of the entries, the third suspended line of a batch
would be the third whose command was confirmed: a reader of the leaves alone could link the two.

Pure, bytes in and bytes out, with few imports: rows of a million entries are made in one process for each processor, and no process
makes an object of a row that only passes through.
"""

import datetime as dt
import struct
from binascii import hexlify
from collections.abc import Mapping
from hashlib import sha256
from struct import iter_unpack
from typing import Final, NamedTuple

from rollkeeper.ledger import leaves

COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_END: Final = b"\xff\xff"
OTHER: Final = "other"
PLACE_BYTES: Final = 8
_NUMBER_BYTES = 8
_EPOCH = dt.date(2000, 1, 1).toordinal()


class Entries(NamedTuple):
    """Some entries by columns: their numbers; each one's verb, a space and its day; their bodies. A zero byte separates two texts."""

    numbers: bytes
    heads: bytes
    bodies: bytes

    def __len__(self) -> int:
        """Return how many entries these are."""
        return len(self.numbers) // _NUMBER_BYTES


class Rows(NamedTuple):
    """The numbers of some entries, their rows of ledger_secret and of ledger_leaf in PostgreSQL's binary form, and their leaves' hashes."""

    numbers: bytes
    secrets: bytes
    leaves: bytes
    hashes: bytes


def make_rows(
    entries: Entries, first: int, secrets: bytes, places: bytes, classes: Mapping[str, str]
) -> Rows:
    """Return the rows of entries, which get the leaves from `first` on in the order of `places`: a random number for each entry."""
    heads = entries.heads.split(b"\0")
    constants = {head: _constants(head, classes) for head in set(heads)}
    drawn = struct.unpack(f">{len(heads)}Q", places)
    order = sorted(range(len(heads)), key=drawn.__getitem__)
    leaf_of = dict(zip(order, range(first, first + len(order)), strict=True))
    secret_rows, leaf_rows, hashes = [], [], []
    each = zip(
        iter_unpack(f"{_NUMBER_BYTES}s", entries.numbers),
        iter_unpack(f"{leaves.SECRET_BYTES}s", secrets),
        heads,
        leaves.fields_of_all(entries.bodies),
        strict=True,
    )
    for nth, ((number,), (secret,), head, fields) in enumerate(each):
        root = leaves.root_over(fields, secret, number)
        before, after, middle = constants[head]
        leaf_hash = sha256(before + hexlify(root) + after).digest()
        row = (
            b"\0\6\0\0\0\10",
            leaf_of[nth].to_bytes(8),
            b"\0\0\0\10",
            number,
            middle,
            root,
            b"\0\0\0\40",
            leaf_hash,
        )
        secret_rows.append(secret_row(number, secret))
        leaf_rows.append(b"".join(row))
        hashes.append(leaf_hash)
    return Rows(
        entries.numbers,
        b"".join(secret_rows),
        b"".join([leaf_rows[nth] for nth in order]),
        b"".join([hashes[nth] for nth in order]),
    )


def secret_row(number: bytes, secret: bytes) -> bytes:
    """Return the row of a secret in the store of keys."""
    return b"\0\2\0\0\0\10" + number + b"\0\0\0\40" + secret


def _constants(head: bytes, classes: Mapping[str, str]) -> tuple[bytes, bytes, bytes]:
    """Return the bytes that leaves of one class and day share: those hashed before and after the root, and those before it in the row."""
    verb, _, day = head.decode().rpartition(" ")
    leaf_class = classes.get(verb, OTHER)
    before, after = leaves.leaf_bytes(leaf_class, day, bytes(32)).split(b"0" * 64)
    days = dt.date.fromisoformat(day).toordinal() - _EPOCH
    said = leaf_class.encode()
    return b"\0" + before, after, struct.pack(f">i{len(said)}siii", len(said), said, 4, days, 32)
