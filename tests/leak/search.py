# SPDX-License-Identifier: EUPL-1.2
"""Search every byte under some folders for values that should be nowhere, in every form in which they might hide.

Forms: UTF-8, UTF-16 in both orders, GB 18030, hexadecimal, base64 at each of its three alignments, reversed, escaped as
in JSON and in addresses of the web, in the other case, and for numbers the bare digits with and without the country's
code and the integer of eight bytes in both orders. The names of files are searched as their contents are. What lies in several files
alike, as PostgreSQL's own tables do in each of its databases, is searched once and counted for each.
"""

import base64
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import batched
from pathlib import Path
from typing import IO
from urllib.parse import quote

from ahocorasick_rs import BytesAhoCorasick

BLOCK_BYTES = 8 * 1024 * 1024
VALUES_AT_ONCE = 20_000
LEAST_INTEGER = 10**12
LEAST_BYTES = 7  # shorter patterns would be found by chance

type Hits = dict[Path, Counter[tuple[str, str]]]
"""For each file with hits how often each (class of value, form) was found."""


class Search:
    """Many values at once; a pass over a file costs the same for one value or a million."""

    def __init__(self, values: Iterable[tuple[str, str | bytes]]) -> None:
        """Take (class of value, value) pairs, such as ("name", "…"); bytes are searched as they are."""
        patterns: dict[bytes, list[tuple[str, str]]] = {}
        for kind, value in values:
            for how, form in [("as it is", value)] if isinstance(value, bytes) else forms(value):
                patterns.setdefault(form, []).append((kind, how))
        self._known = list(patterns.values())
        self._longest = max(map(len, patterns), default=1)
        self._machine = BytesAhoCorasick(list(patterns))

    def hits(self, folders: Iterable[Path]) -> Hits:
        """Return for each file with hits how often each (class, form) was found."""
        known: dict[bytes, Counter[tuple[str, str]]] = {}
        found = {file: self._in_file(file, known) for folder in folders for file in _files(folder)}
        return {file: counts for file, counts in found.items() if counts}

    def _in_file(self, file: Path, known: dict[bytes, Counter[tuple[str, str]]]) -> Counter[tuple[str, str]]:
        counts = Counter(self._in_block(os.fsencode(file), already=0))
        try:
            with file.open("rb") as source:
                if os.fstat(source.fileno()).st_size > BLOCK_BYTES:
                    return counts + self._in_source(source)
                content = source.read()  # once: the file of a server at work may change
        except FileNotFoundError:
            return counts  # a server's file that went while we looked
        digest = hashlib.sha256(content).digest()
        if digest not in known:
            known[digest] = Counter(self._in_block(content, already=0))
        return counts + known[digest]

    def _in_source(self, source: IO[bytes]) -> Counter[tuple[str, str]]:
        counts: Counter[tuple[str, str]] = Counter()
        tail = b""
        while block := source.read(BLOCK_BYTES):
            counts.update(self._in_block(tail + block, already=len(tail)))
            tail = (tail + block)[-(self._longest - 1) :]
        return counts

    def _in_block(self, block: bytes, *, already: int) -> Iterator[tuple[str, str]]:
        for pattern, _, end in self._machine.find_matches_as_indexes(block, overlapping=True):
            if end > already:
                yield from self._known[pattern]


def hits_of(values: Iterable[tuple[str, str | bytes]], folders: Iterable[Path]) -> Hits:
    """Search for any number of values, so many at once as fit into memory."""
    found: Hits = {}
    places = list(folders)
    for some in batched(values, VALUES_AT_ONCE):
        for file, counts in Search(some).hits(places).items():
            found.setdefault(file, Counter()).update(counts)
    return found


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """Yield (name of the form, bytes) for each way in which a value may be stored."""
    for text, how in _texts(value):
        raw = text.encode()
        candidates = {
            f"{how}utf-8": raw,
            f"{how}utf-16-le": text.encode("utf-16-le"),
            f"{how}utf-16-be": text.encode("utf-16-be"),
            f"{how}gb18030": text.encode("gb18030"),
            f"{how}hex": raw.hex().encode(),
            f"{how}HEX": raw.hex().upper().encode(),
            f"{how}reversed": text[::-1].encode(),
            f"{how}reversed bytes": raw[::-1],
            f"{how}json": json.dumps(text)[1:-1].encode(),
            f"{how}percent": quote(text, safe="").encode(),
            f"{how}other case": (text.lower() if text != text.lower() else text.upper()).encode(),
            **{f"{how}base64+{shift}": _base64(raw, shift) for shift in range(3)},
            **_integers(text, how),
        }
        once = {form: name for name, form in reversed(candidates.items()) if len(form) >= LEAST_BYTES}
        yield from ((name, form) for form, name in once.items())


def _texts(value: str) -> Iterator[tuple[str, str]]:
    yield value, ""
    digits = "".join(ch for ch in value if ch.isdigit())
    if len(digits) >= LEAST_BYTES and digits != value:
        yield digits, "digits "
    if value.startswith("+86"):
        yield digits[2:], "national "


def _integers(text: str, how: str) -> dict[str, bytes]:
    """Yield a number as an integer, as a database or a program would store it.

    Small ones are left to `tests/leak/integers.py`, which tells chance from a leak.
    """
    if not text.isascii() or not text.isdecimal() or not LEAST_INTEGER <= int(text) < 2**63:
        return {}
    value = int(text)
    return {f"{how}int64-le": value.to_bytes(8, "little"), f"{how}int64-be": value.to_bytes(8, "big")}


def _base64(raw: bytes, shift: int) -> bytes:
    """Return the characters of base64 that depend on `raw` alone when it starts `shift` bytes into a group of three."""
    text = base64.b64encode(bytes(shift) + raw + bytes(2))
    return text[-(-8 * shift // 6) : 8 * (shift + len(raw)) // 6]


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_file():
        yield folder
    else:
        yield from (file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink())
