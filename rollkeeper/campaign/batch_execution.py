# SPDX-License-Identifier: EUPL-1.2
"""Carry out approved batches, chunk by chunk, each chunk one transaction: all of it has happened or none.

Every line is judged again under its lock, regardless of the decision when the batch was prepared. A run may be killed at any
instant and started again, twice in parallel, or late: the run of a chunk locks the batch's row, `position_done` moves with the
chunk, and each line is processed once. Before each chunk it checks the stays, the complaints and the read-backs again.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.campaign import deadlines
from rollkeeper.campaign.approvals import content_of, is_approved
from rollkeeper.campaign.batch_control import lock_batch
from rollkeeper.campaign.choices import Action, BatchState, SkipReason, stage_before
from rollkeeper.campaign.court_stays import known_stays, postpone_commands
from rollkeeper.campaign.errors import BATCH_NOT_FOUND, BatchNotInState
from rollkeeper.campaign.models import Batch, Chunk
from rollkeeper.campaign.open_campaign import OpenCampaign, campaign_of, refuse_gap, require_same_days
from rollkeeper.campaign.planning import cohort_values
from rollkeeper.campaign.rules import BatchLimits, Days, Go, Progress, Stop, Wait, may_act_on, next_step
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.clock_steps import require_true_clock
from rollkeeper.kernel.database import action, prepared_rows, rows, run, sql, without_timeout
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.ids import BatchId
from rollkeeper.law.acts import Act, require_act
from rollkeeper.law.clock_sql import stage_lengths
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NO_LANGUAGE
from rollkeeper.provisioning.gateways.registry import has_own_network

CHUNK = 5000
"""Lines in one transaction: a stay or a stop waits for no more than these."""


@dataclass(slots=True)
class BatchRunResult:
    """The result of a run for one batch, and why it stopped."""

    batch_id: BatchId
    action: str
    state: BatchState
    done: int = 0
    skipped: int = 0
    why: str | None = None
    until: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class _Run:
    authority: Authority
    role: str
    campaign: OpenCampaign
    on: dt.date


def batches_to_run(*, on: dt.date) -> list[BatchId]:
    """Return the due, unfinished batches: terminations first, since those lines waited longest."""
    waiting = prepared_rows(
        "SELECT batch_id FROM campaign_batch WHERE state = ANY (%s) AND due_on <= %s ORDER BY due_on, action, batch_id",
        [[BatchState.APPROVED.value, BatchState.RUNNING.value], on],
    )
    return [BatchId(row.batch_id) for row in waiting]


def run_batch(
    authority: Authority, batch_id: BatchId, *, on: dt.date, moved: Callable[[int], None] = lambda _: None
) -> BatchRunResult:
    """Carry out one batch as far as it may go now. `moved` is called with how many lines each chunk had.

    Refuses: NOT_ALLOWED, CLOCK_SET_FORWARDS, NIGHTLY_RUN_GAP, NO_CAMPAIGN, PackChanged, UNCONFIRMED_PACK_VALUE, DIFFERENT_DAYS, BATCH_NOT_FOUND, BatchNotInState. Ledger:
    campaign:batch:started, line:line:suspended or line:line:terminated a line, campaign:batch:stopped or :finished.
    """
    role = require(authority, Permission.RUN_BATCH)
    ran: BatchRunResult | None = None
    day = clock.advancing_day(on)
    while True:
        require_true_clock()
        # Read again before each chunk: while a batch runs for hours, a pack may change or be put into force, and the day may end.
        this = _Run(authority, role, _campaign_of(batch_id), day())
        # A machine with a wrong date would find approved batches due. The nightly run must come first: it asks a person to confirm the date.
        refuse_gap(this.campaign, on=this.on)
        try:
            with action():
                batch = lock_batch(batch_id, BatchState.APPROVED, BatchState.RUNNING)
                ran = ran or BatchRunResult(batch_id, batch.action, BatchState(batch.state))
                turned = _chunk(this, batch, ran)
        except BatchNotInState as fault:
            if ran is None:
                raise
            # It was stopped by a person, or finished by another run, between two chunks.
            ran.state, ran.why = (
                BatchState(str(fault.facts["state"])),
                "another process or person moved it on",
            )
            return ran
        moved(turned)
        if not turned or ran.state is BatchState.DONE:
            return ran


def _campaign_of(batch_id: BatchId) -> OpenCampaign:
    """Return the campaign of a batch, which is under way. Refuses: BATCH_NOT_FOUND, NO_CAMPAIGN, PackChanged."""
    batch = Batch.objects.filter(batch_id=batch_id).first()
    if batch is None:
        raise BATCH_NOT_FOUND(batch=batch_id)
    return campaign_of(batch.campaign_id)


def run_due_batches(authority: Authority, *, on: dt.date) -> int:
    """Run every approved batch whose day and hour have come, as far as it may go now; return how many lines had their turn.

    Without an hour in the settings, nothing runs. Refuses: as `run_batch`. Ledger: as `run_batch`.
    """
    from_hour, turned, faults = settings().run_from_hour, 0, list[RollkeeperError]()
    if from_hour is None or clock.now().astimezone(clock.zone()).hour < from_hour:
        return 0
    for batch_id in batches_to_run(on=on):
        try:
            ran = run_batch(authority, batch_id, on=on)
            turned += ran.done + ran.skipped
        except BatchNotInState:  # A person changed its state meanwhile.
            continue
        except RollkeeperError as fault:  # Batches of other campaigns may still run.
            faults.append(fault)
    raise_all(faults)
    return turned


def _chunk(this: _Run, batch: Batch, ran: BatchRunResult) -> int:
    """Give the next lines their turn; return how many had it. Precondition: the batch's row is locked."""
    if batch.pack_hash != this.campaign.pack.hash:
        # The campaign was planned again since then. Lines that are still due are prepared again, under the current pack.
        _stop(this, batch, ran, "it was prepared under another version of the pack")
        return 0
    require_act(this.campaign.pack, Act(batch.action), on=this.on)
    require_same_days(this.campaign.pack, on=this.on)
    stays = known_stays(batch.campaign_id)
    verdict = may_act_on(this.campaign.pack, this.on, stays=stays)
    if isinstance(verdict, Refused):
        ran.why = f"on {this.on} no line may lose service: {verdict.reason}"
        return 0
    if batch.due_on > this.on:
        ran.why = f"its day is {batch.due_on}"
        return 0
    # The batch's lines are hashed once, before the first line is touched. The approvals are checked before each chunk.
    content = batch.content
    if batch.state == BatchState.APPROVED:
        with without_timeout():
            content = content_of(BatchId(batch.batch_id))
    if not is_approved(BatchId(batch.batch_id), content=content):
        _stop(this, batch, ran, "it is not what enough people approved, or they may not approve")
        return 0
    serialize_on("chunk")  # The hourly limit counts all batches: two runs must not both find room under it.
    step = next_step(_progress(batch), batch_limits=_batch_limits(), now=clock.now(), chunk=CHUNK)
    match step:
        case Stop(why):
            _stop(this, batch, ran, why)
            return 0
        case Wait(why, until):
            ran.why, ran.until = why, until
            return 0
        case Go(lines):
            return _slice(this, batch, ran, lines=lines, stays=stays)


