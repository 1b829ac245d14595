# SPDX-License-Identifier: EUPL-1.2
"""Who read which article, where and when. Only what a named reader confirmed acts on people or is told to them as a fact.

An entry holds two hashes: of the articles' texts as the pack carries them, and of the values that rest on them. If either changed since,
the entry confirms nothing until a reader reads again (`rollkeeper law confirm`). A value that says `confirmed: false` stays unconfirmed
whatever was read. What the press or a guidance says is never confirmed.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel

from rollkeeper.kernel.canonical import canonical_bytes, sha256_hex
from rollkeeper.law.schema import Confirmation, PackFile
from rollkeeper.law.schema_common import Citation
from rollkeeper.law.strict_yaml import Path, leaf_name

NEVER_CONFIRMED: Final = frozenset({"press", "guidance"})
"""Ranks of sources that only report what the official text says."""


_WITH_PARTS: Final = (BaseModel, tuple)


@dataclass(frozen=True, slots=True)
class Outdated:
    """A reading that no longer fits the pack."""

    confirmation: Confirmation
    what: str
    """What was changed since: the text, or the values that rest on it."""


def citations(part: Any, path: Path = ()) -> Iterator[tuple[Path, Citation]]:
    """Yield every citation of a pack with the way to it."""
    if isinstance(part, Citation):
        yield path, part
    elif isinstance(part, BaseModel):
        for name, value in part:
            if isinstance(value, _WITH_PARTS):
                yield from citations(value, (*path, name))
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            if isinstance(item, _WITH_PARTS):
                yield from citations(item, (*path, index))


def text_hash(file: PackFile, source: str, articles: Collection[str]) -> str:
    """Return the SHA-256 over the texts of these articles, in the pack's order."""
    told = [
        [one.article, dict(sorted(one.text.items()))]
        for one in file.articles
        if one.source == source and one.article in articles
    ]
    return sha256_hex(canonical_bytes({"source": source, "articles": told}))


def values_hash(file: PackFile, source: str, articles: Collection[str]) -> str:
    """Return the SHA-256 over every value that rests on these articles. The order of a list's items does not count."""
    return _hash_of(_values(file, {(source, one) for one in articles}), source, articles)


type _Article = tuple[str, str]
type _Values = Mapping[_Article, list[str]]


def _hash_of(values: _Values, source: str, articles: Collection[str]) -> str:
    found = [said for article in {*articles} for said in values.get((source, article), ())]
    return sha256_hex(canonical_bytes({"values": sorted(found)}))


def _values(file: PackFile, of: Collection[_Article]) -> _Values:
    """Return the values that rest on each of these articles (pairs of source and article)."""
    first, found = file.sources[0].id, defaultdict[_Article, list[str]](list)
    for path, because in citations(file):
        article = because.source or first, because.article
        if article not in of:
            continue
        part: Any = file
        for step in path[:-1]:
            part = part[step] if isinstance(step, int) else getattr(part, step)
        where = re.sub(r"\[\d+\]", "[]", leaf_name(path[:-1]))
        said = _without_marks(part.model_dump(mode="json", exclude_defaults=True))
        value = canonical_bytes({"leaf": where, "value": said}).decode()
        found[article].append(value)
    return found


def _values_that_were_read(file: PackFile) -> _Values:
    read = {(one.source, article) for one in file.confirmations for article in one.articles}
    return _values(file, read) if read else {}


def _without_marks(said: Any) -> Any:
    """Return a value without its `confirmed` marks: they follow from the reading and are not part of what was read."""
    if isinstance(said, dict):
        return {name: _without_marks(one) for name, one in said.items() if name != "confirmed"}
    return [_without_marks(one) for one in said] if isinstance(said, list | tuple) else said


def outdated(file: PackFile) -> tuple[Outdated, ...]:
    """Return the readings that no longer fit."""
    values = _values_that_were_read(file)
    found = ((one, _changed(file, one, values)) for one in file.confirmations)
    return tuple(Outdated(one, what) for one, what in found if what)


def resolved(file: PackFile) -> PackFile:
    """Return the pack with the true `confirmed` of each value: true only if a valid reading covers its article."""
    ranks = {source.id: source.rank for source in file.sources}
    values = _values_that_were_read(file)
    read = {
        (one.source, article)
        for one in file.confirmations
        if ranks.get(one.source) not in NEVER_CONFIRMED and not _changed(file, one, values)
        for article in one.articles
    }
    return _resolved(file, read, file.sources[0].id)  # type: ignore[no-any-return]


def _changed(file: PackFile, one: Confirmation, values: _Values) -> str:
    if one.text_hash != text_hash(file, one.source, one.articles):
        return "the text"
    return "" if one.values_hash == _hash_of(values, one.source, one.articles) else "the values"


def _resolved(part: Any, read: Collection[tuple[str, str]], first: str) -> Any:
    if isinstance(part, Citation):
        is_doubted = "confirmed" in part.model_fields_set and not part.confirmed
        is_read = (part.source or first, part.article) in read
        return part.model_copy(update={"confirmed": is_read and not is_doubted})
    if isinstance(part, BaseModel):
        parts = {name: getattr(part, name) for name in type(part).model_fields}
        now = {name: _resolved(value, read, first) for name, value in parts.items()}
        return part.model_copy(update={n: value for n, value in now.items() if value is not parts[n]})
    if isinstance(part, tuple):
        items = tuple(_resolved(item, read, first) for item in part)
        return items if any(a is not b for a, b in zip(items, part, strict=True)) else part
    return part


def with_reading(
    file: PackFile, *, by: str, on: dt.date, read_in: str, source: str, articles: Collection[str] = ()
) -> PackFile:
    """Return a pack with the entry of this reader, for all articles of a source or for some.

    An earlier entry of the source goes if it covers no other article than these. Precondition: the pack carries the articles.
    """
    of_source = [one.article for one in file.articles if one.source == source]
    chosen = tuple(one for one in of_source if not articles or one in articles)
    fresh = Confirmation(
        reader=by, read_on=on, read_in=read_in, source=source, articles=chosen,
        text_hash=text_hash(file, source, chosen), values_hash=values_hash(file, source, chosen),
    )  # fmt: skip
    kept = [one for one in file.confirmations if one.source != source or not {*one.articles} <= {*chosen}]
    return file.model_copy(update={"confirmations": (*kept, fresh)})


def write_confirmations(text: str, file: PackFile) -> str:
    """Return a pack's text with these confirmations as its last chapter."""
    return f"{_CHAPTER.sub('', text).rstrip('\n')}\n\nconfirmations:\n{''.join(map(_written, file.confirmations))}"


_CHAPTER: Final = re.compile(r"^confirmations:[^\n]*\n(?:[ \t#][^\n]*\n|\n)*", re.MULTILINE)


def _written(one: Confirmation) -> str:
    quoted = {name: json.dumps(getattr(one, name), ensure_ascii=False) for name in ("reader", "read_in")}
    return (
        f"  - reader: {quoted['reader']}\n"
        f"    read_on: {one.read_on.isoformat()}\n"
        f"    read_in: {quoted['read_in']}\n"
        f"    source: {one.source}\n"
        f"    articles: {json.dumps(list(one.articles), ensure_ascii=False)}\n"
        f"    text_hash: {one.text_hash}\n"
        f"    values_hash: {one.values_hash}\n"
    )
