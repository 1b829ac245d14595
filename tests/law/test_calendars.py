"""Which days the desks are shut, asked by several at once."""

import datetime as dt
import sys
import threading

import pytest

from rollkeeper.law import calendars
from rollkeeper.law.calendars import have_same_days
from rollkeeper.law.packs import load_pack

FIRST, LAST = dt.date(2011, 12, 28).toordinal(), dt.date(2014, 1, 5).toordinal()


@pytest.fixture
def hurried():
    """Threads that are interrupted as often as can be."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def test_weekends_and_holidays_are_shut_and_make_up_days_are_not():
    pack = load_pack("cn-xz-2011")
    shut = {"2012-01-01", "2012-01-23", "2012-04-04", "2012-10-01", "2012-03-03", "2013-01-01"}
    open_days = {"2011-12-31", "2012-03-02", "2012-03-31", "2012-01-21", "2013-01-05"}

    found = {day: calendars.is_closed(pack, dt.date.fromisoformat(day)) for day in shut | open_days}

    assert {day for day, is_shut in found.items() if is_shut} == shut


def test_the_flags_of_a_span_are_those_of_its_days():
    pack = load_pack("cn-xz-2011")

    flags = calendars.closed_flags(pack, first=FIRST, last=LAST)

    days = map(dt.date.fromordinal, range(FIRST, LAST + 1))
    assert list(flags) == [calendars.is_closed(pack, day) for day in days]


def test_concurrent_first_calls_get_the_same_calendar(hurried):
    pack = load_pack("cn-xz-2011")
    wanted = calendars.closed_flags(pack, first=FIRST, last=LAST)

    notified = []
    for _ in range(20):
        calendars._year.cache_clear()
        together = threading.Barrier(4)

        def ask(together=together):
            together.wait()
            notified.append(calendars.closed_flags(pack, first=FIRST, last=LAST))

        askers = [threading.Thread(target=ask) for _ in range(4)]
        for one in askers:
            one.start()
        for one in askers:
            one.join()

    assert len(notified) == 80
    assert set(notified) == {wanted}


@pytest.mark.parametrize(
    ("other", "on", "same"),
    [
        ("Asia/Shanghai", dt.date(2012, 1, 1), True),
        ("Asia/Manila", dt.date(2012, 1, 1), True),
        ("Asia/Urumqi", dt.date(2012, 1, 1), False),
        ("Australia/Perth", dt.date(2012, 1, 1), True),
        ("Australia/Perth", dt.date(2007, 6, 1), False),  # summer time, from December 2006 to March 2009
    ],
)
def test_zones_whose_days_begin_at_the_same_instants_are_one_to_the_law(other, on, same):
    assert have_same_days("Asia/Shanghai", other, on=on) is same
