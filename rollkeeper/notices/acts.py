# SPDX-License-Identifier: EUPL-1.2
"""Owe a notice, send what is owed, and count only what provably arrived."""

import datetime as dt

from rollkeeper.kernel.ids import CampaignId, LineId, NoticeId, new_uuid
from rollkeeper.notices.kinds import NoticeKind
from rollkeeper.notices.models import Notice


def owe(
    line_id: LineId,
    *,
    kind: NoticeKind,
    language: str,
    promised_on: dt.date | None,
    pack_hash: str,
    on: dt.date,
    campaign_id: CampaignId | None = None,
) -> NoticeId:
    """Note in the present transaction that the holder of a line must be told something; `send_due` tells them.

    Precondition: the caller's act leaves its own ledger entry. `promised_on` is needed where the kind promises a day.
    """
    if NoticeKind(kind).promises_a_day and promised_on is None:
        raise ValueError(f"a notice of kind {kind} promises a day")
    notice_id = NoticeId(new_uuid())
    Notice.objects.create(
        line_id=line_id,
        notice_id=notice_id,
        kind=NoticeKind(kind).value,
        campaign_id=campaign_id,
        language=language,
        promised_on=promised_on,
        pack_hash=pack_hash,
        owed_on=on,
    )
    return notice_id
