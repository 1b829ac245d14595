# SPDX-License-Identifier: EUPL-1.2
"""The two sides of the Chinese resident card, together or apart.

Values are found by their labels: the text to the right of a label, in its row, is the value. The number is found separately, as
eighteen characters, and read with only digits and X allowed; only its last character may be X.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from stdnum.iso7064 import mod_11_2

from rollkeeper.documents.reading.findings import ADDRESS, NAME, NUMBER, TYPE, VALID_UNTIL, Finding, Spot
from rollkeeper.documents.reading.ocr_models import OcrModels, Quad, Read, along, cut
from rollkeeper.documents.reading.page_layout import Line, Sheet
from rollkeeper.documents.verdicts import RESIDENT_CARD

_NUMBER: Final = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_LONG: Final = re.compile(r"[0-9OIlX]{15,}")
_VALID: Final = re.compile(
    r"(\d{4})[.．,](\d\d)[.．,](\d\d)[-—–~]*(?:(\d{4})[.．,](\d\d)[.．,](\d\d)|(长期))", re.ASCII
)
_NAMES: Final = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af·•・.\u0f00-\u0fff]{1,30}")
_LABELS: Final = {"name": "姓名", "sex": "性别", "born": "出生", "address": "住址"}
_TITLE: Final = frozenset("居民身份证")
_OWN: Final = _TITLE | set("姓名性别民族出生住址公号码签发机关有效期限")
_LEAST_OWN: Final = 3
_HEAD, _TAIL = 6, 14
"""The number's characters before the first position are its county; those from the second on, its sequence and check digit."""


@dataclass(frozen=True, eq=False)
class _Number:
    text: str
    line: Line
    edges: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class _Side:
    values: dict[str, str]
    spots: list[Spot]
    is_certain: bool


def find_resident_card(sheet: Sheet, ocr_models: OcrModels) -> Finding | None:
    """Return what the sides of a card on a sheet say, and where."""
    if not _begins_like_one(sheet):
        return None
    front, back = _front(sheet, ocr_models), _back(sheet)
    if front is None and back is None:
        return None
    values, spots = {TYPE: RESIDENT_CARD}, list[Spot]()
    if front:
        values |= front.values
        spots += front.spots
    if back:
        values |= back.values
        spots += back.spots
    shape = "cn-card" if front and back else "cn-card-front" if front else "cn-card-back"
    is_certain = all(side.is_certain for side in (front, back) if side)
    return Finding(shape, values, tuple(spots), is_certain)


def _begins_like_one(sheet: Sheet) -> bool:
    """Tell whether some of the characters printed on every card are there, before every line is read to its end."""
    seen: set[str] = set()
    for line in sheet.lines:
        seen |= _OWN & set(line.glance)
        if len(seen) >= _LEAST_OWN:
            line.ocr_models.allow(None)
            return True
    return False


def _front(sheet: Sheet, ocr_models: OcrModels) -> _Side | None:
    number = _number(sheet, ocr_models)
    labels = {name: line for name, label in _LABELS.items() if (line := _labelled(sheet.lines, label))}
    if number is None or not labels:
        return None
    values = {NUMBER: number.text}
    spots = [
        Spot(NUMBER, _part(number, 0, _HEAD)),
        Spot(NUMBER, _part(number, _HEAD, _TAIL), is_middle=True),
        Spot(NUMBER, _part(number, _TAIL, 18)),
    ]
    name = _name(sheet, labels, number)
    if name:
        values[NAME] = name[0]
        spots.append(Spot(NAME, name[1]))
    address = _address(sheet, labels, number, ocr_models)
    if address:
        values[ADDRESS] = "".join(text for text, _ in address)
        spots += [Spot(ADDRESS, quad) for _, quad in address]
    # The labels must confirm which way is up; the OCR models alone are not enough.
    is_certain = (
        (sheet.is_sure or mod_11_2.is_valid(number.text))
        and all(line.middle < number.line.middle for line in labels.values())
        and number.line.read.score > 0.8
    )
    return _Side(values, spots, is_certain)


def _number(sheet: Sheet, ocr_models: OcrModels) -> _Number | None:
    only = ocr_models.only("0123456789X")
    for line in sheet.lines:
        if line.width < 6 * line.height or not _LONG.search(line.text.replace(" ", "")):
            continue
        likely = ocr_models.likelihoods(cut(sheet.pixels, line.quad))
        whole = ocr_models.spell(likely)
        # A label on the same row is cut off before only digits are allowed.
        begin = next(
            (place for place, one in zip(whole.places, whole.text, strict=True) if one in "0123456789OIl"),
            0.0,
        )
        read = ocr_models.spell(likely[max(0, int(begin * len(likely)) - 1) :], only)
        offset = max(0, int(begin * len(likely)) - 1) / len(likely)
        places = [offset + place * (1 - offset) for place in read.places]
        if _NUMBER.fullmatch(read.text):
            return _Number(read.text, line, _edges(places))
    return None


