# SPDX-License-Identifier: EUPL-1.2
"""An incident as a runbook: numbered steps, one of them next, and the law's clocks as bars. Nothing is done here."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rollkeeper.access.authority import Authority, rule_for
from rollkeeper.incidents.approvals import PERMISSION_FOR
from rollkeeper.incidents.choices import Step, StepState
from rollkeeper.incidents.queries import DutyView, IncidentView, StepView

_HOUR = dt.timedelta(hours=1)
_OPTIONAL = frozenset({Step.SIGN_OUT_EVERYONE, Step.ROTATE_KEYS, Step.RESEAL})
REPORT, CLOSE = "report", "close"


class Place(StrEnum):
    """How far a step has come."""

    DONE = "done"
    NEXT = "next"
    WAITS = "waits"
    """It waits for another person, or for the worker."""
    OPTIONAL = "optional"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class RunbookStep:
    """One step: its state, how many people it needs, which requests wait, and what this reader may do."""

    name: str
    """The value of a `Step`, or `report` or `close`."""
    place: Place
    people: int = 1
    waiting: StepView | None = None
    last: StepView | None = None
    may_ask: bool = False
    may_withdraw: bool = False
    is_harmful: bool = True


@dataclass(frozen=True, slots=True)
class Clock:
    """One duty with its remaining or exceeded time, and how full its bar is; both are empty if its clock is stopped."""

    duty: DutyView
    left: str
    is_over: bool
    used: int = 100
    colour: str = "calm"


def runbook(
    found: IncidentView, asked: Sequence[StepView], *, authority: Authority, username: str
) -> list[RunbookStep]:
    """Return the steps of an incident in their order; the first step not yet done is marked as next."""
    steps = [_offer(found, step, asked, authority=authority, username=username) for step in _steps(found)]
    places = [*(_done(found, one.name) for one in steps), _is_reported(found), found.closed_at is not None]
    names = [*(one.name for one in steps), REPORT, CLOSE]
    needed = _remedy_owed(found, names)
    following = next(
        (
            name
            for name, is_done in zip(names, places, strict=True)
            if not is_done and (name not in _OPTIONAL or name == needed)
        ),
        "",
    )
    may = found.closed_at is None and found.scoped_at is not None
    are_met = all(one.met_at or one.exempt_because for one in found.duties)
    ends = [
        RunbookStep(
            name, Place.DONE if is_done else Place.LATER, is_harmful=False,
            may_ask=may and not is_done and (name == REPORT or are_met),
        )
        for name, is_done in zip((REPORT, CLOSE), places[-2:], strict=True)
    ]  # fmt: skip
    return [_placed(one, following) for one in (*steps, *ends)]


def clock_of(duty: DutyView, *, noticed_at: dt.datetime, now: dt.datetime) -> Clock:
    """Return how a duty's clock is shown: red once less than an hour is left."""
    if duty.met_at or duty.exempt_because:
        return Clock(duty, "", is_over=False)
    left, whole = duty.in_time_until - now, max(duty.in_time_until - noticed_at, dt.timedelta(seconds=1))
    used = min(100, max(0, int(100 * (whole - left) / whole)))
    colour = "over" if left < _HOUR else "soon" if left < whole / 4 else "calm"
    return Clock(duty, length_of(abs(left)), left < dt.timedelta(), used, colour)


def next_clock(found: IncidentView, *, now: dt.datetime) -> Clock | None:
    """Return the clock that runs out next."""
    left = [duty for duty in found.duties if duty.met_at is None and not duty.exempt_because]
    first = min(left, key=lambda duty: duty.due_at, default=None)
    return None if first is None else clock_of(first, noticed_at=found.noticed_at, now=now)


def length_of(span: dt.timedelta) -> str:
    """Say a length of time in its two largest units."""
    days, hours, minutes = span.days, span.seconds // 3600, span.seconds % 3600 // 60
    said_hours = ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    if days:
        said_days = ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
        return _("%(days)s and %(hours)s") % {"days": said_days, "hours": said_hours} if hours else said_days
    said_minutes = ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if not hours:
        return said_minutes
    return (
        _("%(hours)s and %(minutes)s") % {"hours": said_hours, "minutes": said_minutes}
        if minutes
        else said_hours
    )


