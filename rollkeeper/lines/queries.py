# SPDX-License-Identifier: EUPL-1.2
"""Data about a line, by its whole number or by its reference. References and days, no names."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from rollkeeper.access.lookups import counted_lookups
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel, Payment, Service
from rollkeeper.kernel.database import prepared_later, prepared_rows, rows, sql
from rollkeeper.kernel.ids import EntryId, LineId, PersonId, TenureId
from rollkeeper.kernel.instance import instance
from rollkeeper.lines.choices import LineState, SuspensionReason
from rollkeeper.lines.errors import NumberNotRead
from rollkeeper.lines.numbers import masked_number, normalise_identifier, service_guess
from rollkeeper.vault.blind_index import blind_numbers


@dataclass(frozen=True, slots=True)
class OpenSuspension:
    """One reason for which a line is suspended now, and since when."""

    reason: SuspensionReason
    begun_on: dt.date


@dataclass(frozen=True, slots=True)
class LineView:
    """A line in its current state."""

    line_id: LineId
    service: Service
    state: LineState
    version: int
    is_registered: bool
    must_reverify: bool
    is_disputed: bool
    is_essential: bool
    activated_on: dt.date
    terminated_on: dt.date | None
    terminated_by: str | None
    erased_on: dt.date | None
    language: str | None
    quarantined_until: dt.date | None
    suspensions: tuple[OpenSuspension, ...]
    payment: Payment = Payment.UNKNOWN
    region: str | None = None
    level: str = ""
    """What is barred, if more than the emergency floor still works: kernel.choices.BarLevel."""

    @property
    def is_settled(self) -> bool:
        """Tell whether the subscriber is registered and need not verify again: then no clock of a campaign runs."""
        return self.is_registered and not self.must_reverify

    @property
    def is_over(self) -> bool:
        """Tell whether its contract is over."""
        return self.state in {LineState.TERMINATED, LineState.RELEASED}

    def may_be_restored(self, *, on: dt.date) -> bool:
        """Tell whether a batch ended it and its number is still in quarantine: it can be restored if the batch was wrong."""
        waits = self.quarantined_until is not None and (self.quarantined_until >= on or self.is_disputed)
        return self.state is LineState.TERMINATED and self.terminated_by == "campaign" and waits

    @property
    def reasons(self) -> tuple[SuspensionReason, ...]:
        """Return the reasons open now."""
        return tuple(suspension.reason for suspension in self.suspensions)


@dataclass(frozen=True, slots=True)
class LineKey:
    """Which line a receipt is about, and whether it is over."""

    line_id: LineId
    is_over: bool


@dataclass(frozen=True, slots=True)
class TenureView:
    """The subscriber of a line over a period: references only."""

    tenure_id: TenureId
    party_kind: str
    person_id: PersonId
    user_person_id: PersonId | None
    bearer_person_id: PersonId | None
    guardian_person_id: PersonId | None
    assurance: str
    commitment: str | None
    since: dt.datetime
    until: dt.datetime | None

    @property
    def persons(self) -> tuple[PersonId, ...]:
        """Return the people it names: subscriber, user, bearer of the documents, guardian."""
        named = (self.person_id, self.user_person_id, self.bearer_person_id, self.guardian_person_id)
        return tuple(person for person in named if person)


@dataclass(frozen=True, slots=True)
class LastTenure:
    """A line with its current or last subscriber, and which people of that tenure are protected."""

    line_id: LineId
    tenure: TenureView | None
    protected: frozenset[PersonId]


@dataclass(frozen=True, slots=True)
class PauseView:
    """Days on which a line's clock is paused; `last` is None while the pause is open."""

    first: dt.date
    last: dt.date | None


@dataclass(frozen=True, slots=True)
class SuspensionView:
    """One suspension, open or lifted."""

    reason: SuspensionReason
    begun_on: dt.date
    restored_on: dt.date | None
    step: int = 1
    """Which of the law's bars it is, 1 the first."""


@dataclass(frozen=True, slots=True)
class LineFacts:
    """Everything about a line that a counting or an explanation needs, except its notices."""

    line: LineView
    registered_on: dt.date | None
    """The day on which the present subscriber's identity was recorded."""
    suspensions: tuple[SuspensionView, ...]
    pauses: tuple[PauseView, ...]
    holds: tuple[tuple[dt.date, dt.date | None], ...]


def find_line(number: str) -> LineView | None:
    """Find the line that has this normalised number now, or None."""
    return find_lines(blind_numbers([number]))[0]


def find_line_keys(line_ids: Sequence[LineId]) -> dict[LineId, LineKey]:
    """Return these lines as receipts name them."""
    over = {LineState.TERMINATED.value, LineState.RELEASED.value}
    found = (
        rows("SELECT line_id, state FROM lines_line WHERE line_id = ANY (%s)", [list(line_ids)])
        if line_ids
        else []
    )
    return {LineId(row.line_id): LineKey(LineId(row.line_id), row.state in over) for row in found}


