# SPDX-License-Identifier: EUPL-1.2
"""Carry out approved batches, chunk by chunk, each chunk one transaction: all of it has happened or none.

Every line is judged anew under its lock, whatever was decided when the batch was drawn up. A run may be killed at any
instant and started again, twice at once, late: whoever runs a chunk holds the batch's row, `position_done` moves with
the chunk, and a line has one turn. Before each chunk the stays, the complaints and the read-backs are looked at again.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.campaign import clocks
from rollkeeper.campaign.approvals import content_of, is_approved
from rollkeeper.campaign.approving import lock_batch
from rollkeeper.campaign.campaigns import OpenCampaign, demand_same_days, open_campaign
from rollkeeper.campaign.errors import BatchNotInState
from rollkeeper.campaign.models import Batch, Chunk
from rollkeeper.campaign.rules import Brakes, Days, Go, Progress, Stop, Wait, may_act_on, next_step
from rollkeeper.campaign.stages import Action, BatchState
from rollkeeper.campaign.stays import hold_back, stays_known
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import one_at_a_time
from rollkeeper.kernel.database import act, patient, rows, run, sql
from rollkeeper.kernel.ids import BatchId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.pack import refuse_unconfirmed
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.network.gateways.registry import has_own_network
from rollkeeper.notices.kinds import NONE_NAMED

CHUNK = 5000
"""Lines in one transaction: a stay or a stop waits for no more than these."""
_ONE_CHUNK = 61  # the matter of kernel.claims.one_at_a_time


@dataclass(slots=True)
class Ran:
    """What a run did to one batch, and why it went no further."""

    batch_id: BatchId
    action: str
    state: BatchState
    done: int = 0
    passed_over: int = 0
    why: str | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    authority: Authority
    role: str
    campaign: OpenCampaign
    on: dt.date


def batches_to_run(*, on: dt.date) -> list[BatchId]:
    """Return the batches whose day has come and that are not finished: ends first, since their people waited longest."""
    waiting = Batch.objects.filter(
        Q(state__in=[BatchState.APPROVED.value, BatchState.RUNNING.value]), due_on__lte=on
    )
    return [
        BatchId(batch_id)
        for batch_id in waiting.order_by("due_on", "action", "batch_id").values_list("batch_id", flat=True)
    ]


def run_batch(
    authority: Authority, batch_id: BatchId, *, on: dt.date, moved: Callable[[int], None] = lambda _: None
) -> Ran:
    """Carry out one batch as far as it may go now. `moved` is told how many lines each chunk had.

    Refuses: NotAllowed, NoCampaign, PackChanged, UnconfirmedValue, OtherDays, BatchNotFound, BatchNotInState. Ledger:
    campaign:batch:started, line:line:suspended or line:line:ended a line, campaign:batch:stopped or :finished.
    """
    role = demand(authority, Power.RUN_BATCH)
    ran: Ran | None = None
    day = clock.day_by_day(on)
    while True:
        # Asked for anew with each chunk: a pack may change, or be put into force, while a batch runs for hours; and the day may end.
        this = _Run(authority, role, open_campaign(), day())
        try:
            with act():
                batch = lock_batch(batch_id, BatchState.APPROVED, BatchState.RUNNING)
                ran = ran or Ran(batch_id, batch.action, BatchState(batch.state))
                turned = _chunk(this, batch, ran)
        except BatchNotInState as fault:
            if ran is None:
                raise
            # Somebody stopped it, or another run finished it, between two chunks.
            ran.state, ran.why = (
                BatchState(str(fault.facts["state"])),
                "another process or person moved it on",
            )
            return ran
        moved(turned)
        if not turned or ran.state is BatchState.DONE:
            return ran


def _chunk(this: _Run, batch: Batch, ran: Ran) -> int:
    """Give the next lines their turn; return how many had it. Precondition: the batch's row is locked."""
    if batch.pack_hash != this.campaign.pack.hash:
        # The campaign was planned anew since: whoever is still due is drawn up again, under what holds now.
        _stop(this, batch, ran, "it was drawn up under another version of the pack")
        return 0
    refuse_unconfirmed(this.campaign.pack, batch.action)
    demand_same_days(this.campaign.pack, on=this.on)
    stays = stays_known()
    verdict = may_act_on(this.campaign.pack, this.on, stays=stays)
    if isinstance(verdict, Refused):
        ran.why = f"on {this.on} nobody may lose service: {verdict.reason}"
        return 0
    if batch.due_on > this.on:
        ran.why = f"its day is {batch.due_on}"
        return 0
    # Its lines are read and hashed once, before the first of them is touched; who approved is looked at before each chunk.
    content = batch.content
    if batch.state == BatchState.APPROVED:
        with patient():
            content = content_of(BatchId(batch.batch_id))
    if not is_approved(BatchId(batch.batch_id), content=content):
        _stop(this, batch, ran, "it is not what enough people approved, or they may not approve")
        return 0
    one_at_a_time(_ONE_CHUNK)  # the cap counts what all batches did: two runs must not both find it free
    step = next_step(_progress(batch), brakes=_brakes(), now=clock.now(), chunk=CHUNK)
    match step:
        case Stop(why):
            _stop(this, batch, ran, why)
            return 0
        case Wait(why, until):
            ran.why, ran.until = why, until
            return 0
        case Go(lines):
            return _turn(this, batch, ran, lines=lines, stays=stays)


