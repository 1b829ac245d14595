# SPDX-License-Identifier: EUPL-1.2
"""Whether a person may have one more line, if the pack limits the number: correct even with two counters in the same second.

Before lines are counted, an applicant is locked by the index of each document shown, and then by their reference; a second
writer waits and counts the first one's line. Lines allowed in a batch count for its later rows. A person without a document is
new each time and has no limit. If people must reduce their lines, a line that is verified again counts as kept; a line that is not yet
decided does not count.
"""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.access.roles import Permission
from rollkeeper.kernel.choices import Payment, Service
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import PersonId
from rollkeeper.law.calendars import Term
from rollkeeper.law.limit_rules import LimitRule
from rollkeeper.law.rules import Refused
from rollkeeper.lines.line_counts import count_acquired_lines, count_current_lines, lock_line_limits
from rollkeeper.lines.queries import LineView
from rollkeeper.registration.decisions import Situation
from rollkeeper.registration.errors import (
    LIMIT_NEEDS_SUPERVISOR,
    LIMIT_REACHED,
    LIMIT_REACHED_IN_MONTH,
    LIMIT_REACHED_IN_MONTHS,
    LIMIT_REACHED_IN_PERIOD,
    LIMIT_REACHED_REMOTELY,
    LIMIT_REACHED_WITH_OTHERS,
    LINE_SELECTION_NEEDED,
    LINES_ELSEWHERE_MISSING,
    LINES_KEPT_ALREADY,
)
from rollkeeper.registration.persistence import Context
from rollkeeper.registration.rules import may_hold_another
from rollkeeper.registration.submissions import LINES_ELSEWHERE, RegistrationKind, Submission
from rollkeeper.subscribers.choices import PartyRole
from rollkeeper.subscribers.queries import document_index, principals

type Applicant = PersonId | tuple[str, str]
"""The person who takes a line: the reference known by the document, or the document itself if it is unknown."""


@dataclass(frozen=True, slots=True, repr=False)
class LineRequest:
    """One line requested by an applicant."""

    submission: Submission
    document: tuple[str, str] | None
    service: Service
    payment: Payment
    situation: Situation
    region: str | None
    on: dt.date

    @property
    def applicant(self) -> Applicant | None:
        """Return the person whose lines are counted; None for a person without a document, who is new each time."""
        return self.situation.shown or self.document

    @property
    def is_theirs(self) -> bool:
        """Tell whether the applicant already is the line's subscriber, so that only the registration was missing."""
        line, subscriber = self.situation.line, self.situation.subscriber
        return (
            line is not None
            and not line.is_over
            and subscriber is not None
            and subscriber == self.situation.shown
        )

    @property
    def is_chosen(self) -> bool:
        """Tell whether the applicant chooses to keep their own line, which a campaign asks them to verify again."""
        line = self.situation.line
        return self.is_theirs and line is not None and line.must_reverify

    def counted(self, rule: LimitRule, held: int) -> int:
        """Return how many lines count. A person who registers remotely gives the number with all operators, and only this number counts:
        otherwise the answer would reveal the lines here to anyone who knows a document's number. They count once the document was seen.
        """
        said = self.submission.lines_elsewhere or 0
        if not rule.is_national:
            return held
        return said if self.submission.self_declared else held + said

    def met_before(self, rule: LimitRule, kind: str) -> bool:
        """Tell whether the limit already applied to this line as recorded, or this is unknown; False if only the new kind of payment meets it."""
        line = self.situation.line
        recorded = line.payment if line is not None else Payment.UNKNOWN
        return recorded is Payment.UNKNOWN or self.is_concerned(rule, kind, recorded)

    def is_concerned(self, rule: LimitRule, kind: str, payment: Payment) -> bool:
        """Tell whether this line, paid in this way, counts for a limit. A line that is new to the person counts as activated today."""
        line, subscriber = self.situation.line, self.situation.subscriber
        is_taken_over = subscriber is not None and subscriber != self.situation.shown
        activated_on = self.on if line is None or line.is_over or is_taken_over else line.activated_on
        return rule.concerns(
            kind, self.service.value, payment.value, activated_on=activated_on, region=self.region
        )


