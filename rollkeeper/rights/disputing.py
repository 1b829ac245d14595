# SPDX-License-Identifier: EUPL-1.2
"""A dispute taken up at a counter or the console, by the holder's word or by a receipt; each opens a case to be decided.

A receipt outranks a missing record: who shows one is not cut off while it is looked into.

The register may have been set back by a restore, or somebody may have removed a row. The holder's receipt was signed when
the act was done, so it is believed: the line becomes disputed, which no batch touches, and what was suspended for want
of registration works again at once. A receipt proves an act and names nobody: it makes a line safe and registers no one.
A line that a batch has ended comes back once a person has decided that this was wrong; until then its number is nobody else's.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.enrolment.errors import ReceiptOfAnotherAct, ReceiptOfAnotherLine, RecordNotMissing
from rollkeeper.enrolment.receipts import once
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.enrolment.telling import give_service_back
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import EntryId, HoldingId, LineId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.receipts import REGISTRATIONS, Mark, check_shown, is_known
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import mark_disputed, refuse_protected, telling_nothing
from rollkeeper.lines.changes import lock_contested
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import LineView, present_holding, view_line
from rollkeeper.lines.shown import find_line_shown
from rollkeeper.rights.acts import has_open_case, open_case, take_up
from rollkeeper.rights.kinds import CaseKind


def dispute_line(authority: Authority, *, submission_key: str, number: str, on: dt.date) -> Receipt:
    """Take up a dispute on the holder's word: nothing is done to the line until a person has decided the case.

    Whoever disputed before they were suspended, or on that day, has service back.
    Ledger: line:line:disputed, rights:case:opened. Refuses: NotAllowed, LineNotFound, LineOver, CaseOpenAlready.
    """

    def do() -> tuple[LineId, EntryId]:
        line = _locked(authority, number, on=on)
        with telling_nothing(authority, line.line_id):
            return line.line_id, take_up(
                authority, line.line_id, CaseKind.DISPUTE, holding_id=_holding(line.line_id), on=on
            )

    return once(submission_key, verb=Verb.LINE_DISPUTED, on=on, do=do)


def honour_receipt(
    authority: Authority, *, submission_key: str, number: str, shown: str, on: dt.date
) -> Receipt:
    """Take up a dispute with a receipt, whole or by its code, that says that somebody was registered.

    Law: art. 3 (who is registered is not cut off). Ledger: line:line:disputed, line:receipt:taken_up, and
    rights:case:opened unless such a case is open.
    Refuses: ReceiptNotGenuine, ReceiptNotKnown, ReceiptOfAnotherAct, ReceiptOfAnotherLine, RecordNotMissing,
    LineNotFound, LineOver.
    """
    role = demand(authority, Power.PAUSE_CLOCK)
    mark = check_shown(shown)

    def do() -> tuple[LineId, EntryId]:
        line = _locked(authority, number, on=on)
        refused = refusal(mark, line, is_another=_is_another(mark, line))
        if refused:
            refuse_protected(authority, line.line_id)
            raise refused
        if not has_open_case(line.line_id, CaseKind.DISPUTE):
            open_case(authority, line.line_id, CaseKind.DISPUTE, holding_id=_holding(line.line_id), on=on)
        mark_disputed(authority, line.line_id, on)
        lifted = give_service_back(line, on=on)
        facts: dict[str, str | bool] = {
            "receipt": mark.hash, "done": mark.verb.split(":", 1)[-1].replace(":", "_"), "day": mark.day,
            "known": is_known(mark), "lifted": lifted,
        }  # fmt: skip
        return line.line_id, append_entry(
            authority, verb=Verb.RECEIPT_TAKEN_UP, role=role, on=on, line_id=line.line_id, facts=facts
        )

    return once(submission_key, verb=Verb.RECEIPT_TAKEN_UP, on=on, do=do)


def refusal(mark: Mark, line: LineView, *, is_another: bool) -> RollkeeperError | None:
    """Return why a good receipt does not bear on a line, None where it does. Pure.

    A line that the register has never heard of is not another one: it may be this one, before the register lost it.
    """
    if mark.verb not in REGISTRATIONS:
        return ReceiptOfAnotherAct()
    if is_another:
        return ReceiptOfAnotherLine(receipt=mark.line_id, line=line.line_id)
    return RecordNotMissing(line=line.line_id) if line.is_registered else None


def _locked(authority: Authority, number: str, *, on: dt.date) -> LineView:
    found = find_line_shown(authority, number)
    if found is None:
        raise LineNotFound
    with telling_nothing(authority, found.line_id):
        return lock_contested(found.line_id, on=on)


def _holding(line_id: LineId) -> HoldingId | None:
    held = present_holding(line_id)
    return held.holding_id if held else None


def _is_another(mark: Mark, line: LineView) -> bool:
    return mark.line_id != line.line_id and mark.line_id is not None and view_line(mark.line_id) is not None
