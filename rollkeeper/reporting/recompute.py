# SPDX-License-Identifier: EUPL-1.2
"""Count quarters from the evidence and the published leaves, with nothing of the operator's register.

Every disclosed entry is compared with its leaf. Every leaf of a counted class should be disclosed: the result says how many are not.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from rollkeeper.ledger.tile_store import tile_name
from rollkeeper.ledger.tree import TILE_WIDTH, tile_width
from rollkeeper.ledger.verbs import Verb
from rollkeeper.reporting.evidence import Disclosed, counted_classes, read_evidence
from rollkeeper.reporting.metrics import Metric, tables
from rollkeeper.reporting.periods import Period
from rollkeeper.reporting.quarter_counts import Figures, zero_figures

type Quarters = Mapping[str, tuple[Period, int]]
"""By name: the period, and over how many first entries of the ledger it was counted."""


@dataclass(slots=True)
class Recount:
    """The figures by quarter; the leaves at which a report was entered, with its hash; how many leaves are not disclosed."""

    figures: dict[str, Figures]
    entered: list[tuple[int, str]] = field(default_factory=list)
    undisclosed: int = 0


def recompute(folder: Path, evidence: Path, *, head_size: int, quarters: Quarters) -> Recount:
    """Count the quarters from a file of evidence, compared with a ledger's folder whose tree was checked. Refuses: EVIDENCE_NOT_GENUINE."""
    found = Recount({name: zero_figures() for name in quarters})
    read = cache(lambda index: entries_of(folder, index, head_size))

    def leaf(index: int) -> bytes:
        return read(index // TILE_WIDTH)[index % TILE_WIDTH] if index < head_size else b""

    shown: Counter[str] = Counter()
    for index, entry in read_evidence(evidence, leaf=leaf):
        day = day_of(leaf(index))
        if entry.get("verb") == Verb.REPORT_MADE:
            found.entered.append((index, str(entry.get("facts", {}).get("report"))))
        for name, (period, size) in quarters.items():
            if index < size and period.first.isoformat() <= day <= period.last.isoformat():
                shown[name] += 1
                _add(found.figures[name], entry, day)
    for name, there in leaves_of_quarters(folder, head_size, quarters).items():
        found.undisclosed += there - shown[name]
    return found


def leaves_of_quarters(folder: Path, head_size: int, quarters: Quarters) -> dict[str, int]:
    """Return, for each quarter, how many leaves of counted classes it has among the entries over which it was counted."""
    there: Counter[str] = Counter(dict.fromkeys(quarters, 0))
    counted = {one.encode() for one in counted_classes()}
    for index in range(-(-head_size // TILE_WIDTH)):
        for nth, one in enumerate(entries_of(folder, index, head_size), index * TILE_WIDTH):
            if one.split(b'"', 4)[3] in counted:
                day = day_of(one)
                for name, (period, size) in quarters.items():
                    there[name] += nth < size and period.first.isoformat() <= day <= period.last.isoformat()
    return there


def entries_of(folder: Path, index: int, head_size: int) -> list[bytes]:
    """Return the leaves of one bundle of a ledger with `head_size` entries."""
    raw = (folder / tile_name("entries", index, tile_width(0, index, head_size))).read_bytes()
    found, at = [], 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        found.append(raw[at + 2 : end])
        at = end
    return found


def day_of(leaf: bytes) -> str:
    """Return the day that a leaf says."""
    return leaf.partition(b'"day":"')[2][:10].decode()


def _add(figures: Figures, entry: Disclosed, day: str) -> None:
    for table, metric in _by_verb().get(str(entry.get("verb")), ()):
        figures[table][metric.row] += metric.weight(day, entry.get("facts", {}))


@cache
def _by_verb() -> dict[str, list[tuple[str, Metric]]]:
    found: dict[str, list[tuple[str, Metric]]] = {}
    for table in tables():
        for metric in table.rows:
            found.setdefault(metric.verb, []).append((table.id, metric))
    return found
