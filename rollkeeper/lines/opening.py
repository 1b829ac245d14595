# SPDX-License-Identifier: EUPL-1.2
"""Open one field of whoever holds a line: found by the whole number or by the line's reference, never by browsing."""

import datetime as dt
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.kernel.settings import settings
from rollkeeper.lines.errors import LineNotFound, RecordProtected
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.lines.queries import HoldingView, LastHeld, held_last, holdings, view_line
from rollkeeper.subscribers.kinds import Part
from rollkeeper.subscribers.queries import protected_among
from rollkeeper.vault.acts import open_copy, open_sealed
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.opened import Opened, OpenedCopy
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
    held, line_id, person_id = _found(authority, line, purpose=purpose, part=part)
    return open_sealed(
        authority,
        person_id=person_id,
        holding_id=held.holding_id,
        field=field,
        purpose=purpose,
        on=on,
        line_id=line_id,
        commitment=held.commitment if part is Part.HOLDER else None,
    )


def open_document_copy(
    authority: Authority,
    line: str,
    *,
    position: int,
    purpose: Purpose,
    on: dt.date,
    part: Part = Part.HOLDER,
) -> OpenedCopy:
    """Open one copy of the document of who holds a line now, or held it last.

    Ledger: vault:sealed:opened. Refuses: as `open_field`, and CopyStoreAway.
    """
    held, line_id, person_id = _found(authority, line, purpose=purpose, part=part)
    return open_copy(
        authority,
        person_id=person_id,
        holding_id=held.holding_id,
        position=position,
        purpose=purpose,
        on=on,
        line_id=line_id,
        commitment=held.commitment if part is Part.HOLDER else None,
    )


def _found(
    authority: Authority, line: str, *, purpose: Purpose, part: Part
) -> tuple[HoldingView, LineId, PersonId]:
    demand(authority, power_for(purpose))
    last = _held(line)
    if last.holding is None:
        raise CannotOpen
    person_id = _person(last.holding, part)
    if {last.holding.person_id, person_id} & last.protected and not authority.role_for(Power.SEE_PROTECTED):
        raise RecordProtected
    return last.holding, last.line_id, person_id


def _held(text: str) -> LastHeld:
    """Find a line by its reference or its whole number, with who holds it now or held it last."""
    try:
        line_id = LineId(UUID(text))
    except ValueError:
        number = normalise_identifier(text, service=service_guess(text), country=settings().country_code)
        found = held_last(number)
        if found is None:
            raise LineNotFound from None
        return found
    if view_line(line_id) is None:
        raise LineNotFound
    holding = (holdings(line_id) or (None,))[-1]
    return LastHeld(line_id, holding, protected_among(holding.persons if holding else ()))


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
