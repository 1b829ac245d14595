# SPDX-License-Identifier: EUPL-1.2
"""What comes back of letters, noted in the office and believed by the house alone.

Separate because two processes share it. The office's page keeps what was scanned or typed; it holds no key, so whoever
takes it over can make no slip and start no clock. The house, which knows the secret of the slips, takes it in a moment
later, and slips after an hour. A reference noted twice is one.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, rows, run, sql
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.acts import record_outcomes
from rollkeeper.notices.gateways.letters import read_letter, written_reference
from rollkeeper.notices.kinds import Outcome
from rollkeeper.notices.receipts import Receipt
from rollkeeper.notices.return_address import return_secret

AT_ONCE: Final = 500
MOST_WRONG: Final = 5
"""Of slips of one letter whose last signs are wrong; after these no slip of it is believed any more. Six signs could be tried
by a machine that has taken over the office; a person who misreads one does not do so five times.
"""
SLIPS_WAIT: Final = dt.timedelta(hours=1)
"""Whoever opens what came back may scan a slip before the envelope that it was still in, which proves that nobody has read it."""
_WINDOW: Final = len("0000-0000-0000")


class Verdict(StrEnum):
    """What the house found a noted reference to be."""

    ARRIVED = "arrived"
    """A slip of ours: somebody opened the letter."""
    CAME_BACK = "came_back"
    """The envelope of a letter of ours, which nobody took."""
    NOT_OURS = "not_ours"
    """No letter of ours has it, or its last signs were made by somebody else."""


_MEANS: Final = {Verdict.ARRIVED: Outcome.DELIVERED, Verdict.CAME_BACK: Outcome.BOUNCED}
_VERDICTS: Final = {outcome: verdict for verdict, outcome in _MEANS.items()}


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of what was scanned or typed."""

    noted: int
    known: int
    """Noted before."""
    unread: int
    """No reference of a letter; kept nowhere."""


@dataclass(frozen=True, slots=True)
class LetterBack:
    """One reference that was noted, and what the house found; `verdict` is None while it waits."""

    reference: str
    noted_at: dt.datetime
    verdict: Verdict | None


def note_letters(authority: Authority, texts: Sequence[str], *, on: dt.date) -> Noted:
    """Note references of envelopes and slips, as they were scanned or typed; `settle_letters` takes them in.

    Refuses: NotAllowed. Ledger: notices:letters:noted, where any was new.
    """
    role = demand(authority, Power.NOTE_LETTERS)
    found = [written_reference(one) for one in texts]
    references = list(dict.fromkeys(filter(None, found)))
    with act():
        values = {"references": references, "at": clock.now(), "staff_id": authority.staff_id}
        noted = run(sql("notices", "note_letters"), values)
        if noted:
            append_entry(authority, verb=Verb.LETTERS_NOTED, role=role, on=on, facts={"letters": noted})
    return Noted(noted, known=len(references) - noted, unread=found.count(None))


def settle_letters(authority: Authority, *, on: dt.date) -> int:
    """Take in what was noted, so many at once, slips an hour later; return how many that were.

    Refuses: NotAllowed. Ledger: notices:notice:delivered, notices:notice:bounced.
    """
    with act():
        values = {"chunk": AT_ONCE, "envelope": _WINDOW, "slips_until": clock.now() - SLIPS_WAIT}
        waiting = [row.reference for row in rows(sql("notices", "letters_to_settle"), values)]
        if not waiting:
            return 0
        secret = return_secret()
        found = [_judged(one, read_letter(one, secret=secret)) for one in waiting]
        judged = _believed(found, ours=_ours(waiting), wrong_before=_wrong_before(waiting))
        receipts = [
            Receipt(one[:_WINDOW], _MEANS[verdict], clock.now())
            for one, verdict in zip(waiting, judged, strict=True)
            if verdict in _MEANS
        ]
        record_outcomes(authority, receipts=receipts, on=on)
        verdicts = [verdict.value for verdict in judged]
        run(
            sql("notices", "letters_settled"),
            {"references": waiting, "verdicts": verdicts, "at": clock.now()},
        )
    return len(waiting)


def _judged(reference: str, said: tuple[str, Outcome] | None) -> tuple[str, Verdict]:
    verdict = Verdict.NOT_OURS if said is None else _VERDICTS[said[1]]
    return reference[:_WINDOW], verdict


def _believed(
    found: Sequence[tuple[str, Verdict]], *, ours: set[str], wrong_before: Counter[str]
) -> list[Verdict]:
    """Believe what is about a letter of ours, and no slip of one about which too many were made up."""
    wrong, verdicts = wrong_before, []
    for letter, verdict in found:
        is_no_slip = verdict is Verdict.NOT_OURS
        wrong[letter] += is_no_slip
        is_guessed = verdict is Verdict.ARRIVED and wrong[letter] >= MOST_WRONG
        verdicts.append(Verdict.NOT_OURS if letter not in ours or is_guessed else verdict)
    return verdicts


def _ours(references: Sequence[str]) -> set[str]:
    found = rows(
        "SELECT gateway_reference FROM notices_attempt WHERE gateway_reference = ANY(%s) AND channel = 'post'",
        [[one[:_WINDOW] for one in references]],
    )
    return {row.gateway_reference for row in found}


def _wrong_before(references: Sequence[str]) -> Counter[str]:
    letters = list({one[:_WINDOW] for one in references})
    return Counter(
        {row.letter: row.wrong for row in rows(sql("notices", "letters_wrong"), {"letters": letters})}
    )


def letters_back(*, limit: int) -> list[LetterBack]:
    """Return what was noted last, the newest first."""
    found = rows(
        "SELECT reference, noted_at, verdict FROM notices_letterback ORDER BY noted_at DESC, reference LIMIT %s",
        [limit],
    )
    return [LetterBack(row.reference, row.noted_at, row.verdict and Verdict(row.verdict)) for row in found]
