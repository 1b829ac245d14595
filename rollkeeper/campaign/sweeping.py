# SPDX-License-Identifier: EUPL-1.2
"""The night: start the clocks of who was told, let go who registered, remind, put off who is not due. Acts against nobody.

Looks only at lines that changed since the last night (`campaign_changed`) and at those whose day to be checked has
come (`campaign_member.next_check_on`): a night on which nothing is due costs the same for a million lines as for one.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rollkeeper.access.authority import Authority, demand
from rollkeeper.access.roles import Power
from rollkeeper.campaign import clocks
from rollkeeper.campaign.after_disputes import count_lines_again
from rollkeeper.campaign.campaigns import OpenCampaign, find_campaign, in_turn
from rollkeeper.campaign.errors import NightsMissing
from rollkeeper.campaign.rules import Days, covers, may_act_on
from rollkeeper.campaign.stays import stays_known
from rollkeeper.kernel import clock
from rollkeeper.kernel.database import act, patient, rows, run, sql
from rollkeeper.kernel.ids import LineId
from rollkeeper.law.rules import Allowed
from rollkeeper.ledger.acts import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.kinds import NONE_NAMED


@dataclass(frozen=True, slots=True)
class Swept:
    """What a night did."""

    started: int = 0
    left: int = 0
    put_off: int = 0
    reminded: int = 0


def advance(authority: Authority, *, on: dt.date, after_gap: bool = False) -> Swept:
    """Bring every member to where it stands on a day. Running it again changes nothing.

    `after_gap`: somebody says that the date is right, though no night was played for long. Refuses: NotAllowed, PackChanged,
    NightsMissing. Ledger: campaign:clock:started a line, campaign:sweep:ran a night.
    """
    role = demand(authority, Power.RUN_BATCH)
    with act(), patient():
        in_turn()
        campaign = find_campaign()
        if campaign is None:
            # What changed is of use to a campaign alone: to one that an undo opens again, for those who were its members.
            run(
                "DELETE FROM campaign_changed c"
                " WHERE NOT EXISTS (SELECT FROM campaign_member m WHERE m.line_id = c.line_id OFFSET 0)"
            )
            return Swept()
        if not after_gap:
            _refuse_gap(campaign, on)
        stays = stays_known()
        values = _values(authority, role, campaign, on)
        run("DROP TABLE IF EXISTS pg_temp.campaign_seen")
        seen = run(sql("campaign", "seen"), values)
        if seen:
            _count_served_again(campaign, on=on)
            _take_back(campaign, values, stays=stays, on=on)
        swept = Swept(
            left=rows(sql("campaign", "leave"), values)[0].lines if seen else 0,
            started=_start(campaign, values, stays=stays, on=on) if seen else 0,
            reminded=_remind(campaign, values, stays=stays, on=on),
            put_off=_recheck(campaign, values, stays=stays, on=on),
        )
        _picture(authority, role, campaign, values, swept, on=on)
    return swept


def _refuse_gap(campaign: OpenCampaign, on: dt.date) -> None:
    """Refuse a night long after the last one."""
    (found,) = rows(
        "SELECT max(day) AS last FROM campaign_sweepday WHERE campaign_id = %s AND day <= %s",
        [campaign.campaign_id, on],
    )
    if clock.is_far_ahead(on, last=found.last):
        raise NightsMissing(last=found.last, day=on, days=(on - found.last).days)


def _count_served_again(campaign: OpenCampaign, *, on: dt.date) -> None:
    """Count those again who were given service back without a registration, and whom nothing protects any more."""
    served = rows("SELECT line_id FROM campaign_seen WHERE stage = 'suspended'")
    count_lines_again(campaign, [LineId(row.line_id) for row in served], on=on)


def _take_back(campaign: OpenCampaign, values: Mapping[str, Any], *, stays: list[Days], on: dt.date) -> None:
    """Ask those anew for whose line nobody is registered any more."""
    told_today = clocks.last_day_if_told(campaign.pack, stays=stays, begins_on=campaign.begins_on, on=on)
    if told_today is not None:
        run(sql("campaign", "take_back"), {**values, "told_today": told_today})


def _start(campaign: OpenCampaign, values: Mapping[str, Any], *, stays: list[Days], on: dt.date) -> int:
    if not clocks.make_clocks("start_clocks", {**values, "days": values["grace_days"]}):
        return 0
    clocks.count_at_least(campaign.pack, stays=stays, on=on, from_day=campaign.begins_on)
    return int(rows(sql("campaign", "start"), values)[0].lines)


def _remind(campaign: OpenCampaign, values: Mapping[str, Any], *, stays: list[Days], on: dt.date) -> int:
    """Owe the reminders that the pack asks for. Nothing is done to anybody, so it is done on days of rest as well.

    While a stay lasts nobody knows the last day: each night would name another one that does not hold.
    """
    if any(covers(stay, on) for stay in stays):
        return 0
    if not campaign.pack.reminders or not clocks.make_clocks("remind_clocks", values):
        return 0
    clocks.count_at_least(campaign.pack, stays=stays, on=on)
    return int(rows(sql("campaign", "remind"), values)[0].lines)


def _recheck(campaign: OpenCampaign, values: Mapping[str, Any], *, stays: list[Days], on: dt.date) -> int:
    """Put off what is not due. On a day on which nothing may be done there is nothing to find out."""
    if not isinstance(may_act_on(campaign.pack, on, stays=stays), Allowed):
        return 0
    if not clocks.make_clocks("recheck_clocks", values):
        return 0
    clocks.count_at_least(campaign.pack, stays=stays, on=on)
    return run(sql("campaign", "recheck"), values)


def _picture(
    authority: Authority,
    role: str,
    campaign: OpenCampaign,
    values: Mapping[str, Any],
    swept: Swept,
    *,
    on: dt.date,
) -> None:
    ran_before = rows(
        "SELECT day FROM campaign_sweepday WHERE campaign_id = %s AND day = %s", [campaign.campaign_id, on]
    )
    run(sql("campaign", "fold_tally"))
    run(sql("campaign", "fold_regions"))
    run(sql("campaign", "sweep_day"), values)
    if ran_before and swept == Swept():
        return
    facts: dict[str, str | int | bool] = {
        "campaign": str(campaign.campaign_id),
        "left": swept.left,
        "put_off": swept.put_off,
        "reminded": swept.reminded,
        "started": swept.started,
    }
    append_entry(
        authority, verb=Verb.SWEEP_RAN, role=role, on=on, pack=campaign.pack.hash,
        article=campaign.pack.campaign.grace_article, facts=facts,
    )  # fmt: skip


def _values(authority: Authority, role: str, campaign: OpenCampaign, on: dt.date) -> dict[str, Any]:
    rules = campaign.pack.campaign
    return {
        "campaign_id": campaign.campaign_id,
        "begins_on": campaign.begins_on,
        "grace_days": rules.grace_days,
        "suspension_days": rules.suspension_days,
        "reminders": list(campaign.pack.reminders),
        "lead_days": max(campaign.pack.reminders, default=None),
        "language": NONE_NAMED,
        "on": on,
        "at": clock.now(),
        "verb": Verb.CLOCK_STARTED.value,
        "role": role,
        "actor": authority.commitment,
        "staff_id": authority.staff_id,
        "pack_hash": campaign.pack.hash,
        "article": rules.notice_article,
    }
