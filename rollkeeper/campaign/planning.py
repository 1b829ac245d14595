# SPDX-License-Identifier: EUPL-1.2
"""Plan a campaign: which lines it concerns, and the first notice for each.

Planning again adds lines imported since then, and puts a changed pack into force: lines no longer concerned are released and get
service back. Lines that were barred before the last day that the pack gives now also get service back; they are asked again.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from psycopg.types.json import Jsonb

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.campaign import deadlines
from rollkeeper.campaign.court_stays import known_stays
from rollkeeper.campaign.errors import CAMPAIGN_NOT_NAMED, CAMPAIGN_NOT_STATED, PackChanged
from rollkeeper.campaign.open_campaign import (
    CampaignKey,
    campaigns_under_way,
    lock_planning,
    require_no_other_campaign,
    require_same_days,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql, without_timeout
from rollkeeper.kernel.ids import CampaignId, LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, require_act
from rollkeeper.law.campaign_rules import CampaignRules, campaigns_of
from rollkeeper.law.clock_sql import stage_bars, stage_lengths
from rollkeeper.law.errors import PACK_WITHOUT_CAMPAIGN
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import lasting_name, load_pack
from rollkeeper.lawbook.services import note_law, require_adopted
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NO_LANGUAGE
from rollkeeper.notices.services import Promise


@dataclass(frozen=True, slots=True)
class PlanResult:
    """The result of planning one campaign."""

    campaign_id: CampaignId
    pack_id: str
    begins_on: dt.date
    members_before: int
    members_added: int
    name: str = ""
    better_elsewhere: int = 0
    """Lines of its cohort that another campaign of the law takes, because that one gives them a later last day."""


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """What planning one campaign would do now."""

    pack_id: str
    begins_on: dt.date
    members_before: int
    to_add: int
    last_day_on: dt.date | None
    """The last day of subscribers who are notified today."""
    regions: dict[str, int]
    """How many lines would be added in each region; the empty name is for lines without a region."""
    name: str = ""
    better_elsewhere: int = 0
    to_restore: int = 0
    """Suspended lines that get service back: the law no longer concerns them, or would not have barred them in this way."""
    is_changed: bool = False
    """Whether the law has changed since the campaign was planned: nothing happens in the campaign until it is planned again."""


def plan_campaign(authority: Authority, *, pack_id: str, on: dt.date, name: str | None = None) -> PlanResult:
    """Plan the campaign of this name, or the only one of the pack. Refuses: as `plan_campaigns`; CAMPAIGN_NOT_NAMED."""
    stated = load_pack(pack_id).stated_campaigns
    if name is None and len(stated) > 1:
        raise CAMPAIGN_NOT_NAMED(campaigns=", ".join(one.id for one in stated))
    return plan_campaigns(authority, pack_id=pack_id, on=on, name=name)[0]


def plan_campaigns(
    authority: Authority, *, pack_id: str, on: dt.date, name: str | None = None
) -> list[PlanResult]:
    """Add every line that a campaign of the pack concerns to it and queue the first notice of each, for all its campaigns or for one.

    First each campaign releases the lines that it no longer concerns, so that another may take them.

    Refuses: NOT_ALLOWED, PACK_NOT_FOUND, PACK_WITHOUT_CAMPAIGN, OTHER_CAMPAIGN_OPEN, CAMPAIGN_LEFT_OUT, CAMPAIGN_NOT_FOUND, DIFFERENT_DAYS;
    and as `require_act`. Ledger: campaign:campaign:planned for each, campaign:member:released a line.
    """
    role = require(authority, Permission.PLAN_CAMPAIGN)
    pack, chosen = _chosen(pack_id, name, on=on)
    note_law(on=on)
    with action(), without_timeout():
        lock_planning()
        require_no_other_campaign(pack)
        opened = [_open(one, lasting_name(pack_id)) for one in chosen]
        if any(former not in {None, pack.hash} for _, former in opened):
            require_adopted(pack, on=on)
        for one, (campaign_id, former) in zip(chosen, opened, strict=True):
            if former is not None:
                release_members(authority, role, campaign_id, one, on=on)
        return [
            _plan(authority, role, one, campaign_id, former=former, on=on)
            for one, (campaign_id, former) in zip(chosen, opened, strict=True)
        ]


def check_plans(
    authority: Authority, *, pack_id: str, on: dt.date, name: str | None = None
) -> list[PlanCheck]:
    """Count the lines that a planning would add. Writes nothing. Refuses: as `plan_campaigns`."""
    require(authority, Permission.PLAN_CAMPAIGN)
    pack, chosen = _chosen(pack_id, name, on=on)
    with action(), without_timeout():
        require_no_other_campaign(pack)
        return [_check(one, on=on) for one in chosen]


def current_last_day(campaign_id: CampaignId | None, on: dt.date) -> Promise | None:
    """Return the last day for a subscriber notified today, as the law of the notice's campaign counts it without a pause.

    A first notice may be sent weeks after it was queued: by then the day stored with it would be too early, or past.
    """
    found = next((one for one in campaigns_under_way() if one.campaign_id == campaign_id), None)
    if found is None:
        return None
    try:
        campaign = found.read()
    except PackChanged:
        return None
    last_day_on = deadlines.last_day_if_notified(
        campaign.pack, stays=known_stays(campaign.campaign_id), begins_on=campaign.begins_on, on=on
    )
    return Promise(last_day_on, campaign.pack.hash) if last_day_on else None


def _chosen(pack_id: str, name: str | None, *, on: dt.date) -> tuple[Pack, list[Pack]]:
    """Return a pack, and a copy of it for each campaign to plan. Refuses: as `plan_campaigns`."""
    pack = load_pack(pack_id)
    if not pack.duty or not pack.has_campaign:
        raise PACK_WITHOUT_CAMPAIGN(pack=pack.id)
    if name is not None and name not in {one.id for one in pack.stated_campaigns}:
        stated = ", ".join(one.id for one in pack.stated_campaigns)
        raise CAMPAIGN_NOT_STATED(pack=pack.id, campaign=name, campaigns=stated)
    require_act(pack if name is None else pack.of(name), Act.PLAN, on=on)
    require_same_days(pack, on=on)
    return pack, [one for one in pack.campaigns if name in {None, one.campaign.campaign_id}]


def _open(pack: Pack, pack_id: str) -> tuple[CampaignId, str | None]:
    """Open a campaign, or put it under this version of its law; return its id and the hash of the former version, None if it is new."""
    found = _there(pack)
    if found is None:
        campaign_id = CampaignId(new_uuid())
        run(
            "INSERT INTO campaign_campaign (campaign_id, pack_id, law_id, campaign_name, pack_hash, begins_on, planned_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [campaign_id, pack_id, pack.id, pack.campaign.campaign_id, pack.hash, pack.campaign.begins_on, clock.now()],
        )  # fmt: skip
        return campaign_id, None
    run(
        "UPDATE campaign_campaign SET pack_id = %s, campaign_name = %s, pack_hash = %s, begins_on = %s WHERE campaign_id = %s",
        [pack_id, pack.campaign.campaign_id, pack.hash, pack.campaign.begins_on, found.campaign_id],
    )
    return found.campaign_id, found.pack_hash


def _there(pack: Pack) -> CampaignKey | None:
    """Return the campaign under way of this law and name; if the law has only one campaign, its name may differ."""
    mine = [one for one in campaigns_under_way() if one.law_id == pack.id]
    is_only = len(mine) == len(campaigns_of(pack.file)) == 1
    return next((one for one in mine if is_only or one.name == pack.campaign.campaign_id), None)


def _plan(
    authority: Authority, role: StaffRole, pack: Pack, campaign_id: CampaignId, *, former: str | None, on: dt.date
) -> PlanResult:  # fmt: skip
    before = _count_members(campaign_id)
    added = _take_in(campaign_id, pack, on=on)
    if pack.reminders and former not in {None, pack.hash}:
        _recheck_reminders(campaign_id, on=on)
    _record(authority, role, pack, campaign_id, before=before, added=added, on=on)
    return PlanResult(
        campaign_id, pack.id, pack.campaign.begins_on, before, added, pack.campaign.campaign_id, _better_elsewhere(pack, on=on),
    )  # fmt: skip


def _check(pack: Pack, *, on: dt.date) -> PlanCheck:
    there = _there(pack)
    campaign_id = there.campaign_id if there else CampaignId(new_uuid())
    to_add = deadlines.make_clocks("plan_clocks", _values_of_plan(campaign_id, pack, on=on))
    by_region = rows("SELECT coalesce(region, '') AS region, count(*) AS lines FROM member_clock GROUP BY 1")
    last_day_on = deadlines.last_day_if_notified(
        pack, stays=known_stays(campaign_id), begins_on=pack.campaign.begins_on, on=on
    )
    return PlanCheck(
        pack.id, pack.campaign.begins_on, _count_members(campaign_id), to_add, last_day_on,
        {row.region: row.lines for row in by_region}, pack.campaign.campaign_id, _better_elsewhere(pack, on=on),
        _count_to_restore(campaign_id, pack, on=on), there is not None and there.pack_hash != pack.hash,
    )  # fmt: skip


def cohort_values(pack: Pack) -> dict[str, Any]:
    """Return the values by which a statement finds the lines of a campaign."""
    rules = pack.campaign
    return {
        "services": sorted(rules.services), "regions": sorted(rules.regions), "payments": sorted(rules.payments),
        "activated_from": rules.activated_from, "activated_before": rules.activated_before,
        "asks_again": rules.asks_again, "registered_before": rules.registered_before, "assurance": sorted(rules.assurance),
        "party_kinds": sorted(rules.party_kinds), "last_day_over": rules.last_day_over, "lines_over": rules.lines_over, "zone": instance().zone,
        "later_cohorts": Jsonb([counted_cohort(one) for one in pack.better_campaigns]),
    }  # fmt: skip


def counted_cohort(rules: CampaignRules) -> dict[str, Any]:
    """Return the same values of one campaign for a statement that reads several campaigns at once."""
    return {
        "services": sorted(rules.services), "regions": sorted(rules.regions), "payments": sorted(rules.payments),
        "activated_from": rules.activated_from.isoformat(), "activated_before": rules.activated_before.isoformat(),
        "registered_before": rules.registered_before.isoformat(), "assurance": sorted(rules.assurance),
        "party_kinds": sorted(rules.party_kinds), "last_day_over": rules.last_day_over, "lines_over": rules.lines_over,
    }  # fmt: skip


def _better_elsewhere(pack: Pack, *, on: dt.date) -> int:
    """Count the lines of a campaign's cohort that another campaign takes, because it gives them a later last day."""
    if not pack.better_campaigns:
        return 0
    (found,) = rows(sql("campaign", "better_elsewhere"), cohort_values(pack) | {"on": on})
    return int(found.lines)


