# SPDX-License-Identifier: EUPL-1.2
"""The two OCR models in rapidocr's wheel (PP-OCRv6, Apache-2.0): one finds text, one reads it.

They run here without rapidocr's own pipeline. A machine-readable zone needs what that pipeline does not give: the likelihood of
every character at every place, so that only the zone's 37 characters are allowed.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

# Since 1.29 onnxruntime records its use in the user's cache and sends that to Microsoft, unless it is forbidden before
# loading.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import onnxruntime

type Pixels = NDArray[np.uint8]
type Quad = NDArray[np.float32]
"""Four corners, clockwise from the upper left one as the text is read: shape (4, 2), pixels."""

LINE_HEIGHT: Final = 48
_GREATEST_LINE_WIDTH: Final = 2400
_FINDING, _READING = 2, 3
"""How long the models take for a pixel, in relation to each other (1.7 and 2.4 s for a million, measured)."""
_INK_ABOVE, _BOX_ABOVE, _GROWN_BY = 0.3, 0.5, 1.6


class TooMuchWorkError(Exception):
    """A picture takes longer to read than a clerk can wait."""


@dataclass(frozen=True, slots=True)
class Read:
    """The content of a strip: the characters, the probability of each, and its position along the strip (0 to 1)."""

    text: str
    likely: tuple[float, ...]
    places: tuple[float, ...]

    @property
    def score(self) -> float:
        """Return the mean probability of the characters; 0 without any."""
        return sum(self.likely) / len(self.likely) if self.likely else 0.0


class OcrModels:
    """Both models, loaded. One thread: they are used after a fork."""

    def __init__(self) -> None:
        cv2.setNumThreads(1)
        folder = _models_folder()
        self._finder = _session(folder / "PP-OCRv6_det_small.onnx")
        self._reader = _session(folder / "PP-OCRv6_rec_small.onnx")
        self._left: float | None = None

    def allow(self, work: float | None) -> None:
        """Limit the work from now on, in a unit that is the same on every machine.

        :param work: millions of pixels shown to the models, times `_FINDING` or `_READING`; None: no limit
        """
        self._left = work

    def _spend(self, pixels: Pixels, weight: int) -> None:
        if self._left is None:
            return
        if self._left < 0:
            raise TooMuchWorkError
        self._left -= pixels.shape[0] * pixels.shape[1] * weight / 1e6

    @cached_property
    def alphabet(self) -> tuple[str, ...]:
        """Return the character for each output of the reader; the first output means no character."""
        characters = self._reader.get_modelmeta().custom_metadata_map["character"].splitlines()
        return ("", *characters, " ")

    def only(self, characters: str) -> NDArray[np.intp]:
        """Return the outputs for these characters, and the one for no character."""
        return np.array([0, *(self.alphabet.index(one) for one in characters)])

    def find(self, pixels: Pixels, *, side: int) -> list[Quad]:
        """Return the lines of text, found on a copy whose longer side has about this many pixels."""
        height, width = pixels.shape[:2]
        scale = side / max(height, width)
        size = [max(32, round(length * scale / 32) * 32) for length in (width, height)]
        small = np.asarray(
            cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR),
            np.uint8,
        )
        self._spend(small, _FINDING)
        (found,) = self._finder.run(None, {"x": _as_input(small)})
        stretch = np.array([width / size[0], height / size[1]], np.float32)
        return [np.asarray(quad * stretch, np.float32) for quad in _quads(found[0, 0])]

    def likelihoods(self, strip: Pixels) -> NDArray[np.float32]:
        """Return how likely each character is at each place of a strip that is LINE_HEIGHT high."""
        self._spend(strip, _READING)
        (found,) = self._reader.run(None, {"x": _as_input(strip)})
        return np.asarray(found[0], np.float32)

    def read(self, strip: Pixels) -> Read:
        """Read a strip."""
        return self.spell(self.likelihoods(strip))

    def spell(self, likely: NDArray[np.float32], only: NDArray[np.intp] | None = None) -> Read:
        """Return the likeliest text, of these characters only."""
        allowed = likely if only is None else likely[:, only]
        best = allowed.argmax(axis=1)
        runs = np.flatnonzero(np.diff(best, prepend=-1))
        text, sure, places = [], [], []
        for begin, end in zip(runs, [*runs[1:], len(best)], strict=True):
            choice = int(best[begin])
            if choice:
                text.append(self.alphabet[choice if only is None else int(only[choice])])
                sure.append(float(allowed[begin:end, choice].max()))
                places.append((begin + end) / 2 / len(best))
        return Read("".join(text), tuple(sure), tuple(places))


def cut(pixels: Pixels, quad: Quad) -> Pixels:
    """Return the content of a quadrilateral as a strip that is LINE_HEIGHT high."""
    width = float(np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])) / 2
    height = float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2
    wide = min(_GREATEST_LINE_WIDTH, max(16, round(width * LINE_HEIGHT / max(height, 1))))
    corners = np.array([[0, 0], [wide, 0], [wide, LINE_HEIGHT], [0, LINE_HEIGHT]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, corners)
    strip = cv2.warpPerspective(
        pixels, matrix, (wide, LINE_HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(strip, np.uint8)


def along(quad: Quad, left: float, right: float) -> Quad:
    """Return the part of a quadrilateral between two places along it, 0 to 1."""
    top, bottom = quad[1] - quad[0], quad[2] - quad[3]
    return np.array(
        [quad[0] + left * top, quad[0] + right * top, quad[3] + right * bottom, quad[3] + left * bottom],
        np.float32,
    )


def _models_folder() -> Path:
    found = find_spec("rapidocr")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("rapidocr")
    return Path(found.submodule_search_locations[0]) / "models"


def _session(file: Path) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.log_severity_level = 4
    return onnxruntime.InferenceSession(os.fspath(file), options, providers=["CPUExecutionProvider"])


def _as_input(pixels: Pixels) -> NDArray[np.float32]:
    # The models were trained on blue, green, red.
    scaled = pixels[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32)
    scaled *= 2 / 255
    scaled -= 1
    return np.ascontiguousarray(scaled)


def _quads(heat: NDArray[np.float32]) -> list[Quad]:
    ink = cv2.dilate((heat > _INK_ABOVE).astype(np.uint8), np.ones((2, 2), np.uint8))
    contours, _ = cv2.findContours(ink, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    return [quad for contour in contours if (quad := _quad(heat, contour)) is not None]


def _quad(heat: NDArray[np.float32], contour: Any) -> Quad | None:
    middle, (width, height), degrees = cv2.minAreaRect(contour)
    if min(width, height) < 3:
        return None
    left, top, wide, high = cv2.boundingRect(contour)
    inside = cv2.drawContours(np.zeros((high, wide), np.uint8), [contour - [left, top]], -1, 1, -1)
    if cv2.mean(heat[top : top + high, left : left + wide], inside)[0] < _BOX_ABOVE:
        return None
    grown = width * height * _GROWN_BY / (width + height)
    width, height = width + grown, height + grown
    if width < height:
        width, height, degrees = height, width, degrees + 90
    return rectangle(middle, (width, height), degrees=(degrees + 90) % 180 - 90)


def rectangle(middle: Sequence[float], size: tuple[float, float], *, degrees: float) -> Quad:
    """Return the corners of a turned rectangle."""
    half = np.array(size) / 2 * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(half @ turn + middle, np.float32)
