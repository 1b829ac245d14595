# SPDX-License-Identifier: EUPL-1.2
"""By when a law has people's requests decided."""

import datetime as dt
from typing import Literal

from rollkeeper.law.calendars import days_in
from rollkeeper.law.pack import Pack


def decide_by(pack: Pack, right: Literal["correct", "reply"], *, asked_on: dt.date) -> dt.date | None:
    """Return the last day for a correction, or for the answer to any other request; the day of the request does not count.

    None: the pack gives no days, no reader confirmed them, or it cannot be used. It never keeps anyone from making a request.
    """
    rights = pack.file.rights
    if rights is None or not rights.because.confirmed or pack.unsupported_fields:
        return None
    length = rights.correct if right == "correct" else rights.reply
    if length is None:
        return None
    return asked_on + dt.timedelta(days=days_in(pack.file.calendar, length, asked_on))
