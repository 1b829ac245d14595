# SPDX-License-Identifier: EUPL-1.2
"""The acts of the counter, one line at a time. Each is done once for its submission key and gives a receipt.

Who registers before a line is ended always wins: both lock the line, and what was decided on an older version of it
is void. None of these touches a campaign: the campaign sees the line.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.enrolment.deciding import Situation, of_the_holder
from rollkeeper.enrolment.errors import LineInDispute
from rollkeeper.enrolment.receipts import once
from rollkeeper.enrolment.registering import record
from rollkeeper.enrolment.seconding import demand_second
from rollkeeper.enrolment.submissions import Deed, Receipt, Submission
from rollkeeper.enrolment.telling import give_back_to_whom_spoke_in_time, give_service_back, tell_ended
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import EntryId, LineId, StaffId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines import acts as lines
from rollkeeper.lines.changes import end_line_state, lock_line
from rollkeeper.lines.errors import LineNotFound
from rollkeeper.lines.queries import LineView, present_holders
from rollkeeper.lines.shown import find_line_shown
from rollkeeper.lines.states import PauseReason
from rollkeeper.network.acts import ask
from rollkeeper.network.kinds import CommandKind
from rollkeeper.notices.acts import owe
from rollkeeper.notices.kinds import NoticeKind
from rollkeeper.subscribers.queries import document_index, find_persons, principals, replaced_on

type Document = tuple[str, str]


def register_subscriber(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Record the true identity of a line's holder; a number that has no line yet gets one.

    While suspended for want of registration the line is restored the same day; after its end this is a new contract.
    Law: art. 2, 3. Ledger: line:holding:registered. Refuses: AlreadyRegistered, NumberQuarantined, NumberStillServed, and every fault in
    what was given.
    """
    return _one(authority, submission, deed=Deed.REGISTER, on=on)


