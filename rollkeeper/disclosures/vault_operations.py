# SPDX-License-Identifier: EUPL-1.2
"""What the vault service does about disclosure requests for people on pages and at commands.

It enters a request with its instrument, reads the instrument, answers; it proposes and approves authorities, defers a notification and notes
a delivery. Each of these belongs to one person or to two: the service has checked the password and the second factor itself, so
that a page which someone else has taken over can do none of them.
"""

import datetime as dt
from base64 import b64decode, b64encode
from typing import Any
from uuid import UUID

from rollkeeper.disclosures import authorities, services
from rollkeeper.disclosures.answers import answer_disclosure, read_instrument
from rollkeeper.disclosures.choices import DeferralReason, Instrument
from rollkeeper.kernel import clock
from rollkeeper.vault.errors import VAULT_REQUEST_REFUSED
from rollkeeper.vault.fields import Field
from rollkeeper.vault.service import StaffRequest


def read_instrument_for(request: StaffRequest) -> str:
    """Return the instrument unchanged, in base64. Refuses: as `read_instrument`."""
    return b64encode(read_instrument(request.authority, _disclosure(request), on=clock.today())).decode()


def answer_disclosure_for(request: StaffRequest) -> dict[str, str]:
    """Return the answer sealed to the authority's key. Refuses: as `answer_disclosure`, and VAULT_SESSION_OVER for the second person."""
    number, held_on = request.values.get("number"), _day(request.values.get("held_on"))
    second = request.authority_with(str(request.values.get("second", "")))
    if not isinstance(number, str):
        raise VAULT_REQUEST_REFUSED()
    done = answer_disclosure(
        request.authority, second, _disclosure(request), number=number, held_on=held_on, on=clock.today()
    )
    sealed = b64encode(done.sealed).decode()
    return {"outcome": done.outcome.value, "answer_hash": done.answer_hash, "sealed": sealed}


def enter_disclosure_for(request: StaffRequest) -> str:
    """Enter a disclosure request with its instrument, in base64; return its reference. Refuses: as `enter_disclosure`."""
    given = request.values
    fields, held_at = given.get("fields"), given.get("held_at")
    if not isinstance(fields, list) or not fields:
        raise VAULT_REQUEST_REFUSED()
    try:
        file = b64decode(_text(request, "file"), validate=True)
        time = dt.time.fromisoformat(held_at) if isinstance(held_at, str) else None
    except ValueError:
        raise VAULT_REQUEST_REFUSED() from None
    made = services.enter_disclosure(
        request.authority, _reference(request, "authority"), instrument=_one_of(Instrument, given.get("instrument")),
        reference=_text(request, "reference"), file=file, fields=[_one_of(Field, one) for one in fields],
        number=_text(request, "number"), held_on=_day(given.get("held_on")), held_at=time,
        received_on=_day(given.get("received_on")), expires_on=_day(given.get("expires_on")), on=clock.today(),
    )  # fmt: skip
    return str(made)


def defer_notification_for(request: StaffRequest) -> bool:
    """Defer a notification, or approve that it is; tell whether it is approved. Refuses: as `defer_notification`."""
    return services.defer_notification(
        request.authority, _disclosure(request), until=_day(request.values.get("until")),
        because=_one_of(DeferralReason, request.values.get("because")), on=clock.today(),
    )  # fmt: skip


def record_delivery_for(request: StaffRequest) -> str:
    """Note that the sealed answer was delivered. Refuses: as `record_delivery`."""
    return services.record_delivery(request.authority, _disclosure(request), on=clock.today())


def propose_authority_for(request: StaffRequest) -> str:
    """Put an authority on the list, as the first of two. Refuses: as `propose_authority`."""
    made = authorities.propose_authority(
        request.authority, title=_text(request, "title"), kind=_text(request, "kind"), public_key=_text(request, "key"),
        valid_until=_day(request.values.get("valid_until")), on=clock.today(),
    )  # fmt: skip
    return str(made)


def approve_authority_for(request: StaffRequest) -> None:
    """Approve an authority, as the second of two, with the fingerprint read out. Refuses: as `approve_authority`."""
    authorities.approve_authority(
        request.authority,
        _reference(request, "authority"),
        read_out=_text(request, "read_out"),
        on=clock.today(),
    )


def remove_authority_for(request: StaffRequest) -> None:
    """Take an authority off the list. Refuses: as `remove_authority`."""
    authorities.remove_authority(request.authority, _reference(request, "authority"), on=clock.today())


def _disclosure(request: StaffRequest) -> UUID:
    return _reference(request, "disclosure")


def _reference(request: StaffRequest, name: str) -> UUID:
    try:
        return UUID(str(request.values.get(name)))
    except ValueError:
        raise VAULT_REQUEST_REFUSED() from None


def _text(request: StaffRequest, name: str) -> str:
    text = request.values.get(name)
    if not isinstance(text, str):
        raise VAULT_REQUEST_REFUSED()
    return text


def _one_of(choices: Any, value: object) -> Any:
    try:
        return choices(value)
    except ValueError:
        raise VAULT_REQUEST_REFUSED() from None


def _day(given: object) -> dt.date:
    if isinstance(given, dt.date):
        return given
    try:
        return dt.date.fromisoformat(str(given))
    except ValueError:
        raise VAULT_REQUEST_REFUSED() from None
