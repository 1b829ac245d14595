# SPDX-License-Identifier: EUPL-1.2
"""Draw a sample again from a copy of the published ledger and the evidence, with nothing of the operator's register.

Separate because an outsider runs it, to check that a sample has exactly the leaves that the auditor's text gives. The evidence says
what was done at each leaf, but not to which line. The auditor sees the lines of the sample: if the sample skips a leaf, that leaf must
be about a line that was drawn before.
"""

import heapq
from collections.abc import Iterator
from pathlib import Path

from rollkeeper.ledger.tree import TILE_WIDTH, leaf_hash
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.reporting.audit_samples.rules import FIRST_CANDIDATES, rank_of, seed_of
from rollkeeper.reporting.evidence import read_evidence
from rollkeeper.reporting.periods import Period
from rollkeeper.reporting.recompute import day_of, entries_of


def redraw(
    folder: Path, evidence: Path, period: Period, kind: SampledAction, *, text: str, size: int, head_size: int
) -> list[int]:
    """Return the leaves that the text draws among the first `size` entries, in their order.

    Precondition: the folder's tree was checked, and has `head_size` entries, at least `size`. Refuses: EVIDENCE_NOT_GENUINE.
    """
    ranked = _ranked(folder, evidence, period, kind, seed=seed_of(text), size=size, head_size=head_size)
    return [leaf for _, leaf in heapq.nsmallest(FIRST_CANDIDATES, ranked)]


def _ranked(
    folder: Path,
    evidence: Path,
    period: Period,
    kind: SampledAction,
    *,
    seed: bytes,
    size: int,
    head_size: int,
) -> Iterator[tuple[bytes, int]]:
    bundles: dict[int, list[bytes]] = {}

    def leaf(index: int) -> bytes:
        if index // TILE_WIDTH not in bundles:
            bundles.clear()
            bundles[index // TILE_WIDTH] = entries_of(folder, index // TILE_WIDTH, head_size)
        return bundles[index // TILE_WIDTH][index % TILE_WIDTH]

    for index, entry in read_evidence(evidence, leaf=leaf):
        is_meant = index < size and entry.get("verb") == kind.verb.value
        if is_meant and period.first.isoformat() <= day_of(leaf(index)) <= period.last.isoformat():
            yield rank_of(seed, leaf_hash(leaf(index))), index
