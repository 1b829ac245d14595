# SPDX-License-Identifier: EUPL-1.2
"""The counter's side: gives a page a ticket, and stores a sealed offline registration. Only the offline worker then changes the register.

The role of the app may insert these rows and set none of their instants.
"""

from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.offline.errors import OFFLINE_REGISTRATION_REJECTED
from rollkeeper.registration.errors import SUBMISSION_KEY_USED
from rollkeeper.registration.rules import is_usable_key
from rollkeeper.vault.offline_keys import current_offline_key

GREATEST_SEALED_BYTES = 64_000
"""A registration of three people in the longest words is far shorter."""


@dataclass(frozen=True, slots=True)
class TicketGrant:
    """A ticket and the public half to seal to."""

    ticket_id: UUID
    key_id: int
    public_key: bytes


def issue_ticket(authority: Authority) -> TicketGrant:
    """Give a page a ticket: what the page records under it is later than the ticket. Refuses: NOT_ALLOWED, NotSignedIn, NO_EPOCH."""
    require(authority, Permission.REGISTER)
    key, ticket_id = current_offline_key(), new_uuid()
    run(
        "INSERT INTO offline_ticket (ticket_id, staff_id, key_id) VALUES (%s, %s, %s)",
        [ticket_id, authority.staff_id, key.key_id],
    )
    return TicketGrant(ticket_id, key.key_id, key.public_key)


def store_submission(
    authority: Authority, *, submission_key: str, ticket_id: UUID, sealed: bytes, language: str
) -> None:
    """Store what a browser sealed; a repeated call changes nothing.

    A signed-in user may submit what a colleague recorded on the same device: it is done in that colleague's name, with a clerk's rights
    and those that both have. If these do not suffice, it waits for an approver. Refuses: NOT_ALLOWED, OFFLINE_REGISTRATION_REJECTED,
    SUBMISSION_KEY_USED.
    """
    require(authority, Permission.REGISTER)
    if not is_usable_key(submission_key):
        raise OFFLINE_REGISTRATION_REJECTED(why="its key is not valid")
    if not 0 < len(sealed) <= GREATEST_SEALED_BYTES:
        raise OFFLINE_REGISTRATION_REJECTED(why=f"it is empty or longer than {GREATEST_SEALED_BYTES} bytes")
    with action():
        inserted = run(
            "INSERT INTO offline_registration (submission_key, ticket_id, submitted_by, language, sealed)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [submission_key, ticket_id, authority.staff_id, language, sealed],
        )
        if not inserted:
            _require_own_key(authority, submission_key, ticket_id=ticket_id)


def _require_own_key(authority: Authority, submission_key: str, *, ticket_id: UUID) -> None:
    """Refuse a key under which someone else submitted something else, whose outcome would be taken for this one's. Refuses: SUBMISSION_KEY_USED.

    A page that got no answer may have sent the same text before: then that waits under a ticket of the counter's own app (`approvals`).
    """
    for row in rows(
        "SELECT r.ticket_id, r.submitted_by, r.received_at, t.staff_id FROM offline_registration r"
        " LEFT JOIN offline_ticket t ON t.ticket_id = %s WHERE r.submission_key = %s",
        [ticket_id, submission_key],
    ):
        if ticket_id != row.ticket_id and row.submitted_by not in {authority.staff_id, row.staff_id}:
            raise SUBMISSION_KEY_USED(day=clock.day_of(row.received_at))