@dataclass(frozen=True, slots=True, repr=False)
class Limits:
    """The limits of a pack, and how many lines each person in a batch has under each."""

    context: Context
    held: Sequence[Counter[Applicant]]
    kept: Sequence[Counter[Applicant]]
    """How many of these lines each person keeps, for limits to which people must reduce their lines; zero for other limits."""

    def judge(self, line_request: LineRequest) -> tuple[str, ...] | RollkeeperError:
        """Return the articles of the limits that a supervisor waives for this line, or why it may not be taken.

        An allowed line counts for later rows of the batch.
        """
        if line_request.applicant is None:
            return ()
        concerned, is_kept = self._concerned(line_request), self._is_kept(line_request.situation.line)
        submission, stopping = line_request.submission, self._stopping(line_request)
        is_unsaid = submission.lines_elsewhere is None and not submission.elsewhere_unasked
        if is_unsaid and (unsaid := next((rule for rule, _ in stopping if rule.is_national), None)):
            return LINES_ELSEWHERE_MISSING(
                part=PartyRole.SUBSCRIBER.key, attribute=LINES_ELSEWHERE, article=unsaid.article
            )
        over = [
            rule
            for rule, held in stopping
            if _is_over(rule, line_request.counted(rule, held[line_request.applicant]))
        ]
        kept = [
            rule
            for rule, kept in self._reducing(line_request)
            if _is_over(rule, kept[line_request.applicant])
        ]
        chosen = kept if line_request.is_chosen else []
        may_pass = submission.overrides_limit and self.context.authority.role_for(Permission.OVERRIDE_LIMIT)
        refused = next((rule for rule in (*over, *chosen) if rule.over != "review" or not may_pass), None)
        if refused:
            return _refusal(refused, is_chosen=refused in chosen)
        for rule, held in concerned:
            held[line_request.applicant] += not (is_kept and rule.window)
        for _, counted in self._reducing(line_request):
            counted[line_request.applicant] += line_request.is_chosen or not line_request.is_theirs
        return tuple(rule.article for rule in (*over, *chosen))

    def adds_what_is_said(self, line_request: LineRequest) -> bool:
        """Tell whether a limit adds a person's lines to a number that the applicant chose: trying numbers would reveal how many lines there are."""
        submission = line_request.submission
        said = submission.lines_elsewhere
        if line_request.applicant is None or said is None or submission.self_declared:
            return False
        return any(rule.is_national and not _is_over(rule, said) for rule, _ in self._stopping(line_request))

    def _concerned(self, line_request: LineRequest) -> list[tuple[LimitRule, Counter[Applicant]]]:
        kind = line_request.submission.asked_as
        return [
            (rule, held)
            for rule, held in zip(self.context.limits, self.held, strict=True)
            if self.context.takes_under(rule)
            and line_request.is_concerned(rule, kind, line_request.payment)
            and not (line_request.is_theirs and line_request.met_before(rule, kind))
        ]

    def _reducing(self, line_request: LineRequest) -> list[tuple[LimitRule, Counter[Applicant]]]:
        """Return the limits that this line meets and to which people must reduce their lines, with how many lines each person keeps."""
        kind = line_request.submission.asked_as
        return [
            (rule, kept)
            for rule, kept in zip(self.context.limits, self.kept, strict=True)
            if rule.reduces and line_request.is_concerned(rule, kind, line_request.payment)
        ]

    def _stopping(self, line_request: LineRequest) -> list[tuple[LimitRule, Counter[Applicant]]]:
        if self._is_kept(line_request.situation.line):
            return []
        is_remote = line_request.submission.self_declared
        return [one for one in self._concerned(line_request) if one[0].stops(remote=is_remote)]

    def _is_kept(self, line: LineView | None) -> bool:
        """Tell whether a line is older than the law: it is never refused, but it counts when the person takes another line."""
        if self.context.action_kind is not RegistrationKind.REGISTER or line is None or line.is_over:
            return False
        return line.activated_on < self.context.pack.file.valid.begins


