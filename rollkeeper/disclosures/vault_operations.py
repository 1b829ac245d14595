# SPDX-License-Identifier: EUPL-1.2
"""What the vault service does about a disclosure request for those who decided it: read its instrument, answer it."""

import datetime as dt
from base64 import b64encode
from uuid import UUID

from rollkeeper.disclosures.answers import answer_disclosure, read_instrument
from rollkeeper.kernel import clock
from rollkeeper.vault.errors import VAULT_REQUEST_REFUSED
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


def _disclosure(request: StaffRequest) -> UUID:
    try:
        return UUID(str(request.values.get("disclosure")))
    except ValueError:
        raise VAULT_REQUEST_REFUSED() from None


def _day(given: object) -> dt.date:
    if isinstance(given, dt.date):
        return given
    try:
        return dt.date.fromisoformat(str(given))
    except ValueError:
        raise VAULT_REQUEST_REFUSED() from None
