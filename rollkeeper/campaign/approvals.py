# SPDX-License-Identifier: EUPL-1.2
"""Whether enough people approved a batch exactly as it is now, and which requests of a campaign wait for approvers.

A run does not trust the state stored with a batch: it checks the ledger, the people who approved, and every line.
"""

import datetime as dt
import json
from typing import Any

from rollkeeper.access.dual_control import PendingSubject, has_enough_decisions
from rollkeeper.access.roles import Permission
from rollkeeper.access.services import commitment_of
from rollkeeper.campaign.choices import BatchState
from rollkeeper.campaign.models import Batch, Campaign
from rollkeeper.campaign.stage_counts import StageTitles
from rollkeeper.kernel.choices import BarLevel
from rollkeeper.kernel.database import prepared_rows, sql
from rollkeeper.kernel.ids import BatchId, StaffId


def content_of(batch_id: BatchId) -> str:
    """Return the hash of a batch's content: its action, day, law and brakes, and each line with its version."""
    content: str = prepared_rows("SELECT campaign_batch_content(%s) AS content", [batch_id])[0].content
    return content


def is_approved(batch_id: BatchId, *, content: str | None) -> bool:
    """Tell whether enough different people with the permission approved this content, each by a separate entry."""
    found = prepared_rows("SELECT staff_id, body FROM campaign_approvals_of(%s)", [batch_id])
    approved = {
        StaffId(row.staff_id): day
        for row in found
        if (day := _day_of(json.loads(row.body), StaffId(row.staff_id), batch_id, content))
    }
    return content is not None and has_enough_decisions(Permission.APPROVE_BATCH, approved)


def _day_of(
    said: dict[str, Any], staff_id: StaffId, batch_id: BatchId, content: str | None
) -> dt.date | None:
    """Return the day on which this entry approves this content; None if it says anything else."""
    facts = said.get("facts", {})
    theirs = said.get("actor") == commitment_of(staff_id)
    if not theirs or (facts.get("batch"), facts.get("content")) != (str(batch_id), content):
        return None
    return dt.date.fromisoformat(said["day"])


def pending_batches() -> list[PendingSubject]:
    """Return the batches that wait for approvers."""
    waiting = Batch.objects.filter(state=BatchState.WAITING.value).order_by("prepared_at")
    if not prepared_rows("SELECT FROM campaign_batch WHERE state = %s LIMIT 1", [BatchState.WAITING.value]):
        return []  # The menu of every page counts these batches, and mostly there are none.
    of, titles = {one.campaign_id: one for one in Campaign.objects.all()}, StageTitles()
    return [
        PendingSubject(
            one.batch_id, f"{one.action}_batch", one.prepared_at, str(one.batch_id), content=one.content,
            requested_by=StaffId(one.prepared_by) if one.prepared_by else None, level=BarLevel.partial(one.bars), lines=one.line_count,
            title=titles.of(of.get(one.campaign_id), one.step, one.pack_hash),
        )
        for one in waiting
    ]  # fmt: skip


def pending_stay_ends() -> list[PendingSubject]:
    """Return the stays whose end one person has approved."""
    return [
        PendingSubject(row.stay_id, "end_stay", row.approved_at, str(row.stay_id), content=row.content)
        for row in prepared_rows(
            sql("campaign", "pending_stay_ends"), {"permission": Permission.END_STAY.value}
        )
    ]
