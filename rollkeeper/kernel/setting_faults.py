# SPDX-License-Identifier: EUPL-1.2
"""Says in plain words what to write into a settings file, where libraries speak of types and tokens."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from typing import Final

from pydantic_core import ErrorDetails

from rollkeeper.kernel.errors import Phrase

WHOLE: Final = Phrase("write a whole number, such as 30, without quotation marks")
NUMBER: Final = Phrase("write a number, such as 0.5, without quotation marks")
_ANSWER: Final = "write true or false, without quotation marks"
_TEXT: Final = "write a text, in quotation marks"
_LIST: Final = "write a list, in [ ], with commas"
_DATE: Final = Phrase("write a day as 2026-01-31, without quotation marks")
TIME: Final = Phrase("write a time of day as 21:00:00, without quotation marks")
_TABLE: Final = "write a table: names with their values"
_CLASSES: Final = (
    ("int_", WHOLE), ("float_", NUMBER), ("finite_number", NUMBER), ("bool_", _ANSWER), ("string_type", _TEXT), ("list_type", _LIST),
    ("date_", _DATE), ("time_", TIME), ("dict_type", _TABLE), ("model_", _TABLE), ("string_pattern_mismatch", "it has another form than this setting takes"),
    ("missing", "it is missing"), ("extra_forbidden", "there is no such setting"),
)  # fmt: skip
"""The beginning of the library's name of a fault, and what we say instead."""
SETTINGS_LOST: Final = "this folder has an instance, and the file, or 'kind' under [instance] in it, is missing; copy {former} or your own copy to it"
_LIMITS: Final = {
    "greater_than_equal": ("it must be {limit} or more", "ge"),
    "greater_than": ("it must be more than {limit}", "gt"),
    "less_than_equal": ("it must be {limit} or less", "le"),
    "less_than": ("it must be less than {limit}", "lt"),
    "string_too_long": ("characters: {limit} at most", "max_length"),
    "string_too_short": ("characters: {limit} at least", "min_length"),
    "too_long": ("entries: {limit} at most", "max_length"),
    "too_short": ("entries: {limit} at least", "min_length"),
    "enum": ("it is one of {limit}", "expected"),
    "literal_error": ("it is one of {limit}", "expected"),
}
"""Faults with a limit: what is said, and what the library calls the limit."""

_NOT_TOML: Final = (
    ("Invalid value", "this is no value: a text is in quotation marks, and an answer is true or false"),
    ("Expected '=' after a key", "after the name of a setting comes =, then its value"),
    ("Invalid statement", "a line is a name, = and a value, or the name of a table in [ ]"),
    ("Invalid initial character for a key", "a name has letters, figures, - and _ only; any other is in quotation marks"),
    ("Cannot overwrite", "this is said twice"),
    ("Duplicate inline table key", "this is said twice"),
    ("Cannot declare", "this table is there twice"),
    ("Cannot mutate", "this is said twice"),
    ("Unclosed array", "a [ is not closed"),
    ("Expected ']'", "a [ is not closed"),
    ("Unclosed inline table", "a { is not closed"),
    ("Expected '}'", "a { is not closed"),
    ("Unterminated string", "a quotation mark is not closed"),
    ("Illegal character '\\n'", "a quotation mark is not closed"),
    ("Expected newline", "after the value the line ends"),
    ("Unescaped", "in quotation marks a \\ is written twice"),
    ("Invalid date", "there is no such day or time"),
)  # fmt: skip
"""What the parser says, and what we say instead: what to write."""
_NOT_READ: Final = "this cannot be read"
_TIME_WITHOUT_SECONDS: Final = re.compile(r"=\s*\d?\d:\d\d\s*(#.*)?$")


def why_invalid(error: ErrorDetails) -> str:
    """Say what is wrong with a value, in words that can be translated; the value is not repeated."""
    kind, known = error["type"], error.get("ctx", {})
    if kind == "value_error" and isinstance(own := known.get("error"), ValueError) and own.args:
        return own.args[0] if isinstance(own.args[0], Phrase) or "{" in str(own) else Phrase(str(own))
    if kind in _LIMITS:
        said, limit = _LIMITS[kind]
        return Phrase(said, limit=f"{most:g}" if isinstance(most := known[limit], float) else most)
    plain = next((said for beginning, said in _CLASSES if kind.startswith(beginning)), None)
    return plain or error["msg"].rstrip(".")


def no_table(name: str, tables: Iterable[str]) -> Phrase:
    """Say that there is no table of this name, and which name is near."""
    if near := _nearest(name, tables):
        return Phrase("there is no table [{table}]; the nearest is [{near}]", table=name, near=near)
    return Phrase("there is no table [{table}]", table=name)


def no_setting(name: str, *, here: Iterable[str], elsewhere: Mapping[str, Iterable[str]]) -> str:
    """Say that a table has no setting of this name, and which table has it or which name is near."""
    if owner := _owner(name, elsewhere):
        return Phrase("it belongs in the table [{table}]", table=owner)
    if near := _nearest(name, here):
        return Phrase("there is no such setting; the nearest is '{near}'", near=near)
    return "there is no such setting"


def in_no_table(name: str, *, elsewhere: Mapping[str, Iterable[str]]) -> Phrase:
    """Say that a setting is before the first table, and which table has it."""
    if owner := _owner(name, elsewhere):
        return Phrase("'{name}' is in no table: it belongs in [{table}]", name=name, table=owner)
    return Phrase("'{name}' is in no table", name=name)


def of_entry(entry: int, why: str) -> Phrase:
    """Say in which entry of a list the fault is; the first is 1."""
    return Phrase("entry {entry}: {why}", entry=entry, why=why)


def _owner(name: str, elsewhere: Mapping[str, Iterable[str]]) -> str | None:
    """Return the table that has a setting of this name, None if none or several have it."""
    owners = [table for table, keys in elsewhere.items() if name in keys]
    return owners[0] if len(owners) == 1 else None


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches  # loading it takes 40 ms, and most settings have no fault

    return next(iter(get_close_matches(name.lower().replace("-", "_"), [*known], n=1)), None)


def too_large(most: int) -> Phrase:
    """Say that a value is larger than any setting may be."""
    return Phrase(_LIMITS["less_than_equal"][0], limit=most)


def why_not_toml(fault: tomllib.TOMLDecodeError | UnicodeDecodeError, text: str) -> str:
    """Say where a text is not TOML, and what to write there; nothing of the text is repeated."""
    if isinstance(fault, UnicodeDecodeError):
        return "it is not UTF-8 text"
    said = str(fault)
    what = next((ours for theirs, ours in _NOT_TOML if theirs in said), _NOT_READ)
    if place := re.search(r"\(at line (\d+), column (\d+)\)$", said):
        if _TIME_WITHOUT_SECONDS.search(text.splitlines()[int(place[1]) - 1]):
            what = TIME
        return Phrase(
            "it is not TOML: line {line}, column {column}: {what}",
            line=int(place[1]), column=int(place[2]), what=what,
        )  # fmt: skip
    return Phrase("it is not TOML: at its end {what}", what=what)
