# SPDX-License-Identifier: EUPL-1.2
"""Pictures of documents: how long reading takes, and what hostile files cost. What can be read on a copy: `redaction`.

The baseline is rapidocr's own pipeline on the same picture, which finds and reads the text and understands nothing.
"""

import logging
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image

from rollkeeper.documents.errors import IMAGE_REJECTED, NO_DOCUMENT_FOUND
from rollkeeper.documents.image_intake import ImageResult, read_document
from rollkeeper.documents.reading.refusals import SENTENCES, RejectReason
from rollkeeper.documents.reading.worker_client import Worker, the_worker
from rollkeeper.documents.specimens import Kind
from rollkeeper.kernel.errors import RollkeeperError
from tests.documents import hostile, recall
from tests.processes import children_of
from tests.refusals import is_refused_by

Row = tuple[str, int, float, float | None, float | None, str]

DOCUMENTS = 12 * len(Kind)
BASELINES = 3 * len(Kind)
TINY = [1]
"""One document and one hostile file are a trial run of this bench: each takes a second."""


def run(sizes: list[int]) -> list[Row]:
    """Start a worker, read documents one after another, then hostile files; at most as many of each as the size."""
    most = min(sizes)
    started = _start()
    the_worker()
    return [started, *_image_intakes(min(DOCUMENTS, most)), *_hostile(most)]


def _start() -> Row:
    begun = time.perf_counter()
    Worker().close()
    return ("documents: start of the sealed worker", 1, time.perf_counter() - begun, None, None, "-")


def _image_intakes(count: int) -> list[Row]:
    baseline, taken, theirs, right = _baseline(), [], [], 0
    for drawn, data, number in recall.documents(count):
        begun = time.perf_counter()
        done = recall.intake(data, shows_middle=number % 2 == 0)
        taken.append(time.perf_counter() - begun)
        right += is_right(drawn, done)
        if number < BASELINES:
            theirs.append(_timed(baseline, data))
    mean, their_mean = statistics.mean(taken[: len(theirs)]), statistics.mean(theirs)
    half, most, whole = statistics.median(taken), _share(taken, 0.95), sum(taken)
    assert right, "no number was read right"
    ratio, name = mean / their_mean, "documents: image intake / rapidocr's own pipeline"
    return [
        ("documents: image intake (read, check, redact), half of them within", count, half, None, None, "-"),
        ("documents: image intake, 95 % of them within", count, most, None, None, "under 2 s"),
        (name, len(theirs), mean, their_mean, ratio, "(for comparison)"),
        (f"documents: number read right on {right} of {count}", count, whole, None, None, "-"),
    ]


def is_right(drawn: recall.Specimen, done: ImageResult | None) -> bool:
    """Tell whether the number was read as drawn; the back of a card has no number, and must be recognised as a back."""
    values = dict(done.proposal.values) if done else {}
    if drawn.kind is Kind.CARD_BACK:
        return values.get("document_type") == "cn-resident-card"
    return values.get("document_number") == drawn.printed["number"]


def _hostile(limit: int) -> list[Row]:
    slowest, most, count = 0.0, 0, 0
    for what, make, name, reasons in islice(hostile.files(), limit):
        data = make()
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


def _refusal(data: bytes, name: str) -> RejectReason | None:
    try:
        read_document(data, asked=(), on=recall.ON, name=name)
    except RollkeeperError as refused:
        if is_refused_by(refused, IMAGE_REJECTED):
            return next(reason for reason, sentence in SENTENCES.items() if sentence == refused.facts["why"])
        if not is_refused_by(refused, NO_DOCUMENT_FOUND):
            raise
    return None


@contextmanager
def _memory() -> Iterator[list[int]]:
    """Watch how large the worker's children grow, in kilobytes, every two milliseconds."""
    worker, seen, done = the_worker(), [0], threading.Event()

    def watch() -> None:
        while not done.wait(0.002):
            try:
                seen.extend(_peak(child) for child in children_of(worker.pid))
            except OSError:
                continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def _peak(process: int) -> int:
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
