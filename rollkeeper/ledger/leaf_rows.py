# SPDX-License-Identifier: EUPL-1.2
"""Entries as the database puts them out become rows as it takes them in: each with its secret and its leaf.

Pure, bytes in and bytes out, and imports little: a million entries are made in as many processes as there are processors, and none of
them makes an object of a row that only passes through.
"""

import datetime as dt
import re
import struct
from collections.abc import Mapping
from hashlib import sha256
from typing import Final, NamedTuple

from rollkeeper.ledger import leaves

COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
COPY_END: Final = b"\xff\xff"
OTHER: Final = "other"
_SECRET_ROW = struct.Struct(f">hiqi{leaves.SECRET_BYTES}s")
_EPOCH = dt.date(2000, 1, 1).toordinal()
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_UNESCAPED = {b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v"}


class Rows(NamedTuple):
    """The numbers of some entries, and their rows of ledger_secret and of ledger_leaf in PostgreSQL's binary form."""

    numbers: list[int]
    secrets: bytes
    leaves: bytes


def make_rows(lines: bytes, first: int, secrets: bytes, classes: Mapping[str, str]) -> Rows:
    """Return the rows of entries that come as PostgreSQL's lines (transaction, number, day, verb, body) and get the leaves from `first` on."""
    width = leaves.SECRET_BYTES
    numbers, secret_rows, leaf_rows = [], [], []
    heads: dict[tuple[bytes, bytes], tuple[bytes, bytes, bytes]] = {}
    is_plain = leaves.are_plain(lines.decode())
    for nth, line in enumerate(lines.removesuffix(b"\n").split(b"\n")):
        _, number, day, verb, body = line.split(b"\t")
        entry_id, secret = int(number), secrets[nth * width : (nth + 1) * width]
        if not is_plain:
            body = _unescaped(body)
        root = leaves.root_of_written(body, secret=secret, entry_id=entry_id, is_plain=is_plain)
        kept = heads.get((day, verb))
        if kept is None:
            kept = heads[day, verb] = _constants(day.decode(), classes.get(verb.decode(), OTHER))
        before, after, middle = kept
        leaf_hash = sha256(b"\x00" + before + root.hex().encode() + after).digest()
        numbers.append(entry_id)
        secret_rows.append(secret_row(entry_id, secret))
        leaf_rows.append(b"\x00\x06\x00\x00\x00\x08%b\x00\x00\x00\x08%b%b%b\x00\x00\x00\x20%b" % (
            (first + nth).to_bytes(8), entry_id.to_bytes(8), middle, root, leaf_hash,
        ))  # fmt: skip
    return Rows(numbers, b"".join(secret_rows), b"".join(leaf_rows))


def secret_row(entry_id: int, secret: bytes) -> bytes:
    """Return the row of a secret in the store of keys."""
    return _SECRET_ROW.pack(2, 8, entry_id, leaves.SECRET_BYTES, secret)


def _constants(day: str, leaf_class: str) -> tuple[bytes, bytes, bytes]:
    """Return what the leaves of a class and a day have in common: before and after the root, and in the row."""
    before, after = leaves.leaf_bytes(leaf_class, day, bytes(32)).split(b"0" * 64)
    days = dt.date.fromisoformat(day).toordinal() - _EPOCH
    said = leaf_class.encode()
    return before, after, struct.pack(f">i{len(said)}siii", len(said), said, 4, days, 32)


def _unescaped(field: bytes) -> bytes:
    """Return a text as it was before it became part of a line."""
    if b"\\" not in field:
        return field
    return _ESCAPED.sub(lambda found: _UNESCAPED.get(found[1], found[1]), field)
