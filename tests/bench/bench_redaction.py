# SPDX-License-Identifier: EUPL-1.2
"""What an attacker's OCR can still read on the copies of many documents of every kind, turned, scaled and compressed.

It takes long: some seconds for each document. The times depend on other work of the machine; the counts do not.
"""

import time
from dataclasses import dataclass, field

from rollkeeper.documents.reading.ocr_models import OcrModels
from rollkeeper.documents.specimens import Kind
from tests.bench.bench_documents import is_right
from tests.documents import recall

Row = tuple[str, int, float, float | None, float | None, str]

DOCUMENTS = 72 * len(Kind)
"""Enough for every kind in every way of turning, stretching and compressing its copy."""
TINY = [1]
"""One document is a trial run of this bench."""


@dataclass
class Seen:
    """The results for many documents, and what could be read on their copies."""

    right: int = 0
    seconds: float = 0.0
    tally: recall.Tally = field(default_factory=recall.Tally)
    leaks: list[str] = field(default_factory=list)


def run(sizes: list[int]) -> list[Row]:
    """Read every document, at most as many as the smallest size, and try to read every copy."""
    seen = Seen()
    look(seen, min(DOCUMENTS, *sizes))
    assert seen.tally.copies, "no document was taken in"
    return rows_of(seen)


def look(seen: Seen, count: int, *, first: int = 0) -> None:
    """Read and redact so many documents and add the results to `seen`; a caller that must not wait long asks for a few at a time."""
    ocr_models = OcrModels()
    for drawn, data, number in recall.documents(count, first=first):
        begun = time.perf_counter()
        done = recall.intake(data, shows_middle=number % 2 == 0)
        seen.right += is_right(drawn, done)
        seen.leaks += recall.look(drawn, done, number, ocr_models, seen.tally)
        seen.seconds += time.perf_counter() - begun


def rows_of(seen: Seen) -> list[Row]:
    """Return the rows of what was seen."""
    tally = seen.tally
    kept = f"redaction: {tally.copies} copies of {tally.documents} documents; OCR reads {tally.read} of {tally.masked} masked values"
    kept += f" ({', '.join(seen.leaks[:5])})" if seen.leaks else ""
    read = f"redaction: number read right on {seen.right} of {tally.documents}"
    return [
        (kept, tally.copies, seen.seconds, None, None, "none"),
        (read, tally.documents, seen.seconds, None, None, "-"),
    ]