def _edges(places: Sequence[float]) -> tuple[float, ...]:
    pitch, first = np.polyfit(np.arange(len(places)), places, 1)
    return tuple(float(np.clip(first + pitch * (number - 0.5), 0, 1)) for number in range(len(places) + 1))


def _part(number: _Number, begin: int, end: int) -> Quad:
    return along(number.line.quad, number.edges[begin], number.edges[end])


def _labelled(lines: Sequence[Line], label: str) -> Line | None:
    """Return the line that is a label or begins with it; one of the label's two characters may be misread."""
    exact = [line for line in lines if _plain(line.text).startswith(label)]
    if exact:
        return exact[0]
    near = [
        line for line in lines
        if (text := _plain(line.text)) and len(text) == 2 and (text[0] == label[0] or text[1] == label[1])
    ]  # fmt: skip
    return near[0] if len(near) == 1 else None


def _plain(text: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFC", text))


def _name(sheet: Sheet, labels: dict[str, Line], number: _Number) -> tuple[str, Quad] | None:
    label = labels.get("name")
    if label is None:
        return None
    text = _plain(label.text)
    if len(text) > 2:
        value = text[2:]
        begin = _before(label.read, skip=2)
        return (value, along(label.quad, begin, 1.0)) if _NAMES.fullmatch(value) else None
    row = [line for line in _right_of(sheet, label) if line.right < _column_end(labels, number)]
    value = _plain(row[0].text) if row else ""
    if not _NAMES.fullmatch(value) or row[0].read.score < 0.5:
        return None
    return value, row[0].quad


def _before(read: Read, *, skip: int) -> float:
    places = [place for place, one in zip(read.places, read.text, strict=True) if not one.isspace()]
    return (places[skip - 1] + places[skip]) / 2


def _column_end(labels: dict[str, Line], number: _Number) -> float:
    """Return where the portrait begins: two thirds across, by the position of the number."""
    first = min(line.left for line in labels.values())
    return first + 0.87 * (number.line.right - first)


def _right_of(sheet: Sheet, label: Line) -> list[Line]:
    slope = float((label.quad[1, 1] - label.quad[0, 1]) / max(label.width, 1))
    found = [
        line for line in sheet.lines
        if line is not label and line.left > label.left + 0.6 * label.width
        and abs(line.middle - label.middle - slope * (line.left - label.left)) < 0.6 * label.height
    ]  # fmt: skip
    return sorted(found, key=lambda line: line.left)


def _address(
    sheet: Sheet, labels: dict[str, Line], number: _Number, ocr_models: OcrModels
) -> list[tuple[str, Quad]] | None:
    label = labels.get("address")
    if label is None:
        return None
    end, bottom = _column_end(labels, number), number.line.middle - 0.8 * number.line.height
    inside = [
        line for line in sheet.lines
        if line is not label and label.middle - 0.7 * label.height < line.middle < bottom
        and line.left > label.left + 0.6 * label.width and line.left < end and line.height > 0.6 * label.height
    ]  # fmt: skip
    rows = (
        [(text[2:], along(label.quad, _before(label.read, skip=2), 1.0))]
        if len(text := _plain(label.text)) > 2
        else []
    )
    for row in _rows(inside):
        if min(line.left for line in row) > label.left + 4.5 * label.width:
            continue
        quad = _spanning(row, end=end)
        read = ocr_models.read(cut(sheet.pixels, quad))
        if read.score < 0.5:
            return None
        rows.append((_plain(read.text), quad))
    return rows or None


def _rows(lines: Sequence[Line]) -> list[list[Line]]:
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda one: one.middle):
        if rows and abs(rows[-1][0].middle - line.middle) < 0.5 * rows[-1][0].height:
            rows[-1].append(line)
        else:
            rows.append([line])
    return rows


def _spanning(row: Sequence[Line], *, end: float) -> Quad:
    first, last = min(row, key=lambda line: line.left), max(row, key=lambda line: line.right)
    quad = np.array([first.quad[0], last.quad[1], last.quad[2], first.quad[3]], np.float32)
    return along(quad, 0.0, min(1.0, (end - first.left) / max(last.right - first.left, 1)))


def _back(sheet: Sheet) -> _Side | None:
    title = next(
        (
            line
            for line in sheet.lines
            if len(_TITLE & set(line.text)) >= 4 and not set(line.text) & set("号码")
        ),
        None,
    )
    if title is None:
        return None
    values, spots = dict[str, str](), [Spot(TYPE, title.quad)] if set(_plain(title.text)) <= _TITLE else []
    for line in sheet.lines:
        found = _VALID.search(_plain(line.text))
        if found and line.middle > title.middle:
            values[VALID_UNTIL] = found.group(7) or "-".join(found.group(4, 5, 6))
            if found.group() == _plain(line.text):
                spots.append(Spot(VALID_UNTIL, line.quad))
    return _Side(values, spots, is_certain=bool(spots) and sheet.is_sure and title.read.score > 0.8)
