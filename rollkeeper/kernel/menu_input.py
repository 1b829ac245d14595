# SPDX-License-Identifier: EUPL-1.2
"""What a voice menu hands over, a line in and a line out: callers choose much of it, and none of them ends the program."""

import sys
from collections.abc import Iterable, Iterator
from typing import Final

LONGEST: Final = 256


def typed_lines() -> Iterator[str]:
    """Give the lines of the standard input as they come, bytes that are no text too."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace")


def plain_lines(asked: Iterable[str]) -> Iterator[str]:
    """Give each line without what surrounds it; nothing for one that is too long, or holds what no one can say or key in."""
    for text in asked:
        line = text.strip()
        yield line if len(line) <= LONGEST and line.isprintable() else ""
