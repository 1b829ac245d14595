# SPDX-License-Identifier: EUPL-1.2
"""The outcomes of offline registrations, by their keys; and how many wait."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from rollkeeper.kernel.database import rows


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of one offline registration; None: it waits."""

    submission_key: str
    outcome: str | None
    action_kind: str | None
    """The kind of action, if an approver confirms it."""
    said: Sequence[dict[str, Any]]
    submitted_by: UUID


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many offline registrations wait to be processed, since when, and how many failed."""

    waiting: int
    oldest: dt.datetime | None
    oldest_waits: dt.timedelta | None
    failed: int


def outcomes(submission_keys: Sequence[str]) -> list[Outcome]:
    """Return the outcomes of these offline registrations, as far as they were submitted."""
    found = rows(
        "SELECT submission_key, outcome, action_kind, said, submitted_by FROM offline_registration WHERE submission_key = ANY (%s)",
        [list(submission_keys)],
    )
    return [
        Outcome(row.submission_key, row.outcome, row.action_kind, row.said or (), row.submitted_by)
        for row in found
    ]


def count_waiting() -> Waiting:
    """Count the offline registrations that wait, and those that failed."""
    (found,) = rows(
        "SELECT count(*) FILTER (WHERE outcome IS NULL) AS waiting, count(*) FILTER (WHERE outcome = 'failed') AS failed,"
        " min(received_at) FILTER (WHERE outcome IS NULL) AS oldest,"
        " now() - min(received_at) FILTER (WHERE outcome IS NULL) AS oldest_waits FROM offline_registration WHERE sealed IS NOT NULL"
    )
    return Waiting(found.waiting, found.oldest, found.oldest_waits, found.failed)
