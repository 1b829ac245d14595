# SPDX-License-Identifier: EUPL-1.2
"""Look at one line, and leave a mark that it was looked at: the same for the back office page and the command."""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.queries import Explanation, explain_number
from rollkeeper.kernel.database import action
from rollkeeper.kernel.side_by_side import ENGLISH
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.protection import refuse_protected


def look_up_line(
    authority: Authority, *, number: str, about: dt.date, on: dt.date, language: str = ENGLISH
) -> Explanation | None:
    """Explain the line with this number in its current state, or its expected state on the day `about`.

    Ledger: campaign:line:explained, where there is such a line. Refuses: NOT_ALLOWED, SUBSCRIBER_PROTECTED.
    """
    role = require(authority, Permission.EXPLAIN_LINE)
    with action():
        found = explain_number(number, on=about, language=language)
        if found is not None:
            refuse_protected(authority, found.line_id)
            facts = {"about": about.isoformat()}
            append_entry(
                authority, verb=Verb.LINE_EXPLAINED, role=role, on=on, line_id=found.line_id, facts=facts
            )
        return found
