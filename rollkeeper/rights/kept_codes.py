# SPDX-License-Identifier: EUPL-1.2
"""One code more for a line whose codes somebody else has used up, kept by staff for whoever calls or stands there.

Separate from the door, which never learns of it: whoever asks again gets their code, and an attacker sees no difference.
The code goes to the line and nowhere else, so staff who keep one let nobody in who has not the line in their hand.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel.database import act, rows, run
from rollkeeper.kernel.settings import settings
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import lock_line, telling_nothing
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import find_line_written
from rollkeeper.rights.errors import TooManyKeptCodes


def keep_code(authority: Authority, number: str, *, on: dt.date) -> None:
    """Keep one code for a line: whoever asks for one at the portal within some minutes gets it, over the line's limit.

    It changes nothing for a line whose SIM was replaced lately. Ledger: rights:code:kept.
    Refuses: NotAllowed, LineNotFound, NumberNotRead, LineOver, RecordProtected, TooManyKeptCodes.
    """
    role = demand(authority, Power.KEEP_CODE)
    with act():
        line = find_line_written(number, country=settings().country_code)
        if line is None:
            raise LineNotFound
        with telling_nothing(authority, line.line_id):
            lock_line(line.line_id, living=True)
        (kept,) = rows(
            "SELECT count(*) AS codes FROM rights_keptcode WHERE line_id = %s"
            " AND kept_at > clock_timestamp() - interval '1 day'",
            [line.line_id],
        )
        if kept.codes >= settings().door_kept_codes_a_day:
            raise TooManyKeptCodes(codes=kept.codes)
        run("INSERT INTO rights_keptcode (line_id) VALUES (%s)", [line.line_id])
        append_entry(authority, verb=Verb.CODE_KEPT, role=role, on=on, line_id=line.line_id)
