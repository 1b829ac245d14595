# SPDX-License-Identifier: EUPL-1.2
"""Whom a holder names to act for them or to be heard once they have died; and what happens when somebody says they have.

What is kept of somebody named is a hash under the index key that is good for one holder and one part. Naming looks nobody
up, tells nobody and answers the same whoever it is. Whether a document is that of somebody named is answered to staff
alone, who have it before them, and to whoever decides about a claim.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.enrolment.receipts import once
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.kernel.database import act, rows, run
from rollkeeper.kernel.ids import EntryId, LineId, PersonId
from rollkeeper.kernel.settings import settings
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import lock_line, refuse_protected
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import find_line_written, present_holding
from rollkeeper.rights.acts import Asked, key_of, take_up
from rollkeeper.rights.deciding import close_case
from rollkeeper.rights.errors import AskNotRead, NobodyClaims
from rollkeeper.rights.kinds import CaseKind, NamedPart
from rollkeeper.rights.visits import Visit
from rollkeeper.subscribers.queries import document_index
from rollkeeper.vault.blind import blind_once


def name_party(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Name somebody by the number of their document; whoever was named for the part before is no longer.

    Ledger: rights:party:named. Refuses: ProofNeeded, AskNotRead, NotAmongYours.
    """
    person_id, (line_id, _), part = visit.demand_proof(), visit.line_in(asked), _part(asked)
    mark = mark_of(person_id, part, _document(asked))

    def do() -> tuple[LineId, EntryId]:
        role = demand(visit.authority, Power.SEE_OWN)
        lock_line(line_id)
        run(
            "INSERT INTO rights_named (person_id, part, document_mark, named_on) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (person_id, part) DO UPDATE"
            " SET document_mark = excluded.document_mark, named_on = excluded.named_on",
            [person_id, part.value, mark, on],
        )
        return line_id, append_entry(
            visit.authority,
            verb=Verb.PARTY_NAMED,
            role=role,
            on=on,
            line_id=line_id,
            facts={"part": part.value},
        )

    return once(key_of(asked), verb=Verb.PARTY_NAMED, on=on, do=do)


def unname_party(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Take back whom one named. Ledger: rights:party:unnamed. Refuses: ProofNeeded, AskNotRead, NotAmongYours."""
    person_id, (line_id, _), part = visit.demand_proof(), visit.line_in(asked), _part(asked)

    def do() -> tuple[LineId, EntryId]:
        role = demand(visit.authority, Power.SEE_OWN)
        lock_line(line_id)
        run("DELETE FROM rights_named WHERE person_id = %s AND part = %s", [person_id, part.value])
        return line_id, append_entry(
            visit.authority,
            verb=Verb.PARTY_UNNAMED,
            role=role,
            on=on,
            line_id=line_id,
            facts={"part": part.value},
        )

    return once(key_of(asked), verb=Verb.PARTY_UNNAMED, on=on, do=do)


def named_by(person_id: PersonId) -> dict[NamedPart, dt.date]:
    """Return for which parts a holder named somebody, and since when."""
    found = rows("SELECT part, named_on FROM rights_named WHERE person_id = %s ORDER BY part", [person_id])
    return {NamedPart(row.part): row.named_on for row in found}


def check_named(
    authority: Authority, number: str, part: NamedPart, document: tuple[str, str], *, on: dt.date
) -> bool:
    """Tell whether a document that lies before a clerk is that of somebody whom the holder of a line named.

    Ledger: rights:party:checked. Refuses: NotAllowed, LineNotFound, NumberNotRead, RecordProtected.
    """
    role = demand(authority, Power.CHECK_NAMED)
    kind = normalise_type(document[0])
    (index,) = document_index([(kind, check_number(kind, document[1], on).normalised)])
    with act():
        line = find_line_written(number, country=settings().country_code)
        if line is None:
            raise LineNotFound
        refuse_protected(authority, line.line_id)
        holding = present_holding(line.line_id)
        matches = holding is not None and _matches(
            holding.person_id, mark_of(holding.person_id, part, index), part
        )
        facts = {"matches": matches, "part": part.value}
        append_entry(authority, verb=Verb.PARTY_CHECKED, role=role, on=on, line_id=line.line_id, facts=facts)
    return matches


def report_death(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Say that the holder of the line in the hand has died: nobody cuts it off, and a person decides what becomes of it.

    Whoever claims it gives the number of their document, whose hash is held against whom the holder named when the case is
    decided; the answer here is the same whatever it is. The proof is shown at a counter.
    Ledger: line:line:disputed, rights:case:opened. Refuses: AskNotRead, CaseOpenAlready, LineOver, NotAmongYours.
    """
    line_id, holding_id = visit.line_in({})
    if visit.person_id is None:
        raise AskNotRead
    mark = mark_of(visit.person_id, NamedPart.HEIR, _document(asked)) if asked.get("document") else None

    def do() -> tuple[LineId, EntryId]:
        return line_id, take_up(
            visit.authority, line_id, CaseKind.INHERIT, holding_id=holding_id, claimant_mark=mark, on=on
        )

    return once(key_of(asked), verb=Verb.LINE_DISPUTED, on=on, do=do)


def show_up(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Answer that one has not died: the claim is dismissed at once, by nobody's leave.

    Ledger: rights:case:settled. Refuses: ProofNeeded, NotAmongYours, NobodyClaims.
    """
    visit.demand_proof()
    line_id, _ = visit.line_in(asked)

    def do() -> tuple[LineId, EntryId]:
        role = demand(visit.authority, Power.SEE_OWN)
        lock_line(line_id)
        found = rows(
            "SELECT * FROM rights_case WHERE line_id = %s AND kind = %s AND settled_on IS NULL FOR UPDATE",
            [line_id, CaseKind.INHERIT.value],
        )
        if not found:
            raise NobodyClaims
        return line_id, close_case(visit.authority, found[0], role=role.value, upheld=False, on=on)

    return once(key_of(asked), verb=Verb.CASE_SETTLED, on=on, do=do)


def mark_of(person_id: PersonId, part: NamedPart, index: bytes) -> bytes:
    """Return what stands for a document that somebody has, for one holder and one part."""
    return blind_once(person_id, f"{part.value} {bytes(index).hex()}")


def _matches(person_id: PersonId, mark: bytes, part: NamedPart) -> bool:
    return bool(
        rows(
            "SELECT FROM rights_named WHERE person_id = %s AND part = %s AND document_mark = %s",
            [person_id, part.value, mark],
        )
    )


def _part(asked: Asked) -> NamedPart:
    if asked.get("part") not in set(NamedPart):
        raise AskNotRead
    return NamedPart(asked["part"])


def _document(asked: Asked) -> bytes:
    try:
        return bytes.fromhex(asked["document"])
    except (KeyError, TypeError, ValueError):
        raise AskNotRead from None
