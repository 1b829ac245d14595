# SPDX-License-Identifier: EUPL-1.2
"""An auditor asks to see entries of one record, and its holder lets them or does not.

Whoever does not answer, whoever refuses and whoever lives under a threat look the same to whoever asked. A yes needs the second
proof, is good for one auditor, for the entries named and for some days, and is taken back with the line in the hand alone.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.enrolment.receipts import once
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import EntryId, HoldingId, LineId, PersonId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import lock_line
from rollkeeper.lines.queries import sealed_records
from rollkeeper.notices.acts import owe
from rollkeeper.notices.kinds import NoticeKind
from rollkeeper.rights.acts import Asked, key_of
from rollkeeper.rights.errors import NoConsentAsked
from rollkeeper.rights.visits import Visit
from rollkeeper.vault.fields import Field

ANSWER_DAYS: Final = 30
"""So many days the holder has to agree."""
SEE_DAYS: Final = 14
"""So many days the auditor has to look, from the day of the yes."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A consent that is good today: whose record, and which entries of it."""

    line_id: LineId
    holding_id: HoldingId
    person_id: PersonId
    commitment: str | None
    fields: tuple[Field, ...]
    through: dt.date


def ask_consent(
    authority: Authority, line_id: LineId, *, sample_id: UUID, fields: Collection[Field], on: dt.date
) -> UUID | None:
    """Ask the holder of a line, in the present transaction; None where nobody holds it, or they were asked already.

    The holder is told by a notice. Whoever lives under a threat is neither told nor asked, and nothing shows it.
    Ledger: rights:consent:asked. Refuses: NotAllowed.
    """
    role = demand(authority, Power.DRAW_SAMPLE)
    held, consent_id = (
        rows(sql("rights", "to_be_asked"), {"line_id": line_id, "sample_id": sample_id}),
        new_uuid(),
    )
    if not held:
        return None
    answer_by, named = on + dt.timedelta(days=ANSWER_DAYS), sorted(field.value for field in fields)
    run(
        "INSERT INTO rights_consent (line_id, consent_id, holding_id, sample_id, auditor_id, fields, asked_on, answer_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [line_id, consent_id, held[0].holding_id, sample_id, authority.staff_id, named, on, answer_by],
    )
    append_entry(
        authority, verb=Verb.CONSENT_ASKED, role=role, on=on, line_id=line_id,
        facts={"answer_by": answer_by.isoformat(), "consent": str(consent_id), "fields": len(named),
               "sample": str(sample_id)},
    )  # fmt: skip
    if not sealed_records([line_id]):
        owe(
            line_id, kind=NoticeKind.AUDIT_ASKED, language=held[0].language,
            promised_on=answer_by, pack_hash=load_pack(settings().pack).hash, on=on,
        )  # fmt: skip
    return consent_id


def give_consent(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Let the auditor who asked see the entries that they named, for some days.

    Ledger: rights:consent:given. Refuses: ProofNeeded, NotAmongYours, NoConsentAsked.
    """
    visit.demand_proof()
    line_id, holding_id = visit.line_in(asked)

    def do() -> tuple[LineId, EntryId]:
        role = demand(visit.authority, Power.SEE_OWN)
        lock_line(line_id)
        consent_id = _one(asked, line_id, holding_id, given=False, on=on).consent_id
        through = on + dt.timedelta(days=SEE_DAYS)
        run(
            "UPDATE rights_consent SET agreed_on = %s, through = %s, taken_back_on = NULL WHERE line_id = %s AND consent_id = %s",
            [on, through, line_id, consent_id],
        )
        return line_id, append_entry(
            visit.authority, verb=Verb.CONSENT_GIVEN, role=role, on=on, line_id=line_id,
            facts={"consent": str(consent_id), "through": through.isoformat()},
        )  # fmt: skip

    return once(key_of(asked), verb=Verb.CONSENT_GIVEN, on=on, do=do)


def take_back_consent(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Take back what was allowed, from this moment. No second proof is asked: it shows nobody anything.

    Ledger: rights:consent:taken_back. Refuses: NotAmongYours, NoConsentAsked.
    """
    line_id, holding_id = visit.line_in(asked)

    def do() -> tuple[LineId, EntryId]:
        role = demand(visit.authority, Power.SEE_OWN)
        lock_line(line_id)
        consent_id = _one(asked, line_id, holding_id, given=True, on=on).consent_id
        run(
            "UPDATE rights_consent SET taken_back_on = %s WHERE line_id = %s AND consent_id = %s",
            [on, line_id, consent_id],
        )
        return line_id, append_entry(
            visit.authority, verb=Verb.CONSENT_TAKEN_BACK, role=role, on=on, line_id=line_id,
            facts={"consent": str(consent_id)},
        )  # fmt: skip

    return once(key_of(asked), verb=Verb.CONSENT_TAKEN_BACK, on=on, do=do)


def show_consents(visit: Visit, *, on: dt.date) -> list[dict[str, Any]]:
    """Return what auditors ask of the lines that a visit may speak of, or were allowed: entries and days."""
    shown = []
    for held in visit.holdings():
        asked = _of(held.line_id, held.holding_id) if held.is_present else ()
        for one in () if asked and sealed_records([held.line_id]) else asked:
            given = _is_given(one, on=on)
            if given or on <= one.answer_by:
                shown.append({
                    "line": str(held.line_id), "consent": str(one.consent_id), "fields": list(one.fields), "asked_on": one.asked_on.isoformat(),
                    "answer_by": one.answer_by.isoformat(),
                    "through": one.through.isoformat() if given else None,
                })  # fmt: skip
    return shown


def standing_consent(consent_id: UUID, *, auditor: UUID | None, on: dt.date) -> Standing | None:
    """Return a consent that this auditor has and that is good today, None for whatever other reason there is none."""
    found = rows(sql("rights", "standing_consent"), {"consent_id": consent_id, "auditor": auditor, "on": on})
    if not found or sealed_records([LineId(found[0].line_id)]):
        return None
    (row,) = found
    return Standing(
        LineId(row.line_id), HoldingId(row.holding_id), PersonId(row.person_id), row.commitment,
        tuple(map(Field, row.fields)), row.through,
    )  # fmt: skip


def _one(asked: Asked, line_id: LineId, holding_id: HoldingId | None, *, given: bool, on: dt.date) -> Any:
    """Return the row that is meant, if it waits for a yes or, with `given`, has one. Refuses: NoConsentAsked."""
    for one in _of(line_id, holding_id):
        may_answer = given or (on <= one.answer_by and not sealed_records([line_id]))
        if str(one.consent_id) == asked.get("consent") and _is_given(one, on=on) is given and may_answer:
            return one
    raise NoConsentAsked


def _of(line_id: LineId, holding_id: HoldingId | None) -> Sequence[Any]:
    return rows(
        "SELECT consent_id, fields, asked_on, answer_by, agreed_on, through, taken_back_on FROM rights_consent"
        " WHERE line_id = %s AND holding_id = %s ORDER BY asked_on DESC, consent_id",
        [line_id, holding_id],
    )


def _is_given(one: Any, *, on: dt.date) -> bool:
    return one.agreed_on is not None and one.taken_back_on is None and on <= one.through
