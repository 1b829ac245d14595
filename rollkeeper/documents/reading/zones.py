# SPDX-License-Identifier: EUPL-1.2
"""Finds a machine-readable zone among the lines of a sheet and reads it, character by character.

Only the zone's 37 characters are allowed; at each place only letters or only digits if the standard says so. If a check digit does not
fit, the likeliest change between characters that look alike is made with which it fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from rollkeeper.documents.mrz import KINDS, WIDTHS, Place, checked_fields, is_right_field, read_zone
from rollkeeper.documents.reading.ocr_models import OcrModels, Quad, along, cut
from rollkeeper.documents.reading.page_layout import Line, Sheet, glance
from rollkeeper.documents.verdicts import Reason

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
DIGITS: Final = "0123456789"
FILLER: Final = "<"
_ALIKE: Final = {
    "0": "OQD", "O": "0QD", "Q": "0O", "D": "0O", "1": "IL7", "I": "1L", "L": "1I", "2": "Z", "Z": "27", "5": "S", "S": "5",
    "8": "B3", "B": "8", "6": "G", "G": "6C", "7": "1Z", "C": "G", "U": "V", "V": "U", "3": "8", "K": "<", "<": "K",
    "4": "A", "A": "4", "M": "N", "N": "M", "W": "V",
}  # fmt: skip
_ALLOWED: Final = {"a": LETTERS + FILLER, "n": DIGITS + FILLER}
_TWINS: Final = ({"O", "0"}, {"I", "1"})
_LEAST_LENGTH, _SLACK, _LEAST_DOUBT = 24, 4, 0.02
_FILLERS: Final = frozenset(FILLER + "«‹《〈く")
_ZONE: Final = frozenset(LETTERS + DIGITS) | _FILLERS
_LEAST_KNOWN, _MOST_TRIED = 0.6, 24


@dataclass(frozen=True, eq=False)
class ZoneLine:
    """A line of the zone: its characters, and the position of each on the sheet."""

    text: str
    quad: Quad
    edges: tuple[float, ...]
    """The beginning of the first character and then the end of each, along the quadrilateral, 0 to 1: one more than characters."""

    def part(self, begin: int, end: int) -> Quad:
        """Return the area of the characters from `begin` up to before `end`."""
        return along(self.quad, self.edges[begin], self.edges[end])


@dataclass(frozen=True, eq=False)
class ReadZone:
    """A whole zone."""

    shape: str
    lines: tuple[ZoneLine, ...]
    is_right: bool
    """Whether every check digit fits."""
    is_mended: bool
    """Whether the check digits are right only because a character was read as one that looks alike."""

    @property
    def text(self) -> str:
        """Return the lines as they are checked."""
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, eq=False)
class _Candidate:
    quad: Quad
    middle: float
    likely: NDArray[np.float32]
    text: str
    places: tuple[float, ...]


def find_zone(sheet: Sheet, ocr_models: OcrModels) -> ReadZone | None:
    """Return the zone on a sheet, None if there is none of a known shape."""
    only = ocr_models.only(LETTERS + DIGITS + FILLER)
    rows = [_candidate(quad, sheet, ocr_models, only) for quad in _likely_rows(sheet, ocr_models)]
    found = [
        row
        for row in rows
        if len(row.text) >= _LEAST_LENGTH and (FILLER in row.text or _digits(row.text) > 8)
    ]
    best: ReadZone | None = None
    for count, width in ((3, WIDTHS["TD1"]), (2, WIDTHS["TD3"]), (2, WIDTHS["TD2"])):
        for first in range(len(found) - count + 1):
            group = found[first : first + count]
            if not _belong(group, width):
                continue
            zone = _read(group, shape=_shape(count, width, group[0].text), width=width, ocr_models=ocr_models)
            if zone is not None and (best is None or zone.is_right > best.is_right):
                best = zone
            if best is not None and best.is_right:
                return best
    return best


def _likely_rows(sheet: Sheet, ocr_models: OcrModels) -> list[Quad]:
    """Return the rows that are worth reading to their end, from the top down, so that a page of print is not read for nothing.

    Such a row is among the longest for its height, begins as a row of a zone does, and has another such row above or below.
    """
    longest = sorted(_rows(sheet), key=lambda quad: -_length(quad) / max(1.0, _height(quad)))[:_MOST_TRIED]
    begun = [(quad, glance(cut(sheet.pixels, quad), ocr_models)) for quad in longest]
    begun = [(quad, text) for quad, text in begun if _may_begin(text)]
    found = [
        quad for quad, text in begun
        if any(_is_telling(text + other_text) and _are_neighbours(quad, other) for other, other_text in begun if other is not quad)
    ]  # fmt: skip
    return sorted(found, key=_middle)


def _may_begin(text: str) -> bool:
    """Tell whether a text consists of capitals, digits and fillers, apart from misread characters."""
    known = sum(one in _ZONE for one in text)
    return known > _LEAST_KNOWN * len(text) and sum(one.islower() for one in text) <= len(text) / 4


def _is_telling(text: str) -> bool:
    """Tell whether a text has fillers or several digits, which words in capitals do not have."""
    return any(one in _FILLERS for one in text) or _digits(text) > 1


def _are_neighbours(one: Quad, other: Quad) -> bool:
    """Tell whether two rows can be rows of one zone: of one length, one above the other."""
    lengths = sorted((_length(one), _length(other)))
    return lengths[1] < 1.25 * lengths[0] and 0.5 < abs(_middle(one) - _middle(other)) / _height(one) < 8


def _length(quad: Quad) -> float:
    return float(np.linalg.norm(quad[1] - quad[0]))


def _height(quad: Quad) -> float:
    return float(np.linalg.norm(quad[3] - quad[0]))


def _middle(quad: Quad) -> float:
    return float(quad[:, 1].mean())


def _digits(text: str) -> int:
    return sum(character in DIGITS for character in text)


def _shape(count: int, width: int, first: str) -> str:
    if count == 3:
        return "TD1"
    is_visa, is_wide = first.startswith("V"), width == WIDTHS["TD3"]
    return ("MRV-A" if is_wide else "MRV-B") if is_visa else ("TD3" if is_wide else "TD2")


def _rows(sheet: Sheet) -> list[Quad]:
    """Return every long row; parts into which the finder split a row are joined again."""
    wide = sheet.pixels.shape[1]
    rows: list[list[Line]] = []
    for line in sheet.lines:
        row = next((row for row in rows if _is_same_row(row[-1], line)), None)
        if row is None:
            rows.append([line])
        else:
            row.append(line)
    quads = [_joined(row) for row in rows if max(line.width / max(line.height, 1) for line in row) > 5]
    return [quad for quad in quads if float(np.linalg.norm(quad[1] - quad[0])) > 0.3 * wide]


def _is_same_row(one: Line, other: Line) -> bool:
    overlap = max(0.0, min(one.right, other.right) - max(one.left, other.left))
    slope = (one.quad[1, 1] - one.quad[0, 1]) / max(one.width, 1)
    expected = one.middle + slope * ((other.left + other.right) / 2 - (one.left + one.right) / 2)
    same_height = 0.6 < one.height / max(other.height, 1) < 1.7
    return (
        same_height
        and overlap < 0.2 * min(one.width, other.width)
        and abs(expected - other.middle) < 0.35 * one.height
    )


def _joined(row: Sequence[Line]) -> Quad:
    first = min(row, key=lambda line: line.left).quad
    last = max(row, key=lambda line: line.right).quad
    return np.array([first[0], last[1], last[2], first[3]], np.float32)


def _candidate(quad: Quad, sheet: Sheet, ocr_models: OcrModels, only: NDArray[np.intp]) -> _Candidate:
    likely = ocr_models.likelihoods(cut(sheet.pixels, quad))
    read = ocr_models.spell(likely, only)
    return _Candidate(quad, float(quad[:, 1].mean()), likely, read.text, read.places)


def _belong(group: Sequence[_Candidate], width: int) -> bool:
    """Tell whether lines can be one zone: near this width, one above the other, of one length on the sheet."""
    if any(abs(len(row.text) - width) > _SLACK for row in group):
        return False
    lengths = [float(np.linalg.norm(row.quad[1] - row.quad[0])) for row in group]
    heights = [float(np.linalg.norm(row.quad[3] - row.quad[0])) for row in group]
    steps = [after.middle - before.middle for before, after in pairwise(group)]
    return max(lengths) < 1.25 * min(lengths) and all(
        0.5 * heights[0] < step < 4 * heights[0] for step in steps
    )


def _read(group: Sequence[_Candidate], *, shape: str, width: int, ocr_models: OcrModels) -> ReadZone | None:
    lines = [_exact(row, width) for row in group]
    if any(line is None for line in lines):
        return None
    placed = [line for line in lines if line is not None]
    texts = [
        _by_place(row, line, KINDS[shape][number], ocr_models)
        for number, (row, line) in enumerate(zip(group, placed, strict=True))
    ]
    mended, is_right = _mended(shape, texts, _Doubts(group, placed, ocr_models))
    quads = (row.quad for row in group)
    return ReadZone(
        shape,
        tuple(
            ZoneLine(text, quad, _edges(places))
            for text, quad, (_, places) in zip(mended, quads, placed, strict=True)
        ),
        is_right,
        is_mended=mended != texts,
    )


def _exact(row: _Candidate, width: int) -> tuple[str, tuple[float, ...]] | None:
    """Return exactly `width` characters with their places, by adding or removing fillers in the longest run of them."""
    text, places = row.text, list(row.places)
    while len(text) != width:
        begin, end = _longest_run(text)
        if end - begin < 2:
            return None
        if len(text) > width:
            text, places = text[: end - 1] + text[end:], _spread(places, begin, end, end - begin - 1)
        else:
            text, places = text[:end] + FILLER + text[end:], _spread(places, begin, end, end - begin + 1)
    return text, tuple(places)


def _longest_run(text: str) -> tuple[int, int]:
    best = (0, 0)
    begin = None
    for place, character in enumerate(text + " "):
        if character == FILLER:
            begin = place if begin is None else begin
        elif begin is not None:
            best = max(best, (begin, place), key=lambda run: run[1] - run[0])
            begin = None
    return best


def _spread(places: list[float], begin: int, end: int, count: int) -> list[float]:
    return [*places[:begin], *np.linspace(places[begin], places[end - 1], count).tolist(), *places[end:]]


def _edges(places: Sequence[float]) -> tuple[float, ...]:
    """Return where characters end: half way to the next, on the straight line that fits all places best."""
    numbers = np.arange(len(places))
    pitch, first = np.polyfit(numbers, places, 1)
    return tuple(float(first + pitch * (number - 0.5)) for number in range(len(places) + 1))


def _by_place(row: _Candidate, line: tuple[str, tuple[float, ...]], kinds: str, ocr_models: OcrModels) -> str:
    """Use the likeliest letter in positions for letters, the likeliest digit in positions for digits."""
    text, places = line
    return "".join(
        character
        if kind == "x" or character in _ALLOWED[kind]
        else _likeliest(row.likely, place, _ALLOWED[kind], ocr_models)
        for character, place, kind in zip(text, places, kinds, strict=True)
    )


def _likeliest(likely: NDArray[np.float32], place: float, allowed: str, ocr_models: OcrModels) -> str:
    return max(allowed, key=lambda one: _how_likely(likely, place, one, ocr_models))


def _how_likely(likely: NDArray[np.float32], place: float, character: str, ocr_models: OcrModels) -> float:
    middle = int(place * len(likely))
    return float(likely[max(0, middle - 1) : middle + 2, ocr_models.alphabet.index(character)].max())


@dataclass(frozen=True, eq=False)
class _Doubts:
    """Where a character may be another. Only there may a check digit decide, so that a forged character is not corrected."""

    rows: Sequence[_Candidate]
    lines: Sequence[tuple[str, tuple[float, ...]]]
    ocr_models: OcrModels

    def may_be(self, line: int, spot: int, character: str, other: str) -> bool:
        """Tell whether the other character looks alike to the eye, or to the model in this place."""
        if {character, other} in _TWINS:
            return True
        row, place = self.rows[line], self.lines[line][1][spot]
        sure = _how_likely(row.likely, place, character, self.ocr_models)
        return _how_likely(row.likely, place, other, self.ocr_models) > _LEAST_DOUBT * sure


def _mended(shape: str, texts: list[str], doubts: _Doubts) -> tuple[list[str], bool]:
    """Change at most two doubtful characters in each field whose check digit does not match."""
    for place in checked_fields(shape).values():
        if not is_right_field(texts, place):
            texts = _mend(shape, texts, place, doubts) or texts
    zone = read_zone("\n".join(texts))
    return texts, not isinstance(zone, Reason) and zone.is_right


def _mend(shape: str, texts: list[str], place: Place, doubts: _Doubts) -> list[str] | None:
    line, begin, end = place
    read = texts[line]
    others = {
        spot: [one for one in _ALIKE.get(read[spot], "") if doubts.may_be(line, spot, read[spot], one)]
        for spot in range(begin, end)
    }
    for count in (1, 2):
        for chosen in combinations([spot for spot in others if others[spot]], count):
            for changes in product(*(others[spot] for spot in chosen)):
                tried = _changed(shape, texts, line, dict(zip(chosen, changes, strict=True)))
                if tried and is_right_field(tried, place):
                    return tried
    return None


def _changed(shape: str, texts: list[str], line: int, changes: dict[int, str]) -> list[str] | None:
    kinds, changed = KINDS[shape][line], list(texts[line])
    for spot, other in changes.items():
        if kinds[spot] != "x" and other not in _ALLOWED[kinds[spot]]:
            return None
        changed[spot] = other
    return [*texts[:line], "".join(changed), *texts[line + 1 :]]
