# SPDX-License-Identifier: EUPL-1.2
"""How much of an operator's export the proposed map reads right, on invented exports of ten countries with the truth next to them."""

import tempfile
import time
from pathlib import Path

from tests.imports.corpus import exports, measure

Row = tuple[str, int, float, float | None, float | None, str]
TINY = [3]


def run(sizes: list[int]) -> list[Row]:
    """Propose a map for every export, for at most as many as the smallest size, and count columns and statuses."""
    chosen = exports()[: min(sizes)]
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        outcomes = [measure(export, Path(folder)) for export in chosen]
    seconds = time.perf_counter() - begun
    right, columns = sum(len(o.right) for o in outcomes), sum(len(o.export.columns) for o in outcomes)
    wrong = sum(len(o.wrong_states) for o in outcomes)
    asked = sum(bool(o.proposal.needs) for o in outcomes)
    return [
        (f"import maps: {right} of {columns} columns of {len(chosen)} exports right", columns, seconds, None, None, "9 of 10"),
        (f"import maps: {wrong} statuses taken for another state; {asked} exports ask a question", len(chosen), seconds, None, None, "none"),
    ]  # fmt: skip
