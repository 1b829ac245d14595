# SPDX-License-Identifier: EUPL-1.2
"""A refused registration reveals that a line or a document is in the register. This access is recorded, counted, and masked for hidden lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import LineId, PersonId
from rollkeeper.lines.choices import AccessKind, AccessOutcome
from rollkeeper.lines.errors import NUMBER_QUARANTINED, PORTED_NUMBER_QUARANTINED, AccessLimitReached
from rollkeeper.lines.lookups import count_access, hidden_persons, mark_access, record_access
from rollkeeper.lines.queries import LineView
from rollkeeper.registration.errors import (
    ALREADY_REGISTERED,
    DOCUMENT_REPLACED,
    LINES_ELSEWHERE_MISSING,
    NOT_THE_SUBSCRIBER,
    NUMBER_IN_USE,
    SAME_SUBSCRIBER,
    TRANSFEROR_NOT_SUBSCRIBER,
)
from rollkeeper.registration.line_limits import Limits, LineRequest
from rollkeeper.registration.persistence import Context
from rollkeeper.registration.rules import ReadParts
from rollkeeper.registration.submissions import NEW_CONTRACT_KINDS, Receipt, RegistrationKind, Submission
from rollkeeper.subscribers.errors import DocumentOfAnother
from rollkeeper.subscribers.queries import references_of

type Outcome = Receipt | RollkeeperError


@dataclass(frozen=True, slots=True, repr=False)
class Waiting:
    """A submission with a valid number, at its place in the batch."""

    position: int
    submission: Submission
    number: str
    number_index: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Looked:
    """The lines found for a batch, the lines of which the actor may not know, and the submissions as read."""

    lines: dict[int, LineView | None]
    hidden: set[LineId]
    read: list[tuple[Waiting, LineView | None, ReadParts]] = field(default_factory=list)
    faulty: set[int] = field(default_factory=set)
    """Positions where the data given is wrong for any line."""
    compared: set[int] = field(default_factory=set)
    """Positions where the document shown is compared with a subscriber's: of the line, or of the former line with its number."""
    counted: dict[int, tuple[PersonId, bool]] = field(default_factory=dict)
    """By position: the person whose lines a limit counted, and whether it added them to a number that the applicant chose."""
    unmasked: dict[int, RollkeeperError] = field(default_factory=dict)
    """By position: the true reason for refusing a hidden line. The answer shown is the same as for any other registered line."""

    def refuse(self, context: Context, position: int, why: RollkeeperError) -> RollkeeperError:
        """Return the refusal to show: for a hidden line, the true reason would reveal the status of a protected subscriber's line."""
        line = self.lines[position]
        if line is None or line.line_id not in self.hidden:
            return why
        self.unmasked[position] = why
        return masked(context, line.line_id)


_COMPARED: Mapping[str, bool] = {
    NOT_THE_SUBSCRIBER.code: False, TRANSFEROR_NOT_SUBSCRIBER.code: False, SAME_SUBSCRIBER.code: True,
    NUMBER_QUARANTINED.code: False, PORTED_NUMBER_QUARANTINED.code: False,
    DOCUMENT_REPLACED.code: True, DocumentOfAnother.code: True,
}  # fmt: skip
"""Refusals that follow from comparing the document shown with the recorded one, and whether the two matched."""


