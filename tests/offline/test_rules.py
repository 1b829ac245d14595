# SPDX-License-Identifier: EUPL-1.2
"""As of when an offline registration counts: believed between two instants that the database dated, and no further back than the bound."""

import datetime as dt

import pytest

from rollkeeper.offline.rules import effective_time

T0 = dt.datetime(2012, 3, 1, 8, 0, tzinfo=dt.UTC)
HOUR_MS = 3_600_000
DAY = dt.timedelta(days=1)


def counted(elapsed_ms, *, received, within=7):
    return effective_time(ticket_at=T0, elapsed_ms=elapsed_ms, received_at=received, within_days=within)


def test_what_the_page_says_counts_where_it_can_be_true():
    found = counted(2 * HOUR_MS, received=T0 + 2 * DAY)

    assert (found.at, found.was_adjusted) == (T0 + dt.timedelta(hours=2), False)


@pytest.mark.parametrize("elapsed_ms", [-1, -HOUR_MS, -(10**15)])
def test_nothing_counts_before_its_ticket(elapsed_ms):
    found = counted(elapsed_ms, received=T0 + 2 * DAY)

    assert (found.at, found.was_adjusted) == (T0, True)


@pytest.mark.parametrize("elapsed_ms", [49 * HOUR_MS, 10**12, 10**18])
def test_nothing_counts_after_it_arrived(elapsed_ms):
    found = counted(elapsed_ms, received=T0 + 2 * DAY)

    assert (found.at, found.was_adjusted) == (T0 + 2 * DAY, True)


@pytest.mark.parametrize(
    ("late", "at"),
    [
        (7 * DAY - dt.timedelta(seconds=1), T0),
        (7 * DAY, T0),
        (7 * DAY + dt.timedelta(seconds=1), T0 + dt.timedelta(seconds=1)),
    ],
)
def test_nothing_counts_further_back_than_the_bound(late, at):
    assert counted(0, received=T0 + late).at == at
