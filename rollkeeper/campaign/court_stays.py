# SPDX-License-Identifier: EUPL-1.2
"""A court's stay, or a general extension: one person enters it, two people end it. On a day that it covers, no line loses service: in all
campaigns, or in the one that it names.

A running batch checks the stays before each chunk, so a stay entered meanwhile stops it within a chunk. Commands not yet sent to
the network wait as well: a trigger on the stays tells provisioning on which days it bars and terminates no line.
"""

import datetime as dt
from uuid import UUID

from rollkeeper.access.authority import Authority, require
from rollkeeper.access.dual_control import Approvals, approve, require_approver
from rollkeeper.access.roles import Permission
from rollkeeper.campaign.errors import STAY_NOT_FOUND, STAY_REVERSED
from rollkeeper.campaign.open_campaign import CampaignKey
from rollkeeper.campaign.rules import Days
from rollkeeper.kernel import clock
from rollkeeper.kernel.claims import lock_matter, serialize_on
from rollkeeper.kernel.database import action, prepared_rows, rows, run, sql, without_timeout
from rollkeeper.kernel.ids import BatchId, EntryId, new_uuid
from rollkeeper.ledger.services import append_entry
from rollkeeper.ledger.verbs import Verb


def known_stays(campaign_id: UUID | None) -> list[Days]:
    """Return the first and last day of each stay that pauses a campaign, inclusive (no last day: open). Without a campaign: those for all."""
    found = prepared_rows(sql("campaign", "stays_of"), {"campaign_id": campaign_id})
    return [(row.first, row.last) for row in found]


def resting_batches(on: dt.date) -> list[BatchId] | None:
    """Return the batches whose commands wait on a day because a stay pauses their campaign; None if no stay pauses a single campaign."""
    found = rows(sql("campaign", "resting_batches"), {"on": on})
    return [BatchId(row.batch_id) for row in found if row.batch_id] if found else None


def enter_stay(
    authority: Authority,
    *,
    first: dt.date,
    last: dt.date | None,
    reason: str,
    on: dt.date,
    campaign: CampaignKey | None = None,
) -> UUID:
    """Pause every clock from `first` through `last` (None: until it ends), or those of one campaign.

    Refuses: NOT_ALLOWED, STAY_REVERSED. Ledger: campaign:stay:entered.
    """
    role = require(authority, Permission.ENTER_STAY)
    if last is not None and last < first:
        raise STAY_REVERSED(first=first, last=last)
    stay_id = new_uuid()
    facts = {"first": first.isoformat(), "stay": str(stay_id)} | ({"last": last.isoformat()} if last else {})
    facts |= {"campaign": str(campaign.campaign_id)} if campaign else {}
    with action():
        rows(
            "SELECT campaign_enter_stay(%s, %s, %s, %s, %s, %s, %s)",
            [
                stay_id,
                first,
                last,
                reason,
                clock.now(),
                authority.staff_id,
                campaign.campaign_id if campaign else None,
            ],
        )
        append_entry(authority, verb=Verb.STAY_ENTERED, role=role, on=on, facts=facts)
        postpone_commands(on)
    return stay_id


def end_stay(authority: Authority, *, stay_id: UUID, on: dt.date) -> bool:
    """Agree that a stay ends, `on` being its last day; return whether enough people have now agreed, all of them on that day.

    Refuses: NOT_ALLOWED, APPROVER_UNKNOWN, ROLE_TOO_RECENT, ALREADY_APPROVED, STAY_NOT_FOUND. Ledger: campaign:stay:end_approved;
    campaign:stay:ended, once it is.
    """
    role = require_approver(authority, Permission.END_STAY)

    def enter(_: Approvals) -> EntryId:
        facts = {"last": on.isoformat(), "stay": str(stay_id)}
        return append_entry(authority, verb=Verb.STAY_END_APPROVED, role=role, on=on, facts=facts)

    with action():
        _require_open_stay(stay_id, on)
        # People approve the end on one day: an approval from months ago does not count today.
        made = approve(authority, Permission.END_STAY, stay_id, content=on.isoformat(), on=on, enter=enter)
        if not made.enough:
            return False
        last = rows("SELECT campaign_end_stay(%s, %s) AS last", [stay_id, on])[0].last
        facts = {"last": last.isoformat(), "stay": str(stay_id)}
        append_entry(authority, verb=Verb.STAY_ENDED, role=role, on=on, facts=facts)
        postpone_commands(on)
    return True


def postpone_commands(on: dt.date, *, of_batch: BatchId | None = None) -> None:
    """Let the unsent commands of batches that were stopped, or are to be undone, wait some days (`sql/stay_functions.sql`).

    The days begin after the stays that cover the day `on`. Without `of_batch`, all these batches are meant, because the stays have changed.
    Waits for concurrent callers, however long that takes, and reads the stays afterwards: a stop must not fail because it had to wait,
    and must not send commands that another stay postpones.
    """
    run("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
    serialize_on("stays")
    with without_timeout():
        run("SELECT campaign_postpone_commands(%s, %s, %s)", [of_batch, on, clock.now()])


def _require_open_stay(stay_id: UUID, on: dt.date) -> None:
    """Wait for others who end this stay, then refuse if it is over, or ends on that day or before. Refuses: STAY_NOT_FOUND."""
    lock_matter("stays", str(stay_id))
    if not rows(
        "SELECT FROM campaign_stay WHERE stay_id = %s AND (upper_inf(days) OR upper(days) - 1 > %s)",
        [stay_id, on],
    ):
        raise STAY_NOT_FOUND(stay=stay_id)
