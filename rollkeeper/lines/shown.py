# SPDX-License-Identifier: EUPL-1.2
"""A line found by what is in its holder's hand: a one-time code that came to the line, read out to a clerk.

The other way besides its whole number, which not everybody knows by heart. A code is good once, for some minutes, for the
clerk to whom it was read out; what then stands for the line on that clerk's pages is a reference of no meaning elsewhere.
Whoever types codes that are none is stopped, each clerk for themselves and all counters together.
"""

import datetime as dt
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel.database import act, rows, run
from rollkeeper.kernel.ids import LineId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.errors import CodeNotShown, LineNotFound, NumberNotRead, TooManyCodes, TooManyGuesses
from rollkeeper.lines.protection import refuse_protected
from rollkeeper.lines.queries import LineView, find_line_written, find_lines, view_line
from rollkeeper.vault.blind import blind_references

CODE_DIGITS: Final = 10
CODE_MINUTES: Final = 10
HAND_MINUTES: Final = 20
"""How long a clerk goes on with the line that was shown."""
CODES_AN_HOUR: Final = 6
GUESSES_OF_ONE_AN_HOUR: Final = 5
GUESSES_OF_ALL_AN_HOUR: Final = 200
"""With a thousand codes alive, whoever uses all of these up finds a line in one of fifty thousand hours."""
_HAND: Final = re.compile(r"hand:([0-9a-f-]{36})")


@dataclass(frozen=True, slots=True)
class InHand:
    """A line that was shown to a clerk, and what stands for it where a number would be typed."""

    line: LineView
    hand: str


def give_code(authority: Authority, line_id: LineId, *, on: dt.date) -> str:
    """Make a code for a line and return it, to be said to whoever has the line in their hand; an earlier one is void.

    Ledger: line:code:given. Refuses: NotAllowed, LineNotFound, TooManyCodes.
    """
    role = demand(authority, Power.GIVE_CODE)
    code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
    with act():
        line = view_line(line_id)
        if line is None or line.is_over:
            raise LineNotFound
        run("DELETE FROM lines_shown WHERE made_at < clock_timestamp() - interval '1 day'")
        run("DELETE FROM lines_showntry WHERE tried_at < clock_timestamp() - interval '1 day'")
        (lately,) = rows(
            "SELECT count(*) AS codes FROM lines_shown"
            " WHERE line_id = %s AND made_at > clock_timestamp() - interval '1 hour'",
            [line_id],
        )
        if lately.codes >= CODES_AN_HOUR:
            raise TooManyCodes(codes=lately.codes)
        run(
            "UPDATE lines_shown SET ends_at = clock_timestamp() WHERE line_id = %s AND ends_at > clock_timestamp()"
            " AND hand_id IS NULL",
            [line_id],
        )
        run(
            "INSERT INTO lines_shown (code_hash, line_id, ends_at)"
            " VALUES (%s, %s, clock_timestamp() + make_interval(mins => %s))",
            [hash_shown(code), line_id, CODE_MINUTES],
        )
        append_entry(authority, verb=Verb.CODE_GIVEN, role=role, on=on, line_id=line_id)
    return code


def codes_for(
    authority: Authority, calling: Iterable[str], *, on: dt.date
) -> Iterator[dict[str, str | int | None]]:
    """Give a code to each number that calls, in order; what cannot be read, or can have none, gets the same no as any other.

    Refuses: NotAllowed.
    """
    for text in calling:
        code = None
        try:
            line = find_line_written(text.strip(), country=settings().country_code)
            code = give_code(authority, line.line_id, on=on) if line else None
        except (NumberNotRead, LineNotFound, TooManyCodes):
            pass
        yield {"code": code, "minutes": CODE_MINUTES}


def show_code(authority: Authority, code: str, *, on: dt.date) -> InHand:
    """Return the line whose code was read out, and leave a mark that it was looked at.

    Whatever is wrong with a code, the answer is the same. Ledger: line:line:looked_up.
    Refuses: NotAllowed, CodeNotShown, TooManyGuesses, RecordProtected.
    """
    role = demand(authority, Power.EXPLAIN_LINE)
    _refuse_guessing(authority)
    hand_id = new_uuid()
    with act():
        found = rows(
            "UPDATE lines_shown SET hand_id = %s, shown_to = %s, ends_at = clock_timestamp() + make_interval(mins => %s)"
            " WHERE code_hash = %s AND hand_id IS NULL AND ends_at > clock_timestamp() RETURNING line_id",
            [hand_id, authority.staff_id, HAND_MINUTES, hash_shown(code)],
        )
        line = view_line(LineId(found[0].line_id)) if found else None
        if line is not None:
            refuse_protected(authority, line.line_id)
            append_entry(authority, verb=Verb.LINE_LOOKED_UP, role=role, on=on, line_id=line.line_id)
    if line is None:
        run("INSERT INTO lines_showntry (staff_id) VALUES (%s)", [authority.staff_id])
        raise CodeNotShown
    return InHand(line, f"hand:{hand_id}")


def find_line_shown(authority: Authority, text: str) -> LineView | None:
    """Find a line by its number as somebody typed it, or by what stands for the one shown to this clerk. Refuses: NumberNotRead."""
    if not text.startswith("hand:"):
        return find_line_written(text, country=settings().country_code)
    index = index_in_hand(authority, text)
    return None if index is None else find_lines([index])[0]


def index_in_hand(authority: Authority, text: str) -> bytes | None:
    """Return by what a line that was shown to this clerk is looked up; None where none was, or too long ago."""
    said = _HAND.fullmatch(text)
    if said is None or authority.staff_id is None:
        return None
    found = rows(
        "SELECT n.number_index FROM lines_shown s JOIN lines_line l USING (line_id)"
        " JOIN lines_number n ON n.number_index = l.number_index AND n.line_id = l.line_id"
        " WHERE s.hand_id = %s AND s.shown_to = %s AND s.ends_at > clock_timestamp()",
        [UUID(said[1]), authority.staff_id],
    )
    return bytes(found[0].number_index) if found else None


def keep_in_hand(authority: Authority, text: str) -> None:
    """Let a line that was shown to this clerk stay found for a day: what they submitted for it waits for somebody else."""
    said = _HAND.fullmatch(text)
    if said and authority.staff_id:
        run(
            "UPDATE lines_shown SET ends_at = made_at + interval '1 day' WHERE hand_id = %s AND shown_to = %s",
            [UUID(said[1]), authority.staff_id],
        )


def _refuse_guessing(authority: Authority) -> None:
    (tried,) = rows(
        "SELECT count(*) AS by_all, count(*) FILTER (WHERE staff_id = %s) AS by_one FROM lines_showntry"
        " WHERE tried_at > clock_timestamp() - interval '1 hour'",
        [authority.staff_id],
    )
    if tried.by_one >= GUESSES_OF_ONE_AN_HOUR or tried.by_all >= GUESSES_OF_ALL_AN_HOUR:
        raise TooManyGuesses


def hash_shown(code: str) -> bytes:
    """Return what is kept of a code; the figures of any script are figures."""
    figures = "".join(str(int(letter)) for letter in code if letter.isdecimal())
    return blind_references([f"shown at a counter {figures}"])[0]
