# SPDX-License-Identifier: EUPL-1.2
"""Actions that a second person must confirm: sealed when submitted, done once an approver has approved.

The approver sees which action it is, when and by whom it was submitted, and a reference that the clerk sees too; both check the
person and the documents. Neither sees the submitted data: it is sealed, and only the offline worker opens it. The action
counts as of its submission. A submission that is not confirmed within most of a day is erased.
"""

import base64
import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import (
    Approvals,
    PendingApproval,
    PendingSubject,
    approve,
    lock_subject,
    pending_among,
    require_approver,
    withdraw,
)
from rollkeeper.access.errors import NO_PENDING_APPROVAL
from rollkeeper.access.roles import Permission
from rollkeeper.agents.queries import staff_of_own_agent
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.ids import EntryId, StaffId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.offline.errors import OFFLINE_REGISTRATION_REJECTED
from rollkeeper.offline.payloads import FORMAT
from rollkeeper.offline.services import issue_ticket
from rollkeeper.registration.rules import is_usable_key
from rollkeeper.registration.submissions import Submission
from rollkeeper.vault import wire
from rollkeeper.vault.offline_keys import seal_offline

_MAX_LISTED: Final = 200


@dataclass(frozen=True, slots=True)
class HeldForApproval:
    """The submission waits for an approver; it has no receipt yet."""

    submission_key: str
    is_repeat: bool = False


def hold_for_approval(
    authority: Authority, *, submission_key: str, action_kind: str, kind: str, fields: Mapping[str, str], language: str,
    submission: Submission | None = None,
) -> HeldForApproval:  # fmt: skip
    """Seal what was submitted and let it wait for an approver; a repeated call changes nothing.

    `submission` is what the form made of the fields, if a picture was read: the results of reading it are sealed with them.
    Refuses: NOT_ALLOWED, NotSignedIn, NO_EPOCH, OFFLINE_REGISTRATION_REJECTED.
    """
    require(authority, Permission.REGISTER)
    if not is_usable_key(submission_key):
        raise OFFLINE_REGISTRATION_REJECTED(why="its key is not valid")
    said: dict[str, Any] = {
        "v": FORMAT, "action_kind": action_kind, "kind": str(kind), "fields": dict(fields), "elapsed_ms": 0, "clock": "monotonic",
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
        inserted = run(
            "INSERT INTO offline_registration"
            " (submission_key, ticket_id, submitted_by, language, sealed, by_counter, action_kind, needs_approval)"
            " VALUES (%s, %s, %s, %s, %s, true, %s, true) ON CONFLICT DO NOTHING",
            [submission_key, given.ticket_id, authority.staff_id, language, sealed, action_kind],
        )
    return HeldForApproval(submission_key, is_repeat=not inserted)


def pending_submissions() -> list[PendingSubject]:
    """Return the submissions that wait for an approver, the oldest first."""
    return _waiting(among=None)


def waiting_at_counter(authority: Authority) -> list[PendingApproval]:
    """Return the submissions that this authority may approve at a counter, the oldest first. An agent's account sees only those of its agent."""
    return pending_among(authority, Permission.APPROVE_ACTION, _waiting(among=staff_of_own_agent(authority)))


def _waiting(*, among: Sequence[UUID] | None) -> list[PendingSubject]:
    return [
        PendingSubject(
            row.registration_id, row.action_kind, row.received_at, row.submission_key, requested_by=StaffId(row.staff_id),
            submitted_by=(StaffId(row.staff_id), StaffId(row.submitted_by)),
        )
        for row in rows(sql("offline", "pending_approvals"), {"key": None, "among": among, "limit": _MAX_LISTED})
    ]  # fmt: skip


def decide_approval(authority: Authority, submission_key: str, *, approved: bool, on: dt.date) -> None:
    """Approve or reject an action that another person submitted; it is done next, or erased.

    An agent's account decides only on submissions of its own agent. Ledger: offline:approval:decided. Refuses: NOT_ALLOWED,
    APPROVER_UNKNOWN, ROLE_TOO_RECENT, NO_PENDING_APPROVAL, APPROVER_IS_SUBMITTER.
    """
    role = require_approver(authority, Permission.APPROVE_ACTION)
    with action():
        waits = _locked_submission(submission_key, among=staff_of_own_agent(authority))
        by = (StaffId(waits.staff_id), StaffId(waits.submitted_by))
        require_approver(authority, Permission.APPROVE_ACTION, submitted_by=by)

        def enter(_: Approvals | None = None) -> EntryId:
            facts: dict[str, str | bool] = {
                "approved": approved, "action_kind": waits.action_kind.replace("-", "_"), "ticket": str(waits.ticket_id),
            }  # fmt: skip
            return append_entry(authority, verb=Verb.APPROVAL_DECIDED, role=role, on=on, facts=facts)

        if approved:
            approve(
                authority,
                Permission.APPROVE_ACTION,
                waits.registration_id,
                on=on,
                submitted_by=by,
                enter=enter,
            )
        else:
            withdraw(authority, Permission.APPROVE_ACTION, waits.registration_id, on=on, enter=enter)


def _locked_submission(submission_key: str, *, among: Sequence[UUID] | None) -> Any:
    """Return the submission that waits for an approver under this key, locked until the action ends. Refuses: NO_PENDING_APPROVAL."""
    for row in rows(
        "SELECT registration_id FROM offline_registration WHERE submission_key = %s", [submission_key]
    ):
        lock_subject(row.registration_id)
    found = rows(sql("offline", "pending_approvals"), {"key": submission_key, "among": among, "limit": 1})
    if not found:
        raise NO_PENDING_APPROVAL()
    return found[0]
