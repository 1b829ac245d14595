# SPDX-License-Identifier: EUPL-1.2
"""Decides the instant from which an offline registration counts. Pure: instants go in.

Two instants are certain, since the database dated both: the ticket and the arrival. The browser reports the time since the
ticket, by a monotonic clock that cannot be set; after a restart of the browser, by the device's own clock. Either may be wrong.
Its report is accepted between the two instants, and no further back than the operator allows.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EffectiveTime:
    """The instant from which an offline registration counts, and whether it differs from the browser's report."""

    at: dt.datetime
    was_adjusted: bool


def effective_time(
    *, ticket_at: dt.datetime, elapsed_ms: int, received_at: dt.datetime, within_days: int
) -> EffectiveTime:
    """Return the instant from which an offline registration counts: the reported one, within the certain instants and the operator's bound."""
    bounded_ms = min(max(elapsed_ms, 0), (received_at - ticket_at) // dt.timedelta(milliseconds=1) + 1)
    earliest = max(ticket_at, received_at - dt.timedelta(days=within_days))
    said = ticket_at + dt.timedelta(milliseconds=bounded_ms)
    at = min(max(said, earliest), received_at)
    return EffectiveTime(at, was_adjusted=at != said or bounded_ms != elapsed_ms)
