# SPDX-License-Identifier: EUPL-1.2
"""The nightly run: start the clocks of notified lines, release registered lines, queue reminders, postpone lines that are not due.
It suspends and terminates nothing.

Reads only lines that changed since the last run (`campaign_linechange`) and those due for a check
(`campaign_member.next_check_on`): a run with nothing due costs the same for a million lines as for one.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from typing import Any, Final

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.roles import Permission, StaffRole
from rollkeeper.campaign import deadlines
from rollkeeper.campaign.choices import Stage
from rollkeeper.campaign.court_stays import known_stays
from rollkeeper.campaign.open_campaign import (
    CampaignKey,
    OpenCampaign,
    campaigns_under_way,
    lock_planning,
    refuse_gap,
)
from rollkeeper.campaign.planning import cohort_values, release_members
from rollkeeper.campaign.restarted_clocks import restart_clocks
from rollkeeper.campaign.rules import Days, covers, may_act_on, next_open_day
from rollkeeper.kernel import clock
from rollkeeper.kernel.clock_steps import require_true_clock
from rollkeeper.kernel.database import action, prepared_rows, prepared_run, rows, run, sql, without_timeout
from rollkeeper.kernel.errors import RollkeeperError, as_one, raise_all
from rollkeeper.kernel.ids import LineId
from rollkeeper.kernel.instance import instance
from rollkeeper.law.acts import Act, require_act
from rollkeeper.law.clock_sql import stage_bars, stage_lengths
from rollkeeper.law.rules import Allowed
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb
from rollkeeper.notices.choices import NO_LANGUAGE

_ASKED: Final = frozenset({Stage.NOT_NOTIFIED, Stage.RUNNING, Stage.SUSPENDED})
"""The stages in which a campaign still asks the subscriber to register or verify."""


@dataclass(frozen=True, slots=True)
class NightlyResult:
    """The result of a nightly run."""

    started: int = 0
    out_of_scope: int = 0
    postponed: int = 0
    reminded: int = 0


def run_nightly(authority: Authority, *, on: dt.date, after_gap: bool = False) -> NightlyResult:
    """Bring every member of every campaign to its state on a day. Running it again changes nothing.

    A campaign that may not go on does not hold back the others: its refusal is raised when they are done, and its next run looks at its
    lines. `after_gap`: a person confirmed the date although there was no nightly run for a long time.

    Refuses: NOT_ALLOWED, PackChanged, CLOCK_SET_FORWARDS, NIGHTLY_RUN_GAP; and as `require_act`. Ledger: campaign:clock:started a line,
    campaign:nightly_run:finished a night and campaign.
    """
    role = require(authority, Permission.RUN_BATCH)
    with action(), without_timeout():
        lock_planning()
        there = campaigns_under_way()
        if not there:
            # Keep the changes of former members: an undo may open their campaign again, and its next run reads them.
            run(
                "DELETE FROM campaign_linechange c"
                " WHERE NOT EXISTS (SELECT FROM campaign_member m WHERE m.line_id = c.line_id OFFSET 0)"
            )
            return NightlyResult()
        ready, faults = _ready(there, on=on, after_gap=after_gap)
        if not ready:
            raise as_one(faults)
        seen = _drain(there, ready)
        nights = [
            _run_one(authority, role, one, stays=known_stays(one.campaign_id), seen=seen, on=on)
            for one in ready
        ]
    raise_all(faults)
    return NightlyResult(*(sum(counts) for counts in zip(*map(astuple, nights), strict=True)))


def _drain(there: list[CampaignKey], ready: list[OpenCampaign]) -> int:
    """Fill `drained_line` with the lines that changed, and keep them for the campaigns that have no run now; return how many. If there are
    none, the table may be missing.
    """
    if not prepared_rows("SELECT FROM campaign_linechange LIMIT 1"):
        return 0
    run("DROP TABLE IF EXISTS pg_temp.drained_line")
    seen = run(sql("campaign", "drain_line_changes"))
    kept_back = {one.campaign_id for one in there} - {one.campaign_id for one in ready}
    if kept_back:
        run(sql("campaign", "keep_line_changes"), {"campaigns": sorted(kept_back)})
    return seen


def _ready(
    there: list[CampaignKey], *, on: dt.date, after_gap: bool
) -> tuple[list[OpenCampaign], list[RollkeeperError]]:
    """Return the campaigns that may go on, and the refusals of the others. Campaigns that ask registered subscribers to verify again come
    first: a line that is no longer registered must leave them before another campaign asks its user to register.
    """
    ready: list[OpenCampaign] = []
    faults: list[RollkeeperError] = []
    for one in there:
        try:
            campaign = one.read()
            # A law that is no longer in force starts no clock and reminds no one.
            require_act(campaign.pack, Act.NOTIFY, on=on)
            require_true_clock(is_confirmed=after_gap)
            if not after_gap:
                refuse_gap(campaign, on=on)
        except RollkeeperError as fault:
            faults.append(fault)
        else:
            ready.append(campaign)
    return sorted(ready, key=lambda one: not one.pack.campaign.asks_again), faults


def _run_one(
    authority: Authority,
    role: StaffRole,
    campaign: OpenCampaign,
    *,
    stays: list[Days],
    seen: int,
    on: dt.date,
) -> NightlyResult:
    values = _values(authority, role, campaign, on)
    if campaign.pack.campaign.lines_over is not None:
        _release_within(authority, role, campaign, on=on)
    changed = _changed_stages(values) if seen else {}
    asked = changed.keys() & _ASKED
    if Stage.SUSPENDED in changed:
        # Suspended members may have got service back without a registration, or may be no longer essential.
        restart_clocks(campaign, changed[Stage.SUSPENDED], on=on)
        _release_barred_otherwise(authority, role, campaign, values, on=on)
    if campaign.pack.campaign.asks_again:
        if asked:
            _release_unregistered(authority, role, campaign, on=on)
    elif Stage.OUT_OF_SCOPE in changed:
        _reenter(campaign, values, stays=stays, on=on)
    nightly_result = NightlyResult(
        out_of_scope=rows(sql("campaign", "leave_campaign"), values)[0].lines if asked else 0,
        started=_start(campaign, values, stays=stays, on=on) if Stage.NOT_NOTIFIED in changed else 0,
        reminded=_remind(campaign, values, stays=stays, on=on),
        postponed=_recheck(campaign, values, stays=stays, on=on),
    )
    _record_run(authority, role, campaign, values, nightly_result, on=on)
    return nightly_result


def _changed_stages(values: Mapping[str, Any]) -> dict[str, list[LineId]]:
    """Fill `changed_line`; return the stages of its members, so that no step looks for a missing stage, with the lines of stage suspended."""
    run("DROP TABLE IF EXISTS pg_temp.changed_line")
    run(sql("campaign", "changed_lines"), values)
    found = rows(
        "SELECT stage, array_agg(line_id) FILTER (WHERE stage = 'suspended') AS suspended FROM changed_line"
        " WHERE stage IS NOT NULL GROUP BY stage"
    )
    return {row.stage: [LineId(one) for one in row.suspended or ()] for row in found}


def _release_unregistered(
    authority: Authority, role: StaffRole, campaign: OpenCampaign, *, on: dt.date
) -> None:
    """Release lines without a registered subscriber, and restore those barred: there is no one who could verify again."""
    found = rows(
        "SELECT c.line_id FROM changed_line c JOIN lines_line l USING (line_id)"
        " WHERE c.stage IN ('not_notified', 'running', 'suspended') AND NOT l.is_registered"
    )
    _release(authority, role, campaign, found, on=on)


def _release_barred_otherwise(
    authority: Authority, role: StaffRole, campaign: OpenCampaign, values: Mapping[str, Any], *, on: dt.date
) -> None:
    """Release lines that the undo of a termination restored under a bar that the law, changed meanwhile, would not have set."""
    found = rows(sql("campaign", "changed_unlike_law"), values)
    _release(authority, role, campaign, found, on=on)


def _release_within(authority: Authority, role: StaffRole, campaign: OpenCampaign, *, on: dt.date) -> None:
    """Release the lines of subscribers who no longer have more lines than the law allows, and restore those barred for it."""
    found = rows(
        sql("campaign", "within_number"),
        cohort_values(campaign.pack) | {"campaign_id": campaign.campaign_id},
    )
    _release(authority, role, campaign, found, on=on)


def _release(
    authority: Authority, role: StaffRole, campaign: OpenCampaign, found: list[Any], *, on: dt.date
) -> None:
    if found:
        lines = [LineId(row.line_id) for row in found]
        release_members(authority, role, campaign.campaign_id, campaign.pack, on=on, lines=lines)


def _reenter(campaign: OpenCampaign, values: Mapping[str, Any], *, stays: list[Days], on: dt.date) -> None:
    """Ask again for lines that no longer have a registered subscriber."""
    promised_today = deadlines.last_day_if_notified(
        campaign.pack, stays=stays, begins_on=campaign.begins_on, on=on
    )
    if promised_today is not None:
        run(sql("campaign", "reenter_campaign"), {**values, "promised_today": promised_today})


def _start(campaign: OpenCampaign, values: Mapping[str, Any], *, stays: list[Days], on: dt.date) -> int:
    if not deadlines.make_clocks(
        "start_clocks",
        {**values, "slack_days": campaign.pack.campaign.slack_days},
    ):
        return 0
    deadlines.count_at_least(campaign.pack, stays=stays, on=on, from_day=campaign.begins_on)
    return int(rows(sql("campaign", "start_members"), values)[0].lines)


def _remind(campaign: OpenCampaign, values: Mapping[str, Any], *, stays: list[Days], on: dt.date) -> int:
    """Queue the reminders that the pack requires. They change no line, so they are also queued on closed days.

    During a stay the last day is unknown: each run would name a different wrong day.
    """
    if any(covers(stay, on) for stay in stays):
        return 0
    if not campaign.pack.reminders or not deadlines.make_clocks("remind_clocks", values):
        return 0
    deadlines.count_at_least(campaign.pack, stays=stays, on=on, keeps_promises=True)
    return int(rows(sql("campaign", "remind_members"), values)[0].lines)


def _recheck(campaign: OpenCampaign, values: Mapping[str, Any], *, stays: list[Days], on: dt.date) -> int:
    """Postpone lines that are not due, and name a last day to subscribers to whom an undo could name none. Do nothing on a day on which no
    line may lose service.
    """
    if not isinstance(may_act_on(campaign.pack, on, stays=stays), Allowed):
        return 0
    if not deadlines.make_clocks("recheck_clocks", values):
        return 0
    deadlines.count_at_least(campaign.pack, stays=stays, on=on, keeps_promises=True)
    if (last_day := next_open_day(campaign.pack, on, stays=stays)) is not None:
        rows(sql("campaign", "tell_restored"), {**values, "last_day": last_day, "zone": instance().zone})
    return run(sql("campaign", "recheck_members"), values)


def _record_run(
    authority: Authority,
    role: str,
    campaign: OpenCampaign,
    values: Mapping[str, Any],
    nightly_result: NightlyResult,
    *,
    on: dt.date,
) -> None:
    ran_before = prepared_rows(
        "SELECT day FROM campaign_nightlyrun WHERE campaign_id = %s AND day = %s", [campaign.campaign_id, on]
    )
    prepared_run(sql("campaign", "fold_tally"))
    prepared_run(sql("campaign", "fold_region_tally"))
    prepared_run(sql("campaign", "nightly_run"), values)
    if ran_before and nightly_result == NightlyResult():
        return
    facts: dict[str, str | int | bool] = {
        "campaign": str(campaign.campaign_id),
        "out_of_scope": nightly_result.out_of_scope,
        "postponed": nightly_result.postponed,
        "reminded": nightly_result.reminded,
        "started": nightly_result.started,
    }
    append_entry(
        authority, verb=Verb.NIGHTLY_RUN_FINISHED, role=role, on=on, pack=campaign.pack.hash,
        article=campaign.pack.campaign.grace_article, facts=facts,
    )  # fmt: skip


def _values(authority: Authority, role: str, campaign: OpenCampaign, on: dt.date) -> dict[str, Any]:
    rules = campaign.pack.campaign
    return {
        "campaign_id": campaign.campaign_id,
        "begins_on": campaign.begins_on,
        "asks_again": rules.asks_again,
        **stage_lengths(campaign.pack),
        "stage_bars": stage_bars(campaign.pack),
        "reminders": list(campaign.pack.reminders),
        "lead_days": max(campaign.pack.reminders, default=None),
        "language": NO_LANGUAGE,
        "on": on,
        "at": clock.now(),
        "verb": Verb.CLOCK_STARTED.value,
        "role": role,
        "actor": authority.commitment,
        "staff_id": authority.staff_id,
        "pack_hash": campaign.pack.hash,
        "article": rules.notice_article,
    }