def transfer_line(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Give a line to another holder, who is registered by the same act; the old holder's deadline does not follow.

    Law: art. 2. Ledger: line:holding:transferred. Refuses: LineInDispute, RecordProtected, OtherReasonsOpen, SameHolder.
    """
    return _one(authority, submission, deed=Deed.TRANSFER, on=on)


def install_line(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Make a line under a free number and register its holder.

    Law: art. 2. Ledger: line:line:activated, line:holding:registered. Refuses: NumberInUse, NumberQuarantined.
    """
    return _one(authority, submission, deed=Deed.INSTALL, on=on)


def relocate_line(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Record a line at another place: the holder shows the document again and the whole record is made anew.

    Law: art. 2. Ledger: line:line:relocated. Refuses: RecordProtected, NotRelocatable, NotRegistered, NotTheHolder.
    """
    return _one(authority, submission, deed=Deed.RELOCATE, on=on)


def change_record(authority: Authority, submission: Submission, *, on: dt.date) -> Receipt:
    """Correct what is recorded about the present holder; the former record is history, not overwritten.

    A new name or a renewed document starts no clock. Law: art. 2. Ledger: line:holding:corrected.
    Refuses: RecordProtected, NotRegistered, NotTheHolder, DocumentOfAnother.
    """
    return _one(authority, submission, deed=Deed.CHANGE, on=on)


def replace_sim(
    authority: Authority, *, submission_key: str, number: str, document: Document | None, on: dt.date,
    seconded_by: StaffId | None = None,
) -> Receipt:  # fmt: skip
    """Note that the holder got a new SIM; the document shown is compared, not recorded.

    Ledger: line:sim:replaced.
    Refuses: SecondPersonNeeded, LineNotFound, RecordProtected, NotRegistered, NotTheHolder, DocumentReplaced.
    """
    role = demand(authority, Power.CHANGE_LINE)
    demand_second(authority, "replace_sim", seconded_by=seconded_by)

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number)
        lines.refuse_protected(authority, line.line_id)
        demand_holder(line, document, on=on)
        entry = append_entry(authority, verb=Verb.SIM_REPLACED, role=role, on=on, line_id=line.line_id)
        _owe(line, NoticeKind.SIM_REPLACED, on=on)
        return line.line_id, entry

    return once(submission_key, verb=Verb.SIM_REPLACED, on=on, do=do)


def end_line(
    authority: Authority, *, submission_key: str, number: str, document: Document | None, on: dt.date,
    seconded_by: StaffId | None = None,
) -> Receipt:  # fmt: skip
    """End the contract because the holder asks; the time of keeping begins, the number goes into quarantine.

    Of a line that nobody is registered for nobody can show that it is theirs: whoever has it is told, by a way that is left.

    Law: art. 5. Ledger: line:line:ended.
    Refuses: SecondPersonNeeded, LineNotFound, LineOver, RecordProtected, LineInDispute, NotTheHolder, DocumentReplaced.
    """
    demand(authority, Power.CHANGE_LINE)
    demand_second(authority, "end", seconded_by=seconded_by)

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number)
        lines.refuse_protected(authority, line.line_id)
        if line.is_registered and not line.is_disputed:
            demand_holder(line, document, on=on)
        if not line.is_registered:
            tell_ended(line, on=on)
        return line.line_id, end_held_line(authority, line, on=on)

    return once(submission_key, verb=Verb.LINE_ENDED, on=on, do=do)


def judge_holder(authority: Authority, *, number: str, document: Document | None, on: dt.date) -> None:
    """Refuse what an act that belongs to the holder would refuse for now; nothing is done.

    Refuses: NotAllowed, LineNotFound, LineOver, RecordProtected, NotRegistered, NotTheHolder, DocumentReplaced.
    """
    demand(authority, Power.CHANGE_LINE)
    with act():
        line = locked_line(authority, number)
        lines.refuse_protected(authority, line.line_id)
        if line.is_registered and not line.is_disputed:
            demand_holder(line, document, on=on)


def end_held_line(authority: Authority, line: LineView, *, on: dt.date) -> EntryId:
    """End the contract of a line that the caller has locked and whose holder has shown who they are, in the caller's act.

    Law: art. 5. Ledger: line:line:ended. Refuses: NotAllowed, LineInDispute, LineOver.
    """
    role, pack = demand(authority, Power.CHANGE_LINE), load_pack(settings().pack)
    if line.is_disputed:
        raise LineInDispute(line=line.line_id)
    until = on + dt.timedelta(days=pack.number_quarantine_days)
    end_line_state(line.line_id, by="subscriber", quarantined_until=until, on=on)
    ask(line.line_id, kind=CommandKind.END, reason="subscriber", at=clock.now())
    facts = {"by": "subscriber"}
    return append_entry(
        authority, verb=Verb.LINE_ENDED, role=role, on=on, line_id=line.line_id, pack=pack.hash, facts=facts
    )


def pause_line(
    authority: Authority, *, submission_key: str, number: str, first: dt.date, last: dt.date | None,
    reason: PauseReason, on: dt.date,
) -> Receipt:  # fmt: skip
    """Let the clock of a line stand still for a reason that somebody declares. Law: art. 3 (a justified reason).

    Ledger: line:clock:paused. Refuses: LineNotFound, LineOver, DaysReversed.
    """

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number)
        return line.line_id, pause_locked_line(authority, line, first=first, last=last, reason=reason, on=on)

    return once(submission_key, verb=Verb.CLOCK_PAUSED, on=on, do=do)


def pause_locked_line(
    authority: Authority, line: LineView, *, first: dt.date, last: dt.date | None, reason: PauseReason, on: dt.date
) -> EntryId:  # fmt: skip
    """Let the clock of a line that the caller has locked stand still, in the caller's act, wherever the reason was declared.

    Whoever declared it before they were suspended, or on that day, has service back.
    Ledger: line:clock:paused. Refuses: NotAllowed, DaysReversed.
    """
    entry_id = lines.pause_clock(authority, line.line_id, first, last, reason, on)
    give_back_to_whom_spoke_in_time(line, said_on=on, first=first)
    return entry_id


def lift_line(authority: Authority, *, submission_key: str, number: str, on: dt.date) -> Receipt:
    """Give a suspended line its service back for the hours of the pack, once; nobody is asked why.

    Ledger: line:line:lifted_for_hours. Refuses: LineNotFound, LineOver, LiftRefused.
    """

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number)
        return line.line_id, lines.lift_for_hours(authority, line.line_id, on=on)

    return once(submission_key, verb=Verb.LIFTED_FOR_HOURS, on=on, do=do)


def protect_line(
    authority: Authority, *, submission_key: str, number: str, protected: bool, on: dt.date
) -> Receipt:
    """Record whether a lift, an alarm or a medical device hangs on a line; a suspended one works again at once.

    Ledger: line:line:protected. Refuses: LineNotFound, LineOver.
    """

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number)
        entry_id = lines.protect_line(authority, line.line_id, protected=protected, on=on)
        if protected:
            give_service_back(line, on=on)
        return line.line_id, entry_id

    return once(submission_key, verb=Verb.LINE_PROTECTED, on=on, do=do)


def _one(authority: Authority, submission: Submission, *, deed: Deed, on: dt.date) -> Receipt:
    (outcome,) = record(authority, [submission], deed=deed, on=on)
    if isinstance(outcome, RollkeeperError):
        raise outcome
    return outcome


def locked_line(authority: Authority, number: str) -> LineView:
    """Return the living line that has a number as somebody typed it, or that was shown to whoever acts, locked for this act. Refuses: LineNotFound, LineOver."""
    found = find_line_shown(authority, number)
    if found is None:
        raise LineNotFound
    with lines.telling_nothing(authority, found.line_id):
        return lock_line(found.line_id, living=True)


def index_of(document: Document, *, on: dt.date) -> bytes:
    """Return by what a document is looked up, however its number was typed."""
    kind = normalise_type(document[0])
    (index,) = document_index([(kind, check_number(kind, document[1], on).normalised)])
    return index


def demand_holder(line: LineView, document: Document | None, *, on: dt.date, must_prove: bool = True) -> None:
    """Refuse an act that belongs to the holder where the document shown is not theirs, or proves nothing any more."""
    holder = present_holders([line.line_id]).get(line.line_id)
    shown = replaced = None
    if document is not None:
        index = index_of(document, on=on)
        (shown,) = find_persons([index])
        replaced = replaced_on([index]).get(index) if must_prove else None
    one = principals({person for person in (holder, shown) if person})
    situation = Situation(
        line, holder and one[holder], shown and one[shown], shows_document=True, service=None, quarantine_days=0,
        replaced_on=replaced, article=load_pack(settings().pack).act_article("replace_sim") or "",
    )  # fmt: skip
    refused = of_the_holder(line, situation)
    if refused:
        raise refused


def _owe(line: LineView, kind: NoticeKind, *, on: dt.date) -> None:
    language = line.language
    pack_hash = load_pack(settings().pack).hash
    owe(line.line_id, kind=kind, language=language, promised_on=None, pack_hash=pack_hash, on=on)
