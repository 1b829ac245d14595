# SPDX-License-Identifier: EUPL-1.2
"""Records true identity: one registration at the counter and thousands from a file go the same way.

In one transaction: look for receipts, lock the lines, read what was given against what the pack asks, decide, refer to
the people, seal, begin the holdings, lift want of registration, tell the network and the holder, append the entries,
keep the receipts. A batch holds no number and no key twice. A refusal of one leaves the others.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.documents.assurance import assurance_of
from rollkeeper.documents.rules import check_number, normalise_type
from rollkeeper.enrolment import recording
from rollkeeper.enrolment.deciding import Giving, Situation, refusal
from rollkeeper.enrolment.errors import NothingMayBeAsked, SubmissionKeyUsed
from rollkeeper.enrolment.limiting import Taking, count_limits, lock_documents, one_person
from rollkeeper.enrolment.receipts import answer_again, find_receipts, until_unraced
from rollkeeper.enrolment.recording import Draft, Frame
from rollkeeper.enrolment.routes import asked_without_document, bare_of_document, route_of
from rollkeeper.enrolment.rules import (
    ReadParts,
    asked,
    is_usable_key,
    needs_supervisor,
    read_parts,
    second_look,
)
from rollkeeper.enrolment.seconding import demand_second, may_look_as_supervisor
from rollkeeper.enrolment.submissions import ROW_KEY, Deed, Receipt, Submission
from rollkeeper.kernel.database import act
from rollkeeper.kernel.errors import Faults, RollkeeperError
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.changes import lock_numbers
from rollkeeper.lines.errors import CodeNotShown, LineNotFound, RecordProtected
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.lines.queries import (
    LineView,
    Mark,
    accepted_through,
    find_marks,
    last_holder,
    present_holders,
    sealed_records,
)
from rollkeeper.lines.shown import index_in_hand
from rollkeeper.lines.states import Service
from rollkeeper.network.queries import still_served
from rollkeeper.subscribers.kinds import Part
from rollkeeper.subscribers.queries import document_index, find_persons, replaced_on, with_documents
from rollkeeper.vault.blind import blind_numbers

type Outcome = Receipt | RollkeeperError

POWERS = {Deed.RELOCATE: Power.CHANGE_LINE, Deed.CHANGE: Power.CHANGE_LINE}


@dataclass(frozen=True, slots=True, repr=False)
class _Waiting:
    """A submission whose number was read, at its place in the batch."""

    place: int
    submission: Submission
    number: str
    number_index: bytes


def law_in_force() -> Pack:
    """Return the pack of this home. Refuses: NothingMayBeAsked, where it has nobody register."""
    pack = load_pack(settings().pack)
    if not pack.duty:
        raise NothingMayBeAsked(pack=pack.id)
    return pack


def record(
    authority: Authority, submissions: Sequence[Submission], *, deed: Deed, on: dt.date
) -> list[Outcome]:
    """Record each submission or say why not, in their order.

    Precondition: no number and no submission key stands twice among them.
    Refuses, as a whole: NotAllowed, NothingMayBeAsked, SecondPersonNeeded, BusyElsewhere.
    """
    role = demand(authority, POWERS.get(deed, Power.ENROL))
    pack = law_in_force()
    for one in submissions:
        demand_second(authority, deed.value, seconded_by=one.seconded_by)
    frame = Frame(authority, role.value, pack, asked(pack), deed, on)
    return until_unraced(lambda: _record(frame, submissions))


def judge(authority: Authority, submission: Submission, *, deed: Deed, on: dt.date) -> RollkeeperError | None:
    """Return why a submission would be refused now, None where it would not be; nothing is recorded and nothing sealed.

    Refuses: NotAllowed, NothingMayBeAsked.
    """
    role, pack = demand(authority, POWERS.get(deed, Power.ENROL)), law_in_force()
    frame = Frame(authority, role.value, pack, asked(pack), deed, on)
    outcomes: dict[int, Outcome] = {}
    with act():
        waiting = _with_numbers(frame, [submission], outcomes)
        lines = lock_numbers([one.number_index for one in waiting])
        _decide(frame, _read(frame, waiting, lines, outcomes), outcomes)
    refused = outcomes.get(0)
    return refused if isinstance(refused, RollkeeperError) else None


def _record(frame: Frame, submissions: Sequence[Submission]) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    _answer_known(frame, submissions, outcomes)
    waiting = _with_numbers(frame, submissions, outcomes)
    lines = lock_numbers([w.number_index for w in waiting])
    read = _read(frame, waiting, lines, outcomes)
    drafts = _decide(frame, read, outcomes)
    for draft, receipt in zip(drafts, recording.write(frame, drafts), strict=True):
        outcomes[draft.place] = receipt
    # Whoever did the same first may have made a second time impossible: their receipt is the answer.
    refused = [(p, s) for p, s in enumerate(submissions) if isinstance(outcomes[p], RollkeeperError)]
    if refused:
        _answer_known(frame, [s for _, s in refused], outcomes, places=[p for p, _ in refused])
    return [outcomes[place] for place in range(len(submissions))]


def _answer_known(
    frame: Frame,
    submissions: Sequence[Submission],
    outcomes: dict[int, Outcome],
    places: Sequence[int] | None = None,
) -> None:
    known = find_receipts([s.submission_key for s in submissions if is_usable_key(s.submission_key)])
    lines = find_marks([one.line_id for one in known.values()])
    for place, submission in zip(places or range(len(submissions)), submissions, strict=True):
        if receipt := known.get(submission.submission_key):
            is_of_another = _is_of_another(submission, lines.get(receipt.line_id))
            outcomes[place] = (
                SubmissionKeyUsed(verb=receipt.verb, day=receipt.day)
                if is_of_another
                else answer_again(receipt, verb=frame.deed.verb)
            )


def _is_of_another(submission: Submission, line: Mark | None) -> bool:
    """Tell whether a receipt is about another line than this submission, or about a contract that is over.

    A file may have the customer's number as its key, and a customer several lines; a row without a key has one made of its
    content, and may ask for a second contract in the very words of the first. Whoever is answered with the receipt of
    something else is not registered and thinks that they are.
    """
    if line is None or submission.number.startswith("hand:"):
        return False
    if line.is_over and submission.submission_key.startswith(ROW_KEY):
        return True
    try:
        service = submission.service or service_guess(submission.number)
        number = normalise_identifier(submission.number, service=service, country=settings().country_code)
    except RollkeeperError:
        return False
    return line.number_index is not None and blind_numbers([number]) != [line.number_index]


def _with_numbers(
    frame: Frame, submissions: Sequence[Submission], outcomes: dict[int, Outcome]
) -> list[_Waiting]:
    numbers: dict[int, str] = {}
    shown: list[_Waiting] = []
    for place, submission in enumerate(submissions):
        if place not in outcomes and submission.number.startswith("hand:"):
            index = index_in_hand(frame.authority, submission.number)
            if index is None:
                outcomes[place] = CodeNotShown()
            else:
                shown.append(_Waiting(place, submission, "", index))
        elif place not in outcomes:
            try:
                service = submission.service or service_guess(submission.number)
                numbers[place] = normalise_identifier(
                    submission.number, service=service, country=settings().country_code
                )
            except RollkeeperError as fault:
                outcomes[place] = fault
    if len(set(numbers.values())) != len(numbers):
        raise ValueError("a batch holds no number twice")
    indexes = blind_numbers(list(numbers.values()))
    return shown + [
        _Waiting(place, submissions[place], number, index)
        for (place, number), index in zip(numbers.items(), indexes, strict=True)
    ]


def _read(
    frame: Frame, waiting: Sequence[_Waiting], lines: Sequence[LineView | None], outcomes: dict[int, Outcome]
) -> list[tuple[_Waiting, LineView | None, ReadParts]]:
    read: list[tuple[_Waiting, LineView | None, ReadParts]] = []
    for one, line in zip(waiting, lines, strict=True):
        if not one.number and (line is None or line.is_over):
            # What was shown is a line; whoever takes a number that nobody has says which number it is.
            outcomes[one.place] = LineNotFound()
            continue
        parts = _parts(frame, one, service=_service(one, line).value)
        faults = parts if isinstance(parts, list) else _unseen(frame, one.submission, parts)
        if faults:
            outcomes[one.place] = faults[0] if len(faults) == 1 else Faults(faults)
        elif isinstance(parts, ReadParts):
            read.append((one, line, parts))
    return read


def _parts(frame: Frame, one: _Waiting, *, service: str) -> ReadParts | list[RollkeeperError]:
    asked_of, submission = frame.asked, one.submission
    route = route_of(frame.pack, submission, service=service, deed=frame.deed) if submission.route else None
    if isinstance(route, RollkeeperError):
        return [route]
    if route:
        asked_of, submission = asked_without_document(asked_of), bare_of_document(submission)
    parts = read_parts(asked_of, submission=submission, service=service, pack_id=frame.pack.id, on=frame.on)
    return replace(parts, route=route) if isinstance(parts, ReadParts) else parts


def _unseen(frame: Frame, submission: Submission, parts: ReadParts) -> list[RollkeeperError]:
    """A doubtful number needs a second look where somebody has the document before them; a failed check digit a supervisor."""
    if not submission.in_sight:
        return []
    if not submission.looked_twice:
        return second_look(parts, on=frame.on)
    looks = may_look_as_supervisor(frame.authority, seconded_by=submission.seconded_by)
    needed = None if looks else needs_supervisor(parts, on=frame.on)
    return [needed] if needed else []


def _service(one: _Waiting, line: LineView | None) -> Service:
    if line is not None and not line.is_over:
        return line.service
    return one.submission.service or service_guess(one.number)


def _decide(
    frame: Frame, read: Sequence[tuple[_Waiting, LineView | None, ReadParts]], outcomes: dict[int, Outcome]
) -> list[Draft]:
    holders = present_holders([line.line_id for _, line, _ in read if line is not None])
    documents = [parts.parts[Part.HOLDER].document for _, _, parts in read]
    formerly = [_former(one.submission, on=frame.on) for one, _, _ in read]
    if frame.limits:
        lock_documents([*documents, *formerly])
    shown, former = _known_by_document(documents), _known_by_document(formerly)
    article = frame.pack.act_article(frame.deed.value) or ""
    givers = _givers(frame, [one.submission for one, _, _ in read])
    held_by = [
        None if line is None else last_holder(line.line_id) if line.is_over else holders.get(line.line_id)
        for _, line, _ in read
    ]
    # Whoever has several documents is one person under each of them.
    one = one_person(
        frame, [*shown, *former, *held_by, *(giver.person if giver else None for giver in givers)]
    )
    limits = count_limits(frame, [one[person] for person in (*shown, *former) if person])
    replaced = _replaced(frame, documents)
    documented = with_documents(holders.values()) if frame.deed is Deed.TRANSFER else set()
    sealed = _sealed_from(frame, [line.line_id for _, line, _ in read if line is not None])
    served = still_served([line.line_id for _, line, _ in read if line is not None and line.is_over])
    accepted = accepted_through([line.line_id for _, line, parts in read if line is not None and parts.route])
    makes_anew = frame.deed in {Deed.REGISTER, Deed.INSTALL}  # a new contract touches nobody's record
    drafts: list[Draft] = []
    for (waits, line, parts), by_document, by_former, formerly_shown, held, old, giver in zip(
        read, shown, former, formerly, held_by, replaced, givers, strict=True
    ):
        holder, known = held and one[held], by_former or by_document
        situation = Situation(
            line=line, holder=holder, shown=known and one[known], service=waits.submission.service, article=article,
            shows_document=parts.parts[Part.HOLDER].document is not None,
            quarantine_days=frame.pack.number_quarantine_days, holder_has_document=held in documented,
            replaced_on=None if waits.submission.former_was_wrong else old,
            giver=giver and replace(giver, person=giver.person and one[giver.person]),
            is_served=line is not None and line.line_id in served,
            is_sealed=line is not None and line.line_id in sealed and not makes_anew, route=parts.route,
            accepted_through=accepted.get(line.line_id) if line is not None and parts.route else None,
        )  # fmt: skip
        verdict = refusal(frame.deed, situation=situation, on=frame.on) or limits.judge(
            Taking(waits.submission, parts.parts[Part.HOLDER].document, _service(waits, line), situation)
        )  # fmt: skip
        if isinstance(verdict, RollkeeperError):
            # Why it is refused would say how the line of somebody under protection stands.
            is_named = line is not None and line.line_id in sealed
            outcomes[waits.place] = RecordProtected() if is_named else verdict
        else:
            is_newer = by_former is not None and (by_document is None or one[by_former] != one[by_document])
            drafts.append(
                Draft(waits.place, waits.submission, waits.number, waits.number_index, _service(waits, line), line, parts, frame.on,
                      renewed_by=by_former if is_newer else None, former=formerly_shown, former_of=by_former, passed=verdict,
                      giver=giver, known=by_document)
            )  # fmt: skip
    return drafts


def _sealed_from(frame: Frame, line_ids: Sequence[LineId]) -> set[LineId]:
    """Return the lines whose records are sealed from who acts."""
    if frame.authority.role_for(Power.SEE_PROTECTED):
        return set()
    return sealed_records(line_ids)


def _former(submission: Submission, *, on: dt.date) -> tuple[str, str] | None:
    if submission.former_document is None:
        return None
    kind = normalise_type(submission.former_document[0])
    return kind, check_number(kind, submission.former_document[1], on).normalised


def _givers(frame: Frame, submissions: Sequence[Submission]) -> list[Giving | None]:
    """Return who gives up the lines that are transferred, as they are shown."""
    if frame.deed is not Deed.TRANSFER:
        return [None] * len(submissions)
    checked = [
        (kind, check_number(kind, s.giver.document[1], frame.on), s.in_sight)
        if s.giver and (kind := normalise_type(s.giver.document[0]))
        else None
        for s in submissions
    ]
    documents = [(one[0], one[1].normalised) if one else None for one in checked]
    known, replaced = _known_by_document(documents), _replaced(frame, documents)
    return [
        Giving(person, assurance_of(in_sight=one[2], verdict=one[1].verdict), old) if one else None
        for one, person, old in zip(checked, known, replaced, strict=True)
    ]


def _replaced(frame: Frame, documents: Sequence[tuple[str, str] | None]) -> list[dt.date | None]:
    """Return when a newer one took the place of each, where an act belongs to whoever shows it."""
    if frame.deed in {Deed.REGISTER, Deed.INSTALL} or not any(documents):
        return [None] * len(documents)
    indexes = iter(document_index([document for document in documents if document]))
    marks = [next(indexes) if document else None for document in documents]
    found = replaced_on([mark for mark in marks if mark])
    return [found.get(mark) if mark else None for mark in marks]


def _known_by_document(documents: Sequence[tuple[str, str] | None]) -> list[PersonId | None]:
    places = [place for place, document in enumerate(documents) if document]
    persons = (
        find_persons(document_index([document for document in documents if document]), holds=True)
        if places
        else []
    )
    known: list[PersonId | None] = [None] * len(documents)
    for place, person in zip(places, persons, strict=True):
        known[place] = person
    return known
