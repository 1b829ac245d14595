# SPDX-License-Identifier: EUPL-1.2
"""One code more for a line whose codes somebody else has used up, kept by staff for whoever calls or stands there.

Separate from the portal, which never learns of it: whoever asks again gets their code, and an attacker sees no difference.
The code goes to the line and nowhere else, so staff who keep one let nobody in who has not the line in their hand.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.instance import instance
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.protection import hiding_protected_state
from rollkeeper.lines.queries import find_line_by_input
from rollkeeper.lines.writes import lock_line
from rollkeeper.selfcare.errors import TOO_MANY_RESERVED_CODES
from rollkeeper.selfcare.settings import settings


def reserve_code(authority: Authority, number: str, *, on: dt.date) -> None:
    """Keep one code for a line: whoever asks for one at the portal within some minutes gets it, over the line's limit.

    It changes nothing for a line whose SIM was replaced lately. Ledger: selfcare:code:reserved.
    Refuses: NOT_ALLOWED, LineNotFound, NumberNotRead, LINE_TERMINATED, SUBSCRIBER_PROTECTED, TOO_MANY_RESERVED_CODES.
    """
    role = require(authority, Permission.RESERVE_CODE)
    with action():
        line = find_line_by_input(number, country=instance().country_code)
        if line is None:
            raise LineNotFound
        with hiding_protected_state(authority, line.line_id):
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
