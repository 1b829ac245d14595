# SPDX-License-Identifier: EUPL-1.2
"""Lookups of lines by number and comparisons of documents by staff: each is counted, limited, and leaves an entry.

If the action succeeds, its own entry records the access. If it does not (no line, a protected subscriber, another document, a
refusal that tells a line's state), the action is undone and then leaves `line:access:recorded`, before anyone gets an answer.
Ordinary staff get the same refusal, by the same statements, for a protected subscriber and for a number that no line has. Only the
entry shows the difference, and an attempt at a protected subscriber raises an alarm.
"""

import datetime as dt
from collections.abc import Callable, Collection, Sequence

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.kernel.database import if_refused, rows, value_later
from rollkeeper.kernel.ids import LineId, PersonId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.lines.choices import AccessKind, AccessOutcome, ReachedLimit
from rollkeeper.lines.errors import AccessLimitReached, LineNotFound
from rollkeeper.lines.queries import LineView, find_lines, protected_lines
from rollkeeper.subscribers.queries import protected_persons

_IN_VAIN = frozenset({AccessOutcome.NOT_FOUND, AccessOutcome.REFUSED_PROTECTED})


def find_line_for_staff(
    authority: Authority, number_index: bytes, *, on: dt.date, helps: bool = False
) -> LineView:
    """Return the line with this blind index, inside an action whose entry says that it was found.

    `helps`: the action helps a protected subscriber, so all staff may do it.
    Ledger: line:access:recorded, if the action is refused. Refuses: NOT_ALLOWED, AccessLimitReached, LineNotFound.
    """
    count_access(authority, AccessKind.LOOKUP, on=on)
    (line,) = find_lines([number_index])
    # An unknown number is looked up in the same tables as a known number.
    line_id = line.line_id if line else LineId(new_uuid())
    is_hidden = line_id in hidden_lines(authority, [line_id])
    if line is None or (is_hidden and not helps):
        raise missed(authority, line_id if line else None, on=on)
    mark_access(authority, AccessOutcome.FOUND, line_id=line_id, on=on)
    return line


def hidden_lines(authority: Authority, line_ids: Sequence[LineId]) -> set[LineId]:
    """Return which of these lines must stay hidden from the actor."""
    return set() if authority.role_for(Permission.SEE_PROTECTED) else protected_lines(line_ids)


def hidden_persons(authority: Authority, persons: Collection[PersonId]) -> frozenset[PersonId]:
    """Return which of these people are protected, unless the actor may know it."""
    may_know = not persons or authority.role_for(Permission.SEE_PROTECTED)
    return frozenset() if may_know else protected_persons(persons)


def missed(authority: Authority, line_id: LineId | None, *, on: dt.date) -> LineNotFound:
    """Return the same refusal for an unknown number and for a hidden line; only the mark that it leaves differs."""
    outcome = AccessOutcome.REFUSED_PROTECTED if line_id else AccessOutcome.NOT_FOUND
    mark_access(authority, outcome, line_id=line_id, on=on)
    return LineNotFound()


def count_access(authority: Authority, kind: AccessKind, *, on: dt.date, counted: bool = True) -> None:
    """Count a lookup or a comparison in the present action; without `counted`, only check the limit. Refuses: AccessLimitReached."""
    count_access_later(authority, kind, on=on, counted=counted)()


def count_access_later(
    authority: Authority, kind: AccessKind, *, on: dt.date, counted: bool = True
) -> Callable[[], None]:
    """Count as `count_access` does; return a function that refuses, to be called after the block of `pipeline`."""
    said = _counted(authority, kind, counted=counted) if _is_staff(authority) else None

    def refuse() -> None:
        if said and (reached := said()):
            mark_access(authority, AccessOutcome.REFUSED_LIMIT, reached=ReachedLimit(reached), on=on)
            raise AccessLimitReached

    return refuse


def count_mismatch(authority: Authority) -> None:
    """Count in the present action that a compared document is not the recorded one."""
    if _is_staff(authority):
        _counted(authority, AccessKind.DOCUMENT, counted=False, missed=True)()


def mark_access(
    authority: Authority, outcome: AccessOutcome, *, on: dt.date, line_id: LineId | None = None,
    person_id: PersonId | None = None, matched: bool | None = None, reached: ReachedLimit | None = None, subject: str = "access",
    is_counted: bool = False,
) -> None:  # fmt: skip
    """Have the present action leave this entry if it is refused; a later mark about the same subject replaces it."""
    if _is_staff(authority):
        if_refused(
            subject,
            lambda: record_access(
                authority, outcome, line_id=line_id, person_id=person_id, matched=matched, reached=reached, is_counted=is_counted, on=on
            ),
        )  # fmt: skip


def record_access(
    authority: Authority, outcome: AccessOutcome, *, on: dt.date, line_id: LineId | None = None,
    person_id: PersonId | None = None, matched: bool | None = None, reached: ReachedLimit | None = None, is_counted: bool = False,
) -> None:  # fmt: skip
    """Enter an access that led to no other entry, count it unless it is counted already, and raise an alarm if one is due.

    Ledger: line:access:recorded.
    """
    if not _is_staff(authority):
        return
    facts: dict[str, str | bool] = {"outcome": outcome.value}
    facts |= {} if matched is None else {"matched": matched}
    facts |= {} if reached is None else {"reached": reached.value}
    entry_id = append_entry(
        authority, verb=Verb.ACCESS_RECORDED, role=require(authority, Permission.EXPLAIN_LINE).value, on=on,
        line_id=line_id, person_id=person_id, facts=facts,
    )  # fmt: skip
    if outcome is not AccessOutcome.REFUSED_LIMIT and not is_counted:
        _counted(authority, AccessKind.LOOKUP, missed=outcome in _IN_VAIN)
    if matched is not None and not is_counted:
        _counted(authority, AccessKind.DOCUMENT, missed=not matched)
    rows("SELECT vault_raise_access_alarm(%s)", [entry_id])


def _is_staff(authority: Authority) -> bool:
    """Tell whether the actor is staff; workers and subscribers have other limits."""
    return not authority.roles & {StaffRole.WORKER, StaffRole.SUBSCRIBER}


def _counted(
    authority: Authority, kind: AccessKind, *, counted: bool = True, missed: bool = False
) -> Callable[[], str | None]:
    return value_later(
        "lines_count_access(%s, %s, %s, %s)",
        [authority.staff_id, kind.value, int(counted), int(missed)],
    )
