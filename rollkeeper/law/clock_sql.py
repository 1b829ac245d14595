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


def fill_due(
    pack: Pack, *, stays: Sequence[Days] = (), through: dt.date, using: str = "default"
) -> dict[str, Any]:
    """Make `law_due` (anchor_on, days, pauses, last_day_on, earliest_on) from the rows of `law_clock`; return its `open_days`.

    Precondition: inside an action; the caller made the temporary table ``law_clock (anchor_on date, days int, pauses
    datemultirange)`` with distinct rows, no NULL among them (no pause: ``'{}'``).
    """
    (found,) = database.rows("SELECT min(anchor_on) AS first FROM law_clock", using=using)
    values = open_days(pack, first=found.first, through=through, stays=stays)
    database.run(database.sql("law", "fill_due"), values, using=using)
    return values


def open_days(
    pack: Pack, *, first: dt.date | None, through: dt.date, stays: Sequence[Days] = ()
) -> dict[str, Any]:
    """Return the parameters of `sql/open_days.sql` and `sql/due_days.sql`: the calendar from the first anchor through a day, and the stays."""
    begin, end = min(first or through, through), through.toordinal()
    flags = closed_flags(pack, first=begin.toordinal(), last=end)
    closed = [begin + dt.timedelta(days=ahead) for ahead, is_closed in enumerate(flags) if is_closed]
    return {"calendar_from": begin, "through": through, "closed": closed, "stays": multirange(stays)}


def stage_lengths(pack: Pack) -> dict[str, Any]:
    """Return the parameters of `sql/stage_days.sql`: how long is counted before each stage."""
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