def _turn(this: _Run, batch: Batch, ran: Ran, *, lines: int, stays: list[Days]) -> int:
    if batch.state == BatchState.APPROVED:
        _enter(this, batch, Verb.BATCH_STARTED)
    batch.state = ran.state = BatchState.RUNNING
    if lines:
        counts = _act_on(this, batch, upto=batch.position_done + lines, stays=stays)
        passed_over = {str(because): count for because, count in counts.items() if because is not None}
        done = counts.get(None, 0)
        Chunk.objects.create(batch_id=batch.batch_id, ran_at=clock.now(), done=done, passed_over=passed_over)
        ran.done, ran.passed_over = ran.done + done, ran.passed_over + sum(passed_over.values())
        batch.position_done += lines
    if batch.first_share_done_at is None and batch.position_done >= batch.first_share_count:
        batch.first_share_done_at = clock.now()
    if batch.position_done >= batch.line_count:
        batch.state = ran.state = BatchState.DONE
        _enter(this, batch, Verb.BATCH_FINISHED)
    batch.save(update_fields=["state", "position_done", "first_share_done_at"])
    return lines


def _act_on(this: _Run, batch: Batch, *, upto: int, stays: list[Days]) -> dict[str | None, int]:
    """Lock, count, judge and act on the lines up to a position; return how many by what became of them."""
    action, pack = Action(batch.action), this.campaign.pack
    values = _values(this, batch, action) | {"after": batch.position_done, "upto": upto}
    run("DROP TABLE IF EXISTS pg_temp.campaign_turn, pg_temp.campaign_verdict")
    run(sql("campaign", "turn"), values)
    run(sql("campaign", "lock_turn"))
    clocks.make_clocks("turn_clocks", values)
    then_days = pack.campaign.suspension_days if action is Action.SUSPEND else None
    clocks.count_at_least(pack, stays=stays, on=this.on, then_days=then_days)
    run(sql("campaign", "verdicts"), values)
    run(sql("campaign", f"{action.value}_chunk"), values)
    return {row.because: row.lines for row in rows(sql("campaign", "verdict_counts"))}


def _values(this: _Run, batch: Batch, action: Action) -> dict[str, Any]:
    rules, pack = this.campaign.pack.campaign, this.campaign.pack
    suspends = action is Action.SUSPEND
    return {
        "batch_id": batch.batch_id,
        "campaign_id": batch.campaign_id,
        "stage": action.from_stage.value,
        "days": rules.grace_days if suspends else rules.suspension_days,
        "then_days": rules.suspension_days,
        "language": NONE_NAMED,
        "on": this.on,
        "at": clock.now(),
        "quarantined_until": this.on + dt.timedelta(days=pack.number_quarantine_days),
        "verb": (Verb.LINE_SUSPENDED if suspends else Verb.LINE_ENDED).value,
        "article": rules.suspension_article if suspends else rules.ending_article,
        "role": this.role,
        "actor": this.authority.commitment,
        "staff_id": this.authority.staff_id,
        "pack_hash": pack.hash,
        "has_own_network": has_own_network(),
    }


def _stop(this: _Run, batch: Batch, ran: Ran, why: str) -> None:
    batch.state, batch.stopped_because = BatchState.STOPPED, why
    batch.save(update_fields=["state", "stopped_because"])
    hold_back(this.on, of_batch=BatchId(batch.batch_id))
    _enter(this, batch, Verb.BATCH_STOPPED, because="brake")
    ran.state, ran.why = BatchState.STOPPED, why


def _enter(this: _Run, batch: Batch, verb: Verb, **more: str) -> None:
    facts: Mapping[str, str | int | bool] = {
        "batch": str(batch.batch_id),
        "position": batch.position_done,
        **more,
    }
    append_entry(
        this.authority, verb=verb, role=this.role, on=this.on, pack=this.campaign.pack.hash, facts=facts
    )


def _brakes() -> Brakes:
    chosen = settings()
    return Brakes(
        first_share_hours=chosen.first_share_hours,
        stop_at_complaints=chosen.stop_at_complaints,
        stop_at_failed_read_backs=chosen.stop_at_failed_read_backs,
        stop_at_emergency_jump=chosen.stop_at_emergency_jump,
    )


def _progress(batch: Batch) -> Progress:
    (found,) = rows(
        sql("campaign", "progress"),
        {"batch_id": batch.batch_id, "hour_ago": clock.now() - dt.timedelta(hours=1)},
    )
    return Progress(
        line_count=batch.line_count,
        position_done=batch.position_done,
        done=found.done,
        done_last_hour=found.done_last_hour,
        cap_per_hour=batch.cap_per_hour,
        first_share_count=batch.first_share_count,
        first_share_done_at=batch.first_share_done_at,
        complaints=found.complaints,
        failed_read_backs=found.failed_read_backs,
        floor_breaks=found.floor_breaks,
        emergency_usual=found.emergency_usual,
        emergency_worst=found.emergency_worst,
    )
