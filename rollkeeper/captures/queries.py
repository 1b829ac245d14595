# SPDX-License-Identifier: EUPL-1.2
"""What came of captures, by their keys; and how many wait."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rollkeeper.kernel.database import rows


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one capture; None: it waits."""

    submission_key: str
    outcome: str | None
    deed: str | None
    """Which act it is, where a second person confirms it."""
    said: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many captures wait to be carried, since when, and how many could not be."""

    waiting: int
    oldest: dt.datetime | None
    oldest_waits: dt.timedelta | None
    held: int


def outcomes(submission_keys: Sequence[str]) -> list[Outcome]:
    """Return what came of these captures, as far as they were handed in."""
    found = rows(
        "SELECT submission_key, outcome, deed, said FROM captures_capture WHERE submission_key = ANY (%s)",
        [list(submission_keys)],
    )
    return [Outcome(row.submission_key, row.outcome, row.deed, row.said or ()) for row in found]


def count_waiting() -> Waiting:
    """Count what waits."""
    (found,) = rows(
        "SELECT count(*) FILTER (WHERE outcome IS NULL) AS waiting, count(*) FILTER (WHERE outcome = 'held') AS held,"
        " min(received_at) FILTER (WHERE outcome IS NULL) AS oldest,"
        " now() - min(received_at) FILTER (WHERE outcome IS NULL) AS oldest_waits FROM captures_capture WHERE sealed IS NOT NULL"
    )
    return Waiting(found.waiting, found.oldest, found.oldest_waits, found.held)
