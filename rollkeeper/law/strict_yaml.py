# SPDX-License-Identifier: EUPL-1.2
"""Reads YAML 1.2 strictly: plain data, each leaf with its line, every fault reported.

Stricter than YAML itself, since a slip in a pack cuts people off: no key twice, no anchors, aliases, merges, tags or floats, no numbers
with leading zeros, dates only as YYYY-MM-DD. Sequences become tuples. libyaml parses the text, in C: it reads packs and country files in a
tenth of the time that a parser in Python takes. This module decides what an unquoted word means, as YAML 1.2 says.
"""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.law.errors import PACK_FAULT

MAX_BYTES = 1_000_000
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_TAG = "tag:yaml.org,2002:"
_LOADER: Final = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_NULL: Final = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL: Final = frozenset({"true", "True", "TRUE", "false", "False", "FALSE"})
_TIMESTAMP: Final = re.compile(r"\d{4}-\d{2}-\d{2}|\d{4}-\d{1,2}-\d{1,2}([Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}.*")
_NUMBER: Final = re.compile(
    r"[-+]?(0b[01_]+|0o?[0-7_]+|[0-9_]+|0x[0-9a-fA-F_]+"
    r"|[0-9][0-9_]*\.[0-9_]*([eE][-+]?[0-9]+)?|[0-9][0-9_]*[eE][-+]?[0-9]+|\.[0-9_]+([eE][-+][0-9]+)?"
    r"|\.(inf|Inf|INF))|\.(nan|NaN|NAN)"
)
"""What YAML 1.2 reads as a number, whole or not."""

_WHY: Final = {
    "missing": "it is missing",
    "extra_forbidden": "there is no such field",
    "tuple_type": "write a list",
    "dict_type": "write a map of names and values",
    "model_type": "write a map of names and values",
    "int_type": "write a whole number",
    "string_type": "write text, in quotes where it looks like a number or a date",
    "bool_type": "write true or false",
    "date_type": "write a date, YYYY-MM-DD",
    "too_short": "it needs at least one item",
    "string_too_short": "it is empty",
}
"""What is wrong, in plain words for the person who writes the file."""

_BOUNDS: Final = {
    "greater_than_equal": "write {ge} or more",
    "less_than_equal": "write {le} or less",
    "string_too_long": "it is longer than {max_length} characters",
    "too_long": "it has more than {max_length} items",
}
_PATTERNS: Final = {
    "^[A-Z]{2}$": "write two capital letters, such as CN",
    "^[A-Z]{3}$": "write three capital letters, such as EUR",
    r"^[a-z][a-z0-9_]*$": "write a small letter, then small letters, digits and _",
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "write small letters and digits, parted by hyphens",
    r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$": "write small letters and digits, parted by hyphens",
    r"^[a-z]+(-[a-z]+)*$": "write small letters, parted by hyphens",
    r"^[a-z]{2,3}(-[a-z0-9]+)*$": "write the code of a language, such as en or zh-hans",
    r"^([01]\d|2[0-3]):[0-5]\d$": "write an hour, HH:MM, in quotes",
    r"^[0-9]{2,6}$": "write two to six digits, in quotes",
    r"^[0-9]{1,5}$": "write one to five digits, in quotes",
}
"""What each pattern of the schema requires."""
_QUOTED: Final = {
    "date_type": re.compile(r"\d{4}-\d{2}-\d{2}"),
    "int_type": re.compile(r"-?\d+"),
    "bool_type": re.compile("true|false"),
}
"""Values that would be right without their quotes."""

type Path = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """The parsed content, and the line number of each leaf."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[RollkeeperError] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """Return the line of a leaf, or of the nearest part that contains it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, why: str) -> RollkeeperError:
        """Make the fault that names file, line and leaf."""
        return PACK_FAULT(file=self.file, line=self.line_of(path), leaf=leaf_name(path), why=why)


