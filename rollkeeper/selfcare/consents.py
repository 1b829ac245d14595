# SPDX-License-Identifier: EUPL-1.2
"""An auditor asks to see entries of one record, and its subscriber allows it or not.

No answer, a refusal, protection and a disowned line look the same to the auditor. A yes needs the second proof, is valid for one auditor, for the
named entries and for some days, and can be withdrawn with only the line in hand.
"""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.database import rows, run, sql
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, TenureId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.queries import protected_lines
from rollkeeper.lines.writes import lock_line
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice
from rollkeeper.registration.receipts import on_line, run_once
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.errors import NO_CONSENT_REQUESTED
from rollkeeper.selfcare.services import Payload, key_of
from rollkeeper.selfcare.sessions import PortalSession
from rollkeeper.vault.fields import Field

CONSENT_ANSWER_DAYS: Final = 30
"""How many days the subscriber has to agree."""
CONSENT_VALID_DAYS: Final = 14
"""How many days the auditor may look, from the day of the yes."""


@dataclass(frozen=True, slots=True)
class ValidConsent:
    """A consent that is valid today: whose record, and which entries of it."""

    line_id: LineId
    tenure_id: TenureId
    person_id: PersonId
    commitment: str | None
    fields: tuple[Field, ...]
    through: dt.date


def request_consent(
    authority: Authority, line_id: LineId, *, sample_id: UUID, fields: Collection[Field], on: dt.date
) -> UUID | None:
    """Ask the subscriber of a line, in the present transaction; None if it has none, or they were asked already.

    The subscriber gets a notice. A protected subscriber, or a subscriber who disowns the line, is neither notified nor asked, and the
    auditor cannot see this. Ledger: selfcare:consent:requested. Refuses: NOT_ALLOWED.
    """
    role = require(authority, Permission.DRAW_AUDIT_SAMPLE)
    held, consent_id = (
        rows(sql("selfcare", "subscribers_to_ask"), {"line_id": line_id, "sample_id": sample_id}),
        new_uuid(),
    )
    if not held:
        return None
    answer_by, named = on + dt.timedelta(days=CONSENT_ANSWER_DAYS), sorted(field.value for field in fields)
    run(
        "INSERT INTO selfcare_consent (line_id, consent_id, tenure_id, sample_id, auditor_id, fields, asked_on, answer_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [line_id, consent_id, held[0].tenure_id, sample_id, authority.staff_id, named, on, answer_by],
    )
    append_entry(
        authority, verb=Verb.CONSENT_REQUESTED, role=role, on=on, line_id=line_id,
        facts={"answer_by": answer_by.isoformat(), "consent": str(consent_id), "fields": len(named),
               "sample": str(sample_id)},
    )  # fmt: skip
    if not held[0].is_contested and not protected_lines([line_id]):
        enqueue_notice(
            line_id, kind=NoticeKind.AUDIT_ASKED, language=held[0].language,
            promised_on=answer_by, pack_hash=load_pack(instance().pack).hash, on=on,
        )  # fmt: skip
    return consent_id


