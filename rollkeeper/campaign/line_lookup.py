# SPDX-License-Identifier: EUPL-1.2
"""Look up one line and record the access: the same for the back office page and the command."""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.queries import Explanation, explain_line
from rollkeeper.kernel.database import action
from rollkeeper.kernel.side_by_side import ENGLISH
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.lookups import find_line_for_staff
from rollkeeper.lines.queries import number_index_of


def look_up_line(
    authority: Authority, *, number: str, about: dt.date, on: dt.date, language: str = ENGLISH
) -> Explanation:
    """Explain the line with this number in its current state, or its expected state on the day `about`.

    Ledger: campaign:line:explained, or line:access:recorded. Refuses: NOT_ALLOWED, LineNotFound, NumberNotRead, AccessLimitReached.
    """
    role = require(authority, Permission.EXPLAIN_LINE)
    with action():
        line = find_line_for_staff(authority, number_index_of(number), on=on)
        found = explain_line(line.line_id, on=about, language=language)
        assert found is not None  # noqa: S101 - the line is there
        append_entry(
            authority, verb=Verb.LINE_EXPLAINED, role=role, on=on, line_id=line.line_id,
            facts={"about": about.isoformat()},
        )  # fmt: skip
        return found
