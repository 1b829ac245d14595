# SPDX-License-Identifier: EUPL-1.2
"""Rule packs: the shipped ones are next to this file, others are given by path. All are read in the same strict way.

A pack that does not load reports every fault with its line. A pack that loads may still ask for what nothing here
supports: `Pack.refuse_unsupported` then refuses its use.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from rollkeeper.kernel.canonical import sha256_hex
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.law.calendars import is_known, is_known_region
from rollkeeper.law.campaign_rules import campaigns_of
from rollkeeper.law.cases import failed_cases
from rollkeeper.law.confirmations import citations, resolved
from rollkeeper.law.errors import PACK_ARTICLE_MISSING, PACK_NOT_FOUND
from rollkeeper.law.pack import Pack
from rollkeeper.law.said_otherwise import SAID_OTHERWISE, without_fields_of_before
from rollkeeper.law.schema import Article, Confirmation, PackFile
from rollkeeper.law.schema_common import Citation, PackModel
from rollkeeper.law.schema_stages import Campaign
from rollkeeper.law.strict_yaml import MAX_BYTES, Document, in_plain_words, leaf_name, read_strict
from rollkeeper.law.strict_yaml import Path as LeafPath
from rollkeeper.law.supported_forms import END, OTHER_STAGES

__all__ = ["Pack", "load_pack", "shipped_packs"]


def _parts_of(part: type[PackModel]) -> Iterator[type[PackModel]]:
    yield part
    for below in part.__subclasses__():
        yield from _parts_of(below)


_FIELDS: Final = {name for part in _parts_of(PackModel) for name in part.model_fields}
"""The names of all fields that a pack can have."""


def load_pack(name: str | Path) -> Pack:
    """Load a shipped pack by its id, or any pack by its path. Refuses: PACK_NOT_FOUND, PACK_FAULT, PACK_ARTICLE_MISSING, PACK_CASE_FAILED; several together."""
    if isinstance(name, str) and name in shipped_packs():
        return _shipped(name)
    return _read_before(pack_bytes(name), str(Path(name)))


def pack_bytes(name: str | Path) -> bytes:
    """Return the file of a pack, byte by byte. Refuses: PACK_NOT_FOUND."""
    if isinstance(name, str) and name in shipped_packs():
        return (files("rollkeeper.law.packs") / f"{name}.yaml").read_bytes()
    try:
        with Path(name).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise PACK_NOT_FOUND(name=name, shipped=", ".join(shipped_packs())) from fault


def read_pack(raw: bytes, *, file: str) -> Pack:
    """Read a pack from its bytes, check it, and always run its own cases on its supported parts. Refuses: as `load_pack`."""
    document = read_strict(raw, file)
    try:
        content = PackFile.model_validate(without_fields_of_before(document.data))
    except ValidationError as fault:
        raise_all(_named_faults(fault, document))
        raise
    raise_all(list(_inner_faults(content, document)))
    pack = Pack(resolved(content), sha256_hex(raw))
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
    # Cached by the bytes, which are read each time: every act asks for the operator's own pack, and checking it takes a tenth of a second.
    return read_pack(raw, file=file)


@cache
def _shipped(name: str) -> Pack:
    return read_pack(pack_bytes(name), file=f"{name}.yaml")


def _named_faults(fault: ValidationError, document: Document) -> list[RollkeeperError]:
    """Report each fault once: a list that is too short only because its items are faulty is not a separate fault."""
    errors = fault.errors(include_url=False)
    places = [error["loc"] for error in errors]
    named: dict[LeafPath, list[RollkeeperError]] = {}
    for error in errors:
        where = _place(error, document.data)
        if error["type"] != "too_short" or not any(
            place != error["loc"] and place[: len(error["loc"])] == error["loc"] for place in places
        ):
            named.setdefault(where, []).append(_named(error, where, document))
    return [_either(found, where, document) for where, found in named.items()]


def _place(error: Mapping[str, Any], data: Any) -> LeafPath:
    """Return where in the file the fault is. If a value may have several forms, the schema also names the form; that is left out."""
    found: list[str | int] = []
    for part in error["loc"]:
        if isinstance(data, (dict, tuple)) and (
            part in data if isinstance(data, dict) else part in range(len(data))
        ):
            data = data[part]
        elif error["type"] != "missing" or part != error["loc"][-1]:
            continue
        found.append(part)
    return tuple(found)


def _either(faults: list[RollkeeperError], where: LeafPath, document: Document) -> RollkeeperError:
    """Return one fault for a value that fits none of its possible forms."""
    if len(faults) == 1:
        return faults[0]
    return document.fault(where, ", or ".join(dict.fromkeys(str(one.facts["why"]) for one in faults)))


def _named(error: Mapping[str, Any], where: LeafPath, document: Document) -> RollkeeperError:
    is_quoted_badly = error["type"] == "string_type" and error["input"] is not None
    if where and not is_quoted_badly and (where[-1] == "because" or where[-2:] == ("because", "article")):
        leaf = where[: where.index("because")]
        return PACK_ARTICLE_MISSING(file=document.file, line=document.line_of(leaf), leaf=leaf_name(leaf))
    why = in_plain_words(error)
    if error["type"] == "extra_forbidden":
        instead = SAID_OTHERWISE.get(str(where[-1]))
        why += f"; {instead}" if instead else did_you_mean(str(where[-1]), _FIELDS)
    elif error["type"] in {"literal_error", "enum"}:
        expected = re.findall(r"'([^']+)'", str(error.get("ctx", {}).get("expected", "")))
        why = f"write one of {', '.join(expected)}{did_you_mean(str(error['input']), expected)}"
    return document.fault(where, why)


def _inner_faults(pack: PackFile, document: Document) -> Iterator[RollkeeperError]:
    """Yield what is wrong between leaves that are each well formed."""
    sources = [source.id for source in pack.sources]
    articles = {(a.source, a.article): a for a in pack.articles}
    yield from _twice(sources, ("sources",), document)
    yield from _twice([f"{a.source} {a.article}" for a in pack.articles], ("articles",), document)
    yield from _twice([kind.id for kind in pack.party_kinds], ("party_kinds",), document)
    for index, kind in enumerate(pack.party_kinds):
        names = [attribute.name for attribute in kind.attributes]
        yield from _twice(names, ("party_kinds", index, "attributes"), document)
    yield from _twice([one.name for one in pack.line_attributes], ("line_attributes",), document)
    yield from _twice([campaign.id for campaign in campaigns_of(pack)], ("campaigns",), document)
    for place, campaign in enumerate(pack.campaigns):
        stages = [stage.id for stage in campaign.stages]
        yield from _twice(stages, ("campaigns",), document)
        yield from _order_faults(campaign, ("campaigns", place, "stages"), document)
    yield from _case_faults(pack, document)
    for index, read in enumerate(pack.confirmations):
        yield from _reading_faults(read, articles, ("confirmations", index), document)
    yield from _reference_faults(pack, document)
    for where, because in citations(pack):
        article = articles.get((because.source or sources[0], because.article))
        yield from _citation_faults(because, article, where, document)
    if not is_known(pack.calendar.holidays.country):
        yield document.fault(("calendar", "holidays", "country"), "no calendar is known for this country")
    elif (region := pack.calendar.holidays.subdivision) and not is_known_region(
        pack.calendar.holidays.country, region
    ):
        yield document.fault(
            ("calendar", "holidays", "subdivision"),
            "neither the calendar nor the country file knows holidays of this region",
        )
    if not _is_zone(pack.calendar.time_zone):
        yield document.fault(("calendar", "time_zone"), "no time zone has this name")


def _reference_faults(pack: PackFile, document: Document) -> Iterator[RollkeeperError]:
    """Yield the layers and sources that are named but do not exist."""
    for index, layer in enumerate(pack.layers):
        if layer == pack.id or layer not in shipped_packs():
            yield document.fault(("layers", index), "no other shipped pack has this id")
    sources = {source.id for source in pack.sources}
    for index, refused in enumerate(pack.declined):
        if refused.source not in sources:
            yield document.fault(("declined", index, "source"), "the pack names no such source")


def _order_faults(campaign: Campaign, at: LeafPath, document: Document) -> Iterator[RollkeeperError]:
    """Yield the stages that follow on something that the campaign does not have."""
    known = ["deadline", *(stage.id for stage in campaign.stages)]
    for index, stage in enumerate(campaign.stages):
        if stage.enter.after not in known:
            hint = did_you_mean(stage.enter.after, known)
            yield document.fault((*at, index, "enter", "after"), f"no stage has this name{hint}")


def _case_faults(pack: PackFile, document: Document) -> Iterator[RollkeeperError]:
    """Yield the cases that expect a stage which the campaign does not have."""
    bars = {stage.id for campaign in pack.campaigns for stage in campaign.stages} or {"suspended"}
    known = sorted(OTHER_STAGES | bars | {END})
    for index, case in enumerate(pack.tests):
        if case.expect not in known:
            hint = did_you_mean(case.expect, known)
            yield document.fault(("tests", index, "expect"), f"write one of {', '.join(known)}{hint}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a hint if a word is close to a known one, or is known in another part; else an empty text."""
    close = get_close_matches(word, list(known), n=1)
    if word in close:
        return ": it belongs to another part"
    return f" (did you mean '{close[0]}'?)" if close else ""


def _reading_faults(
    read: Confirmation, articles: Mapping[tuple[str, str], Article], where: LeafPath, document: Document
) -> Iterator[RollkeeperError]:
    for article in read.articles:
        if (read.source, article) not in articles:
            yield document.fault(
                (*where, "articles"), f"the pack carries no article {article} of that source"
            )


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


def _twice(names: list[str], where: LeafPath, document: Document) -> Iterator[RollkeeperError]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield document.fault(where, f"'{name}' occurs twice")


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return False
    return True
