# SPDX-License-Identifier: EUPL-1.2
"""Queries about campaigns: counts, dates, references and reasons. Nothing here is personal.

Counts come from `campaign_tally` and `campaign_chunk`, whose size depends on the work done. Nothing here counts lines.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final
from uuid import UUID

from rollkeeper.access.authority import rule_for
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.choices import Action, BatchState, Stage
from rollkeeper.campaign.line_history import LineWithHistory, read_history
from rollkeeper.campaign.open_campaign import CampaignKey, campaigns_under_way
from rollkeeper.campaign.rules import covers
from rollkeeper.campaign.settings import settings
from rollkeeper.campaign.stage_counts import BarCount, DayCount, StageTitles, bar_counts, due_soon, summed
from rollkeeper.kernel import clock
from rollkeeper.kernel.choices import BarLevel
from rollkeeper.kernel.database import rows, sql
from rollkeeper.kernel.ids import BatchId, CampaignId, LineId
from rollkeeper.kernel.side_by_side import ENGLISH
from rollkeeper.law.acts import is_told
from rollkeeper.law.explain import LineHistory, Sentence, explain_history
from rollkeeper.law.pack import Pack
from rollkeeper.law.rules import count_clock
from rollkeeper.lawbook.queries import PeriodView, kept_until, pack_at_end, periods

_BEFORE_ALL: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class CampaignOverview:
    """The figures of a campaign for its page. `series` has one item for each day on which the nightly run ran, oldest first."""

    campaign_id: CampaignId
    pack_id: str
    begins_on: dt.date
    stage_counts: Mapping[str, int]
    series: tuple[tuple[dt.date, Mapping[str, int]], ...]
    due_soon: tuple[DayCount, ...]
    unreachable: int
    reached_by_channel: Mapping[str, int]
    bar_counts: tuple[BarCount, ...]
    """How many suspended lines are under each of the law's bars, in the law's order."""
    name: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)
    """The pack's title of the campaign, by language; its id in the pack if it has no title."""


@dataclass(frozen=True, slots=True)
class Approver:
    """Who approved a batch, and when."""

    username: str
    approved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch in one row. `state` is one of `campaign.choices.BatchState`; `skipped` counts by reason."""

    batch_id: BatchId
    action: str
    step: int
    """Which of the law's stages it carries out; 1 is the first bar."""
    level: str
    """What it bars, if it leaves more than the emergency floor: kernel.choices.BarLevel."""
    due_on: dt.date
    state: str
    line_count: int
    done_count: int
    skipped_count: int
    skipped: Mapping[str, int]
    undone_count: int
    approvals: tuple[Approver, ...]
    approvals_needed: int
    max_lines_per_hour: int
    pilot_count: int
    stop_reason: str | None
    prepared_at: dt.datetime
    prepared_by: str | None
    """Empty: the nightly run prepared it."""
    position_done: int
    pilot_done_at: dt.datetime | None
    campaign: str = ""
    title: Mapping[str, str] = field(default_factory=dict)
    """The law's name of the stage that it carries out, by language."""


@dataclass(frozen=True, slots=True)
class Watch:
    """What staff watch while a batch runs: complaints, and commands that the network has not proved."""

    complaints: int
    failed_read_backs: int
    floor_breaks: int


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """One line of a batch, to be looked at before it is approved."""

    line_id: LineId
    service: str
    region: str | None
    notified_on: dt.date | None
    last_day_on: dt.date | None
    sentences: tuple[Sentence, ...]
    anchor_on: dt.date | None
    """The day from which the present clock counts."""
    bounced_on: tuple[dt.date, ...]
    pauses: tuple[tuple[dt.date, dt.date | None], ...]


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """A batch with what a reviewer needs. `reasons` counts lines passed over or held back, by reason."""

    view: BatchView
    reasons: Mapping[str, int]
    preview: tuple[PreviewLine, ...]


@dataclass(frozen=True, slots=True)
class NotNotifiedLine:
    """A line whose subscriber is not yet notified, and the state of the attempts."""

    line_id: LineId
    service: str
    region: str | None
    notice_state: str | None
    attempts: int
    waiver_reason: str | None
    """The reason, if a named person waived it."""
    channel: str | None = None
    """The channel tried last."""


@dataclass(frozen=True, slots=True)
class NotNotifiedGroup:
    """Members whom no notice has reached: of one region, with the same channel tried last and the same outcome."""

    region: str | None
    channel: str | None
    notice_state: str | None
    lines: int
    waived: int
    with_address: int


