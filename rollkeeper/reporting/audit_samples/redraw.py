# SPDX-License-Identifier: EUPL-1.2
"""Draw a sample again out of a copy of the published ledger, with nothing of the operator's register.

Separate because an outsider runs it: the lines of a sample are those, and no others, that the auditor's text gives.
"""

import heapq
import json
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

from rollkeeper.ledger.tree import TILE_WIDTH
from rollkeeper.reporting.audit_samples.choices import SampledAction
from rollkeeper.reporting.audit_samples.rules import (
    FIRST_CANDIDATES,
    MAX_LINES,
    first_of_each,
    rank_of,
    seed_of,
)
from rollkeeper.reporting.periods import Period
from rollkeeper.reporting.recompute import entries_of


def redraw(
    folder: Path, period: Period, kind: SampledAction, *, text: str, size: int, head_size: int
) -> list[tuple[int, UUID]]:
    """Return leaf and line of each that the text draws among the first `size` entries, in their order.

    Precondition: the folder's tree was checked, and has `head_size` entries, which are no fewer.
    """
    seed, most = seed_of(text), FIRST_CANDIDATES
    while True:
        ranked = heapq.nsmallest(
            most, _ranked(folder, period, kind, seed=seed, size=size, head_size=head_size)
        )
        drawn = first_of_each(((line, (leaf, line)) for _, leaf, line in ranked), most=MAX_LINES)
        if len(drawn) == MAX_LINES or len(ranked) < most:
            return drawn
        most *= 10


def _ranked(
    folder: Path, period: Period, kind: SampledAction, *, seed: bytes, size: int, head_size: int
) -> Iterator[tuple[bytes, int, UUID]]:
    verb = f'"verb":"{kind.verb.value}"}}'.encode()
    for index in range(-(-size // TILE_WIDTH)):
        for leaf, body in enumerate(entries_of(folder, index, head_size), index * TILE_WIDTH):
            if leaf < size and body.endswith(verb):
                said = json.loads(body)
                if period.first.isoformat() <= said["day"] <= period.last.isoformat():
                    yield rank_of(seed, body), leaf, UUID(said["line"])