def _slice(this: _Run, batch: Batch, ran: BatchRunResult, *, lines: int, stays: list[Days]) -> int:
    if batch.state == BatchState.APPROVED:
        _enter(this, batch, Verb.BATCH_STARTED)
        batch.state = BatchState.RUNNING
        with without_timeout():  # The database also hashes the lines before it lets a batch run.
            batch.save(update_fields=["state"])
    ran.state = BatchState.RUNNING
    if lines:
        counts = _act_on(this, batch, upto=batch.position_done + lines, stays=stays)
        skipped = {str(because): count for because, count in counts.items() if because is not None}
        done = counts.get(None, 0)
        Chunk.objects.create(batch_id=batch.batch_id, ran_at=clock.now(), done=done, skipped=skipped)
        ran.done, ran.skipped = ran.done + done, ran.skipped + sum(skipped.values())
        batch.position_done += lines
    if batch.pilot_done_at is None and batch.position_done >= batch.pilot_count:
        batch.pilot_done_at = clock.now()
    if batch.position_done >= batch.line_count:
        batch.state = ran.state = BatchState.DONE
        _enter(this, batch, Verb.BATCH_FINISHED)
    batch.save(update_fields=["state", "position_done", "pilot_done_at"])
    return lines


def _act_on(this: _Run, batch: Batch, *, upto: int, stays: list[Days]) -> dict[str | None, int]:
    """Lock, count, judge and act on the lines up to a position; return how many lines had each outcome."""
    action, pack = Action(batch.action), this.campaign.pack
    values = _values(this, batch, action) | {"after": batch.position_done, "upto": upto}
    run("DROP TABLE IF EXISTS pg_temp.batch_slice, pg_temp.slice_verdict")
    run(sql("campaign", "batch_slice"), values)
    run(sql("campaign", "lock_batch_slice"))
    deadlines.make_clocks("batch_slice_clocks", values)
    deadlines.count_at_least(
        pack, stays=stays, on=this.on, then_days=values["then_days"], keeps_promises=True
    )
    run(sql("campaign", "slice_verdicts"), values)
    if pack.campaign.lines_over is not None:
        run(
            sql("campaign", "keep_slice_within"),
            cohort_values(pack) | {"step": batch.step, "within": SkipReason.WITHIN_NUMBER.value},
        )
    run(sql("campaign", f"{action.value}_chunk"), values)
    return {row.because: row.lines for row in rows(sql("campaign", "slice_verdict_counts"))}


