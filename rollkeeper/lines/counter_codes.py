# SPDX-License-Identifier: EUPL-1.2
"""Finds a line by a one-time code that came to the line, and that its subscriber reads out to a clerk.

The alternative to the whole number, which not all subscribers know by heart. A code is valid once, for some minutes, for the
clerk to whom it was read out; that clerk's pages then use a handle for the line that is meaningless elsewhere. Too many invalid
codes stop further attempts, for each clerk and for all counters together.
"""

import datetime as dt
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel.codes import figures_in, new_code
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.menu_input import plain_lines
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.errors import (
    COUNTER_CODE_INVALID,
    TOO_MANY_CODE_ATTEMPTS,
    LineNotFound,
    NumberNotRead,
    TooManyCounterCodes,
)
from rollkeeper.lines.lookups import find_line_for_staff, missed
from rollkeeper.lines.protection import refuse_protected
from rollkeeper.lines.queries import (
    LineView,
    find_line_by_input,
    masked_input,
    number_index_of,
    view_line,
)
from rollkeeper.vault.blind_index import blind_references

CODE_FIGURES: Final = 10
CODE_MINUTES: Final = 10
HANDLE_MINUTES: Final = 20
"""How long a clerk may go on with a line that was shown."""
HANDLE_KEPT_DAYS: Final = 30
"""How long a handle is kept for registrations that were taken without a network: twice the longest time that the settings allow."""
CODES_PER_HOUR: Final = 6
ATTEMPTS_PER_CLERK_PER_HOUR: Final = 5
ATTEMPTS_IN_ALL_PER_HOUR: Final = 200
"""With a thousand codes alive, an attacker who uses all these attempts finds one line in fifty thousand hours."""
_HANDLE: Final = re.compile(r"handle:([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class HandedLine:
    """A line that was shown to a clerk, and the handle used in place of its number."""

    line: LineView
    handle: str
    called: str = ""
    """Its masked number, where the clerk typed the number."""


def issue_code(authority: Authority, line_id: LineId, *, on: dt.date) -> str:
    """Make a code for a line and return it, to be told to the person who has the line in hand; an earlier code becomes invalid.

    Ledger: line:counter_code:issued. Refuses: NOT_ALLOWED, LineNotFound, TooManyCounterCodes.
    """
    role = require(authority, Permission.ISSUE_COUNTER_CODE)
    code = new_code(CODE_FIGURES)
    with action():
        line = view_line(line_id)
        if line is None or line.is_over:
            raise LineNotFound
        run(
            "DELETE FROM lines_countercode WHERE made_at < clock_timestamp() - make_interval("
            "days => CASE WHEN handle_id IS NULL THEN 1 ELSE %s END)",
            [HANDLE_KEPT_DAYS],
        )
        run("DELETE FROM lines_countercodeattempt WHERE attempted_at < clock_timestamp() - interval '1 day'")
        (lately,) = rows(
            "SELECT count(*) AS codes FROM lines_countercode"
            " WHERE line_id = %s AND made_at > clock_timestamp() - interval '1 hour'",
            [line_id],
        )
        if lately.codes >= CODES_PER_HOUR:
            raise TooManyCounterCodes(codes=lately.codes)
        run(
            "UPDATE lines_countercode SET ends_at = clock_timestamp() WHERE line_id = %s AND ends_at > clock_timestamp()"
            " AND handle_id IS NULL",
            [line_id],
        )
        run(
            "INSERT INTO lines_countercode (code_hash, line_id, ends_at)"
            " VALUES (%s, %s, clock_timestamp() + make_interval(mins => %s))",
            [hash_counter_code(code), line_id, CODE_MINUTES],
        )
        append_entry(authority, verb=Verb.COUNTER_CODE_ISSUED, role=role, on=on, line_id=line_id)
    return code


def issue_codes(
    authority: Authority, calling: Iterable[str], *, on: dt.date
) -> Iterator[dict[str, str | int | None]]:
    """Yield a code for each calling number, in order; every number that cannot be read or cannot have a code gets the same refusal.

    Refuses: NOT_ALLOWED.
    """
    for text in plain_lines(calling):
        code = None
        try:
            line = find_line_by_input(text)
            code = issue_code(authority, line.line_id, on=on) if line else None
        except (NumberNotRead, LineNotFound, TooManyCounterCodes):
            pass
        yield {"code": code, "minutes": CODE_MINUTES}


def hand_line(authority: Authority, text: str, *, on: dt.date) -> HandedLine:
    """Return the line with a typed number or a handle of this clerk, record the access, and give the clerk a handle.

    Ledger: line:line:looked_up, or line:access:recorded. Refuses: NOT_ALLOWED, LineNotFound, NumberNotRead, AccessLimitReached.
    """
    role = require(authority, Permission.EXPLAIN_LINE)
    with action():
        line = find_line_for_clerk(authority, text, on=on)
        append_entry(authority, verb=Verb.LINE_LOOKED_UP, role=role, on=on, line_id=line.line_id)
        if text.startswith("handle:"):
            return HandedLine(line, text)
        handle_id = new_uuid()
        with counted_lookups():
            rows(
                "SELECT lines_hand_to_clerk(%s, %s, %s, %s)",
                [number_index_of(text), handle_id, authority.staff_id, HANDLE_MINUTES],
            )
        return HandedLine(line, f"handle:{handle_id}", masked_input(text))


def redeem_code(authority: Authority, code: str, *, on: dt.date) -> HandedLine:
    """Return the line whose code was read out, and record the access.

    The answer is the same for every invalid code, and for the code of a protected subscriber's line, which stays valid.
    Ledger: line:line:looked_up, or line:access:recorded. Refuses: NOT_ALLOWED, COUNTER_CODE_INVALID, TOO_MANY_CODE_ATTEMPTS.
    """
    role = require(authority, Permission.EXPLAIN_LINE)
    _limit_attempts(authority)
    handle_id = new_uuid()
    try:
        line = _redeem(authority, code, handle_id=handle_id, role=role, on=on)
    except LineNotFound:
        rows("SELECT lines_count_code_attempt(%s)", [authority.staff_id])
        raise COUNTER_CODE_INVALID() from None
    return HandedLine(line, f"handle:{handle_id}")


def _redeem(authority: Authority, code: str, *, handle_id: UUID, role: StaffRole, on: dt.date) -> LineView:
    with action():
        with counted_lookups():
            (found,) = rows(
                "SELECT lines_redeem_code(%s, %s, %s, %s) AS line_id",
                [hash_counter_code(code), handle_id, authority.staff_id, HANDLE_MINUTES],
            )
        line = view_line(LineId(found.line_id)) if found.line_id else None
        if line is None:
            raise missed(authority, None, on=on)
        refuse_protected(authority, line.line_id, on=on)
        append_entry(authority, verb=Verb.LINE_LOOKED_UP, role=role, on=on, line_id=line.line_id)
        return line


def find_line_for_clerk(authority: Authority, text: str, *, on: dt.date, helps: bool = False) -> LineView:
    """Find a line by a typed number, or by the handle of a line shown to this clerk; `helps` as in `find_line_for_staff`.

    Refuses: as `find_line_for_staff`, and NumberNotRead.
    """
    index = (
        number_index_of_handle(authority, text) or b""
        if text.startswith("handle:")
        else number_index_of(text)
    )
    return find_line_for_staff(authority, index, on=on, helps=helps)


def number_index_of_handle(authority: Authority, text: str) -> bytes | None:
    """Return the blind index for the handle of a line shown to this clerk; None if no line was shown, or too long ago."""
    said = _HANDLE.fullmatch(text)
    if said is None or authority.staff_id is None:
        return None
    with counted_lookups():
        (found,) = rows(
            "SELECT lines_number_of_handle(%s, %s) AS number_index", [UUID(said[1]), authority.staff_id]
        )
    return found.number_index and bytes(found.number_index)


def extend_handle(authority: Authority, text: str) -> None:
    """Extend a handle of this clerk to a day, because a submission for the line waits for a second person."""
    said = _HANDLE.fullmatch(text)
    if said and authority.staff_id:
        rows("SELECT lines_extend_handle(%s, %s)", [UUID(said[1]), authority.staff_id])


def _limit_attempts(authority: Authority) -> None:
    (tried,) = rows(
        "SELECT count(*) AS by_all, count(*) FILTER (WHERE staff_id = %s) AS by_one FROM lines_countercodeattempt"
        " WHERE attempted_at > clock_timestamp() - interval '1 hour'",
        [authority.staff_id],
    )
    if tried.by_one >= ATTEMPTS_PER_CLERK_PER_HOUR or tried.by_all >= ATTEMPTS_IN_ALL_PER_HOUR:
        raise TOO_MANY_CODE_ATTEMPTS()


def hash_counter_code(code: str) -> bytes:
    """Return the hash of a code, which is stored in its place; digits of any script count."""
    return blind_references([f"shown at a counter {figures_in(code)}"])[0]
