"""Which days the desks are shut, asked by several at once."""

import datetime as dt
import subprocess
import sys
import threading

import pytest

from rollkeeper.law import calendars
from rollkeeper.law.calendars import have_same_days, is_closed
from rollkeeper.law.errors import PACK_FAULT
from rollkeeper.law.pack import Pack
from rollkeeper.law.packs import load_pack, read_pack
from rollkeeper.law.rules import count_clock
from rollkeeper.law.schema_stages import HolidayCalendar
from tests.builders.packs import REFERENCE
from tests.refusals import refusing

D = dt.date

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


LOSAR, DAY_BEFORE = D(2012, 2, 22), D(2012, 2, 21)


def test_losar_and_shoton_are_closed_days_of_the_reference_law():
    pack = load_pack("cn-xz-2011")

    assert [is_closed(pack, one) for one in (DAY_BEFORE, LOSAR, D(2012, 2, 29), D(2012, 8, 17))] == [
        False,
        True,
        False,
        True,
    ]


def test_a_last_day_on_losar_moves_to_the_first_open_day_behind_it():
    counted = count_clock(load_pack("cn-xz-2011"), anchor_on=D(2011, 12, 24), days=60, through=D(2012, 6, 1))

    assert (counted.reached_on, counted.last_day_on) == (LOSAR, D(2012, 2, 29))


@pytest.mark.parametrize(("subdivision", "is_shut"), [("BY", True), ("HB", False), (None, False)])
def test_holidays_of_a_region_of_the_library_count_there_alone(subdivision, is_shut):
    chosen = load_pack("cn-xz-2011").file
    calendar = chosen.calendar.model_copy(
        update={"holidays": HolidayCalendar(library="holidays", country="DE", subdivision=subdivision)}
    )
    pack = Pack(chosen.model_copy(update={"calendar": calendar}), "")

    assert is_closed(pack, D(2026, 1, 6)) is is_shut


def test_a_calendar_imports_its_own_country_and_every_country_is_found():
    program = (
        "import sys; from rollkeeper.law.calendars import is_known; assert is_known('DE')\n"
        "print(*(one for one in sys.modules if one.startswith('holidays.countries.')))\n"
        "from holidays.registry import COUNTRIES\n"
        "print(*(code for _, code, *_ in COUNTRIES.values() if not is_known(code)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout == "holidays.countries.germany\n\n"


def test_a_day_that_the_pack_lists_is_closed():
    text = REFERENCE.replace("subdivision: XZ}", "subdivision: XZ, closed_besides: [2012-03-07]}", 1)

    assert is_closed(read_pack(text.encode(), file="pack.yaml"), D(2012, 3, 7))


def test_a_region_that_nobody_knows_is_a_fault():
    with refusing(PACK_FAULT, match="holidays of this region"):
        read_pack(REFERENCE.replace("subdivision: XZ", "subdivision: ZZ", 1).encode(), file="pack.yaml")
