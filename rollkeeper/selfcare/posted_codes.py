# SPDX-License-Identifier: EUPL-1.2
"""A code for the portal by letter, for people whom no message reaches and who can neither call nor come.

::

    page of the portal --"send me a letter"--> selfcare_postedcode, for any number typed     the page says the same for all
    portal worker, in the hours for printing --one file--> the printing program              a code is made, its hash stays
    any page with the same number <--the code out of the letter-- the subscriber, days later

A line gets one letter while the letter's days run. For all lines there is a number of letters a day; the others wait, a week at most. The
code has sixteen figures: with five tries a page, guessing is hopeless, and a stranger's wrong tries do not make a letter worthless. The
person who opens a household's post is not always the subscriber: so the session is limited as with a code that was handed over, and a
protected subscriber gets no letter.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Channel
from rollkeeper.kernel.claims import lock_matter
from rollkeeper.kernel.codes import new_code
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.law.rules import Allowed
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import LineState
from rollkeeper.lines.queries import LineView, current_tenure, find_lines, protected_lines
from rollkeeper.notices.gateways.base import Answer
from rollkeeper.notices.one_time_codes import CodeLetter, channels_of, may_print_now, post_one_time_codes
from rollkeeper.notices.settings import settings as notices_settings
from rollkeeper.selfcare.portal_client import hash_posted_code
from rollkeeper.selfcare.rules import may_post_code, may_post_today
from rollkeeper.selfcare.settings import settings
from rollkeeper.selfcare.unsent_codes import enter_unsent, fill_up, next_transaction

CODE_FIGURES: Final = 16
_NONE: Final = object()
"""No letter is sent, for a reason that no one learns."""
_ANOTHER_DAY: Final = object()
"""The letters of this day are printed; the request waits for another day."""
_TO_NEXT_DAY_H: Final = 26
"""Hours that a letter waits at most if there is room for it: requested after the hours for printing, it is printed in those of the next day."""


@dataclass(frozen=True, slots=True, repr=False)
class _Asked:
    """A page that requested a letter, and the letter."""

    code_request_id: UUID
    letter: CodeLetter


def print_letters(authority: Authority, *, on: dt.date | None = None) -> int:
    """Print the requested letters that may be sent; return how many requests were settled or printed.

    Only the letter contains its code. A letter that the printer does not take now is tried again after an hour, with another code;
    requests beyond the daily number wait unchanged.
    Ledger: selfcare:code:sent, vault:sealed:opened; else as many of selfcare:code:not_sent. Refuses: NOT_ALLOWED.
    """
    role, on = require(authority, Permission.RUN_PORTAL_WORKER), on or clock.today()
    if not may_print_now():
        return 0
    since, answered = next_transaction(), list[_Asked | object]()
    try:
        with action():
            lock_matter("posted_codes", "letters")  # Two portal workers count one after the other.
            found = rows(sql("selfcare", "next_letters"), {"most": notices_settings().post_batch})
            answered += [_claim(row) for row in found]
        _print(authority, role, answered, on=on)
    finally:
        fill_up(since, requests=len(answered))
    return sum(one is not _ANOTHER_DAY for one in answered)


def _print(
    authority: Authority, role: StaffRole, answered: Sequence[_Asked | object], *, on: dt.date
) -> None:
    asked = [one for one in answered if isinstance(one, _Asked)]
    for one in answered:
        if one is _NONE:
            enter_unsent(authority, role, on=on)
    answers = post_one_time_codes(
        authority, [one.letter for one in asked], days=settings().letter_days, on=on
    )
    with action():
        for one, (answer, reference) in zip(asked, answers, strict=True):
            if answer is not Answer.ACCEPTED:
                _give_up(one, is_for_later=answer is Answer.RETRY)
                enter_unsent(authority, role, leaves=1, on=on)
                continue
            run(
                "UPDATE selfcare_postedcode SET reference = %s WHERE code_request_id = %s",
                [reference or str(one.letter.reference), one.code_request_id],
            )
            facts = {"channel": Channel.POST.value}
            append_entry(
                authority, verb=Verb.CODE_SENT, role=role, on=on, line_id=one.letter.line_id, facts=facts
            )


def revoke_returned(references: Sequence[str]) -> set[str]:
    """Make the codes worthless whose letters came back undelivered; return the references that were letters with codes."""
    found = rows(
        "UPDATE selfcare_postedcode SET code_hash = NULL WHERE reference = ANY (%s) RETURNING reference",
        [list(references)],
    )
    return {row.reference for row in found}


def _claim(row: Any) -> _Asked | object:
    """Mark a request as processed, and make its code if a letter may be sent; a request that must wait for another day stays unmarked."""
    (line,) = find_lines([bytes(row.number_index)])
    may = line is not None and _may_post(line, page=row.code_request_id)
    if may and not _has_room():
        return _ANOTHER_DAY
    run(
        "UPDATE selfcare_postedcode SET processed_at = clock_timestamp(), line_id = NULL, code_hash = NULL, ends_at = NULL"
        " WHERE code_request_id = %s",
        [row.code_request_id],
    )
    if line is None or not may:
        return _NONE
    tenure, chosen = current_tenure(line.line_id), settings()
    code = new_code(CODE_FIGURES)
    run(
        "UPDATE selfcare_postedcode SET line_id = %(line)s, tenure_id = %(tenure)s, person_id = %(person)s, code_hash = %(hash)s,"
        " ends_at = clock_timestamp() + make_interval(days => %(days)s), session_minutes = %(minutes)s, session_attempts = %(tries)s"
        " WHERE code_request_id = %(page)s",
        {
            "line": line.line_id, "tenure": tenure and tenure.tenure_id, "person": tenure and tenure.person_id,
            "hash": hash_posted_code(code), "days": chosen.letter_days, "minutes": chosen.session_minutes,
            "tries": chosen.code_attempts, "page": row.code_request_id,
        },
    )  # fmt: skip
    groups = " ".join(code[at : at + 4] for at in range(0, CODE_FIGURES, 4))
    return _Asked(row.code_request_id, CodeLetter(line.line_id, groups, row.language))


def _may_post(line: LineView, *, page: UUID) -> bool:
    (sent,) = rows(sql("selfcare", "recent_letters"), {"line_id": line.line_id, "page": page})
    channels = channels_of(line.line_id)
    verdict = may_post_code(
        is_living=not line.is_over, is_cut_off=line.state is LineState.SUSPENDED or channels == {Channel.POST},
        has_address=Channel.POST in channels, is_protected=bool(protected_lines([line.line_id])),
        to_line=sent.to_line,
    )  # fmt: skip
    return isinstance(verdict, Allowed)


def _has_room() -> bool:
    """Tell whether one more letter may be printed today. It counts from the start of the day, as the hours for printing belong to one day."""
    today = clock.local_day(clock.true_now())
    since = dt.datetime.combine(today, dt.time(), clock.zone())
    (sent,) = rows(sql("selfcare", "letters_in_day"), {"since": since})
    return isinstance(may_post_today(in_day=sent.in_day, daily=settings().letters_per_day), Allowed)


def count_letters_that_wait() -> int:
    """Return how many letters with codes were requested more than _TO_NEXT_DAY_H hours ago and still wait."""
    (found,) = rows(sql("selfcare", "waiting_letters"), {"hours": _TO_NEXT_DAY_H})
    return int(found.letters)


def _give_up(asked: _Asked, *, is_for_later: bool) -> None:
    """Delete a code whose letter was not printed. With `is_for_later`, the letter is tried again, as when the printer is out of reach.

    Otherwise it counts as the line's letter all the same, since each further try would open the address again.
    """
    run(
        "UPDATE selfcare_postedcode SET code_hash = NULL, tenure_id = NULL, person_id = NULL,"
        " ends_at = CASE WHEN %s THEN NULL ELSE ends_at END WHERE code_request_id = %s",
        [is_for_later, asked.code_request_id],
    )
