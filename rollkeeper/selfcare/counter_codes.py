# SPDX-License-Identifier: EUPL-1.2
"""A code for the counter: the subscriber reads it out, and the clerk finds the line without its number."""

import datetime as dt
from typing import Any

from rollkeeper.lines.counter_codes import CODE_MINUTES, issue_code
from rollkeeper.selfcare.sessions import PortalSession


def counter_code(session: PortalSession, _: dict[str, Any], *, on: dt.date) -> dict[str, Any]:
    """Return a code for the line in the hand and how many minutes it is good for. Ledger: line:counter_code:issued. Refuses: TooManyCounterCodes."""
    return {"code": issue_code(session.authority, session.line_id, on=on), "minutes": CODE_MINUTES}