def _values(this: _Run, batch: Batch, action: Action) -> dict[str, Any]:
    pack = this.campaign.pack
    rule, follows, now = pack.campaign.stages[batch.step - 1], pack.campaign.after(batch.step), clock.now()
    return {
        "batch_id": batch.batch_id,
        "campaign_id": batch.campaign_id,
        "asks_again": pack.campaign.asks_again,
        "stage": stage_before(batch.step).value,
        "before": batch.step - 1,
        "step": batch.step,
        "bars": batch.bars,
        "level": BarLevel.partial(batch.bars) or None,
        **stage_lengths(pack),
        "then_days": follows.term.days_after(this.on) if follows else None,
        "language": NO_LANGUAGE,
        "on": this.on,
        "due_on": this.on,
        "at": now,
        "now": now,
        "quarantined_until": pack.number_quarantine.last_day(this.on),
        "verb": (Verb.LINE_SUSPENDED if action is Action.SUSPEND else Verb.LINE_TERMINATED).value,
        "ended_by": "campaign" if action is Action.TERMINATE else None,
        "article": rule.article,
        "role": this.role,
        "actor": this.authority.commitment,
        "staff_id": this.authority.staff_id,
        "pack_hash": pack.hash,
        "has_own_network": has_own_network(),
    }


def _stop(this: _Run, batch: Batch, ran: BatchRunResult, why: str) -> None:
    batch.state, batch.stop_reason = BatchState.STOPPED, why
    batch.save(update_fields=["state", "stop_reason"])
    postpone_commands(this.on, of_batch=BatchId(batch.batch_id))
    _enter(this, batch, Verb.BATCH_STOPPED, because="limit")
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


def _batch_limits() -> BatchLimits:
    chosen = settings()
    return BatchLimits(
        pilot_hours=chosen.pilot_hours,
        abort_at_complaints=chosen.abort_at_complaints,
        abort_at_failed_read_backs=chosen.abort_at_failed_read_backs,
        abort_at_emergency_jump=chosen.abort_at_emergency_jump,
    )


def _progress(batch: Batch) -> Progress:
    (found,) = rows(
        sql("campaign", "batch_progress"),
        {"batch_id": batch.batch_id, "hour_ago": clock.now() - dt.timedelta(hours=1)},
    )
    return Progress(
        line_count=batch.line_count,
        position_done=batch.position_done,
        done=found.done,
        done_last_hour=found.done_last_hour,
        max_lines_per_hour=batch.max_lines_per_hour,
        pilot_count=batch.pilot_count,
        pilot_done_at=batch.pilot_done_at,
        complaints=found.complaints,
        failed_read_backs=found.failed_read_backs,
        floor_breaks=found.floor_breaks,
        emergency_usual=found.emergency_usual,
        emergency_worst=found.emergency_worst,
    )
