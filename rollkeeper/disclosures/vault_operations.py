# SPDX-License-Identifier: EUPL-1.2
"""What the vault service does about disclosure requests for people on pages and at commands.

It enters a request with its instrument, reads the instrument, answers; it proposes and approves authorities, defers a notification
and notes a delivery. Each operation needs one person, or two. The service checks their password and second factor itself, so that a
page in an attacker's hands can do none of this.
"""

import datetime as dt
from base64 import b64decode, b64encode
from uuid import UUID

from rollkeeper.disclosures import authorities, services
from rollkeeper.disclosures.answers import answer_disclosure, read_instrument
from rollkeeper.disclosures.choices import DeferralReason, Instrument
from rollkeeper.kernel import clock
from rollkeeper.vault.errors import VAULT_REQUEST_REFUSED
from rollkeeper.vault.fields import Field
from rollkeeper.vault.service import StaffRequest, read_as


def read_instrument_for(request: StaffRequest) -> str:
    """Return the instrument unchanged, in base64. Refuses: as `read_instrument`."""
    return b64encode(read_instrument(request.authority, _disclosure(request), on=clock.today())).decode()


def answer_disclosure_for(request: StaffRequest) -> dict[str, str]:
    """Return the answer sealed to the authority's key. Refuses: as `answer_disclosure`, and VAULT_SESSION_OVER for the second person."""
    second = request.authority_with(str(request.values.get("second", "")))
    done = answer_disclosure(
        request.authority, second, _disclosure(request), number=request.text("number"),
        held_on=request.day("held_on"), on=clock.today(),
    )  # fmt: skip
    sealed = b64encode(done.sealed).decode()
    return {"outcome": done.outcome.value, "answer_hash": done.answer_hash, "sealed": sealed}


def enter_disclosure_for(request: StaffRequest) -> str:
    """Enter a disclosure request with its instrument, in base64; return its reference. Refuses: as `enter_disclosure`."""
    given = request.values
    fields, held_at = given.get("fields"), given.get("held_at")
    if not isinstance(fields, list) or not fields:
        raise VAULT_REQUEST_REFUSED()
    try:
        file = b64decode(request.text("file"), validate=True)
        time = dt.time.fromisoformat(held_at) if isinstance(held_at, str) else None
    except ValueError:
        raise VAULT_REQUEST_REFUSED() from None
    made = services.enter_disclosure(
        request.authority, request.reference("authority"), instrument=read_as(Instrument, given.get("instrument")),
        reference=request.text("reference"), file=file, fields=[read_as(Field, one) for one in fields],
        number=request.text("number"), held_on=request.day("held_on"), held_at=time,
        received_on=request.day("received_on"), expires_on=request.day("expires_on"), on=clock.today(),
    )  # fmt: skip
    return str(made)


def defer_notification_for(request: StaffRequest) -> bool:
    """Ask for a deferral of a notification, or approve one; tell whether it is approved. Refuses: as `defer_notification`."""
    return services.defer_notification(
        request.authority, _disclosure(request), until=request.day("until"),
        because=read_as(DeferralReason, request.values.get("because")), on=clock.today(),
    )  # fmt: skip


def record_delivery_for(request: StaffRequest) -> str:
    """Note that the sealed answer was delivered. Refuses: as `record_delivery`."""
    return services.record_delivery(request.authority, _disclosure(request), on=clock.today())


def propose_authority_for(request: StaffRequest) -> str:
    """Put an authority on the list, as the first of two. Refuses: as `propose_authority`."""
    made = authorities.propose_authority(
        request.authority, title=request.text("title"), kind=request.text("kind"), public_key=request.text("key"),
        valid_until=request.day("valid_until"), on=clock.today(),
    )  # fmt: skip
    return str(made)


def approve_authority_for(request: StaffRequest) -> None:
    """Approve an authority, as the second of two, with the fingerprint read out. Refuses: as `approve_authority`."""
    authorities.approve_authority(
        request.authority,
        request.reference("authority"),
        read_out=request.text("read_out"),
        on=clock.today(),
    )


def remove_authority_for(request: StaffRequest) -> None:
    """Take an authority off the list. Refuses: as `remove_authority`."""
    authorities.remove_authority(request.authority, request.reference("authority"), on=clock.today())


def _disclosure(request: StaffRequest) -> UUID:
    return request.reference("disclosure")
