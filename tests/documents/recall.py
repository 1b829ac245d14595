# SPDX-License-Identifier: EUPL-1.2
"""Compares what an attacker's OCR reads on a copy with what must not be readable. Used by the test and by the bench."""

import datetime as dt
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageOps

from rollkeeper.documents.errors import NO_DOCUMENT_FOUND
from rollkeeper.documents.image_intake import CopyRules, ImageResult, Mark, read_and_redact
from rollkeeper.documents.reading.ocr_models import OcrModels
from rollkeeper.documents.reading.page_layout import Sheet, at_a_glance, looked_closer
from rollkeeper.documents.specimens import Kind, Specimen, make_specimen
from rollkeeper.documents.specimens.degradation import degrade, random_degradation
from rollkeeper.kernel.errors import RollkeeperError
from tests.builders.documents import jpeg
from tests.refusals import is_refused_by

ON = dt.date(2012, 3, 1)
ASKED = frozenset({"name", "address", "document_type", "document_number"})
MARK = Mark("Invented Telecom", "registration", dt.date(2013, 10, 9))
"""No day of birth or expiry on a specimen can be read out of its digits."""
A_PASSPORT = 42
"""The number of one document."""
EMPTY = (226, 228, 232)
LABELS = "性别|民族|出生|签发机关|有效期限"


@dataclass
class Tally:
    """The results of many documents."""

    documents: int = 0
    copies: int = 0
    masked: int = 0
    read: int = 0


def documents(count: int, *, first: int = 0) -> Iterator[tuple[Specimen, bytes, int]]:
    """Yield specimens of every kind, photographed, turned, scaled and compressed."""
    kinds = list(Kind)
    for number in range(first, first + count):
        drawn = make_specimen(kinds[number % len(kinds)], seed=number)
        degradation = random_degradation(number)
        yield drawn, jpeg(degrade(drawn.image, degradation, seed=number), quality=degradation.quality), number


def intake(data: bytes, *, shows_middle: bool) -> ImageResult | None:
    try:
        return read_and_redact(data, asked=ASKED, copy=CopyRules(ASKED, shows_middle), mark=MARK, on=ON)
    except RollkeeperError as refused:
        if is_refused_by(refused, NO_DOCUMENT_FOUND):
            return None
        raise


def spoilt(copy: bytes, number: int) -> Image.Image:
    """Return the copy unchanged, or turned, stretched and compressed as an attacker would do it."""
    image = Image.open(io.BytesIO(copy)).convert("RGB")
    ways = (
        lambda: image,
        lambda: image.rotate(90 * (1 + number % 3), expand=True),
        lambda: image.rotate(7, expand=True, fillcolor=(200, 200, 200)),
        lambda: image.resize((image.width * 2, image.height * 2), Image.Resampling.LANCZOS),
        lambda: image.resize((image.width * 6 // 10, image.height * 6 // 10)),
        lambda: Image.open(io.BytesIO(jpeg(image, quality=25))),
        lambda: ImageOps.autocontrast(image, cutoff=2),
        lambda: ImageOps.invert(image),
        lambda: ImageOps.equalize(image),
    )
    return ways[number // len(Kind) % len(ways)]()


def empty_share(copy: bytes) -> float:
    """Return which share of a copy is empty sheet, 0 to 1: with no text and no mark across it."""
    pixels = np.asarray(Image.open(io.BytesIO(copy)).convert("RGB"), np.int16)
    return float((abs(pixels - EMPTY) < 8).all(axis=-1).mean())


def upright(pixels: np.ndarray, ocr_models: OcrModels) -> Sheet | None:
    """Return a picture turned so that its text can be read; None if it has no text."""
    rough = at_a_glance(pixels, ocr_models)
    return rough and looked_closer(rough, ocr_models)


def lines_on(image: Image.Image, ocr_models: OcrModels) -> list[str]:
    sheet = upright(np.asarray(image.convert("RGB"), np.uint8), ocr_models)
    return [line.text for line in sheet.lines] if sheet else []


def masked_values(drawn: Specimen, *, shows_middle: bool) -> dict[str, str]:
    """Return the values on a specimen that must not be readable on its copy."""
    shown = {"name", "surname", "given", "address", "number", "zone", "state"}
    masked = {name: value for name, value in drawn.printed.items() if name not in shown}
    if "zone" in drawn.printed:
        dates = drawn.printed["zone"].split("\n")[1]
        places = (0, 8) if drawn.kind is Kind.IDENTITY_CARD else (13, 21)
        masked |= {f"zone_{at}": dates[at : at + 6] for at in places}
    if not shows_middle and "number" in drawn.printed:
        masked["middle"] = drawn.printed["number"][
            slice(6, 14) if drawn.kind is Kind.CARD_FRONT else slice(2, -2)
        ]
    return masked


def is_read(name: str, value: str, lines: list[str]) -> bool:
    """Tell whether a value occurs in what was read: whole, in any spacing; one character, as a line or behind its label."""
    plain = re.sub(r"\s", "", value)
    texts = [re.sub(r"\s", "", line) for line in lines]
    if name == "signature":
        return plain in texts
    if len(plain) < 3:
        return any(re.fullmatch(rf"(?:{LABELS})*{re.escape(plain)}", text) for text in texts)
    digits = re.sub(r"\D", "", plain)
    if name == "born" and "年" in plain:
        # A number that is shown whole has the day in it, written otherwise.
        return any(plain in text for text in texts)
    if len(digits) >= 6 and len(digits) > len(plain) // 2:
        return any(digits in re.sub(r"\D", "", text) for text in texts)
    return any(plain.lower() in text.lower() for text in texts)


def look(
    drawn: Specimen, done: ImageResult | None, number: int, ocr_models: OcrModels, tally: Tally
) -> list[str]:
    """Try to read what is masked on a copy, count, and return what was read."""
    tally.documents += 1
    if done is None or not done.copies:
        return []
    tally.copies += len(done.copies)
    masked = masked_values(drawn, shows_middle=number % 2 == 0)
    tally.masked += len(masked)
    lines = lines_on(spoilt(done.copies[0], number), ocr_models)
    found = [name for name, value in masked.items() if is_read(name, value, lines)]
    tally.read += len(found)
    return [f"{name} of {drawn.kind.value} {number}" for name in found]
