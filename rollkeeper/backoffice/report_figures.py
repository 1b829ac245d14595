# SPDX-License-Identifier: EUPL-1.2
"""How a report for the authority looks: coverage first, trends over its periods, tables of zeros in one line. Also as PDF.

The figures come from the signed files; nothing is counted here.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from rollkeeper.access.services import authority_in
from rollkeeper.kernel.canonical import canonical_bytes
from rollkeeper.law.pack import Pack
from rollkeeper.reporting import metrics
from rollkeeper.reporting.duties import campaign_of_figure
from rollkeeper.reporting.labels import (
    labels_by_law,
    labels_in,
    row_in,
    row_label,
    step_label,
    title_of,
    titles_of,
)
from rollkeeper.reporting.printouts import pdf
from rollkeeper.reporting.queries import report_of
from rollkeeper.reporting.report_parts import CAMPAIGN, PARTS, Step, campaign_steps, part_of
from rollkeeper.reporting.rules import TOTAL


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many lines of one service have a registered subscriber: a share for each quarter, None if a figure is hidden."""

    name: str
    lines: int
    registered: int
    share: int
    trend: tuple[tuple[str, int | None], ...]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure over the periods, with the length of its bar out of 100."""

    name: str
    cells: tuple[tuple[str, int | None], ...]
    bar: int


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its rows, and the names of the rows that are zero throughout."""

    part: str
    figure: str
    """The name of the figure, without the name of the campaign whose lines it counts."""
    title: str
    periods: tuple[str, ...]
    rows: tuple[Row, ...]
    zeros: tuple[str, ...]


@require_safe
def report_pdf(request: HttpRequest, period: str) -> HttpResponse:
    """Return a report as PDF, with the same figures as the signed one."""
    report, language = report_of(authority_in(request), period), get_language() or "en"
    digest = hashlib.sha256(canonical_bytes(report)).hexdigest()
    return HttpResponse(
        pdf(report, language=language, digest=digest), content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="report-{report["period"]}.pdf"'},
    )  # fmt: skip


def coverage(report: Mapping[str, Any], language: str) -> list[Coverage]:
    """Return the coverage of each service, the largest first."""
    by_table = {one["table"]: one["cells"] for one in report["tables"]}
    lines, registered = by_table.get("lines_lines", {}), by_table.get("lines_registered", {})
    if not lines:
        return []
    newest = list(lines)[-1]
    found = []
    for service, count in lines[newest].items():
        trend = tuple((period, _share(cells, registered, period, service)) for period, cells in lines.items())
        share = trend[-1][1]
        if count and share is not None:
            held = registered.get(newest, {}).get(service) or 0
            found.append(Coverage(row_label(service, language), count, held, share, trend))
    return sorted(found, key=lambda one: -one.lines)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a report: its title, and the tables that have a figure. Only the campaign's part has the steps with their bars."""

    title: str
    tables: list[Table]
    steps: list[tuple[str, Step]]


def parts(
    report: Mapping[str, Any], language: str, *, law: Pack | None = None
) -> tuple[list[Part], list[str]]:
    """Return the parts of a report that have a table to show, in order, and the titles of the tables that are zero throughout."""
    shown, empty = tables(report, language, law=law)
    words = labels_by_law(language, law) if law else labels_in(language)
    steps = [(step_label(one, language, words, law), one) for one in campaign_steps(report)]
    made = [
        Part(
            words[f"part_{part}"],
            [one for one in shown if one.part == part],
            steps if part == CAMPAIGN else [],
        )
        for part in PARTS
    ]
    return [one for one in made if one.tables], empty


def tables(
    report: Mapping[str, Any], language: str, *, law: Pack | None = None
) -> tuple[list[Table], list[str]]:
    """Return the tables that have a figure, and the titles of those that are zero throughout; `law`: the pack that names its stages."""
    words = labels_by_law(language, law) if law else labels_in(language)
    made = [_table(one, language, words, law) for one in report["tables"]]
    return [one for one in made if one.rows], [one.title for one in made if not one.rows]


def _table(one: Mapping[str, Any], language: str, words: Mapping[str, str], law: Pack | None) -> Table:
    periods = tuple(one["cells"])
    found = dict.fromkeys(row for cells in one["cells"].values() for row in cells)
    names = sorted(found, key=lambda row: row == TOTAL)
    figures = {row: [one["cells"][period].get(row, 0) for period in periods] for row in names}
    most = max((values[-1] or 0 for row, values in figures.items() if row != TOTAL), default=0)
    rows = tuple(
        Row(
            row_in(one["table"], row, words),
            tuple(zip(periods, values, strict=True)),
            _bar(row, values, most),
        )
        for row, values in figures.items()
        if any(value != 0 for value in values)
    )
    zeros = tuple(
        row_in(one["table"], row, words)
        for row, values in figures.items()
        if not any(value != 0 for value in values)
    )
    title = title_of(one["table"], language, law)
    return Table(part_of(one), campaign_of_figure(one["table"])[0], title, periods, rows, zeros)


@dataclass(frozen=True, slots=True)
class Made:
    """How a table is counted: from the register, or each row from the entries of one verb whose facts have the stated values."""

    figure: str
    title: str
    rows: tuple[tuple[str, str, str], ...]


def how_made(report: Mapping[str, Any], language: str) -> list[Made]:
    """Return how each table of a report is counted, once for tables that each campaign has. Tables counted from the register have no rows."""
    words, titles = labels_in(language), titles_of(language)
    counted = {table.id: table.rows for table in metrics.tables()}
    figures = dict.fromkeys(campaign_of_figure(one["table"])[0] for one in report["tables"])
    return [
        Made(
            figure,
            titles.get(figure, figure),
            tuple(
                (row_in(figure, row.row, words), row.verb, _condition(row)) for row in counted.get(figure, ())
            ),
        )
        for figure in figures
    ]


def _condition(row: metrics.Metric) -> str:
    """Write the conditions on the facts of an entry, as an auditor reads them in the definitions."""
    said = [f"{fact} = {str(value).lower()}" for fact, value in (row.where or {}).items()]
    said += [f"{row.is_not[0]} ≠ {', '.join(row.is_not[1])}"] if row.is_not else []
    said += [f"{row.day_by} + 1 ≥ day"] if row.day_by else []
    said += [f"{row.late} + 1 < day"] if row.late else []
    return "; ".join([*said, *([f"Σ {row.sum}"] if row.sum else [])])


def _bar(row: str, values: Sequence[int | None], most: int) -> int:
    newest = values[-1] or 0
    return 0 if row == TOTAL or not most or not newest else max(1, round(100 * newest / most))


def _share(
    cells: Mapping[str, int | None],
    registered: Mapping[str, Mapping[str, int | None]],
    period: str,
    service: str,
) -> int | None:
    lines, held = cells.get(service), registered.get(period, {}).get(service)
    return round(100 * held / lines) if lines and held is not None else None
