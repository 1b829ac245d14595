# SPDX-License-Identifier: EUPL-1.2
"""Count quarters out of the published bytes of a ledger, with nothing of the operator's register.

The cost grows with the entries, in a straight line; several processes share the bundles.
"""

import json
import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from rollkeeper.evidence.counting import Figures, nothing
from rollkeeper.evidence.measures import Measure, tables
from rollkeeper.evidence.periods import Period
from rollkeeper.ledger.folder import tile_name
from rollkeeper.ledger.tree import TILE_WIDTH, tile_width

_AT_ONCE = 512
_VERB = b'"verb":"'

type Counted = tuple[dict[str, Figures], list[tuple[int, str]]]
"""By quarter; and the leaves at which a report was entered, with its hash."""


def recount(folder: Path, *, head_size: int, quarters: Mapping[str, tuple[Period, int]]) -> Counted:
    """Count the quarters, each over the first so many entries, out of the bundles of a folder whose tree was checked."""
    chunks = range(0, -(-head_size // TILE_WIDTH), _AT_ONCE)
    counts, entered = {name: nothing() for name in quarters}, []
    works = [(folder, head_size, first, dict(quarters)) for first in chunks]
    if len(works) > 1 and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            done = list(pool.map(_recount_chunk, works))
    else:
        done = [_recount_chunk(work) for work in works]
    for part, found in done:
        entered += found
        for quarter, figures in part.items():
            for table, of_rows in figures.items():
                for row, value in of_rows.items():
                    counts[quarter][table][row] += value
    return counts, entered


def _recount_chunk(work: tuple[Path, int, int, dict[str, tuple[Period, int]]]) -> Counted:
    folder, head_size, first, quarters = work
    counts: dict[str, Figures] = {name: nothing() for name in quarters}
    entered: list[tuple[int, str]] = []
    last = min(first + _AT_ONCE, -(-head_size // TILE_WIDTH))
    spans = [(name, p.first.isoformat(), p.last.isoformat(), size) for name, (p, size) in quarters.items()]
    for index in range(first, last):
        for leaf, body in enumerate(_entries(folder, index, head_size), index * TILE_WIDTH):
            verb = body[body.rfind(_VERB) + len(_VERB) : -2]
            if verb == b"evidence:report:made":
                entered.append((leaf, json.loads(body)["facts"]["report"]))
            measures = _by_verb().get(verb)
            if measures:
                said = json.loads(body)
                day, facts = said["day"], said.get("facts", {})
                for name, since, until, size in spans:
                    if leaf < size and since <= day <= until:
                        for table, measure in measures:
                            counts[name][table][measure.row] += measure.weight(day, facts)
    return counts, entered


@cache
def _by_verb() -> dict[bytes, list[tuple[str, Measure]]]:
    found: dict[bytes, list[tuple[str, Measure]]] = {}
    for table in tables():
        for measure in table.rows:
            found.setdefault(measure.verb.encode(), []).append((table.id, measure))
    return found


def _entries(folder: Path, index: int, head_size: int) -> Iterator[bytes]:
    raw = (folder / tile_name("entries", index, tile_width(0, index, head_size))).read_bytes()
    at = 0
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 2], "big")
        yield raw[at + 2 : at + 2 + length]
        at += 2 + length
