# SPDX-License-Identifier: EUPL-1.2
"""A code for the counter: whoever has the line in their hand reads it out, and the clerk finds the line without its number."""

import datetime as dt
from typing import Any

from rollkeeper.lines.shown import CODE_MINUTES, give_code
from rollkeeper.rights.visits import Visit


def counter_code(visit: Visit, _: dict[str, Any], *, on: dt.date) -> dict[str, Any]:
    """Return a code for the line in the hand and how many minutes it is good for. Ledger: line:code:given. Refuses: TooManyCodes."""
    return {"code": give_code(visit.authority, visit.line_id, on=on), "minutes": CODE_MINUTES}
