# SPDX-License-Identifier: EUPL-1.2
"""A further document of one person: both papers lie on the counter, and from then on either leads to the same person.

Separate from a changed record, which records what stands on the new document: here nothing is recorded but that two
documents are one person's. Nothing that was recorded under either is touched, so that they can be parted again.
"""

import datetime as dt

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.documents.assurance import assurance_of
from rollkeeper.documents.reasons import Reason, Verdict
from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.enrolment.acts import Document, demand_holder, locked_line
from rollkeeper.enrolment.errors import (
    DocumentDoubtful,
    DocumentJoinedAlready,
    DocumentNeedsSupervisor,
    DocumentNotJoined,
    DocumentNumberImpossible,
    DocumentsOfOthers,
)
from rollkeeper.enrolment.receipts import Raced, once
from rollkeeper.enrolment.seconding import demand_second, may_look_as_supervisor
from rollkeeper.enrolment.submissions import Receipt
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, StaffId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.acts import refuse_protected, refuse_protected_holder
from rollkeeper.lines.counting import lock_taking
from rollkeeper.lines.queries import LineView, living_lines_of, present_holding
from rollkeeper.notices.acts import owe
from rollkeeper.notices.kinds import NoticeKind
from rollkeeper.subscribers.acts import add_document, join_persons, let_go_document, part_person
from rollkeeper.subscribers.errors import DocumentOfAnother
from rollkeeper.subscribers.kinds import PartyKind
from rollkeeper.subscribers.queries import (
    document_index,
    find_persons,
    kind_of,
    language_of,
    principals,
    references_of,
)


def join_document(
    authority: Authority, *, submission_key: str, number: str, document: Document | None, further: Document,
    looked_twice: bool, on: dt.date, seconded_by: StaffId | None = None,
) -> Receipt:  # fmt: skip
    """Note that a further document is the holder's as well; whoever was known by it is the same person from now on.

    Limits count both together from now on, and no line is touched. Every line of theirs hears of it.
    Law: art. 2. Ledger: line:document:joined, for each of their lines.
    Refuses: NotAllowed, SecondPersonNeeded, LineNotFound, RecordProtected, NotRegistered, NotTheHolder, DocumentReplaced,
    DocumentNumberImpossible, DocumentDoubtful, DocumentNeedsSupervisor, DocumentJoinedAlready, DocumentsOfOthers.
    """
    demand(authority, Power.JOIN_DOCUMENTS)
    demand_second(authority, "join_document", seconded_by=seconded_by)

    def do() -> tuple[LineId, EntryId]:
        line, holder = _shown(authority, number, document, on=on)
        looks = may_look_as_supervisor(authority, seconded_by=seconded_by)
        checked = _checked(further, looked_twice=looked_twice, by_supervisor=looks, on=on)
        (known,) = find_persons(document_index([checked]))
        if known is None:
            _add(holder, checked, on=on)
        else:
            _join(authority, holder, known, on=on)
        facts: dict[str, str | bool] = {
            "assurance": assurance_of(in_sight=True, verdict=check_number(*checked, on).verdict).value,
            "was_known": known is not None,
        }
        return line.line_id, _mark(authority, Verb.DOCUMENT_JOINED, line, holder, facts, on=on)

    return once(submission_key, verb=Verb.DOCUMENT_JOINED, on=on, do=do)


def part_document(
    authority: Authority, *, submission_key: str, number: str, document: Document, on: dt.date
) -> Receipt:
    """Undo a join: this document leads to whom it led before, or to nobody. What was recorded stays where it was recorded.

    Ledger: line:document:parted, for each line of theirs. Refuses: NotAllowed, LineNotFound, NotRegistered, DocumentNotJoined.
    """
    demand(authority, Power.PART_DOCUMENTS)

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number)
        demand_holder(line, document, on=on, must_prove=False)
        holding = present_holding(line.line_id)
        kind = normalise_type(document[0])
        checked = (kind, check_number(kind, document[1], on).normalised)
        (known,) = find_persons(document_index([checked]))
        if holding is None or known is None:
            raise DocumentNotJoined(line=line.line_id)
        entry = _mark(authority, Verb.DOCUMENT_PARTED, line, holding.person_id, {}, on=on)
        is_parted = (
            let_go_document(known, document=checked) if known == holding.person_id else part_person(known)
        )
        if not is_parted:
            raise DocumentNotJoined(line=line.line_id)
        return line.line_id, entry

    return once(submission_key, verb=Verb.DOCUMENT_PARTED, on=on, do=do)


def _shown(
    authority: Authority, number: str, document: Document | None, *, on: dt.date
) -> tuple[LineView, PersonId]:
    line = locked_line(authority, number)
    refuse_protected(authority, line.line_id)
    demand_holder(line, document, on=on)
    holding = present_holding(line.line_id)
    assert holding is not None  # noqa: S101 - somebody was shown to hold it
    return line, holding.person_id


def _checked(further: Document, *, looked_twice: bool, by_supervisor: bool, on: dt.date) -> Document:
    kind = normalise_type(further[0])
    checked = check_number(kind, further[1], on)
    reasons = ", ".join(checked.reasons)
    if checked.verdict is Verdict.INVALID:
        raise DocumentNumberImpossible(part="further", reasons=reasons)
    if checked.verdict is Verdict.DOUBTFUL and not looked_twice:
        raise DocumentDoubtful(part="further", reasons=reasons)
    if Reason.CHECK_DIGIT in checked.reasons and not by_supervisor:
        raise DocumentNeedsSupervisor(part="further")
    return kind, checked.normalised


def _add(holder: PersonId, document: Document, *, on: dt.date) -> None:
    """Add a document by which nobody is known. Whoever was registered with it in this very instant is somebody known."""
    try:
        add_document(holder, document=document, on=on)
    except DocumentOfAnother:
        raise Raced from None


def _join(authority: Authority, holder: PersonId, known: PersonId, *, on: dt.date) -> None:
    whole = principals({holder, known})
    if whole[holder] == whole[known]:
        raise DocumentJoinedAlready
    for reference in references_of(known):
        refuse_protected_holder(authority, reference)
    if (kind_of(holder) == PartyKind.COMPANY) != (kind_of(known) == PartyKind.COMPANY):
        raise DocumentsOfOthers
    # Whoever takes a line for either at this moment is waited for, so that no limit is passed between the two.
    lock_taking([str(person) for person in whole.values()])
    if principals({holder, known}) != whole:  # joined or parted at another counter while this one waited
        raise Raced
    join_persons(holder, known, on=on)


def _mark(
    authority: Authority, verb: Verb, line: LineView, holder: PersonId, facts: dict[str, str | bool], *, on: dt.date
) -> EntryId:  # fmt: skip
    """Enter it for every living line of theirs, tell each, and return the entry for the line at which it was done."""
    power = Power.JOIN_DOCUMENTS if verb is Verb.DOCUMENT_JOINED else Power.PART_DOCUMENTS
    role, pack_hash = demand(authority, power), load_pack(settings().pack).hash
    language = language_of(holder)
    entries: dict[LineId, EntryId] = {}
    for line_id in dict.fromkeys((line.line_id, *living_lines_of(holder))):
        holding = present_holding(line_id)
        entries[line_id] = append_entry(
            authority, verb=verb, role=role, on=on, line_id=line_id, person_id=holding.person_id if holding else None,
            commitment=holding.commitment if holding else None, facts=facts,
        )  # fmt: skip
        owe(
            line_id, kind=NoticeKind.RECORD_CHANGED, language=language, promised_on=None, pack_hash=pack_hash, on=on
        )  # fmt: skip
    return entries[line.line_id]
