# SPDX-License-Identifier: EUPL-1.2
"""What happens in the campaign to a line that got service back without a registration.

Cases: a dispute that restored service is lost; the subscriber was accepted for a time without a document; a hardship was reported
after the suspension; or the line is no longer essential. Separate because the service that settles a dispute does not know
stages. Otherwise the line would keep the stage "suspended" although it works: no clock and no notice, and the campaign would never end.
"""

import datetime as dt
from collections.abc import Sequence

from rollkeeper.campaign.open_campaign import OpenCampaign, campaign_of_line
from rollkeeper.campaign.rules import HORIZON_DAYS
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.calendars import closed_flags
from rollkeeper.law.clock_sql import stage_lengths
from rollkeeper.notices.choices import NO_LANGUAGE


def restart_clock(line_id: LineId, *, on: dt.date) -> bool:
    """Let the campaign count a line again, in the action that settled its dispute; return whether that was necessary.

    Precondition: the line is locked and its dispute settled; the caller's action leaves its ledger entry. Refuses: PackChanged.
    """
    campaign = campaign_of_line(line_id)
    return campaign is not None and restart_clocks(campaign, [line_id], on=on) == 1


def restart_clocks(campaign: OpenCampaign, line_ids: Sequence[LineId], *, on: dt.date) -> int:
    """Let a campaign count again those of these lines that got service back; return how many."""
    if not line_ids:
        return 0
    values = {
        "line_ids": list(line_ids), "campaign_id": campaign.campaign_id, "on": on, "at": clock.now(),
        "language": NO_LANGUAGE,
        "asks_again": campaign.pack.campaign.asks_again,
        "open_days": _open_days(campaign, line_ids, on=on),
        "pack_hash": campaign.pack.hash, "begins_on": campaign.begins_on, "lead_days": max(campaign.pack.reminders, default=None),
    } | stage_lengths(campaign.pack)  # fmt: skip
    with action():
        return run(sql("campaign", "restart_clocks"), values)


def _open_days(campaign: OpenCampaign, line_ids: Sequence[LineId], *, on: dt.date) -> list[dt.date]:
    """Return the open days from a day on, as far ahead as a last day of these lines can be, their pauses included."""
    (paused,) = rows(
        "SELECT max(upper(days)) AS until FROM lines_pause WHERE line_id = ANY (%s) AND upper(days) < '9000-01-01'",
        [list(line_ids)],
    )
    first = on.toordinal()
    latest = max(on, paused.until or on).toordinal() + campaign.pack.campaign.most_days + HORIZON_DAYS
    closed = closed_flags(campaign.pack, first=first, last=latest)
    return [dt.date.fromordinal(first + ahead) for ahead, is_closed in enumerate(closed) if not is_closed]
