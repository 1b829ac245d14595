# SPDX-License-Identifier: EUPL-1.2
"""The second proof: number of the document and name, as registered for the line in the hand.

The document is compared by its keyed hash, the name after it was opened, with its mark in the ledger; what was typed reached
this process as keyed hashes. The name is opened whatever the document: were it opened for the right one alone, who looked and
how long it took would tell whoever has the telephone which half was right.
"""

import datetime as dt
import hmac
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import demand
from rollkeeper.access.roles import Power
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import rows, run
from rollkeeper.kernel.ids import PersonId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import present_holding
from rollkeeper.rights.errors import AskNotRead, ProofNeeded, SeenByNobody
from rollkeeper.rights.rules import spell_name
from rollkeeper.rights.visits import Visit
from rollkeeper.subscribers.queries import find_persons
from rollkeeper.vault.acts import open_sealed
from rollkeeper.vault.blind import blind_once
from rollkeeper.vault.errors import CannotOpen
from rollkeeper.vault.fields import Field, Purpose

MOST_A_DAY = 10
"""Proofs that fail for one line within 24 hours, whatever the visits; then nobody proves anything until they are past."""


def prove(visit: Visit, asked: dict[str, Any], *, ask_id: UUID, on: dt.date) -> dict[str, Any]:
    """Compare, and note in the visit that its holder is there.

    Ledger: rights:visit:proved or rights:visit:not_proved; vault:sealed:opened.
    Refuses: AskNotRead, ProofNeeded, where nobody is registered; SeenByNobody.
    """
    role = demand(visit.authority, Power.SEE_OWN)
    demand_provable(visit)
    right = may_try(visit) and _is_right(visit, asked, ask_id=ask_id, on=on)
    return note_proof(visit, right=right, role=role, on=on)


def demand_provable(visit: Visit) -> PersonId:
    """Return whose proof could be given at this line. Refuses: ProofNeeded, where nobody is registered; SeenByNobody.

    Whoever registered from afar typed number and name themselves: it would open all that is held about whoever they said they are.
    """
    if visit.person_id is None:
        raise ProofNeeded
    if visit.is_from_afar:
        raise SeenByNobody
    return visit.person_id


def may_try(visit: Visit) -> bool:
    """Tell whether a proof may be given in this visit and for this line, whichever it is."""
    return visit.proofs_left > 0 and not _too_many(visit)


def note_proof(visit: Visit, *, right: bool, role: str, on: dt.date) -> dict[str, Any]:
    """Note in the visit that its holder is there, or that one try is used up. Ledger: rights:visit:proved or not_proved."""
    if right:
        run("UPDATE rights_visit SET proved_at = clock_timestamp() WHERE ask_mark = %s", [visit.ask_mark])
    else:
        run(
            "UPDATE rights_visit SET proofs_left = greatest(proofs_left - 1, 0) WHERE ask_mark = %s",
            [visit.ask_mark],
        )
    verb = Verb.VISIT_PROVED if right else Verb.VISIT_NOT_PROVED
    append_entry(visit.authority, verb=verb, role=role, on=on, line_id=visit.line_id)
    return {"proved": right, "left": max(visit.proofs_left - 1, 0)}


def _too_many(visit: Visit) -> bool:
    (failed,) = rows(
        "SELECT count(*) AS proofs FROM ledger_entry WHERE line_id = %s AND verb = %s AND at > %s",
        [visit.line_id, Verb.VISIT_NOT_PROVED.value, _a_day_ago()],
    )
    return bool(failed.proofs >= MOST_A_DAY)


def _a_day_ago() -> dt.datetime:
    return clock.now() - dt.timedelta(hours=24)


def _is_right(visit: Visit, asked: dict[str, Any], *, ask_id: UUID, on: dt.date) -> bool:
    try:
        document, name = bytes.fromhex(asked["document"]), bytes.fromhex(asked["name"])
    except (KeyError, TypeError, ValueError):
        raise AskNotRead from None
    holding = present_holding(visit.line_id)
    if holding is None:
        return False
    is_document = find_persons([document]) == [holding.person_id]
    try:
        recorded = open_sealed(
            visit.authority, person_id=holding.person_id, holding_id=holding.holding_id, field=Field.NAME,
            purpose=Purpose.SUBSCRIBER_REQUEST, on=on, line_id=visit.line_id, commitment=holding.commitment,
        ).reveal()  # fmt: skip
    except CannotOpen:
        return False
    is_name = hmac.compare_digest(blind_once(ask_id, spell_name(recorded)), name)
    return is_document and is_name
