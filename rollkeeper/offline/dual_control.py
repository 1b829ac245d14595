# SPDX-License-Identifier: EUPL-1.2
"""Acts that somebody else has to confirm: sealed as they are submitted, done once an approver has approved.

The approver sees which act it is, when and by whom it was submitted, and a reference that the clerk sees too; both look
at the person and the papers. Neither is shown what was submitted: it is sealed, and the offline worker alone opens it. It counts as
of when it was submitted. What nobody confirms within most of a day is erased.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import require_cooldown_over
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import StaffId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.offline.errors import ApproverIsSubmitter, NoPendingApproval, OfflineRegistrationRejected
from rollkeeper.offline.payloads import FORMAT
from rollkeeper.offline.services import issue_ticket
from rollkeeper.registration.rules import is_usable_key
from rollkeeper.registration.submissions import Submission
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.vault import wire
from rollkeeper.vault.offline_keys import seal_offline

_REFERENCE_LETTERS: Final = 6
_MAX_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class PendingApproval:
    """What was submitted waits for an approver; it has no receipt yet."""

    submission_key: str
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """One act that waits for an approver: nothing of what was submitted."""

    submission_key: str
    action_kind: str
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


def hold_for_approval(
    authority: Authority, *, submission_key: str, action_kind: str, kind: PartyKind, fields: Mapping[str, str], language: str,
    submission: Submission | None = None,
) -> PendingApproval:  # fmt: skip
    """Seal what was submitted and let it wait for an approver; a second time changes nothing.

    `submission` is what the form made of the fields, where a picture was read: what came of that is sealed with them.
    Refuses: NotAllowed, NotSignedIn, NoEpoch, OfflineRegistrationRejected.
    """
    require(authority, Permission.REGISTER)
    if not is_usable_key(submission_key):
        raise OfflineRegistrationRejected(why="its key is none")
    said: dict[str, Any] = {
        "v": FORMAT, "action_kind": action_kind, "kind": kind.value, "fields": dict(fields), "elapsed_ms": 0, "clock": "monotonic",
    }  # fmt: skip
    if submission:
        said["machine_read"] = sorted(part.value for part in submission.machine_read)
        said["copies"] = {
            part.value: [base64.b64encode(copy).decode() for copy in copies]
            for part, copies in submission.copies.items()
        }
    with action():
        given = issue_ticket(authority)
        sealer = wire.PublicSealer(given.key_id, given.public_key)
        clear = json.dumps(said, ensure_ascii=False).encode()
        sealed = seal_offline(sealer, clear, submission_key=submission_key, ticket_id=given.ticket_id)
        run(
            "INSERT INTO offline_registration"
            " (submission_key, ticket_id, submitted_by, language, sealed, by_counter, action_kind, needs_approval)"
            " VALUES (%s, %s, %s, %s, %s, true, %s, true) ON CONFLICT DO NOTHING",
            [submission_key, given.ticket_id, authority.staff_id, language, sealed, action_kind],
        )
    return PendingApproval(submission_key)


def list_pending_approvals(authority: Authority) -> list[ApprovalView]:
    """Return what waits for an approver, the longest first. Refuses: NotAllowed."""
    require(authority, Permission.APPROVE_ACTION)
    found = rows(
        "SELECT c.submission_key, c.action_kind, c.received_at, s.username,"
        " %(me)s IN (c.submitted_by, t.staff_id) AS is_own"
        " FROM offline_registration c JOIN offline_ticket t USING (ticket_id)"
        " LEFT JOIN access_staff s ON s.staff_id = t.staff_id"
        " WHERE c.outcome IS NULL AND c.needs_approval AND c.approved IS NULL"
        " ORDER BY c.received_at, c.submission_key LIMIT %(most)s",
        {"me": authority.staff_id, "most": _MAX_LISTED},
    )
    return [
        ApprovalView(
            row.submission_key, row.action_kind, row.received_at, row.username or "", bool(row.is_own)
        )
        for row in found
    ]


def decide_approval(authority: Authority, submission_key: str, *, approved: bool, on: dt.date) -> None:
    """Approve or no to an act that somebody else submitted; it is done next, or erased and never done.

    Ledger: offline:approval:decided. Refuses: NotAllowed, RoleTooRecent, NoPendingApproval, ApproverIsSubmitter.
    """
    role = require(authority, Permission.APPROVE_ACTION)
    require_cooldown_over(authority, Permission.APPROVE_ACTION)
    with action():
        found = rows(
            "SELECT c.action_kind, c.ticket_id, c.submitted_by, t.staff_id FROM offline_registration c"
            " JOIN offline_ticket t USING (ticket_id) WHERE c.submission_key = %s AND c.outcome IS NULL"
            " AND c.needs_approval AND c.approved IS NULL FOR UPDATE OF c",
            [submission_key],
        )
        if not found:
            raise NoPendingApproval
        (waits,) = found
        if authority.staff_id in {StaffId(waits.submitted_by), StaffId(waits.staff_id)}:
            raise ApproverIsSubmitter
        run(
            "UPDATE offline_registration SET approved = %s, approved_by = %s, approved_at = clock_timestamp()"
            " WHERE submission_key = %s",
            [approved, authority.staff_id, submission_key],
        )
        facts: dict[str, str | bool] = {
            "approved": approved, "action_kind": waits.action_kind.replace("-", "_"), "ticket": str(waits.ticket_id),
        }  # fmt: skip
        append_entry(authority, verb=Verb.APPROVAL_DECIDED, role=role, on=on, facts=facts)
