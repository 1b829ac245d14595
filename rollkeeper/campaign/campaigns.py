# SPDX-License-Identifier: EUPL-1.2
"""Which campaign is open, and whether it may still go on as it was planned.

Separate because every act of this room begins here. All of them take one lock in turn, so that two nights at once do
the work of one.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from rollkeeper.campaign.errors import NoCampaign, OtherCampaignUnderWay, OtherDays, PackChanged
from rollkeeper.kernel.claims import one_at_a_time
from rollkeeper.kernel.database import rows
from rollkeeper.kernel.ids import CampaignId
from rollkeeper.kernel.settings import settings
from rollkeeper.law.calendars import have_same_days
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack

_PLANNING_AND_SWEEPING = 10  # the matter of kernel.claims.one_at_a_time


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """The campaign under way, with the pack that it obeys."""

    campaign_id: CampaignId
    pack_id: str
    begins_on: dt.date
    pack: Pack


def open_campaign() -> OpenCampaign:
    """Return the campaign under way. Refuses: NoCampaign, PackChanged."""
    found = find_campaign()
    if found is None:
        raise NoCampaign
    return found


def find_campaign() -> OpenCampaign | None:
    """Return the campaign under way, None where none is planned. Refuses: PackChanged."""
    for row in rows(
        "SELECT * FROM campaign_campaign WHERE closed_on IS NULL ORDER BY planned_at DESC LIMIT 1"
    ):
        pack = load_pack(row.pack_id)
        if pack.hash != row.pack_hash:
            raise PackChanged(pack=Path(row.pack_id).name)
        return OpenCampaign(CampaignId(row.campaign_id), row.pack_id, row.begins_on, pack)
    return None


def demand_no_other(pack_id: str) -> None:
    """Make sure that no campaign of another pack is open: its lines would be left where they stand, unseen.

    Refuses: OtherCampaignUnderWay.
    """
    for row in rows(
        "SELECT pack_id FROM campaign_campaign WHERE closed_on IS NULL AND pack_id <> %s", [pack_id]
    ):
        raise OtherCampaignUnderWay(pack=Path(row.pack_id).name)


def demand_same_days(pack: Pack, *, on: dt.date) -> None:
    """Make sure that this home's days are those of the law: else somebody would be cut off some hours early. Refuses: OtherDays."""
    here = settings().zone
    if not have_same_days(pack.zone, here, on=on):
        raise OtherDays(pack=pack.id, zone=pack.zone, zone_here=here)


def in_turn() -> None:
    """Wait until no other process plans, sweeps or draws up; hold on to the end of the transaction."""
    one_at_a_time(_PLANNING_AND_SWEEPING)
