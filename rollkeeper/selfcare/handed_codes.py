# SPDX-License-Identifier: EUPL-1.2
"""A code for the portal that is handed over, because no message reaches a suspended line: by the care number's menu, or at a counter.

::

    page of the portal (four figures)  --keyed into the menu, or told to a clerk-->  register: this line, suspended? this page of it?
    page of the portal (the code)      <--heard on the barred line, or at the counter--  eight figures, for that page alone

Separate from codes that are sent: here the caller is known only by what the network says, and a caller's number can be forged. So the code
works only on the page on which the number was typed, and allows only requests that help the line (`request_handlers.OF_LIMITED_SESSIONS`).
"""

import datetime as dt
import hashlib
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.codes import figures_in, new_code
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.menu_input import plain_lines
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.counter_codes import find_line_for_clerk
from rollkeeper.lines.queries import LineView, find_line_by_input, protected_lines
from rollkeeper.lines.writes import lock_line
from rollkeeper.selfcare.choices import HandOver
from rollkeeper.selfcare.errors import LINE_IN_SERVICE, NO_PAGE_WAITING, TOO_MANY_HANDED_CODES
from rollkeeper.selfcare.portal_client import CODE_FIGURES, hash_code
from rollkeeper.selfcare.rules import is_sim_too_new
from rollkeeper.selfcare.settings import settings

_IN_OTHER_HANDS: Final = frozenset({SuspensionReason.LOST_OR_STOLEN, SuspensionReason.SUBSCRIBER_REQUEST})
"""A line barred for these reasons may be in the hands of another person, against whom it was barred."""
_WORDS: Final = 3
OWN_NETWORK: Final = "own-network"
"""The word that the voice system adds only for calls whose line its own network authenticated."""


def page_figures(code_request_id: UUID) -> str:
    """Return the four figures by which a caller names a page of the portal. They are derived from the page's reference, for any number."""
    digest = hashlib.sha256(b"rollkeeper/page\x00" + code_request_id.bytes).digest()
    return f"{int.from_bytes(digest[:8]) % 10_000:04d}"


def answer_calls(
    authority: Authority, asked: Iterable[str], *, on: dt.date
) -> Iterator[dict[str, str | int | None]]:
    """Answer each line `NUMBER PAGE own-network`, in order, with a code or without one; every no looks the same. Refuses: NOT_ALLOWED.

    Ledger: selfcare:code:sent.
    """
    role = require(authority, Permission.HAND_OVER_CODE)
    for text in plain_lines(asked):
        yield {"code": _by_call(authority, role, text, on=on), "minutes": settings().code_minutes}


def hand_over_code(authority: Authority, number: str, figures: str, *, on: dt.date) -> str:
    """Return a code for the subscriber at the counter, who typed this suspended line's number at the portal and sees these figures.

    Ledger: line:access:recorded, selfcare:code:sent. Refuses: NOT_ALLOWED, LineNotFound, NumberNotRead, AccessLimitReached,
    LINE_IN_SERVICE, NO_PAGE_WAITING, TOO_MANY_HANDED_CODES.
    """
    role = require(authority, Permission.HAND_OVER_CODE)
    with action():
        line = find_line_for_clerk(authority, number, on=on)
        return _hand_over(authority, role, line, figures, means=HandOver.COUNTER, on=on)


def _by_call(authority: Authority, role: StaffRole, text: str, *, on: dt.date) -> str | None:
    words = text.split()
    # The number of words is checked, since a number with blanks could contain this word.
    if len(words) != _WORDS or words[-1] != OWN_NETWORK:
        return None
    number, figures, _ = words
    try:
        with action():
            line = find_line_by_input(number)
            if (
                line is None
                or _IN_OTHER_HANDS & set(line.reasons)
                or protected_lines([line.line_id])
                or _menu_is_used_up()
            ):
                return None
            return _hand_over(authority, role, line, figures, means=HandOver.CARE_MENU, on=on)
    except RollkeeperError:
        return None


def _hand_over(
    authority: Authority, role: StaffRole, line: LineView, figures: str, *, means: HandOver, on: dt.date
) -> str:
    """Make a code in the caller's action. Refuses: as `hand_over_code`."""
    lock_line(line.line_id, in_force=True)
    if line.state is not LineState.SUSPENDED:
        raise LINE_IN_SERVICE()
    page = _page_of(line.line_id, figures)
    if page is None:
        raise NO_PAGE_WAITING()
    chosen = settings()
    if _is_sim_too_new(line.line_id, on=on):
        raise TOO_MANY_HANDED_CODES()
    code = new_code(CODE_FIGURES)
    entry_id = append_entry(
        authority, verb=Verb.CODE_SENT, role=role, on=on, line_id=line.line_id, facts={"channel": means.value}
    )
    (given,) = rows(
        "SELECT selfcare_hand_over_code(%s, %s, %s, %s, %s, %s, %s, %s) AS is_given",
        [page, line.line_id, entry_id, means.value, hash_code(page, code), chosen.code_minutes, chosen.code_attempts,
         chosen.session_minutes],
    )  # fmt: skip
    if not given.is_given:
        raise TOO_MANY_HANDED_CODES()
    return code


def _page_of(line_id: LineId, figures: str) -> UUID | None:
    typed = figures_in(figures)
    with counted_lookups():
        pages = rows("SELECT * FROM selfcare_pages_of(%s) AS page", [line_id])
    return next((row.page for row in pages if page_figures(row.page) == typed), None)


def _is_sim_too_new(line_id: LineId, *, on: dt.date) -> bool:
    with counted_lookups():
        (sim,) = rows("SELECT lines_sim_replaced_on(%s) AS day", [line_id])
    return is_sim_too_new(sim.day, days=settings().sim_swap_days, on=on)


def _menu_is_used_up() -> bool:
    """Tell whether the menu gave all its codes of this hour, so that many forged calls get no more. Calls are counted one after the other."""
    lock_matter("care_menu", "codes")
    (given,) = rows(
        "SELECT count(*) AS codes FROM selfcare_coderequest WHERE channel = %s"
        " AND expires_at > clock_timestamp() - interval '1 hour'",
        [HandOver.CARE_MENU.value],
    )
    return bool(given.codes >= settings().handed_codes_per_hour)
