# SPDX-License-Identifier: EUPL-1.2
"""The one clock. Nothing else in the house asks the machine what time it is.

A trial home may be given a date (``--on``, or ``trial_on`` in its settings): the clock then shows that day at the
machine's time of day. A production home refuses, since a false date there would cut off real people.
"""

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final
from zoneinfo import ZoneInfo

from rollkeeper.kernel.errors import Kind, RollkeeperError
from rollkeeper.kernel.settings import HomeKind, settings

MOST_IDLE_DAYS: Final = 7
"""After as many days without it, a person says that the date is right before what cannot be put back is done again."""

_given: ContextVar[dt.date | None] = ContextVar("given_day", default=None)


class DateRefused(RollkeeperError):
    """Somebody tried to give a production home another date than today's."""

    code = "date_refused"
    kind = Kind.REFUSED
    sentence = "A production home runs on the true date and was given {day}."
    remedy = "Leave out --on, or try it in a trial home (set ROLLKEEPER_HOME to a new folder)."


def give_day(day: dt.date | None) -> None:
    """Let this process believe that it is `day` (None: the home's own date again). Refuses: DateRefused."""
    if day is not None and settings().kind is HomeKind.PRODUCTION:
        raise DateRefused(day=day)
    _given.set(day)


def now() -> dt.datetime:
    """Return the instant, aware, in UTC."""
    real = dt.datetime.now(zone())
    day = given_day()
    return (real if day is None else dt.datetime.combine(day, real.timetz())).astimezone(dt.UTC)


def today() -> dt.date:
    """Return the plain date in the home's zone."""
    return given_day() or dt.datetime.now(zone()).date()


def day_of(instant: dt.datetime) -> dt.date:
    """Return the day on which an instant of the machine's own was: as long ago as that, where the home was given another day."""
    given, day = given_day(), instant.astimezone(zone()).date()
    return day if given is None else given - (true_now().astimezone(zone()).date() - day)


def day_by_day(on: dt.date) -> Callable[[], dt.date]:
    """Return what tells the day that it is by then: a run that began on a day goes on past midnight."""
    began = today()
    return lambda: on + (today() - began)


def given_day() -> dt.date | None:
    """Return the day this home was told to believe, if any."""
    if _given.get() is not None:
        return _given.get()
    return settings().trial_on if settings().kind is HomeKind.TRIAL else None


def is_far_ahead(day: dt.date, *, last: dt.date | None) -> bool:
    """Tell whether a day is so long after the last on which the same work was done that the machine's date may be wrong.

    A clock that jumps ahead must cut nobody and erase nothing. A trial home goes through months in minutes and is not asked.
    """
    if last is None or settings().kind is not HomeKind.PRODUCTION:
        return False
    return (day - last).days > MOST_IDLE_DAYS


def true_seconds() -> int:
    """Return seconds since 1970 by the machine, whatever day a trial home believes: for stamps that others check."""
    return int(dt.datetime.now(dt.UTC).timestamp())


def true_now() -> dt.datetime:
    """Return the machine's own instant, whatever day a trial home believes."""
    return dt.datetime.now(dt.UTC)


def zone() -> ZoneInfo:
    """Return the zone in which this home counts days."""
    return ZoneInfo(settings().zone)
