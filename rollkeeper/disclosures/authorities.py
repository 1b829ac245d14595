# SPDX-License-Identifier: EUPL-1.2
"""Which authorities may request, and to which key an answer is sealed: one person proposes an authority, another approves it.

The second person compares the key's fingerprint with the one that the authority reads out over another channel than the key came by.
A forged authority needs two people of the operator.
"""

import datetime as dt
from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

import pyrage

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import (
    Approvals,
    PendingSubject,
    approve,
    require_approver,
    require_not_approved,
)
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.disclosures.errors import (
    AUTHORITY_NOT_PENDING,
    AUTHORITY_UNKNOWN,
    FINGERPRINT_MISMATCH,
    INVALID_RECIPIENT_KEY,
)
from rollkeeper.disclosures.models import RequestingAuthority
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, prepared_rows
from rollkeeper.kernel.ids import EntryId, StaffId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb


def propose_authority(
    authority: Authority, *, title: str, kind: str, public_key: str, valid_until: dt.date, on: dt.date
) -> UUID:
    """Put an authority with its key on the list; nothing is sealed to it yet.

    Ledger: disclosures:authority:proposed. Refuses: NOT_ALLOWED, ROLE_TOO_RECENT, INVALID_RECIPIENT_KEY.
    """
    role = require_approver(authority, Permission.APPROVE_AUTHORITY)
    key = public_key.strip()
    read_key(key)
    made = RequestingAuthority(
        authority_id=new_uuid(), title=" ".join(title.split()), kind=kind, public_key=key, key_hash=fingerprint(key),
        valid_until=valid_until, proposed_on=on,
    )  # fmt: skip
    with action():
        made.save(force_insert=True)
        _approve(
            authority,
            made,
            on=on,
            enter=lambda _: _enter(authority, Verb.AUTHORITY_PROPOSED, made, role=role, on=on),
        )
    return made.authority_id


def approve_authority(authority: Authority, authority_id: UUID, *, read_out: str, on: dt.date) -> None:
    """Approve an authority, as the second person, with the fingerprint that it read out.

    Ledger: disclosures:authority:approved. Refuses: NOT_ALLOWED, ROLE_TOO_RECENT, AUTHORITY_UNKNOWN, AUTHORITY_NOT_PENDING,
    FINGERPRINT_MISMATCH, ALREADY_APPROVED.
    """
    role = require_approver(authority, Permission.APPROVE_AUTHORITY)
    with action():
        found = locked_authority(authority_id)
        if found.approved_on is not None or found.removed_on is not None:
            raise AUTHORITY_NOT_PENDING()
        require_not_approved(authority, Permission.APPROVE_AUTHORITY, authority_id, content=found.key_hash)
        if "".join(read_out.lower().split()) != found.key_hash:
            raise FINGERPRINT_MISMATCH()
        made = _approve(
            authority, found, on=on,
            enter=lambda given: _enter(authority, Verb.AUTHORITY_APPROVED, found, role=role, on=on) if given.enough else None,
        )  # fmt: skip
        if made.enough:
            found.approved_on = on
            found.save(update_fields=["approved_on"])


def remove_authority(authority: Authority, authority_id: UUID, *, on: dt.date) -> None:
    """Take an authority off the list at once. Again: nothing.

    Ledger: disclosures:authority:removed. Refuses: NOT_ALLOWED, AUTHORITY_UNKNOWN.
    """
    role = require(authority, Permission.APPROVE_AUTHORITY)
    with action():
        found = locked_authority(authority_id)
        if found.removed_on is None:
            found.removed_on = on
            found.save(update_fields=["removed_on"])
            _enter(authority, Verb.AUTHORITY_REMOVED, found, role=role, on=on)


def staff_of(authority: Authority) -> StaffId:
    """Return the acting member of staff: the permissions of this package belong to people, never to the console."""
    assert authority.staff_id is not None  # noqa: S101 - `permissions.toml` names people's roles alone, and a test holds it
    return authority.staff_id


def locked_authority(authority_id: UUID) -> RequestingAuthority:
    """Return an authority, locked until the act ends. Refuses: AUTHORITY_UNKNOWN."""
    found = RequestingAuthority.objects.select_for_update().filter(authority_id=authority_id).first()
    if found is None:
        raise AUTHORITY_UNKNOWN()
    return found


def key_valid_until(found: RequestingAuthority) -> dt.date | None:
    """Return the last day of an approved authority's key, None if the authority is not approved or was removed."""
    return found.valid_until if found.approved_on is not None and found.removed_on is None else None


def read_key(public_key: str) -> pyrage.x25519.Recipient:
    """Read a public key. Refuses: INVALID_RECIPIENT_KEY."""
    try:
        return pyrage.x25519.Recipient.from_str(public_key)
    except pyrage.RecipientError:
        raise INVALID_RECIPIENT_KEY() from None


def fingerprint(public_key: str) -> str:
    """Return the SHA-256 of a public key as it is written, 64 hexadecimal digits."""
    return sha256(public_key.encode()).hexdigest()


def pending_authorities() -> list[PendingSubject]:
    """Return the authorities that one person proposed and another has to approve."""
    waiting = prepared_rows(
        "SELECT authority_id, proposed_on, key_hash FROM disclosures_authority"
        " WHERE approved_on IS NULL AND removed_on IS NULL ORDER BY proposed_on"
    )
    return [
        PendingSubject(
            one.authority_id, "add_authority", dt.datetime.combine(one.proposed_on, dt.time(), clock.zone()),
            str(one.authority_id), content=one.key_hash,
        )
        for one in waiting
    ]  # fmt: skip


def _approve(
    authority: Authority, about: RequestingAuthority, *, on: dt.date, enter: Callable[[Approvals], EntryId | None]
) -> Approvals:  # fmt: skip
    return approve(
        authority,
        Permission.APPROVE_AUTHORITY,
        about.authority_id,
        content=about.key_hash,
        on=on,
        enter=enter,
    )


def _enter(
    authority: Authority, verb: Verb, about: RequestingAuthority, *, role: StaffRole, on: dt.date
) -> EntryId:
    facts = {"authority": str(about.authority_id), "key": about.key_hash}
    return append_entry(authority, verb=verb, role=role, on=on, facts=facts)
