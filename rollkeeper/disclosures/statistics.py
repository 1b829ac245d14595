# SPDX-License-Identifier: EUPL-1.2
"""The yearly public figures: disclosure requests by kind of authority and by result. Small numbers are hidden.

A disclosure request counts in the year in which it was opened or ended unopened. So the figures of a past year never change, and two
editions cannot be subtracted from each other. Refused requests count too.
"""

import csv
import io
from enum import StrEnum

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.disclosures.errors import YEAR_NOT_OVER
from rollkeeper.kernel import clock
from rollkeeper.kernel.cell_suppression import LEAST, Shown, hide_small
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.table_files import inert_cell

HIDDEN = f"1-{LEAST - 1} or hidden with them"


class Result(StrEnum):
    """The result of a disclosure request."""

    REFUSED_BY_LAW = "refused_by_law"
    REFUSED_BY_PEOPLE = "refused_by_people"
    EXPIRED = "expired"
    NOTHING_HELD = "nothing_held"
    ANSWERED_NOTIFIED_AT_ONCE = "answered_notified_at_once"
    ANSWERED_NOTIFIED_LATER = "answered_notified_later"


def year_table(authority: Authority, year: int) -> str:
    """Return the file for one year as CSV. Refuses: NOT_ALLOWED, YEAR_NOT_OVER."""
    require(authority, Permission.SEE_DISCLOSURES)
    if year >= clock.today().year:
        raise YEAR_NOT_OVER(year=year)
    counted = {
        (row.kind, row.result): row.requests for row in rows(sql("disclosures", "by_year"), {"year": year})
    }
    kinds = sorted({kind for kind, _ in counted})
    shown = hide_small([[counted.get((kind, result.value), 0) for result in Result] for kind in kinds])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["year", "kind_of_authority", *(result.value for result in Result), "all"])
    nothing: Shown = [[0] * (len(Result) + 1)]
    for kind, figures in zip([*kinds, "all"], shown if kinds else nothing, strict=True):
        writer.writerow(
            [year, inert_cell(kind), *(HIDDEN if figure is None else figure for figure in figures)]
        )
    return out.getvalue()
