# SPDX-License-Identifier: EUPL-1.2
"""Searches separately for telephone numbers stored as integers, since some occur by chance.

Of the eight bytes of such a number three are zero and one is nearly always 3; files of PostgreSQL are full of those. So as
many numbers that no one ever had are looked for in the same bytes: what is found of them is chance, and a register that kept numbers
as integers, be it in one table, one batch or one spilled column, would show far more of the real ones.
"""

import random
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.leak.search import Hits, hits_of

LEAST = 10
"""So many more than by chance would be one batch of the smallest story."""


@dataclass(frozen=True, slots=True)
class IntegerHits:
    """How many different numbers were found as integers: of people's numbers, and of as many numbers that no one has."""

    had: int
    nobody_had: int

    @property
    def is_a_leak(self) -> bool:
        """Tell whether more was found than chance explains."""
        return self.had > LEAST + 3 * self.nobody_had


def hits_and_integers(
    values: Sequence[tuple[str, str]], files: Iterable[Path], *, seed: int = 3
) -> tuple[Hits, IntegerHits]:
    """Look for these values in every form, and for the telephone numbers among them as integers, in one pass over the files."""
    had = {value for kind, value in values if kind == "telephone number" and value.isascii()}
    dice = random.Random(seed)  # noqa: S311 - invention, not secrecy
    others: set[str] = set()
    while len(others) < len(had):
        others.add(f"+86139{dice.randrange(10**8):08d}")
    integers = ((number, form) for number in sorted(had | others) for form in forms(number))
    found = hits_of([*values, *integers], files)
    seen = {kind for counts in found.values() for kind, _ in counts}
    hits: Hits = {}
    for file, counts in found.items():
        for (kind, how), count in counts.items():
            if kind not in had | others:
                hits.setdefault(file, Counter())[kind, how] = count
    return hits, IntegerHits(len(seen & had), len(seen & others - had))


def forms(number: str) -> Iterator[bytes]:
    """Give a number, national and international, as programs and PostgreSQL keep integers: 8 bytes, and `numeric`."""
    for text in (number.removeprefix("+86"), number.removeprefix("+")):
        value = int(text)
        yield from (value.to_bytes(8, "big"), value.to_bytes(8, "little"), struct.pack("<d", float(value)))
        groups = [int(text[max(0, end - 4) : end]) for end in range(len(text), 0, -4)][::-1]
        yield b"".join(struct.pack("<h", group) for group in groups)
        yield b"".join(struct.pack(">h", group) for group in groups)
