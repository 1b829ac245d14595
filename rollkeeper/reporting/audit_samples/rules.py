# SPDX-License-Identifier: EUPL-1.2
"""How a sample is drawn. Pure: the same seed over the same entries always gives the same lines.

The rank of an entry is::

    SHA-256( "rollkeeper/sample@v2" || SHA-256(the auditor's text) || the hash of the entry's leaf )

Candidates are the entries of the kind with a day in the quarter, among the first `size` of the published ledger. They are taken by
rank, the smallest first, until there are enough lines; an entry about a line already taken is skipped.
"""

import hashlib
from collections.abc import Hashable, Iterable
from typing import Final

DOMAIN: Final = b"rollkeeper/sample@v2"
MAX_LINES: Final = 20
FIRST_CANDIDATES: Final = 200
"""How many entries are taken by rank at first: nearly always they are about enough different lines."""
MIN_SEED_LETTERS: Final = 16
"""A shorter text could be guessed, and the lines with it, before they are drawn."""


def seed_of(text: str) -> bytes:
    """Return the hash of the text that an auditor brought."""
    return hashlib.sha256(text.strip().encode()).digest()


def is_long_enough(text: str) -> bool:
    """Tell whether the text cannot be guessed."""
    return len(text.strip()) >= MIN_SEED_LETTERS


def rank_of(seed: bytes, leaf_hash: bytes) -> bytes:
    """Return the rank of an entry."""
    return hashlib.sha256(DOMAIN + seed + leaf_hash).digest()


def first_of_each[Key: Hashable, Entry](ranked: Iterable[tuple[Key, Entry]], *, most: int) -> list[Entry]:
    """Return the first entry of each line, in the given order, at most `most`."""
    found: dict[Key, Entry] = {}
    for line, entry in ranked:
        if len(found) == most:
            break
        found.setdefault(line, entry)
    return list(found.values())
