# SPDX-License-Identifier: EUPL-1.2
"""The acts of the counter, one line at a time. Each is done once for its submission key and gives a receipt.

A registration before termination always wins: both lock the line, and a decision on an older version is void. These services do
not touch campaigns: a campaign reads the line.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Final

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.ids import EntryId, LineId, StaffId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.calendars import Term
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines import reconnection
from rollkeeper.lines import services as lines
from rollkeeper.lines.choices import AccessKind, AccessOutcome, PauseReason
from rollkeeper.lines.counter_codes import find_line_for_clerk
from rollkeeper.lines.lookups import count_access, mark_access, record_access
from rollkeeper.lines.protection import hiding_protected_state
from rollkeeper.lines.queries import LineView, current_subscribers
from rollkeeper.lines.writes import lock_line, terminate_line_state
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice
from rollkeeper.provisioning.choices import CommandKind, CommandReason
from rollkeeper.provisioning.services import queue_command
from rollkeeper.registration.approvals import require_approval
from rollkeeper.registration.decisions import Situation, of_the_subscriber
from rollkeeper.registration.errors import LINE_IN_DISPUTE, PAUSE_TOO_FAR
from rollkeeper.registration.pipeline import record
from rollkeeper.registration.receipts import on_number, run_once
from rollkeeper.registration.rules import FARTHEST_PAUSE_YEARS
from rollkeeper.registration.side_effects import (
    notify_terminated,
    restore_if_declared_in_time,
    restore_service,
)
from rollkeeper.registration.sim_cards import form_of_sim, has_newer_sim, read_sim, record_sim
from rollkeeper.registration.submissions import Receipt, RegistrationKind, Submission
from rollkeeper.subscribers.queries import find_persons, indexes_shown, principals, replaced_on

type Document = tuple[str, str]


def register_subscriber(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Record the true identity of a line's subscriber; a number that has no line yet gets one.

    A line suspended for a missing registration is restored the same day; for a line that is over, this is a new contract.
    Law: art. 2, 3. Ledger: line:tenure:registered. Refuses: ALREADY_REGISTERED, NUMBER_QUARANTINED, NUMBER_STILL_SERVED, and every fault in
    what was given.
    """
    return _one(authority, submission, action_kind=RegistrationKind.REGISTER, on=on)


