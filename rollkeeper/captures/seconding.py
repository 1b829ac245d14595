# SPDX-License-Identifier: EUPL-1.2
"""Acts that somebody else has to confirm: sealed as they are submitted, done once a second person has said yes.

The second person sees which act it is, when and by whom it was submitted, and a reference that the clerk sees too; both look
at the person and the papers. Neither is shown what was submitted: it is sealed, and the carrier alone opens it. It counts as
of when it was submitted. What nobody confirms within most of a day is erased.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rollkeeper.access.acts import demand_rested
from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.captures.acts import give_ticket
from rollkeeper.captures.errors import CaptureNotTaken, NothingToConfirm, SecondIsTheFirst
from rollkeeper.captures.reading import FORMAT
from rollkeeper.enrolment.rules import is_usable_key
from rollkeeper.enrolment.submissions import Submission
from rollkeeper.kernel.database import act, rows, run
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.subscribers.kinds import PartyKind
from rollkeeper.vault import wire
from rollkeeper.vault.capture_keys import seal_capture

_REFERENCE_LETTERS: Final = 6
_MOST_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class Aside:
    """What was submitted waits for a second person; it has no receipt yet."""

    submission_key: str
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class ToConfirm:
    """One act that waits for a second person: nothing of what was submitted."""

    submission_key: str
    deed: str
    received_at: dt.datetime
    by: str
    is_own: bool
    """Whoever looks submitted it themselves, and cannot confirm it."""

    @property
    def reference(self) -> str:
        """Return by what two people at a counter know that they mean the same."""
        return reference_of(self.submission_key)


def reference_of(submission_key: str) -> str:
    """Return the short reference of a submission."""
    return submission_key[-_REFERENCE_LETTERS:].upper()


def put_aside(
    authority: Authority, *, submission_key: str, deed: str, kind: PartyKind, fields: Mapping[str, str], language: str,
    submission: Submission | None = None,
) -> Aside:  # fmt: skip
    """Seal what was submitted and let it wait for a second person; a second time changes nothing.

    `submission` is what the form made of the fields, where a picture was read: what came of that is sealed with them.
    Refuses: NotAllowed, NotSignedIn, NoEpoch, CaptureNotTaken.
    """
    demand(authority, Power.ENROL)
    if not is_usable_key(submission_key):
        raise CaptureNotTaken(why="its key is none")
    said: dict[str, Any] = {
        "v": FORMAT, "deed": deed, "kind": kind.value, "fields": dict(fields), "elapsed_ms": 0, "clock": "monotonic",
    }  # fmt: skip
    if submission:
        said["was_read"] = sorted(part.value for part in submission.was_read)
        said["copies"] = {
            part.value: [base64.b64encode(copy).decode() for copy in copies]
            for part, copies in submission.copies.items()
        }
    with act():
        given = give_ticket(authority)
        sealer = wire.PublicSealer(given.key_id, given.public_key)
        clear = json.dumps(said, ensure_ascii=False).encode()
        sealed = seal_capture(sealer, clear, submission_key=submission_key, ticket_id=given.ticket_id)
        run(
            "INSERT INTO captures_capture"
            " (submission_key, ticket_id, delivered_by, language, sealed, by_counter, deed, needs_second)"
            " VALUES (%s, %s, %s, %s, %s, true, %s, true) ON CONFLICT DO NOTHING",
            [submission_key, given.ticket_id, authority.staff_id, language, sealed, deed],
        )
    return Aside(submission_key)


def waiting_for_second(authority: Authority) -> list[ToConfirm]:
    """Return what waits for a second person, the longest first. Refuses: NotAllowed."""
    demand(authority, Power.CONFIRM_ACT)
    found = rows(
        "SELECT c.submission_key, c.deed, c.received_at, s.username,"
        " %(me)s IN (c.delivered_by, t.staff_id) AS is_own"
        " FROM captures_capture c JOIN captures_ticket t USING (ticket_id)"
        " LEFT JOIN access_staff s ON s.staff_id = t.staff_id"
        " WHERE c.outcome IS NULL AND c.needs_second AND c.agreed IS NULL"
        " ORDER BY c.received_at, c.submission_key LIMIT %(most)s",
        {"me": authority.staff_id, "most": _MOST_LISTED},
    )
    return [
        ToConfirm(row.submission_key, row.deed, row.received_at, row.username or "", bool(row.is_own))
        for row in found
    ]


def confirm_act(authority: Authority, submission_key: str, *, agreed: bool, on: dt.date) -> None:
    """Say yes or no to an act that somebody else submitted; it is done next, or erased and never done.

    Ledger: captures:capture:confirmed. Refuses: NotAllowed, RoleTooNew, NothingToConfirm, SecondIsTheFirst.
    """
    role = demand(authority, Power.CONFIRM_ACT)
    demand_rested(authority, Power.CONFIRM_ACT)
    with act():
        found = rows(
            "SELECT c.deed, c.ticket_id, c.delivered_by, t.staff_id FROM captures_capture c"
            " JOIN captures_ticket t USING (ticket_id) WHERE c.submission_key = %s AND c.outcome IS NULL"
            " AND c.needs_second AND c.agreed IS NULL FOR UPDATE OF c",
            [submission_key],
        )
        if not found:
            raise NothingToConfirm
        (waits,) = found
        if authority.staff_id in {StaffId(waits.delivered_by), StaffId(waits.staff_id)}:
            raise SecondIsTheFirst
        run(
            "UPDATE captures_capture SET agreed = %s, seconded_by = %s, seconded_at = clock_timestamp()"
            " WHERE submission_key = %s",
            [agreed, authority.staff_id, submission_key],
        )
        facts: dict[str, str | bool] = {
            "agreed": agreed, "deed": waits.deed.replace("-", "_"), "ticket": str(waits.ticket_id),
        }  # fmt: skip
        append_entry(authority, verb=Verb.CAPTURE_CONFIRMED, role=role, on=on, facts=facts)