@dataclass(frozen=True, slots=True)
class StayView:
    """A stay; `last` is None while it is open. Two people must approve its end."""

    stay_id: UUID
    first: dt.date
    last: dt.date | None
    reason: str
    end_approvals: int
    campaign: str | None = None
    """The campaign that it pauses; None: all."""

    def covers(self, day: dt.date) -> bool:
        """Tell whether the stay pauses clocks on a day."""
        return covers((self.first, self.last), day)


@dataclass(frozen=True, slots=True)
class Deadline:
    """The running clock of a line: what follows unless the subscriber registers, and when. No day: it is paused without an end."""

    follows: Action
    counted: int
    days: int
    last_day_on: dt.date | None
    earliest_on: dt.date | None
    bars: int | None = None
    """What is barred then; None: the contract ends."""
    title: Mapping[str, str] = field(default_factory=dict)
    """The law's name of that stage, by language."""
    lines: int | None = None
    """How many lines the law allows one person, if the subscriber is asked because they have more."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line has its status on a day."""

    line_id: LineId
    service: str
    region: str | None
    state: str
    stage: str | None
    on: dt.date
    sentences: tuple[Sentence, ...]
    deadline: Deadline | None


def overview(on: dt.date, name: str | None = None) -> CampaignOverview | None:
    """Return the figures of the open campaign of this name, or of the one that began first; None if there is none."""
    there = campaigns_under_way()
    return next((_overview(one, on) for one in there if name in {None, one.name}), None)


def overviews(on: dt.date, name: str | None = None) -> list[CampaignOverview]:
    """Return the figures of the open campaign of this name, or of all, in the order in which they begin."""
    return [_overview(one, on) for one in campaigns_under_way() if name in {None, one.name}]


def _overview(campaign: CampaignKey, on: dt.date) -> CampaignOverview:
    tally = rows(
        "SELECT stage, step, notified_by, next_check_on, sum(lines)::bigint AS lines FROM campaign_tally"
        " WHERE campaign_id = %s GROUP BY 1, 2, 3, 4 HAVING sum(lines) <> 0",
        [campaign.campaign_id],
    )
    stages = summed((row.stage, row.lines) for row in tally)
    pack = campaign.pack_now()
    stated = pack.stated_campaigns[0].title if pack.campaign_name or len(pack.stated_campaigns) == 1 else {}
    return CampaignOverview(
        campaign_id=campaign.campaign_id,
        pack_id=campaign.pack_id,
        begins_on=campaign.begins_on,
        stage_counts={stage.value: stages.get(stage.value, 0) for stage in Stage},
        series=_series(campaign.campaign_id),
        due_soon=due_soon(pack, tally, on),
        bar_counts=bar_counts(pack, tally),
        unreachable=stages.get(Stage.NOT_NOTIFIED.value, 0),
        reached_by_channel=summed(
            (row.notified_by, row.lines) for row in tally if row.notified_by is not None
        ),
        name=campaign.name,
        titles={"en": campaign.name} | dict(stated),
    )


def unreachable(
    *, after: LineId | None = None, limit: int = 1000, region: str | None = None, channel: str | None = None,
    name: str | None = None,
) -> list[NotNotifiedLine]:  # fmt: skip
    """Return members whom no notice has provably reached, by reference; `after` is the last line of the previous page.

    `region`, `channel` and `name` each narrow the list; an empty text selects the lines that have no region or no channel.
    """
    values = {
        "after": after or _BEFORE_ALL,
        "limit": limit,
        "region": region,
        "channel": channel,
        "name": name,
    }
    return [
        NotNotifiedLine(
            LineId(r.line_id), r.service, r.region, r.notice_state, r.attempts, r.waiver_reason, r.channel
        )
        for r in rows(
            "SELECT * FROM campaign_not_notified(%(name)s, %(after)s, %(region)s, %(channel)s, %(limit)s)",
            values,
        )
    ]


def unreachable_groups(name: str | None = None) -> list[NotNotifiedGroup]:
    """Count, by region and failed channel, the members of one campaign or of all whom no notice has reached; the largest group first."""
    return [NotNotifiedGroup(*row) for row in rows("SELECT * FROM campaign_not_notified_groups(%s)", [name])]


def stays() -> list[StayView]:
    """Return the stays entered, the newest first."""
    found = rows(
        "SELECT stay_id, lower(days) AS first, upper(days) - 1 AS last, reason,"
        " (SELECT count(*) FROM access_approval a WHERE a.subject = s.stay_id AND a.permission = %(end)s AND a.content = ("
        "SELECT max(content) FROM access_approval b WHERE b.subject = s.stay_id AND b.permission = %(end)s)) AS end_approvals,"
        " (SELECT c.campaign_name FROM campaign_campaign c WHERE c.campaign_id = s.campaign_id) AS campaign"
        " FROM campaign_stay s ORDER BY recorded_at DESC",
        {"end": Permission.END_STAY.value},
    )
    return [StayView(*row) for row in found]


