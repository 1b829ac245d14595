# SPDX-License-Identifier: EUPL-1.2
"""Open one field of whoever holds a line: found by the whole number or by the line's reference, never by browsing."""

import datetime as dt
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.kernel.settings import settings
from rollkeeper.lines.acts import refuse_protected_holder
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import HoldingView, find_line_written, holdings, view_line
from rollkeeper.subscribers.kinds import Part
from rollkeeper.vault.acts import open_sealed
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.opened import Opened
from rollkeeper.vault.opening import power_for


def open_field(
    authority: Authority,
    line: str,
    *,
    field: Field,
    purpose: Purpose,
    on: dt.date,
    part: Part = Part.HOLDER,
) -> Opened:
    """Open one field of who holds a line now, or held it last; `line` is its whole number or its reference.

    Ledger: vault:sealed:opened. Refuses: NotAllowed, LineNotFound, NumberNotRead, RecordProtected, and whatever `open_sealed` does.
    """
    demand(authority, power_for(purpose))
    line_id = _line(line)
    held = holdings(line_id)
    if not held:
        raise CannotOpen
    refuse_protected_holder(authority, held[-1].person_id)
    person_id = _person(held[-1], part)
    refuse_protected_holder(authority, person_id)
    return open_sealed(
        authority,
        person_id=person_id,
        holding_id=held[-1].holding_id,
        field=field,
        purpose=purpose,
        on=on,
        line_id=line_id,
        commitment=held[-1].commitment if part is Part.HOLDER else None,
    )


def _line(text: str) -> LineId:
    try:
        found = view_line(LineId(UUID(text)))
    except ValueError:
        found = find_line_written(text, country=settings().country_code)
    if found is None:
        raise LineNotFound
    return found.line_id


def _person(holding: HoldingView, part: Part) -> PersonId:
    person_id = {
        Part.HOLDER: holding.person_id,
        Part.USER: holding.user_person_id,
        Part.BEARER: holding.bearer_person_id,
        Part.GUARDIAN: holding.guardian_person_id,
    }[part]
    if person_id is None:
        raise CannotOpen
    return person_id
