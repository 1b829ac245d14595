# SPDX-License-Identifier: EUPL-1.2
"""What staff ask for on a page and the worker does: plan, prepare, run, close. An app has no rights to do any of it.

A request is a row and an entry in the ledger. The worker believes neither alone: it looks again whether the person who asked has the
permission, and every service asks the law again. What is refused is kept with its facts and can be asked for again.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import has_enough_decisions
from rollkeeper.access.errors import APPROVER_UNKNOWN, NOT_ALLOWED
from rollkeeper.access.models import Staff
from rollkeeper.access.roles import Permission
from rollkeeper.campaign import batch_execution, batch_planning, closure, nightly, planning
from rollkeeper.campaign.batch_control import lock_batch
from rollkeeper.campaign.choices import BatchState, WorkKind, WorkState
from rollkeeper.campaign.models import Batch, WorkRequest
from rollkeeper.campaign.rules import watched_until
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, run
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import BatchId, StaffId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.leases import lock_matter
from rollkeeper.kernel.stored_refusals import restored_refusals, stored_refusals
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

PERMISSION_FOR: Final = {
    WorkKind.PLAN_CHECK: Permission.PLAN_CAMPAIGN,
    WorkKind.PLAN: Permission.PLAN_CAMPAIGN,
    WorkKind.BATCH_CHECK: Permission.PREPARE_BATCH,
    WorkKind.PREPARE: Permission.PREPARE_BATCH,
    WorkKind.RUN: Permission.RUN_BATCH,
    WorkKind.UNDO: Permission.APPROVE_UNDO,
    WorkKind.CLOSE: Permission.CLOSE_CAMPAIGN,
}
_AGAIN_AFTER = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class WorkView:
    """A request as a page shows it."""

    request_id: UUID
    kind: WorkKind
    state: WorkState
    batch_id: BatchId | None
    due_on: dt.date | None
    because: str | None
    requested_by: str
    requested_at: dt.datetime
    ended_at: dt.datetime | None
    again_at: dt.datetime | None
    outcome: Mapping[str, Any]

    @property
    def is_open(self) -> bool:
        """Tell whether it is not done yet."""
        return self.ended_at is None

    @property
    def is_under_way(self) -> bool:
        """Tell whether the worker has it to do."""
        return self.state is WorkState.APPROVED

    @property
    def refusals(self) -> list[RollkeeperError]:
        """Return why it was not done."""
        return restored_refusals(self.outcome.get("refused", ()))


@dataclass(frozen=True, slots=True)
class _Done:
    """The outcome of a request; with an instant it goes on then."""

    outcome: dict[str, Any]
    again_at: dt.datetime | None = None


def request_work(
    authority: Authority,
    kind: WorkKind,
    *,
    on: dt.date,
    batch_id: BatchId | None = None,
    due_on: dt.date | None = None,
) -> UUID:
    """Ask for work as a named person; return its reference, that of the open request where there is one. Not for undos.

    Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, BATCH_NOT_FOUND, BatchNotInState. Ledger: campaign:work:requested.
    """
    role = require(authority, PERMISSION_FOR[kind])
    if authority.staff_id is None:
        raise APPROVER_UNKNOWN()
    with action():
        lock_matter("planning", "work")
        if kind is WorkKind.RUN and batch_id is not None:
            lock_batch(batch_id, BatchState.APPROVED, BatchState.RUNNING)
        already = open_request(kind, batch_id)
        if already is not None:
            return UUID(str(already.request_id))
        request_id = create_request(
            authority.staff_id, kind, WorkState.APPROVED, batch_id=batch_id, due_on=due_on, on=on
        )
        facts = {"kind": kind.value, "request": str(request_id)}
        facts |= {"batch": str(batch_id)} if batch_id else {}
        facts |= {"due_on": due_on.isoformat()} if due_on else {}
        append_entry(authority, verb=Verb.WORK_REQUESTED, role=role, on=on, facts=facts)
    return request_id


def create_request(
    staff_id: StaffId,
    kind: WorkKind,
    state: WorkState,
    *,
    on: dt.date,
    batch_id: BatchId | None = None,
    due_on: dt.date | None = None,
    because: str | None = None,
) -> UUID:
    """Write a request down. Precondition: the caller's action leaves its entry, with the reference."""
    request_id = new_uuid()
    run(
        "INSERT INTO campaign_workrequest (request_id, kind, state, batch_id, due_on, because, requested_by, requested_on, requested_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [request_id, kind.value, state.value, batch_id, due_on, because, staff_id, on, clock.now()],
    )
    return request_id


def open_request(kind: WorkKind, batch_id: BatchId | None = None) -> WorkRequest | None:
    """Return the request of this kind that is not done yet."""
    found = WorkRequest.objects.filter(kind=kind.value, ended_at__isnull=True)
    return (found.filter(batch_id=batch_id) if batch_id else found.filter(batch_id__isnull=True)).first()


def last_work(kind: WorkKind, batch_id: BatchId | None = None) -> WorkView | None:
    """Return the newest request of a kind, for one batch or for none."""
    found = WorkRequest.objects.filter(kind=kind.value)
    found = found.filter(batch_id=batch_id) if batch_id else found.filter(batch_id__isnull=True)
    one = found.order_by("-requested_at", "-request_id").first()
    return _view(one) if one else None


