# SPDX-License-Identifier: EUPL-1.2
"""Hides small numbers in a published table, and as many further numbers as needed so that subtraction cannot reveal them.

Separate because every package that publishes counts of people follows the same rule. Pure. A table of counts with its sums is a
circulation: each cell is an arc from its row to its column, each sum an arc back. An outsider can narrow a hidden cell to exactly
the range within which the flow through its arc can vary while every published figure stays the same.
"""

from collections.abc import Sequence
from typing import Final

LEAST: Final = 10
"""A count of people under this is not published; 0 is published."""

type Shown = list[list[int | None]]
type Arc = tuple[int, int]

_WITHOUT_END: Final = 10**18


def hide_small(counts: Sequence[Sequence[int]], *, least: int = LEAST) -> Shown:
    """Return the table with a last column and a last row of sums; None where a figure is not published.

    Each count from 1 to `least` - 1 is hidden. Further counts are hidden until the published figures leave a span of at least `least`
    for every small count.
    """
    full = _with_sums(counts)
    hidden = {(i, j) for i, row in enumerate(full) for j, value in enumerate(row) if 0 < value < least}
    small = sorted(hidden)
    while (exposed := next((cell for cell in small if _span(full, hidden, cell) < least), None)) is not None:
        further = _next_to_hide(full, hidden, exposed)
        if further is None:
            break
        hidden.add(further)
    return [
        [None if (i, j) in hidden else value for j, value in enumerate(row)] for i, row in enumerate(full)
    ]


def _with_sums(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def _next_to_hide(full: list[list[int]], hidden: set[Arc], cell: Arc) -> Arc | None:
    """Return the published figure to hide next. It is, in order of importance: not 0, in the cell's row or column, no sum, small."""
    open_ = [(i, j) for i, row in enumerate(full) for j in range(len(row)) if (i, j) not in hidden]
    if not open_:
        return None

    def cost(other: Arc) -> tuple[bool, bool, bool, int]:
        i, j = other
        is_sum = i == len(full) - 1 or j == len(full[0]) - 1
        return full[i][j] == 0, i != cell[0] and j != cell[1], is_sum, full[i][j]

    return min(open_, key=cost)


def _span(full: list[list[int]], hidden: set[Arc], cell: Arc) -> int:
    """Return the difference between the greatest and the least value that a hidden cell could have."""
    begin, end = _ends(full, cell)
    capacity: dict[Arc, int] = {}
    for other in hidden - {cell}:
        tail, head = _ends(full, other)
        capacity[tail, head] = _WITHOUT_END
        capacity[head, tail] = capacity.get((head, tail), 0) + full[other[0]][other[1]]
    value = full[cell[0]][cell[1]]
    up = _flow(dict(capacity), end, begin)
    down = min(value, _flow(dict(capacity), begin, end))
    return up + down


def _ends(full: list[list[int]], cell: Arc) -> Arc:
    """Return the two nodes of a cell's arc. Nodes 0, 1, … are the rows, then come the columns; the arc of a sum runs back."""
    last_row, last_column = len(full) - 1, len(full[0]) - 1
    row, column = cell[0], len(full) + cell[1]
    is_sum_of_row, is_sum_of_column = cell[1] == last_column, cell[0] == last_row
    return (row, column) if is_sum_of_row == is_sum_of_column else (column, row)


def _flow(capacity: dict[Arc, int], source: int, sink: int) -> int:
    """Return the greatest flow (Ford and Fulkerson: the shortest way first)."""
    total = 0
    while total < _WITHOUT_END and (way := _way(capacity, source, sink)):
        step = min(capacity[arc] for arc in way)
        for tail, head in way:
            capacity[tail, head] -= step
            capacity[head, tail] = capacity.get((head, tail), 0) + step
        total += step
    return total


def _way(capacity: dict[Arc, int], source: int, sink: int) -> list[Arc]:
    came_from: dict[int, int] = {source: source}
    queue = [source]
    for node in queue:
        for (tail, head), room in capacity.items():
            if tail == node and room > 0 and head not in came_from:
                came_from[head] = node
                queue.append(head)
    if sink not in came_from:
        return []
    way, node = [], sink
    while node != source:
        way.append((came_from[node], node))
        node = came_from[node]
    return way[::-1]
