# SPDX-License-Identifier: EUPL-1.2
"""Open, for one auditor, the fields that one person agreed to show to them: in a process with keys and without web pages."""

import datetime as dt
from contextlib import suppress
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.selfcare.consents import valid_consent
from rollkeeper.vault.errors import NEEDS_CONSENT, CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.secret_value import SecretValue
from rollkeeper.vault.service import StaffRequest
from rollkeeper.vault.services import open_sealed


def open_with_consent(authority: Authority, consent_id: UUID, *, on: dt.date) -> dict[Field, SecretValue]:
    """Open the fields that a consent names; check the consent again before each, so that a withdrawal counts at once.

    Ledger: vault:sealed:opened for each. Refuses: NOT_ALLOWED, NEEDS_CONSENT, SEAL_ONLY_PROCESS, TOO_MANY_OPENINGS.
    """
    require(authority, Permission.OPEN_WITH_CONSENT)
    good = valid_consent(consent_id, auditor=authority.staff_id, on=on)
    if good is None:
        raise NEEDS_CONSENT()
    opened: dict[Field, SecretValue] = {}
    for field in good.fields:
        if valid_consent(consent_id, auditor=authority.staff_id, on=on) != good:
            raise NEEDS_CONSENT()
        with suppress(CannotOpen):
            opened[field] = open_sealed(
                authority, person_id=good.person_id, tenure_id=good.tenure_id, field=field, purpose=Purpose.AUDIT, on=on,
                line_id=good.line_id, commitment=good.commitment, consent_id=consent_id,
            )  # fmt: skip
    return opened


def open_with_consent_for(request: StaffRequest) -> dict[str, str]:
    """Return, in the vault service, the fields that a consent names. Refuses: as `open_with_consent`."""
    found = open_with_consent(request.authority, request.reference("consent"), on=clock.today())
    return {field.value: value.reveal() for field, value in found.items()}