def record_accesses(
    context: Context, looked: Looked, outcomes: dict[int, Outcome], *, is_asked_only: bool = False
) -> None:
    """Record the accesses by which a refused submission, or a mere check, revealed something of a line.

    If the caller's action is rolled back, the entries are made after it. For a file, only two kinds are recorded: attempts at protected
    subscribers, and people whose lines were added to a number given in the file.
    """
    is_file = len(outcomes) > 1
    for position, line in looked.lines.items():
        outcome = outcomes.get(position)
        is_refused = isinstance(outcome, RollkeeperError)
        is_hidden = line is not None and line.line_id in looked.hidden
        person, is_guess = looked.counted.get(position, (None, False))
        is_left_out = is_file and not is_hidden and not is_guess
        if position in looked.faulty or not (is_refused or is_asked_only) or is_left_out:
            continue
        references = references_of(person) if person else []
        is_hidden = is_hidden or bool(hidden_persons(context.authority, references))
        came = AccessOutcome.FOUND if line else AccessOutcome.NOT_FOUND
        if is_hidden and is_refused:
            came = AccessOutcome.REFUSED_PROTECTED
        matched = not is_refused if is_guess else _has_matched(context, looked, position, outcome)
        line_id = line.line_id if line else None
        # A person with joined documents sees the access under each reference; it counts once.
        for nth, one in enumerate(references or [None]):
            given: dict[str, Any] = {
                "line_id": line_id,
                "person_id": one,
                "matched": matched,
                "on": context.on,
            }
            record_access(context.authority, came, is_counted=nth > 0, **given)
            mark_access(
                context.authority, came, is_counted=nth > 0, subject=f"{position} {nth}" if nth else str(position), **given
            )  # fmt: skip


def _has_matched(context: Context, looked: Looked, position: int, outcome: Outcome | None) -> bool | None:
    """Tell whether the document shown was the recorded one; None if they were not compared."""
    is_compared = position in looked.compared
    if context.action_kind in NEW_CONTRACT_KINDS and not is_compared:
        return None
    said = looked.unmasked.get(position, outcome)
    return _COMPARED.get(said.code) if isinstance(said, RollkeeperError) else is_compared or None


def judge(
    context: Context, looked: Looked, limits: Limits, line_request: LineRequest, *, position: int
) -> tuple[str, ...] | RollkeeperError:
    """Judge a line by the limits, and note whose lines were counted.

    If the answer could reveal how many lines a person has, it counts as an access by document. Refuses: AccessLimitReached.
    """
    is_guess = limits.adds_what_is_said(line_request)
    if is_guess and len(looked.read) == 1:
        count_access(context.authority, AccessKind.DOCUMENT, counted=False, on=context.on)
    verdict, person = limits.judge(line_request), line_request.situation.shown
    is_refused = isinstance(verdict, RollkeeperError) and verdict.code != LINES_ELSEWHERE_MISSING.code
    if person and (is_guess or is_refused):
        looked.counted[position] = (person, is_guess)
    return verdict


def note_compared(
    context: Context, looked: Looked, held_by: Sequence[PersonId | None], shown: Sequence[bool]
) -> bool:
    """Note the positions where a document shown is compared; tell whether it may be compared. A hidden line is refused as if it were not.

    Refuses: AccessLimitReached.
    """
    looked.compared.update(
        one.position
        for (one, line, _), held, is_shown in zip(looked.read, held_by, shown, strict=True)
        if is_shown and _is_compared(context, line, held)
    )
    if len(looked.read) != 1 or not looked.compared:
        return True
    (_, line, _) = looked.read[0]
    try:
        count_access(context.authority, AccessKind.DOCUMENT, counted=False, on=context.on)
    except AccessLimitReached:
        if line is None or line.line_id not in looked.hidden:
            raise
        looked.compared.clear()
        return False
    return True


def masked(context: Context, line_id: LineId | None) -> RollkeeperError:
    """Return the refusal of a new contract for a number whose line is registered."""
    registers = context.action_kind is RegistrationKind.REGISTER
    return (ALREADY_REGISTERED if registers else NUMBER_IN_USE)(line=line_id)


def _is_compared(context: Context, line: LineView | None, held: PersonId | None) -> bool:
    """Tell whether an action compares a document with one of the line's subscriber, or of the former subscriber of a number in quarantine."""
    if line is None or held is None:
        return False
    if context.action_kind in NEW_CONTRACT_KINDS:
        return line.is_over and line.quarantined_until is not None and context.on <= line.quarantined_until
    return line.is_registered