def has_other_number(line_id: LineId, number: str) -> bool:
    """Tell whether a line has a number other than this one."""
    return has_another_number(line_id, blind_numbers([number])[0])


def has_another_number(line_id: LineId, number_index: bytes) -> bool:
    """Tell whether a line has a number other than the one with this blind index."""
    with counted_lookups():
        (found,) = rows("SELECT lines_has_other_number(%s, %s) AS other", [line_id, number_index])
    return bool(found.other)


def number_index_of(text: str) -> bytes:
    """Return the blind index of a typed number. Refuses: NumberNotRead."""
    number = normalise_identifier(text, service=service_guess(text), country=instance().country_code)
    return blind_numbers([number])[0]


def masked_input(text: str) -> str:
    """Return a typed number as pages show it, masked; empty if it cannot be read."""
    try:
        return masked_number(
            normalise_identifier(text, service=service_guess(text), country=instance().country_code)
        )
    except NumberNotRead:
        return ""


def find_line_by_input(text: str) -> LineView | None:
    """Find a line by a typed number, only where no one learns whether it exists; otherwise use `lookups.find_line_for_staff`.

    Refuses: NumberNotRead.
    """
    return find_lines([number_index_of(text)])[0]


def find_lines(number_indexes: Sequence[bytes]) -> list[LineView | None]:
    """Find many lines at once by their blind indexes, in the order given."""
    with counted_lookups():
        read = prepared_rows(sql("lines", "lines_by_number"), [list(number_indexes)])
    found = {bytes(r.number_index): _line(r) for r in read}
    return [found.get(bytes(index)) for index in number_indexes]


def view_line(line_id: LineId) -> LineView | None:
    """Return the line with this reference."""
    return next(map(_line, prepared_rows(sql("lines", "line_by_id"), [line_id])), None)


def current_tenure(line_id: LineId) -> TenureView | None:
    """Return the tenure of a line's present subscriber."""
    return next((h for h in tenures(line_id) if h.until is None), None)


def current_subscribers(line_ids: Sequence[LineId]) -> dict[LineId, PersonId]:
    """Return the current subscriber of each of these lines; lines without one are left out."""
    if not line_ids:
        return {}
    found = rows(
        "SELECT line_id, person_id FROM lines_tenure WHERE line_id = ANY (%s) AND upper_inf(held)",
        [list(line_ids)],
    )
    return {LineId(row.line_id): PersonId(row.person_id) for row in found}


def sealed_number(line_id: LineId) -> bytes | None:
    """Return a line's number as it is sealed, None once it is erased."""
    found = prepared_rows("SELECT number_sealed FROM lines_line WHERE line_id = %s", [line_id])
    return bytes(found[0].number_sealed) if found and found[0].number_sealed is not None else None


def protected_lines(line_ids: Sequence[LineId]) -> set[LineId]:
    """Return which of these lines name a protected person: as current or last subscriber, user, guardian or bearer of documents."""
    if not line_ids:
        return set()
    found = rows(
        "SELECT h.line_id FROM (SELECT DISTINCT ON (line_id) line_id, person_id, user_person_id, guardian_person_id, bearer_person_id"
        " FROM lines_tenure WHERE line_id = ANY (%s) ORDER BY line_id, lower(held) DESC) h WHERE EXISTS (SELECT FROM subscribers_subscriber s WHERE s.is_protected"
        " AND s.person_id IN (h.person_id, h.user_person_id, h.guardian_person_id, h.bearer_person_id))",
        [list(line_ids)],
    )
    return {LineId(row.line_id) for row in found}


def accepted_through(line_ids: Sequence[LineId]) -> dict[LineId, dt.date]:
    """Return the last day on which the present subscribers of these lines are accepted without a document; other lines are left out."""
    if not line_ids:
        return {}
    found = rows(
        "SELECT line_id, accepted_through FROM lines_tenure"
        " WHERE line_id = ANY (%s) AND upper_inf(held) AND accepted_through IS NOT NULL",
        [list(line_ids)],
    )
    return {LineId(row.line_id): row.accepted_through for row in found}


class RegisteredAs(NamedTuple):
    """The last day and the identity check of one line's present registration; None if it has no last day, or if the law asks for no check."""

    good_through: dt.date | None = None
    identity_check: str | None = None


def registered_as(line_id: LineId, *, begun_by: EntryId | None = None) -> RegisteredAs:
    """Return the last day on which a line's present registration is good, and the check that verified its subscriber's identity.

    `begun_by`: only if this ledger entry began its tenure.
    """
    with counted_lookups():
        found = rows("SELECT * FROM lines_registered_as(%s, %s)", [line_id, begun_by])
    return RegisteredAs(*found[0]) if found else RegisteredAs()


def count_past_last_day(*, on: dt.date) -> int:
    """Return how many lines in force have a registration whose last day is over."""
    return int(rows("SELECT lines_count_past_last_day(%s) AS lines", [on])[0].lines)