def written_value(value: Any) -> str:
    """Return a plain value as a pack writes it."""
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def leaf_name(path: Path) -> str:
    """Return the path of a leaf as text: ``campaigns[0].deadline.after``."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return name.lstrip(".") or "the file"


def in_plain_words(error: Mapping[str, Any]) -> str:
    """Return what is wrong with a leaf that the schema refuses."""
    kind, context, given = error["type"], error.get("ctx", {}), error.get("input")
    if kind in _BOUNDS:
        return _BOUNDS[kind].format_map(context)
    if kind == "string_pattern_mismatch" and (why := _PATTERNS.get(context["pattern"])):
        return why
    why = _WHY.get(kind, str(error["msg"]).removeprefix("Value error, "))
    if kind in _QUOTED and isinstance(given, str) and _QUOTED[kind].fullmatch(given):
        why += ", without quotes"
    return why[:1].lower() + why[1:]


class _NotAPack(Exception):
    """The input cannot be a pack; the text says why."""


def read_strict(raw: bytes, file: str) -> Document:
    """Read one document. Refuses: PACK_FAULT, several together."""
    document = Document(file)
    try:
        _Reader(raw, document).read()
    except UnicodeDecodeError:
        document.faults = [document.fault((), "it is not UTF-8 text")]
    except yaml.MarkedYAMLError as fault:
        line = 1 + fault.problem_mark.line if fault.problem_mark else 1
        document.lines[()] = line
        document.faults = [document.fault((), f"it is not YAML: {fault.problem}")]
    except _NotAPack as fault:
        document.faults = [document.fault((), str(fault))]
    except (yaml.YAMLError, ValueError, RecursionError) as fault:
        document.faults = [document.fault((), f"it is not YAML: {type(fault).__name__}")]
    raise_all(document.faults)
    return document


class _Reader:
    """Builds the data from one document's events."""

    def __init__(self, raw: bytes, document: Document) -> None:
        if len(raw) > MAX_BYTES:
            raise _NotAPack(f"it is longer than {MAX_BYTES:,} bytes, as no pack is")
        self._document = document
        self._events: Iterator[yaml.Event] = yaml.parse(raw.decode("utf-8"), Loader=_LOADER)

    def read(self) -> None:
        """Read the whole text into the document."""
        next(self._events)  # the stream's start
        if not isinstance(next(self._events), yaml.DocumentStartEvent):
            raise _NotAPack("it is empty")
        self._document.data = self._value(next(self._events), ())
        next(self._events)  # the document's end
        if not isinstance(next(self._events), yaml.StreamEndEvent):
            raise _NotAPack("it is not YAML: a pack is one document")

    def _value(self, event: yaml.Event, path: Path) -> Any:
        self._document.lines[path] = _line_of(event)
        if getattr(event, "anchor", None) is not None:
            # Content behind an alias is not read: a few lines of aliases can expand to millions of leaves.
            self._fault(path, "anchors and aliases are not read")
            return self._skip(event)
        match event:
            case yaml.MappingStartEvent():
                return self._mapping(path)
            case yaml.SequenceStartEvent():
                return self._sequence(path)
            case yaml.ScalarEvent():
                return self._scalar(event, path)
        raise ValueError("unknown event")

    def _sequence(self, path: Path) -> tuple[Any, ...]:
        found: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            found.append(self._value(event, (*path, len(found))))
        return tuple(found)

    def _mapping(self, path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line, key = _line_of(event), getattr(event, "value", "")
            self._document.lines.setdefault((*path, key), line)
            if not isinstance(event, yaml.ScalarEvent) or _tag_of(event) != "str":
                self._fault((*path, key), "this key is not plain text: put it in quotes")
                self._skip(event)
                self._skip(next(self._events))
            elif key in found:
                leaf = leaf_name((*path, key))
                again = PACK_FAULT(
                    file=self._document.file, line=line, leaf=leaf, why="this key occurs twice"
                )
                self._document.faults.append(again)
                self._skip(next(self._events))
            else:
                found[key] = self._value(next(self._events), (*path, key))
        return found

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> Any:
        text = event.value
        match _tag_of(event):
            case "str":
                return text
            case "bool" if text in {"true", "false"}:
                return text == "true"
            case "null":
                return None
            case "number" | "int" if _INTEGER.fullmatch(text):
                return int(text)
            case "timestamp":
                return self._date(text, path)
        self._fault(path, "write a whole number, true, false, a date or text in quotes")
        return None

    def _date(self, text: str, path: Path) -> dt.date | dt.datetime | None:
        try:
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                return dt.date.fromisoformat(text)
            instant = dt.datetime.fromisoformat(text)
            if instant.tzinfo is not None:
                return instant
        except ValueError:
            pass
        self._fault(path, "there is no such date; write YYYY-MM-DD")
        return None

    def _fault(self, path: Path, why: str) -> None:
        self._document.faults.append(self._document.fault(path, why))

    def _skip(self, event: yaml.Event) -> None:
        """Read past a value that began with this event."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            event = next(self._events)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)


def _line_of(event: yaml.Event) -> int:
    return 1 + event.start_mark.line if event.start_mark else 1


def _tag_of(event: yaml.ScalarEvent) -> str:
    """Return the type that YAML 1.2 gives to a scalar."""
    plain, quoted = event.implicit
    if not plain:
        return "str" if quoted else str(event.tag).removeprefix(_TAG)
    text = event.value
    if text in _NULL:
        return "null"
    if text in _BOOL:
        return "bool"
    if text in {"<<", "="}:
        return "merge"
    if text[0] not in "-+.0123456789":
        return "str"
    return "timestamp" if _TIMESTAMP.fullmatch(text) else "number" if _NUMBER.fullmatch(text) else "str"
