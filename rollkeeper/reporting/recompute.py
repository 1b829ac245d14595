# SPDX-License-Identifier: EUPL-1.2
"""Count quarters out of the published bytes of a ledger, with nothing of the operator's register.

The cost grows with the entries, in a straight line; several processes share the bundles. An entry is not read as JSON, which would
take thrice as long as hashing it: its bytes are canonical, so that a fact is written in one way and can be cut out.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from multiprocessing import get_context
from pathlib import Path

from rollkeeper.ledger.tile_store import tile_name
from rollkeeper.ledger.tree import TILE_WIDTH, tile_width
from rollkeeper.reporting.metrics import Metric, needed_facts, tables
from rollkeeper.reporting.periods import Period
from rollkeeper.reporting.quarter_counts import Figures, zero_figures

_AT_ONCE = 512
_VERB, _DAY, _FACTS = b'"verb":"', b'"day":"', b'"facts":{'
_MADE = b'"verb":"reporting:report:made"}'

type Groups = Counter[tuple[bytes, ...]]
"""How many entries there are of a verb and a day with these facts."""
type Counted = tuple[dict[str, Figures], list[tuple[int, str]]]
"""By quarter; and the leaves at which a report was entered, with its hash."""


def recompute(folder: Path, *, head_size: int, quarters: Mapping[str, tuple[Period, int]]) -> Counted:
    """Count the quarters, each over its number of first entries, from the bundles of a directory whose tree was checked."""
    chunks = range(0, -(-head_size // TILE_WIDTH), _AT_ONCE)
    counts, entered = {name: zero_figures() for name in quarters}, []
    works = [(folder, head_size, first, dict(quarters)) for first in chunks]
    if len(works) > 1 and (os.cpu_count() or 1) > 1:
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            done = list(pool.map(_recompute_chunk, works))
    else:
        done = [_recompute_chunk(work) for work in works]
    for part, found in done:
        entered += found
        for quarter, figures in part.items():
            for table, of_rows in figures.items():
                for row, value in of_rows.items():
                    counts[quarter][table][row] += value
    return counts, entered


def _recompute_chunk(work: tuple[Path, int, int, dict[str, tuple[Period, int]]]) -> Counted:
    folder, head_size, first, quarters = work
    counts: dict[str, Figures] = {name: zero_figures() for name in quarters}
    entered: list[tuple[int, str]] = []
    ends = sorted({size for _, size in quarters.values()})
    groups: dict[int, Groups] = {end: Counter() for end in (*ends, head_size)}
    for index in range(first, min(first + _AT_ONCE, -(-head_size // TILE_WIDTH))):
        bodies, at = entries_of(folder, index, head_size), index * TILE_WIDTH
        for end in (*ends, head_size):
            upto = max(0, min(len(bodies), end - at))
            _group(groups[end], bodies[:upto])
            entered += [(at + nth, report) for nth, report in _reports(bodies[:upto])]
            bodies, at = bodies[upto:], at + upto
    for name, (period, size) in quarters.items():
        for end in ends:
            if end <= size:
                _add(counts[name], groups[end], period)
    return counts, entered


def _group(groups: Groups, bodies: list[bytes]) -> None:
    """Count the entries by verb, day and the facts that are asked for, as the bytes that they are."""
    needed = _needed()
    for body in bodies:
        wanted = needed.get(body[body.rfind(_VERB) + len(_VERB) : -2])
        if wanted is not None:
            verb, keys = wanted
            day, facts = body.find(_DAY) + len(_DAY), body.find(_FACTS)
            said = body[facts : body.find(b"}", facts)] if keys and facts >= 0 else b""
            groups[verb, body[day : day + 10], *[_fact(said, key) for key in keys]] += 1


def _fact(said: bytes, key: bytes) -> bytes:
    """Return the canonical JSON of a fact, nothing if there is none. No fact contains a comma or a brace."""
    at = said.find(key)
    if at < 0:
        return b""
    end = said.find(b",", at)
    return said[at + len(key) : end if end >= 0 else len(said)]


def _add(figures: Figures, groups: Groups, period: Period) -> None:
    first, last = period.first.isoformat(), period.last.isoformat()
    for (verb, raw_day, *said), n in groups.items():
        day, name = raw_day.decode(), verb.decode()
        if first <= day <= last:
            keys = needed_facts()[name].keys
            facts = {key: json.loads(fact) for key, fact in zip(keys, said, strict=True) if fact}
            for table, metric in _by_verb()[name]:
                figures[table][metric.row] += n * metric.weight(day, facts)


def _reports(bodies: list[bytes]) -> Iterator[tuple[int, str]]:
    for nth, body in enumerate(bodies):
        if body.endswith(_MADE):
            yield nth, json.loads(body)["facts"]["report"]


@cache
def _needed() -> dict[bytes, tuple[bytes, tuple[bytes, ...]]]:
    return {
        verb.encode(): (verb.encode(), tuple(f'"{key}":'.encode() for key in needed.keys))
        for verb, needed in needed_facts().items()
    }


@cache
def _by_verb() -> dict[str, list[tuple[str, Metric]]]:
    found: dict[str, list[tuple[str, Metric]]] = {}
    for table in tables():
        for metric in table.rows:
            found.setdefault(metric.verb, []).append((table.id, metric))
    return found


def entries_of(folder: Path, index: int, head_size: int) -> list[bytes]:
    """Return the entries of one bundle, of a ledger with so many."""
    raw = (folder / tile_name("entries", index, tile_width(0, index, head_size))).read_bytes()
    found, at = [], 0
    while at < len(raw):
        end = at + 2 + int.from_bytes(raw[at : at + 2], "big")
        found.append(raw[at + 2 : end])
        at = end
    return found
