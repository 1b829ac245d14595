# SPDX-License-Identifier: EUPL-1.2
"""When a code may go to a line, and how a name is compared. Pure."""

import datetime as dt
import re
import unicodedata
from typing import Final

from rollkeeper.kernel.normal_form import normal_form
from rollkeeper.law.rules import Allowed, Decision, Refused

OPERATORS_RULE = "operator's rule"
_BETWEEN: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po"})
"""The categories of spaces, controls and signs between letters."""
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef\u02bb\u02bc]"
)
"""Fillers and selectors of variants, which count as letters and marks; and apostrophes that count as letters."""


def may_send_code(
    *,
    is_living: bool,
    in_hour: int,
    in_day: int,
    by_source_in_hour: int = 0,
    by_source_in_day: int = 0,
    hourly: int,
    is_kept: bool = False,
    sim_replaced_on: dt.date | None,
    sim_days: int,
    on: dt.date,
) -> Decision:
    """Decide whether a line may be sent a code. The requester never learns the reason.

    The last code of an hour and of a day is kept for another source than the source of the earlier ones: so a stranger who only
    types the number does not shut the subscriber out. A code that staff reserved for the line (`is_kept`) is counted separately.
    """
    if not is_living:
        return Refused(OPERATORS_RULE, "there is no living line", "Nothing is sent.")
    if is_sim_too_new(sim_replaced_on, days=sim_days, on=on):
        return Refused(
            OPERATORS_RULE, "the SIM was replaced a short while ago", "Come to a counter with the document."
        )
    if is_kept:
        return Allowed()
    if in_hour >= hourly or in_day >= 2 * hourly:
        return Refused(
            OPERATORS_RULE, f"{in_hour} codes in an hour, {in_day} in a day", "Wait, or call the care number."
        )
    if by_source_in_hour >= max(hourly - 1, 1) or by_source_in_day >= 2 * hourly - 1:
        return Refused(
            OPERATORS_RULE, "the last code is kept for another source", "Wait, or call the care number."
        )
    return Allowed()


def may_post_code(
    *,
    is_living: bool,
    is_cut_off: bool,
    has_address: bool,
    is_protected: bool,
    to_line: int,
) -> Decision:
    """Decide whether a letter with a code goes to the address of a line. The requester never learns the reason.

    A person who lives at the same address may open it: so a protected subscriber gets no letter.
    """
    if not is_living or not has_address:
        return Refused(OPERATORS_RULE, "there is no living line with a postal address", "Nothing is sent.")
    if not is_cut_off:
        return Refused(OPERATORS_RULE, "a code reaches the line at once", "Ask for a code.")
    if is_protected:
        return Refused(OPERATORS_RULE, "others may open the letter", "Come to a counter with the document.")
    if to_line:
        return Refused(OPERATORS_RULE, f"{to_line} letters to the line", "Wait for the letter.")
    return Allowed()


def may_post_today(*, in_day: int, daily: int) -> Decision:
    """Decide whether one more letter with a code is printed today, counting the letters of all lines; otherwise it waits for another day."""
    if in_day >= daily:
        return Refused(OPERATORS_RULE, f"{in_day} letters in a day", "Wait for the letter.")
    return Allowed()


def is_sim_too_new(replaced_on: dt.date | None, *, days: int, on: dt.date) -> bool:
    """Tell whether the SIM was replaced so recently that another person may have done it unnoticed."""
    return replaced_on is not None and on < replaced_on + dt.timedelta(days=days)


def may_appeal(*, dismissed: int, appealed: int, suspended: bool, suspension_appealed: bool) -> Decision:
    """Decide whether an appeal is possible: whether a lost case or a suspension was not yet appealed against."""
    if dismissed > appealed or (suspended and not suspension_appealed):
        return Allowed()
    return Refused(
        OPERATORS_RULE,
        "nothing was decided that can be appealed against, or it was appealed against",
        "Open a dispute instead.",
    )


def may_settle_case(*, is_appeal: bool, is_named: bool, decider: str, decided_before: str | None) -> Decision:
    """Decide whether a person may settle a case: an appeal must be decided by a named person who did not make the first decision."""
    if not is_appeal or (is_named and decider != decided_before):
        return Allowed()
    return Refused(
        OPERATORS_RULE,
        "an appeal must be decided by another person",
        "Let another person decide, under their name.",
    )


def normalise_name(name: str) -> str:
    """Return a name in the form for comparing: width, letter case, spaces, signs between letters and invisible signs do not matter.

    No one can type an invisible sign that a file or a clerk brought into the record.
    """
    plain = _INVISIBLE.sub("", normal_form(name).casefold())
    return "".join(one for one in plain if unicodedata.category(one) not in _BETWEEN) or plain.strip()
