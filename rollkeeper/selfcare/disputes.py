# SPDX-License-Identifier: EUPL-1.2
"""A dispute taken up at a counter or the console, by the subscriber's word or by a receipt; each opens a case to be decided.

A receipt outranks a missing record: a subscriber who shows one is not cut off while staff examine it.

The register may have been reset by a restore, or a row may have been deleted. The subscriber's receipt was signed when the act
was done, so it is believed: the line becomes disputed, no batch includes it, and a line suspended for a missing registration
works again at once. A receipt proves an act and contains no name: it protects a line and registers no one. A line that a batch
terminated comes back once a person has decided that this was wrong; until then its number is not reassigned.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import EntryId, LineId, TenureId
from rollkeeper.ledger.receipts import REGISTRATIONS, ParsedEntry, is_in_ledger, verify_receipt
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.counter_codes import find_line_for_clerk
from rollkeeper.lines.protection import hiding_protected_state, refuse_protected
from rollkeeper.lines.queries import LineView, current_tenure, view_line
from rollkeeper.lines.services import mark_disputed
from rollkeeper.lines.writes import lock_disputed
from rollkeeper.registration.errors import (
    NOT_A_REGISTRATION_RECEIPT,
    RECEIPT_LINE_MISMATCH,
    RECORD_ALREADY_CORRECT,
)
from rollkeeper.registration.receipts import on_number, run_once
from rollkeeper.registration.side_effects import restore_service
from rollkeeper.registration.submissions import Receipt
from rollkeeper.selfcare.choices import CaseKind
from rollkeeper.selfcare.services import has_open_case, open_case, open_dispute_case


def dispute_line(authority: Authority, *, submission_key: str, number: str, on: dt.date) -> Receipt:
    """Open a dispute on the subscriber's word: nothing is done to the line until a person has decided the case.

    A dispute made before the suspension, or on the same day, restores service. Ledger: line:line:disputed, selfcare:case:opened.
    Refuses: NOT_ALLOWED, LineNotFound, LINE_TERMINATED, CASE_ALREADY_OPEN.
    """

    def do() -> tuple[LineId, EntryId]:
        line = _locked(authority, number, on=on)
        with hiding_protected_state(authority, line.line_id, on=on):
            return line.line_id, open_dispute_case(
                authority, line.line_id, CaseKind.DISPUTE, tenure_id=_tenure(line.line_id), on=on
            )

    return run_once(submission_key, verb=Verb.LINE_DISPUTED, on=on, about=on_number(authority, number), do=do)


def accept_receipt(
    authority: Authority, *, submission_key: str, number: str, shown: str, on: dt.date
) -> Receipt:
    """Open a dispute with a receipt of a registration, whole or by its code.

    Law: art. 3 (who is registered is not cut off). Ledger: line:line:disputed, line:receipt:accepted, and
    selfcare:case:opened unless such a case is open.
    Refuses: RECEIPT_NOT_GENUINE, RECEIPT_NOT_FOUND, NOT_A_REGISTRATION_RECEIPT, RECEIPT_LINE_MISMATCH, RECORD_ALREADY_CORRECT,
    LineNotFound, LINE_TERMINATED.
    """
    role = require(authority, Permission.PAUSE_CLOCK)
    with counted_lookups():
        entry = verify_receipt(shown)

    def do() -> tuple[LineId, EntryId]:
        line = _locked(authority, number, on=on)
        with counted_lookups():
            is_known = is_in_ledger(entry)
        refused = refusal(
            entry, line, is_another=_is_another(entry, line), is_known=line.must_reverify and is_known
        )
        if refused:
            refuse_protected(authority, line.line_id, on=on)
            raise refused
        if not has_open_case(line.line_id, CaseKind.DISPUTE):
            open_case(authority, line.line_id, CaseKind.DISPUTE, tenure_id=_tenure(line.line_id), on=on)
        mark_disputed(authority, line.line_id, on)
        lifted = restore_service(line, on=on)
        facts: dict[str, str | bool] = {
            "receipt": entry.hash, "done": entry.verb.split(":", 1)[-1].replace(":", "_"), "day": entry.day,
            "known": is_known, "lifted": lifted,
        }  # fmt: skip
        return line.line_id, append_entry(
            authority, verb=Verb.RECEIPT_ACCEPTED, role=role, on=on, line_id=line.line_id, facts=facts
        )

    return run_once(
        submission_key, verb=Verb.RECEIPT_ACCEPTED, on=on, about=on_number(authority, number), do=do
    )


def refusal(
    entry: ParsedEntry, line: LineView, *, is_another: bool, is_known: bool = False
) -> RollkeeperError | None:
    """Return why a genuine receipt does not apply to a line, None if it does. Pure.

    A receipt for a line unknown to the register may be about this line, before the register lost it (not `is_another`). For a registered
    subscriber who is asked again, the register may have lost the verification that the receipt proves (not `is_known`).
    """
    if entry.verb not in REGISTRATIONS:
        return NOT_A_REGISTRATION_RECEIPT()
    if is_another:
        return RECEIPT_LINE_MISMATCH(receipt=entry.line_id, line=line.line_id)
    is_lost = line.must_reverify and not is_known
    return RECORD_ALREADY_CORRECT(line=line.line_id) if line.is_registered and not is_lost else None


def _locked(authority: Authority, number: str, *, on: dt.date) -> LineView:
    found = find_line_for_clerk(authority, number, on=on, helps=True)
    with hiding_protected_state(authority, found.line_id, on=on):
        return lock_disputed(found.line_id, on=on)


def _tenure(line_id: LineId) -> TenureId | None:
    held = current_tenure(line_id)
    return held.tenure_id if held else None


def _is_another(entry: ParsedEntry, line: LineView) -> bool:
    return (
        entry.line_id != line.line_id and entry.line_id is not None and view_line(entry.line_id) is not None
    )
