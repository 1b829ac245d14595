# SPDX-License-Identifier: EUPL-1.2
"""Which campaign is open, and whether it may still go on as it was planned.

Separate because every act of this package begins here. All of them take one lock in turn, so that two nights at once do
the work of one.
"""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rollkeeper.campaign.errors import DIFFERENT_DAYS, NO_CAMPAIGN, OTHER_CAMPAIGN_OPEN, PackChanged
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import CampaignId
from rollkeeper.kernel.instance import instance
from rollkeeper.kernel.leases import lock_matter
from rollkeeper.law.calendars import have_same_days
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """The campaign under way, with the pack that it obeys."""

    campaign_id: CampaignId
    pack_id: str
    begins_on: dt.date
    pack: Pack


def open_campaign() -> OpenCampaign:
    """Return the campaign under way. Refuses: NO_CAMPAIGN, PackChanged."""
    found = find_campaign()
    if found is None:
        raise NO_CAMPAIGN()
    return found


def find_campaign() -> OpenCampaign | None:
    """Return the campaign under way, None where none is planned. Refuses: PackChanged."""
    for row in rows(
        "SELECT * FROM campaign_campaign WHERE closed_on IS NULL ORDER BY planned_at DESC LIMIT 1"
    ):
        pack = _planned_pack(row.pack_id, row.pack_hash)
        return OpenCampaign(CampaignId(row.campaign_id), row.pack_id, row.begins_on, pack)
    return None


def _planned_pack(name: str, planned_hash: str) -> Pack:
    """Return the law with which a campaign was planned: where it lay then, or where this instance's law lies now. Refuses: PackChanged."""
    there = {name, instance().pack} if Path(name).is_absolute() else {name}
    for place in sorted(there, key=lambda one: one != name):
        with suppress(RollkeeperError):
            if (pack := load_pack(place)).hash == planned_hash:
                return pack
    raise PackChanged(pack=Path(name).name)


def require_no_other_campaign(pack: Pack) -> None:
    """Ensure that no campaign of another law is open: its lines would no longer be processed. A law is known by its id, wherever its
    file lies.

    Refuses: OTHER_CAMPAIGN_OPEN.
    """
    for row in rows(
        "SELECT law_id FROM campaign_campaign WHERE closed_on IS NULL AND law_id <> %s", [pack.id]
    ):
        raise OTHER_CAMPAIGN_OPEN(pack=row.law_id)


def require_same_days(pack: Pack, *, on: dt.date) -> None:
    """Ensure that this instance's days are those of the law: otherwise a line could be suspended some hours early. Refuses:
    DIFFERENT_DAYS.
    """
    here = instance().zone
    if not have_same_days(pack.zone, here, on=on):
        raise DIFFERENT_DAYS(pack=pack.id, zone=pack.zone, zone_here=here)


def lock_planning() -> None:
    """Wait until no other process plans, nightly runs or prepares; hold on to the end of the transaction."""
    lock_matter("planning", "")
