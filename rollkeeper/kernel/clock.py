# SPDX-License-Identifier: EUPL-1.2
"""The one clock. Nothing else in Rollkeeper asks the machine what time it is.

A demo instance may be given a date (``--on``, or ``demo_date`` in its settings): the clock then shows that day at the
machine's time of day. A production instance refuses, since a false date there would cut off real people.
"""

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from typing import Final
from zoneinfo import ZoneInfo

from rollkeeper.kernel.errors import DATE_REFUSED
from rollkeeper.kernel.instance import InstanceKind, instance

MAX_IDLE_DAYS: Final = 7
"""After this many days without a run, a person must confirm the date before irreversible work is done again."""
YEARS: Final = (1900, 2199)
"""The first and the last year in which days are counted."""

_given: ContextVar[dt.date | None] = ContextVar("demo_date", default=None)
_looks_back: ContextVar[bool] = ContextVar("looks_back", default=False)


def set_demo_date(day: dt.date | None, *, looks_back: bool = False) -> None:
    """Let this process believe that it is `day` (None: the instance's own date again). Refuses: DATE_REFUSED.

    `looks_back`: the command only reads, so the day may be before actions that were done already.
    """
    if day is not None and instance().kind is InstanceKind.PRODUCTION:
        raise DATE_REFUSED(day=day)
    _given.set(day)
    _looks_back.set(looks_back)


def given_date() -> dt.date | None:
    """Return the day on which this process was told to act, or None; a day for looking back does not count."""
    return None if _looks_back.get() else _given.get()


def now() -> dt.datetime:
    """Return the instant, aware, in UTC."""
    real = dt.datetime.now(zone())
    day = demo_date()
    return (real if day is None else dt.datetime.combine(day, real.timetz())).astimezone(dt.UTC)


def today() -> dt.date:
    """Return the plain date in the instance's zone."""
    return demo_date() or dt.datetime.now(zone()).date()


def day_of(instant: dt.datetime) -> dt.date:
    """Return the instance's day of an instant by the machine's clock; an instance with another date counts the same number of days back."""
    given, day = demo_date(), local_day(instant)
    return day if given is None else given - (local_day(true_now()) - day)


def local_day(instant: dt.datetime) -> dt.date:
    """Return the day of an instant in the time zone of the instance."""
    return instant.astimezone(zone()).date()


def on_calendar(instant: dt.datetime, *, not_after: dt.datetime | None = None) -> dt.datetime:
    """Return an instant as the pages of this instance show it: in a demo, an instant by the machine's clock is moved to the demo's calendar.

    The database stamps some acts with the machine's instant, while a demo is on another day. `not_after`: an instant that is known to be
    later. An instant that is nearer to the demo's present than to the machine's present is on the demo's calendar already.
    """
    if demo_date() is None or abs(instant - now()) <= abs(instant - true_now()):
        return instant
    day = day_of(instant)
    shown = dt.datetime.combine(day, instant.astimezone(zone()).timetz())
    return shown if not_after is None else min(shown, not_after)


def advancing_day(on: dt.date) -> Callable[[], dt.date]:
    """Return a function that tells the current day: a run that began on one day continues past midnight."""
    began = today()
    return lambda: on + (today() - began)


def demo_date() -> dt.date | None:
    """Return the day this instance was asked to believe, if any."""
    if _given.get() is not None:
        return _given.get()
    return instance().demo_date if instance().kind is InstanceKind.DEMO else None


def is_clock_far_ahead(day: dt.date, *, last: dt.date | None) -> bool:
    """Tell whether a day is so long after the last run of the same work that the machine's date may be wrong.

    A clock that jumps ahead must suspend and erase nothing. A demo instance goes through months in minutes and is not checked.
    """
    if last is None or instance().kind is not InstanceKind.PRODUCTION:
        return False
    return (day - last).days > MAX_IDLE_DAYS


def true_seconds() -> int:
    """Return the machine's seconds since 1970, regardless of a demo instance's date: for timestamps that others check."""
    return int(dt.datetime.now(dt.UTC).timestamp())


def true_now() -> dt.datetime:
    """Return the machine's own instant, regardless of a demo instance's date."""
    return dt.datetime.now(dt.UTC)


def zone() -> ZoneInfo:
    """Return the zone in which this instance counts days."""
    return ZoneInfo(instance().zone)