def give_consent(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Allow the auditor who asked to see the entries that they named, for some days.

    Ledger: selfcare:consent:given. Refuses: VERIFICATION_NEEDED, NOT_YOUR_LINE, NO_CONSENT_REQUESTED.
    """
    session.require_verification()
    line_id, tenure_id = session.line_in(payload)

    def do() -> tuple[LineId, EntryId]:
        role = require(session.authority, Permission.SEE_OWN)
        lock_line(line_id)
        consent_id = _one(payload, line_id, tenure_id, given=False, on=on).consent_id
        through = on + dt.timedelta(days=CONSENT_VALID_DAYS)
        run(
            "UPDATE selfcare_consent SET agreed_on = %s, through = %s, taken_back_on = NULL WHERE line_id = %s AND consent_id = %s",
            [on, through, line_id, consent_id],
        )
        return line_id, append_entry(
            session.authority, verb=Verb.CONSENT_GIVEN, role=role, on=on, line_id=line_id,
            facts={"consent": str(consent_id), "through": through.isoformat()},
        )  # fmt: skip

    return run_once(key_of(payload), verb=Verb.CONSENT_GIVEN, on=on, about=on_line(line_id), do=do)


def withdraw_consent(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Withdraw the consent, from this moment. No second proof is needed: it shows no data.

    Ledger: selfcare:consent:withdrawn. Refuses: NOT_YOUR_LINE, NO_CONSENT_REQUESTED.
    """
    line_id, tenure_id = session.line_in(payload)

    def do() -> tuple[LineId, EntryId]:
        role = require(session.authority, Permission.SEE_OWN)
        lock_line(line_id)
        consent_id = _one(payload, line_id, tenure_id, given=True, on=on).consent_id
        run(
            "UPDATE selfcare_consent SET taken_back_on = %s WHERE line_id = %s AND consent_id = %s",
            [on, line_id, consent_id],
        )
        return line_id, append_entry(
            session.authority, verb=Verb.CONSENT_WITHDRAWN, role=role, on=on, line_id=line_id,
            facts={"consent": str(consent_id)},
        )  # fmt: skip

    return run_once(key_of(payload), verb=Verb.CONSENT_WITHDRAWN, on=on, about=on_line(line_id), do=do)


def show_consents(session: PortalSession, *, on: dt.date) -> list[dict[str, Any]]:
    """Return the entries that auditors ask to see, or may see, of the session's lines, with the days."""
    shown = []
    for held in session.tenures():
        is_asked = held.is_present and held.contested_on is None
        requested = _of(held.line_id, held.tenure_id) if is_asked else ()
        for one in () if requested and protected_lines([held.line_id]) else requested:
            given = _is_given(one, on=on)
            if given or on <= one.answer_by:
                shown.append({
                    "line": str(held.line_id), "consent": str(one.consent_id), "fields": list(one.fields), "asked_on": one.asked_on.isoformat(),
                    "answer_by": one.answer_by.isoformat(),
                    "through": one.through.isoformat() if given else None,
                })  # fmt: skip
    return shown


def valid_consent(consent_id: UUID, *, auditor: UUID | None, on: dt.date) -> ValidConsent | None:
    """Return this auditor's consent that is valid today, None if there is none for any reason."""
    found = rows(sql("selfcare", "valid_consent"), {"consent_id": consent_id, "auditor": auditor, "on": on})
    if not found or protected_lines([LineId(found[0].line_id)]):
        return None
    (row,) = found
    return ValidConsent(
        LineId(row.line_id), TenureId(row.tenure_id), PersonId(row.person_id), row.commitment,
        tuple(map(Field, row.fields)), row.through,
    )  # fmt: skip


def _one(payload: Payload, line_id: LineId, tenure_id: TenureId | None, *, given: bool, on: dt.date) -> Any:
    """Return the row of a request, if it waits for an answer or, with `given`, has a yes. Refuses: NO_CONSENT_REQUESTED."""
    for one in _of(line_id, tenure_id):
        may_answer = given or (on <= one.answer_by and not protected_lines([line_id]))
        if str(one.consent_id) == payload.get("consent") and _is_given(one, on=on) is given and may_answer:
            return one
    raise NO_CONSENT_REQUESTED()


def _of(line_id: LineId, tenure_id: TenureId | None) -> Sequence[Any]:
    return rows(
        "SELECT consent_id, fields, asked_on, answer_by, agreed_on, through, taken_back_on FROM selfcare_consent"
        " WHERE line_id = %s AND tenure_id = %s ORDER BY asked_on DESC, consent_id",
        [line_id, tenure_id],
    )


def _is_given(one: Any, *, on: dt.date) -> bool:
    return one.agreed_on is not None and one.taken_back_on is None and on <= one.through
