# SPDX-License-Identifier: EUPL-1.2
"""Writes the page that lists every field a pack can hold and whether something here supports it.

Made from the schema and from the list of what is supported, so that it cannot say anything else than the code does.
"""

from collections.abc import Iterator
from typing import Any

from rollkeeper.law.schema import PackFile
from rollkeeper.law.supported_fields import support_of

_HEAD = """A pack is one YAML 1.2 file: a law as dated data, every value next to the words it rests on. A lawyer and an engineer write one together.

## Write a pack in a day

A lawyer and an engineer sit together. What takes how long was the experience with the shipped packs.

**First hour: the shape.** Read the law once, and say which it is: *a register* (each new subscriber is recorded), *a campaign* (old lines too,
by a day), *a registrar* (names, address blocks, sites). `rollkeeper law list` shows a shipped pack of each shape: `de-tkg-172`, `za-rica-40`,
`de-bsig-49`. `rollkeeper law new cc-name-year --shape register --out my-law.yaml` (or `--shape campaign`, `--shape registrar`) writes a draft
that loads. `rollkeeper law schema > pack.schema.json` lets an editor complete and check as you write.

**Second hour: the text.** The lawyer puts the official words under `articles`, each article in its own words and language, with a
translation next to it, and under `sources` where they were read. What only the press or a guidance says has that rank, and acts on no one.

**Until noon: the rules.** The engineer writes each rule as a value with `because`: the article, and under `words` the very words, which must
occur in it. Ask of each sentence:

| the law says | write | and look at |
|---|---|---|
| who has to register, for what | `scope`, `party_kinds` | `de-tkg-172` |
| what is recorded | `attributes`: name, address, document_type, document_number, birth_date, national_number, tax_number, email, telephone; `required` is yes, if_on_document, optional or forbidden | `ch-vupf-20`, `mx-crt-2025` |
| so many days from a day | `deadline.base` and `after` (days, months, years, working days) | `es-25-2007` |
| people are told late | nothing: the whole time from the notice; or `deadline.floor`: so many days at least | `za-rica-40` |
| before which day the operator tells people | `told_before` at the notice: the report counts it, and no one's clock rests on it | `cn-xz-2011` |
| how long it is kept | `retention`: days, months, years, or to the end of the next calendar year | `de-tkg-172` |
| a copy of the document | `document_copies`; required ones that are missing are counted | `ke-ln163-2015` |
| how many lines | `limits`, of the operator's own | `id-pm5-2021` |
| it lies over another law: a region over a nation, a transposition over its directive | `layers`; only what this pack says acts, and its page lists every value on which the two differ | `cn-xz-2011`, `de-bsig-49` |
| a judge or the police may ask | `disclosure`, with the instrument | `es-25-2007` |

What the text leaves open goes into `open_questions` with the choice made; where a doubt remains, the later date holds.

**After noon: what is not done.** What the law asks and Rollkeeper will not do (README, "What it will not do"), or does not do yet, goes into
`declined`: article, what, why, what there is instead, who answers. A value that nothing here supports makes the pack unusable as a whole; a
declined one does not. Decline a rule rather than half obey it.

**Then the days.** Write `tests`: the day before, the day and the day after each limit, counted by hand on a calendar. They run at every load.
`rollkeeper law test my-law.yaml --trace` shows the counting. `rollkeeper law check my-law.yaml` says which features are missing, which acts the
pack does not carry and what looks forgotten; `law show` prints the page that staff and the public see; `rollkeeper simulate` runs it on a
population; `law diff OLD NEW --events lines.csv` says how many people gain or lose days.

**Last: a reader.** `rollkeeper law confirm my-law.yaml --source act --reader "..." --read-in https://...` when a named person has read the official
text. Then `status: confirmed`. Before that the pack only shows and simulates.

A new attribute is one line in `rollkeeper/law/attributes.py`, one in `vault/fields.py` with its label, and its translation.

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
