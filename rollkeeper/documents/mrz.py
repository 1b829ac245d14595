# SPDX-License-Identifier: EUPL-1.2
"""The machine-readable zone of a travel document (ICAO Doc 9303 parts 3 to 7), checked digit by digit.

    TD1    3 lines of 30: identity cards       TD3    2 lines of 44: passports
    TD2    2 lines of 36: identity cards       MRV-A  2 lines of 44, MRV-B 2 lines of 36: visas (begin with V)

The position of each field by first and last character (`_` a check digit):

    TD1 1  0 code  2 state  5 number   14 _  15 optional (a long number goes on here, its digit last)
        2  0 born  6 _  7 sex  8 expires  14 _  15 nationality  18 optional  29 _ (all of it)
        3  0 name
    others 0 code  2 state  5 name
        2  0 number  9 _  10 nationality  13 born  19 _  20 sex  21 expires  27 _  28 optional
           TD2: 35 _ (all of it)   TD3: 42 _ (optional)  43 _ (all of it)
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rollkeeper.documents.dates import PartialDate
from rollkeeper.documents.verdicts import Checked, Reason, Verdict
from rollkeeper.kernel.states import is_state

WIDTHS: Final[Mapping[str, int]] = {"TD1": 30, "TD2": 36, "TD3": 44, "MRV-A": 44, "MRV-B": 36}
_SHAPES: Final = {(3, 30): "TD1", (2, 36): "TD2", (2, 44): "TD3"}
_SECOND: Final = "x" * 9 + "n" + "aaa" + "n" * 7 + "a" + "n" * 7
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "TD1": ("a" * 5 + "x" * 9 + "n" + "x" * 15, "n" * 7 + "a" + "n" * 7 + "aaa" + "x" * 11 + "n", "a" * 30),
    "TD2": ("a" * 36, _SECOND + "x" * 7 + "n"),
    "TD3": ("a" * 44, _SECOND + "x" * 14 + "nn"),
    "MRV-A": ("a" * 44, _SECOND + "x" * 16),
    "MRV-B": ("a" * 36, _SECOND + "x" * 8),
}
"""The characters allowed at each position besides the filler: letters (a), digits (n), either (x)."""

_LINE: Final = re.compile(r"[A-Z0-9<]+", re.ASCII)
_NAME: Final = re.compile(r"[A-Z]+(<[A-Z]+)*(<<[A-Z]+(<[A-Z]+)*)*<*", re.ASCII)
_SEXES: Final = frozenset("MFX<")
_WEIGHTS: Final = (7, 3, 1)

type Place = tuple[int, int, int]
"""A field's line, its first character, and the one after its last."""


@dataclass(frozen=True, slots=True, repr=False)
class Zone:
    """The content of a zone. Everything in it is personal."""

    shape: str
    state: str
    nationality: str
    number: str
    number_digit: str
    born: str
    born_digit: str
    sex: str
    expires: str
    expires_digit: str
    name: str
    others: tuple[tuple[str, str], ...]
    """Further texts, each with its check digit."""

    @property
    def is_right(self) -> bool:
        """Tell whether every check digit fits."""
        pairs = (
            (self.number, self.number_digit), (self.born, self.born_digit), (self.expires, self.expires_digit),
            *self.others,
        )  # fmt: skip
        # Fillers at the end count as zero and shift nothing: the number's check digit is the same without them.
        return all(check_digit(text) == digit for text, digit in pairs)

    @property
    def plain_name(self) -> str:
        """Return the name without fillers, in the zone's order and alphabet, to compare it with the printed name."""
        return " ".join(self.name.replace("<", " ").split())


def looks_like_mrz(text: str) -> bool:
    """Tell whether a text looks like a machine-readable zone."""
    return "<" in text and _shape(_lines(text)) is not None


def check_mrz(text: str, *, on: dt.date) -> Checked:
    """Check every digit of a zone, and whether the document has expired on the day. `normalised` is its number."""
    zone = read_zone(text)
    if isinstance(zone, Reason):
        return Checked(Verdict.INVALID, "", (zone,))
    reasons = (
        ([] if zone.is_right else [Reason.CHECK_DIGIT])
        + ([Reason.EMPTY] if not zone.number.strip("<") else [])
        + _born(zone, on=on)
        + _expired(zone, on=on)
        + _form(zone)
        + ([] if is_state(zone.state) and is_state(zone.nationality) else [Reason.UNKNOWN_STATE])
    )
    return Checked(Verdict.DOUBTFUL if reasons else Verdict.VALID, zone.number, tuple(dict.fromkeys(reasons)))


