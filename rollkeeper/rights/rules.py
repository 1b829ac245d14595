# SPDX-License-Identifier: EUPL-1.2
"""When a code may go to a line, and how a name is compared. Pure."""

import datetime as dt
import unicodedata

from rollkeeper.law.rules import Allowed, Decision, Refused

HOUSE = "house rule"


def may_send_code(
    *,
    is_living: bool,
    in_hour: int,
    in_day: int,
    hourly: int,
    sim_replaced_on: dt.date | None,
    sim_days: int,
    on: dt.date,
) -> Decision:
    """Decide whether a line may be sent a code. Whoever asked is never told which of these it was."""
    if not is_living:
        return Refused(HOUSE, "there is no living line", "Nothing is sent.")
    if in_hour >= hourly or in_day >= 2 * hourly:
        return Refused(HOUSE, f"{in_hour} codes in an hour, {in_day} in a day", "Wait.")
    if sim_replaced_on is not None and on < sim_replaced_on + dt.timedelta(days=sim_days):
        return Refused(
            HOUSE, "the SIM was replaced a short while ago", "Come to a counter with the document."
        )
    return Allowed()


def spell_name(name: str) -> str:
    """Return a name as it is compared: width, letter case, spaces and the dots between parts do not matter."""
    plain = unicodedata.normalize("NFKC", name).casefold()
    return "".join(letter for letter in plain if not letter.isspace() and letter not in "·•‧.・-'’་")
