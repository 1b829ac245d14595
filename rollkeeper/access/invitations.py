# SPDX-License-Identifier: EUPL-1.2
"""Invitations: a code, valid once, with which a person sets the password of their account.

An administrator makes an account, or lets a person in again who lost password or second factor, through the vault service
(`vault/staff_administration.py`); no page has the right to do that itself. The code is mailed, or shown once to be handed over. The worker
that mails a code makes it, and only its hash is stored. It is valid for some days. The person who uses it has no second factor
afterwards and adds one. For decisions by several people, a role counts as new from the invitation on (`access.dual_control`).
"""

import datetime as dt
import hashlib
import logging
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models.functions import Now

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.errors import (
    INVALID_ADDRESS,
    INVITATION_INVALID,
    NOT_FOR_OWN_ACCOUNT,
)
from rollkeeper.access.field_encryption import INVALID, decrypt, encrypt
from rollkeeper.access.models import Invitation, Staff
from rollkeeper.access.passwords import canonical_username
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.access.second_factor import require_settled_factors
from rollkeeper.access.services import (
    commitment_of,
    locked_account,
    make_account,
    renew_roles,
    require_good_password,
)
from rollkeeper.kernel import clock, stores
from rollkeeper.kernel.database import action, rows
from rollkeeper.kernel.ids import StaffId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

GOOD_FOR: Final = dt.timedelta(days=3)
"""Counted from when the code was made."""
_PURPOSE: Final = b"rollkeeper invitations v1"
_LETTERS: Final = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
_GROUPS, _IN_A_GROUP = 4, 5  # 98 bits
_MAILBOX: Final = re.compile(r"""[^\s@<>()\[\],;:"\\]{1,64}@[^\s@<>()\[\],;:"\\]{1,190}""")

log = logging.getLogger("rollkeeper.invitations")


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """An invitation that was not used yet."""

    staff_id: StaffId
    made_at: dt.datetime
    is_sent: bool
    """Whether its code was mailed or shown."""
    is_over: bool


def invite_staff(
    authority: Authority, *, username: str, roles: Collection[StaffRole], address: str, on: dt.date
) -> str:
    """Make an account without a password and invite its owner; return the code if there is no address to send it to.

    Ledger: access:staff:added, access:role:granted for each role, access:invitation:made.
    Refuses: NOT_ALLOWED, FACTOR_CHANGED_LATELY, INVALID_USER_NAME, USER_NAME_TAKEN, ROLE_NOT_FOR_PEOPLE, INVALID_ADDRESS.
    """
    require_settled_factors(authority.staff_id)
    with action():
        staff = make_account(authority, username=username, password=None, roles=roles, on=on)
        return _invite(authority, staff, address, on=on)


def invite_again(authority: Authority, *, username: str, address: str, on: dt.date) -> str:
    """Invite the owner of an account again; the old password and second factor end when the code is used.

    Ledger: access:role:ended and access:role:granted for each role, access:invitation:made.
    Refuses: NOT_ALLOWED, FACTOR_CHANGED_LATELY, STAFF_UNKNOWN, NOT_FOR_OWN_ACCOUNT, INVALID_ADDRESS.
    """
    require_settled_factors(authority.staff_id)
    require(authority, Permission.MANAGE_STAFF)
    with action():
        staff = locked_account(username)
        if staff.staff_id == authority.staff_id:
            raise NOT_FOR_OWN_ACCOUNT()
        renew_roles(authority, staff, on=on)  # the person who gets the code has them
        return _invite(authority, staff, address, on=on)


def accept_invitation(*, username: str, code: str, password: str, on: dt.date) -> Staff:
    """Set the password of the account that an invitation is for; other second factors end. The code is used up.

    Tries are not counted: the code is too long to be guessed. Ledger: access:invitation:accepted. Refuses: INVITATION_INVALID, PASSWORD_TOO_WEAK.
    """
    name = canonical_username(username)
    typed = re.sub(r"[\s-]", "", code).upper()
    require_good_password(
        password, name
    )  # first: else the answer to a weak password would tell a stranger which names exist
    staff = Staff.objects.filter(username=name).first()
    # The same is asked for a name that no account has: else the time of the answer would tell a stranger which names exist.
    staff_id = StaffId(staff.staff_id if staff else new_uuid())
    who = Authority(frozenset(), staff_id, secrets.token_hex(32))
    with action():
        (used,) = rows("SELECT access_use_invitation(%s, %s) AS it_was", [staff_id, mark_of(typed)])
        if staff is None or not used.it_was:
            raise INVITATION_INVALID()
        Authenticator.objects.filter(user_id=staff.staff_id).delete()
        staff.set_password(password)
        staff.save(update_fields=["password"])
        facts = {"staff": commitment_of(StaffId(staff.staff_id))}
        append_entry(who, verb=Verb.INVITATION_ACCEPTED, role=StaffRole.VISITOR, on=on, facts=facts)
    return staff


