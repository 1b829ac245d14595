# SPDX-License-Identifier: EUPL-1.2
"""A further document of one person: the clerk sees both documents, and from then on either leads to the same person.

Separate from a changed record, which records the new document's data: here only the fact is recorded that two documents belong to
one person. Data recorded under either document is not touched, so that the documents can be separated again.
"""

import datetime as dt
from collections.abc import Sequence

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.documents.assurance import assurance_of
from rollkeeper.documents.rules import check_number, document_as_recorded, normalise_type
from rollkeeper.documents.verdicts import Reason, Verdict
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, StaffId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.packs import load_pack
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.line_counts import lock_line_limits
from rollkeeper.lines.protection import refuse_protected_subscriber
from rollkeeper.lines.queries import LineView, current_tenure, lines_in_force_of
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import enqueue_notice
from rollkeeper.registration.approvals import is_supervisor_check, require_approval
from rollkeeper.registration.errors import (
    DOCUMENT_ALREADY_LINKED,
    DOCUMENT_DOUBTFUL,
    DOCUMENT_NOT_LINKED,
    DOCUMENTS_INCOMPATIBLE,
    DocumentNeedsSupervisor,
    InvalidDocumentNumber,
)
from rollkeeper.registration.receipts import ConcurrentChange, on_number, run_once
from rollkeeper.registration.services import Document, locked_line, require_subscriber
from rollkeeper.registration.submissions import Receipt
from rollkeeper.subscribers.choices import PartyKind
from rollkeeper.subscribers.errors import DocumentOfAnother
from rollkeeper.subscribers.queries import (
    document_index,
    find_persons,
    index_of_document,
    kind_of,
    language_of,
    principals,
    references_of,
)
from rollkeeper.subscribers.services import add_document, link_persons, unlink_document, unlink_person


def link_document(
    authority: Authority, *, submission_key: str, number: str, document: Document | None, further: Document,
    double_checked: bool, on: dt.date, approved_by: StaffId | None = None,
) -> Receipt:  # fmt: skip
    """Record a further document of the subscriber; a person known by it is the same person from now on.

    Limits count the lines under both documents together from now on, and no line is touched. Each line of the person is notified.
    Law: art. 2. Ledger: line:document:linked, for each of their lines.
    Refuses: NOT_ALLOWED, APPROVAL_NEEDED, InvalidDocumentNumber, DOCUMENT_DOUBTFUL, DocumentNeedsSupervisor, LineNotFound,
    AccessLimitReached, NOT_REGISTERED, NOT_THE_SUBSCRIBER, DOCUMENT_REPLACED, DOCUMENT_ALREADY_LINKED, DOCUMENTS_INCOMPATIBLE.
    """
    require(authority, Permission.LINK_DOCUMENTS)
    require_approval(authority, "link_document", approved_by=approved_by)
    # Checked before the line is looked up and its subscriber's document compared: a fault here must reveal nothing of either.
    checked = check_further_document(
        authority, further, double_checked=double_checked, approved_by=approved_by, on=on
    )

    def do() -> tuple[LineId, EntryId]:
        line, subscriber = _shown(authority, number, document, on=on)
        (known,) = find_persons(document_index([checked]))
        facts: dict[str, str | bool] = {
            "assurance": assurance_of(document_seen=True, verdict=check_number(*checked, on).verdict).value,
            "already_known": known is not None,
        }
        (entry,) = _mark(authority, Verb.DOCUMENT_LINKED, [line.line_id], subscriber, facts, on=on)
        if known is None:
            _add(subscriber, checked, on=on)
        else:
            shown = [index_of_document(one, on=on) for one in (document, checked) if one]
            _join(authority, subscriber, known, entry_id=entry, shown=shown, on=on)
        others = [one for one in lines_in_force_of(subscriber) if one != line.line_id]
        _mark(authority, Verb.DOCUMENT_LINKED, others, subscriber, facts, on=on)
        return line.line_id, entry

    return run_once(
        submission_key, verb=Verb.DOCUMENT_LINKED, on=on, about=on_number(authority, number), do=do
    )


