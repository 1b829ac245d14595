# SPDX-License-Identifier: EUPL-1.2
"""Open, for one auditor, the entries that one person agreed to show to them: in a process with keys and no web."""

import datetime as dt
from contextlib import suppress
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.rights.consenting import standing_consent
from rollkeeper.vault.acts import open_sealed
from rollkeeper.vault.errors import CannotOpen, NeedsConsent
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.opened import Opened


def see_person(authority: Authority, consent_id: UUID, *, on: dt.date) -> dict[Field, Opened]:
    """Open what a consent names, entry by entry; the consent is looked at anew before each, so that taking it back counts at once.

    Ledger: vault:sealed:opened for each. Refuses: NotAllowed, NeedsConsent, OnlySeals, TooManyOpenings.
    """
    demand(authority, Power.OPEN_WITH_CONSENT)
    good = standing_consent(consent_id, auditor=authority.staff_id, on=on)
    if good is None:
        raise NeedsConsent
    opened: dict[Field, Opened] = {}
    for field in good.fields:
        if standing_consent(consent_id, auditor=authority.staff_id, on=on) != good:
            raise NeedsConsent
        with suppress(CannotOpen):
            opened[field] = open_sealed(
                authority, person_id=good.person_id, holding_id=good.holding_id, field=field, purpose=Purpose.AUDIT, on=on,
                line_id=good.line_id, commitment=good.commitment, consent_id=consent_id,
            )  # fmt: skip
    return opened
