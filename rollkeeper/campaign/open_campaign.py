# SPDX-License-Identifier: EUPL-1.2
"""Which campaigns are open, and whether each may still go on as it was planned.

Separate because every action of this package begins here. These actions take one lock in turn, so that two nightly runs at the same
time do the work of one.
"""

import datetime as dt
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from rollkeeper.campaign.errors import (
    CAMPAIGN_LEFT_OUT,
    CAMPAIGN_NOT_FOUND,
    CAMPAIGN_NOT_NAMED,
    DIFFERENT_DAYS,
    NIGHTLY_RUN_GAP,
    NO_CAMPAIGN,
    OTHER_CAMPAIGN_OPEN,
    PackChanged,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import serialize_on
from rollkeeper.kernel.database import prepared_rows, rows
from rollkeeper.kernel.errors import RollkeeperError
from rollkeeper.kernel.ids import CampaignId, LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.calendars import have_same_days
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack


@dataclass(frozen=True, slots=True)
class OpenCampaign:
    """A campaign under way, with its pack, narrowed to this campaign."""

    campaign_id: CampaignId
    pack_id: str
    name: str
    """Its id in the pack."""
    begins_on: dt.date
    pack: Pack


@dataclass(frozen=True, slots=True)
class CampaignKey:
    """A campaign under way, known even if its pack has changed or is missing."""

    campaign_id: CampaignId
    name: str
    pack_id: str
    law_id: str
    pack_hash: str
    begins_on: dt.date

    def read(self) -> OpenCampaign:
        """Return the campaign with its pack. Refuses: PackChanged."""
        pack = _planned_pack(self.pack_id, self.pack_hash)
        return OpenCampaign(self.campaign_id, self.pack_id, self.name, self.begins_on, pack.of(self.name))

    def pack_now(self) -> Pack:
        """Return the pack that is at this place now, changed or not, with this campaign if it still has it."""
        return pack_as_it_lies(self.pack_id, self.name)


def pack_as_it_lies(pack_id: str, name: str) -> Pack:
    """Return the pack that is at this place now, with the campaign of this name if it still has one. Refuses: as `load_pack`."""
    pack = load_pack(pack_id)
    is_stated = any(one.id == name for one in pack.stated_campaigns)
    return pack.of(name) if is_stated or len(pack.stated_campaigns) == 1 else pack


def campaigns_under_way() -> list[CampaignKey]:
    """Return the campaigns under way, in the order in which they begin."""
    found = prepared_rows(
        "SELECT campaign_id, campaign_name, pack_id, law_id, pack_hash, begins_on FROM campaign_campaign WHERE closed_on IS NULL"
        " ORDER BY begins_on, campaign_name"
    )
    return [CampaignKey(CampaignId(row.campaign_id), *row[1:]) for row in found]


def closed_campaigns(name: str) -> list[CampaignKey]:
    """Return the campaign of this name that was closed last, if there is one."""
    found = rows(
        "SELECT campaign_id, campaign_name, pack_id, law_id, pack_hash, begins_on FROM campaign_campaign"
        " WHERE closed_on IS NOT NULL AND campaign_name = %s ORDER BY closed_on DESC, begins_on DESC LIMIT 1",
        [name],
    )
    return [CampaignKey(CampaignId(row.campaign_id), *row[1:]) for row in found]


def named_campaigns(name: str | None) -> list[CampaignKey]:
    """Return the campaign of this name, or all that are under way. Refuses: NO_CAMPAIGN, CAMPAIGN_NOT_FOUND."""
    there = campaigns_under_way()
    if not there:
        raise NO_CAMPAIGN()
    found = [one for one in there if name in {None, one.name}]
    if not found:
        raise CAMPAIGN_NOT_FOUND(campaign=name, campaigns=", ".join(one.name for one in there))
    return found


def open_campaign(name: str | None = None) -> OpenCampaign:
    """Return the campaign of this name, or the only one under way. Refuses: NO_CAMPAIGN, CAMPAIGN_NOT_FOUND, CAMPAIGN_NOT_NAMED, PackChanged."""
    found = named_campaigns(name)
    if len(found) > 1:
        raise CAMPAIGN_NOT_NAMED(campaigns=", ".join(one.name for one in found))
    return found[0].read()


def open_campaigns(name: str | None = None) -> list[OpenCampaign]:
    """Return the campaign of this name, or all that are under way. Refuses: NO_CAMPAIGN, CAMPAIGN_NOT_FOUND, PackChanged."""
    return [one.read() for one in named_campaigns(name)]


def campaign_of(campaign_id: UUID) -> OpenCampaign:
    """Return a campaign under way by its reference. Refuses: NO_CAMPAIGN, PackChanged."""
    for one in campaigns_under_way():
        if one.campaign_id == campaign_id:
            return one.read()
    raise NO_CAMPAIGN()


def law_of_campaign(campaign_id: CampaignId) -> Pack | None:
    """Return the law of a campaign, open or closed, narrowed to it; None if the pack cannot be read or no longer states the campaign."""
    for row in rows(
        "SELECT pack_id, campaign_name FROM campaign_campaign WHERE campaign_id = %s", [campaign_id]
    ):
        with suppress(RollkeeperError):
            return load_pack(row.pack_id).of(row.campaign_name)
    return None


def campaign_of_line(line_id: LineId) -> OpenCampaign | None:
    """Return the campaign under way that counts a line, None if none does. Refuses: PackChanged."""
    found = rows(
        "SELECT campaign_id FROM campaign_member m JOIN campaign_campaign c USING (campaign_id) WHERE m.line_id = %s"
        " AND c.closed_on IS NULL AND m.stage IN ('not_notified', 'running', 'suspended')",
        [line_id],
    )
    return campaign_of(found[0].campaign_id) if found else None


def _planned_pack(name: str, planned_hash: str) -> Pack:
    """Return the pack with which a campaign was planned, from its place then or from the place of this instance's pack. Refuses: PackChanged."""
    there = {name, instance().pack} if Path(name).is_absolute() else {name}
    for place in sorted(there, key=lambda one: one != name):
        with suppress(RollkeeperError):
            if (pack := load_pack(place)).hash == planned_hash:
                return pack
    raise PackChanged(pack=Path(name).name)


def require_no_other_campaign(pack: Pack) -> None:
    """Ensure that no open campaign is of another law, or is no longer stated by this law: its lines would no longer be processed. A law is
    known by its id, wherever its file is.

    Refuses: OTHER_CAMPAIGN_OPEN, CAMPAIGN_LEFT_OUT.
    """
    there = campaigns_under_way()
    stated = {one.id for one in pack.stated_campaigns}
    for one in there:
        if one.law_id != pack.id:
            raise OTHER_CAMPAIGN_OPEN(pack=one.law_id)
        # If a law has only one campaign, another version may give it another name.
        if one.name not in stated and not len(stated) == len(there) == 1:
            raise CAMPAIGN_LEFT_OUT(pack=pack.id, campaign=one.name)


def require_same_days(pack: Pack, *, on: dt.date) -> None:
    """Ensure that days begin and end here as the law's days do: otherwise a line could be suspended some hours early. Refuses:
    DIFFERENT_DAYS.
    """
    here = instance().zone
    if not have_same_days(pack.zone, here, on=on):
        raise DIFFERENT_DAYS(pack=pack.id, zone=pack.zone, zone_here=here)


def refuse_gap(campaign: OpenCampaign, *, on: dt.date) -> None:
    """Refuse a day long after the last nightly run: the machine's date may be wrong, and the lines found due may be out of date.

    Refuses: NIGHTLY_RUN_GAP.
    """
    (found,) = prepared_rows(
        "SELECT max(day) AS last FROM campaign_nightlyrun WHERE campaign_id = %s AND day <= %s",
        [campaign.campaign_id, on],
    )
    if clock.is_clock_far_ahead(on, last=found.last):
        raise NIGHTLY_RUN_GAP(last=found.last, day=on, days=(on - found.last).days)


def lock_planning() -> None:
    """Wait until no other process plans, nightly runs or prepares; hold on to the end of the transaction."""
    serialize_on("planning")


def lock_closing() -> None:
    """Wait until no other process closes or cancels a campaign, or waives its lines; hold on to the end of the transaction.

    The back office waives lines: with this lock it can hold up no planning and no nightly run.
    """
    serialize_on("closing")
