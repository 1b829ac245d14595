# SPDX-License-Identifier: EUPL-1.2
"""Cancel a campaign that should not have been planned: the wrong law, the wrong lines, too early.

The operator answers for a suspended line until it is restored, so a campaign with a suspended line cannot be cancelled. Subscribers who were
notified already lose nothing: no clock of a cancelled campaign runs, and a new campaign begins with a new notice.
"""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.choices import Stage
from rollkeeper.campaign.closure import WITHDRAWN_AT_CLOSE, ask_no_more, lock_batches, open_batches
from rollkeeper.campaign.errors import CAMPAIGN_UNDER_WAY
from rollkeeper.campaign.open_campaign import OpenCampaign, lock_closing, lock_planning, open_campaign
from rollkeeper.kernel.database import action, rows, run, without_timeout
from rollkeeper.kernel.ids import CampaignId
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.services import withdraw_of_campaign


@dataclass(frozen=True, slots=True)
class CancelledCampaign:
    """A campaign that was cancelled: how many lines it concerned, and for how many of them the subscriber had been notified."""

    campaign_id: CampaignId
    cancelled_on: dt.date
    members: int
    notified: int


def check_cancellation(authority: Authority, *, name: str | None = None) -> tuple[str, int, int]:
    """Return what `cancel_campaign` would cancel, without doing it: the campaign's name, how many lines it concerns, and for how many of
    them the subscriber was notified.

    Refuses: as `cancel_campaign`.
    """
    require(authority, Permission.CLOSE_CAMPAIGN)
    campaign = open_campaign(name)
    return campaign.name, *_counted_where_cancellable(campaign)


def cancel_campaign(authority: Authority, *, on: dt.date, name: str | None = None) -> CancelledCampaign:
    """Cancel the campaign of this name, or the only open one. No line of it may be suspended, and no batch open. Its queued notices are
    withdrawn; other campaigns go on.

    Refuses: NOT_ALLOWED, NO_CAMPAIGN, CAMPAIGN_NOT_FOUND, CAMPAIGN_NOT_NAMED, PackChanged, CAMPAIGN_UNDER_WAY. Ledger: campaign:campaign:cancelled.
    """
    role = require(authority, Permission.CLOSE_CAMPAIGN)
    with action(), without_timeout():
        lock_planning()
        lock_closing()
        campaign = open_campaign(name)
        members, notified = _counted_where_cancellable(campaign, at_work=lock_batches(campaign))
        run("UPDATE campaign_campaign SET closed_on = %s WHERE campaign_id = %s", [on, campaign.campaign_id])
        withdraw_of_campaign(campaign.campaign_id, WITHDRAWN_AT_CLOSE)
        ask_no_more(campaign.campaign_id)
        append_entry(
            authority, verb=Verb.CAMPAIGN_CANCELLED, role=role, on=on, pack=campaign.pack.hash,
            facts={"campaign": str(campaign.campaign_id), "members": members, "notified": notified},
        )  # fmt: skip
    return CancelledCampaign(campaign.campaign_id, on, members, notified)


def _counted_where_cancellable(campaign: OpenCampaign, *, at_work: int = 0) -> tuple[int, int]:
    """Return how many lines a campaign concerns and how many were notified. Refuses: CAMPAIGN_UNDER_WAY."""
    stages = {
        row.stage: int(row.lines)
        for row in rows(
            "SELECT stage, count(*) AS lines FROM campaign_member WHERE campaign_id = %s GROUP BY 1",
            [campaign.campaign_id],
        )
    }
    suspended, batches = stages.get(Stage.SUSPENDED, 0), max(open_batches(campaign), at_work)
    if suspended or batches:
        raise CAMPAIGN_UNDER_WAY(suspended=suspended, batches=batches)
    return sum(stages.values()), stages.get(Stage.RUNNING, 0)
