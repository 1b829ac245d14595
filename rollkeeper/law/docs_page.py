# SPDX-License-Identifier: EUPL-1.2
"""Writes the page that lists every field a pack can hold and whether something here supports it.

Made from the schema and from the list of what is supported, so that it cannot say anything else than the code does.
"""

from collections.abc import Iterator
from typing import Any

from rollkeeper.law.schema import PackFile
from rollkeeper.law.supported_fields import support_of

_HEAD = """A pack is one YAML 1.2 file: a law as dated data. It is read strictly (no key twice, no anchors, no tags, no
decimal numbers, dates as YYYY-MM-DD), every fault is reported with its line, and it does not load when one of its own
`tests` fails. A value that can hurt a person has a field `because`: the article it rests on, the law's own words, and
`confirmed: false` where nobody has read them in the official text. A pack with a field that nothing supports yet loads,
and is refused for use with the field's name.

Fields marked *some values* are supported for the values that `rollkeeper/law/supported_fields.py` lists; where nothing supports a
field that has a default, the default is supported.

| field | values | supported |
|---|---|---|
"""


def packs_markdown() -> str:
    """Return the table of all fields."""
    schema = PackFile.model_json_schema()
    rows = [f"| `{path}` | {values} | {support_of(path)} |" for path, values in _fields(schema, schema, "")]
    return _HEAD + "\n".join(rows) + "\n"


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
    """Follow references, and look through 'or nothing'."""
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