def batches_that_acted(
    first: dt.date, last: dt.date | None, *, campaign: CampaignKey | None = None
) -> list[BatchId]:
    """Return the batches that acted on lines on one of these days, and that no one asked to undo: of one campaign or of all."""
    found = rows(
        "SELECT b.batch_id FROM campaign_batch b WHERE b.state IN ('running', 'stopped', 'done') AND EXISTS ("
        "SELECT FROM campaign_chunk c WHERE c.batch_id = b.batch_id AND c.done > 0"
        " AND daterange(%s, %s, '[]') @> (c.ran_at AT TIME ZONE %s)::date)"
        " AND b.campaign_id = coalesce(%s, b.campaign_id) ORDER BY b.prepared_at",
        [first, last, str(clock.zone()), campaign.campaign_id if campaign else None],
    )
    return [BatchId(row.batch_id) for row in found]


def batches(*, due_on: dt.date | None = None, batch_ids: Sequence[BatchId] | None = None) -> list[BatchView]:
    """Return all batches, or these, or those of a day: those that wait or run first, then the newest."""
    titles = StageTitles()
    return [_batch_view(row, titles) for row in _batch_rows(due_on, batch_ids)]


def batch_states(campaign_id: UUID | None = None) -> list[tuple[BatchId, BatchState]]:
    """Return every batch of one campaign or of all with its state, the newest first, so that a page can choose which to show."""
    found = rows(
        "SELECT batch_id, state FROM campaign_batch WHERE campaign_id = coalesce(%s, campaign_id)"
        " ORDER BY prepared_at DESC, batch_id",
        [campaign_id],
    )
    return [(BatchId(row.batch_id), BatchState(row.state)) for row in found]


def batch(batch_id: BatchId, *, language: str = ENGLISH) -> BatchDetail | None:
    """Return one batch with its preview, explained in a language; None if there is none."""
    found = _batch_rows(None, [batch_id])
    if not found:
        return None
    row = found[0]
    lines = rows(
        "SELECT line_id FROM campaign_batchline WHERE batch_id = %s AND position <= %s ORDER BY position",
        [batch_id, settings().preview_size],
    )
    noted = periods()
    preview = tuple(
        _preview_line(LineId(line.line_id), row, noted=noted, language=language) for line in lines
    )
    reasons = summed([*row.excluded.items(), *row.skipped.items()])
    return BatchDetail(_batch_view(row, StageTitles()), reasons, preview)


def watch_of(batch_id: BatchId) -> Watch:
    """Return the complaints and unproven commands of a batch."""
    values = {"batch_id": batch_id, "hour_ago": clock.now() - dt.timedelta(hours=1)}
    (found,) = rows(sql("campaign", "batch_progress"), values)
    return Watch(found.complaints, found.failed_read_backs, found.floor_breaks)


def last_batch_of(line_id: LineId) -> BatchId | None:
    """Return the batch that acted on a line last."""
    found = rows(
        "SELECT batch_id FROM campaign_batchline WHERE line_id = %s AND outcome = 'done' ORDER BY done_at DESC LIMIT 1",
        [line_id],
    )
    return BatchId(found[0].batch_id) if found else None


def explain_line(line_id: LineId, *, on: dt.date, language: str = ENGLISH) -> Explanation | None:
    """Explain a line by its reference, None if there is none. `on` may lie ahead."""
    found = read_history(line_id)
    if found is None:
        return None
    pack = found.pack
    return Explanation(
        line_id=line_id,
        service=found.service,
        region=found.region,
        state=found.state,
        stage=found.stage,
        on=on,
        sentences=_sentences(pack, found.history, on, noted=None, language=language),
        deadline=_deadline(pack, found, on),
    )


def _sentences(
    present: Pack, history: LineHistory, on: dt.date, *, noted: Sequence[PeriodView] | None, language: str
) -> tuple[Sentence, ...]:
    """Explain a terminated line by the version of the law under which it ended, any other line by the present version."""
    pack, ended = present, history.terminated_on
    if ended and present.duty:
        noted = periods() if noted is None else noted
        pack = pack_at_end(present, ended, noted=noted)
        history = replace(
            history, kept_until=kept_until(present, ended, service=history.service, noted=noted)
        )
    return tuple(explain_history(pack, history, on, language=language))


