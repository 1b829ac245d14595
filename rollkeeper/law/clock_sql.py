# SPDX-License-Identifier: EUPL-1.2
"""The law over a whole population at once, in SQL: the set-based twin of `rules.count_clock`.

The live nightly run and the simulation share these statements, so that what was tried is what runs. Work is done once for
each distinct clock, not for each line. Everything lives in temporary tables that go with the transaction.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any

from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from rollkeeper.kernel import database
from rollkeeper.law.calendars import closed_flags
from rollkeeper.law.pack import Pack

type Days = tuple[dt.date, dt.date | None]


def fill_due(pack: Pack, *, stays: Sequence[Days] = (), through: dt.date, using: str = "default") -> None:
    """Make `law_due` (anchor_on, days, pauses, last_day_on, earliest_on) from the rows of `law_clock`.

    Precondition: inside an action; the caller made the temporary table ``law_clock (anchor_on date, days int, pauses
    datemultirange)`` with distinct rows, no NULL among them (no pause: ``'{}'``).
    """
    database.run("ANALYZE law_clock", using=using)
    (found,) = database.rows("SELECT min(anchor_on) AS first FROM law_clock", using=using)
    _list_open_days(pack, first=found.first or through, through=through, stays=stays, using=using)
    database.run(
        database.sql("law", "fill_due"), {"stays": multirange(stays), "through": through}, using=using
    )


def stage_lengths(pack: Pack) -> dict[str, Any]:
    """Return what `sql/stage_days.sql` wants: how long is counted before each stage."""
    terms = [stage.term for stage in pack.campaign.stages]
    return {
        "stage_days": [one.days for one in terms],
        "stage_months": [one.months for one in terms],
        "month_overflows": any(one.overflows_to_next_month for one in terms),
    }


def stage_bars(pack: Pack) -> list[int | None]:
    """Return what each stage keeps a line from, in order; None for an end."""
    return [None if stage.bars is None else int(stage.bars) for stage in pack.campaign.stages]


def multirange(stretches: Iterable[Days]) -> Multirange[dt.date]:
    """Return stretches, inclusive at both ends, as PostgreSQL's `datemultirange`; None is an open end."""
    return Multirange([Range(first, last, "[]") for first, last in stretches])


def _list_open_days(
    pack: Pack, *, first: dt.date, through: dt.date, stays: Sequence[Days], using: str
) -> None:
    begin, end = min(first, through).toordinal(), through.toordinal()
    flags = closed_flags(pack, first=begin, last=end)
    closed = [dt.date.fromordinal(begin + index) for index, flag in enumerate(flags) if flag]
    database.run(
        database.sql("law", "open_days"),
        {
            "first": min(first, through),
            "through": through,
            "closed": closed,
            "stays": multirange(stays),
        },
        using=using,
    )
