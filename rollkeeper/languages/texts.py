# SPDX-License-Identifier: EUPL-1.2
"""Collects every text that is said to people in one language, and makes one hash of all of them.

A text has a key that stays the same while its file grows: the file and the path to the text in it, or a digest of the English in
the catalogue. The files of an installed version do not change, so a process makes the hash once and keeps no text of them; a
rule pack of the operator's own is read again whenever it changes.
"""

import gettext
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Final

from rollkeeper.kernel.accepted_languages import SOURCE
from rollkeeper.kernel.canonical import canonical_bytes, sha256_hex
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack

_A_FILE_EACH: Final = ("notices/texts", "incidents/texts")
_ALL_IN_ONE: Final = (
    "law/sentences.toml", "agents/requirements.toml", "reporting/labels.toml", "reporting/metrics.toml",
)  # fmt: skip
_NAMES: Final = ("id", "source", "article", "kind", "name")
"""Fields that name an item of a list; an item without them is named by its place."""
_DIGEST_SIGNS: Final = 12
_OF_PACK: Final = "pack "


@dataclass(frozen=True, slots=True)
class Said:
    """One text in one language, and the English that it translates."""

    text: str
    english: str


def translated_languages() -> tuple[str, ...]:
    """Return every language that has texts, except English."""
    folders = (entry for entry in (files("rollkeeper") / "site" / "locale").iterdir() if entry.is_dir())
    return tuple(sorted(folder.name.replace("_", "-").lower() for folder in folders))


def texts_of(language: str) -> Mapping[str, Said]:
    """Return all texts of a language by key, with the texts of the instance's rule pack."""
    return {**shipped_texts(language), **_pack_texts(instance().pack, language)}


def texts_hash(language: str) -> str:
    """Return the SHA-256 over every text of a language, each with its key."""
    return _hash(language, _pack_hash())


def digests_of(texts: Mapping[str, Said]) -> dict[str, str]:
    """Return a short digest of each text."""
    return {key: digest(said.text) for key, said in texts.items()}


def digest(text: str) -> str:
    """Return a short digest of one text."""
    return sha256_hex(text.encode())[:_DIGEST_SIGNS]


def shipped_texts(language: str) -> Mapping[str, Said]:
    """Return all texts of a language that come with Rollkeeper, by key, except the texts of rule packs."""
    found = dict(_in_the_catalogue(language))
    for folder in _A_FILE_EACH:
        tree = {one: _toml(f"{folder}/{one}.toml") for one in (SOURCE, language)}
        found |= _said_in(tree, language, at=folder)
    for file in _ALL_IN_ONE:
        found |= _said_in(_toml(file), language, at=file)
    tree = {one: _formats(one) for one in (SOURCE, language)}
    return found | dict(_said_in(tree, language, at="site/formats"))


def is_of_pack(key: str) -> bool:
    """Tell whether a text is one of a rule pack."""
    return key.startswith(_OF_PACK)


def _pack_texts(name: str, language: str) -> dict[str, Said]:
    pack = load_pack(name)
    tree = pack.file.model_dump(mode="json")
    return dict(_said_in(tree, language, at=f"{_OF_PACK}{pack.id}"))


def _pack_hash() -> str:
    return load_pack(instance().pack).hash


@cache
def _hash(language: str, pack_hash: str) -> str:
    del pack_hash  # only a key of the cache: another hash means other texts of the pack
    texts = texts_of(language)
    return sha256_hex(canonical_bytes({key: said.text for key, said in texts.items()}))


def _in_the_catalogue(language: str) -> Iterator[tuple[str, Said]]:
    """Yield the texts of the compiled catalogue, since pages show these."""
    folder = files("rollkeeper") / "site" / "locale" / _locale(language) / "LC_MESSAGES"
    with (folder / "django.mo").open("rb") as file:
        found: dict[Any, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # noqa: SLF001 - it has no other way to list them
    for key, text in found.items():
        english, form = key if isinstance(key, tuple) else (key, 0)
        if english:
            yield f"catalogue {digest(english)}{f'.{form}' if form else ''}", Said(text, english)


def _said_in(tree: Any, language: str, *, at: str) -> Iterator[tuple[str, Said]]:
    """Yield every text of a language, with the English text next to it."""
    if isinstance(tree, dict):
        english = dict(_leaves(tree.get(SOURCE), at))
        for key, text in _leaves(tree.get(language), at):
            # A row of a report without English words is called by its own name.
            yield key, Said(text, english.get(key) or key.rpartition(".")[2])
    for name, branch in _branches(tree):
        if name not in {SOURCE, language}:
            yield from _said_in(branch, language, at=f"{at}.{name}")


def _leaves(tree: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(tree, str):
        yield at, tree
    for name, branch in _branches(tree):
        yield from _leaves(branch, f"{at}.{name}")


def _branches(tree: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(tree, dict):
        yield from tree.items()
    elif isinstance(tree, list):
        taken: set[str] = set()
        for place, item in enumerate(tree):
            name = _name_of(item) or str(place)
            # Two items with one name would count as one text, and a change of one of them would not be noticed.
            name = f"{name} {place}" if name in taken else name
            taken.add(name)
            yield name, item


def _name_of(item: Any) -> str:
    return " ".join(str(item[one]) for one in _NAMES if item.get(one)) if isinstance(item, dict) else ""


def _toml(path: str) -> dict[str, Any]:
    """Read a file of texts; a language without this file has no texts there."""
    file = files("rollkeeper") / path
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


def _formats(language: str) -> dict[str, str]:
    module = import_module(f"rollkeeper.site.formats.{_locale(language)}.formats")
    return {name: value for name, value in vars(module).items() if name.isupper() and isinstance(value, str)}


def _locale(language: str) -> str:
    name, _, script = language.partition("-")
    return f"{name}_{script.title()}" if script else name
