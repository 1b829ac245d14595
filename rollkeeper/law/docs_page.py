# SPDX-License-Identifier: EUPL-1.2
"""Writes the page that lists every field a pack can hold and whether something here supports it.

Made from the schema and from the list of what is supported, so that it cannot say anything else than the code does.
"""

from collections.abc import Iterator
from typing import Any

from rollkeeper.law.schema import PackFile
from rollkeeper.law.supported_fields import support_of

_HEAD = """A pack is one YAML 1.2 file: a law as dated data, every value next to the words it rests on. A lawyer and an engineer write one together.

## Write a pack

1. `rollkeeper law new cc-name-year --shape register --out my-law.yaml` (or `--shape campaign`, `--shape registrar`) writes a draft that loads.
   `rollkeeper law schema > pack.schema.json` lets an editor complete and check as you write.
2. The lawyer puts the official text under `articles`, each article in its own words, and the address of the text under `sources`.
3. The engineer writes each rule as a value with `because`: the article, and under `words` the very words, which must occur in it. What the
   text leaves open goes into `open_questions` with the choice made; where a doubt remains, the later date holds.
4. What the law asks and Rollkeeper will not do (README, "What it will not do") goes into `declined`: article, what, why, who answers. A value
   that nothing here supports makes the pack unusable as a whole; a declined one does not.
5. Write `tests`: the day before, the day and the day after each limit, counted by hand. They run at every load, on what is supported.
   `rollkeeper law test my-law.yaml --trace` shows the counting.
6. `rollkeeper law check my-law.yaml` says which features are missing, which acts the pack does not carry and what looks forgotten;
   `law show` prints the page that staff and the public see; `law diff OLD NEW --events lines.csv` says how many people gain or lose days.
7. `rollkeeper law confirm my-law.yaml --source act --reader "..." --read-in https://...` when a named person has read the official text. Then
   `status: confirmed`. Before that the pack only shows and simulates.

Emergency numbers, documents, the number plan and regional holidays stand in `rollkeeper/law/countries/<cc>.yaml`, found by `jurisdiction`. A
country without a file can be written about, and no line is barred there.

## What acts, and when

A law that is a draft, struck down, stayed, not begun or over acts on no one, nor does a value that no reader's entry in `confirmations` covers.
The entry holds the hashes of the articles and of the values: after a change of either it is read again. `confirmed: true` at a value says nothing;
`confirmed: false` takes the confirmation away. `valid.prepares` is the day from which the law has the operator prepare: tell people, and
record those who come. A struck-down law: `rollkeeper law check` and `doctor` say what to do.

A pack is read strictly: no repeated keys, anchors, tags or decimal numbers; dates as YYYY-MM-DD. Every fault is reported with its line. A pack
with an unsupported field loads, and is refused for use with the field's name.

Fields under *some values* are supported for the values that `rollkeeper/law/supported_fields.py` lists. The default of an unsupported
field is supported. A field without values takes text.
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
    found: dict[str, dict[str, list[str]]] = {}
    for path, values in _fields(schema, schema, ""):
        part, _, name = path.rpartition(".")
        said = f"`{name}`" if values == "text" else f"`{name}` ({values})"
        found.setdefault(support_of(path), {}).setdefault(part, []).append(said)
    return _HEAD + "".join(
        _section(_HEADINGS[support], found[support]) for support in sorted(found, key=list(_HEADINGS).index)
    )


def _section(heading: str, parts: dict[str, list[str]]) -> str:
    lines = (f"- `{part or 'the pack'}`: {', '.join(fields)}" for part, fields in parts.items())
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
