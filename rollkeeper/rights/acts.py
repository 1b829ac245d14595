# SPDX-License-Identifier: EUPL-1.2
"""What a subscriber does to their own lines, and the cases that they open.

Each act of a subscriber is for the line in their hand or, after the second proof, for a line in their name. Each is done
once for its submission key and gives a receipt.
"""

import datetime as dt
from typing import Any
from uuid import UUID

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.campaign.approving import count_complaint
from rollkeeper.enrolment.acts import end_held_line, pause_locked_line
from rollkeeper.enrolment.receipts import once
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.enrolment.telling import give_back_to_whom_spoke_in_time
from rollkeeper.kernel.database import act, rows, run
from rollkeeper.kernel.ids import EntryId, HoldingId, LineId, new_uuid
from rollkeeper.kernel.settings import settings
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import (
    lift_for_hours,
    lock_line,
    mark_disputed,
)
from rollkeeper.lines.changes import contest_holding, lock_contested
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import find_line_written, present_holding
from rollkeeper.lines.states import NOT_DECLARED, PauseReason
from rollkeeper.rights.errors import AskNotRead, CaseOpenAlready
from rollkeeper.rights.kinds import CaseKind
from rollkeeper.rights.visits import Visit
from rollkeeper.subscribers.acts import protect_subscriber
from rollkeeper.vault.fields import Field

type Asked = dict[str, Any]

DECLARED = frozenset(PauseReason) - {
    PauseReason.DISPUTE,
    PauseReason.APPEAL,
    PauseReason.DESK_CLOSED,
    *NOT_DECLARED,
}
"""Reasons that a person declares by themselves."""


