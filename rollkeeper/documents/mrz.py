# SPDX-License-Identifier: EUPL-1.2
"""The machine-readable zone of a travel document (ICAO Doc 9303 parts 3 to 7), checked digit by digit.

    TD1    3 lines of 30: identity cards       TD3    2 lines of 44: passports
    TD2    2 lines of 36: identity cards       MRV-A  2 lines of 44, MRV-B 2 lines of 36: visas (begin with V)

Only text is read here. The name in it is not kept: the clerk types it as it stands in the document's own script.
"""

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass

from rollkeeper.documents.dates import PartialDate
from rollkeeper.documents.reasons import Checked, Reason, Verdict

_SHAPES = {(3, 30): "TD1", (2, 36): "TD2", (2, 44): "TD3"}
_LINE = re.compile(r"[A-Z0-9<]+", re.ASCII)
_WEIGHTS = (7, 3, 1)


@dataclass(frozen=True, slots=True)
class Zone:
    """What a zone holds that a check needs."""

    shape: str
    number: str
    number_digit: str
    born: str
    born_digit: str
    expires: str
    expires_digit: str
    others: tuple[tuple[str, str], ...]
    """Further texts, each with its check digit."""


def looks_like_mrz(text: str) -> bool:
    """Tell whether a text is meant as a machine-readable zone."""
    return "<" in text and _shape(_lines(text)) is not None


def check_mrz(text: str, *, on: dt.date) -> Checked:
    """Check every digit of a zone, and whether the document has expired on the day. `normalised` is its number."""
    lines = _lines(text)
    shape = _shape(lines)
    if shape is None:
        return Checked(Verdict.INVALID, "", (Reason.LENGTH,))
    if not all(map(_LINE.fullmatch, lines)):
        return Checked(Verdict.INVALID, "", (Reason.CHARACTERS,))
    zone = _read(shape, lines)
    reasons = _digits(zone) + _born(zone, on=on) + _expired(zone, on=on)
    return Checked(Verdict.DOUBTFUL if reasons else Verdict.VALID, zone.number, tuple(dict.fromkeys(reasons)))


def check_digit(text: str) -> str:
    """Return the check digit of a text: weights 7, 3, 1, modulus 10; A is 10, Z is 35, the filler is 0."""
    return str(sum(_value(c) * _WEIGHTS[place % 3] for place, c in enumerate(text)) % 10)


def _read(shape: str, lines: list[str]) -> Zone:
    return _read_td1(lines) if shape == "TD1" else _read_two_lines(shape, lines)


def _read_td1(lines: list[str]) -> Zone:
    first, second, _ = lines
    number, digit = _number(first[5:14], first[14], rest=first[15:30])
    whole = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    return Zone(
        "TD1", number, digit, second[0:6], second[6], second[8:14], second[14], ((whole, second[29]),)
    )


def _read_two_lines(shape: str, lines: list[str]) -> Zone:
    line = lines[1]
    number, digit = _number(line[0:9], line[9], rest=line[28:35] if shape == "TD2" else "")
    others: tuple[tuple[str, str], ...] = ()
    if shape == "TD2":
        others = ((line[0:10] + line[13:20] + line[21:35], line[35]),)
    elif shape == "TD3":
        personal = line[28:42]
        # An empty personal number may carry the filler in place of its digit.
        empty = not personal.strip("<") and line[42] == "<"
        others = ((personal, "0" if empty else line[42]), (line[0:10] + line[13:20] + line[21:43], line[43]))
    return Zone(shape, number, digit, line[13:19], line[19], line[21:27], line[27], others)


def _number(field: str, digit: str, *, rest: str) -> tuple[str, str]:
    """Return a document's number and its digit; a long one goes on in the optional field, its digit last."""
    tail = rest.split("<", 1)[0]
    if digit == "<" and len(tail) > 1:
        return field + tail[:-1], tail[-1]
    return field.rstrip("<"), digit


def _digits(zone: Zone) -> list[Reason]:
    pairs = ((zone.born, zone.born_digit), (zone.expires, zone.expires_digit), *zone.others)
    # Trailing fillers count as zero but shift nothing: the number's digit is the same with and without them.
    right = check_digit(zone.number) == zone.number_digit and all(check_digit(t) == d for t, d in pairs)
    return [] if right else [Reason.CHECK_DIGIT]


def _born(zone: Zone, *, on: dt.date) -> list[Reason]:
    try:
        born = _date(zone.born, century=_century_of_birth(zone.born, on=on))
    except ValueError:
        return [Reason.BIRTH_DATE_IMPOSSIBLE]
    return [Reason.BIRTH_DATE_IN_THE_FUTURE] if born is not None and born.earliest() > on else []


def _expired(zone: Zone, *, on: dt.date) -> list[Reason]:
    try:
        year = int(zone.expires[:2])
        century = on.year - on.year % 100
        # An expiry lies near the day of the check: within fifty years either way.
        century += 100 if century + year < on.year - 50 else -100 if century + year > on.year + 50 else 0
        expires = _date(zone.expires, century=century)
    except ValueError:
        return [] if zone.expires == "<<<<<<" else [Reason.EXPIRY_NOT_READ]
    return [Reason.EXPIRED] if expires is not None and expires.latest() < on else []


def _century_of_birth(text: str, *, on: dt.date) -> int:
    """Return the century that puts a birth last before the day: nobody is born in the future."""
    if not text[:2].isdigit():
        return 0
    century = on.year - on.year % 100
    known = text.replace("<", "0")
    return century if (century + int(text[:2]), known[2:6]) <= (on.year, f"{on:%m%d}") else century - 100


def _date(text: str, *, century: int) -> PartialDate | None:
    if text[:2] == "<<":
        return None
    parts = [None if part == "<<" else int(part) or None for part in (text[2:4], text[4:6])]
    return PartialDate(century + int(text[:2]), *parts)


def _lines(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).upper().replace("«", "<<").replace("‹", "<")
    lines = ["".join(line.split()) for line in plain.splitlines()]
    lines = [line for line in lines if line]
    if len(lines) == 1:
        lengths = {90: 30, 88: 44, 72: 36}
        size = lengths.get(len(lines[0]), 0)
        lines = [lines[0][at : at + size] for at in range(0, len(lines[0]), size)] if size else lines
    return lines


def _shape(lines: list[str]) -> str | None:
    lengths = {len(line) for line in lines}
    shape = _SHAPES.get((len(lines), lengths.pop())) if len(lengths) == 1 else None
    if shape in {"TD2", "TD3"} and lines[0].startswith("V"):
        return "MRV-A" if shape == "TD3" else "MRV-B"
    return shape


def _value(character: str) -> int:
    return 0 if character == "<" else int(character, 36)
