# SPDX-License-Identifier: EUPL-1.2
"""Work that staff request on a page and a worker does in their name: plan, prepare, run, close. An app has no rights to do it.

A request is a row (`access.staff_requests`) and a ledger entry. The worker trusts neither alone: it checks again whether the person who
asked has the permission, and every service checks the law again. A refused request is kept with its facts and can be made again.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.choices import RequestJob
from rollkeeper.access.roles import Permission
from rollkeeper.access.staff_requests import Asked, Outcome, RequestView, ask, last_request
from rollkeeper.campaign import batch_execution, batch_planning, closure, nightly, planning
from rollkeeper.campaign.batch_control import lock_batch
from rollkeeper.campaign.choices import BatchState, WorkKind
from rollkeeper.campaign.models import Batch
from rollkeeper.campaign.open_campaign import CampaignKey
from rollkeeper.campaign.rules import watched_until
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.database import action
from rollkeeper.kernel.ids import BatchId, CampaignId
from rollkeeper.kernel.instance import instance
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb

PERMISSION_FOR: Final = {
    WorkKind.PLAN_CHECK: Permission.PLAN_CAMPAIGN,
    WorkKind.PLAN: Permission.PLAN_CAMPAIGN,
    WorkKind.BATCH_CHECK: Permission.PREPARE_BATCH,
    WorkKind.PREPARE: Permission.PREPARE_BATCH,
    WorkKind.RUN: Permission.RUN_BATCH,
    WorkKind.CLOSE: Permission.CLOSE_CAMPAIGN,
}
_AGAIN_AFTER = dt.timedelta(minutes=1)


def key_of(kind: WorkKind) -> str:
    """Return the kind of request for this work."""
    return f"campaign-{kind.value.replace('_', '-')}"


def request_work(
    authority: Authority,
    kind: WorkKind,
    *,
    on: dt.date,
    batch_id: BatchId | None = None,
    due_on: dt.date | None = None,
    campaign: CampaignKey | None = None,
) -> UUID:
    """Request work as a named person; return the request's reference, or that of the same request if one is open. Not for undos.

    `campaign`: the campaign to close.

    Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, BATCH_NOT_FOUND, BatchNotInState. Ledger: campaign:work:requested.
    """
    role = require(authority, PERMISSION_FOR[kind])
    with action():
        serialize_on("work_request")
        if kind is WorkKind.RUN and batch_id is not None:
            lock_batch(batch_id, BatchState.APPROVED, BatchState.RUNNING)
        subject = campaign.campaign_id if campaign else batch_id
        already = last_request(key_of(kind), subject, is_open=True)
        if already is not None:
            return already.request_id
        said = {"due_on": due_on.isoformat()} if due_on else {}
        asked = said | ({"campaign": campaign.name} if campaign else {})
        request_id = ask(
            authority, key_of(kind), job=RequestJob.CAMPAIGN, subject=subject, facts=asked, is_kept=True
        )
        facts = {"kind": kind.value, "request": str(request_id), **said}
        facts |= {"batch": str(batch_id)} if batch_id else {}
        append_entry(authority, verb=Verb.WORK_REQUESTED, role=role, on=on, facts=facts)
    return request_id


def last_work(kind: WorkKind, subject: BatchId | CampaignId | None = None) -> RequestView | None:
    """Return the newest request of a kind: about one batch, about one campaign to close, or about neither."""
    return last_request(key_of(kind), subject)


def check_plan_by_request(authority: Authority, _said: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """Count the lines that a planning would add. Refuses: as `check_plans`."""
    found = planning.check_plans(authority, pack_id=instance().pack, on=on)
    each = [_plain(one) for one in found]
    totals = {
        name: sum(one[name] for one in each)
        for name in ("to_add", "to_restore", "members_before", "better_elsewhere")
    }
    totals |= {"is_changed": any(one.is_changed for one in found)}
    regions = sum((Counter(one.regions) for one in found), Counter[str]())
    return (each[0] if len(each) == 1 else totals | {"regions": dict(regions)}) | {"campaigns": each}


def plan_by_request(authority: Authority, _said: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """Plan all campaigns of the law. Refuses: as `plan_campaigns`."""
    found = planning.plan_campaigns(authority, pack_id=instance().pack, on=on)
    each = [_plain(one) for one in found]
    totals = {
        name: sum(one[name] for one in each)
        for name in ("members_added", "members_before", "better_elsewhere")
    }
    return (each[0] if len(each) == 1 else totals) | {"campaigns": each}


def close_by_request(authority: Authority, said: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """Close the campaign that was named. Refuses: as `close_campaign`."""
    return _plain(closure.close_campaign(authority, on=on, name=said.get("campaign")))


def check_batch_by_request(authority: Authority, said: Mapping[str, Any], on: dt.date) -> dict[str, Any]:
    """Count what is due on a day. Refuses: as `check_due`."""
    found = batch_planning.check_due(authority, due_on=_due_on(said, on), on=on)
    return {"found": [_due(one) for one in found]}


def prepare_by_request(authority: Authority, asked: Asked, on: dt.date) -> Outcome:
    """Prepare the batches of a day. Refuses: as `prepare_batches`."""
    due_on = _due_on(asked.said, on)
    batch_planning.require_due_day(due_on=due_on, on=on)
    nightly.run_nightly(authority, on=on)
    found = batch_planning.prepare_batches(authority, due_on=due_on, on=on)
    return Outcome({"found": [_due(one) for one in found]})


def run_by_request(authority: Authority, asked: Asked, on: dt.date) -> Outcome:
    """Run a batch as far as it may go. A request ends with the pilot: a person checks it before requesting the rest. Refuses: as `run_batch`."""
    batch_id = BatchId(UUID(str(asked.subject)))
    ran = batch_execution.run_batch(authority, batch_id, on=on)
    outcome = {"done": ran.done, "skipped": ran.skipped, "why": ran.why, "state": ran.state.value}
    if ran.until is None or ran.state not in {BatchState.APPROVED, BatchState.RUNNING}:
        return Outcome(outcome)
    batch = Batch.objects.get(batch_id=batch_id)
    until = watched_until(batch.pilot_done_at, pilot_hours=settings().pilot_hours)
    now = clock.now()
    is_watched = until is not None and now < until
    return Outcome(outcome, None if is_watched else min(ran.until - now, _AGAIN_AFTER))


def _due_on(said: Mapping[str, Any], on: dt.date) -> dt.date:
    given = said.get("due_on")
    return dt.date.fromisoformat(given) if isinstance(given, str) else on


def _due(found: batch_planning.DueLines) -> dict[str, Any]:
    return _plain(found) | {"level": BarLevel.partial(found.bars)}


def _plain(value: Any) -> dict[str, Any]:
    """Return a result of a service in a form that JSON can hold."""
    return {name: _json(part) for name, part in asdict(value).items()}


def _json(part: Any) -> Any:
    if isinstance(part, (dt.date, UUID)):
        return str(part)
    return dict(part) if isinstance(part, Mapping) else part
