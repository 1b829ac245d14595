# SPDX-License-Identifier: EUPL-1.2
"""Plan a campaign: which lines it concerns, and the first notice for each.

Planning again adds lines imported since, and puts a changed pack into force: lines no longer concerned are released and get
service back.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.campaign import deadlines
from rollkeeper.campaign.court_stays import known_stays
from rollkeeper.campaign.errors import PackChanged
from rollkeeper.campaign.open_campaign import (
    find_campaign,
    lock_planning,
    require_no_other_campaign,
    require_same_days,
)
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import action, rows, run, sql, without_timeout
from rollkeeper.kernel.ids import CampaignId, LineId, new_uuid
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, require_act
from rollkeeper.law.campaign_rules import CampaignRules
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
    """The result of a planning."""

    campaign_id: CampaignId
    pack_id: str
    begins_on: dt.date
    members_before: int
    members_added: int


def plan_campaign(authority: Authority, *, pack_id: str, on: dt.date) -> PlanResult:
    """Take every line that the pack concerns into the campaign and owe each its first notice.

    Refuses: NOT_ALLOWED, PACK_NOT_FOUND, PACK_WITHOUT_CAMPAIGN, OTHER_CAMPAIGN_OPEN, DIFFERENT_DAYS; and as `require_act`.
    Ledger: campaign:campaign:planned, campaign:member:released a line.
    """
    role = require(authority, Permission.PLAN_CAMPAIGN)
    pack = load_pack(pack_id)
    if not pack.duty or not pack.has_campaign:
        raise PACK_WITHOUT_CAMPAIGN(pack=pack.id)
    require_act(pack, Act.PLAN, on=on)
    require_same_days(pack, on=on)
    note_law(on=on)
    with action(), without_timeout():
        lock_planning()
        require_no_other_campaign(pack)
        former = _former_hash(pack)
        campaign_id = _open(pack, lasting_name(pack_id))
        if former not in {None, pack.hash}:
            require_adopted(pack, on=on)
        if former is not None:
            release_members(authority, role, campaign_id, pack, on=on)
        before = _count_members(campaign_id)
        added = _take_in(campaign_id, pack, on=on)
        if pack.reminders and former not in {None, pack.hash}:
            _recheck_reminders(campaign_id, on=on)
        _record(authority, role, pack, campaign_id, before=before, added=added, on=on)
    return PlanResult(campaign_id, pack.id, pack.campaign.begins_on, before, added)


@dataclass(frozen=True, slots=True)
class PlanCheck:
    """What a planning would do now."""

    pack_id: str
    begins_on: dt.date
    members_before: int
    to_add: int
    last_day_on: dt.date | None
    """The last day of subscribers who are notified today."""
    regions: dict[str, int]
    """Lines to add by region; the empty name is of those without one."""


def check_plan(authority: Authority, *, pack_id: str, on: dt.date) -> PlanCheck:
    """Count the lines that a planning would take in. Writes nothing. Refuses: as `plan_campaign`."""
    require(authority, Permission.PLAN_CAMPAIGN)
    pack = load_pack(pack_id)
    if not pack.duty or not pack.has_campaign:
        raise PACK_WITHOUT_CAMPAIGN(pack=pack.id)
    require_act(pack, Act.PLAN, on=on)
    require_same_days(pack, on=on)
    with action(), without_timeout():
        require_no_other_campaign(pack)
        found = rows(
            "SELECT campaign_id FROM campaign_campaign WHERE law_id = %s AND closed_on IS NULL", [pack.id]
        )
        campaign_id = CampaignId(found[0].campaign_id if found else new_uuid())
        to_add = deadlines.make_clocks("plan_clocks", _values_of_plan(campaign_id, pack, on=on))
        by_region = rows(
            "SELECT coalesce(region, '') AS region, count(*) AS lines FROM member_clock GROUP BY 1"
        )
        last_day_on = deadlines.last_day_if_notified(
            pack, stays=known_stays(), begins_on=pack.campaign.begins_on, on=on
        )
    return PlanCheck(
        pack.id, pack.campaign.begins_on, _count_members(campaign_id), to_add, last_day_on,
        {row.region: row.lines for row in by_region},
    )  # fmt: skip


def current_last_day(on: dt.date) -> Promise | None:
    """Return the last day for a subscriber notified today, as the law counts it without a pause.

    A first notice may be sent weeks after it was owed: the day that it was to name would be too early by then, or past.
    """
    try:
        campaign = find_campaign()
    except PackChanged:
        return None
    if campaign is None:
        return None
    last_day_on = deadlines.last_day_if_notified(
        campaign.pack, stays=known_stays(), begins_on=campaign.begins_on, on=on
    )
    return Promise(last_day_on, campaign.pack.hash) if last_day_on else None


def _former_hash(pack: Pack) -> str | None:
    found = rows("SELECT pack_hash FROM campaign_campaign WHERE law_id = %s AND closed_on IS NULL", [pack.id])
    return str(found[0].pack_hash) if found else None


def _open(pack: Pack, pack_id: str) -> CampaignId:
    run(
        "INSERT INTO campaign_campaign (campaign_id, pack_id, law_id, pack_hash, begins_on, planned_at)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (law_id) WHERE closed_on IS NULL"
        " DO UPDATE SET pack_id = excluded.pack_id, pack_hash = excluded.pack_hash, begins_on = excluded.begins_on",
        [new_uuid(), pack_id, pack.id, pack.hash, pack.campaign.begins_on, clock.now()],
    )
    found = rows(
        "SELECT campaign_id FROM campaign_campaign WHERE law_id = %s AND closed_on IS NULL", [pack.id]
    )
    return CampaignId(found[0].campaign_id)


def cohort_values(rules: CampaignRules) -> dict[str, Any]:
    """Return what a statement needs to know which lines a campaign concerns."""
    return {
        "services": sorted(rules.services), "activated_before": rules.activated_before, "asks_again": rules.asks_again,
        "registered_before": rules.registered_before, "assurance": sorted(rules.assurance), "last_day_over": rules.last_day_over,
        "zone": instance().zone,
    }  # fmt: skip


def release_members(
    authority: Authority, role: StaffRole, campaign_id: CampaignId, pack: Pack, *, on: dt.date, lines: Sequence[LineId] | None = None
) -> None:  # fmt: skip
    """Give the members the days of the current pack, and release lines no longer concerned: all of them, or those of `lines`.

    Their lines are locked first, as a batch locks them, and looked at afterwards: one that is being cut in this moment is seen as cut.
    """
    rules = pack.campaign
    values = cohort_values(rules) | {
        "campaign_id": campaign_id, "line_ids": None if lines is None else list(lines),
        "begins_on": rules.begins_on, "language": NO_LANGUAGE, "on": on, "at": clock.now(), "verb": Verb.MEMBER_RELEASED.value,
        "role": str(role), "actor": authority.commitment, "staff_id": authority.staff_id, "pack_hash": pack.hash,
        "article": rules.notice_article,
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
    deadlines.count_at_least(pack, stays=known_stays(), on=on, from_day=rules.begins_on)
    added = int(rows(sql("campaign", "plan_members"), values)[0].lines)
    run("SELECT campaign_refresh_statistics()")
    return added


def _values_of_plan(campaign_id: CampaignId, pack: Pack, *, on: dt.date) -> dict[str, Any]:
    rules = pack.campaign
    return cohort_values(rules) | {
        "campaign_id": campaign_id, "language": NO_LANGUAGE, "anchor_on": rules.starts_on(on), "days": rules.grace_days,
        "on": on, "pack_hash": pack.hash,
    }  # fmt: skip


def _recheck_reminders(campaign_id: CampaignId, *, on: dt.date) -> None:
    """Let the next nightly run find the members to remind under the current pack: the earlier pack may have required fewer
    reminders.
    """
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
