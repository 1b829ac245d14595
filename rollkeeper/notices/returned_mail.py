# SPDX-License-Identifier: EUPL-1.2
"""Returned mail, recorded in the back office and verified only by Rollkeeper.

Separate because two processes share it. The back office's page stores what was scanned or typed; it has no key, so an attacker
who controls it cannot forge a slip and start a clock. The worker, which knows the secret of the slips, processes it a moment
later, and slips after an hour. A reference recorded twice counts once.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import LetterVerdict, Outcome
from rollkeeper.notices.delivery_reports import DeliveryReport
from rollkeeper.notices.gateways.letters import read_letter, written_reference
from rollkeeper.notices.hooks import revoke_returned
from rollkeeper.notices.services import record_outcomes
from rollkeeper.notices.verp import return_secret

BATCH_SIZE: Final = 500
MAX_INVALID_SLIPS: Final = 5
"""Slips of one letter with wrong last characters; after this many no slip of it is accepted. An attacker who controls the back
office could try six characters by machine; a person does not misread one five times.
"""
SLIPS_WAIT: Final = dt.timedelta(hours=1)
"""A slip may be scanned before its returned envelope, which proves that the letter was not read."""
_WINDOW: Final = len("0000-0000-0000")


_MEANS: Final = {LetterVerdict.ARRIVED: Outcome.DELIVERED, LetterVerdict.RETURNED: Outcome.BOUNCED}
_VERDICTS: Final = {outcome: verdict for verdict, outcome in _MEANS.items()}


@dataclass(frozen=True, slots=True)
class RecordedLetters:
    """The result for scanned or typed references."""

    noted: int
    known: int
    """Noted before."""
    unread: int
    """No reference of a letter; kept nowhere."""


@dataclass(frozen=True, slots=True)
class ReturnedLetter:
    """One recorded reference, and Rollkeeper's verdict; `verdict` is None while it waits."""

    reference: str
    recorded_at: dt.datetime
    verdict: LetterVerdict | None


def record_returned_letters(authority: Authority, texts: Sequence[str], *, on: dt.date) -> RecordedLetters:
    """Note references of envelopes and slips, as they were scanned or typed; `settle_letters` judges them later.

    Refuses: NOT_ALLOWED. Ledger: notices:returned_letters:recorded, where any was new.
    """
    role = require(authority, Permission.RECORD_RETURNED_LETTERS)
    found = [written_reference(one) for one in texts]
    references = list(dict.fromkeys(filter(None, found)))
    with action():
        values = {"references": references, "at": clock.now(), "staff_id": authority.staff_id}
        noted = run(sql("notices", "record_returned_letters"), values)
        if noted:
            append_entry(
                authority, verb=Verb.RETURNED_LETTERS_RECORDED, role=role, on=on, facts={"letters": noted}
            )
    return RecordedLetters(noted, known=len(references) - noted, unread=found.count(None))


def settle_letters(authority: Authority, *, on: dt.date) -> int:
    """Judge noted references and record the outcomes, up to a limit, slips an hour later; return how many it judged.

    Refuses: NOT_ALLOWED. Ledger: notices:notice:delivered, notices:notice:bounced.
    """
    with action():
        values = {"chunk": BATCH_SIZE, "envelope": _WINDOW, "slips_until": clock.now() - SLIPS_WAIT}
        waiting = [row.reference for row in rows(sql("notices", "unsettled_letters"), values)]
        if not waiting:
            return 0
        secret = return_secret()
        found = [_judged(one, read_letter(one, secret=secret)) for one in waiting]
        ours = _ours(waiting) | revoke_returned(
            [letter for letter, verdict in found if verdict is LetterVerdict.RETURNED]
        )
        judged = _accepted_verdicts(found, ours=ours, wrong_before=_wrong_before(waiting))
        reports = [
            DeliveryReport(one[:_WINDOW], _MEANS[verdict], clock.now())
            for one, verdict in zip(waiting, judged, strict=True)
            if verdict in _MEANS
        ]
        record_outcomes(authority, reports=reports, on=on)
        verdicts = [verdict.value for verdict in judged]
        run(
            sql("notices", "settle_letters"),
            {"references": waiting, "verdicts": verdicts, "at": clock.now()},
        )
    return len(waiting)


def _judged(reference: str, said: tuple[str, Outcome] | None) -> tuple[str, LetterVerdict]:
    verdict = LetterVerdict.NOT_OURS if said is None else _VERDICTS[said[1]]
    return reference[:_WINDOW], verdict


def _accepted_verdicts(
    found: Sequence[tuple[str, LetterVerdict]], *, ours: set[str], wrong_before: Counter[str]
) -> list[LetterVerdict]:
    """Accept verdicts on letters of ours only, and no slip of a letter for which too many wrong slips were noted."""
    wrong, verdicts = wrong_before, []
    for letter, verdict in found:
        is_no_slip = verdict is LetterVerdict.NOT_OURS
        wrong[letter] += is_no_slip
        is_guessed = verdict is LetterVerdict.ARRIVED and wrong[letter] >= MAX_INVALID_SLIPS
        verdicts.append(LetterVerdict.NOT_OURS if letter not in ours or is_guessed else verdict)
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
        {row.letter: row.wrong for row in rows(sql("notices", "invalid_slip_counts"), {"letters": letters})}
    )


def returned_letters(*, limit: int) -> list[ReturnedLetter]:
    """Return the references that were noted last, the newest first."""
    found = rows(
        "SELECT reference, recorded_at, verdict FROM notices_returnedletter ORDER BY recorded_at DESC, reference LIMIT %s",
        [limit],
    )
    return [
        ReturnedLetter(row.reference, row.recorded_at, row.verdict and LetterVerdict(row.verdict))
        for row in found
    ]
