# SPDX-License-Identifier: EUPL-1.2
"""What a heading means, or what it is about if the register does not keep it. The dictionary is `column_dictionary.toml`."""

import re
import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from rollkeeper.kernel.normal_form import normal_form

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
# What databases put behind the name of a column of days.
_OF_A_DATABASE = re.compile(r"_(t|dt|ts)$", re.IGNORECASE)
_MARKS = re.compile(r"[^\w]+|_+")
# Scripts written without spaces: there a word is looked for anywhere in the heading.
_UNSPACED = re.compile(r"[\u0f00-\u0fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")

_MOST_WORDS: Final = 200
_LONGEST_WORD: Final = 64
"""The longest word of the dictionary, as a test checks. A cell may have thirty thousand words, and all runs of them would fill the memory."""

MOST_KINDS: Final = 400
"""A column with more different values holds no kinds."""
HEAD_ROWS: Final = 30
"""How many rows from the top are searched for the row of column names."""


@dataclass(frozen=True, slots=True)
class Dropped:
    """A column that is not imported; `about` says what a sensitive column is about."""

    column: str
    about: str | None


def meaning_of(heading: str) -> str | None:
    """Return the meaning of a heading: the name of a part of the map; None if unknown."""
    plain = _plain(heading)
    exact = _meanings().get(plain) or _meanings().get(_plain(_OF_A_DATABASE.sub("", heading)))
    if exact or not _UNSPACED.search(plain):
        return exact
    inside = [
        (len(word), meaning)
        for word, meaning in _meanings().items()
        if _UNSPACED.search(word) and word in plain
    ]
    return max(inside)[1] if inside else None


def is_personal(heading: str) -> bool:
    """Tell whether a column names or reaches one subscriber, or a person who acts for a subscriber: its values are no kinds."""
    meaning = meaning_of(heading) or ""
    if meaning in {"contact", "company_people_reached"} or meaning.endswith(
        ("name", "address", "document_number")
    ):
        return True
    return bool(_runs(heading) & _flat("of_one_line")) or any(
        word in _plain(heading) for word in _flat("of_one_line_within")
    )


def sensitive_about(heading: str, *, asked: Collection[str] = ()) -> str | None:
    """Return what a heading is about if the register has no place for it, since no law asks for it (`asked`).

    How a line is paid is not sensitive, and the credit code of a company is the number of its licence.
    """
    if meaning_of(heading) in {"payment", "company_document_number"}:
        return None
    return next((about for about, _, asked_as in _matches(heading) if asked_as not in asked), None)


def never_about(heading: str, *, used_as: str = "") -> str | None:
    """Return what a heading is about if no map may use such a column as this attribute of a registration, or as anything."""
    matches = _matches(heading)
    return next(
        (about for about, never, but_as in matches if never and (not but_as or used_as != but_as)), None
    )


def _matches(heading: str) -> list[tuple[str, bool, str]]:
    runs, plain = _runs(heading), _plain(heading)
    return [
        (about, never, but_as)
        for about, never, but_as, words, within in _sensitive()
        if runs & words or any(word in plain for word in within)
    ]


def is_known(heading: str) -> bool:
    """Tell whether the dictionary knows a heading; otherwise it might be any text."""
    return bool(
        meaning_of(heading) or named_by(heading) or sensitive_about(heading) or service_of_heading(heading)
    )


def known_names(row: Sequence[str]) -> int:
    """Return how many cells of a row are column names that the dictionary knows."""
    return sum(1 for cell in row if cell and is_known(cell))


def service_of_heading(heading: str) -> str | None:
    """Return the service that a heading names by itself."""
    return _table("service_headings").get(_plain(heading))


def named_by(heading: str) -> str | None:
    """Return the service whose lines such a column names: domains, sites, address blocks."""
    return _table("named_headings").get(_plain(heading))


def known_value(table: str, value: str) -> str | None:
    """Return what a value means in one of the dictionary's tables of values."""
    return _table(table).get(_plain(value))


def service_in(value: str) -> str | None:
    """Return the service that a product's name says: the whole value, or the longest known words in it."""
    exact = known_value("service_values", value)
    if exact:
        return exact
    runs, plain = _runs(value), _plain(value)
    found = [
        (len(word), service)
        for word, service in _table("service_values").items()
        if word in runs or (_UNSPACED.search(word) and word in plain)
    ]
    return max(found)[1] if found else None


def says_service(value: str) -> bool:
    """Tell whether a value names a kind of service."""
    return service_in(value) is not None


def says_yes(value: str) -> bool:
    """Tell whether a value means yes in any of the dictionary's languages."""
    return _plain(value) in _flat("yes")


def says_no(value: str) -> bool:
    """Tell whether a value means no in any of the dictionary's languages; an empty value does."""
    return _plain(value) in _flat("no")


def _runs(text: str) -> set[str]:
    """Return all runs of words that follow one another in a text, none longer than a word of the dictionary may be."""
    parts, found = _parts(text)[:_MOST_WORDS], set[str]()
    for first in range(len(parts)):
        run = ""
        for part in parts[first:]:
            run += part
            if len(run) > _LONGEST_WORD:
                break
            found.add(run)
    return found


def _parts(heading: str) -> list[str]:
    spaced = _CAMEL.sub(" ", normal_form(heading))
    return [part for part in _MARKS.sub(" ", spaced).casefold().split() if part]


def _plain(text: str) -> str:
    return _MARKS.sub("", normal_form(text).casefold())


@cache
def _dictionary() -> dict[str, Any]:
    return tomllib.loads((files("rollkeeper.imports") / "column_dictionary.toml").read_text("utf-8"))


@cache
def _meanings() -> dict[str, str]:
    return {
        _plain(word): name for name, entry in _dictionary()["meanings"].items() for word in entry["words"]
    }


@cache
def _sensitive() -> list[tuple[str, bool, str, frozenset[str], tuple[str, ...]]]:
    return [
        (
            entry["about"],
            entry.get("never", False),
            entry.get("but_as", ""),
            frozenset(map(_plain, entry["words"])),
            tuple(map(_plain, entry["within"])),
        )
        for entry in _dictionary()["dropped"].values()
    ]


@cache
def _table(name: str) -> dict[str, str]:
    return {_plain(word): meaning for meaning, words in _dictionary()[name].items() for word in words}


@cache
def _flat(name: str) -> frozenset[str]:
    return frozenset(map(_plain, _dictionary()[name]["words"]))
