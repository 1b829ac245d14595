# SPDX-License-Identifier: EUPL-1.2
"""Writes machine-readable zones independently of the code that reads them."""

import datetime as dt

from rollkeeper.documents.mrz import check_digit
from rollkeeper.documents.specimens.people import Invented

STATE = "UTO"


def zone_of(shape: str, person: Invented) -> tuple[str, ...]:
    """Return the lines of a person's zone in one of the five shapes."""
    match shape:
        case "TD1":
            return _td1(person)
        case "TD2":
            return _two_lines(person, width=36, code="I", visa=False)
        case "TD3":
            return _two_lines(person, width=44, code="P", visa=False)
        case "MRV-A":
            return _two_lines(person, width=44, code="V", visa=True)
        case _:
            return _two_lines(person, width=36, code="V", visa=True)


def _two_lines(person: Invented, *, width: int, code: str, visa: bool) -> tuple[str, str]:
    first = _fill(f"{code}<{STATE}{_name(person)}", width)
    middle = f"{_with_digit(person.number)}{STATE}{_dates(person)}"
    if visa:
        return first, _fill(middle, width)
    if width == 36:
        line = _fill(middle, 35)
        return first, line + check_digit(line[0:10] + line[13:20] + line[21:35])
    line = _fill(middle + person.personal_number, 42)
    line += check_digit(line[28:42])
    return first, line + check_digit(line[0:10] + line[13:20] + line[21:43])


def _td1(person: Invented) -> tuple[str, str, str]:
    first = _fill(f"I<{STATE}{_with_digit(person.number)}", 30)
    dates = _dates(person)
    second = _fill(f"{dates}{STATE}", 29)
    whole = first[5:30] + second[0:7] + second[8:15] + second[18:29]
    return first, second + check_digit(whole), _fill(_name(person), 30)


def _dates(person: Invented) -> str:
    return f"{_with_digit(_short(person.born))}{person.sex}{_with_digit(_short(person.expires))}"


def _name(person: Invented) -> str:
    return "<<".join(part.replace(" ", "<") for part in (person.surname, person.given) if part)


def _short(day: dt.date) -> str:
    return f"{day:%y%m%d}"


def _with_digit(text: str) -> str:
    return text + check_digit(text)


def _fill(text: str, width: int) -> str:
    return text[:width].ljust(width, "<")
