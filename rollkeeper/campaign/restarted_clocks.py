# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a line in the campaign that was given service back without a registration.

A dispute is lost for which service came back, its subscriber was accepted for a time without a document, a hardship was heard of
after the line was suspended, or what protected it has ended.
Separate because whoever settles a dispute knows nothing of stages. Without it the line would stand as suspended without
being so, for ever: never counted, never notified, and the campaign never over.
"""

import datetime as dt
from collections.abc import Sequence

from rollkeeper.campaign.open_campaign import OpenCampaign, find_campaign
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, run, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.calendars import closed_flags
from rollkeeper.notices.choices import NO_LANGUAGE

_HORIZON_DAYS = 550  # a subscriber may be accepted without a document for long


def restart_clock(line_id: LineId, *, on: dt.date) -> bool:
    """Let the campaign count a line again, in the act that settled its dispute; return whether there was need to.

    Precondition: the line is locked and its dispute settled; the caller's action leaves its ledger entry. Refuses: PackChanged.
    """
    campaign = find_campaign()
    return campaign is not None and restart_clocks(campaign, [line_id], on=on) == 1


def restart_clocks(campaign: OpenCampaign, line_ids: Sequence[LineId], *, on: dt.date) -> int:
    """Let a campaign count those of these lines again that were given service back; return how many there were."""
    if not line_ids:
        return 0
    values = {
        "line_ids": list(line_ids), "campaign_id": campaign.campaign_id, "on": on, "at": clock.now(),
        "suspension_days": campaign.pack.campaign.suspension_days, "language": NO_LANGUAGE,
        "open_days": _open_days(campaign, on=on),
        "pack_hash": campaign.pack.hash, "begins_on": campaign.begins_on, "lead_days": max(campaign.pack.reminders, default=None),
    }  # fmt: skip
    with action():
        return run(sql("campaign", "restart_clocks"), values)


def _open_days(campaign: OpenCampaign, *, on: dt.date) -> list[dt.date]:
    """Return the days from one on, a year and a half of them, on which whoever is notified of a last day can come to a desk."""
    first = on.toordinal()
    closed = closed_flags(campaign.pack, first=first, last=first + _HORIZON_DAYS)
    return [dt.date.fromordinal(first + ahead) for ahead, is_closed in enumerate(closed) if not is_closed]
