# SPDX-License-Identifier: EUPL-1.2
"""Rule packs: the shipped ones are next to this file, others are given by path. All are read in the same strict way.

A pack that does not load reports every fault with its line. A pack that loads may still ask for what nothing here
supports: `Pack.refuse_unsupported` then refuses its use.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ValidationError

from rollkeeper.kernel.canonical import sha256_hex
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.law.calendars import is_known
from rollkeeper.law.cases import failed_cases
from rollkeeper.law.errors import PACK_ARTICLE_MISSING, PACK_NOT_FOUND
from rollkeeper.law.pack import Pack
from rollkeeper.law.schema import Article, PackFile
from rollkeeper.law.schema_common import Citation
from rollkeeper.law.strict_yaml import MAX_BYTES, Document, leaf_name, read_strict
from rollkeeper.law.strict_yaml import Path as LeafPath

__all__ = ["Pack", "load_pack", "shipped_packs"]


def load_pack(name: str | Path) -> Pack:
    """Load a shipped pack by its id, or any pack by its path. Refuses: PACK_NOT_FOUND, PACK_FAULT, PACK_ARTICLE_MISSING, PACK_CASE_FAILED; several together."""
    if isinstance(name, str) and name in shipped_packs():
        return _shipped(name)
    path = Path(name)
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise PACK_NOT_FOUND(name=name, shipped=", ".join(shipped_packs())) from fault
    return _read_before(raw, str(path))


def read_pack(raw: bytes, *, file: str) -> Pack:
    """Read a pack from its bytes, check it, and run its own cases. Refuses: as `load_pack`."""
    document = read_strict(raw, file)
    try:
        content = PackFile.model_validate(document.data)
    except ValidationError as fault:
        raise_all(_named_faults(fault, document))
        raise
    raise_all(list(_inner_faults(content, document)))
    pack = Pack(content, sha256_hex(raw))
    if not pack.unsupported_fields:
        raise_all(failed_cases(pack, file=file))
    return pack


def lasting_name(name: str) -> str:
    """Return the name under which a pack is found again from any folder: a shipped id, or the whole path."""
    return name if name in shipped_packs() else str(Path(name).resolve())


@cache
def shipped_packs() -> tuple[str, ...]:
    """Return the ids of the packs that come with Rollkeeper."""
    here = files("rollkeeper.law.packs").iterdir()
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in here if entry.name.endswith(".yaml")))


@lru_cache(maxsize=4)
def _read_before(raw: bytes, file: str) -> Pack:
    # By its bytes, which are read each time: an operator's own pack is asked for at every act, and takes a tenth of a second to check.
    return read_pack(raw, file=file)


@cache
def _shipped(name: str) -> Pack:
    file = files("rollkeeper.law.packs") / f"{name}.yaml"
    return read_pack(file.read_bytes(), file=file.name)


def _named_faults(fault: ValidationError, document: Document) -> list[RollkeeperError]:
    """Report each fault once: a list that is too short only because its items are faulty is not a separate fault."""
    errors = fault.errors(include_url=False)
    places = [error["loc"] for error in errors]
    return [
        _named(error, document)
        for error in errors
        if error["type"] != "too_short"
        or not any(place != error["loc"] and place[: len(error["loc"])] == error["loc"] for place in places)
    ]


def _named(error: Mapping[str, Any], document: Document) -> RollkeeperError:
    where: LeafPath = tuple(error["loc"])
    if where and (where[-1] == "because" or where[-2:] == ("because", "article")):
        leaf = where[: where.index("because")]
        return PACK_ARTICLE_MISSING(file=document.file, line=document.line_of(leaf), leaf=leaf_name(leaf))
    why = {"missing": "it is missing", "extra_forbidden": "no pack has such a field"}.get(
        error["type"], str(error["msg"]).removeprefix("Value error, ")
    )
    return document.fault(where, why[:1].lower() + why[1:])


def _inner_faults(pack: PackFile, document: Document) -> Iterator[RollkeeperError]:
    """Yield what is wrong between leaves that are each well formed."""
    sources = [source.id for source in pack.sources]
    articles = {(a.source, a.article): a for a in pack.articles}
    yield from _twice(sources, ("sources",), document)
    yield from _twice([f"{a.source} {a.article}" for a in pack.articles], ("articles",), document)
    for campaign in pack.campaigns:
        yield from _twice([stage.id for stage in campaign.stages], ("campaigns",), document)
    for where, because in _becauses(pack, ()):
        article = articles.get((because.source or sources[0], because.article))
        yield from _citation_faults(because, article, where, document)
    if not is_known(pack.calendar.holidays.country):
        yield document.fault(("calendar", "holidays", "country"), "no calendar is known for this country")
    if not _is_zone(pack.calendar.time_zone):
        yield document.fault(("calendar", "time_zone"), "no time zone has this name")


def _citation_faults(
    because: Citation, article: Article | None, where: LeafPath, document: Document
) -> Iterator[RollkeeperError]:
    if article is None:
        yield document.fault(
            (*where, "article"), f"the pack carries no article {because.article} of that source"
        )
        return
    for language, words in because.words.items():
        if words not in article.text.get(language, ""):
            yield document.fault(
                (*where, "words", language), f"these words are not in article {because.article}"
            )


def _becauses(part: Any, path: LeafPath) -> Iterator[tuple[LeafPath, Citation]]:
    if isinstance(part, Citation):
        yield path, part
    elif isinstance(part, BaseModel):
        for name in type(part).model_fields:
            yield from _becauses(getattr(part, name), (*path, name))
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from _becauses(item, (*path, index))


def _twice(names: list[str], where: LeafPath, document: Document) -> Iterator[RollkeeperError]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield document.fault(where, f"'{name}' occurs twice")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
