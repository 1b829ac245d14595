# SPDX-License-Identifier: EUPL-1.2
"""What is published every year: how many demands of which kind of authority came to what. Small numbers are hidden.

A demand counts in the year in which it was opened or came to nothing, so that the figures of a year that is over never
change and two editions cannot be subtracted from each other. Refused ones count.
"""

import csv
import io
from enum import StrEnum

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.disclosures.errors import YearNotOver
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.small_numbers import LEAST, Shown, hide_small

HIDDEN = f"1-{LEAST - 1} or hidden with them"


class Came(StrEnum):
    """What a demand came to."""

    REFUSED_BY_LAW = "refused_by_law"
    REFUSED_BY_PEOPLE = "refused_by_people"
    EXPIRED = "expired"
    NOTHING_HELD = "nothing_held"
    ANSWERED_TOLD_AT_ONCE = "answered_told_at_once"
    ANSWERED_TOLD_LATER = "answered_told_later"


def year_table(authority: Authority, year: int) -> str:
    """Return the file for one year as CSV. Refuses: NotAllowed, YearNotOver."""
    demand(authority, Power.SEE_DEMANDS)
    if year >= clock.today().year:
        raise YearNotOver(year=year)
    counted = {
        (row.kind, row.came): row.demands for row in rows(sql("disclosures", "by_year"), {"year": year})
    }
    kinds = sorted({kind for kind, _ in counted})
    shown = hide_small([[counted.get((kind, came.value), 0) for came in Came] for kind in kinds])
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["year", "kind_of_authority", *(came.value for came in Came), "all"])
    nothing: Shown = [[0] * (len(Came) + 1)]
    for kind, figures in zip([*kinds, "all"], shown if kinds else nothing, strict=True):
        writer.writerow([year, kind, *(HIDDEN if figure is None else figure for figure in figures)])
    return out.getvalue()
