# SPDX-License-Identifier: EUPL-1.2
"""Bring a campaign to its end: nobody is left half way, and for whoever was never told a named person answers."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.campaign.campaigns import OpenCampaign, in_turn, open_campaign
from rollkeeper.campaign.errors import ApproverUnknown, CampaignNotOver, UnreachedNotExcused
from rollkeeper.campaign.stages import BatchState, ExcuseReason, Stage
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, patient, rows, run, sql
from rollkeeper.kernel.errors import RollkeeperError, raise_all
from rollkeeper.kernel.ids import CampaignId, LineId
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.acts import withdraw_of_campaign
from rollkeeper.notices.kinds import NoticeKind

WITHDRAWN_AT_CLOSE = (NoticeKind.REGISTER_BY, NoticeKind.REMINDER, NoticeKind.SUSPENDED)
"""Notices that promise a day of a campaign; none of them is sent once it is closed."""

_OPEN_BATCHES = (BatchState.WAITING, BatchState.APPROVED, BatchState.RUNNING, BatchState.UNDO_ASKED)


@dataclass(frozen=True, slots=True)
class Excused:
    """How many lines somebody now answers for; the rest of those given was reached, registered or taken on before."""

    excused: int
    left_alone: int


@dataclass(frozen=True, slots=True)
class _Left:
    """Where the lines of a campaign stand when it is to close; `counting` and `suspended` without the protected, whom no batch
    ever cuts.
    """

    untold: int
    unexcused: int
    counting: int
    suspended: int
    open_batches: int
    ended: int
    gone: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A campaign that is over."""

    campaign_id: CampaignId
    closed_on: dt.date
    ended: int
    left: int
    excused: int


def excuse_unreached(
    authority: Authority, line_ids: Sequence[LineId], *, because: ExcuseReason, on: dt.date
) -> Excused:
    """Answer, as a named person, for lines whose holders could not be told. Nothing happens to the lines.

    Refuses: NotAllowed, ApproverUnknown, NoCampaign, PackChanged. Ledger: campaign:line:excused, one a line.
    """
    role = demand(authority, Power.EXCUSE_UNREACHED)
    if authority.staff_id is None:
        raise ApproverUnknown
    with act(), patient():
        in_turn()
        campaign = open_campaign()
        values = {
            "campaign_id": campaign.campaign_id, "lines": list(line_ids), "because": because.value,
            "staff_id": authority.staff_id, "day": on, "at": clock.now(), "verb": Verb.LINE_EXCUSED.value,
            "role": role, "actor": authority.commitment, "pack": campaign.pack.hash,
            "article": campaign.pack.campaign.notice_article,
        }  # fmt: skip
        excused = run(sql("campaign", "excuse"), values)
    return Excused(excused, len(line_ids) - excused)


def close_campaign(authority: Authority, *, on: dt.date) -> Closed:
    """Close the campaign under way. What it still owed to people who were not reached is withdrawn.

    Refuses: NotAllowed, NoCampaign, PackChanged, UnreachedNotExcused, CampaignNotOver (together). Ledger:
    campaign:campaign:closed.
    """
    role = demand(authority, Power.CLOSE_CAMPAIGN)
    with act(), patient():
        in_turn()
        campaign = open_campaign()
        left = _left(campaign, at_work=_hold_batches(campaign))
        raise_all(_faults(campaign, left))
        excused = left.untold
        run("UPDATE campaign_campaign SET closed_on = %s WHERE campaign_id = %s", [on, campaign.campaign_id])
        withdraw_of_campaign(campaign.campaign_id, WITHDRAWN_AT_CLOSE)
        facts: dict[str, str | int | bool] = {
            "campaign": str(campaign.campaign_id),
            "ended": left.ended,
            "excused": excused,
            "left": left.gone,
        }
        append_entry(
            authority, verb=Verb.CAMPAIGN_CLOSED, role=role, on=on, pack=campaign.pack.hash,
            article=campaign.pack.campaign.notice_article, facts=facts,
        )  # fmt: skip
    return Closed(campaign.campaign_id, on, left.ended, left.gone, excused)


def _hold_batches(campaign: OpenCampaign) -> int:
    """Let no batch be undone beside the close, since nobody would count whoever came back; return how many are at work already."""
    held = rows(
        "SELECT FROM campaign_batch WHERE campaign_id = %s FOR NO KEY UPDATE SKIP LOCKED",
        [campaign.campaign_id],
    )
    (there,) = rows("SELECT count(*) AS n FROM campaign_batch WHERE campaign_id = %s", [campaign.campaign_id])
    return int(there.n) - len(held)


def _left(campaign: OpenCampaign, *, at_work: int) -> _Left:
    values = {"campaign_id": campaign.campaign_id}
    stages = {
        row.stage: int(row.lines)
        for row in rows("SELECT stage, sum(lines) AS lines FROM campaign_tally WHERE campaign_id = %(campaign_id)s GROUP BY 1",
                        values)
    }  # fmt: skip
    (unexcused,) = rows(sql("campaign", "unexcused"), values)
    spared = {row.stage: row.lines for row in rows(sql("campaign", "spared"), values)}
    (batches,) = rows(
        "SELECT count(*) AS n FROM campaign_batch WHERE campaign_id = %s AND state = ANY (%s)",
        [campaign.campaign_id, [state.value for state in _OPEN_BATCHES]],
    )
    return _Left(
        untold=stages.get(Stage.UNTOLD, 0), unexcused=unexcused.lines,
        counting=stages.get(Stage.COUNTING, 0) - spared.get(Stage.COUNTING, 0),
        suspended=stages.get(Stage.SUSPENDED, 0) - spared.get(Stage.SUSPENDED, 0),
        open_batches=max(batches.n, at_work), ended=stages.get(Stage.ENDED, 0),
        gone=stages.get(Stage.LEFT, 0),
    )  # fmt: skip


def _faults(campaign: OpenCampaign, left: _Left) -> list[RollkeeperError]:
    faults: list[RollkeeperError] = []
    if left.unexcused:
        article = campaign.pack.campaign.notice_article
        faults.append(UnreachedNotExcused(count=left.unexcused, article=article))
    if left.counting or left.suspended or left.open_batches:
        faults.append(
            CampaignNotOver(counting=left.counting, suspended=left.suspended, batches=left.open_batches)
        )
    return faults
