# SPDX-License-Identifier: EUPL-1.2
"""What a campaign says for a notice: the law of which the notice speaks, and the day that it promises if it is sent today.

Separate from sending because a law may have several campaigns: each is asked once in a run.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from rollkeeper.kernel.ids import CampaignId
from rollkeeper.law.pack import Pack
from rollkeeper.notices.choices import NoticeKind
from rollkeeper.notices.hooks import CAMPAIGN_LAWS, PROMISES


@dataclass(frozen=True, slots=True)
class Promise:
    """The day that a notice of a kind may name if it is sent today, and the pack that it rests on."""

    last_day_on: dt.date
    pack_hash: str


class CampaignFacts:
    """What the campaigns of one run of sending say, asked once for each."""

    def __init__(self, pack: Pack, *, on: dt.date) -> None:
        self._pack, self._on = pack, on
        self._laws = dict[CampaignId, Pack | None]()
        self._promises = dict[tuple[NoticeKind, CampaignId | None], Promise | None]()

    def promise(self, row: Any) -> Promise | None:
        """Return what a notice of this kind and campaign promises if it is sent today, None if no more than it says already."""
        kind, campaign_id = NoticeKind(row.kind), row.campaign_id
        if (kind, campaign_id) not in self._promises:
            said = (promise(campaign_id, self._on) for of, promise in PROMISES.each_by_key() if of == kind)
            self._promises[kind, campaign_id] = next(said, None)
        return self._promises[kind, campaign_id]

    def law(self, row: Any) -> Pack | None:
        """Return the law of which a notice speaks, as its campaign has it, None if the law no longer states that campaign."""
        if len(self._pack.stated_campaigns) < 2 or row.campaign_id is None:
            return self._pack
        if row.campaign_id not in self._laws:
            found = (law_of(row.campaign_id) for law_of in CAMPAIGN_LAWS.each())
            self._laws[row.campaign_id] = next(found, None)
        return self._laws[row.campaign_id]