def undo_document_link(
    authority: Authority, *, submission_key: str, number: str, document: Document, on: dt.date
) -> Receipt:
    """Undo a join: this document leads to its earlier person again, or to no one. Recorded data stays where it was recorded.

    Ledger: line:document:unlinked, for each line of the person. Refuses: NOT_ALLOWED, LineNotFound, NOT_REGISTERED, DOCUMENT_NOT_LINKED.
    """
    require(authority, Permission.UNLINK_DOCUMENTS)

    def do() -> tuple[LineId, EntryId]:
        line = locked_line(authority, number, on=on)
        require_subscriber(authority, line, document, on=on, must_prove=False)
        tenure = current_tenure(line.line_id)
        checked = document_as_recorded(document, on)
        (known,) = find_persons(document_index([checked]))
        if tenure is None or known is None:
            raise DOCUMENT_NOT_LINKED(line=line.line_id)
        theirs = dict.fromkeys((line.line_id, *lines_in_force_of(tenure.person_id)))
        entry, *_ = _mark(authority, Verb.DOCUMENT_UNLINKED, list(theirs), tenure.person_id, {}, on=on)
        is_parted = (
            unlink_document(known, document=checked)
            if known == tenure.person_id
            else unlink_person(known, entry_id=entry)
        )
        if not is_parted:
            raise DOCUMENT_NOT_LINKED(line=line.line_id)
        return line.line_id, entry

    return run_once(
        submission_key, verb=Verb.DOCUMENT_UNLINKED, on=on, about=on_number(authority, number), do=do
    )


def _shown(
    authority: Authority, number: str, document: Document | None, *, on: dt.date
) -> tuple[LineView, PersonId]:
    line = locked_line(authority, number, on=on)
    require_subscriber(authority, line, document, on=on)
    tenure = current_tenure(line.line_id)
    assert tenure is not None  # noqa: S101 - the subscriber was shown
    return line, tenure.person_id


def check_further_document(
    authority: Authority, further: Document, *, double_checked: bool, on: dt.date, approved_by: StaffId | None = None
) -> Document:  # fmt: skip
    """Return a further document as it is recorded. Refuses: InvalidDocumentNumber, DOCUMENT_DOUBTFUL, DocumentNeedsSupervisor."""
    kind = normalise_type(further[0])
    checked = check_number(kind, further[1], on)
    reasons = ", ".join(checked.reasons)
    if checked.verdict is Verdict.INVALID:
        raise InvalidDocumentNumber(part="further", reasons=reasons)
    if checked.verdict is Verdict.DOUBTFUL and not double_checked:
        raise DOCUMENT_DOUBTFUL(part="further", reasons=reasons)
    if Reason.CHECK_DIGIT in checked.reasons and not is_supervisor_check(authority, approved_by=approved_by):
        raise DocumentNeedsSupervisor(part="further")
    return kind, checked.normalised


def _add(subscriber: PersonId, document: Document, *, on: dt.date) -> None:
    """Add an unknown document. A concurrent registration with it makes it known."""
    try:
        add_document(subscriber, document=document, on=on)
    except DocumentOfAnother:
        raise ConcurrentChange from None


def _join(
    authority: Authority, subscriber: PersonId, known: PersonId, *, entry_id: EntryId, shown: Sequence[bytes], on: dt.date
) -> None:  # fmt: skip
    whole = principals({subscriber, known})
    if whole[subscriber] == whole[known]:
        raise DOCUMENT_ALREADY_LINKED()
    for reference in references_of(known):
        refuse_protected_subscriber(authority, reference, on=on)
    if (kind_of(subscriber) == PartyKind.COMPANY) != (kind_of(known) == PartyKind.COMPANY):
        raise DOCUMENTS_INCOMPATIBLE()
    # Wait for concurrent registrations under either document, so that they exceed no limit together.
    lock_line_limits([str(person) for person in whole.values()])
    # Another counter joined or separated documents while this one waited.
    if principals({subscriber, known}) != whole:
        raise ConcurrentChange
    link_persons(subscriber, known, on=on, entry_id=entry_id, shown=shown)


def _mark(
    authority: Authority, verb: Verb, line_ids: Sequence[LineId], subscriber: PersonId, facts: dict[str, str | bool], *,
    on: dt.date,
) -> list[EntryId]:  # fmt: skip
    """Append a ledger entry for each of these lines, and notify each; return the entries."""
    permission = Permission.LINK_DOCUMENTS if verb is Verb.DOCUMENT_LINKED else Permission.UNLINK_DOCUMENTS
    role, pack_hash = require(authority, permission), load_pack(instance().pack).hash
    language, entries = language_of(subscriber), []
    for line_id in line_ids:
        tenure = current_tenure(line_id)
        entries.append(append_entry(
            authority, verb=verb, role=role, on=on, line_id=line_id, person_id=tenure.person_id if tenure else None,
            commitment=tenure.commitment if tenure else None, facts=facts,
        ))  # fmt: skip
        enqueue_notice(
            line_id, kind=NoticeKind.RECORD_CHANGED, language=language, promised_on=None, pack_hash=pack_hash, on=on
        )  # fmt: skip
    return entries
