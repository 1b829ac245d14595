# SPDX-License-Identifier: EUPL-1.2
"""Reads YAML 1.2 strictly: plain data, each leaf with its line, every fault reported.

Stricter than YAML itself, since a slip in a pack cuts people off: no key twice, no anchors, aliases, merges, tags
or floats, no numbers with leading zeros, dates only as YYYY-MM-DD. Sequences become tuples.
"""

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.law.errors import PACK_FAULT

MAX_BYTES = 1_000_000
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_TAG = "tag:yaml.org,2002:"

type Path = tuple[str | int, ...]


@dataclass(slots=True)
class Document:
    """The parsed content, and the line number of each leaf."""

    file: str
    data: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    faults: list[RollkeeperError] = field(default_factory=list)

    def line_of(self, path: Path) -> int:
        """Return the line of a leaf, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, why: str) -> RollkeeperError:
        """Make the fault that names file, line and leaf."""
        return PACK_FAULT(file=self.file, line=self.line_of(path), leaf=leaf_name(path), why=why)


def leaf_name(path: Path) -> str:
    """Write the way to a leaf: ``campaigns[0].deadline.after``."""
    name = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return name.lstrip(".") or "the file"


class _NotAPack(Exception):
    """The input cannot be a pack; the text says why."""


def read_strict(raw: bytes, file: str) -> Document:
    """Read one document. Refuses: PACK_FAULT, several together."""
    document = Document(file)
    try:
        node = _compose(raw)
        document.data = _value(node, (), document)
    except UnicodeDecodeError:
        document.faults = [document.fault((), "it is not UTF-8 text")]
    except MarkedYAMLError as fault:
        line = 1 + fault.problem_mark.line if fault.problem_mark else 1
        document.lines[()] = line
        document.faults = [document.fault((), f"it is not YAML: {fault.problem}")]
    except _NotAPack as fault:
        document.faults = [document.fault((), str(fault))]
    except (YAMLError, ValueError, RecursionError) as fault:
        document.faults = [document.fault((), f"it is not YAML: {type(fault).__name__}")]
    raise_all(document.faults)
    return document


def _compose(raw: bytes) -> Node:
    if len(raw) > MAX_BYTES:
        raise _NotAPack(f"it is longer than {MAX_BYTES:,} bytes, as no pack is")
    node: Node | None = YAML(typ="safe", pure=True).compose(raw.decode("utf-8"))
    if node is None:
        raise _NotAPack("it is empty")
    return node


def _value(node: Node, path: Path, document: Document) -> Any:
    document.lines[path] = node.start_mark.line + 1
    if getattr(node, "anchor", None) is not None:
        # Content behind an alias is not read: a few lines of aliases can expand to millions of leaves.
        document.faults.append(document.fault(path, "anchors and aliases are not read"))
        return None
    match node:
        case MappingNode():
            return _mapping(node, path, document)
        case SequenceNode():
            return tuple(_value(item, (*path, index), document) for index, item in enumerate(node.value))
        case ScalarNode():
            return _scalar(node, path, document)
    raise ValueError("unknown node")


def _mapping(node: MappingNode, path: Path, document: Document) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, item in node.value:
        document.lines.setdefault((*path, str(key.value)), key.start_mark.line + 1)
        if key.tag != _TAG + "str":
            document.faults.append(
                document.fault((*path, str(key.value)), "this key is not plain text: put it in quotes")
            )
        elif key.value in found:
            again = PACK_FAULT(
                file=document.file,
                line=key.start_mark.line + 1,
                leaf=leaf_name((*path, key.value)),
                why="this key occurs twice",
            )
            document.faults.append(again)
        else:
            found[key.value] = _value(item, (*path, key.value), document)
    return found


def _scalar(node: ScalarNode, path: Path, document: Document) -> Any:
    text = str(node.value)
    match node.tag.removeprefix(_TAG) if isinstance(node.tag, str) else str(node.tag).removeprefix(_TAG):
        case "str":
            return text
        case "bool" if text in {"true", "false"}:
            return text == "true"
        case "null":
            return None
        case "int" if _INTEGER.fullmatch(text):
            return int(text)
        case "timestamp":
            return _date(text, path, document)
    document.faults.append(
        document.fault(path, "write a whole number, true, false, a date or text in quotes")
    )
    return None


def _date(text: str, path: Path, document: Document) -> dt.date | dt.datetime | None:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return dt.date.fromisoformat(text)
        instant = dt.datetime.fromisoformat(text)
        if instant.tzinfo is not None:
            return instant
    except ValueError:
        pass
    document.faults.append(document.fault(path, "there is no such date; write YYYY-MM-DD"))
    return None
