# SPDX-License-Identifier: EUPL-1.2
"""What becomes of a line in the campaign when a dispute is lost for which it was given service back.

Separate because whoever settles a dispute knows nothing of stages. Without it the line would stand as suspended without
being so, for ever: never counted, never told, and the campaign never over.
"""

import datetime as dt

from rollkeeper.campaign.campaigns import default_language, find_campaign
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, run, sql
from rollkeeper.kernel.ids import LineId


def count_again(line_id: LineId, *, on: dt.date) -> bool:
    """Let the campaign count a line again, in the act that settled its dispute; return whether there was need to.

    Precondition: the line is locked and its dispute settled; the caller's act leaves its ledger entry. Refuses: PackChanged.
    """
    campaign = find_campaign()
    if campaign is None:
        return False
    values = {
        "line_id": line_id, "campaign_id": campaign.campaign_id, "on": on, "at": clock.now(),
        "suspension_days": campaign.pack.campaign.suspension_days, "language": default_language(),
        "pack_hash": campaign.pack.hash,
    }  # fmt: skip
    with act():
        return run(sql("campaign", "after_dispute"), values) == 1