def _count_to_restore(campaign_id: CampaignId, pack: Pack, *, on: dt.date) -> int:
    (found,) = rows(sql("campaign", "count_to_restore"), _values_of_release(campaign_id, pack, on=on))
    return int(found.lines)


def _values_of_release(campaign_id: CampaignId, pack: Pack, *, on: dt.date) -> dict[str, Any]:
    rules = cohort_values(pack) | stage_lengths(pack) | {"stage_bars": stage_bars(pack)}
    return rules | {"campaign_id": campaign_id, "begins_on": pack.campaign.begins_on, "on": on}


def release_members(
    authority: Authority, role: StaffRole, campaign_id: CampaignId, pack: Pack, *, on: dt.date, lines: Sequence[LineId] | None = None
) -> None:  # fmt: skip
    """Give the members the days of the current pack, and release members that it no longer concerns or that its stages would not have barred so.

    `lines`: release only these, and change no days; None: all members. The lines are locked first, as a batch locks them, and read afterwards: a line that a batch suspends at this moment is read as suspended.
    """
    values = _values_of_release(campaign_id, pack, on=on) | {
        "line_ids": None if lines is None else list(lines), "language": NO_LANGUAGE, "at": clock.now(),
        "verb": Verb.MEMBER_RELEASED.value, "role": str(role), "actor": authority.commitment, "staff_id": authority.staff_id,
        "pack_hash": pack.hash, "article": pack.campaign.notice_article,
    }  # fmt: skip
    rows(sql("campaign", "lock_released_members"), values)
    # If the law was postponed, no clock began before its day: subscribers already notified gain the days in between.
    run(
        "UPDATE campaign_member SET anchor_on = %(begins_on)s"
        " WHERE campaign_id = %(campaign_id)s AND stage = 'running' AND anchor_on < %(begins_on)s"
        " AND %(line_ids)s::uuid[] IS NULL",
        values,
    )
    rows(sql("campaign", "release_members"), values)
    run(sql("campaign", "ask_no_more"), {"campaign_id": campaign_id, "stages": []})


