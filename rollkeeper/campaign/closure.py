# SPDX-License-Identifier: EUPL-1.2
"""Close a campaign: every line is finished, and lines never notified are waived by a named person."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.errors import APPROVER_UNKNOWN
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.choices import BatchState, Stage, WaiverReason
from rollkeeper.campaign.errors import CAMPAIGN_NOT_OVER, WAIVERS_MISSING
from rollkeeper.campaign.open_campaign import (
    OpenCampaign,
    lock_closing,
    lock_planning,
    open_campaign,
    open_campaigns,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql, without_timeout
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.ids import CampaignId, LineId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.services import withdraw_of_campaign

WITHDRAWN_AT_CLOSE = (NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.SUSPENDED)
"""Notices that promise a day of a campaign; none of them is sent once it is closed."""

_OPEN_BATCHES = (BatchState.WAITING, BatchState.APPROVED, BatchState.RUNNING, BatchState.UNDO_REQUESTED)


@dataclass(frozen=True, slots=True)
class Waived:
    """How many lines were waived now; the other lines given were notified, registered or waived before."""

    waived: int
    left_alone: int


@dataclass(frozen=True, slots=True)
class _MemberCounts:
    """How many lines are in each stage at closing; `running` and `suspended` exclude essential lines, on which no batch acts."""

    not_notified: int
    not_waived: int
    running: int
    suspended: int
    open_batches: int
    terminated: int
    gone: int


@dataclass(frozen=True, slots=True)
class ClosedCampaign:
    """A campaign that is over."""

    campaign_id: CampaignId
    closed_on: dt.date
    terminated: int
    out_of_scope: int
    waived: int


def waive_unreachable(
    authority: Authority, line_ids: Sequence[LineId], *, because: WaiverReason, on: dt.date
) -> Waived:
    """Waive lines whose subscribers could not be notified, each in its campaign, as a named person. The lines do not change.

    Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, NO_CAMPAIGN, PackChanged. Ledger: campaign:line:waived, one a line.
    """
    role = require(authority, Permission.WAIVE_UNREACHABLE)
    if authority.staff_id is None:
        raise APPROVER_UNKNOWN()
    with action(), without_timeout():
        lock_closing()
        waived = 0
        for campaign in open_campaigns():
            values = {
                "campaign_id": campaign.campaign_id, "lines": list(line_ids), "because": because.value,
                "staff_id": authority.staff_id, "day": on, "at": clock.now(), "verb": Verb.LINE_WAIVED.value,
                "role": role, "actor": authority.commitment, "pack": campaign.pack.hash,
                "article": campaign.pack.campaign.notice_article,
            }  # fmt: skip
            waived += run(sql("campaign", "waive_unreachable"), values)
    return Waived(waived, len(line_ids) - waived)


def close_campaign(authority: Authority, *, on: dt.date, name: str | None = None) -> ClosedCampaign:
    """Close the campaign of this name, or the only open one. Its pending notices are withdrawn; other campaigns go on.

    Refuses: NOT_ALLOWED, NO_CAMPAIGN, CAMPAIGN_NOT_FOUND, CAMPAIGN_NOT_NAMED, PackChanged, WAIVERS_MISSING, CAMPAIGN_NOT_OVER (together). Ledger:
    campaign:campaign:closed.
    """
    role = require(authority, Permission.CLOSE_CAMPAIGN)
    with action(), without_timeout():
        lock_planning()
        lock_closing()
        campaign = open_campaign(name)
        left = _member_counts(campaign, at_work=lock_batches(campaign))
        raise_all(_faults(campaign, left))
        waived = left.not_notified
        run("UPDATE campaign_campaign SET closed_on = %s WHERE campaign_id = %s", [on, campaign.campaign_id])
        withdraw_of_campaign(campaign.campaign_id, WITHDRAWN_AT_CLOSE)
        ask_no_more(campaign.campaign_id)
        facts: dict[str, str | int | bool] = {
            "campaign": str(campaign.campaign_id),
            "terminated": left.terminated,
            "waived": waived,
            "out_of_scope": left.gone,
        }
        append_entry(
            authority, verb=Verb.CAMPAIGN_CLOSED, role=role, on=on, pack=campaign.pack.hash,
            article=campaign.pack.campaign.notice_article, facts=facts,
        )  # fmt: skip
    return ClosedCampaign(campaign.campaign_id, on, left.terminated, left.gone, waived)


def ask_no_more(campaign_id: CampaignId) -> None:
    """Stop asking subscribers of a campaign to verify again. Lines barred by it stay barred until their subscribers verify, and an undo may
    still restore lines that it terminated.
    """
    stages = [Stage.NOT_NOTIFIED.value, Stage.RUNNING.value]
    run(sql("campaign", "ask_no_more"), {"campaign_id": campaign_id, "stages": stages})


def lock_batches(campaign: OpenCampaign) -> int:
    """Lock the batches, so that none is undone during the close: no campaign would count the restored lines. Return how many batches
    another process is working on.
    """
    held = rows(
        "SELECT FROM campaign_batch WHERE campaign_id = %s FOR NO KEY UPDATE SKIP LOCKED",
        [campaign.campaign_id],
    )
    (there,) = rows("SELECT count(*) AS n FROM campaign_batch WHERE campaign_id = %s", [campaign.campaign_id])
    return int(there.n) - len(held)


def open_batches(campaign: OpenCampaign) -> int:
    """Return how many batches of a campaign may still act or be undone."""
    (batches,) = rows(
        "SELECT count(*) AS n FROM campaign_batch WHERE campaign_id = %s AND state = ANY (%s)",
        [campaign.campaign_id, [state.value for state in _OPEN_BATCHES]],
    )
    return int(batches.n)


def _member_counts(campaign: OpenCampaign, *, at_work: int) -> _MemberCounts:
    values = {"campaign_id": campaign.campaign_id}
    stages = {
        row.stage: int(row.lines)
        for row in rows("SELECT stage, sum(lines) AS lines FROM campaign_tally WHERE campaign_id = %(campaign_id)s GROUP BY 1",
                        values)
    }  # fmt: skip
    (not_waived,) = rows(sql("campaign", "not_waived"), values)
    spared = {row.stage: row.lines for row in rows(sql("campaign", "exempt_members"), values)}
    return _MemberCounts(
        not_notified=stages.get(Stage.NOT_NOTIFIED, 0), not_waived=not_waived.lines,
        running=stages.get(Stage.RUNNING, 0) - spared.get(Stage.RUNNING, 0),
        suspended=stages.get(Stage.SUSPENDED, 0) - spared.get(Stage.SUSPENDED, 0),
        open_batches=max(open_batches(campaign), at_work), terminated=stages.get(Stage.TERMINATED, 0),
        gone=stages.get(Stage.OUT_OF_SCOPE, 0),
    )  # fmt: skip


def _faults(campaign: OpenCampaign, left: _MemberCounts) -> list[RollkeeperError]:
    faults: list[RollkeeperError] = []
    if left.not_waived:
        article = campaign.pack.campaign.notice_article
        faults.append(WAIVERS_MISSING(count=left.not_waived, article=article))
    if left.running or left.suspended or left.open_batches:
        faults.append(
            CAMPAIGN_NOT_OVER(running=left.running, suspended=left.suspended, batches=left.open_batches)
        )
    return faults
