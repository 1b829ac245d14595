# SPDX-License-Identifier: EUPL-1.2
"""Actions of subscribers on their own lines, and the cases that they open.

Each act of a subscriber is for the line in their hand or, after the second proof, for a line in their name. Each is done
once for its submission key and gives a receipt.
"""

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.batch_control import count_complaint
from rollkeeper.kernel.database import action, rows, run
from rollkeeper.kernel.ids import EntryId, LineId, TenureId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.law.rights import decide_by
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import NOT_DECLARED, PauseReason
from rollkeeper.lines.counter_codes import CODE_MINUTES, issue_code
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.lookups import find_line_for_staff
from rollkeeper.lines.queries import current_tenure
from rollkeeper.lines.reconnection import reconnect_temporarily
from rollkeeper.lines.services import mark_disputed
from rollkeeper.lines.writes import contest_tenure, lock_disputed, lock_line
from rollkeeper.registration.receipts import on_line, run_once
from rollkeeper.registration.rules import is_page_key
from rollkeeper.registration.services import pause_locked_line, terminate_locked_line
from rollkeeper.registration.side_effects import restore_if_declared_in_time
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.case_notices import note_asked_from
from rollkeeper.selfcare.choices import CaseKind, DisputeReason
from rollkeeper.selfcare.errors import CASE_ALREADY_OPEN, INVALID_REQUEST, OWN_LINE_IN_DISPUTE
from rollkeeper.selfcare.sessions import PortalSession
from rollkeeper.selfcare.settings import settings
from rollkeeper.subscribers.services import set_protection
from rollkeeper.vault.fields import Field

type Payload = dict[str, Any]

DECLARED = frozenset(PauseReason) - {
    PauseReason.DISPUTE,
    PauseReason.APPEAL,
    PauseReason.DESK_CLOSED,
    *NOT_DECLARED,
}
"""Reasons that a person declares by themselves."""


