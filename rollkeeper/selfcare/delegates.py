# SPDX-License-Identifier: EUPL-1.2
"""The people whom a subscriber names to act for them, or to be heard as heir; and reports that the subscriber has died.

A named person is stored only as a hash under the index key, valid for one subscriber and one role. Naming looks up no one,
notifies no one and gives the same answer for every person. Only staff with the document before them, and staff who decide a claim,
learn whether the document belongs to a named person.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import EntryId, LineId, PersonId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import AccessKind
from rollkeeper.lines.lookups import count_access, count_mismatch, find_line_for_staff
from rollkeeper.lines.queries import current_tenure, number_index_of
from rollkeeper.lines.writes import lock_line
from rollkeeper.registration.receipts import on_line, run_once
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.case_decisions import close_case
from rollkeeper.selfcare.choices import CaseKind, DelegateRole
from rollkeeper.selfcare.errors import INVALID_REQUEST, NO_CLAIM, NO_ONE_NAMED
from rollkeeper.selfcare.services import Payload, key_of, open_dispute_case
from rollkeeper.selfcare.sessions import PortalSession
from rollkeeper.subscribers.queries import indexes_shown
from rollkeeper.vault.blind_index import blind_once


def add_delegate(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Name a person by the number of their document; they replace the person named before for the role.

    Ledger: selfcare:delegate:added. Refuses: VERIFICATION_NEEDED, DOCUMENT_NEVER_CHECKED, LINE_TOO_NEW, INVALID_REQUEST, NOT_YOUR_LINE.
    """
    person_id, (line_id, _), part = session.require_not_alone(), session.line_in(payload), _part(payload)
    mark = mark_of(person_id, part, _document(payload))

    def do() -> tuple[LineId, EntryId]:
        role = require(session.authority, Permission.SEE_OWN)
        lock_line(line_id)
        run(
            "INSERT INTO selfcare_delegate (person_id, part, document_mark, named_on) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (person_id, part) DO UPDATE"
            " SET document_mark = excluded.document_mark, named_on = excluded.named_on",
            [person_id, part.value, mark, on],
        )
        return line_id, append_entry(
            session.authority,
            verb=Verb.DELEGATE_ADDED,
            role=role,
            on=on,
            line_id=line_id,
            facts={"part": part.value},
        )

    return run_once(key_of(payload), verb=Verb.DELEGATE_ADDED, on=on, about=on_line(line_id), do=do)


