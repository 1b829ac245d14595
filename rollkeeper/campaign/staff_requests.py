# SPDX-License-Identifier: EUPL-1.2
"""What a worker does for a campaign manager who requested it on a page."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from rollkeeper.access.authority import Authority
from rollkeeper.campaign.cancellation import cancel_campaign


def cancel(authority: Authority, payload: Mapping[str, Any], on: dt.date) -> Mapping[str, Any]:
    """Cancel the campaign that was named, or the only open one. Refuses: as `cancel_campaign`."""
    done = cancel_campaign(authority, on=on, name=payload.get("campaign"))
    return {"members": done.members, "notified": done.notified}
