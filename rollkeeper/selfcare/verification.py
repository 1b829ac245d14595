# SPDX-License-Identifier: EUPL-1.2
"""The second proof: document number and name, as registered for the line in the hand.

The document is compared by its keyed hash, the name after it was opened, which the ledger records; typed values reached this
process as keyed hashes. The name is opened for every document: if it were opened only for the right one, the access history and
the response time would tell a person with the telephone which half was right.
"""

import datetime as dt
import hmac
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import PersonId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import current_tenure
from rollkeeper.selfcare.errors import (
    COMPANY_UNPROVED,
    DOCUMENT_NEVER_CHECKED,
    INVALID_REQUEST,
    LINE_CONTESTED,
    VERIFICATION_NEEDED,
)
from rollkeeper.selfcare.rules import normalise_name
from rollkeeper.selfcare.sessions import PortalSession
from rollkeeper.subscribers.queries import find_persons
from rollkeeper.vault.blind_index import blind_once
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose
from rollkeeper.vault.services import open_sealed

MOST_A_DAY = 10
"""Failed proofs allowed for one line within 24 hours, over all sessions; after that, no proof is accepted until these hours are over."""


def verify(
    session: PortalSession, payload: dict[str, Any], *, request_id: UUID, on: dt.date
) -> dict[str, Any]:
    """Compare number and name, and note in the session that the subscriber was verified.

    Ledger: selfcare:session:verified or selfcare:session:not_verified; vault:sealed:opened. Refuses: INVALID_REQUEST,
    VERIFICATION_NEEDED, if the line has no subscriber; DOCUMENT_NEVER_CHECKED, LINE_CONTESTED.
    """
    role = require(session.authority, Permission.SEE_OWN)
    require_verifiable(session)
    right = may_attempt(session) and _is_right(session, payload, request_id=request_id, on=on)
    return note_verification(session, right=right, role=role, on=on)


def require_verifiable(session: PortalSession) -> PersonId:
    """Return the person who can be verified on this line. Refuses: VERIFICATION_NEEDED, if it has no subscriber; DOCUMENT_NEVER_CHECKED,
    LINE_CONTESTED, COMPANY_UNPROVED.

    Who has a company's line in hand is anyone of its staff, and could end the lines of all. A person who registered remotely typed number and name themselves: otherwise they would get access to all data about the person whom
    they named.
    """
    if session.person_id is None:
        raise VERIFICATION_NEEDED()
    if session.is_company:
        raise COMPANY_UNPROVED()
    if session.is_remote:
        raise DOCUMENT_NEVER_CHECKED()
    if session.is_contested:
        raise LINE_CONTESTED()
    return session.person_id


def why_not_verifiable(session: PortalSession) -> str:
    """Return the code of the refusal if this line has a subscriber who cannot be verified on it; empty if they can."""
    try:
        require_verifiable(session)
    except RollkeeperError as refused:
        return "" if session.person_id is None else refused.code
    return ""


def may_attempt(session: PortalSession) -> bool:
    """Tell whether a proof of either kind may be attempted in this session and for this line."""
    return session.attempts_left > 0 and not _over_daily_limit(session)


def note_verification(session: PortalSession, *, right: bool, role: str, on: dt.date) -> dict[str, Any]:
    """Note in the session that the subscriber was verified, or that one try is used up.

    Ledger: selfcare:session:verified or selfcare:session:not_verified.
    """
    if right:
        run(
            "UPDATE selfcare_portalsession SET verified_at = clock_timestamp() WHERE session_mark = %s",
            [session.session_mark],
        )
    else:
        run(
            "UPDATE selfcare_portalsession SET attempts_left = greatest(attempts_left - 1, 0) WHERE session_mark = %s",
            [session.session_mark],
        )
    verb = Verb.SESSION_VERIFIED if right else Verb.SESSION_NOT_VERIFIED
    append_entry(session.authority, verb=verb, role=role, on=on, line_id=session.line_id)
    return {"verified": right, "left": max(session.attempts_left - 1, 0)}


def _over_daily_limit(session: PortalSession) -> bool:
    (failed,) = rows(
        "SELECT count(*) AS proofs FROM ledger_entry WHERE line_id = %s AND verb = %s AND at > %s",
        [session.line_id, Verb.SESSION_NOT_VERIFIED.value, _a_day_ago()],
    )
    return bool(failed.proofs >= MOST_A_DAY)


def _a_day_ago() -> dt.datetime:
    return clock.now() - dt.timedelta(hours=24)


def _is_right(session: PortalSession, payload: dict[str, Any], *, request_id: UUID, on: dt.date) -> bool:
    try:
        documents = [bytes.fromhex(payload[one]) for one in ("document", "without_state") if one in payload]
        name = bytes.fromhex(payload["name"])
    except (KeyError, TypeError, ValueError):
        raise INVALID_REQUEST() from None
    tenure = current_tenure(session.line_id)
    if tenure is None:
        return False
    is_document = tenure.person_id in find_persons(documents)
    try:
        recorded = open_sealed(
            session.authority, person_id=tenure.person_id, tenure_id=tenure.tenure_id, field=Field.NAME,
            purpose=Purpose.SUBSCRIBER_REQUEST, on=on, line_id=session.line_id, commitment=tenure.commitment,
        ).reveal()  # fmt: skip
    except CannotOpen:
        return False
    is_name = hmac.compare_digest(blind_once(request_id, normalise_name(recorded)), name)
    return is_document and is_name
