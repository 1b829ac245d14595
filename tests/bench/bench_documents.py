# SPDX-License-Identifier: EUPL-1.2
"""Pictures of documents: how long reading takes, what can still be read on a copy, what hostile files cost.

The baseline is rapidocr's own pipeline on the same picture, which finds and reads the text and understands nothing.
"""

import logging
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image

from rollkeeper.documents.capture import read_document
from rollkeeper.documents.errors import FileRefused, NothingRead
from rollkeeper.documents.reading.networks import Networks
from rollkeeper.documents.reading.refusals import Why
from rollkeeper.documents.reading.talking import Worker, the_worker
from rollkeeper.documents.specimens import Kind
from tests.documents import hostile, recall

Row = tuple[str, int, float, float | None, float | None, str]

DOCUMENTS = 72 * len(Kind)
"""So that every kind meets every way of turning, stretching and squeezing its copy."""
BASELINES = 3 * len(Kind)


def run(sizes: list[int], *, documents: int = DOCUMENTS) -> list[Row]:
    """Start a worker, capture every document, look at every copy, hand over every hostile file."""
    started = _start()
    the_worker()
    return [started, *_captures(documents), *_hostile()]


def _start() -> Row:
    begun = time.perf_counter()
    Worker().close()
    return ("documents: start of the sealed worker", 1, time.perf_counter() - begun, None, None, "-")


@dataclass
class Seen:
    """What many captures took and what could be read on their copies."""

    taken: list[float] = field(default_factory=list)
    theirs: list[float] = field(default_factory=list)
    right: int = 0
    tally: recall.Tally = field(default_factory=recall.Tally)
    leaks: list[str] = field(default_factory=list)


def _captures(count: int) -> list[Row]:
    seen = Seen()
    capture(seen, count)
    return told(seen)


def capture(seen: Seen, count: int, *, first: int = 0) -> None:
    """Capture so many documents, look at their copies, and add what came of it; in pieces, where somebody else waits."""
    networks, baseline = Networks(), _baseline()
    for drawn, data, number in recall.documents(count, first=first):
        shows_middle = number % 2 == 0
        begun = time.perf_counter()
        done = recall.captured(data, shows_middle=shows_middle)
        seen.taken.append(time.perf_counter() - begun)
        seen.right += done is not None and _is_right(drawn, dict(done.proposed.values))
        seen.leaks += recall.look(drawn, done, number, networks, seen.tally)
        if number < BASELINES:
            seen.theirs.append(_timed(baseline, data))


def told(seen: Seen) -> list[Row]:
    """Return the rows of what was seen."""
    taken, tally, count = seen.taken, seen.tally, len(seen.taken)
    mean, their_mean = statistics.mean(taken[:BASELINES]), statistics.mean(seen.theirs)
    kept = f"documents: {tally.copies} copies of {tally.documents} documents; OCR reads {tally.read} of {tally.masked} masked values"
    kept += f" ({', '.join(seen.leaks[:5])})" if seen.leaks else ""
    half, most = statistics.median(taken), _share(taken, 0.95)
    return [
        ("documents: capture (read, check, redact), half of them within", count, half, None, None, "-"),
        ("documents: capture, 95 % of them within", count, most, None, None, "under 2 s"),
        (
            "documents: capture / rapidocr's own pipeline",
            BASELINES,
            mean,
            their_mean,
            mean / their_mean,
            "(for comparison)",
        ),
        (f"documents: number read right on {seen.right} of {count}", count, sum(taken), None, None, "-"),
        (kept, tally.copies, sum(taken), None, None, "none"),
    ]


def _is_right(drawn: recall.Specimen, values: dict[str, str]) -> bool:
    if drawn.kind is Kind.CARD_BACK:
        return values.get("document_type") == "cn-resident-card"
    return values.get("document_number") == drawn.printed["number"]


def _hostile() -> list[Row]:
    slowest, most, count = 0.0, 0, 0
    for what, data, name, reasons in hostile.files():
        with _memory() as seen:
            begun = time.perf_counter()
            why = _refusal(data, name)
            slowest = max(slowest, time.perf_counter() - begun)
        if why not in reasons:
            raise AssertionError(f"{what}: {why}")
        most, count = max([most, *seen]), count + 1
    return [
        ("documents: hostile files, slowest refusal", count, slowest, None, None, "under 2 s"),
        (
            f"documents: hostile files, most memory of a child {most >> 10} MB",
            count,
            slowest,
            None,
            None,
            "512 MB",
        ),
    ]


def _refusal(data: bytes, name: str) -> Why | None:
    try:
        read_document(data, asked=(), on=recall.ON, name=name)
    except FileRefused as refused:
        return refused.why
    except NothingRead:
        return None
    return None


@contextmanager
def _memory() -> Iterator[list[int]]:
    """Watch how large the worker's children grow, in kilobytes, every two milliseconds."""
    worker, seen, done = the_worker(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            try:
                children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()
                seen.extend(_peak(child) for child in children)
            except OSError:
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def _peak(process: str) -> int:
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmHWM"):
            return int(line.split()[1])
    return 0


def _baseline():
    from rapidocr import RapidOCR

    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    return RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1})


def _timed(read, data: bytes) -> float:
    import io

    pixels = np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))
    begun = time.perf_counter()
    read(pixels)
    return time.perf_counter() - begun


def _share(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]