def lock_documents(documents: Sequence[tuple[str, str] | None]) -> None:
    """Prevent other registrations under these documents until this transaction ends."""
    lock_line_limits([index.hex() for index in document_index([one for one in documents if one])])


def merged_persons(context: Context, persons: Sequence[PersonId | None]) -> dict[PersonId, PersonId]:
    """Return the person under whom each of these is counted and compared: several joined documents are one person.

    If the pack has limits, the persons are locked. Precondition: their documents are locked.
    """
    known = {person for person in persons if person}
    if not context.limits:
        return principals(known) if len(known) > 1 else {person: person for person in known}
    while True:
        whole = principals(known)
        lock_line_limits([str(person) for person in set(whole.values())])
        if principals(known) == whole:  # No documents of these people were joined while this process waited.
            return whole


def count_limits(context: Context, persons: Sequence[PersonId]) -> Limits:
    """Count what these people have under each limit. Precondition: they are locked."""
    return Limits(
        context,
        [_count(context, rule, persons) for rule in context.limits],
        [
            _count(context, rule, persons, only_kept=True) if rule.reduces else Counter()
            for rule in context.limits
        ],
    )


def _count(
    context: Context, rule: LimitRule, persons: Sequence[PersonId], *, only_kept: bool = False
) -> Counter[Applicant]:
    kinds, services = rule.party_kinds, rule.services
    if rule.window is None:
        counted = count_current_lines(
            persons, party_kinds=kinds, services=services, payments=rule.payments,
            activated_from=rule.activated_from, regions=rule.regions, only_kept=only_kept,
        )  # fmt: skip
    else:
        counted = count_acquired_lines(
            persons, party_kinds=kinds, services=services, payments=rule.payments,
            first_day=rule.window.first_day(context.on), law_begins=context.pack.file.valid.begins,
            activated_from=rule.activated_from, regions=rule.regions,
        )  # fmt: skip
    counter: Counter[Applicant] = Counter()
    for person, lines in counted.items():
        counter[person] = lines
    return counter


def _is_over(rule: LimitRule, held: int) -> bool:
    return isinstance(may_hold_another(held=held, limit=rule.n, article=rule.article), Refused)


def _refusal(rule: LimitRule, *, is_chosen: bool = False) -> RollkeeperError:
    if rule.channel:
        return LIMIT_REACHED_REMOTELY(allowed=rule.n, article=rule.article)
    if rule.over == "review":
        return LIMIT_NEEDS_SUPERVISOR(allowed=rule.n, article=rule.article)
    if is_chosen:
        return LINES_KEPT_ALREADY(allowed=rule.n, article=rule.article)
    if rule.window:
        return _refusal_in_time(rule, rule.window)
    if rule.is_national:  # A person whose lines are with other operators has no lines here to choose from.
        return LIMIT_REACHED_WITH_OTHERS(allowed=rule.n, article=rule.article)
    # If people must reduce their lines, they cannot keep all of them.
    kind = LINE_SELECTION_NEEDED if rule.over == "choose_keep" and not rule.reduces else LIMIT_REACHED
    return kind(allowed=rule.n, article=rule.article)


def _refusal_in_time(rule: LimitRule, window: Term) -> RollkeeperError:
    months = window.months + 12 * window.years
    if months == 1:
        return LIMIT_REACHED_IN_MONTH(allowed=rule.n, article=rule.article)
    if months:
        return LIMIT_REACHED_IN_MONTHS(allowed=rule.n, months=months, article=rule.article)
    return LIMIT_REACHED_IN_PERIOD(allowed=rule.n, days=window.days, article=rule.article)
