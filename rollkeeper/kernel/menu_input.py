# SPDX-License-Identifier: EUPL-1.2
"""The input from a voice menu, one line in for one line out. Callers choose much of it, and no input may end the program."""

import sys
from collections.abc import Iterable, Iterator
from typing import Final

LONGEST: Final = 256


def typed_lines() -> Iterator[str]:
    """Yield the lines of the standard input as they come, even if their bytes are not text."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace")


def plain_lines(asked: Iterable[str]) -> Iterator[str]:
    """Yield each line without surrounding spaces; an empty line if it is too long or has signs that no one can say or key in."""
    for text in asked:
        line = text.strip()
        yield line if len(line) <= LONGEST and line.isprintable() else ""