CONSEQUENCES: dict[Step, tuple[Promise, ...]] = {
    Step.SUSPEND_ACCOUNTS: (
        gettext_lazy("These accounts can no longer sign in, and their open sessions may do nothing."),
        gettext_lazy("An administrator can open them again, one by one."),
    ),
    Step.SIGN_OUT_EVERYONE: (
        gettext_lazy("Every session of staff at every app ends, yours too, and every session of subscribers at the portal."),
        gettext_lazy(
            "Everyone may sign in again at once. Open invitations end: invite those people again."
            " What was typed and not sent is lost."
        ),
    ),
    Step.ROTATE_KEYS: (
        gettext_lazy("A new epoch of keys begins and every record is sealed to it. The older keys are destroyed."),
        gettext_lazy("Earlier backups can no longer be opened. This cannot be undone."),
    ),
    Step.RESEAL: (
        gettext_lazy("An interrupted renewal of keys is continued; if there is none, a new one begins."),
        gettext_lazy("Earlier backups can no longer be opened. This cannot be undone."),
    ),
    Step.NOTIFY_PEOPLE: (
        gettext_lazy("Each of them gets the notice shown on the incident's page, in their language, once."),
        gettext_lazy("A message that was sent cannot be withdrawn."),
    ),
}  # fmt: skip


def _steps(found: IncidentView) -> list[Step]:
    order = [
        Step.SCOPE, Step.SUSPEND_ACCOUNTS, Step.SIGN_OUT_EVERYONE, Step.ROTATE_KEYS, Step.RESEAL, Step.NOTIFY_PEOPLE,
    ]  # fmt: skip
    left_out = {
        Step.SUSPEND_ACCOUNTS: not found.about.is_by_account,
        Step.NOTIFY_PEOPLE: found.notified_at is None and _concerns_no_one(found),
    }
    return [one for one in order if not left_out.get(one)]


def _concerns_no_one(found: IncidentView) -> bool:
    """Tell whether the scope shows that there is no one to notify, and no open duty requires to notify people."""
    drafted = found.drafted or {}
    is_owed = any(
        duty.to == "person" and not duty.met_at and not duty.exempt_because for duty in found.duties
    )
    return (
        found.scoped_at is not None
        and not drafted.get("languages")
        and not drafted.get("unreachable")
        and not is_owed
    )


def _offer(
    found: IncidentView, step: Step, asked: Sequence[StepView], *, authority: Authority, username: str
) -> RunbookStep:
    permission = PERMISSION_FOR[step]
    of_it = [one for one in asked if one.step is step]
    waiting = next((one for one in of_it if one.ended_at is None), None)
    may = authority.role_for(permission) is not None and found.closed_at is None
    makes_sense = step is not Step.NOTIFY_PEOPLE or (
        found.scoped_at is not None and found.notified_at is None
    )
    pending = waiting is not None and waiting.state is StepState.PENDING
    return RunbookStep(
        step.value, _place(found, step, waiting), rule_for(permission).people, waiting,
        last=next((one for one in of_it if one.ended_at is not None), None),
        may_ask=may and makes_sense and (waiting is None or (pending and username not in waiting.approved_by)),
        may_withdraw=may and pending, is_harmful=step is not Step.SCOPE,
    )  # fmt: skip


def _place(found: IncidentView, step: Step, waiting: StepView | None) -> Place:
    if waiting is not None:
        return Place.WAITS
    if _done(found, step):
        return Place.DONE
    return Place.OPTIONAL if step in _OPTIONAL else Place.LATER


def _placed(one: RunbookStep, following: str) -> RunbookStep:
    if one.name != following or one.place not in {Place.LATER, Place.OPTIONAL}:
        return one
    return replace(one, place=Place.NEXT)


def _remedy_owed(found: IncidentView, names: Sequence[str]) -> str:
    """Return the remedy that is next if the law requires the operator to act at once and nothing was done yet; otherwise empty."""
    is_owed = any(duty.to == "self" and not duty.met_at and not duty.exempt_because for duty in found.duties)
    if not is_owed:
        return ""
    return (Step.SUSPEND_ACCOUNTS if Step.SUSPEND_ACCOUNTS.value in names else Step.SIGN_OUT_EVERYONE).value


def _done(found: IncidentView, name: str) -> bool:
    match name:
        case Step.SCOPE:
            return found.scoped_at is not None
        case Step.NOTIFY_PEOPLE:
            return found.notified_at is not None
        case _:
            return any(one.remedy.value == name for one in found.remedies)


def _is_reported(found: IncidentView) -> bool:
    owed = [duty for duty in found.duties if duty.to in {"regulator", "police"} and not duty.exempt_because]
    return found.scoped_at is not None and all(duty.met_at for duty in owed)
