# SPDX-License-Identifier: EUPL-1.2
"""Records true identity: one registration at the counter and thousands from a file take the same steps.

In one transaction: look for receipts, lock the lines, check the data given against the pack, decide, give the people
references, seal, begin the tenures, lift suspensions for missing registration, tell the network and the subscriber, append the
entries, keep the receipts. A batch has no number and no key twice. A refused submission does not stop the others.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.lookups import counted_lookups
from rollkeeper.access.roles import Permission
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.database import action, one_statement, pipeline
from rollkeeper.kernel.errors import RollkeeperError, as_one
from rollkeeper.kernel.ids import LineId, PersonId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, require_act
from rollkeeper.law.kinds import Attribute
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack
from rollkeeper.lines.choices import AccessKind, AccessOutcome
from rollkeeper.lines.counter_codes import number_index_of_handle
from rollkeeper.lines.errors import (
    COUNTER_CODE_INVALID,
    LineNotFound,
)
from rollkeeper.lines.lookups import count_access, count_access_later, hidden_lines, mark_access
from rollkeeper.lines.numbers import normalise_identifier, service_guess
from rollkeeper.lines.queries import LineView, find_line_keys
from rollkeeper.lines.regions import regions_of_new_lines
from rollkeeper.lines.writes import lock_numbers, lock_numbers_later
from rollkeeper.registration import persistence
from rollkeeper.registration.accesses import (
    Looked,
    Outcome,
    Waiting,
    judge,
    masked,
    note_compared,
    record_accesses,
)
from rollkeeper.registration.approvals import is_supervisor_check, require_approval
from rollkeeper.registration.decisions import Situation, refusal
from rollkeeper.registration.errors import (
    NO_REGISTRATION_DUTY,
    PAYMENT_NOT_REGISTERED,
    SUBMISSION_KEY_USED,
)
from rollkeeper.registration.kind_rules import faults_of_kind, good_through, noted_check, noted_proof
from rollkeeper.registration.line_limits import Limits, LineRequest, count_limits
from rollkeeper.registration.payments import payment_faults, payment_of
from rollkeeper.registration.persistence import Context, Draft
from rollkeeper.registration.receipts import (
    find_receipts,
    find_receipts_later,
    receipt_is_of_another,
    repeat_receipt,
    retry_on_conflict,
)
from rollkeeper.registration.rules import (
    ReadParts,
    asked,
    asked_of_line,
    doubtful_documents,
    is_usable_key,
    needs_supervisor,
    read_parts,
    usable_of_line,
)
from rollkeeper.registration.situations import Found, find_people, look_around
from rollkeeper.registration.submissions import (
    NEW_CONTRACT_KINDS,
    NEW_TENURE_KINDS,
    Receipt,
    RegistrationKind,
    Submission,
)
from rollkeeper.registration.undocumented_ways import asked_without_document, route_of, without_document_type
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.vault.blind_index import blind_numbers
from rollkeeper.vault.services import announce_sealing, one_epoch

PERMISSIONS = {
    RegistrationKind.RELOCATE: Permission.CHANGE_LINE,
    RegistrationKind.CHANGE: Permission.CHANGE_LINE,
}


def active_pack(on: dt.date | None = None) -> Pack:
    """Return the pack of this instance, if it requires registration on a day, by default today. Refuses: NO_REGISTRATION_DUTY if it
    requires no registration; and as `require_act`.
    """
    pack = load_pack(instance().pack)
    if not pack.duty:
        raise NO_REGISTRATION_DUTY(pack=pack.id)
    require_act(pack, Act.COLLECT, on=on or clock.today())
    return pack


def record(
    authority: Authority, submissions: Sequence[Submission], *, action_kind: RegistrationKind, on: dt.date
) -> list[Outcome]:
    """Record each submission or say why not, in their order.

    Precondition: no number and no submission key occurs twice. Refuses, as a whole: NOT_ALLOWED, NO_REGISTRATION_DUTY,
    APPROVAL_NEEDED, ConcurrentUpdate.
    """
    role = require(authority, PERMISSIONS.get(action_kind, Permission.REGISTER))
    pack = active_pack(on)
    for one in submissions:
        require_approval(authority, action_kind.value, approved_by=one.approved_by)
    context = Context(authority, role.value, pack, asked(pack), action_kind, on)
    return retry_on_conflict(lambda: _record(context, submissions), is_done=_is_one_receipt)


def _is_one_receipt(outcomes: Sequence[Outcome]) -> bool:
    return len(outcomes) == 1 and isinstance(outcomes[0], Receipt)


def check_registration(
    authority: Authority, submission: Submission, *, action_kind: RegistrationKind, on: dt.date
) -> RollkeeperError | None:
    """Return why a submission would be refused now, None if it would be accepted; nothing is registered or sealed.

    Ledger: line:access:recorded. Refuses: NOT_ALLOWED, NO_REGISTRATION_DUTY, AccessLimitReached.
    """
    role, pack = require(authority, PERMISSIONS.get(action_kind, Permission.REGISTER)), active_pack(on)
    context = Context(authority, role.value, pack, asked(pack), action_kind, on)
    outcomes: dict[int, Outcome] = {}
    with action():
        looked = _look(context, [submission], outcomes)
        _decide(context, looked, outcomes)
        record_accesses(context, looked, outcomes, is_asked_only=True)
    refused = outcomes.get(0)
    return refused if isinstance(refused, RollkeeperError) else None


def _record(context: Context, submissions: Sequence[Submission]) -> list[Outcome]:
    with one_epoch():
        return _recorded(context, submissions)


def _recorded(context: Context, submissions: Sequence[Submission]) -> list[Outcome]:
    outcomes: dict[int, Outcome] = {}
    if len(submissions) == 1 and not submissions[0].number.startswith("handle:"):
        looked = _look_at_once(context, submissions, outcomes)
    else:
        _answer_known(context, submissions, outcomes)
        looked = _look(context, submissions, outcomes)
    drafts = _decide(context, looked, outcomes)
    if len(submissions) == 1 and drafts and looked.compared:
        count_access(context.authority, AccessKind.DOCUMENT, on=context.on)
    for draft, receipt in zip(drafts, persistence.write(context, drafts), strict=True):
        outcomes[draft.position] = receipt
    # A refusal may come from an earlier identical submission: then its receipt is the answer.
    refused = [(p, s) for p, s in enumerate(submissions) if isinstance(outcomes[p], RollkeeperError)]
    if refused:
        _answer_known(context, [s for _, s in refused], outcomes, positions=[p for p, _ in refused])
    record_accesses(context, looked, outcomes)
    return [outcomes[position] for position in range(len(submissions))]


def _answer_known(
    context: Context,
    submissions: Sequence[Submission],
    outcomes: dict[int, Outcome],
    positions: Sequence[int] | None = None,
) -> None:
    known = find_receipts([s.submission_key for s in submissions if is_usable_key(s.submission_key)])
    _answer(context, submissions, known, outcomes, positions)


def _answer(
    context: Context,
    submissions: Sequence[Submission],
    known: Mapping[str, Receipt],
    outcomes: dict[int, Outcome],
    positions: Sequence[int] | None = None,
) -> None:
    lines = find_line_keys([one.line_id for one in known.values()])
    for position, submission in zip(positions or range(len(submissions)), submissions, strict=True):
        if receipt := known.get(submission.submission_key):
            is_of_another = receipt_is_of_another(context.authority, submission, lines.get(receipt.line_id))
            outcomes[position] = (
                SUBMISSION_KEY_USED(day=receipt.day)
                if is_of_another
                else repeat_receipt(receipt, verb=context.action_kind.verb)
            )


def _with_numbers(
    context: Context, submissions: Sequence[Submission], outcomes: dict[int, Outcome]
) -> list[Waiting]:
    numbers: dict[int, str] = {}
    shown: list[Waiting] = []
    for position, submission in enumerate(submissions):
        if position not in outcomes and submission.number.startswith("handle:"):
            index = number_index_of_handle(context.authority, submission.number)
            if index is None:
                outcomes[position] = COUNTER_CODE_INVALID()
            else:
                shown.append(Waiting(position, submission, "", index))
        elif position not in outcomes:
            try:
                service = submission.service or service_guess(submission.number)
                numbers[position] = normalise_identifier(
                    submission.number, service=service, country=instance().country_code
                )
            except RollkeeperError as fault:
                outcomes[position] = fault
    if len(set(numbers.values())) != len(numbers):
        raise ValueError("a batch holds no number twice")
    indexes = blind_numbers(list(numbers.values()))
    return shown + [
        Waiting(position, submissions[position], number, index)
        for (position, number), index in zip(numbers.items(), indexes, strict=True)
    ]


def _look(context: Context, submissions: Sequence[Submission], outcomes: dict[int, Outcome]) -> Looked:
    """Lock the lines that have these numbers, and check the data given against the pack."""
    if len(submissions) == 1:
        count_access(context.authority, AccessKind.LOOKUP, counted=False, on=context.on)
    waiting = _with_numbers(context, submissions, outcomes)
    lines = lock_numbers([one.number_index for one in waiting], by_same_statements=_is_for_existing(context))
    return _seen(context, waiting, lines, outcomes)


def _look_at_once(
    context: Context, submissions: Sequence[Submission], outcomes: dict[int, Outcome]
) -> Looked:
    """Answer a key that was used before, or look up the line, in one round trip: so a person at a counter waits once instead of four times."""
    faults: dict[int, Outcome] = {}
    waiting = _with_numbers(context, submissions, faults)
    counted: Callable[[], None] | None = None
    try:
        with counted_lookups(), pipeline():
            with one_statement():
                announce_sealing()
                known = find_receipts_later(
                    [one.submission_key for one in submissions if is_usable_key(one.submission_key)]
                )
                counted = count_access_later(
                    context.authority, AccessKind.LOOKUP, counted=False, on=context.on
                )
            locked = lock_numbers_later(
                [one.number_index for one in waiting], by_same_statements=_is_for_existing(context)
            )
    except RollkeeperError:
        if counted:
            counted()  # If both limits are reached, name the staff member's limit, since reaching it is recorded.
        raise
    _answer(context, submissions, known(), outcomes)
    counted()
    lines = locked()
    if outcomes or faults:
        outcomes.update(faults | outcomes)
        return Looked({}, set())
    return _seen(context, waiting, lines, outcomes)


def _is_for_existing(context: Context) -> bool:
    return context.action_kind not in NEW_CONTRACT_KINDS


def _seen(
    context: Context,
    waiting: Sequence[Waiting],
    lines: Sequence[LineView | None],
    outcomes: dict[int, Outcome],
) -> Looked:
    there = [line.line_id for line in lines if line] or (
        [LineId(new_uuid())] if _is_for_existing(context) else []
    )
    hidden = hidden_lines(context.authority, there)
    looked = Looked({one.position: line for one, line in zip(waiting, lines, strict=True)}, hidden)
    looked.read.extend(_read(context, waiting, looked, outcomes))
    return looked


def _read(
    context: Context, waiting: Sequence[Waiting], looked: Looked, outcomes: dict[int, Outcome]
) -> Iterator[tuple[Waiting, LineView | None, ReadParts]]:
    for one in waiting:
        line = looked.lines[one.position]
        is_hidden = line is not None and line.line_id in looked.hidden
        if (not one.number and (line is None or line.is_over)) or (
            context.action_kind not in NEW_CONTRACT_KINDS and (line is None or is_hidden)
        ):
            # A handle refers to an existing line; for a new line the number must be given. Other actions need an existing line.
            outcomes[one.position] = LineNotFound()
            continue
        # For a hidden line that is registered, ask only what the number itself suggests, so that the questions reveal nothing of the line.
        guessed = _service(one, None) if one.number else None
        service = guessed if guessed and is_hidden and line and line.is_registered else _service(one, line)
        payment = payment_of(context.pack, one.submission, None if is_hidden else line)
        parts = _parts(context, one, service=service.value, payment=payment)
        faults = parts if isinstance(parts, list) else _unseen(context, one.submission, parts)
        if faults:
            outcomes[one.position] = as_one(faults)
            # The questions may depend on how a line is paid: then the faults reveal that the line exists, and how it is paid.
            tells_of_line = payment != payment_of(context.pack, one.submission, None) or (
                faults[0].code == PAYMENT_NOT_REGISTERED.code and not one.submission.payment
            )
            if service is guessed and context.action_kind in NEW_CONTRACT_KINDS and not tells_of_line:
                looked.faulty.add(one.position)
        elif isinstance(parts, ReadParts):
            yield one, line, parts


def _parts(
    context: Context, one: Waiting, *, service: str, payment: Payment
) -> ReadParts | list[RollkeeperError]:
    submission = one.submission
    needed_facts = asked_of_line(
        context.asked, payment=payment, is_remote=submission.is_remote,
        demands_line=not submission.is_late and context.action_kind is not RegistrationKind.CHANGE,
    )  # fmt: skip
    if context.action_kind in NEW_TENURE_KINDS and (faults := payment_faults(context.pack, service, payment)):
        return faults
    route = (
        route_of(context.pack, submission, service=service, action_kind=context.action_kind)
        if submission.route
        else None
    )
    if isinstance(route, RollkeeperError):
        return [route]
    if submission.is_late:
        submission = _usable(
            submission, needed_facts(service, submission.asked_as, PartyRole.SUBSCRIBER), on=context.on
        )
    if route:
        needed_facts, submission = asked_without_document(needed_facts), without_document_type(submission)
    law = context.pack.for_service(service)
    parts = read_parts(
        needed_facts, submission=submission, service=service, pack_id=context.pack.id, on=context.on
    )
    faults = [] if isinstance(parts, ReadParts) else parts
    faults += faults_of_kind(law, submission, action_kind=context.action_kind, payment=payment, on=context.on)
    through = good_through(context.pack, submission, on=context.on)
    if isinstance(through, list):
        return [*faults, *through]
    if faults or not isinstance(parts, ReadParts):
        return faults
    check = noted_check(law, submission, payment=payment)
    shown = noted_proof(context.pack, submission, action_kind=context.action_kind)
    return replace(parts, route=route, good_through=through, identity_check=check, authority_shown=shown)


def _usable(submission: Submission, attributes: Sequence[Attribute], *, on: dt.date) -> Submission:
    """Return a submission without attributes of the line that cannot be recorded: its subscriber has left and cannot be asked."""
    subscriber = usable_of_line(submission.parts.get(PartyRole.SUBSCRIBER, {}), attributes, on=on)
    return submission.with_parts({**submission.parts, PartyRole.SUBSCRIBER: subscriber})


def _unseen(context: Context, submission: Submission, parts: ReadParts) -> list[RollkeeperError]:
    """Return faults of documents that need another look: a doubtful number a second check by staff, a failed check digit a supervisor."""
    if not submission.document_seen:
        return []
    if not submission.double_checked:
        return doubtful_documents(parts, on=context.on)
    looks = is_supervisor_check(context.authority, approved_by=submission.approved_by)
    needed = None if looks else needs_supervisor(parts, on=context.on)
    return [needed] if needed else []


def _service(one: Waiting, line: LineView | None) -> Service:
    if line is not None and not line.is_over:
        return line.service
    return one.submission.service or service_guess(one.number)


def _decide(context: Context, looked: Looked, outcomes: dict[int, Outcome]) -> list[Draft]:
    """Decide each submission that could be read; note the reason of each refusal, and return the drafts of the others."""
    found = find_people(context, looked.read)
    may_compare = note_compared(
        context, looked, [one.subscriber for one in found], [one.shows_a_document for one in found]
    )
    around = look_around(context, found)
    limits = count_limits(context, around.applicants())
    drafts: list[Draft] = []
    regions = regions_of_new_lines([one.waiting.number for one in found])
    for one, region_of_number in zip(found, regions, strict=True):
        line, position = one.line, one.waiting.position
        region = region_of_number if line is None or line.is_over else line.region
        verdict = (
            _verdict(context, looked, limits, one, around.situation(one), region)
            if may_compare
            else masked(context, line.line_id if line else None)
        )
        if isinstance(verdict, RollkeeperError):
            outcomes[position] = looked.refuse(context, position, verdict)
            continue
        if len(found) == 1:  # A refusal during the writing must be recorded as an access, too.
            mark_access(
                context.authority, AccessOutcome.FOUND if line else AccessOutcome.NOT_FOUND, on=context.on,
                line_id=line.line_id if line else None, matched=position in looked.compared or None,
                person_id=looked.counted.get(position, (None, False))[0], subject=str(position),
            )  # fmt: skip
        drafts.append(_draft(context, one, passed=verdict, renewed_by=around.renewed_by(one), region=region))
    return drafts


def _verdict(
    context: Context, looked: Looked, limits: Limits, found: Found, situation: Situation, region: str | None
) -> tuple[str, ...] | RollkeeperError:
    """Return why a submission is refused, or the articles of the limits that a supervisor waived."""
    waiting, line = found.waiting, found.line
    asked_for = LineRequest(
        waiting.submission, found.document, _service(waiting, line),
        payment_of(context.pack, waiting.submission, line), situation, region, context.on,
    )  # fmt: skip
    return refusal(context.action_kind, situation=situation, on=context.on) or judge(
        context, looked, limits, asked_for, position=waiting.position
    )


def _draft(
    context: Context, found: Found, *, passed: tuple[str, ...], renewed_by: PersonId | None, region: str | None
) -> Draft:  # fmt: skip
    waiting = found.waiting
    service, submission = _service(waiting, found.line), waiting.submission
    if context.pack.for_service(service.value).document_copy is None:
        submission = replace(submission, copies={})
    return Draft(
        waiting.position, submission, waiting.number, waiting.number_index, service, found.line,
        found.parts, context.on, renewed_by=renewed_by, former=found.former, former_of=found.by_former, passed=passed,
        transferor=found.transferor, known=found.by_document, region=region,
    )  # fmt: skip
