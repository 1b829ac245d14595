# SPDX-License-Identifier: EUPL-1.2
"""Find what is due on a day and prepare a batch: nothing happens to a line until two people approve.

The lines of a batch have a random order, so that its pilot and the preview for people are fair.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.campaign import deadlines
from rollkeeper.campaign.approvals import content_of
from rollkeeper.campaign.choices import Action, BatchState, SkipReason, stage_before
from rollkeeper.campaign.court_stays import known_stays
from rollkeeper.campaign.errors import DAY_CLOSED, DAY_PAST
from rollkeeper.campaign.models import Batch, NightlyRun
from rollkeeper.campaign.open_campaign import (
    OpenCampaign,
    campaigns_under_way,
    lock_planning,
    open_campaigns,
    require_same_days,
)
from rollkeeper.campaign.planning import cohort_values
from rollkeeper.campaign.rules import Days, may_act_on, next_open_day, pilot_count
from rollkeeper.campaign.settings import settings
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel, Bars
from rollkeeper.kernel.database import action, rows, run, sql, without_timeout
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.ids import BatchId, new_uuid
from rollkeeper.law.acts import Act, require_act
from rollkeeper.law.clock_sql import stage_lengths
from rollkeeper.law.rules import Refused
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.provisioning.gateways.registry import has_own_network


@dataclass(frozen=True, slots=True)
class DueLines:
    """The lines due on a day for one stage of one campaign. `excluded` counts lines that are due but that no batch may include."""

    action: Action
    step: int
    bars: Bars | None
    due_on: dt.date
    count: int
    excluded: Mapping[str, int]
    batch_id: BatchId | None = None
    campaign: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    """What the law calls the stage, by language."""


def check_day(
    authority: Authority, *, due_on: dt.date, on: dt.date, name: str | None = None
) -> list[DueLines]:
    """Count the lines that would be suspended or terminated on a day if nothing changes before it, in one campaign or in all. Writes nothing.

    Refuses: NOT_ALLOWED, NO_CAMPAIGN, CAMPAIGN_NOT_FOUND, PackChanged, DIFFERENT_DAYS, DAY_PAST, DAY_CLOSED.
    """
    require(authority, Permission.SEE_CAMPAIGN)
    return _counted_due(name, due_on=due_on, on=on)


def check_due(
    authority: Authority, *, due_on: dt.date, on: dt.date, name: str | None = None
) -> list[DueLines]:
    """Count as `check_day` does, for the worker. Writes nothing. Refuses: as `check_day`."""
    require(authority, Permission.PREPARE_BATCH)
    return _counted_due(name, due_on=due_on, on=on)


def require_due_day(*, due_on: dt.date, on: dt.date, name: str | None = None) -> None:
    """Make sure that a batch may be prepared for a day. Writes nothing.

    Refuses: NO_CAMPAIGN, CAMPAIGN_NOT_FOUND, PackChanged, DIFFERENT_DAYS, DAY_PAST, DAY_CLOSED.
    """
    with action():
        _campaigns_on(name, due_on, on)


def prepare_batches(
    authority: Authority, *, due_on: dt.date, on: dt.date, name: str | None = None
) -> list[DueLines]:
    """Prepare a batch of the lines due on a day, for each stage of one campaign or of all. A line in an unfinished batch stays there.

    Refuses: as `check_day`; UNCONFIRMED_PACK_VALUE. Ledger: campaign:batch:prepared.
    """
    role = require(authority, Permission.PREPARE_BATCH)
    with action(), without_timeout():
        lock_planning()
        found = []
        for campaign, stays in _campaigns_on(name, due_on, on):
            for step in _steps(campaign):
                due = _count_due(campaign, step, stays=stays, due_on=due_on)
                found.append(_prepare(authority, role, campaign, due, on=on) if due.count else due)
        return found


def prepare_day(authority: Authority, *, on: dt.date, after_run: bool = False) -> int:
    """Prepare the batches of a day once for each campaign; return how many. On a day on which no line may lose service, prepare none.

    So the lines of a stopped batch are prepared again on the next day, or when a person asks for it. If one campaign is refused, the
    others are still prepared. `after_run`: only campaigns that had their nightly run on this day.

    Refuses: as `prepare_batches`. Ledger: campaign:batch:prepared.
    """
    prepared, faults = 0, list[RollkeeperError]()
    for one in campaigns_under_way():
        if Batch.objects.filter(due_on=on, campaign_id=one.campaign_id).exists():
            continue
        if after_run and not NightlyRun.objects.filter(campaign_id=one.campaign_id, day=on).exists():
            continue
        try:
            if isinstance(may_act_on(one.read().pack, on, stays=known_stays(one.campaign_id)), Refused):
                continue
            found = prepare_batches(authority, due_on=on, on=on, name=one.name)
        except RollkeeperError as fault:
            faults.append(fault)
        else:
            prepared += sum(due.batch_id is not None for due in found)
    raise_all(faults)
    return prepared


def _counted_due(name: str | None, *, due_on: dt.date, on: dt.date) -> list[DueLines]:
    with action(), without_timeout():
        return [
            _count_due(campaign, step, stays=stays, due_on=due_on)
            for campaign, stays in _campaigns_on(name, due_on, on)
            for step in _steps(campaign)
        ]


def _steps(campaign: OpenCampaign) -> range:
    """Return the numbers of the law's stages."""
    return range(1, len(campaign.pack.campaign.stages) + 1)


