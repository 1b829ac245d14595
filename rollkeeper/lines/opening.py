# SPDX-License-Identifier: EUPL-1.2
"""Open one field of a line's subscriber: found by the whole number or by the line's reference, never by browsing."""

import datetime as dt
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.choices import AccessKind, AccessOutcome
from rollkeeper.lines.lookups import count_access, mark_access, missed
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.lines.queries import LastTenure, TenureView, last_tenure_by_number, tenures, view_line
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.subscribers.queries import protected_persons
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.opening import permission_for
from rollkeeper.vault.secret_value import SecretDocumentCopy, SecretValue
from rollkeeper.vault.services import open_copy, open_sealed


def open_field(
    authority: Authority,
    line: str,
    *,
    field: Field,
    purpose: Purpose,
    on: dt.date,
    part: PartyRole = PartyRole.SUBSCRIBER,
) -> SecretValue:
    """Open one field of the present or the last subscriber of a line; `line` is its whole number or its reference.

    Ledger: vault:sealed:opened. Refuses: NOT_ALLOWED, LineNotFound, NumberNotRead, AccessLimitReached, and the errors of
    `open_sealed`.
    """
    held, line_id, person_id = _found(authority, line, purpose=purpose, part=part, on=on)
    return open_sealed(
        authority,
        person_id=person_id,
        tenure_id=held.tenure_id,
        field=field,
        purpose=purpose,
        on=on,
        line_id=line_id,
        commitment=held.commitment if part is PartyRole.SUBSCRIBER else None,
    )


def open_document_copy(
    authority: Authority,
    line: str,
    *,
    position: int,
    purpose: Purpose,
    on: dt.date,
    part: PartyRole = PartyRole.SUBSCRIBER,
) -> SecretDocumentCopy:
    """Open one copy of the document of the present or the last subscriber of a line.

    Ledger: vault:sealed:opened. Refuses: as `open_field`, and DOCUMENT_STORE_UNAVAILABLE.
    """
    held, line_id, person_id = _found(authority, line, purpose=purpose, part=part, on=on)
    return open_copy(
        authority,
        person_id=person_id,
        tenure_id=held.tenure_id,
        position=position,
        purpose=purpose,
        on=on,
        line_id=line_id,
        commitment=held.commitment if part is PartyRole.SUBSCRIBER else None,
    )


def _found(
    authority: Authority, line: str, *, purpose: Purpose, part: PartyRole, on: dt.date
) -> tuple[TenureView, LineId, PersonId]:
    require(authority, permission_for(purpose))
    with action():
        last = _held(authority, line, on=on)
        if last is None:
            raise missed(authority, None, on=on)
        hidden = frozenset() if authority.role_for(Permission.SEE_PROTECTED) else last.protected
        if hidden:
            raise missed(authority, last.line_id, on=on)
        mark_access(authority, AccessOutcome.FOUND, line_id=last.line_id, on=on)
        if last.tenure is None:
            raise CannotOpen
        return last.tenure, last.line_id, _person(last.tenure, part)


def _held(authority: Authority, text: str, *, on: dt.date) -> LastTenure | None:
    """Find a line by its reference or its whole number, with its present or last subscriber."""
    try:
        line_id = LineId(UUID(text))
    except ValueError:
        number = normalise_identifier(text, service=service_guess(text), country=instance().country_code)
        count_access(authority, AccessKind.LOOKUP, on=on)
        return last_tenure_by_number(number)
    there, tenure = view_line(line_id), (tenures(line_id) or (None,))[-1]
    protected = protected_persons(tenure.persons if tenure else ())
    return LastTenure(line_id, tenure, protected) if there else None


def _person(tenure: TenureView, part: PartyRole) -> PersonId:
    person_id = {
        PartyRole.SUBSCRIBER: tenure.person_id,
        PartyRole.USER: tenure.user_person_id,
        PartyRole.BEARER: tenure.bearer_person_id,
        PartyRole.GUARDIAN: tenure.guardian_person_id,
    }[part]
    if person_id is None:
        raise CannotOpen
    return person_id
