# SPDX-License-Identifier: EUPL-1.2
"""Groups the unsupported fields of a pack into features that a later version of Rollkeeper would need."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rollkeeper.law.confirmations import citations
from rollkeeper.law.pack import Pack

_FEATURES: Final[Sequence[tuple[str, str]]] = (
    ("documents", r"party_kinds\[[^]]*\]\.documents"),
    ("verification", r"party_kinds\[[^]]*\]\.verification"),
    ("attributes", r"(party_kinds\[[^]]*\]\.|line_)attributes"),
    ("representatives", r"party_kinds\[[^]]*\]\.(representative|user_of_line)"),
    ("minors", r"party_kinds\[[^]]*\]\.(age|last_day\.at_majority)"),
    ("without a document", r"party_kinds\[[^]]*\]\.no_document_route"),
    ("kinds of party", r"party_kinds"),
    ("limits", r"limits"),
    ("services", r"scope\.services"),
    ("registering acts", r"scope\.registering_acts"),
    ("deadline by date", r"campaigns\[[^]]*\]\.deadline\.(base|not_before_notice)"),
    ("units of time", r".*unit: "),
    ("several campaigns", r"campaigns' \(|campaigns\[[^]]*\]\.phases"),
    ("cohorts", r"campaigns\[[^]]*\]\.cohort"),
    ("notices", r"campaigns\[[^]]*\]\.notices"),
    ("stages", r"campaigns\[[^]]*\]\.stages"),
    ("extensions", r"campaigns\[[^]]*\]\.extensions"),
    ("campaigns", r"campaigns"),
    ("retention by class", r"retention"),
    ("document copies", r"document_copies"),
    ("agents", r"agents"),
    ("rights with days", r"rights"),
    ("disclosure", r"disclosure"),
    ("incidents", r"breach|at_once"),
    ("number reuse", r"number_reuse"),
    ("calendar", r"calendar"),
)
"""Each feature with a pattern of its fields; the first pattern that fits a field counts."""


def features_missing(pack: Pack) -> dict[str, list[str]]:
    """Return the features that a pack needs and that are missing here, each with its fields; empty for a pack that can be used."""
    found: dict[str, list[str]] = {}
    for field in pack.unsupported_fields:
        found.setdefault(_feature(field.lstrip("'")), []).append(field)
    return found


def _feature(field: str) -> str:
    return next((name for name, fields in _FEATURES if re.match(fields, field)), "others")


@dataclass(frozen=True, slots=True)
class DeclinedLeaf:
    """One thing that a law asks and that is not done, and why not."""

    pack: str
    article: str
    leaf: str
    why: str


@dataclass(frozen=True, slots=True)
class UnconfirmedSource:
    """A text on which unconfirmed values of a pack rest, and where to read it."""

    pack: str
    source: str
    rank: str
    values: int
    read: str
    """What has to be read: the address of the text, or its name."""


def declined_leaves(packs: Iterable[Pack]) -> Iterator[DeclinedLeaf]:
    """Yield what these laws decline."""
    for pack in packs:
        for one in pack.file.declined:
            yield DeclinedLeaf(pack.id, one.article, one.leaf, one.why["en"])


def unconfirmed_sources(packs: Iterable[Pack]) -> Iterator[UnconfirmedSource]:
    """Yield the sources of these laws on which unconfirmed values rest, and how many do."""
    for pack in packs:
        first = pack.file.sources[0].id
        doubtful = Counter(
            because.source or first for _, because in citations(pack.file) if not because.confirmed
        )
        for source in pack.file.sources:
            if doubtful[source.id]:
                said = source.url or source.instrument
                yield UnconfirmedSource(pack.id, source.id, source.rank, doubtful[source.id], said)