def claim_hardship(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Let the clock stand still because of a reason that the person declares; their word is enough.

    Whoever declares it on the day on which they are suspended has service back.
    Ledger: line:clock:paused. Refuses: AskNotRead, NotAmongYours, LineOver, DaysReversed.
    """
    line_id, _ = visit.line_in(asked)
    reason, first, last = _reason(asked), _day(asked, "first"), None
    if asked.get("last"):
        last = _day(asked, "last")

    def do() -> tuple[LineId, EntryId]:
        line = lock_line(line_id, living=True)
        return line_id, pause_locked_line(visit.authority, line, first=first, last=last, reason=reason, on=on)

    return once(key_of(asked), verb=Verb.CLOCK_PAUSED, on=on, do=do)


def lift_own_line(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Let a suspended line work again for the hours of the pack, once. No reason is asked and no second proof.

    Ledger: line:line:lifted_for_hours. Refuses: NotAmongYours, LineOver, LiftRefused.
    """
    line_id, _ = visit.line_in(asked)

    def do() -> tuple[LineId, EntryId]:
        return line_id, lift_for_hours(visit.authority, line_id, on=on)

    return once(key_of(asked), verb=Verb.LIFTED_FOR_HOURS, on=on, do=do)


def dispute_record(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Take up a dispute: nothing is done to the line and its clock stands still until a person has decided.

    Ledger: line:line:disputed, rights:case:opened. Refuses: NotAmongYours, CaseOpenAlready, LineOver.
    """
    line_id, holding_id = visit.line_in(asked)

    def do() -> tuple[LineId, EntryId]:
        return line_id, take_up(visit.authority, line_id, CaseKind.DISPUTE, holding_id=holding_id, on=on)

    return once(key_of(asked), verb=Verb.LINE_DISPUTED, on=on, do=do)


def disown_line(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Say that a line in one's name is not one's own: it counts for no limit from now on, and a case is opened.

    Whoever uses the line is not cut off by that: it is disputed, and its case has a day of its own.
    Ledger: line:line:disputed, rights:case:opened. Refuses: ProofNeeded, NotAmongYours, CaseOpenAlready, LineOver.
    """
    person_id, (line_id, _) = visit.demand_proof(), visit.line_in(asked)

    def do() -> tuple[LineId, EntryId]:
        lock_line(line_id, living=True)
        holding_id = contest_holding(line_id, person_id=person_id, on=on)
        return line_id, take_up(visit.authority, line_id, CaseKind.NOT_MINE, holding_id=holding_id, on=on)

    return once(key_of(asked), verb=Verb.LINE_DISPUTED, on=on, do=do)


def ask_correction(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """Say which field is wrong; it is put right at the counter, before somebody who sees the document.

    What it should say is not asked here. Ledger: rights:case:opened. Refuses: AskNotRead, ProofNeeded, CaseOpenAlready.
    """
    visit.demand_proof()
    (line_id, holding_id), about = visit.line_in(asked), str(asked.get("about"))
    if about not in set(Field):
        raise AskNotRead

    def do() -> tuple[LineId, EntryId]:
        return line_id, open_case(
            visit.authority, line_id, CaseKind.CORRECT, holding_id=holding_id, about=about, on=on
        )

    return once(key_of(asked), verb=Verb.CASE_OPENED, on=on, do=do)


def end_own_line(visit: Visit, asked: Asked, *, on: dt.date) -> Receipt:
    """End the contract of a line in one's name. Law: art. 5.

    Ledger: line:line:ended. Refuses: ProofNeeded, NotAmongYours, LineInDispute, LineOver.
    """
    visit.demand_proof()
    line_id, _ = visit.line_in(asked)

    def do() -> tuple[LineId, EntryId]:
        return line_id, end_held_line(visit.authority, lock_line(line_id, living=True), on=on)

    return once(key_of(asked), verb=Verb.LINE_ENDED, on=on, do=do)


def take_up(
    authority: Authority, line_id: LineId, kind: CaseKind, *, holding_id: HoldingId | None, on: dt.date,
    claimant_mark: bytes | None = None,
) -> EntryId:  # fmt: skip
    """Open a case for as long as which a line is disputed, in the caller's act, wherever it was said.

    Whoever said it before the line was suspended, or on that day, has service back.
    Ledger: rights:case:opened, line:line:disputed. Refuses: NotAllowed, CaseOpenAlready, LineNotFound, LineOver.
    """
    line = lock_contested(line_id, on=on) if kind is CaseKind.DISPUTE else lock_line(line_id, living=True)
    open_case(authority, line_id, kind, holding_id=holding_id, claimant_mark=claimant_mark, on=on)
    entry_id = mark_disputed(authority, line_id, on)
    give_back_to_whom_spoke_in_time(line, said_on=on)
    return entry_id


def open_case(
    authority: Authority,
    line_id: LineId,
    kind: CaseKind,
    *,
    holding_id: HoldingId | None,
    on: dt.date,
    about: str | None = None,
    against: UUID | None = None,
    claimant_mark: bytes | None = None,
) -> EntryId:
    """Open a case in the present transaction, with the day until which it must be decided.

    Whoever disputes or appeals says that what a batch did to the line was wrong: enough of them stop the batch.
    Ledger: rights:case:opened. Refuses: NotAllowed, CaseOpenAlready.
    """
    role = demand(authority, Power.OPEN_CASE)
    lock_line(line_id)
    until = _open_until(line_id, kind)
    if until:
        raise CaseOpenAlready(due_on=until)
    case_id, due_on = new_uuid(), on + dt.timedelta(days=settings().door_case_days)
    run(
        "INSERT INTO rights_case (case_id, line_id, holding_id, kind, about, opened_on, due_on, against, claimant_mark)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [case_id, line_id, holding_id, kind.value, about, on, due_on, against, claimant_mark],
    )
    if kind in {CaseKind.DISPUTE, CaseKind.APPEAL}:
        count_complaint(line_id)
    facts = {"case": str(case_id), "due_on": due_on.isoformat(), "kind": kind.value}
    facts |= {"about": about} if about else {}
    return append_entry(authority, verb=Verb.CASE_OPENED, role=role, on=on, line_id=line_id, facts=facts)


def has_open_case(line_id: LineId, kind: CaseKind) -> bool:
    """Tell whether a case of this kind waits for a decision."""
    return _open_until(line_id, kind) is not None


def protect_record(authority: Authority, number: str, *, protected: bool, on: dt.date) -> None:
    """Seal the record of whoever holds a line, because they live under a threat, or unseal it.

    Ordinary staff then learn that there is a record and nothing else. The reason is not recorded.
    Ledger: rights:record:protected. Refuses: NotAllowed, LineNotFound.
    """
    role = demand(authority, Power.PROTECT_RECORD)
    with act():
        line = find_line_written(number, country=settings().country_code)
        holding = present_holding(line.line_id) if line else None
        if line is None or holding is None:
            raise LineNotFound
        protect_subscriber(holding.person_id, protected=protected)
        append_entry(
            authority, verb=Verb.RECORD_PROTECTED, role=role, on=on, line_id=line.line_id,
            facts={"protected": protected},
        )  # fmt: skip


def _open_until(line_id: LineId, kind: CaseKind) -> dt.date | None:
    found = rows(
        "SELECT due_on FROM rights_case WHERE line_id = %s AND kind = %s AND settled_on IS NULL",
        [line_id, kind.value],
    )
    return found[0].due_on if found else None


def key_of(asked: Asked) -> str:
    """Return the submission key of an ask."""
    return str(asked.get("key", ""))


def _day(asked: Asked, name: str) -> dt.date:
    try:
        return dt.date.fromisoformat(str(asked.get(name)))
    except ValueError:
        raise AskNotRead from None


def _reason(asked: Asked) -> PauseReason:
    if asked.get("reason") not in DECLARED:
        raise AskNotRead
    return PauseReason(asked["reason"])