def _campaigns_on(name: str | None, due_on: dt.date, on: dt.date) -> list[tuple[OpenCampaign, list[Days]]]:
    """Return the campaigns that may act on a day, each with its stays. A campaign paused by a stay does not hold back the others."""
    campaigns = [(one, known_stays(one.campaign_id)) for one in open_campaigns(name)]
    law = campaigns[0][0].pack  # All campaigns are of one law, so they share its open days.
    require_same_days(law, on=on)
    if due_on < on:
        raise DAY_PAST(day=due_on)
    verdicts = [may_act_on(one.pack, due_on, stays=stays) for one, stays in campaigns]
    ready = [
        one for one, verdict in zip(campaigns, verdicts, strict=True) if not isinstance(verdict, Refused)
    ]
    if not ready and isinstance(verdict := verdicts[0], Refused):
        stays = campaigns[0][1]
        raise DAY_CLOSED(
            day=due_on,
            article=verdict.article,
            why=verdict.reason,
            next_day=next_open_day(law, due_on, stays=stays) or "not known while the stay is open",
        )
    return ready


def _count_due(campaign: OpenCampaign, step: int, *, stays: list[Days], due_on: dt.date) -> DueLines:
    rule = campaign.pack.campaign.stages[step - 1]
    nothing = DueLines(
        Action.of(rule), step, rule.bars, due_on, 0, {}, campaign=campaign.name, title=rule.title
    )
    values: dict[str, Any] = {
        "campaign_id": campaign.campaign_id,
        "asks_again": campaign.pack.campaign.asks_again,
        "stage": stage_before(step).value,
        "before": step - 1,
        **stage_lengths(campaign.pack),
        "due_on": due_on,
        "now": clock.now(),
        "has_own_network": has_own_network(),
    }
    if not deadlines.make_clocks("due_clocks", values):
        return nothing
    deadlines.count_as_known(campaign.pack, stays=stays, through=due_on)
    if campaign.pack.campaign.lines_over is not None:
        run(
            sql("campaign", "keep_due_within"),
            cohort_values(campaign.pack)
            | {"due_on": due_on, "step": step, "within": SkipReason.WITHIN_NUMBER.value},
        )
    counts = {row.what: row.lines for row in rows(sql("campaign", "due_counts"), values)}
    return replace(nothing, count=counts.pop("due", 0), excluded=counts)


def _prepare(
    authority: Authority, role: str, campaign: OpenCampaign, due: DueLines, *, on: dt.date
) -> DueLines:
    """Create the batch with its lines and its ledger entry. Precondition: the temporary tables still hold the lines counted for it."""
    require_act(campaign.pack, Act(due.action.value), on=due.due_on)
    batch_id = BatchId(new_uuid())
    chosen = settings()
    Batch.objects.create(
        batch_id=batch_id,
        campaign_id=campaign.campaign_id,
        action=due.action.value,
        step=due.step,
        bars=due.bars,
        due_on=due.due_on,
        state=BatchState.WAITING.value,
        line_count=due.count,
        pack_hash=campaign.pack.hash,
        max_lines_per_hour=chosen.max_lines_per_hour,
        pilot_count=pilot_count(due.count, share=chosen.pilot_share),
        prepared_at=clock.now(),
        prepared_by=authority.staff_id,
        excluded=dict(due.excluded),
    )
    run(sql("campaign", "due_lines"), {"batch_id": batch_id, "due_on": due.due_on})
    content = content_of(batch_id)
    Batch.objects.filter(batch_id=batch_id).update(content=content)
    facts: dict[str, str | int | bool] = {
        "action": due.action.value,
        "content": content,
        "batch": str(batch_id),
        "due_on": due.due_on.isoformat(),
        "lines": due.count,
    }
    if level := BarLevel.partial(due.bars):
        facts["bars"] = level
    append_entry(
        authority, verb=Verb.BATCH_PREPARED, role=role, on=on, pack=campaign.pack.hash, facts=facts,
        article=campaign.pack.campaign.stages[due.step - 1].article,
    )  # fmt: skip
    return replace(due, batch_id=batch_id)
