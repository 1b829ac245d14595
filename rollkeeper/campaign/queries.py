# SPDX-License-Identifier: EUPL-1.2
"""What can be seen of campaigns: counts, dates, references and reasons. Nothing here is personal.

Counts come from `campaign_tally` and `campaign_chunk`, which grow with what was done, never from counting lines.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from rollkeeper.kernel.ids import BatchId, CampaignId, LineId


@dataclass(frozen=True, slots=True)
class Because:
    """One step of an explanation and the article behind it (None where no law is needed for it)."""

    text: str
    article: str | None


@dataclass(frozen=True, slots=True)
class DayCount:
    """So many lines for one action on one day."""

    day: dt.date
    action: str
    count: int


@dataclass(frozen=True, slots=True)
class CampaignOverview:
    """A campaign as a picture. `series` is one item a day on which the sweep ran, oldest first."""

    campaign_id: CampaignId
    pack_id: str
    begins_on: dt.date
    stage_counts: Mapping[str, int]
    series: tuple[tuple[dt.date, Mapping[str, int]], ...]
    due_soon: tuple[DayCount, ...]
    unreached: int
    reached_by_channel: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Approver:
    """Who said yes to a batch, and when."""

    username: str
    approved_at: dt.datetime


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch in one row. `state` is one of `campaign.stages.BatchState`."""

    batch_id: BatchId
    action: str
    due_on: dt.date
    state: str
    line_count: int
    done_count: int
    passed_over_count: int
    undone_count: int
    approvals: tuple[Approver, ...]
    approvals_needed: int
    cap_per_hour: int
    first_share_count: int
    stopped_because: str | None


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One line of a batch, to be looked at before it is approved."""

    line_id: LineId
    service: str
    region: str | None
    told_on: dt.date | None
    last_day_on: dt.date | None
    sentences: tuple[Because, ...]


@dataclass(frozen=True, slots=True)
class BatchDetail:
    """A batch with what a reviewer needs. `reasons` counts lines passed over or held back, by reason."""

    view: BatchView
    reasons: Mapping[str, int]
    sample: tuple[SampleLine, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a line stands where it stands on a day."""

    line_id: LineId
    service: str
    region: str | None
    state: str
    stage: str | None
    on: dt.date
    sentences: tuple[Because, ...]


def overview(on: dt.date) -> CampaignOverview | None:
    """Return the open campaign as a picture, None where none is planned."""
    raise NotImplementedError


def batches() -> list[BatchView]:
    """Return all batches, the newest first."""
    raise NotImplementedError


def batch(batch_id: BatchId) -> BatchDetail | None:
    """Return one batch with its sample, None where there is none."""
    raise NotImplementedError


def explain_number(number: str, *, on: dt.date) -> Explanation | None:
    """Explain the line that has this number (E.164), None where no line has it. `on` may lie ahead."""
    raise NotImplementedError