def open_invitations() -> dict[StaffId, OpenInvitation]:
    """Return the invitations that were not used, the newest of each account."""
    over = clock.true_now() - GOOD_FOR
    found = Invitation.objects.filter(used_at__isnull=True).order_by("made_at")
    return {
        StaffId(one.staff_id): OpenInvitation(
            StaffId(one.staff_id),
            one.made_at,
            one.code_mark is not None,
            (one.coded_at or one.made_at) < over,
        )
        for one in found.defer("sealed_to")
    }


def invitations_to_send(*, most: int) -> list[tuple[UUID, str, str]]:
    """Return the invitations to mail: reference, user name, address. The address of one that waited too long is deleted.

    One whose address cannot be read, such as after a change of the secret, does not stop the others; a log names it.
    """
    waiting = Invitation.objects.filter(sent_at__isnull=True, used_at__isnull=True, sealed_to__isnull=False)
    waiting.filter(made_at__lt=Now() - GOOD_FOR).update(sealed_to=None)
    found = waiting.order_by("made_at").values_list("invitation_id", "staff__username", "sealed_to")
    readable = (
        (reference, username, address)
        for reference, username, sealed in found
        if (address := _address_in(sealed or "", reference)) is not None
    )
    return list(islice(readable, most))


def give_code(invitation_id: UUID) -> str:
    """Make the code of an invitation that is about to be sent, in place of an earlier one; only its hash is kept."""
    code = new_code()
    Invitation.objects.filter(invitation_id=invitation_id).update(
        code_mark=mark_of(code.replace("-", "")), coded_at=Now()
    )
    return code


def mark_sent(invitation_id: UUID) -> None:
    """Note that it was sent, and delete its address."""
    Invitation.objects.filter(invitation_id=invitation_id).update(sent_at=Now(), sealed_to=None)


def new_code() -> str:
    """Return a code as people type it."""
    letters = ("".join(secrets.choice(_LETTERS) for _ in range(_IN_A_GROUP)) for _ in range(_GROUPS))
    return "-".join(letters)


def mark_of(code: str) -> bytes:
    """Return the hash of a code, which is too long to be guessed from it."""
    return hashlib.sha256(f"rollkeeper/invitation {code}".encode()).digest()


def _address_in(sealed: str, invitation_id: UUID) -> str | None:
    try:
        return decrypt(sealed, secret=stores.staff_secret(), purpose=_PURPOSE)
    except INVALID:
        _warn(invitation_id)
        return None


@cache
def _warn(invitation_id: UUID) -> None:
    """Warn once, and not at each run of the worker."""
    log.warning(
        "The address of invitation %s cannot be read with this instance's secret. Invite again.",
        invitation_id,
    )


def _invite(authority: Authority, staff: Staff, address: str, *, on: dt.date) -> str:
    role, address = require(authority, Permission.MANAGE_STAFF), address.strip()
    if address and not _MAILBOX.fullmatch(address):
        raise INVALID_ADDRESS()
    Invitation.objects.filter(staff=staff, used_at__isnull=True).delete()
    code = "" if address else new_code()
    Invitation.objects.create(
        staff=staff, sealed_to=encrypt(address, secret=stores.staff_secret(), purpose=_PURPOSE) if address else None, code_mark=mark_of(code.replace("-", "")) if code else None,
        coded_at=Now() if code else None,
    )  # fmt: skip
    facts = {"staff": commitment_of(StaffId(staff.staff_id))}
    append_entry(authority, verb=Verb.INVITATION_MADE, role=role, on=on, facts=facts)
    return code
