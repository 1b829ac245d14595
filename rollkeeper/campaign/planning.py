# SPDX-License-Identifier: EUPL-1.2
"""Plan a campaign: whom it concerns, and the first notice that is owed to each.

Planning again takes in what was imported since, and is how a changed pack is put into force: whom it concerns no more is let go, and
has service again.
"""

import datetime as dt
from dataclasses import dataclass

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power, StaffRole
from rollkeeper.campaign import clocks
from rollkeeper.campaign.campaigns import (
    demand_no_other,
    demand_same_days,
    find_campaign,
    in_turn,
)
from rollkeeper.campaign.errors import PackChanged
from rollkeeper.campaign.stays import stays_known
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, patient, rows, run, sql
from rollkeeper.kernel.ids import CampaignId, new_uuid
from rollkeeper.law.errors import CampaignMissing
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import lasting_name, load_pack
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.acts import Promise
from rollkeeper.notices.kinds import NONE_NAMED


@dataclass(frozen=True, slots=True)
class Planned:
    """What a planning did."""

    campaign_id: CampaignId
    pack_id: str
    begins_on: dt.date
    members_before: int
    members_added: int


def plan_campaign(authority: Authority, *, pack_id: str, on: dt.date) -> Planned:
    """Take every line that the pack concerns into the campaign and owe each its first notice.

    Refuses: NotAllowed, PackNotFound, UnhonouredField, CampaignMissing, OtherCampaignUnderWay, OtherDays.
    Ledger: campaign:campaign:planned, campaign:member:let_go a line.
    """
    role = demand(authority, Power.PLAN_CAMPAIGN)
    pack = load_pack(pack_id)
    pack.refuse_unhonoured()
    if not pack.duty or not pack.has_campaign:
        raise CampaignMissing(pack=pack.id)
    demand_same_days(pack, on=on)
    with act(), patient():
        in_turn()
        pack_id = lasting_name(pack_id)
        demand_no_other(pack_id)
        former = _former_hash(pack_id)
        campaign_id = _open(pack, pack_id)
        if former is not None:
            _follow_the_law(authority, role, campaign_id, pack, on=on)
        before = _count_members(campaign_id)
        added = _take_in(campaign_id, pack, on=on)
        if pack.reminders and former not in {None, pack.hash}:
            _look_at_reminders_anew(campaign_id, on=on)
        _record(authority, role, pack, campaign_id, before=before, added=added, on=on)
    return Planned(campaign_id, pack.id, pack.campaign.begins_on, before, added)


def first_promise(on: dt.date) -> Promise | None:
    """Return the last day for whoever is told today, as the law counts it without a pause.

    A first notice may be sent weeks after it was owed: the day that it was to name would be too early by then, or past.
    """
    try:
        campaign = find_campaign()
    except PackChanged:
        return None
    if campaign is None:
        return None
    last_day_on = clocks.last_day_if_told(
        campaign.pack, stays=stays_known(), begins_on=campaign.begins_on, on=on
    )
    return Promise(last_day_on, campaign.pack.hash) if last_day_on else None


def _former_hash(pack_id: str) -> str | None:
    found = rows(
        "SELECT pack_hash FROM campaign_campaign WHERE pack_id = %s AND closed_on IS NULL", [pack_id]
    )
    return str(found[0].pack_hash) if found else None


def _open(pack: Pack, pack_id: str) -> CampaignId:
    run(
        "INSERT INTO campaign_campaign (campaign_id, pack_id, pack_hash, begins_on, planned_at)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (pack_id) WHERE closed_on IS NULL"
        " DO UPDATE SET pack_hash = excluded.pack_hash, begins_on = excluded.begins_on",
        [new_uuid(), pack_id, pack.hash, pack.campaign.begins_on, clock.now()],
    )
    found = rows(
        "SELECT campaign_id FROM campaign_campaign WHERE pack_id = %s AND closed_on IS NULL", [pack_id]
    )
    return CampaignId(found[0].campaign_id)


def _follow_the_law(
    authority: Authority, role: StaffRole, campaign_id: CampaignId, pack: Pack, *, on: dt.date
) -> None:
    """Let whoever is in the campaign have the days of the pack as it is now, and let go whom it concerns no more.

    Their lines are locked first, as a batch locks them, and looked at afterwards: one that is being cut in this moment is seen as cut.
    """
    rules = pack.campaign
    values = {
        "campaign_id": campaign_id, "services": sorted(rules.services), "activated_before": rules.activated_before,
        "begins_on": rules.begins_on, "language": NONE_NAMED, "on": on, "at": clock.now(), "verb": Verb.MEMBER_LET_GO.value,
        "role": str(role), "actor": authority.commitment, "staff_id": authority.staff_id, "pack_hash": pack.hash,
        "article": rules.notice_article,
    }  # fmt: skip
    rows(sql("campaign", "let_go_lock"), values)
    # Where the law was put off nobody's clock began before its day: whoever was told already gains the days in between.
    run(
        "UPDATE campaign_member SET anchor_on = %(begins_on)s"
        " WHERE campaign_id = %(campaign_id)s AND stage = 'counting' AND anchor_on < %(begins_on)s",
        values,
    )
    rows(sql("campaign", "let_go"), values)


def _take_in(campaign_id: CampaignId, pack: Pack, *, on: dt.date) -> int:
    rules = pack.campaign
    values = {
        "campaign_id": campaign_id,
        "language": NONE_NAMED,
        "anchor_on": max(rules.begins_on, on),
        "days": rules.grace_days,
        "activated_before": rules.activated_before,
        "services": sorted(rules.services),
        "on": on,
        "pack_hash": pack.hash,
    }
    if not clocks.make_clocks("plan_clocks", values):
        return 0
    clocks.count_at_least(pack, stays=stays_known(), on=on, from_day=rules.begins_on)
    added = int(rows(sql("campaign", "plan_members"), values)[0].lines)
    run("SELECT campaign_take_stock()")
    return added


def _look_at_reminders_anew(campaign_id: CampaignId, *, on: dt.date) -> None:
    """Let the next night find out whom the pack as it is now wants to be reminded: the one before may have wanted fewer."""
    run(
        "UPDATE campaign_member SET remind_on = %s"
        " WHERE campaign_id = %s AND stage = 'counting' AND (remind_on IS NULL OR remind_on > %s)",
        [on, campaign_id, on],
    )


def _count_members(campaign_id: CampaignId) -> int:
    found = rows(
        "SELECT coalesce(sum(lines), 0)::bigint AS lines FROM campaign_tally WHERE campaign_id = %s",
        [campaign_id],
    )
    return int(found[0].lines)


def _record(
    authority: Authority,
    role: StaffRole,
    pack: Pack,
    campaign_id: CampaignId,
    *,
    before: int,
    added: int,
    on: dt.date,
) -> None:
    facts: dict[str, str | int | bool] = {
        "added": added,
        "campaign": str(campaign_id),
        "members": before + added,
    }
    append_entry(
        authority,
        verb=Verb.CAMPAIGN_PLANNED,
        role=role,
        on=on,
        pack=pack.hash,
        article=pack.campaign.notice_article,
        facts=facts,
    )