def remove_delegate(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Remove the named person.

    Ledger: selfcare:delegate:removed. Refuses: VERIFICATION_NEEDED, DOCUMENT_NEVER_CHECKED, LINE_TOO_NEW, INVALID_REQUEST,
    NO_ONE_NAMED, NOT_YOUR_LINE.
    """
    person_id, (line_id, _), part = session.require_not_alone(), session.line_in(payload), _part(payload)

    def do() -> tuple[LineId, EntryId]:
        role = require(session.authority, Permission.SEE_OWN)
        lock_line(line_id)
        if not run(
            "DELETE FROM selfcare_delegate WHERE person_id = %s AND part = %s", [person_id, part.value]
        ):
            raise NO_ONE_NAMED()
        return line_id, append_entry(
            session.authority,
            verb=Verb.DELEGATE_REMOVED,
            role=role,
            on=on,
            line_id=line_id,
            facts={"part": part.value},
        )

    return run_once(key_of(payload), verb=Verb.DELEGATE_REMOVED, on=on, about=on_line(line_id), do=do)


def delegates_of(person_id: PersonId) -> dict[DelegateRole, dt.date]:
    """Return for which roles a subscriber named people, and since when."""
    found = rows(
        "SELECT part, named_on FROM selfcare_delegate WHERE person_id = %s ORDER BY part", [person_id]
    )
    return {DelegateRole(row.part): row.named_on for row in found}


def check_delegate(
    authority: Authority, number: str, part: DelegateRole, document: tuple[str, str], *, on: dt.date
) -> bool:
    """Tell whether a document in front of a clerk belongs to a person whom the subscriber of a line named.

    Ledger: selfcare:delegate:checked. Refuses: NOT_ALLOWED, LineNotFound, NumberNotRead, AccessLimitReached.
    """
    role = require(authority, Permission.CHECK_DELEGATE)
    indexes = indexes_shown(document, on=on)
    with action():
        line = find_line_for_staff(authority, number_index_of(number), on=on)
        count_access(authority, AccessKind.DOCUMENT, on=on)
        tenure = current_tenure(line.line_id)
        matches = tenure is not None and any(
            _matches(tenure.person_id, mark_of(tenure.person_id, part, index), part) for index in indexes
        )
        if not matches:
            count_mismatch(authority)
        facts: dict[str, str | int | bool] = {"matches": matches, "part": part.value}
        append_entry(
            authority, verb=Verb.DELEGATE_CHECKED, role=role, on=on, line_id=line.line_id, facts=facts
        )
    return matches


def report_death(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Report that the subscriber of the line in hand has died: the line is not suspended, and a person decides the case.

    A claimant gives the number of their document; its hash is compared with the subscriber's named people when the case is
    decided; the answer here is always the same. The proof is shown at a counter. Ledger: line:line:disputed,
    selfcare:case:opened. Refuses: INVALID_REQUEST, CASE_ALREADY_OPEN, LINE_TERMINATED, NOT_YOUR_LINE.
    """
    line_id, tenure_id = session.line_in({})
    if session.person_id is None:
        raise INVALID_REQUEST()
    mark = (
        mark_of(session.person_id, DelegateRole.HEIR, _document(payload)) if payload.get("document") else None
    )

    def do() -> tuple[LineId, EntryId]:
        return line_id, open_dispute_case(
            session.authority, line_id, CaseKind.INHERIT, tenure_id=tenure_id, claimant_mark=mark, on=on
        )

    return run_once(key_of(payload), verb=Verb.LINE_DISPUTED, on=on, about=on_line(line_id), do=do)


def deny_death(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Answer that the subscriber has not died: the claim is dismissed at once, without a decision by staff.

    Ledger: selfcare:case:settled. Refuses: VERIFICATION_NEEDED, NOT_YOUR_LINE, NO_CLAIM.
    """
    session.require_verification()
    line_id, _ = session.line_in(payload)

    def do() -> tuple[LineId, EntryId]:
        role = require(session.authority, Permission.SEE_OWN)
        lock_line(line_id)
        found = rows(
            "SELECT * FROM selfcare_case WHERE line_id = %s AND kind = %s AND settled_on IS NULL FOR UPDATE",
            [line_id, CaseKind.INHERIT.value],
        )
        if not found:
            raise NO_CLAIM()
        return line_id, close_case(session.authority, found[0], role=role.value, upheld=False, on=on)

    return run_once(key_of(payload), verb=Verb.CASE_SETTLED, on=on, about=on_line(line_id), do=do)


def mark_of(person_id: PersonId, part: DelegateRole, index: bytes) -> bytes:
    """Return the hash of a document, for one subscriber and one role."""
    return blind_once(person_id, f"{part.value} {bytes(index).hex()}")


def _matches(person_id: PersonId, mark: bytes, part: DelegateRole) -> bool:
    return bool(
        rows(
            "SELECT FROM selfcare_delegate WHERE person_id = %s AND part = %s AND document_mark = %s",
            [person_id, part.value, mark],
        )
    )


def _part(payload: Payload) -> DelegateRole:
    if payload.get("part") not in set(DelegateRole):
        raise INVALID_REQUEST()
    return DelegateRole(payload["part"])


def _document(payload: Payload) -> bytes:
    try:
        return bytes.fromhex(payload["document"])
    except (KeyError, TypeError, ValueError):
        raise INVALID_REQUEST() from None
