# SPDX-License-Identifier: EUPL-1.2
"""Writes the page of the documentation site that lists every field a pack can hold and whether something here supports it.

Made from the schema and from the list of what is supported, so that it cannot say anything else than the code does.
"""

from collections.abc import Iterator
from typing import Any

from rollkeeper.law.schema import PackFile
from rollkeeper.law.supported_fields import support_of

_HEAD = """Fields under *some values* are supported for the values that `rollkeeper/law/supported_fields.py` lists. The default of an
unsupported field is supported. A field without values takes text; values are given where a field is first named with them.
"""
_HEADINGS = {
    "yes": "Supported",
    "some values": "Supported for some values",
    "always": "Done for every pack: saying it changes nothing",
    "shown to people": "Shown to people",
    "not yet": "Not supported yet",
}


def packs_markdown() -> str:
    """List all fields by how they are supported, those of one part of a pack together."""
    schema = PackFile.model_json_schema()
    found: dict[str, dict[str, list[tuple[str, str]]]] = {}
    for path, values in _fields(schema, schema, ""):
        part, _, name = path.rpartition(".")
        found.setdefault(support_of(path), {}).setdefault(part, []).append((name, values))
    said: set[tuple[str, str]] = set()
    return _HEAD + "".join(
        _section(_HEADINGS[support], found[support], said)
        for support in sorted(found, key=list(_HEADINGS).index)
    )


def _section(heading: str, parts: dict[str, list[tuple[str, str]]], said: set[tuple[str, str]]) -> str:
    """Write a section; the values of a field are given where it is first named with them."""

    def named(name: str, values: str) -> str:
        is_known = values == "text" or (name, values) in said
        said.add((name, values))
        return f"`{name}`" if is_known else f"`{name}` ({values})"

    lines = (
        f"- `{part or 'the pack'}`: {', '.join(named(*field) for field in fields)}"
        for part, fields in parts.items()
    )
    return f"\n## {heading}\n\n" + "\n".join(lines) + "\n"


def _fields(part: dict[str, Any], schema: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """Yield each leaf with its possible values. `because` occurs everywhere and is explained once."""
    part = _resolved(part, schema)
    if "properties" in part:
        for name, child in part["properties"].items():
            if name != "because":
                yield from _fields(child, schema, f"{path}.{name}".lstrip("."))
    elif part.get("type") == "array" and "items" in part:
        yield from _fields(part["items"], schema, f"{path}[]")
    else:
        yield path, _values(part, schema)


def _resolved(part: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """Follow references, and leave out the alternative 'null'."""
    while True:
        choices = [choice for choice in part.get("anyOf", []) if choice.get("type") != "null"]
        if "$ref" in part:
            part = schema["$defs"][part["$ref"].rsplit("/", 1)[1]]
        elif len(choices) == 1:
            (part,) = choices
        else:
            return part


def _values(part: dict[str, Any], schema: dict[str, Any]) -> str:
    if "anyOf" in part:
        return " or ".join(
            _values(_resolved(choice, schema), schema)
            for choice in part["anyOf"]
            if choice.get("type") != "null"
        )
    if "enum" in part:
        return ", ".join(map(str, part["enum"]))
    if "const" in part:
        return str(part["const"])
    if "prefixItems" in part:
        return "first and last day"
    if "properties" in part:
        return "a length of time"
    kind = part.get("format") or part.get("type", "text")
    return {
        "string": "text",
        "integer": "whole number",
        "boolean": "true, false",
        "object": "text by language",
    }.get(kind, str(kind))