def last_subscriber(line_id: LineId) -> PersonId | None:
    """Return the last subscriber of a line, whether current or former."""
    return next((h.person_id for h in reversed(tenures(line_id))), None)


def last_tenure_ended_at(line_id: LineId) -> dt.datetime | None:
    """Return when the last tenure of a line without a subscriber ended; earlier history belongs to that subscriber. None: there never was one."""
    return next((h.until for h in reversed(tenures(line_id))), None)


def tenures(line_id: LineId) -> tuple[TenureView, ...]:
    """Return all tenures of a line, the earliest first."""
    found = prepared_rows(
        "SELECT tenure_id, party_kind, person_id, user_person_id, bearer_person_id, guardian_person_id, assurance,"
        " commitment, lower(held) AS since, upper(held) AS until FROM lines_tenure WHERE line_id = %s ORDER BY held",
        [line_id],
    )
    return tuple(TenureView(*row) for row in found)


def last_tenure_by_number(number: str) -> LastTenure | None:
    """Return the line that has this normalised number now, and its current or last subscriber; None if there is no such line."""
    with counted_lookups():
        found = prepared_rows(sql("lines", "last_tenure"), blind_numbers([number]))
    if not found:
        return None
    line_id, *tenure, protected = found[0]
    return LastTenure(LineId(line_id), TenureView(*tenure) if tenure[0] else None, frozenset(protected))


def lines_in_force_of(person_id: PersonId) -> dict[LineId, str | None]:
    """Return the living lines that this person holds under any of their documents, and the language in which they are notified.

    These are the lines on which a person is notified of acts in their name. Lines that they contest are left out, because another
    person would be notified.
    """
    return lines_in_force_later(person_id)()


def lines_in_force_later(person_id: PersonId) -> Callable[[], dict[LineId, str | None]]:
    """Ask for `lines_in_force_of`; return a function that gives them, to be called after the block of `pipeline`."""
    found = prepared_later(
        "SELECT h.line_id, (SELECT language FROM subscribers_subscriber WHERE person_id = %(person)s) AS language"
        " FROM subscribers_references_of(%(person)s) AS one (person_id) CROSS JOIN LATERAL (SELECT t.line_id FROM lines_tenure t"
        " WHERE t.person_id = one.person_id AND upper_inf(t.held) AND t.contested_on IS NULL OFFSET 0) AS h"
        " JOIN lines_line l USING (line_id) WHERE l.state IN ('active', 'suspended') ORDER BY h.line_id",
        {"person": person_id},
    )
    return lambda: {LineId(row.line_id): row.language for row in found()}


def line_history(line_id: LineId) -> LineFacts | None:
    """Return the facts about a line that counting and explaining need."""
    line = view_line(line_id)
    if line is None:
        return None
    tenure = current_tenure(line_id) or next(reversed(tenures(line_id)), None)
    recorded = bool(tenure) and (line.is_registered or line.is_over)
    return LineFacts(
        line=line,
        registered_on=clock.local_day(tenure.since) if tenure and recorded else None,
        suspensions=_suspensions(line_id),
        pauses=pauses_of(line_id),
        holds=tuple((row.first, row.last) for row in rows(_HOLDS, [line_id])),
    )


def pauses_of(line_id: LineId) -> tuple[PauseView, ...]:
    """Return the days on which a line's clock is paused, the earliest first."""
    with counted_lookups():
        found = rows("SELECT first, last FROM lines_pauses_of(%s)", [line_id])
    return tuple(PauseView(row.first, row.last) for row in found)


def _suspensions(line_id: UUID) -> tuple[SuspensionView, ...]:
    found = rows(
        "SELECT reason, begun_on, restored_on, step FROM lines_suspension WHERE line_id = %s ORDER BY begun_at, step",
        [line_id],
    )
    return tuple(SuspensionView(SuspensionReason(r.reason), r.begun_on, r.restored_on, r.step) for r in found)


_HOLDS = "SELECT lower(days) AS first, upper(days) - 1 AS last FROM lines_legalhold WHERE line_id = %s ORDER BY days"


def _line(row: Any) -> LineView:
    return LineView(
        line_id=LineId(row.line_id),
        service=Service(row.service),
        state=LineState(row.state),
        version=row.version,
        is_registered=row.is_registered,
        must_reverify=row.must_reverify,
        is_disputed=row.is_disputed,
        is_essential=row.is_essential,
        activated_on=row.activated_on,
        terminated_on=row.terminated_on,
        terminated_by=row.terminated_by,
        erased_on=row.erased_on,
        language=row.language,
        quarantined_until=row.quarantined_until,
        suspensions=tuple(
            OpenSuspension(SuspensionReason(reason), dt.date.fromisoformat(day))
            for reason, day in row.open_reasons
        ),
        payment=Payment(row.payment),
        region=row.region,
        level=BarLevel.partial(row.bars),
    )