def read_zone(text: str) -> Zone | Reason:
    """Return the content of a zone, or why it is not one."""
    lines = _lines(text)
    shape = _shape(lines)
    if shape is None:
        return Reason.LENGTH
    if not all(map(_LINE.fullmatch, lines)):
        return Reason.CHARACTERS
    return _read_td1(lines) if shape == "TD1" else _read_two_lines(shape, lines)


def expiry(zone: Zone, *, on: dt.date) -> PartialDate | None:
    """Return the day on which the document expires, None if the zone has none. Raises ValueError."""
    if zone.expires == "<<<<<<":
        return None
    year = int(zone.expires[:2])
    century = on.year - on.year % 100
    # An expiry lies near the day of the check: within fifty years either way.
    century += 100 if century + year < on.year - 50 else -100 if century + year > on.year + 50 else 0
    return _date(zone.expires, century=century)


def birth(zone: Zone, *, on: dt.date) -> PartialDate | None:
    """Return the day of birth, in the latest century that does not put it after the day `on`. Raises ValueError."""
    return _date(zone.born, century=_century_of_birth(zone.born, on=on))


def check_digit(text: str) -> str:
    """Return the check digit of a text: weights 7, 3, 1, modulus 10; A is 10, Z is 35, the filler is 0."""
    return str(sum(_value(c) * _WEIGHTS[place % 3] for place, c in enumerate(text)) % 10)


def checked_fields(shape: str) -> Mapping[str, Place]:
    """Return the fields that have their own check digit directly behind them."""
    if shape == "TD1":
        return {"number": (0, 5, 14), "born": (1, 0, 6), "expires": (1, 8, 14)}
    fields = {"number": (1, 0, 9), "born": (1, 13, 19), "expires": (1, 21, 27)}
    return fields | ({"optional": (1, 28, 42)} if shape == "TD3" else {})


def is_right_field(lines: Sequence[str], place: Place) -> bool:
    """Tell whether the check digit behind a field fits. An empty field has none, nor has a number that goes on elsewhere."""
    line, begin, end = place
    text, digit = lines[line][begin:end], lines[line][end]
    if digit == "<":
        return not text.strip("<") or (line, begin) == (0, 5)
    return check_digit(text) == digit


def _read_td1(lines: list[str]) -> Zone:
    first, second, name = lines
    number, digit = _number(first[5:14], first[14], rest=first[15:30])
    whole = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    return Zone(
        "TD1", first[2:5], second[15:18], number, digit, second[0:6], second[6], second[7], second[8:14], second[14],
        name, ((whole, second[29]),),
    )  # fmt: skip


def _read_two_lines(shape: str, lines: list[str]) -> Zone:
    first, line = lines
    number, digit = _number(line[0:9], line[9], rest=line[28:35] if shape == "TD2" else "")
    others: tuple[tuple[str, str], ...] = ()
    if shape == "TD2":
        others = ((line[0:10] + line[13:20] + line[21:35], line[35]),)
    elif shape == "TD3":
        personal = line[28:42]
        # An empty personal number may carry the filler in place of its digit.
        empty = not personal.strip("<") and line[42] == "<"
        others = ((personal, "0" if empty else line[42]), (line[0:10] + line[13:20] + line[21:43], line[43]))
    return Zone(
        shape, first[2:5], line[10:13], number, digit, line[13:19], line[19], line[20], line[21:27], line[27],
        first[5:], others,
    )  # fmt: skip


def _number(field: str, digit: str, *, rest: str) -> tuple[str, str]:
    """Return a document's number and its check digit; a long number goes on in the optional field, with the digit last."""
    tail = rest.split("<", 1)[0]
    if digit == "<" and len(tail) > 1:
        return field + tail[:-1], tail[-1]
    return field.rstrip("<"), digit


def _born(zone: Zone, *, on: dt.date) -> list[Reason]:
    try:
        born = birth(zone, on=on)
    except ValueError:
        return [Reason.BIRTH_DATE_IMPOSSIBLE]
    return [Reason.BIRTH_DATE_IN_THE_FUTURE] if born is not None and born.earliest() > on else []


def _expired(zone: Zone, *, on: dt.date) -> list[Reason]:
    try:
        expires = expiry(zone, on=on)
    except ValueError:
        return [Reason.EXPIRY_NOT_READ]
    return [Reason.EXPIRED] if expires is not None and expires.latest() < on else []


def _form(zone: Zone) -> list[Reason]:
    """Find a name that is not letters with fillers between, or a sex that is not M, F, X or <."""
    return [] if _NAME.fullmatch(zone.name) and zone.sex in _SEXES else [Reason.UNUSUAL_FORM]


def _century_of_birth(text: str, *, on: dt.date) -> int:
    """Return the latest century in which the birth is not in the future."""
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
