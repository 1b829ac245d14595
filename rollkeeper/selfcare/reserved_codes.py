# SPDX-License-Identifier: EUPL-1.2
"""An extra code for a line whose codes others have used up, reserved by staff for a caller or visitor.

Separate from the portal, which does not know about it: the next request gets the code, and an attacker sees no difference. The
code goes only to the line, so a reservation gives access only to a person with the line in hand.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.counter_codes import find_line_for_clerk
from rollkeeper.lines.protection import hiding_protected_state
from rollkeeper.lines.writes import lock_line
from rollkeeper.selfcare.errors import TOO_MANY_RESERVED_CODES
from rollkeeper.selfcare.settings import settings


def reserve_code(authority: Authority, number: str, *, on: dt.date) -> None:
    """Reserve one code for a line: the next request at the portal within some minutes gets it, beyond the line's limit.

    It has no effect on a line whose SIM was replaced recently. Ledger: selfcare:code:reserved. Refuses: NOT_ALLOWED, LineNotFound,
    NumberNotRead, LINE_TERMINATED, AccessLimitReached, TOO_MANY_RESERVED_CODES.
    """
    role = require(authority, Permission.RESERVE_CODE)
    with action():
        line = find_line_for_clerk(authority, number, on=on, helps=True)
        with hiding_protected_state(authority, line.line_id, on=on):
            lock_line(line.line_id, in_force=True)
        (kept,) = rows(
            "SELECT count(*) AS codes FROM selfcare_reservedcode WHERE line_id = %s"
            " AND reserved_at > clock_timestamp() - interval '1 day'",
            [line.line_id],
        )
        if kept.codes >= settings().reserved_codes_per_day:
            raise TOO_MANY_RESERVED_CODES(codes=kept.codes)
        run("INSERT INTO selfcare_reservedcode (line_id) VALUES (%s)", [line.line_id])
        append_entry(authority, verb=Verb.CODE_RESERVED, role=role, on=on, line_id=line.line_id)