def run_requested(authority: Authority, *, on: dt.date) -> int:
    """Do what was asked for on pages, in its order; return how much was done.

    One that was cut short is done again: each service does nothing twice. Refuses: NOT_ALLOWED.
    """
    require(authority, Permission.RUN_BATCH)
    waiting = WorkRequest.objects.filter(state=WorkState.APPROVED.value).order_by("requested_at")
    now = clock.now()
    return sum(
        _do(authority, one, on=on) for one in list(waiting) if one.again_at is None or one.again_at <= now
    )


def _do(authority: Authority, request: WorkRequest, *, on: dt.date) -> int:
    kind = WorkKind(request.kind)
    try:
        _require_still_allowed(request, kind)
        done = _WORK[kind](authority, request, on)
    except RollkeeperError as refused:
        _end(request, WorkState.FAILED, {"refused": stored_refusals(refused)})
        return 1
    if done.again_at is not None:
        WorkRequest.objects.filter(request_id=request.request_id).update(
            again_at=done.again_at, outcome=done.outcome
        )
        return 0
    _end(request, WorkState.DONE, done.outcome)
    return 1


def _require_still_allowed(request: WorkRequest, kind: WorkKind) -> None:
    """Refuse what was asked for by a person who had not the permission on that day, or whose account is closed."""
    permission = PERMISSION_FOR[kind]
    if not has_enough_decisions(permission, {StaffId(request.requested_by): request.requested_on}):
        raise NOT_ALLOWED(permission=permission.value, needed="campaign_manager")


def _check_plan(authority: Authority, _request: WorkRequest, on: dt.date) -> _Done:
    return _Done(_plain(planning.check_plan(authority, pack_id=instance().pack, on=on)))


def _plan(authority: Authority, _request: WorkRequest, on: dt.date) -> _Done:
    return _Done(_plain(planning.plan_campaign(authority, pack_id=instance().pack, on=on)))


def _check_batch(authority: Authority, request: WorkRequest, on: dt.date) -> _Done:
    found = batch_planning.check_due(authority, due_on=request.due_on or on, on=on)
    return _Done({"found": [_plain(one) for one in found]})


def _prepare(authority: Authority, request: WorkRequest, on: dt.date) -> _Done:
    due_on = request.due_on or on
    batch_planning.require_due_day(due_on=due_on, on=on)
    nightly.run_nightly(authority, on=on)
    found = batch_planning.prepare_batches(authority, due_on=due_on, on=on)
    return _Done({"found": [_plain(one) for one in found]})


def _run(authority: Authority, request: WorkRequest, on: dt.date) -> _Done:
    """Run as far as may be. The first share ends a request: a person looks at it before the rest is asked for."""
    batch_id = BatchId(UUID(str(request.batch_id)))
    ran = batch_execution.run_batch(authority, batch_id, on=on)
    outcome = {"done": ran.done, "skipped": ran.skipped, "why": ran.why, "state": ran.state.value}
    if ran.until is None or ran.state not in {BatchState.APPROVED, BatchState.RUNNING}:
        return _Done(outcome)
    batch = Batch.objects.get(batch_id=batch_id)
    until = watched_until(batch.pilot_done_at, pilot_hours=settings().pilot_hours)
    is_watched = until is not None and clock.now() < until
    return _Done(outcome, None if is_watched else min(ran.until, clock.now() + _AGAIN_AFTER))


def _close(authority: Authority, _request: WorkRequest, on: dt.date) -> _Done:
    return _Done(_plain(closure.close_campaign(authority, on=on)))


_WORK: Final[Mapping[WorkKind, Callable[[Authority, WorkRequest, dt.date], _Done]]] = {
    WorkKind.PLAN_CHECK: _check_plan,
    WorkKind.PLAN: _plan,
    WorkKind.BATCH_CHECK: _check_batch,
    WorkKind.PREPARE: _prepare,
    WorkKind.RUN: _run,
    WorkKind.CLOSE: _close,
}


def _end(request: WorkRequest, state: WorkState, outcome: dict[str, Any]) -> None:
    WorkRequest.objects.filter(request_id=request.request_id).update(
        state=state.value, outcome=outcome, ended_at=clock.now()
    )


def _view(one: WorkRequest) -> WorkView:
    name = Staff.objects.filter(staff_id=one.requested_by).values_list("username", flat=True).first()
    return WorkView(
        one.request_id, WorkKind(one.kind), WorkState(one.state), BatchId(one.batch_id) if one.batch_id else None, one.due_on,
        one.because, name or "", one.requested_at, one.ended_at, one.again_at, one.outcome or {},
    )  # fmt: skip


def _plain(value: Any) -> dict[str, Any]:
    """Return a result of a service in a form that JSON can hold."""
    return {name: _json(part) for name, part in asdict(value).items()}


def _json(part: Any) -> Any:
    if isinstance(part, (dt.date, UUID)):
        return str(part)
    return dict(part) if isinstance(part, Mapping) else part