def declare_hardship(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Pause the clock for a reason that the person declares; their statement is enough.

    A reason declared on the day of suspension restores service. Ledger: line:clock:paused. Refuses: INVALID_REQUEST, NOT_YOUR_LINE,
    LINE_TERMINATED, DAYS_REVERSED, PAUSE_TOO_FAR.
    """
    line_id, _ = session.line_in(payload)
    reason, first, last = _reason(payload), _day(payload, "first"), None
    if payload.get("last"):
        last = _day(payload, "last")

    def do() -> tuple[LineId, EntryId]:
        line = lock_line(line_id, in_force=True)
        return line_id, pause_locked_line(
            session.authority, line, first=first, last=last, reason=reason, on=on
        )

    return run_once(key_of(payload), verb=Verb.CLOCK_PAUSED, on=on, about=on_line(line_id), do=do)


def reconnect_own_line(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Let a suspended line work again for the hours of the pack, once. No reason is asked and no second proof.

    Ledger: line:line:reconnected. Refuses: NOT_YOUR_LINE, LINE_TERMINATED, RECONNECTION_REFUSED.
    """
    line_id, _ = session.line_in(payload)

    def do() -> tuple[LineId, EntryId]:
        return line_id, reconnect_temporarily(session.authority, line_id, on=on)

    return run_once(key_of(payload), verb=Verb.LINE_RECONNECTED, on=on, about=on_line(line_id), do=do)


def dispute_record(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Open a dispute: the line is not suspended and its clock is paused until a person has decided.

    Ledger: line:line:disputed, selfcare:case:opened. Refuses: INVALID_REQUEST, NOT_YOUR_LINE, CASE_ALREADY_OPEN, LINE_TERMINATED.
    """
    (line_id, tenure_id), about = session.line_in(payload), payload.get("about")
    if about is not None and about not in DisputeReason.values:
        raise INVALID_REQUEST()

    def do() -> tuple[LineId, EntryId]:
        return line_id, open_dispute_case(
            session.authority, line_id, CaseKind.DISPUTE, tenure_id=tenure_id, about=about, on=on
        )

    return run_once(key_of(payload), verb=Verb.LINE_DISPUTED, on=on, about=on_line(line_id), do=do)


def disown_line(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Declare that a line in the subscriber's name is not theirs: it counts for no limit from now on, and a case is opened.

    The user of the line keeps service: the line is disputed, and its case has its own deadline. Ledger: line:line:disputed,
    selfcare:case:opened. Refuses: VERIFICATION_NEEDED, NOT_YOUR_LINE, CASE_ALREADY_OPEN, LINE_TERMINATED.
    """
    person_id, (line_id, _) = session.require_verification(), session.line_in(payload)

    def do() -> tuple[LineId, EntryId]:
        lock_line(line_id, in_force=True)
        tenure_id = contest_tenure(line_id, person_id=person_id, on=on)
        entry_id = open_dispute_case(
            session.authority, line_id, CaseKind.NOT_MINE, tenure_id=tenure_id, on=on
        )
        note_asked_from(session.line_id, line_id, tenure_id, CaseKind.NOT_MINE)
        return line_id, entry_id

    return run_once(key_of(payload), verb=Verb.LINE_DISPUTED, on=on, about=on_line(line_id), do=do)


def request_correction(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """Report which field is wrong; it is corrected at the counter by staff who see the document.

    The correct value is not asked here. Ledger: selfcare:case:opened. Refuses: INVALID_REQUEST, VERIFICATION_NEEDED,
    CASE_ALREADY_OPEN.
    """
    session.require_verification()
    (line_id, tenure_id), about = session.line_in(payload), str(payload.get("about"))
    if about not in set(Field):
        raise INVALID_REQUEST()

    def do() -> tuple[LineId, EntryId]:
        return line_id, open_case(
            session.authority, line_id, CaseKind.CORRECT, tenure_id=tenure_id, about=about, on=on
        )

    return run_once(key_of(payload), verb=Verb.CASE_OPENED, on=on, about=on_line(line_id), do=do)


def terminate_own_line(session: PortalSession, payload: Payload, *, on: dt.date) -> Receipt:
    """End the contract of a line in the subscriber's name. Law: art. 5.

    Ledger: line:line:terminated. Refuses: VERIFICATION_NEEDED, NOT_YOUR_LINE, OWN_LINE_IN_DISPUTE, LINE_TERMINATED.
    """
    session.require_verification()
    line_id, _ = session.line_in(payload)

    def do() -> tuple[LineId, EntryId]:
        line = lock_line(line_id, in_force=True)
        if line.is_disputed:
            raise OWN_LINE_IN_DISPUTE()
        return line_id, terminate_locked_line(session.authority, line, on=on)

    return run_once(key_of(payload), verb=Verb.LINE_TERMINATED, on=on, about=on_line(line_id), do=do)


def open_dispute_case(
    authority: Authority, line_id: LineId, kind: CaseKind, *, tenure_id: TenureId | None, on: dt.date,
    claimant_mark: bytes | None = None, about: str | None = None,
) -> EntryId:  # fmt: skip
    """Open a case during which a line is disputed, in the caller's action, for any app.

    A dispute made before the suspension, or on the same day, restores service. Ledger: selfcare:case:opened, line:line:disputed.
    Refuses: NOT_ALLOWED, CASE_ALREADY_OPEN, LineNotFound, LINE_TERMINATED.
    """
    line = lock_disputed(line_id, on=on) if kind is CaseKind.DISPUTE else lock_line(line_id, in_force=True)
    open_case(authority, line_id, kind, tenure_id=tenure_id, claimant_mark=claimant_mark, about=about, on=on)
    entry_id = mark_disputed(authority, line_id, on)
    restore_if_declared_in_time(line, said_on=on)
    return entry_id


def open_case(
    authority: Authority,
    line_id: LineId,
    kind: CaseKind,
    *,
    tenure_id: TenureId | None,
    on: dt.date,
    about: str | None = None,
    against: UUID | None = None,
    claimant_mark: bytes | None = None,
) -> EntryId:
    """Open a case in the present transaction, with the day until which it must be decided.

    A dispute or an appeal is a complaint about the batch that acted on the line: enough of them stop the batch. Ledger:
    selfcare:case:opened. Refuses: NOT_ALLOWED, CASE_ALREADY_OPEN.
    """
    role = require(authority, Permission.OPEN_CASE)
    lock_line(line_id)
    until = _open_until(line_id, kind)
    if until:
        raise CASE_ALREADY_OPEN(due_on=until)
    case_id, due_on = new_uuid(), _decide_by(kind, on)
    run(
        "INSERT INTO selfcare_case (case_id, line_id, tenure_id, kind, about, opened_on, due_on, against, claimant_mark)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [case_id, line_id, tenure_id, kind.value, about, on, due_on, against, claimant_mark],
    )
    if kind in {CaseKind.DISPUTE, CaseKind.APPEAL}:
        count_complaint(line_id)
    facts = {"case": str(case_id), "due_on": due_on.isoformat(), "kind": kind.value}
    facts |= {"about": about} if about else {}
    return append_entry(authority, verb=Verb.CASE_OPENED, role=role, on=on, line_id=line_id, facts=facts)


def has_open_case(line_id: LineId, kind: CaseKind) -> bool:
    """Tell whether a case of this kind waits for a decision."""
    return _open_until(line_id, kind) is not None


def protect_subscriber(authority: Authority, number_index: bytes, *, protected: bool, on: dt.date) -> None:
    """Protect the subscriber of the line with this keyed hash of a number, because they live under a threat, or end the protection.

    Ordinary staff are then answered as for an unknown number. The reason is not recorded.
    Ledger: selfcare:subscriber:protected. Refuses: NOT_ALLOWED, LineNotFound.
    """
    role = require(authority, Permission.PROTECT_SUBSCRIBER)
    with action():
        # The console may start and end the protection of a subscriber; no other command tells it who is protected.
        line = find_line_for_staff(authority, number_index, on=on, helps=True)
        tenure = current_tenure(line.line_id)
        if tenure is None:
            raise LineNotFound
        set_protection(tenure.person_id, protected=protected)
        append_entry(
            authority, verb=Verb.SUBSCRIBER_PROTECTED, role=role, on=on, line_id=line.line_id,
            facts={"protected": protected},
        )  # fmt: skip


def _decide_by(kind: CaseKind, on: dt.date) -> dt.date:
    """Return the last day for a decision: by the operator's setting, or the law's day if that is earlier."""
    chosen = settings()
    if kind is CaseKind.FORGERY:
        return on + dt.timedelta(days=chosen.forgery_case_days)
    right: Literal["correct", "reply"] = "correct" if kind is CaseKind.CORRECT else "reply"
    of_law = decide_by(load_pack(instance().pack), right, asked_on=on)
    return min(on + dt.timedelta(days=chosen.case_days), of_law or dt.date.max)


def _open_until(line_id: LineId, kind: CaseKind) -> dt.date | None:
    with counted_lookups():
        (found,) = rows("SELECT selfcare_case_due(%s, %s) AS due_on", [line_id, kind.value])
    due_on: dt.date | None = found.due_on
    return due_on


def key_of(payload: Payload) -> str:
    """Return the submission key of a request; an empty one, which is refused, if the key is not random."""
    key = str(payload.get("key", ""))
    return key if is_page_key(key) else ""


def _day(payload: Payload, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(payload.get(name)))
    except ValueError:
        raise INVALID_REQUEST() from None


def _reason(payload: Payload) -> PauseReason:
    if payload.get("reason") not in DECLARED:
        raise INVALID_REQUEST()
    return PauseReason(payload["reason"])


def counter_code(session: PortalSession, _: dict[str, Any], *, on: dt.date) -> dict[str, Any]:
    """Return a code for the line in the hand and how many minutes it is valid. Ledger: line:counter_code:issued. Refuses: TooManyCounterCodes."""
    return {"code": issue_code(session.authority, session.line_id, on=on), "minutes": CODE_MINUTES}