def _take_in(campaign_id: CampaignId, pack: Pack, *, on: dt.date) -> int:
    values, rules = _values_of_plan(campaign_id, pack, on=on), pack.campaign
    if not deadlines.make_clocks("plan_clocks", values):
        return 0
    if rules.asks_again:
        run(sql("campaign", "ask_again"))
    deadlines.count_at_least(pack, stays=known_stays(campaign_id), on=on, from_day=rules.begins_on)
    added = int(rows(sql("campaign", "plan_members"), values)[0].lines)
    run("SELECT campaign_refresh_statistics()")
    return added


def _values_of_plan(campaign_id: CampaignId, pack: Pack, *, on: dt.date) -> dict[str, Any]:
    rules = pack.campaign
    others = [one.campaign_id for one in campaigns_under_way() if one.campaign_id != campaign_id]
    return cohort_values(pack) | {
        "campaign_id": campaign_id, "other_campaigns": others, "language": NO_LANGUAGE, "anchor_on": rules.starts_on(on),
        "days": rules.grace_after(rules.starts_on(on)),
        "on": on, "pack_hash": pack.hash,
    }  # fmt: skip


def _recheck_reminders(campaign_id: CampaignId, *, on: dt.date) -> None:
    """Let the next nightly run look again for members to remind: the earlier pack may have required fewer reminders."""
    run(
        "UPDATE campaign_member SET remind_on = %s"
        " WHERE campaign_id = %s AND stage = 'running' AND (remind_on IS NULL OR remind_on > %s)",
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
