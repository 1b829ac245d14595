# SPDX-License-Identifier: EUPL-1.2
"""Holds the layers of a law against each other: where two of them say different things about one leaf.

No command uses it yet, and a pack that names layers is refused for use: until engines support layers, a named person
reads this list and writes one pack that says what holds.
"""

from dataclasses import dataclass
from typing import Any, Final

from rollkeeper.law.schema import PackFile
from rollkeeper.law.supported_fields import leaves

_OWN: Final = ("id", "version", "title", "valid", "recorded_at", "layers", "supersedes", "sources", "articles",
               "tests", "open_questions", "confirmations", "declined", "status", "jurisdiction")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Conflict:
    """One leaf on which two layers differ."""

    leaf: str
    lower: Any
    upper: Any


def list_conflicts(lower: PackFile, upper: PackFile) -> tuple[Conflict, ...]:
    """Return every leaf that both layers set, and set differently."""
    below, above = _rules(lower), _rules(upper)
    return tuple(
        Conflict(leaf, below[leaf], value)
        for leaf, value in above.items()
        if leaf in below and below[leaf] != value
    )


def _rules(pack: PackFile) -> dict[str, Any]:
    """Return the leaves that say what holds."""
    return {
        path: value
        for path, value in leaves(pack)
        if path.split(".")[0].split("[")[0] not in _OWN and "because" not in path
    }
