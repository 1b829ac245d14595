# SPDX-License-Identifier: EUPL-1.2
"""Compares a law with the laws below it: a region's law with the nation's, a transposition with its directive.

Only the upper pack applies, as a whole: no value comes from a text that its reader did not see, and its hash covers all that acts. The
law's page and `rollkeeper law check` list every leaf on which the layers differ, and every chapter that only the lower one has, so that the
named reader of the upper pack decides each.
"""

from dataclasses import dataclass
from typing import Any, Final

from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.law.schema import PackFile
from rollkeeper.law.supported_fields import leaves

_OWN: Final = ("id", "version", "title", "valid", "recorded_at", "layers", "sources", "articles",
               "tests", "open_questions", "confirmations", "declined", "status", "jurisdiction")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conflict:
    """One leaf on which two layers differ."""

    leaf: str
    lower: Any
    upper: Any


@dataclass(frozen=True, slots=True)
class Layered:
    """A law under another one."""

    pack: Pack
    differs: tuple[Conflict, ...]
    """Both say it, and differently: the upper one applies."""
    only_below: tuple[str, ...]
    """Chapters that only the lower one has: they do not act."""


def lower_layers(pack: Pack) -> tuple[Layered, ...]:
    """Return the laws below a pack, and how they differ from it. The loader made sure that each is shipped."""
    return tuple(_layered(load_pack(name), pack.file) for name in pack.file.layers)


def _layered(lower: Pack, upper: PackFile) -> Layered:
    above = {_chapter(leaf) for leaf in _rules(upper)}
    below = dict.fromkeys(_chapter(leaf) for leaf in _rules(lower.file))
    return Layered(lower, list_conflicts(lower.file, upper), tuple(one for one in below if one not in above))


def _chapter(leaf: str) -> str:
    return leaf.split(".", maxsplit=1)[0].split("[", maxsplit=1)[0]


def list_conflicts(lower: PackFile, upper: PackFile) -> tuple[Conflict, ...]:
    """Return every leaf that both layers set, and set differently."""
    below, above = _rules(lower), _rules(upper)
    return tuple(
        Conflict(leaf, below[leaf], value)
        for leaf, value in above.items()
        if leaf in below and below[leaf] != value
    )


def _rules(pack: PackFile) -> dict[str, Any]:
    """Return the leaves that say what applies."""
    return {
        path: value
        for path, value in leaves(pack)
        if _chapter(path) not in _OWN
        and "because" not in path
        and ".purpose" not in path
        and not path.endswith(".id")
    }
