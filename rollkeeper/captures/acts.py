# SPDX-License-Identifier: EUPL-1.2
"""The counter's side: a ticket for a page, a sealed capture handed in. Neither changes the register; the carrier does.

The role of the face may insert these rows and set none of their instants.
"""

from dataclasses import dataclass
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.captures.errors import CaptureNotTaken
from rollkeeper.enrolment.rules import is_usable_key
from rollkeeper.kernel.database import act, run
from rollkeeper.kernel.ids import new_uuid
from rollkeeper.vault.capture_keys import key_to_seal_to

GREATEST_SEALED_BYTES = 64_000
"""A registration of three people in the longest words is far shorter."""


@dataclass(frozen=True, slots=True)
class Given:
    """A ticket and the public half to seal to."""

    ticket_id: UUID
    key_id: int
    public_key: bytes


def give_ticket(authority: Authority) -> Given:
    """Give a page a ticket: what is captured there lies after it. Refuses: NotAllowed, NotSignedIn, NoEpoch."""
    demand(authority, Power.ENROL)
    key, ticket_id = key_to_seal_to(), new_uuid()
    run(
        "INSERT INTO captures_ticket (ticket_id, staff_id, key_id) VALUES (%s, %s, %s)",
        [ticket_id, authority.staff_id, key.key_id],
    )
    return Given(ticket_id, key.key_id, key.public_key)


def take_in(
    authority: Authority, *, submission_key: str, ticket_id: UUID, sealed: bytes, language: str
) -> None:
    """Take in what a browser sealed; a second time changes nothing. Refuses: NotAllowed, CaptureNotTaken.

    Whoever is signed in may hand in what a colleague took down on the same device: it is done in that colleague's name.
    """
    demand(authority, Power.ENROL)
    if not is_usable_key(submission_key):
        raise CaptureNotTaken(why="its key is none")
    if not 0 < len(sealed) <= GREATEST_SEALED_BYTES:
        raise CaptureNotTaken(why=f"it is empty or longer than {GREATEST_SEALED_BYTES} bytes")
    with act():
        run(
            "INSERT INTO captures_capture (submission_key, ticket_id, delivered_by, language, sealed)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
            [submission_key, ticket_id, authority.staff_id, language, sealed],
        )
