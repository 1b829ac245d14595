# SPDX-License-Identifier: EUPL-1.2
"""Turns a picture upright by the text on it, and reads the lines of text."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Final

import cv2
import numpy as np

from rollkeeper.documents.reading.ocr_models import OcrModels, Pixels, Quad, Read, cut

FIND_SIDE: Final = 960
_GLANCE_SIDE: Final = 640
_TRIED_LINES, _TRIED_WIDTH, _GLANCED_WIDTH = 3, 6 * 48, 3 * 48
_LEAST_FILL, _MARGIN = 0.7, 0.05
_LEAST_ACROSS: Final = 2


@dataclass(eq=False)
class Line:
    """A line of text on a sheet, read on demand."""

    quad: Quad
    pixels: Pixels = field(repr=False)
    ocr_models: OcrModels = field(repr=False)

    @cached_property
    def read(self) -> Read:
        """Return its text with probabilities."""
        return self.ocr_models.read(cut(self.pixels, self.quad))

    @cached_property
    def glance(self) -> str:
        """Return the beginning of its text, which costs far less than reading all of it."""
        return glance(cut(self.pixels, self.quad), self.ocr_models)

    @property
    def text(self) -> str:
        """Return its text."""
        return self.read.text

    @property
    def left(self) -> float:
        """Return where it begins."""
        return float(self.quad[[0, 3], 0].mean())

    @property
    def right(self) -> float:
        """Return where it ends."""
        return float(self.quad[[1, 2], 0].mean())

    @property
    def middle(self) -> float:
        """Return its vertical position."""
        return float(self.quad[:, 1].mean())

    @property
    def height(self) -> float:
        """Return how high it is."""
        return (
            float(np.linalg.norm(self.quad[3] - self.quad[0]) + np.linalg.norm(self.quad[2] - self.quad[1]))
            / 2
        )

    @property
    def width(self) -> float:
        """Return how wide it is."""
        return float(np.linalg.norm(self.quad[1] - self.quad[0]))


@dataclass(eq=False)
class Sheet:
    """A picture whose text runs from left to right, with its lines from the top down."""

    pixels: Pixels
    lines: list[Line]
    is_sure: bool
    """Whether it is certain which way is up."""
    across: Sequence[Quad] = ()
    """Text that runs up or down: of another page, or all text if the sheet lies on its side."""


def at_a_glance(pixels: Pixels, ocr_models: OcrModels) -> Sheet | None:
    """Return the picture with its text level, found on a small copy; it may still be upside down. None if there is no text."""
    quads = ocr_models.find(pixels, side=_GLANCE_SIDE)
    if not quads:
        return None
    turned, matrix = _turn(pixels, _slope(quads))
    return _sheet(turned, [_moved(quad, matrix) for quad in quads], ocr_models, is_sure=False)


def looked_closer(rough: Sheet, ocr_models: OcrModels) -> Sheet | None:
    """Return the part with text on it, its lines found again and the right way up."""
    close = _cropped(rough.pixels, [*(line.quad for line in rough.lines), *rough.across])
    moved = ocr_models.find(close, side=FIND_SIDE)
    if not moved:
        return None
    up, down = _votes(close, moved, ocr_models)
    sheet = _sheet(
        close, moved, ocr_models, is_sure=max(up, down) > 1.15 * min(up, down) and max(up, down) > 0.5
    )
    return replace(turned_over(sheet), is_sure=sheet.is_sure) if down > up else sheet


def _sheet(pixels: Pixels, quads: Sequence[Quad], ocr_models: OcrModels, *, is_sure: bool) -> Sheet:
    lines = (Line(quad, pixels, ocr_models) for quad in quads if _is_level(quad))
    across = [quad for quad in quads if not _is_level(quad)]
    return Sheet(pixels, sorted(lines, key=lambda line: line.middle), is_sure, across)


def turned_over(sheet: Sheet) -> Sheet:
    """Return a sheet upside down, for text that could not be read in its apparent orientation. The orientation is then uncertain."""
    pixels = np.ascontiguousarray(sheet.pixels[::-1, ::-1])
    size = np.array([pixels.shape[1], pixels.shape[0]], np.float32)
    lines = [
        Line(np.asarray(size - line.quad[[2, 3, 0, 1]], np.float32), pixels, line.ocr_models)
        for line in reversed(sheet.lines)
    ]
    across = [np.asarray(size - quad[[2, 3, 0, 1]], np.float32) for quad in sheet.across]
    return Sheet(pixels, lines, is_sure=False, across=across)


def turned_across(sheet: Sheet, ocr_models: OcrModels) -> Sheet | None:
    """Return a sheet turned by a quarter, with the text that ran across it; None if that is no more than a word."""
    if len(sheet.across) < _LEAST_ACROSS:
        return None
    pixels, matrix = _turn(sheet.pixels, 90)
    lines = [Line(_moved(quad, matrix), pixels, ocr_models) for quad in sheet.across]
    return Sheet(pixels, sorted(lines, key=lambda line: line.middle), is_sure=False)


def glance(strip: Pixels, ocr_models: OcrModels) -> str:
    """Return how a strip begins."""
    return ocr_models.read(strip[:, :_GLANCED_WIDTH]).text


def _slope(quads: Sequence[Quad]) -> float:
    """Return how many degrees the text climbs, by its widest lines."""
    along = [quad[1] - quad[0] for quad in quads]
    lengths = np.array([np.linalg.norm(vector) for vector in along])
    angles = np.array([np.degrees(np.arctan2(vector[1], vector[0])) for vector in along])
    # Angles are equal modulo 180 degrees, so the average is of doubled angles; long lines weigh most.
    weights = lengths**2
    doubled = np.radians(2 * angles)
    first = np.degrees(np.arctan2((weights * np.sin(doubled)).sum(), (weights * np.cos(doubled)).sum())) / 2
    apart = (angles - first + 90) % 180 - 90
    near = np.abs(apart) < 8
    return float(first + np.average(apart[near], weights=weights[near])) if near.any() else float(first)


def _turn(pixels: Pixels, degrees: float) -> tuple[Pixels, Quad]:
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (round(height * sine + width * cosine), round(height * cosine + width * sine))
    matrix[:, 2] += np.array(size) / 2 - [width / 2, height / 2]
    if abs(degrees) < 0.05:
        return pixels, np.asarray(np.eye(2, 3), np.float32)
    turned = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(turned, np.uint8), np.asarray(matrix, np.float32)


def _moved(quad: Quad, matrix: Quad) -> Quad:
    moved = quad @ matrix[:, :2].T + matrix[:, 2]
    return np.asarray(moved[[2, 3, 0, 1]] if moved[1, 0] < moved[0, 0] else moved, np.float32)


def _cropped(pixels: Pixels, quads: Sequence[Quad]) -> Pixels:
    """Return the part with text on it; the whole picture if the text fills most of it."""
    corners = np.concatenate(quads)
    low, high = corners.min(axis=0), corners.max(axis=0)
    height, width = pixels.shape[:2]
    if (high[0] - low[0]) > _LEAST_FILL * width and (high[1] - low[1]) > _LEAST_FILL * height:
        return pixels
    room = _MARGIN * max(width, height)
    left, top = (int(max(0, part - room)) for part in low)
    right, bottom = int(min(width, high[0] + room)), int(min(height, high[1] + room))
    return np.ascontiguousarray(pixels[top:bottom, left:right])


def _votes(pixels: Pixels, quads: Sequence[Quad], ocr_models: OcrModels) -> tuple[float, float]:
    """Return how surely the widest lines are read as they are, and upside down."""
    widest = sorted(quads, key=lambda quad: -float(np.linalg.norm(quad[1] - quad[0])))[:_TRIED_LINES]
    up = down = 0.0
    for quad in widest:
        up += _weight(ocr_models.read(cut(pixels, quad)[:, :_TRIED_WIDTH]))
        down += _weight(ocr_models.read(cut(pixels, quad[[2, 3, 0, 1]])[:, :_TRIED_WIDTH]))
    return up, down


def _weight(read: Read) -> float:
    return sum(max(0.0, sure - 0.5) for sure in read.likely)


def _is_level(quad: Quad) -> bool:
    along = quad[1] - quad[0]
    return bool(abs(np.degrees(np.arctan2(along[1], along[0]))) < 20)