def _deadline(pack: Pack, found: LineWithHistory, on: dt.date) -> Deadline | None:
    """Return the running clock of a line of a campaign, as its explanation counts it; None if none runs."""
    if not pack.has_campaign or not is_told(pack) or found.stage not in {Stage.RUNNING, Stage.SUSPENDED}:
        return None
    if len(pack.stated_campaigns) > 1:
        return None  # Its campaign is over, and the law no longer states it.
    history = found.history
    anchor, follows = _anchor(pack, history), pack.campaign.after(_step(history))
    if anchor is None or follows is None or (found.stage == Stage.RUNNING) != (_step(history) == 0):
        return None
    days = follows.term.days_after(anchor)
    so_far, ahead = (
        count_clock(
            pack, anchor_on=anchor, days=days, pauses=history.pauses, stays=history.stays, through=through,
            promised_on=history.promised_on, promised_since=history.promised_since,
        )
        for through in (max(anchor, on), None)
    )  # fmt: skip
    return Deadline(
        follows=Action.of(follows), bars=follows.bars, title=follows.title,
        counted=so_far.counted, days=days, last_day_on=ahead.kept_last_day_on, earliest_on=ahead.earliest_on,
        lines=pack.campaign.lines_over,
    )  # fmt: skip


def _series(campaign_id: UUID) -> tuple[tuple[dt.date, Mapping[str, int]], ...]:
    found = rows(
        "SELECT day, stage_counts FROM campaign_nightlyrun WHERE campaign_id = %s ORDER BY day", [campaign_id]
    )
    return tuple((row.day, row.stage_counts) for row in found)


def _batch_rows(due_on: dt.date | None, batch_ids: Sequence[BatchId] | None) -> list[Any]:
    return rows(
        sql("campaign", "batches"),
        {
            "batch_ids": None if batch_ids is None else [*batch_ids],
            "due_on": due_on,
            "permission": Permission.APPROVE_BATCH.value,
        },
    )


def _batch_view(row: Any, titles: StageTitles) -> BatchView:
    return BatchView(
        batch_id=BatchId(row.batch_id),
        action=row.action,
        step=row.step,
        level=BarLevel.partial(row.bars),
        due_on=row.due_on,
        state=row.state,
        line_count=row.line_count,
        done_count=row.done,
        skipped_count=sum(row.skipped.values()),
        skipped=row.skipped,
        undone_count=row.undone,
        approvals=tuple(
            Approver(name, clock.on_calendar(dt.datetime.fromisoformat(at), not_after=row.pilot_done_at))
            for name, at in row.approvals
        ),
        approvals_needed=rule_for(Permission.APPROVE_BATCH).people,
        max_lines_per_hour=row.max_lines_per_hour,
        pilot_count=row.pilot_count,
        stop_reason=row.stop_reason,
        prepared_at=row.prepared_at,
        prepared_by=row.prepared_by_name,
        position_done=row.position_done,
        pilot_done_at=row.pilot_done_at,
        campaign=row.campaign_name or "",
        title=titles.of(row, row.step, row.pack_hash),
    )


def _preview_line(
    line_id: LineId, batch_row: Any, *, noted: Sequence[PeriodView], language: str
) -> PreviewLine:
    found = read_history(line_id)
    assert found is not None  # noqa: S101 - a line of a batch is never deleted
    pack, history = found.pack, found.history
    return PreviewLine(
        line_id=line_id,
        service=found.service,
        region=found.region,
        notified_on=min(history.notices_delivered, default=None),
        last_day_on=_last_day(pack, history, step=batch_row.step - 1),
        sentences=_sentences(pack, history, batch_row.due_on, noted=noted, language=language),
        anchor_on=_anchor(pack, history, step=batch_row.step - 1),
        bounced_on=history.notices_bounced,
        pauses=(*history.pauses, *history.stays),
    )


def _step(history: LineHistory) -> int:
    """Return how many bars are in place."""
    return 0 if history.suspended_on is None else 1 + len(history.further_on)


def _anchor(pack: Pack, history: LineHistory, *, step: int | None = None) -> dt.date | None:
    """Return the day from which a line's clock counts after `step` bars; by default, after the bars in place."""
    step = _step(history) if step is None else step
    if step:
        return (history.suspended_on, *history.further_on)[step - 1] if step <= _step(history) else None
    notified_on = min(history.notices_delivered, default=None)
    return pack.campaign.starts_on(notified_on) if notified_on else None


def _last_day(pack: Pack, history: LineHistory, *, step: int) -> dt.date | None:
    anchor, follows = _anchor(pack, history, step=step), pack.campaign.after(step)
    if anchor is None or follows is None:
        return None
    days = follows.term.days_after(anchor)
    return count_clock(
        pack, anchor_on=anchor, days=days, pauses=history.pauses, stays=history.stays,
        promised_on=history.promised_on if step == _step(history) else None, promised_since=history.promised_since,
    ).kept_last_day_on  # fmt: skip
