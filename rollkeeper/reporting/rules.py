# SPDX-License-Identifier: EUPL-1.2
"""What a report hides: every small number, and further numbers as needed so that no small number can be computed. Pure.

A cell that counts one to nine people is hidden. If a total includes hidden cells, the reader knows their sum; so at least two are
hidden, and their sum leaves many possible values for each. A year is a total of its quarters in the same way, in every row and in the
total; quarters are published first, so further cells are hidden in the year. Then the whole is checked, with every sum as an equation.
If the equations determine a hidden cell (Gauss), or leave it too few possible values (no hidden cell is under one), one more cell of
the year is hidden. Zero is shown: it reveals no one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf

MIN_SHOWN = 10
"""The smallest number of people that is shown."""
MIN_UNCERTAINTY = 9
"""By how much the sum of hidden cells must exceed their number: then each of them may be anything from one to ten."""
TOTAL = "total"
_MOST_ROUNDS = 200
"""Each round narrows the possible values; after so many rounds, a reader gains almost nothing more."""

type Row = str
type Cell = tuple[str, Row]
type Equation = dict[Cell, int]


@dataclass(frozen=True, slots=True)
class Protected:
    """The figures of a table in each period, None where one is hidden."""

    cells: Mapping[str, Mapping[Row, int | None]]


def protect(figures: Mapping[str, Mapping[Row, int]], *, total: bool, year: str | None = None) -> Protected:
    """Return a table as it may be shown. `figures` are by period; `year` names the period that is the sum of the others.

    Without a year, each period is protected alone; the result is the same as with its year.
    """
    full = {period: with_total(rows) if total else dict(rows) for period, rows in figures.items()}
    hidden: set[Cell] = set()
    for period, rows in full.items():
        if period != year:
            hidden |= {(period, row) for row in _hide(rows, total=total, before=set())}
    if year is not None:
        hidden = _hide_year(full, hidden, year=year, total=total)
    return Protected({
        period: {row: None if (period, row) in hidden else value for row, value in rows.items()}
        for period, rows in full.items()
    })  # fmt: skip


def with_total(rows: Mapping[Row, int]) -> dict[Row, int]:
    """Return the rows and their sum."""
    return {**rows, TOTAL: sum(rows.values())}


def _is_small(value: int) -> bool:
    return 0 < value < MIN_SHOWN


def _is_safe(values: Sequence[int]) -> bool:
    """Tell whether a reader who knows the sum of these hidden cells still cannot tell any of them."""
    return not values or (len(values) > 1 and sum(values) - len(values) >= MIN_UNCERTAINTY)


def _hide(rows: Mapping[Row, int], *, total: bool, before: set[Row]) -> set[Row]:
    """Return the rows of one period that are hidden; the total is hidden only if nothing else helps."""
    hidden = before | {row for row, value in rows.items() if _is_small(value)}
    while total and TOTAL not in hidden:
        if _is_safe([rows[row] for row in hidden]):
            break
        shown = [row for row in rows if row not in hidden and row != TOTAL and rows[row]]
        hidden.add(min(shown, key=lambda row: rows[row]) if shown else TOTAL)
    return hidden


def _hide_year(
    full: Mapping[str, Mapping[Row, int]], hidden: set[Cell], *, year: str, total: bool
) -> set[Cell]:
    quarters = [period for period in full if period != year]
    given_away = {
        row
        for row in full[year]
        if not _is_safe([full[quarter][row] for quarter in quarters if (quarter, row) in hidden])
    }
    in_year = _hide(full[year], total=total, before=given_away)
    while True:
        cells = hidden | {(year, row) for row in in_year}
        equations = _equations(full, quarters=quarters, year=year, total=total)
        known = _determined(cells, equations) or _narrowed(cells, full, equations)
        shown = [row for row in full[year] if row not in in_year and full[year][row]]
        if not known or not shown:
            return cells
        in_year = _hide(
            full[year], total=total, before={*in_year, min(shown, key=lambda row: full[year][row])}
        )


def _equations(
    full: Mapping[str, Mapping[Row, int]], *, quarters: Sequence[str], year: str, total: bool
) -> list[Equation]:
    """Return the sums as equations: each gives its cells a sign, and the signed cells add up to zero."""
    equations: list[Equation] = [
        {(period, row): -1 if period == year else 1 for period in (*quarters, year)} for row in full[year]
    ]
    if total:
        equations += [
            {(period, row): -1 if row == TOTAL else 1 for row in rows} for period, rows in full.items()
        ]
    return equations


def _narrowed(
    hidden: set[Cell], full: Mapping[str, Mapping[Row, int]], equations: Sequence[Equation]
) -> set[Cell]:
    """Return the small hidden cells for which the sums leave too few values, as no hidden cell is under one."""
    least, most = dict.fromkeys(hidden, 1.0), dict.fromkeys(hidden, inf)
    open_sums = [
        (
            {cell: sign for cell, sign in equation.items() if cell in hidden},
            -sum(sign * full[cell[0]][cell[1]] for cell, sign in equation.items() if cell not in hidden),
        )
        for equation in equations
    ]
    for _ in range(_MOST_ROUNDS):
        before = dict(least), dict(most)
        for signs, adds_up_to in open_sums:
            for cell, sign in signs.items():
                others = [(least[one], most[one], s * sign) for one, s in signs.items() if one != cell]
                low = adds_up_to * sign - sum(high if s > 0 else -few for few, high, s in others)
                high = adds_up_to * sign - sum(few if s > 0 else -up for few, up, s in others)
                least[cell], most[cell] = max(low, least[cell]), min(high, most[cell])
        if before == (least, most):
            break
    return {
        cell
        for cell in hidden
        if _is_small(full[cell[0]][cell[1]]) and most[cell] - least[cell] < MIN_UNCERTAINTY
    }


def _determined(hidden: set[Cell], equations: Sequence[Equation]) -> set[Cell]:
    """Return the hidden cells that the sums alone determine, for any values."""
    order = sorted(hidden)
    matrix = [[Fraction(equation.get(cell, 0)) for cell in order] for equation in equations]
    return {order[place] for place in _determined_columns(matrix)}


def _determined_columns(matrix: list[list[Fraction]]) -> list[int]:
    """Return the columns that are alone in a row of the reduced matrix: those variables have one value."""
    rank, width = 0, len(matrix[0]) if matrix else 0
    for column in range(width):
        pivot = next((at for at in range(rank, len(matrix)) if matrix[at][column]), None)
        if pivot is None:
            continue
        matrix[rank], matrix[pivot] = matrix[pivot], matrix[rank]
        lead = matrix[rank][column]
        matrix[rank] = [value / lead for value in matrix[rank]]
        for at, other in enumerate(matrix):
            if at != rank and other[column]:
                times = other[column]
                matrix[at] = [value - times * mine for value, mine in zip(other, matrix[rank], strict=True)]
        rank += 1
    return [
        next(place for place, value in enumerate(row) if value)
        for row in matrix[:rank]
        if sum(bool(value) for value in row) == 1
    ]
