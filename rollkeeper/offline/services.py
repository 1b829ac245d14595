# SPDX-License-Identifier: EUPL-1.2
"""The counter's side: a ticket for a page, a sealed offline registration handed in. Neither changes the register; the offline worker does.

The role of the app may insert these rows and set none of their instants.
"""

from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.offline.errors import OFFLINE_REGISTRATION_REJECTED
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
    """Take in what a browser sealed; a second time changes nothing. Refuses: NOT_ALLOWED, OFFLINE_REGISTRATION_REJECTED.

    A signed-in user may submit what a colleague recorded on the same device: it is done in that colleague's name, with no more rights
    than a clerk's or those that both have; what these do not suffice for waits for an approver.
    """
    require(authority, Permission.REGISTER)
    if not is_usable_key(submission_key):
        raise OFFLINE_REGISTRATION_REJECTED(why="its key is not valid")
    if not 0 < len(sealed) <= GREATEST_SEALED_BYTES:
        raise OFFLINE_REGISTRATION_REJECTED(why=f"it is empty or longer than {GREATEST_SEALED_BYTES} bytes")
    with action():
        run(
            "INSERT INTO offline_registration (submission_key, ticket_id, submitted_by, language, sealed)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [submission_key, ticket_id, authority.staff_id, language, sealed],
        )