def transfer_line(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Give a line to another subscriber, who is registered by the same act; the old subscriber's deadline does not pass to them.

    Law: art. 2. Ledger: line:tenure:transferred. Refuses: LINE_IN_DISPUTE, LineNotFound, OTHER_SUSPENSIONS_OPEN, SAME_SUBSCRIBER.
    """
    return _one(authority, submission, action_kind=RegistrationKind.TRANSFER, on=on)


def install_line(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Make a line under a free number and register its subscriber.

    Law: art. 2. Ledger: line:line:activated, line:tenure:registered. Refuses: NUMBER_IN_USE, NUMBER_QUARANTINED.
    """
    return _one(authority, submission, action_kind=RegistrationKind.INSTALL, on=on)


def port_in_number(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Make a line under a number that a person brings from another operator, and register them.

    A number that ended here is in quarantine for all except its former subscriber, who may bring it back at once.
    Ledger: line:line:activated, line:tenure:registered with the act. Refuses: NUMBER_IN_USE, PORTED_NUMBER_QUARANTINED.
    """
    return _one(authority, submission, action_kind=RegistrationKind.PORT_IN, on=on)


def relocate_line(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Record a line at another place: the subscriber shows the document again and the whole record is renewed.

    Law: art. 2. Ledger: line:line:relocated. Refuses: LineNotFound, NOT_RELOCATABLE, NOT_REGISTERED, NOT_THE_SUBSCRIBER.
    """
    return _one(authority, submission, action_kind=RegistrationKind.RELOCATE, on=on)


def change_record(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Correct what is recorded about the present subscriber; the former record is history, not overwritten.

    A new name or a renewed document starts no clock. Law: art. 2. Ledger: line:tenure:corrected.
    Refuses: LineNotFound, NOT_REGISTERED, NOT_THE_SUBSCRIBER, DocumentOfAnother.
    """
    return _one(authority, submission, action_kind=RegistrationKind.CHANGE, on=on)


def replace_sim(
    authority: Authority, *, submission_key: str, number: str, document: Document | None, on: dt.date,
    approved_by: StaffId | None = None, sim: Mapping[str, str] | None = None, is_late: bool = False,
) -> Receipt:  # fmt: skip
    """Record that the subscriber got a new SIM; the document shown is compared, not recorded. `sim`, `is_late`: as `read_sim`. A late entry
    does not replace a newer SIM.

    Ledger: line:sim:replaced.
    Refuses: APPROVAL_NEEDED, LineNotFound, AccessLimitReached, NOT_REGISTERED, NOT_THE_SUBSCRIBER, DOCUMENT_REPLACED; as `read_sim`.
    """
    role = require(authority, Permission.CHANGE_LINE)
    require_approval(authority, "replace_sim", approved_by=approved_by)
    if not is_late:
        raise_all(form_of_sim(sim or {}, on=on))

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number, on=on)
        require_subscriber(authority, line, document, on=on)
        values = read_sim(line, sim or {}, on=on, is_late=is_late)
        is_newest = not has_newer_sim(line, on=on)
        entry = append_entry(authority, verb=Verb.SIM_REPLACED, role=role, on=on, line_id=line.line_id)
        if is_newest:
            record_sim(line, values)
        _owe(line, NoticeKind.SIM_REPLACED, on=on)
        return line.line_id, entry

    return run_once(submission_key, verb=Verb.SIM_REPLACED, on=on, about=on_number(authority, number), do=do)


def terminate_line(
    authority: Authority, *, submission_key: str, number: str, document: Document | None, on: dt.date,
    approved_by: StaffId | None = None,
) -> Receipt:  # fmt: skip
    """End the contract because the subscriber asks; the time of keeping begins, the number goes into quarantine.

    If the line has no registered subscriber, no one can prove that it is theirs: its user is notified by a remaining channel.

    Law: art. 5. Ledger: line:line:terminated.
    Refuses: APPROVAL_NEEDED, LineNotFound, LINE_TERMINATED, AccessLimitReached, LINE_IN_DISPUTE, NOT_THE_SUBSCRIBER, DOCUMENT_REPLACED.
    """
    require(authority, Permission.CHANGE_LINE)
    require_approval(authority, "terminate", approved_by=approved_by)

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number, on=on)
        if line.is_registered and not line.is_disputed:
            require_subscriber(authority, line, document, on=on)
        if not line.is_registered:
            notify_terminated(line, on=on)
        return line.line_id, terminate_locked_line(authority, line, on=on)

    return run_once(
        submission_key, verb=Verb.LINE_TERMINATED, on=on, about=on_number(authority, number), do=do
    )


def check_subscriber(
    authority: Authority, *, number: str, document: Document | None, on: dt.date, sim: Mapping[str, str] | None = None,
) -> None:  # fmt: skip
    """Refuse what an act of the subscriber would refuse now; nothing is done. `sim`: of the new SIM, as `replace_sim`.

    Ledger: line:access:recorded.
    Refuses: NOT_ALLOWED, LineNotFound, LINE_TERMINATED, NOT_REGISTERED, NOT_THE_SUBSCRIBER, DOCUMENT_REPLACED, AccessLimitReached.
    """
    require(authority, Permission.CHANGE_LINE)
    raise_all(form_of_sim(sim or {}, on=on))
    with action():
        line, matched = locked_line(authority, number, on=on), None
        if line.is_registered and not line.is_disputed:
            matched = require_subscriber(authority, line, document, on=on) or None
        if sim is not None:
            read_sim(line, sim, on=on)
        record_access(
            authority, AccessOutcome.FOUND, line_id=line.line_id, matched=matched, is_counted=True, on=on
        )


def terminate_locked_line(authority: Authority, line: LineView, *, on: dt.date) -> EntryId:
    """End the contract of a line that the caller has locked and whose subscriber was identified, in the caller's transaction.

    Law: art. 5. Ledger: line:line:terminated. Refuses: NOT_ALLOWED, LINE_IN_DISPUTE, LINE_TERMINATED.
    """
    role, pack = require(authority, Permission.CHANGE_LINE), load_pack(instance().pack)
    if line.is_disputed:
        raise LINE_IN_DISPUTE(line=line.line_id)
    until = pack.quarantine(line.service).last_day(on)
    entry_id = append_entry(
        authority, verb=Verb.LINE_TERMINATED, role=role, on=on, line_id=line.line_id, pack=pack.hash,
        facts={"by": "subscriber"},
    )  # fmt: skip
    terminate_line_state(line.line_id, entry_id=entry_id, quarantined_until=until)
    queue_command(
        line.line_id, kind=CommandKind.TERMINATE, reason=CommandReason.SUBSCRIBER.value, at=clock.now()
    )
    return entry_id


def pause_line(
    authority: Authority, *, submission_key: str, number: str, first: dt.date, last: dt.date | None,
    reason: PauseReason, on: dt.date,
) -> Receipt:  # fmt: skip
    """Pause the clock of a line for a declared reason. Law: art. 3 (a justified reason).

    Ledger: line:clock:paused. Refuses: LineNotFound, LINE_TERMINATED, DAYS_REVERSED, PAUSE_TOO_FAR.
    """

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number, on=on, helps=True)
        return line.line_id, pause_locked_line(authority, line, first=first, last=last, reason=reason, on=on)

    return run_once(submission_key, verb=Verb.CLOCK_PAUSED, on=on, about=on_number(authority, number), do=do)


def pause_locked_line(
    authority: Authority, line: LineView, *, first: dt.date, last: dt.date | None, reason: PauseReason, on: dt.date
) -> EntryId:  # fmt: skip
    """Pause the clock of a line that the caller has locked, in the caller's transaction, for a reason declared anywhere.

    A reason declared before the suspension, or on the same day, restores service. Ledger: line:clock:paused. Refuses: NOT_ALLOWED,
    DAYS_REVERSED, PAUSE_TOO_FAR.
    """
    for day in filter(None, (first, last)):
        if abs(day.year - on.year) > FARTHEST_PAUSE_YEARS:
            raise PAUSE_TOO_FAR(day=day, years=FARTHEST_PAUSE_YEARS)
    entry_id = lines.pause_clock(authority, line.line_id, first, last, reason, on)
    restore_if_declared_in_time(line, said_on=on, first=first)
    return entry_id


def reconnect_line(authority: Authority, *, submission_key: str, number: str, on: dt.date) -> Receipt:
    """Reconnect a suspended line once, for the hours of the pack, without asking for a reason.

    Ledger: line:line:reconnected. Refuses: LineNotFound, LINE_TERMINATED, RECONNECTION_REFUSED.
    """

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number, on=on, helps=True)
        return line.line_id, reconnection.reconnect_temporarily(authority, line.line_id, on=on)

    return run_once(
        submission_key, verb=Verb.LINE_RECONNECTED, on=on, about=on_number(authority, number), do=do
    )


def mark_essential(
    authority: Authority, *, submission_key: str, number: str, essential: bool, on: dt.date
) -> Receipt:
    """Record whether a lift, an alarm or a medical device depends on a line; a suspended line then works again at once.

    Ledger: line:line:marked_essential. Refuses: LineNotFound, LINE_TERMINATED.
    """

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number, on=on, helps=True)
        entry_id = lines.mark_essential(authority, line.line_id, essential=essential, on=on)
        if essential:
            restore_service(line, on=on)
        return line.line_id, entry_id

    return run_once(
        submission_key, verb=Verb.LINE_MARKED_ESSENTIAL, on=on, about=on_number(authority, number), do=do
    )


def _one(
    authority: Authority, submission: Submission, *, action_kind: RegistrationKind, on: dt.date
) -> Receipt:
    (outcome,) = record(authority, [submission], action_kind=action_kind, on=on)
    if isinstance(outcome, RollkeeperError):
        raise outcome
    return outcome


def locked_line(authority: Authority, number: str, *, on: dt.date, helps: bool = False) -> LineView:
    """Return the current line with a typed number or a handle shown to the actor, locked for this act.

    `helps`: the act helps the subscriber, so all staff may do it for protected subscribers too. Refuses: LineNotFound, LINE_TERMINATED,
    AccessLimitReached.
    """
    found = find_line_for_clerk(authority, number, on=on, helps=helps)
    with hiding_protected_state(authority, found.line_id, on=on):
        return lock_line(found.line_id, in_force=True)


def require_subscriber(
    authority: Authority, line: LineView, document: Document | None, *, on: dt.date, must_prove: bool = True
) -> bool:
    """Refuse an act of the subscriber if the document shown is not theirs, or was replaced by a newer one.

    Return whether a document was compared. The comparison is counted, and is recorded with any refusal that follows.
    Precondition: everything that can be checked without comparing is checked.
    """
    subscriber = current_subscribers([line.line_id]).get(line.line_id)
    shown = replaced = None
    is_compared = document is not None and subscriber is not None and line.is_registered
    if is_compared:
        count_access(authority, AccessKind.DOCUMENT, on=on)
    if document is not None:
        indexes = indexes_shown(document, on=on)
        known = dict(zip(indexes, find_persons(indexes), strict=True))
        index = next((one for one in indexes if subscriber and known[one] == subscriber), indexes[0])
        shown, replaced = known[index], replaced_on([index]).get(index) if must_prove else None
    one = principals({person for person in (subscriber, shown) if person})
    situation = Situation(
        line, subscriber and one[subscriber], shown and one[shown], shows_document=True, service=None, quarantine=Term(),
        replaced_on=replaced, article=load_pack(instance().pack).act_article("replace_sim") or "",
    )  # fmt: skip
    refused = of_the_subscriber(line, situation)
    if is_compared:
        matched = situation.shown == situation.subscriber
        mark_access(authority, AccessOutcome.FOUND, line_id=line.line_id, matched=matched, on=on)
    if refused:
        raise refused
    return is_compared


def _owe(line: LineView, kind: NoticeKind, *, on: dt.date) -> None:
    language = line.language
    pack_hash = load_pack(instance().pack).hash
    enqueue_notice(line.line_id, kind=kind, language=language, promised_on=None, pack_hash=pack_hash, on=on)


RECORDING: Final[Mapping[str, Callable[..., Receipt]]] = {
    RegistrationKind.REGISTER: register_subscriber,
    RegistrationKind.TRANSFER: transfer_line,
    RegistrationKind.INSTALL: install_line,
    RegistrationKind.PORT_IN: port_in_number,
    RegistrationKind.RELOCATE: relocate_line,
    RegistrationKind.CHANGE: change_record,
}
"""What a submission of each kind does, at a counter or once a device is back."""
